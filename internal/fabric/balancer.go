package fabric

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
)

// Balanced is a frontend of a load balancer whose address is known.
type Balanced struct {
	*azure.Frontend
	Address netip.Addr
}

// Backend is a receiver behind a load balancer.
type Backend struct {
	Subnet    *azure.Subnet
	Interface *azure.NetworkInterface
	Address   netip.Addr
}

// Share is a part of the packets for a frontend that one rule is for.
type Share struct {
	// Outcome is Pass where a rule gives the packets to one of the backends.
	Outcome
	Backends []Backend
	// Open says why there may be more backends than these, empty if there are
	// none.
	Open string
	// Port the backends are addressed at, 0 for that of the packet.
	Port uint16
	// Floating says that the frontend's address may stay in the packets.
	Floating bool
	// Probe is where the balancer asks whether a backend lives, 0 for no probe.
	// ProbeOpen says why that is not known.
	Probe     uint16
	ProbeOpen string
}

// InternalFrontends are the load balancers' frontends in a subnet.
func (f *Fabric) InternalFrontends(s *azure.Subnet) []Balanced {
	var list []Balanced
	for _, l := range f.network.LoadBalancers {
		for _, front := range l.Frontends {
			if address, ok := front.PrivateIPAddress.Known(); ok && front.Subnet.ID == s.ID {
				list = append(list, Balanced{front, address})
			}
		}
	}
	return list
}

// PublicFrontends are the load balancers' frontends in the internet.
func (f *Fabric) PublicFrontends() []Balanced {
	var list []Balanced
	for _, l := range f.network.LoadBalancers {
		for _, front := range l.Frontends {
			if ip, ok := f.network.PublicIPAddress(front.PublicIPAddress.ID); ok {
				if address, known := ip.IPAddress.Known(); known {
					list = append(list, Balanced{front, address})
				}
			}
		}
	}
	return list
}

// Balance divides packets for a frontend by the rule that is for them. What no
// rule is for goes nowhere, but for a ping, which a balancer may answer itself,
// and other protocols behind a rule for every port.
func (f *Fabric) Balance(b Balanced, packets []flow.Cube) []Share {
	l := b.Balancer
	var out []Share
	open, every := "", false
	if l.Open != nil {
		open = fmt.Sprintf("not all rules of load balancer %s are known: %s", l.Name, l.Open.Why)
	}
	for _, r := range slices.Concat(l.Rules, l.InboundNATRules) {
		if r.Frontend.Unknown == nil && l.Frontend(r.Frontend) != b.Frontend {
			continue
		}
		c, why := f.balancedPackets(r)
		if why != "" {
			open = fmt.Sprintf("which packets rule %s of load balancer %s is for is not known: %s", r.Name, l.Name, why)
			continue
		}
		every = every || c.DestinationPorts.Equal(flow.AllPorts())
		var hit []flow.Cube
		if hit, packets = match(packets, c); len(hit) > 0 {
			out = append(out, f.share(b, r, hit))
		}
	}
	rest := func(protocols flow.ProtocolSet, why string) {
		c := f.everyPacket()
		c.Protocols = protocols
		var hit []flow.Cube
		if hit, packets = match(packets, c); len(hit) > 0 {
			out = append(out, f.unbalanced(b, hit, why))
		}
	}
	ported := flow.Protocols(flow.TCP, flow.UDP)
	switch {
	case open != "":
	case every:
		rest(flow.AllProtocols().Minus(ported), "whether a rule for every port of a load balancer carries more than TCP and UDP is not known")
	default:
		rest(flow.Protocols(flow.ICMP), "whether the load balancer answers pings itself is not known")
	}
	rest(flow.AllProtocols(), open)
	return out
}

// unbalanced are packets that no rule is for, or of which that is not known.
func (f *Fabric) unbalanced(b Balanced, packets []flow.Cube, why string) Share {
	h := balancerHop(b.Frontend, Unknown, why)
	if why != "" {
		return Share{Outcome: Outcome{Packets: packets, Effect: Doubtful, Hops: []Hop{h}, Reasons: []string{why}}}
	}
	h.Kind, h.Decision, h.Note = KindNAT, Drop, fmt.Sprintf("no rule of load balancer %s is for it", b.Balancer.Name)
	return Share{Outcome: Outcome{Packets: packets, Effect: Stop, Hops: []Hop{h}}}
}

func balancerHop(front *azure.Frontend, d Decision, why string) Hop {
	l := front.Balancer
	return Hop{Kind: KindLoadBalancer, Decision: d, Resource: l.ID, Address: l.Label(), Name: l.Name, At: front.At, Note: why}
}

