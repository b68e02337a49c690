package difference

import (
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// find fills in, for every pair, the packets that may fare differently.
func (c *comparison) find() {
	old, now := azure.Contents(c.old.Network(), c.now.Network())
	if !sameKeys(old.Rest, now.Rest) {
		c.everything = true
		for _, p := range c.subnets {
			c.suspectAll(p)
		}
		return
	}
	for _, p := range c.subnets {
		if p.old == nil || p.now == nil || old.Subnets[p.old.ID] != now.Subnets[p.now.ID] {
			c.suspectAll(p)
			c.suspectEntrances(p)
			if c.holdsAppliance(p) {
				c.suspectEverywhere(everyCube(c.everywhere()))
			}
			continue
		}
		if t := p.now.RouteTable.ID; !sameKeys(old.Tables[t], now.Tables[t]) {
			c.suspectAll(p)
			c.suspectEntrances(p)
			if c.holdsAppliance(p) || c.holdsFirewall(p) { // which sends what others gave it, and replies
				c.suspectEverywhere(everyCube(c.everywhere()))
			}
		}
	}
	for _, g := range c.now.Network().NetworkSecurityGroups {
		was, is := old.Groups[g.ID], now.Groups[g.ID]
		if sameKeys(was, is) {
			continue
		}
		for _, r := range append(lacking(was, is), lacking(is, was)...) {
			c.suspectRule(g.ID, r)
		}
	}
}

// suspectRule adds what a changed rule may match at the places of its group.
func (c *comparison) suspectRule(group azure.ID, r *azure.SecurityRule) {
	cubes := c.fromAnybody(c.widest(r))
	direction, known := r.Direction.Known()
	for _, p := range c.users()[group] {
		if c.relays(p) { // whether an appliance is alive may turn on the rule (PLAT-6)
			c.suspectEverywhere(everyCube(c.everywhere()))
			return
		}
		if c.holdsAppliance(p) { // packets of others meet the group too (PIPE-3)
			c.suspectEverywhere(cubes)
			return
		}
		if !known || direction == azure.Outbound {
			p.out = append(p.out, cubes...)
		}
		if !known || direction == azure.Inbound {
			p.in = append(p.in, cubes...)
			c.suspectEntrances(p)
		}
	}
}

func (c *comparison) suspectEverywhere(cubes []flow.Cube) {
	for _, p := range c.subnets {
		p.out, p.in = append(p.out, cubes...), append(p.in, cubes...)
	}
}

func (c *comparison) suspectAll(p *pair) {
	all := everyCube(c.everywhere())
	p.out, p.in = all, all
}

func everyCube(addresses flow.AddressSet) []flow.Cube {
	return []flow.Cube{{
		Source: addresses, Destination: addresses, Protocols: flow.AllProtocols(),
		SourcePorts: flow.AllPorts(), DestinationPorts: flow.AllPorts(),
	}}
}

// widest is more than all packets that a rule matches under any reading of the
// open points, at any place: prefixes and tags with data are exact, every other address
// term stands for all addresses, and a rule for ICMP may look at the type (NSG-17).
func (c *comparison) widest(r *azure.SecurityRule) []flow.Cube {
	cube := flow.Cube{
		Source: c.side(r.Source), Destination: c.side(r.Destination), Protocols: flow.AllProtocols(),
		SourcePorts: ports(r.SourcePorts), DestinationPorts: ports(r.DestinationPorts),
	}
	if p, ok := r.Protocol.Known(); ok {
		if n, named := p.Number(); named {
			cube.Protocols = flow.Protocols(n)
		}
	}
	list := []flow.Cube{cube}
	if cube.Protocols.Contains(flow.ICMP) && !cube.DestinationPorts.IsAll() && cube.DestinationPorts.Overlaps(flow.PortRange(0, 255)) {
		cube.Protocols, cube.SourcePorts, cube.DestinationPorts = flow.Protocols(flow.ICMP), flow.AllPorts(), flow.AllPorts()
		list = append(list, cube)
	}
	return list
}

func (c *comparison) side(s azure.Side) flow.AddressSet {
	if s.Len() == 1 && strings.EqualFold(s.Term(0).Tag, "AzureLoadBalancer") { // PLAT-6
		return flow.AddressSetOf(probes...)
	}
	// A point may turn out to lie in any of the terms.
	all := c.everywhere()
	set := all.Minus(flow.AllAddresses())
	for _, t := range s.Terms() {
		switch {
		case t.Kind == azure.PrefixAddress && t.Prefix.Bits() > 0:
			set = set.Union(flow.Prefix(t.Prefix))
		case t.Kind == azure.TagAddress && c.listed(t.Tag, &set):
		default:
			return all
		}
	}
	return set
}

// listed adds the addresses of a service tag that both networks know from data.
func (c *comparison) listed(tag string, set *flow.AddressSet) bool {
	if _, contextual := servicetag.Contextual(tag); contextual {
		return false
	}
	for _, f := range c.fabrics() {
		s, err := f.TagSpace(tag)
		if err != nil || s.IsEmpty() || len(s.Opaques()) > 0 {
			return false
		}
		*set = set.Union(s)
	}
	return true
}

// probes are the addresses of AzureLoadBalancer.
var probes = []netip.Prefix{netip.MustParsePrefix("168.63.129.16/32"), netip.MustParsePrefix("fe80::1234:5678:9abc/128")}

func ports(p azure.Ports) flow.PortSet {
	var set flow.PortSet
	for _, t := range p.Terms {
		if t.Unknown != nil {
			return flow.AllPorts()
		}
		set = set.Union(flow.PortRange(t.First, t.Last))
	}
	return set
}

// findUsers finds the subnets about whose packets a group decides: attached to it
// or to an interface in it, in either network. An interface whose subnet is not
// known may be in any.
func (c *comparison) findUsers() map[azure.ID][]*pair {
	users := map[azure.ID][]*pair{}
	add := func(group azure.ID, p *pair) {
		if group != "" && !slices.Contains(users[group], p) {
			users[group] = append(users[group], p)
		}
	}
	for i, f := range c.fabrics() {
		bySubnet := map[azure.ID][]azure.ID{}
		var anywhere []azure.ID
		for _, nic := range f.Network().NetworkInterfaces {
			for _, config := range nic.IPConfigurations {
				if config.Subnet.Unknown != nil {
					anywhere = append(anywhere, nic.NetworkSecurityGroup.ID)
				} else {
					bySubnet[config.Subnet.ID] = append(bySubnet[config.Subnet.ID], nic.NetworkSecurityGroup.ID)
				}
			}
		}
		for _, p := range c.subnets {
			if s := p.sides()[i]; s != nil {
				for _, group := range slices.Concat([]azure.ID{s.NetworkSecurityGroup.ID}, bySubnet[s.ID], anywhere) {
					add(group, p)
				}
			}
		}
	}
	return users
}

// holdsAppliance reports whether a route leads, or may lead, to an appliance
// in the subnet.
func (c *comparison) holdsAppliance(p *pair) bool {
	for i, f := range c.fabrics() {
		if s := p.sides()[i]; s != nil && holdsAppliance(f.Network(), s) {
			return true
		}
	}
	return c.relays(p)
}

// relays reports whether appliances behind a load balancer stand in the subnet.
func (c *comparison) relays(p *pair) bool {
	for i, f := range c.fabrics() {
		if s := p.sides()[i]; s != nil && relays(f.Network(), s) {
			return true
		}
	}
	return false
}

// holdsFirewall reports whether a firewall stands, or may stand, in the subnet: what
// comes in by its NAT rules needs no route to it.
func (c *comparison) holdsFirewall(p *pair) bool {
	for i, f := range c.fabrics() {
		if s := p.sides()[i]; s != nil && standsIn(f.Network(), s) {
			return true
		}
	}
	return false
}

func holdsAppliance(n *azure.Network, s *azure.Subnet) bool {
	for _, t := range n.RouteTables {
		for _, r := range t.Routes {
			if hop, ok := r.NextHopType.Known(); ok && hop != azure.VirtualAppliance {
				continue
			}
			if mayHold(s, r.NextHopIPAddress) {
				return true
			}
		}
	}
	return false
}

func mayHold(s *azure.Subnet, address azure.Value[netip.Addr]) bool {
	ip, known := address.Known()
	if len(s.Prefixes) == 0 {
		return true
	}
	for _, v := range s.Prefixes {
		prefix, ok := v.Known()
		if !ok || !known || prefix.Contains(ip) {
			return true
		}
	}
	return false
}

// lacking are the values of a whose keys b has not, by key.
func lacking(a, b map[string]*azure.SecurityRule) []*azure.SecurityRule {
	var list []*azure.SecurityRule
	for _, k := range slices.Sorted(maps.Keys(a)) {
		if _, ok := b[k]; !ok {
			list = append(list, a[k])
		}
	}
	return list
}

// maxCubes is how many cubes are walked one by one.
const maxCubes = 8

// condense are fewer cubes that hold at least the same packets.
func condense(cubes []flow.Cube) []flow.Cube {
	var kept []flow.Cube
	for i, c := range cubes {
		covered := slices.ContainsFunc(kept, func(k flow.Cube) bool { return c.SubsetOf(k) }) ||
			slices.ContainsFunc(cubes[i+1:], func(k flow.Cube) bool { return !k.Equal(c) && c.SubsetOf(k) })
		if !covered {
			kept = append(kept, c)
		}
	}
	if len(kept) <= maxCubes {
		return kept
	}
	return []flow.Cube{hull(kept)}
}

// hull is the smallest product that holds all of the cubes.
func hull(cubes []flow.Cube) flow.Cube {
	h := cubes[0]
	for _, c := range cubes[1:] {
		h = flow.Cube{
			Source: h.Source.Union(c.Source), Destination: h.Destination.Union(c.Destination), Protocols: h.Protocols.Union(c.Protocols),
			SourcePorts: h.SourcePorts.Union(c.SourcePorts), DestinationPorts: h.DestinationPorts.Union(c.DestinationPorts),
		}
	}
	return h
}

func sameKeys[V any](a, b map[string]V) bool {
	if len(a) != len(b) {
		return false
	}
	for k := range a {
		if _, ok := b[k]; !ok {
			return false
		}
	}
	return true
}
