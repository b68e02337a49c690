package azure

import (
	"net/netip"
	"slices"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// EffectiveRoutes are the routes in force at one network interface, as Azure
// answers (NW-4). The answer does not say of which interface: its network is
// told by the address space.
type EffectiveRoutes struct {
	// Space are the prefixes of the interface's own network (VnetLocal).
	Space []netip.Prefix
	// Learned are the prefixes that came from a gateway (RT-8), valid or not.
	Learned []netip.Prefix
	// Peered are those of peerings, that of a virtual hub among them.
	Peered []netip.Prefix
	At     Position
}

// LearnedRoutes are all prefixes that a virtual network gateway, a route server
// or a virtual hub has told a network (RT-8), sorted.
type LearnedRoutes struct {
	Prefixes []netip.Prefix
	At       Position
}

// attachEffectiveRoutes gives each network what effective routes tell of its
// gateway. An answer without any route of a gateway tells nothing: the route
// table of that subnet may keep them out (RT-12).
func (b *builder) attachEffectiveRoutes() {
	for _, e := range b.effectiveRoutes {
		if len(e.Learned) == 0 {
			b.report(diagnostic.Infof("effective-routes", e.At, "these effective routes have none from a gateway and tell nothing new"))
			continue
		}
		v, why := b.networkWithSpace(e.Space)
		if v == nil {
			b.report(diagnostic.Warningf("effective-routes", e.At, "these effective routes are not used: %s", why).
				WithHint("give the virtual networks too: az network vnet list -o json > vnets.json"))
			continue
		}
		if v.Rank.Planned() && len(b.network.Gateways)+len(b.network.GatewayConnections)+len(b.network.HubConnections) > 0 {
			b.report(diagnostic.Warningf("effective-routes", e.At, "these effective routes are not used: the %s states a gateway or a virtual hub, with which %q may learn others", v.Rank, v.title()))
			continue
		}
		b.report(diagnostic.Infof("effective-routes", e.At, "these effective routes are taken for those of %q, which has the address space of their interface", v.title()))
		if v.LearnedRoutes == nil {
			v.LearnedRoutes = &LearnedRoutes{At: e.At}
		}
		all := append(v.LearnedRoutes.Prefixes, e.Learned...)
		if len(b.network.HubConnections) > 0 {
			all = append(all, e.Peered...) // the hub's own space, of which no peering is stated
		}
		slices.SortFunc(all, comparePrefixes)
		v.LearnedRoutes.Prefixes = slices.Compact(all)
	}
}

func comparePrefixes(x, y netip.Prefix) int {
	if c := x.Addr().Compare(y.Addr()); c != 0 {
		return c
	}
	return x.Bits() - y.Bits()
}

// networkWithSpace finds the only network that has just these prefixes.
func (b *builder) networkWithSpace(space []netip.Prefix) (found *VirtualNetwork, why string) {
	for _, v := range b.network.VirtualNetworks {
		if !hasSpace(v, space) {
			continue
		}
		if found != nil {
			return nil, "the networks " + found.title() + " and " + v.title() + " have the same address space"
		}
		found = v
	}
	if found == nil {
		return nil, "no network has the address space of their interface"
	}
	return found, ""
}

func hasSpace(v *VirtualNetwork, space []netip.Prefix) bool {
	for _, p := range v.AddressSpace {
		if known, ok := p.Known(); !ok || !slices.Contains(space, known) {
			return false
		}
	}
	for _, p := range space {
		if !slices.ContainsFunc(v.AddressSpace, func(have Value[netip.Prefix]) bool { return have.V == p }) {
			return false
		}
	}
	return len(space) > 0
}
