package recheck

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"strconv"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/plain"
)

// classes are the places at which a network can tell packets apart: an address
// at which some prefix begins or ends, a port at which some range does.
type classes struct {
	addresses []netip.Addr // sorted, each once
	ports     []uint16
	// partial says that not every place is known, because the network has what
	// looks at names, or decides by more than is noted here.
	partial bool
}

// classesOf are those of networks together.
func classesOf(tags plain.Tags, networks ...*azure.Network) *classes {
	c := &classes{}
	s := plain.Documented()
	for _, p := range slices.Concat(s.NotInternet, s.PlatformNoneRoutes) {
		c.prefix(p)
	}
	for _, a := range []string{"168.63.129.16", "169.254.169.254"} {
		c.prefix(netip.PrefixFrom(netip.MustParseAddr(a), 32))
	}
	for _, n := range networks {
		c.network(tags, n)
	}
	slices.SortFunc(c.addresses, netip.Addr.Compare)
	c.addresses = slices.Compact(c.addresses)
	slices.Sort(c.ports)
	c.ports = slices.Compact(c.ports)
	return c
}

func (c *classes) prefix(p netip.Prefix) {
	if !p.IsValid() {
		return
	}
	p = p.Masked()
	c.addresses = append(c.addresses, p.Addr())
	if next := lastOf(p).Next(); next.IsValid() {
		c.addresses = append(c.addresses, next)
	}
}

func lastOf(p netip.Prefix) netip.Addr {
	bytes := p.Addr().AsSlice()
	for i := p.Bits(); i < len(bytes)*8; i++ {
		bytes[i/8] |= 0x80 >> (i % 8)
	}
	a, _ := netip.AddrFromSlice(bytes)
	return a
}

func (c *classes) network(tags plain.Tags, n *azure.Network) {
	for _, v := range n.VirtualNetworks {
		for _, p := range v.AddressSpace {
			c.prefix(p.V)
		}
		for _, s := range v.Subnets {
			for _, p := range s.Prefixes {
				c.subnet(p.V)
			}
		}
	}
	for _, nic := range n.NetworkInterfaces {
		for _, x := range nic.IPConfigurations {
			if a := x.PrivateIPAddress.V; a.IsValid() {
				c.prefix(netip.PrefixFrom(a, a.BitLen()))
			}
		}
	}
	for _, x := range n.PublicIPAddresses {
		if a := x.IPAddress.V; a.IsValid() {
			c.prefix(netip.PrefixFrom(a, a.BitLen()))
		}
	}
	for _, g := range n.NetworkSecurityGroups {
		for _, r := range g.Rules {
			c.terms(tags, termsOf(r.Source))
			c.terms(tags, termsOf(r.Destination))
			c.portTerms(slices.Concat(r.SourcePorts.Terms, r.DestinationPorts.Terms))
		}
	}
	for _, t := range n.RouteTables {
		for _, r := range t.Routes {
			c.terms(tags, []azure.AddressTerm{r.Destination})
		}
	}
	c.firewalls(tags, n)
	c.partial = c.partial || len(n.LoadBalancers)+len(n.PrivateEndpoints)+len(n.Appliances)+len(n.AdminRules) > 0
}

// firewalls notes what rules of firewalls and their private ranges tell apart. Rules
// that name hosts, or what is not known, tell apart more.
func (c *classes) firewalls(tags plain.Tags, n *azure.Network) {
	collections := func(list []*azure.RuleCollection) {
		for _, k := range list {
			for _, r := range k.Rules {
				c.partial = c.partial || r.Kind != azure.NetworkRule
				c.firewallTerms(tags, n, slices.Concat(r.Source.Terms, r.Destination.Terms))
				c.portTerms(r.DestinationPorts.Terms)
			}
		}
	}
	for _, f := range n.AzureFirewalls {
		for _, x := range f.IPConfigurations {
			if a := x.PrivateIPAddress.V; a.IsValid() {
				c.prefix(netip.PrefixFrom(a, a.BitLen()))
			}
		}
		collections(f.RuleCollections)
		c.firewallTerms(tags, n, f.PrivateRanges)
	}
	for _, p := range n.FirewallPolicies {
		for _, g := range p.Groups {
			collections(g.Collections)
		}
		c.firewallTerms(tags, n, p.PrivateRanges)
	}
}

func (c *classes) firewallTerms(tags plain.Tags, n *azure.Network, list []azure.FirewallTerm) {
	for _, t := range list {
		switch t.Kind {
		case azure.FirewallAnyAddress:
		case azure.FirewallRange:
			c.addresses = append(c.addresses, t.First)
			if next := t.Last.Next(); next.IsValid() {
				c.addresses = append(c.addresses, next)
			}
		case azure.FirewallTag:
			for _, p := range tags[plain.FoldTag(t.Name)].Prefixes {
				c.prefix(p)
			}
		case azure.FirewallIPGroup:
			if g, ok := n.IPGroup(t.Group.ID); ok {
				c.firewallTerms(tags, n, g.Addresses)
			}
		default:
			c.partial = true
		}
	}
}

