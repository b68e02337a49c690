package fabric

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
)

// Gate is a firewall as routes reach it.
type Gate struct {
	Firewall *azure.AzureFirewall
	// Subnet the firewall stands in, whose routes its packets take.
	Subnet *azure.Subnet
	// Address that routes name; the zero Addr where it is not known.
	Address netip.Addr
}

// FirewallAt finds the firewall that a route to an appliance leads to: in the
// same virtual network or in one directly peered (RT-17, F-10). A next hop that
// is known only later is the firewall with the same unknown address. The reason
// is not empty where it is not known whether the firewall is in reach. ok is
// false where the next hop is no firewall of the network in reach.
func (f *Fabric) FirewallAt(v *azure.VirtualNetwork, from *azure.Subnet, r *Route) (g Gate, why string, ok bool) {
	if r.User == nil {
		return g, "", false
	}
	at := f.gates.of(gateKey{v, from, r.User}, func() firewallAt {
		var at firewallAt
		at.gate, at.why, at.ok = f.findFirewall(v, from, r)
		return at
	})
	return at.gate, at.why, at.ok
}

// gateKey is a user route and where it is taken, firewallAt what it leads to.
type gateKey struct {
	vnet   *azure.VirtualNetwork
	subnet *azure.Subnet
	route  *azure.Route
}

type firewallAt struct {
	gate Gate
	why  string
	ok   bool
}

func (f *Fabric) findFirewall(v *azure.VirtualNetwork, from *azure.Subnet, r *Route) (g Gate, why string, ok bool) {
	for _, firewall := range f.network.AzureFirewalls {
		for _, c := range firewall.IPConfigurations {
			s, stated := f.network.Subnet(c.Subnet.ID)
			if !stated {
				continue
			}
			own := f.privateAddress(c, s)
			if !sameAddress(own, r.User.NextHopIPAddress) {
				continue
			}
			if reach := f.inReach(v, from, s, own); reach.is != no {
				return Gate{Firewall: firewall, Subnet: s, Address: own.Or(netip.Addr{})}, reach.why, true
			}
		}
	}
	return g, "", false
}

// privateAddress is the address of a firewall: where the input does not tell it,
// that may be taken to be the first usable one of its subnet (F-25).
func (f *Fabric) privateAddress(c *azure.FirewallIPConfiguration, s *azure.Subnet) azure.Value[netip.Addr] {
	if c.PrivateIPAddress.Unknown == nil || f.assumptions.Value(FirewallAddress) != "firstUsable" {
		return c.PrivateIPAddress
	}
	for _, v := range s.Prefixes {
		if p, ok := v.Known(); ok && p.Addr().Is4() {
			first := p.Masked().Addr()
			for range firstUsable {
				first = first.Next()
			}
			return azure.Of(first, c.PrivateIPAddress.At)
		}
	}
	return c.PrivateIPAddress
}

// firstUsable is how many addresses at the start of a subnet are reserved (FAB-4).
const firstUsable = 4

// AddressTouches is what an answer turns on that takes a firewall's address as
// known.
func (f *Fabric) AddressTouches(g Gate) Touches {
	var t Touches
	for _, c := range g.Firewall.IPConfigurations {
		if c.PrivateIPAddress.Unknown != nil && g.Address.IsValid() && c.Subnet.ID == g.Subnet.ID {
			t.add(FirewallAddress, FirewallAddress.allValues())
		}
	}
	return t
}

func sameAddress(x, y azure.Value[netip.Addr]) bool {
	if x.Unknown != nil || y.Unknown != nil {
		return x.Unknown != nil && y.Unknown != nil && x.Unknown.Name == y.Unknown.Name
	}
	a, ok := x.Known()
	b, also := y.Known()
	return ok && also && a == b
}

// inReach tells whether packets of a subnet get to an address of another one
// without a hop between.
func (f *Fabric) inReach(v *azure.VirtualNetwork, from, to *azure.Subnet, own azure.Value[netip.Addr]) state {
	if v == to.VirtualNetwork {
		return state{is: yes}
	}
	address := f.held(to)
	if a, ok := own.Known(); ok {
		address = flow.Host(a)
	}
	for _, link := range f.links(v) {
		if f.Remote(link) != to.VirtualNetwork {
			continue
		}
		space := f.remoteSpace(link)
		for _, s := range []state{f.linkState(link), f.joins(link, from, to)} {
			if s.is != yes {
				return s
			}
		}
		switch {
		case !space.May.Overlaps(address):
			return state{is: no}
		case !address.SubsetOf(space.Must):
			return state{maybe, fmt.Sprintf("whether peering %s covers the firewall's address is not known", link.Name)}
		}
		return state{is: yes}
	}
	return state{is: no}
}

