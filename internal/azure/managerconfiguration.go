package azure

import (
	"slices"
	"strings"
)

// ManagerConfiguration is what a network manager does to the members of network groups
// besides security admin rules: a connectivity configuration (RT-7), or a collection of
// routing rules.
type ManagerConfiguration struct {
	Resource
	// Groups it is for.
	Groups []Reference
	// Hubs of a hub-and-spoke topology, empty in a mesh.
	Hubs []Reference
	// Direct says that members of the groups are connected with each other.
	Direct bool
	// Routes says that it adds routes, and connects nothing.
	Routes bool
}

// ManagerConfigurationEffect is what verdicts leave out of one.
const ManagerConfigurationEffect = "what it connects or routes is not followed: where members of its groups may depend on it, that is undecided"

// mostPairs bounds how many networks are joined pair by pair.
const mostPairs = 100

// applyManagers makes unknown what network managers may do: connections of networks
// that may be in the groups of a configuration, and routes of their subnets.
func (b *builder) applyManagers() {
	for _, m := range b.managerConfigs {
		members := slices.DeleteFunc(slices.Clone(b.network.VirtualNetworks), func(v *VirtualNetwork) bool { return !b.mayBeMember(v, m.Groups) })
		if m.Routes {
			for _, v := range members {
				b.mayRoute(m, v)
			}
			continue
		}
		hubs := slices.DeleteFunc(slices.Clone(b.network.VirtualNetworks), func(v *VirtualNetwork) bool { return !b.named(v, m.Hubs) })
		switch {
		case len(members)+len(hubs) > mostPairs:
			for _, v := range slices.Concat(members, hubs) {
				v.Peerings = append(v.Peerings, UnknownPeering(v, m.unknown("other networks")))
			}
			continue
		case m.Direct:
			joinEach(m, members, members, false)
		}
		joinEach(m, hubs, members, true)
	}
}

// mayBeMember reports whether a network, or a subnet of it, may be in one of the
// groups.
func (b *builder) mayBeMember(v *VirtualNetwork, groups []Reference) bool {
	return slices.ContainsFunc(groups, func(group Reference) bool {
		if group.Unknown != nil {
			return true
		}
		members := b.membersOf(group.ID)
		return len(members) == 0 || slices.ContainsFunc(members, func(m *NetworkGroupMember) bool { return b.named(v, []Reference{m.Member}) })
	})
}

// named reports whether one of the references is or may be of a network or a subnet
// of it.
func (b *builder) named(v *VirtualNetwork, references []Reference) bool {
	return slices.ContainsFunc(references, func(r Reference) bool {
		if r.Unknown != nil {
			return true
		}
		if s, ok := b.network.Subnet(r.ID); ok {
			return s.VirtualNetwork == v
		}
		own, ok := b.network.VirtualNetwork(r.ID)
		return ok && own == v
	})
}

// joinEach gives each network of one list a peering of unknown state with each of the
// other that it has no peering with, and back; through a hub they may use its gateway.
func joinEach(m *ManagerConfiguration, some, others []*VirtualNetwork, gateways bool) {
	for _, v := range some {
		for _, w := range others {
			if v != w {
				m.join(v, w, gateways)
				m.join(w, v, gateways)
			}
		}
	}
}

func (m *ManagerConfiguration) join(v, w *VirtualNetwork, gateways bool) {
	if overlapping(v, w) || slices.ContainsFunc(v.Peerings, func(p *Peering) bool { return p.Remote.ID == w.ID }) {
		return
	}
	p := UnknownPeering(v, m.unknown(w.Name))
	p.Remote = Reference{ID: w.ID, At: m.At}
	if !gateways {
		p.AllowGatewayTransit, p.UseRemoteGateways = Value[bool]{}, Value[bool]{}
	}
	v.Peerings = append(v.Peerings, p)
	sortByID(v.Peerings)
}

// overlapping tells networks that have addresses in common, which nothing connects.
func overlapping(v, w *VirtualNetwork) bool {
	for _, a := range v.AddressSpace {
		for _, b := range w.AddressSpace {
			p, known := a.Known()
			q, also := b.Known()
			if known && also && p.Overlaps(q) {
				return true
			}
		}
	}
	return false
}

func (m *ManagerConfiguration) unknown(other string) *Unknown {
	return &Unknown{
		Name: m.Label() + " to " + other, At: m.At,
		Why: "whether the network manager's " + m.Label() + " connects the networks (ConnectedGroup, RT-7) is not followed",
	}
}

// mayRoute makes the routes of a network's subnets unknown.
func (b *builder) mayRoute(m *ManagerConfiguration, v *VirtualNetwork) {
	u := &Unknown{Name: m.Label() + " routes", Why: "the routing rules of the network manager's " + m.Label() + " may add routes", At: m.At}
	for _, s := range v.Subnets {
		if slices.Contains([]string{"gatewaysubnet", "azurebastionsubnet", "routeserversubnet"}, strings.ToLower(s.Name)) {
			continue
		}
		if table, ok := b.network.RouteTable(s.RouteTable.ID); ok && s.RouteTable.IsSet() {
			table.UnknownRoutes = withUnknowns(table.UnknownRoutes, []*Unknown{u})
			continue
		}
		attachMaybe(Reference{Unknown: u, At: u.At}, &s.RouteTable)
	}
}
