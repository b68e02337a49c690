package lab

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/plain"
)

// peeringHop is the next hop of the system routes to a peered network (RT-7).
const peeringHop azure.NextHopType = "VNetPeering"

// private are the blocks with a system route to None (RT-2).
var private = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"),
}

// route is one effective route of a subnet.
type route struct {
	prefix netip.Prefix
	hop    azure.NextHopType
	// link of a peering route.
	link *peering
	// user is the user's route, nil for a system route.
	user *azure.Route
	// rank orders the routes with one prefix; the smaller wins (RT-21, RT-26).
	rank int
	// limit says why what the route does is not reproduced.
	limit string
}

// effective lists the routes of a place, one for each prefix, sorted.
func (c *compiler) effective(p *place) []route {
	list := c.system(p)
	if p.table != nil {
		for _, r := range p.table.Routes {
			for _, prefix := range ipv4Each(c.destinations(r)) {
				list = append(list, route{prefix: prefix, hop: r.NextHopType.V, user: r, rank: c.rank(r), limit: c.limitRoute(r)})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b route) int {
		return cmp.Or(a.prefix.Addr().Compare(b.prefix.Addr()), cmp.Compare(a.prefix.Bits(), b.prefix.Bits()), cmp.Compare(a.rank, b.rank))
	})
	return slices.CompactFunc(list, func(a, b route) bool { return a.prefix == b.prefix })
}

// ipv4Each keeps all IPv4 prefixes, those within another one too.
func ipv4Each(list []netip.Prefix) []netip.Prefix {
	var kept []netip.Prefix
	for _, p := range list {
		if p.Addr().Is4() {
			kept = append(kept, p.Masked())
		}
	}
	return kept
}

// system lists the system routes of a place; a user's route wins over each.
func (c *compiler) system(p *place) []route {
	const systemRank = 10
	var list []route
	for _, prefix := range p.vnet.space {
		list = append(list, route{prefix: prefix, hop: azure.VnetLocal, rank: systemRank})
	}
	for _, l := range p.vnet.links {
		for _, prefix := range l.space {
			list = append(list, route{prefix: prefix, hop: peeringHop, link: l, rank: systemRank})
		}
	}
	list = append(list, route{prefix: everywhere, hop: azure.InternetNextHop, rank: systemRank})
	for _, prefix := range append(slices.Clone(private), c.switches.PlatformNoneRoutes...) { // RT-2, RT-3
		if !c.noneGone(p) && !holdsBlock(p.vnet.space, prefix) {
			list = append(list, route{prefix: prefix, hop: azure.NoneNextHop, rank: systemRank})
		}
	}
	return append(list, c.endpointRoutes(p, systemRank)...)
}

// holdsBlock reports whether a space equals or contains a block (RT-4).
func holdsBlock(space []netip.Prefix, block netip.Prefix) bool {
	return slices.ContainsFunc(space, func(p netip.Prefix) bool { return p.Bits() <= block.Bits() && p.Contains(block.Addr()) })
}

// noneGone reports whether a user route 0.0.0.0/0 took the system routes to
// None away (RT-5, RT-6).
func (c *compiler) noneGone(p *place) bool {
	if p.table == nil {
		return false
	}
	for _, r := range p.table.Routes {
		if r.Destination.Kind != azure.PrefixAddress || r.Destination.Prefix != everywhere {
			continue
		}
		switch r.NextHopType.V {
		case azure.NoneNextHop:
			return false
		case azure.InternetNextHop:
			return c.switches.On[plain.InternetRemovesNone]
		}
		return true
	}
	return false
}

// destinations are the prefixes of a user route (RT-15).
func (c *compiler) destinations(r *azure.Route) []netip.Prefix {
	switch r.Destination.Kind {
	case azure.PrefixAddress:
		return []netip.Prefix{r.Destination.Prefix}
	case azure.TagAddress:
		return c.tags[plain.FoldTag(r.Destination.Tag)].Prefixes
	}
	return nil
}

// rank of a user route among those with the same prefix: the explicit prefix
// before the narrower tag (RT-26).
func (c *compiler) rank(r *azure.Route) int {
	if r.Destination.Kind != azure.TagAddress {
		return 0
	}
	folded := plain.FoldTag(r.Destination.Tag)
	rank := 1
	if folded == "azurecloud" || strings.HasPrefix(folded, "azurecloud.") {
		rank = 3
	}
	if c.tags[folded].Region == "" {
		rank++
	}
	return rank
}

// limitRoute says why the way of a user route is not reproduced, or "".
func (c *compiler) limitRoute(r *azure.Route) string {
	hop := r.NextHopType.V
	appliance, address := c.nextHop(r)
	w := c.firewallAt(r.NextHopIPAddress)
	switch {
	case hop == azure.VirtualNetworkGateway:
		return "the route " + r.Name + " leads to a gateway, which is not reproduced"
	case hop == azure.VirtualAppliance && !address:
		return "the address of the appliance of the route " + r.Name + " is not known"
	case hop == azure.VirtualAppliance && w == nil && c.balanced(appliance) != "":
		return "the route " + r.Name + " leads to " + c.balanced(appliance) + ", which is not reproduced"
	case hop == azure.VirtualAppliance && w != nil && len(w.limits) > 0:
		return "the route " + r.Name + " leads to a firewall: " + w.limits[0]
	}
	return ""
}

// lookup is the route of a place for an address.
func (p *place) lookup(a netip.Addr) (route, bool) {
	best, found := route{}, false
	for _, r := range p.routes {
		if r.prefix.Contains(a) && (!found || r.prefix.Bits() > best.prefix.Bits()) {
			best, found = r, true
		}
	}
	return best, found
}

// appliance finds the host that owns a next hop address, in the network of a
// place or a directly peered one, and the link that leads there (RT-17).
func (v *vnet) appliance(from *place, a netip.Addr) (h *host, by *peering) {
	owner := func(p *place) *host {
		if h := p.host(a); h.nic != nil || h.firewall != nil {
			return h
		}
		return nil
	}
	if p := v.place(a); p != nil {
		return owner(p), nil
	}
	for _, l := range v.links {
		if !contains(l.space, a) {
			continue
		}
		if p := l.remote.place(a); p != nil && l.joins(from, p) {
			return owner(p), l
		}
	}
	return nil, nil
}