// HasFirewall reports whether a firewall stands in a subnet.
func (f *Fabric) HasFirewall(s *azure.Subnet) bool { return len(f.firewallsIn(s)) > 0 }

func (f *Fabric) firewallsIn(s *azure.Subnet) []*azure.FirewallIPConfiguration {
	var list []*azure.FirewallIPConfiguration
	for _, firewall := range f.network.AzureFirewalls {
		for _, c := range firewall.IPConfigurations {
			if c.Subnet.ID == s.ID {
				list = append(list, c)
			}
		}
	}
	return list
}

// Unfit is the route 0.0.0.0/0, a user's or one that a gateway has learnt, that
// breaks a firewall, if there is one: without management interface only Internet
// will do as next hop (F-13 to F-15).
func (f *Fabric) Unfit(g Gate) (h Hop, broken bool) {
	table, missing := f.attachedTable(g.Subnet)
	if g.Firewall.ManagementIPConfiguration != nil || missing != nil {
		return Hop{}, false
	}
	if f.learntDefault(g.Subnet.VirtualNetwork, table) {
		note := fmt.Sprintf("the gateway of %s has learnt 0.0.0.0/0, and the firewall %s has no management interface: it needs a user route of 0.0.0.0/0 to Internet in its own subnet (F-13)", g.Subnet.VirtualNetwork.Name, g.Firewall.Name)
		return Hop{Kind: KindRoute, Decision: Drop, Name: "0.0.0.0/0", Note: note}, true
	}
	if table == nil {
		return Hop{}, false
	}
	for _, r := range table.Routes {
		hop, ok := r.NextHopType.Known()
		if d := r.Destination; d.Kind != azure.PrefixAddress || d.Prefix.Bits() != 0 || d.Prefix.Addr().Is6() || !ok || hop == azure.InternetNextHop {
			continue
		}
		note := fmt.Sprintf("the firewall %s has no management interface and needs 0.0.0.0/0 to Internet in its own subnet (F-13)", g.Firewall.Name)
		return Hop{Kind: KindRoute, Decision: Drop, Resource: table.ID, Address: table.Label(), Name: r.Name, At: r.At, Note: note}, true
	}
	return Hop{}, false
}

// learntDefault reports whether 0.0.0.0/0 is certainly learnt from a gateway in a
// subnet, and no user route stands before it (RT-12, RT-20).
func (f *Fabric) learntDefault(v *azure.VirtualNetwork, table *azure.RouteTable) bool {
	all := netip.MustParsePrefix("0.0.0.0/0")
	if v.LearnedRoutes == nil || !slices.Contains(v.LearnedRoutes.Prefixes, all) {
		return false
	}
	if table == nil {
		return true
	}
	off, known := table.DisableBGPRoutePropagation.Known()
	return (!table.DisableBGPRoutePropagation.IsSet() || known && !off) &&
		!slices.ContainsFunc(table.Routes, func(r *azure.Route) bool {
			return r.Destination.Kind != azure.PrefixAddress && r.Destination.Kind != azure.TagAddress || r.Destination.Prefix == all
		})
}

// Tunnelled reports whether a route is the default route of a firewall with a
// management interface, and leads to a gateway (F-15, F-16).
func (f *Fabric) Tunnelled(g Gate, r *Route) bool {
	if g.Firewall.ManagementIPConfiguration == nil || r.User == nil || r.Hop != VirtualNetworkGateway {
		return false
	}
	d := r.User.Destination
	return d.Kind == azure.PrefixAddress && d.Prefix.Bits() == 0 && d.Prefix.Addr().Is4()
}

// TranslatesTunnelled tells whether such a firewall translates what comes in.
func (f *Fabric) TranslatesTunnelled() (supported bool, t Touches) {
	t.add(TunnelDNAT, TunnelDNAT.allValues())
	return f.assumptions.Value(TunnelDNAT) == "supportedWithMgmtNic", t
}