// balancedPackets are the protocols and ports that a rule is for; why says why
// they are not known.
func (f *Fabric) balancedPackets(r *azure.BalancerRule) (c flow.Cube, why string) {
	c = f.everyPacket()
	if r.Frontend.Unknown != nil {
		return c, r.Frontend.Unknown.Why
	}
	switch protocol, ok := r.Protocol.Known(); {
	case !ok:
		return c, "its protocol is not known"
	case strings.EqualFold(protocol, "tcp"):
		c.Protocols = flow.Protocols(flow.TCP)
	case strings.EqualFold(protocol, "udp"):
		c.Protocols = flow.Protocols(flow.UDP)
	default:
		c.Protocols = flow.Protocols(flow.TCP, flow.UDP)
	}
	first, ok := r.FrontendPort.Known()
	last, also := first, true
	if r.LastFrontendPort.IsSet() {
		last, also = r.LastFrontendPort.Known()
	}
	switch {
	case !ok || !also || first < 0 || last > 65535 || first > last:
		return c, "its ports are not known"
	case first == 0 && last == 0:
	default:
		c.DestinationPorts = flow.PortRange(uint16(first), uint16(last))
	}
	return c, ""
}

// share are the packets of a rule with the backends that may get them.
func (f *Fabric) share(b Balanced, r *azure.BalancerRule, packets []flow.Cube) Share {
	s := Share{Outcome: Outcome{Packets: packets}}
	port, known := r.BackendPort.Known()
	if !known || port < 0 || port > 65535 {
		s.Open = fmt.Sprintf("the port of the backends of rule %s is not known", r.Name)
	}
	s.Port, s.Floating = uint16(port), r.FloatingIP.V || r.FloatingIP.Unknown != nil
	if r.LastFrontendPort.V > r.FrontendPort.V {
		s.Open = fmt.Sprintf("which port of its range rule %s gives to which backend is not known", r.Name)
	}
	add := func(ref azure.Reference) {
		if backend, why := f.backend(b, ref); why != "" {
			s.Open = why
		} else if backend.Address.Is4() == b.Address.Is4() {
			s.Backends = append(s.Backends, backend)
		}
	}
	for _, ref := range r.Pools {
		pool := b.Balancer.Pool(ref)
		if pool == nil {
			s.Open = fmt.Sprintf("which pool rule %s of load balancer %s gives to is not known", r.Name, b.Balancer.Name)
			continue
		}
		for _, member := range pool.Members {
			add(member)
		}
		for _, v := range pool.Addresses {
			backend, why := f.backendAt(v)
			if why != "" {
				s.Open = why
			} else {
				s.Backends = append(s.Backends, backend)
			}
		}
	}
	if r.Target.IsSet() {
		add(r.Target)
	}
	if len(s.Backends) == 0 && s.Open == "" {
		s.Open = fmt.Sprintf("no input says who is behind rule %s of load balancer %s", r.Name, b.Balancer.Name)
	}
	if r.Probe.IsSet() {
		probe := b.Balancer.Probe(r.Probe)
		if probe == nil || probe.Port.Or(0) <= 0 || probe.Port.Or(0) > 65535 {
			s.ProbeOpen = fmt.Sprintf("which port load balancer %s probes is not known", b.Balancer.Name)
		} else {
			s.Probe = uint16(probe.Port.V)
		}
	}
	return s
}

// backend is the receiver that a pool names by its IP configuration.
func (f *Fabric) backend(b Balanced, ref azure.Reference) (Backend, string) {
	c, ok := f.network.IPConfiguration(ref.ID)
	if !ok {
		return Backend{}, fmt.Sprintf("not everybody behind load balancer %s is in the input", b.Balancer.Name)
	}
	address, known := c.PrivateIPAddress.Known()
	s, stated := f.network.Subnet(c.Subnet.ID)
	if !known || !stated {
		return Backend{}, fmt.Sprintf("the address of %s behind load balancer %s is not known", c.Interface.Name, b.Balancer.Name)
	}
	return Backend{Subnet: s, Interface: c.Interface, Address: address}, ""
}

// backendAt is the receiver that a pool names by its address.
func (f *Fabric) backendAt(v azure.Value[netip.Addr]) (Backend, string) {
	var found []Backend
	address, known := v.Known()
	for _, nic := range f.network.NetworkInterfaces {
		for _, c := range nic.IPConfigurations {
			s, stated := f.network.Subnet(c.Subnet.ID)
			if own, ok := c.PrivateIPAddress.Known(); ok && known && stated && own == address {
				found = append(found, Backend{Subnet: s, Interface: nic, Address: own})
			}
		}
	}
	if len(found) != 1 {
		return Backend{}, "who has an address that a load balancer gives to is not in the input"
	}
	return found[0], ""
}

// ProbePackets are those with which the platform asks a backend whether it
// lives.
func (f *Fabric) ProbePackets(b Backend, port uint16) flow.Cube {
	c := f.everyPacket()
	c.Source, c.Destination = flow.Host(HostAddress), flow.Host(b.Address)
	if b.Address.Is6() {
		c.Source = loadBalancer.Only(flow.IPv6)
	}
	c.Protocols, c.DestinationPorts = flow.Protocols(flow.TCP), flow.Ports(port)
	return c
}

