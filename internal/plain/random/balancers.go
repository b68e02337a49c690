package random

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

// Balancer is a load balancer with one frontend and one pool.
type Balancer struct {
	Name, SKU string
	// VNet and Subnet of an internal one, by name; empty for a public one.
	VNet, Subnet string
	// Address of the frontend.
	Address netip.Addr
	// Members of the pool, interfaces by name.
	Members []string
	Rules   []BalancerRule
	// Probe is the port that every probed rule's probe asks for.
	Probe int
	// Outbound is the protocol of an outbound rule, empty for none.
	Outbound string
}

// BalancerRule is a load-balancing rule or, with Target, an inbound NAT rule.
type BalancerRule struct {
	Protocol              string
	Port, Backend         int
	Floating, Mute, Alive bool
	// Target is the interface of an inbound NAT rule, by name.
	Target string
}

// waysOut gives some subnets a NAT gateway, takes default outbound access from
// others, and joins interfaces to machines.
func (g *generator) waysOut() {
	for vi, v := range g.n.VNets {
		for si, s := range v.Subnets {
			if s.Name == "AzureFirewallSubnet" {
				continue
			}
			s.Private = g.chance(15)
			if g.chance(12) {
				s.Gateway = netip.AddrFrom4([4]byte{51, 105, byte(vi), byte(si + 1)})
				if g.chance(25) {
					s.Gateway = netip.IPv4Unspecified()
				}
			}
		}
	}
	for i, nic := range g.n.Interfaces {
		if i > 0 && g.n.Interfaces[i-1].VNet == nic.VNet && g.chance(15) {
			nic.Machine = "vm" + nic.Name
			g.n.Interfaces[i-1].Machine = nic.Machine
		}
	}
}

// balancers adds load balancers before the interfaces of a network, or some of
// them; an internal one may be the next hop of a route.
func (g *generator) balancers() {
	for i := range g.IntN(3) {
		v := pick(g.Rand, g.n.VNets)
		b := &Balancer{Name: fmt.Sprintf("lb%d", i), SKU: pick(g.Rand, []string{"Standard", "Standard", "Basic", "standard"}), Probe: g.between(80, 82)}
		b.Address = netip.AddrFrom4([4]byte{51, 104, 0, byte(i + 1)})
		if s := pick(g.Rand, v.Subnets); g.chance(60) && s.Name != "AzureFirewallSubnet" {
			b.VNet, b.Subnet, b.Address = v.Name, s.Name, plus(s.Prefixes[0].Addr(), 6)
			if g.owned(b.Address) {
				continue
			}
		}
		for _, nic := range g.n.Interfaces {
			if nic.VNet == v.Name && g.chance(45) {
				b.Members = append(b.Members, nic.Name)
			}
		}
		g.balancerRules(b)
		g.n.Balancers = append(g.n.Balancers, b)
		if b.Subnet != "" && len(g.n.Tables) > 0 && g.chance(60) {
			g.leadTo(b)
		}
	}
}

// owned reports whether an address is somebody's already.
func (g *generator) owned(a netip.Addr) bool {
	return slices.ContainsFunc(g.n.Interfaces, func(nic *Interface) bool { return slices.Contains(nic.Addresses, a) }) ||
		slices.ContainsFunc(g.n.Endpoints, func(e *Endpoint) bool {
			return e.Address == a || !e.Address.IsValid() && g.n.subnet(e.VNet, e.Subnet).Prefixes[0].Contains(a)
		}) ||
		slices.ContainsFunc(g.n.Balancers, func(b *Balancer) bool { return b.Address == a })
}

func (g *generator) balancerRules(b *Balancer) {
	if b.Subnet != "" && g.chance(50) {
		b.Rules = []BalancerRule{{Protocol: "All", Alive: g.chance(50)}}
		return
	}
	for _, port := range []int{80, 443, 1688} {
		if !g.chance(65) {
			continue
		}
		r := BalancerRule{Protocol: pick(g.Rand, []string{"Tcp", "Udp", "tcp"}), Port: port, Backend: pick(g.Rand, []int{port, 8080}),
			Floating: g.chance(8), Mute: g.chance(40), Alive: g.chance(60)}
		if len(b.Members) > 0 && g.chance(20) {
			r.Target, r.Alive = pick(g.Rand, b.Members), false
		}
		b.Rules = append(b.Rules, r)
	}
	if b.Subnet == "" && g.chance(40) {
		b.Outbound = pick(g.Rand, []string{"All", "Tcp", "Udp"})
	}
}