// Instances are the addresses that the instances of a firewall can have: any
// of its subnet but the one that routes name (F-25).
func (f *Fabric) Instances(g Gate) flow.AddressSet {
	all := f.Addresses(g.Subnet).Only(flow.IPv4)
	if g.Address.IsValid() {
		all = all.Minus(flow.Host(g.Address))
	}
	return all
}

// TranslatedPorts are the source ports that translation gives out.
func TranslatedPorts() flow.PortSet { return flow.PortRange(1024, 65535) }

// firewallHop is the record of a firewall itself.
func firewallHop(g Gate, kind Kind, d Decision, note string) Hop {
	return Hop{Kind: kind, Decision: d, Resource: g.Firewall.ID, Address: g.Firewall.Label(), Name: g.Firewall.Name, At: g.Firewall.At, Note: note}
}

// TranslationHop is the record of a firewall's translation.
func TranslationHop(g Gate, d Decision, note string) Hop { return firewallHop(g, KindNAT, d, note) }

// privateRanges is what is known of the destinations to which a firewall leaves
// the source of packets as it is (S-03 to S-07).
func (f *Fabric) privateRanges(firewall *azure.AzureFirewall, t *addressStakes) Bounds {
	known := f.keptRanges.of(firewall, func() keptRanges {
		var k keptRanges
		k.ranges = f.derivePrivateRanges(firewall, &k.stakes).shared()
		return k
	})
	*t = append(*t, known.stakes...)
	return known.ranges
}

type keptRanges struct {
	ranges Bounds
	stakes addressStakes
}

func (f *Fabric) derivePrivateRanges(firewall *azure.AzureFirewall, t *addressStakes) Bounds {
	terms := firewall.PrivateRanges
	everything := f.points.everything
	b := Bounds{}
	if firewall.Policy.IsSet() {
		policy, ok := f.network.FirewallPolicy(firewall.Policy.ID)
		switch {
		case !ok || policy.Stub:
			return doubtful(everything, fmt.Sprintf("the private ranges of firewall %s are not known: no input states its policy", firewall.Name))
		case len(policy.PrivateRanges) == 0 && f.parentHasRanges(policy):
			return doubtful(everything, fmt.Sprintf("whether policy %s has the private ranges of its parent is not known", policy.Name))
		}
		terms = policy.PrivateRanges
		if learns, known := policy.AutoLearnPrivateRanges.Known(); policy.AutoLearnPrivateRanges.IsSet() && (learns || !known) {
			b = doubtful(everything, fmt.Sprintf("policy %s learns private ranges, and the learned ones are not in the input (S-07)", policy.Name))
		}
	}
	if len(terms) == 0 {
		b = b.union(f.ianaPrivate(t))
	}
	for _, term := range terms {
		switch {
		case term.Kind == azure.FirewallTag && strings.EqualFold(term.Name, "IANAPrivateRanges"):
			b = b.union(f.ianaPrivate(t))
		case term.Kind == azure.FirewallRange:
			b = b.union(f.points.numeric(flow.Range(term.First, term.Last)))
		default:
			b = b.union(doubtful(everything, fmt.Sprintf("the private ranges of firewall %s are not all known", firewall.Name)))
		}
	}
	return b
}

// parentHasRanges reports whether an ancestor of a policy has private ranges of
// its own, or may have.
func (f *Fabric) parentHasRanges(policy *azure.FirewallPolicy) bool {
	for range f.network.FirewallPolicies {
		if !policy.Base.IsSet() {
			return false
		}
		parent, ok := f.network.FirewallPolicy(policy.Base.ID)
		if !ok || parent.Stub || len(parent.PrivateRanges) > 0 || flag(parent.AutoLearnPrivateRanges) != no {
			return true
		}
		policy = parent
	}
	return true // its own ancestor
}

// ianaPrivate are the ranges that are private by default (S-04).
func (f *Fabric) ianaPrivate(t *addressStakes) Bounds {
	t.add(DefaultPrivateRanges, DefaultPrivateRanges.allValues(), f.points.numeric(sharedSpace).May)
	if f.assumptions.Value(DefaultPrivateRanges) == "rfc1918" {
		return f.points.numeric(rfc1918)
	}
	return f.points.numeric(rfc1918.Union(sharedSpace))
}

var (
	rfc1918     = set("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
	sharedSpace = set("100.64.0.0/10")
)
