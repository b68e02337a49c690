package plain

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

// interfaceEndpoint is the next hop of a private endpoint's own route (PE-3).
const interfaceEndpoint azure.NextHopType = "InterfaceEndpoint"

// holder is one account of who has the destination of a packet: a private
// endpoint, or nil for anybody else.
type holder struct {
	address  netip.Addr
	endpoint *azure.PrivateEndpoint
	// routed tells that the endpoint's own route reaches the sender (PE-3).
	routed bool
}

// underEveryHolder follows a packet whose destination is, or may be, that of a
// private endpoint under every account of that. What they do not agree on is
// not known.
func (a *asking) underEveryHolder(at place, p Packet, follow func(*asking) *Answer) *Answer {
	accounts := a.holders(at, p.Destination)
	if len(accounts) == 1 {
		a.holder = accounts[0]
		return follow(a)
	}
	var answers []*Answer
	for _, h := range accounts {
		one := *a
		one.hops, one.doubts = slices.Clone(a.hops), slices.Clone(a.doubts)
		one.holder = h
		answers = append(answers, follow(&one))
		for _, o := range one.touched {
			a.touch(o)
		}
	}
	first := answers[0]
	for _, other := range answers {
		if other.Verdict != first.Verdict {
			e := accounts[0].endpoint
			return a.end(Undecided, Hop{Kind: PrivateEndpoint, Name: e.Name, Resource: e.ID, Decision: Unknowable, Why: "whether it has the address, or its route reaches the sender, is not known"})
		}
		if !other.Seen.alike(first.Seen) {
			first.Seen = Seen{Kind: SeenEither}
		}
	}
	first.Reading = a.reading()
	return first
}

// holders are the accounts of who has an address: the endpoint for certain, or
// one of those that may have it, or nobody of them.
func (a *asking) holders(at place, address netip.Addr) []holder {
	var sure, open []holder
	for _, vnet := range a.network.VirtualNetworks {
		to, ok := a.subnetOf(vnet, address)
		if !ok || vnet != at.vnet && !a.meets(at.vnet, vnet) {
			continue
		}
		for _, e := range a.network.PrivateEndpoints {
			if match := a.hasAddress(e, to, address); match != no {
				list := a.routed(at, vnet, holder{address: address, endpoint: e})
				if match == yes {
					sure = append(sure, list...)
				}
				open = append(open, list...)
			}
		}
	}
	if len(sure) > 0 {
		return sure
	}
	return append(open, holder{address: address})
}

// meets reports whether a network has a link to another, connected or not.
func (a *asking) meets(vnet, other *azure.VirtualNetwork) bool {
	return slices.ContainsFunc(vnet.Peerings, func(link *azure.Peering) bool { return a.remoteOf(link) == other })
}

// routed are the accounts of an endpoint's own route: in its network it is
// everywhere, in one that is peered wherever the peering covers the address
// (PE-3). What becomes of it over a peering that leaves the address out is
// written nowhere.
func (a *asking) routed(at place, vnet *azure.VirtualNetwork, h holder) []holder {
	if vnet == at.vnet {
		h.routed = true
		return []holder{h}
	}
	for _, link := range at.vnet.Peerings {
		if a.remoteOf(link) != vnet || !a.connected(link) {
			continue
		}
		with := h
		with.routed = true
		if a.inRemoteSpace(link, h.address) {
			return []holder{with}
		}
		return []holder{with, h}
	}
	return []holder{h}
}

// hasAddress reports whether a private endpoint has an address of a subnet: one
// that is stated, or maybe any that no interface has where not all are.
func (a *asking) hasAddress(e *azure.PrivateEndpoint, to place, address netip.Addr) match {
	if e.Subnet.ID != "" && to.subnet.ID != e.Subnet.ID {
		return no
	}
	complete := len(e.PrivateAddresses) > 0
	for _, v := range e.PrivateAddresses {
		if v.Unknown != nil {
			complete = false
		} else if v.V == address {
			return yes
		}
	}
	told := len(e.NetworkInterfaces) > 0
	for _, ref := range e.NetworkInterfaces {
		nic, ok := a.network.NetworkInterface(ref.ID)
		told = told && ok && len(nic.IPConfigurations) > 0
		if !ok {
			continue
		}
		for _, c := range nic.IPConfigurations {
			told = told && c.PrivateIPAddress.Unknown == nil
			if c.PrivateIPAddress.Unknown == nil && c.PrivateIPAddress.V == address {
				return yes
			}
		}
	}
	if complete || told || reserved(to.subnet, address) || a.configuration(to, address) != nil {
		return no
	}
	return maybe
}

