package plain

import (
	"net/netip"

	"github.com/wayleave/wayleave/internal/azure"
)

// hop types of system routes beyond those a user can write (RT-7).
const vnetPeering azure.NextHopType = "VNetPeering"

// reservedBlocks are the blocks every subnet has a system route to None for (RT-2).
var reservedBlocks = prefixes("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")

var (
	everywhere4 = netip.MustParsePrefix("0.0.0.0/0")
	everywhere6 = netip.MustParsePrefix("::/0")
)

// way is one candidate route to an address.
type way struct {
	prefix netip.Prefix
	next   azure.NextHopType
	// user is the user's route, nil for a system route.
	user *azure.Route
	// link is the peering of a peering route.
	link *azure.Peering
	// rank orders user routes with one prefix (RT-26).
	rank int
}

// hop is the record of a route that was taken.
func (w way) hop(at place, d Decision, why string) Hop {
	if w.user != nil {
		return Hop{Kind: UserRoute, Name: w.user.Name, Resource: at.table.ID, Decision: d, Why: why}
	}
	return Hop{Kind: SystemRoute, Name: w.prefix.String() + " " + string(w.next), Decision: d, Why: why}
}

// selectRoute is the route a subnet uses for an address: the longest prefix, a
// user's before a system's, and of a user's the explicit prefix before the
// narrower tag (RT-21, RT-26). There is always one in the address's family.
// For beyond see endpointPrefix.
func (a *asking) selectRoute(at place, to netip.Addr, beyond bool) way {
	var best way
	for i, w := range a.candidates(at, to, beyond) {
		if i == 0 || a.better(w, best) {
			best = w
		}
	}
	return best
}

// better reports whether v is selected before w.
func (a *asking) better(v, w way) bool {
	if (v.next == serviceEndpoint) != (w.next == serviceEndpoint) && !a.given(EndpointsOverridden) {
		return v.next == serviceEndpoint // RT-23
	}
	if v.prefix.Bits() != w.prefix.Bits() {
		return v.prefix.Bits() > w.prefix.Bits()
	}
	if (v.user != nil) != (w.user != nil) {
		return v.user != nil
	}
	return v.rank < w.rank
}

// candidates lists the routes of a subnet that hold an address.
func (a *asking) candidates(at place, to netip.Addr, beyond bool) []way {
	list := make([]way, 0, 8)
	for _, prefix := range at.vnet.AddressSpace { // RT-2
		if prefix.V.Contains(to) {
			list = append(list, way{prefix: prefix.V, next: azure.VnetLocal})
		}
	}
	for _, link := range at.vnet.Peerings { // RT-7
		if !a.connected(link) {
			continue
		}
		if prefix, ok := a.remotePrefix(link, to); ok {
			list = append(list, way{prefix: prefix, next: vnetPeering, link: link})
		}
	}
	everywhere := everywhere4
	if to.Is6() {
		everywhere = everywhere6
	}
	list = append(list, way{prefix: everywhere, next: azure.InternetNextHop})
	for _, prefix := range a.none {
		if prefix.Contains(to) && !holdsBlock(at.vnet, prefix) && !a.noneRoutesGone(at) {
			list = append(list, way{prefix: prefix, next: azure.NoneNextHop})
		}
	}
	if prefix, ok := a.endpointPrefix(at, to, beyond); ok {
		list = append(list, way{prefix: prefix, next: serviceEndpoint})
	}
	if w, ok := a.endpointRoute(at, to); ok && !a.returning {
		list = append(list, w)
	}
	if at.table == nil {
		return list
	}
	for _, route := range at.table.Routes {
		if prefix, ok := a.routePrefix(route, to); ok {
			w := way{prefix: prefix, next: route.NextHopType.V, user: route}
			if route.Destination.Kind == azure.TagAddress {
				w.rank = a.tags.rank(FoldTag(route.Destination.Tag))
			}
			list = append(list, w)
		}
	}
	return list
}

// holdsBlock reports whether the space of a network equals or contains a
// block, which takes away the block's route to None (RT-4).
func holdsBlock(vnet *azure.VirtualNetwork, block netip.Prefix) bool {
	for _, prefix := range vnet.AddressSpace {
		if prefix.V.Bits() <= block.Bits() && prefix.V.Contains(block.Addr()) {
			return true
		}
	}
	return false
}

// defaultRoute is the user route 0.0.0.0/0 of a subnet, or nil.
func defaultRoute(at place) *azure.Route {
	if at.table == nil {
		return nil
	}
	for _, route := range at.table.Routes {
		if route.Destination.Kind == azure.PrefixAddress && route.Destination.Prefix == everywhere4 {
			return route
		}
	}
	return nil
}

// noneRoutesGone reports whether a user route 0.0.0.0/0 has removed the system
// routes to None (RT-5, RT-6).
func (a *asking) noneRoutesGone(at place) bool {
	route := defaultRoute(at)
	if route == nil {
		return false
	}
	switch route.NextHopType.V {
	case azure.NoneNextHop:
		return false
	case azure.InternetNextHop:
		return a.on(InternetRemovesNone)
	}
	return true
}

// routePrefix finds the longest prefix of a user route that holds an address.
// A route to a tag has the tag's prefixes (RT-15, RT-26).
func (t *Twin) routePrefix(route *azure.Route, to netip.Addr) (netip.Prefix, bool) {
	d := route.Destination
	if d.Kind == azure.PrefixAddress {
		return d.Prefix, d.Prefix.Contains(to)
	}
	best, found := netip.Prefix{}, false
	for _, prefix := range t.tags[FoldTag(d.Tag)].Prefixes {
		if prefix.Contains(to) && (!found || prefix.Bits() > best.Bits()) {
			best, found = prefix, true
		}
	}
	return best, found
}

func (t *Twin) routeCovers(route *azure.Route, address netip.Addr) bool {
	_, ok := t.routePrefix(route, address)
	return ok
}