// subnet notes the addresses that Azure reserves too (FAB-4).
func (c *classes) subnet(p netip.Prefix) {
	c.prefix(p)
	a := p.Addr()
	for range 4 {
		a = a.Next()
	}
	c.addresses = append(c.addresses, a, lastOf(p))
}

func (c *classes) portTerms(list []azure.PortTerm) {
	for _, t := range list {
		c.ports = append(c.ports, t.First)
		if t.Last < 65535 {
			c.ports = append(c.ports, t.Last+1)
		}
	}
}

func termsOf(s azure.Side) []azure.AddressTerm {
	var list []azure.AddressTerm
	for _, t := range s.Terms() {
		list = append(list, t)
	}
	return list
}

func (c *classes) terms(tags plain.Tags, list []azure.AddressTerm) {
	for _, t := range list {
		switch t.Kind {
		case azure.PrefixAddress:
			c.prefix(t.Prefix)
		case azure.TagAddress:
			for _, p := range tags[plain.FoldTag(t.Tag)].Prefixes {
				c.prefix(p)
			}
		}
	}
}

// within are one address of every class of some prefixes.
func (c *classes) within(list []netip.Prefix) []netip.Addr {
	var out []netip.Addr
	for _, p := range list {
		out = append(out, p.Addr())
		last := lastOf(p)
		i, _ := slices.BinarySearchFunc(c.addresses, p.Addr(), netip.Addr.Compare)
		for ; i < len(c.addresses) && c.addresses[i].Compare(last) <= 0; i++ {
			if c.addresses[i] != p.Addr() {
				out = append(out, c.addresses[i])
			}
		}
	}
	return out
}

// portsWithin are one port of every class of some ranges.
func (c *classes) portsWithin(list []ports) []uint16 {
	var out []uint16
	for _, r := range list {
		out = append(out, r.first)
		for _, p := range c.ports {
			if r.first < p && p <= r.last {
				out = append(out, p)
			}
		}
	}
	return out
}

// ported are the protocols with ports: TCP, UDP, DCCP, SCTP and UDP-Lite.
var ported = []uint8{6, 17, 33, 132, 136}

// packets are one of every class of a cell, or where these are more than the
// budget, so many that every address, port and protocol among them is met.
// exact tells which.
func (c *classes) packets(x *cell, budget int, dice *rand.Rand) (list []plain.Packet, exact bool) {
	sources, targets := c.within(x.source), c.within(x.destination)
	from, to := c.portsWithin(x.sourcePorts), c.portsWithin(x.targetPorts)
	sizes := []int{len(x.protocols), len(sources), len(from), len(targets), len(to)}
	total, most := 1, 0
	for _, n := range sizes {
		total, most = min(total*n, budget+1), max(most, n)
	}
	at := func(i []int) plain.Packet {
		p := plain.Packet{Protocol: x.protocols[i[0]], Source: sources[i[1]], Destination: targets[i[3]]}
		if slices.Contains(ported, p.Protocol) {
			p.SourcePort, p.DestinationPort = from[i[2]], to[i[4]]
		}
		return p
	}
	index := make([]int, len(sizes))
	if total <= budget {
		for {
			list = append(list, at(index))
			k := 0
			for ; k < len(index); k++ {
				if index[k]++; index[k] < sizes[k] {
					break
				}
				index[k] = 0
			}
			if k == len(index) {
				return sameFamily(list), !c.partial
			}
		}
	}
	for n := range max(budget, most) {
		for k, size := range sizes {
			index[k] = n % size
			if n >= most {
				index[k] = dice.IntN(size)
			}
		}
		list = append(list, at(index))
	}
	return sameFamily(list), false
}

// sameFamily leaves out packets of mixed families, which nobody can send.
func sameFamily(list []plain.Packet) []plain.Packet {
	return slices.DeleteFunc(list, func(p plain.Packet) bool { return p.Source.Is4() != p.Destination.Is4() })
}

// termPrefixes are the prefixes of a side; otherwise everything for a derived tag
// or a group, whose content the interpreter knows.
func termPrefixes(tags plain.Tags, terms []azure.AddressTerm, everything []netip.Prefix) []netip.Prefix {
	var list []netip.Prefix
	for _, t := range terms {
		tag, ok := tags[plain.FoldTag(t.Tag)]
		switch {
		case t.Kind == azure.PrefixAddress && t.Prefix.Addr().Is4():
			list = append(list, t.Prefix.Masked())
		case t.Kind == azure.TagAddress && ok:
			for _, p := range tag.Prefixes {
				if p.Addr().Is4() {
					list = append(list, p)
				}
			}
		case t.Kind != azure.PrefixAddress:
			return everything
		}
	}
	return list
}

// meet are the smaller of every two prefixes that overlap.
func meet(a, b []netip.Prefix) []netip.Prefix {
	var list []netip.Prefix
	for _, x := range a {
		for _, y := range b {
			switch {
			case !x.Overlaps(y):
			case x.Bits() >= y.Bits():
				list = append(list, x)
			default:
				list = append(list, y)
			}
		}
	}
	return list
}

// digits writes a number with its unit.
func digits(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