// leadTo makes the load balancer the next hop of a route.
func (g *generator) leadTo(b *Balancer) {
	t := pick(g.Rand, g.n.Tables)
	for i := range t.Routes {
		if r := &t.Routes[i]; !strings.Contains(r.Destination, ":") && g.chance(60) {
			r.NextHopType, r.NextHop = "VirtualAppliance", b.Address.String()
		}
	}
}

func (w *writer) balancer(n *Network, b *Balancer) {
	id := func(kind, name string) azure.Resource { return w.resource("loadBalancers", b.Name+"/"+kind+"/"+name) }
	front := &azure.Frontend{Resource: id("frontendIPConfigurations", "front")}
	if b.Subnet != "" {
		front.Subnet = w.reference("virtualNetworks", b.VNet+"/subnets/"+b.Subnet)
		front.PrivateIPAddress = azure.Of(b.Address, w.at())
	} else {
		front.PublicIPAddress = w.public(b.Name+"-ip", b.Address)
	}
	pool := &azure.BackendPool{Resource: id("backendAddressPools", "pool")}
	configurations := func(name string) []azure.Reference {
		var list []azure.Reference
		for _, nic := range n.Interfaces {
			for k := range nic.Addresses {
				if nic.Name == name {
					list = append(list, w.reference("networkInterfaces", fmt.Sprintf("%s/ipConfigurations/ip%d", name, k)))
				}
			}
		}
		return list
	}
	for _, name := range b.Members {
		pool.Members = append(pool.Members, configurations(name)...)
	}
	l := &azure.LoadBalancer{Resource: w.resource("loadBalancers", b.Name), SKU: azure.Of(b.SKU, w.at()), Frontends: []*azure.Frontend{front}, BackendPools: []*azure.BackendPool{pool}}
	l.Probes = []*azure.Probe{{Resource: id("probes", "probe"), Protocol: w.text("Tcp"), Port: azure.Of(b.Probe, w.at())}}
	to := azure.Reference{ID: pool.ID, At: w.at()}
	for i, r := range b.Rules {
		rule := &azure.BalancerRule{
			Resource: id("loadBalancingRules", fmt.Sprintf("rule%d", i)), Frontend: azure.Reference{ID: front.ID, At: w.at()},
			Protocol: w.text(r.Protocol), FrontendPort: azure.Of(r.Port, w.at()), BackendPort: azure.Of(r.Backend, w.at()),
			FloatingIP: azure.Of(r.Floating, w.at()), DisableOutboundSNAT: azure.Of(r.Mute, w.at()),
		}
		if r.Alive {
			rule.Probe = azure.Reference{ID: l.Probes[0].ID, At: w.at()}
		}
		if r.Target != "" {
			rule.Target = configurations(r.Target)[0]
			l.InboundNATRules = append(l.InboundNATRules, rule)
			continue
		}
		rule.Pools = []azure.Reference{to}
		l.Rules = append(l.Rules, rule)
	}
	if b.Outbound != "" {
		l.OutboundRules = []*azure.OutboundRule{{Resource: id("outboundRules", "out"), Frontends: []azure.Reference{{ID: front.ID, At: w.at()}}, Pool: to, Protocol: w.text(b.Outbound)}}
	}
	w.inventory.LoadBalancers = append(w.inventory.LoadBalancers, l)
}

// String is the load balancer in one line.
func (b *Balancer) String() string {
	place := "public"
	if b.Subnet != "" {
		place = b.VNet + "/" + b.Subnet
	}
	text := fmt.Sprintf("balancer %s %s %s %v members=%v probe=%d%s\n", b.Name, b.SKU, place, b.Address, b.Members, b.Probe, note(" outbound=", b.Outbound))
	for _, r := range b.Rules {
		text += fmt.Sprintf("  %+v\n", r)
	}
	return text
}