// endpointRoute is the route of the private endpoint that has an address, as
// long as no user route takes it away (PE-3, PE-4).
func (a *asking) endpointRoute(at place, to netip.Addr) (way, bool) {
	h := a.holder
	if h.endpoint == nil || !h.routed || h.address != to {
		return way{}, false
	}
	w := way{prefix: netip.PrefixFrom(to, to.BitLen()), next: interfaceEndpoint}
	if !inSpace(at.vnet, to) {
		for _, link := range at.vnet.Peerings {
			if _, ok := a.subnetOf(a.remoteOf(link), to); ok && a.connected(link) {
				w.link = link
			}
		}
	}
	home := a.homeOf(at, w)
	subnet, _ := a.subnetOf(home, to)
	if at.table == nil || !hasPolicy(subnet.subnet, "RouteTableEnabled") {
		return w, true
	}
	for _, space := range home.AddressSpace {
		for _, route := range at.table.Routes {
			if prefix, ok := a.routePrefix(route, to); ok && space.V.Contains(to) && prefix.Bits() >= space.V.Bits() {
				return way{}, false
			}
		}
	}
	return w, true
}

// homeOf is the network that an endpoint's own route leads to.
func (a *asking) homeOf(at place, w way) *azure.VirtualNetwork {
	if w.link == nil {
		return at.vnet
	}
	return a.remoteOf(w.link)
}

// hasPolicy reports whether a policy holds for the private endpoints of a
// subnet (PE-1); "Enabled" is all of them, and none is the default.
func hasPolicy(subnet *azure.Subnet, policy string) bool {
	text := subnet.PrivateEndpointNetworkPolicies.V
	return strings.EqualFold(text, "Enabled") || strings.EqualFold(text, policy)
}

// heldByEndpoint reports whether the account in force says that a private
// endpoint has an address.
func (a *asking) heldByEndpoint(address netip.Addr) bool {
	return a.holder.endpoint != nil && a.holder.address == address
}

// statedEndpoint reports whether the input gives an address of a subnet to a
// private endpoint.
func (a *asking) statedEndpoint(to place, address netip.Addr) bool {
	for _, e := range a.network.PrivateEndpoints {
		for _, v := range e.PrivateAddresses {
			if e.Subnet.ID == to.subnet.ID && v.V == address {
				return true
			}
		}
	}
	return false
}

// toEndpoint delivers a packet to a private endpoint. Groups see it only where
// the subnet's policy says so (PE-2), and the reply goes straight back to the
// source whatever the routes (PE-5).
func (a *asking) toEndpoint(to place, p Packet, sender *place) *Answer {
	hop := Hop{Kind: PrivateEndpoint, Name: a.holder.endpoint.Name, Resource: a.holder.endpoint.ID}
	if p.Protocol != protoTCP && p.Protocol != protoUDP {
		unsure := hop
		unsure.Decision, unsure.Why = Unknowable, "what an endpoint does with protocols other than TCP and UDP is not known"
		a.doubt(unsure)
	}
	if hasPolicy(to.subnet, "NetworkSecurityGroupEnabled") {
		a.atEndpoint = true
		answer := a.inboundGroups(to, a.interfaceGroup(to, p.Destination), p, nil) // PE-7
		a.atEndpoint = false
		if answer != nil {
			return answer
		}
	}
	hop.Decision = Delivers
	a.pass(hop)
	a.returning = true
	straight := way{prefix: netip.PrefixFrom(p.Source, p.Source.BitLen()), next: interfaceEndpoint}
	switch {
	case a.relay != nil && a.via == nil && a.relay.translated:
		a.pass(straight.hop(to, Forwards, "straight back to the appliance (PE-5)"))
		return a.fromRelayBack(p.reply())
	case a.relay != nil && a.via == nil:
		return a.past(a.relay, to, straight, p.reply())
	case a.via == nil:
		return a.end(Allow, straight.hop(to, Delivers, "straight back to the source (PE-5)"))
	case a.via.instance.IsValid():
		a.pass(straight.hop(to, Forwards, "straight back to the firewall (PE-5)"))
		return a.fromFirewallBack(p.reply())
	}
	return a.unseen(to, straight, p, "the reply does not come back through the firewall (PE-5, ASY-2)")
}

// portsAtEndpoint are the ports that count of a rule at a private endpoint:
// those it has or, under the reading of the preview, of several ranges the
// first where it allows and every port where it denies (PE-6).
func (a *asking) portsAtEndpoint(rule *azure.SecurityRule, ports azure.Ports) azure.Ports {
	if !a.atEndpoint || len(ports.Terms) < 2 || !a.on(EndpointFirstRange) {
		return ports
	}
	if rule.Access.V == azure.Allow {
		return azure.Ports{Terms: ports.Terms[:1]}
	}
	return azure.Ports{Terms: []azure.PortTerm{{First: 0, Last: 65535}}}
}