// Probed reports whether probes come to a backend at all, as far as that is known:
// over IPv6 they want a security group (NSG-32).
func (f *Fabric) Probed(b Backend) bool {
	subnetHas, _ := f.subnetGroup(b.Subnet)
	has, _ := f.attachedGroup(b.Interface.NetworkSecurityGroup)
	return b.Address.Is4() || subnetHas != nil || has != nil
}

// ToBackend is the decision about packets that a load balancer gives to a
// backend: a public Standard one lets nothing in where no security group stands
// behind it (PIP-1).
func (f *Fabric) ToBackend(b Balanced, s Share, to Backend) Outcome {
	subnetHas, subnetMissing := f.subnetGroup(to.Subnet)
	has, missing := f.attachedGroup(to.Interface.NetworkSecurityGroup)
	guarded := subnetHas != nil || has != nil
	maybeGuarded := subnetMissing != nil || missing != nil
	h := balancerHop(b.Frontend, Translate, fmt.Sprintf("to %v", to.Address))
	if s.Port != 0 {
		h.Note += fmt.Sprintf(" port %d", s.Port)
	}
	doubt := func(why string) Outcome {
		h.Decision, h.Note = Unknown, why
		return Outcome{Effect: Doubtful, Hops: []Hop{h}, Reasons: []string{why}}
	}
	if !b.Public() || guarded {
		return Outcome{Hops: []Hop{h}}
	}
	switch sku, known := b.Balancer.SKU.Known(); {
	case known && strings.EqualFold(sku, "Basic"):
		return Outcome{Hops: []Hop{h}}
	case known && !maybeGuarded:
		h.Kind, h.Decision, h.Name = KindPlatform, Drop, "PIP-1"
		h.Note = "a " + sku + " load balancer lets nothing in without a security group"
		return Outcome{Effect: Stop, Hops: []Hop{h}}
	}
	return doubt(fmt.Sprintf("whether load balancer %s is Standard, and so closed without a security group, is not known (PIP-1)", b.Balancer.Name))
}

// FloatingHop says that it depends on which address rules compare behind a floating
// IP: that of the frontend or that of the backend (NSG-28).
func FloatingHop(b Balanced) Hop {
	return balancerHop(b.Frontend, Unknown, fmt.Sprintf("which address the security groups behind load balancer %s compare with its floating IP is not known (NSG-28)", b.Balancer.Name))
}

// FrontendAt is the internal frontend with an address, in a subnet.
func (f *Fabric) FrontendAt(s *azure.Subnet, address netip.Addr) (Balanced, bool) {
	for _, b := range f.InternalFrontends(s) {
		if b.Address == address {
			return b, true
		}
	}
	return Balanced{}, false
}

// HairpinHop says that a backend which a load balancer gives its own flow does
// not get the reply: it would answer itself.
func HairpinHop(b Balanced, to Backend) Hop {
	h := balancerHop(b.Frontend, Drop, fmt.Sprintf("%v is behind load balancer %s itself, and does not answer the flow it sent", to.Address, b.Balancer.Name))
	h.Kind = KindNAT
	return h
}

// unknownFrontend reports whether a load balancer in a subnet has an address that
// is not known.
func (f *Fabric) unknownFrontend(s *azure.Subnet) bool {
	for _, l := range f.network.LoadBalancers {
		for _, front := range l.Frontends {
			if _, known := front.PrivateIPAddress.Known(); !known && front.Subnet.ID == s.ID {
				return true
			}
		}
	}
	return false
}

// Relay are the appliances to which an internal load balancer gives what is for
// others: those behind its rule for every port (HA ports). Without one it is
// Doubtful, and why.
func (f *Fabric) Relay(b Balanced) (Share, string) {
	for _, r := range b.Balancer.Rules {
		c, why := f.balancedPackets(r)
		if why == "" && b.Balancer.Frontend(r.Frontend) == b.Frontend && strings.EqualFold(r.Protocol.V, "all") && c.DestinationPorts.Equal(flow.AllPorts()) {
			return f.share(b, r, nil), ""
		}
	}
	return Share{Outcome: Outcome{Effect: Doubtful}}, fmt.Sprintf("load balancer %s has no rule for every port (HA ports), and whether it carries what is for others is not known", b.Balancer.Name)
}

// DeadHop says that no backend gets anything, since the hops stop every probe.
func DeadHop(b Balanced, by []Hop) Hop {
	var names []string
	for _, h := range by {
		name := h.Name
		if h.Resource != "" {
			name += " of " + h.Resource.Name()
		}
		names = append(names, name)
	}
	h := balancerHop(b.Frontend, Drop, fmt.Sprintf("no backend of load balancer %s gets anything: its probes from %v are stopped by %s (PLAT-6)", b.Balancer.Name, HostAddress, strings.Join(sorted(names), ", ")))
	h.Kind = KindNAT
	return h
}
