package azure

import (
	"net/netip"
	"strings"
)

// attach gives children to their parents. A parent that no input states
// becomes a stub.
func (b *builder) attach() {
	vnets := byID(b.network.VirtualNetworks)
	network := func(id ID) *VirtualNetwork {
		v, ok := vnets[id]
		if !ok {
			v = b.stubNetwork(id)
			vnets[id] = v
		}
		return v
	}
	joinChildren(b, b.subnets, func(parent ID, s *Subnet) {
		v := network(parent)
		s.VirtualNetwork = v
		v.Subnets = append(v.Subnets, s)
	})
	joinChildren(b, b.peerings, func(parent ID, p *Peering) {
		v := network(parent)
		p.VirtualNetwork = v
		v.Peerings = append(v.Peerings, p)
	})
	groups := byID(b.network.NetworkSecurityGroups)
	joinChildren(b, b.rules, func(parent ID, r *SecurityRule) {
		g, ok := groups[parent]
		if !ok {
			g = b.stubGroup(parent)
			groups[parent] = g
			if u := unknownName(parent, r.At); u != nil {
				b.loose.rules = append(b.loose.rules, Child[*SecurityRule]{Parent: Reference{Unknown: u}, Resource: r})
			}
		}
		r.Group = g
		if r.Default {
			g.EchoedDefaults = append(g.EchoedDefaults, r)
			return
		}
		g.Rules = append(g.Rules, r)
	})
	tables := byID(b.network.RouteTables)
	joinChildren(b, b.routes, func(parent ID, r *Route) {
		t, ok := tables[parent]
		if !ok {
			t = b.stubTable(parent)
			tables[parent] = t
			if u := unknownName(parent, r.At); u != nil {
				b.loose.routes = append(b.loose.routes, Child[*Route]{Parent: Reference{Unknown: u}, Resource: r})
			}
		}
		r.Table = t
		t.Routes = append(t.Routes, r)
	})
	for _, g := range b.network.NetworkSecurityGroups {
		for _, r := range g.EchoedDefaults {
			r.Group = g
		}
	}
	for _, n := range b.network.NetworkInterfaces {
		for _, c := range n.IPConfigurations {
			c.Interface = n
		}
	}
}

// unknownName says why a parent that no input states may be another one that is: its
// name has parts that are not known, in braces; nil where it has none.
func unknownName(parent ID, at Position) *Unknown {
	if !strings.Contains(parent.Name(), "{") {
		return nil
	}
	return &Unknown{Name: parent.Name(), Why: "rules and routes of " + parent.Name() + " may be its own: the name is not known", At: at}
}

func byID[T thing](resources []T) map[ID]T {
	m := make(map[ID]T, len(resources))
	for _, r := range resources {
		m[r.base().ID] = r
	}
	return m
}

// stub is what is known of a resource that others only refer to.
func stub(id ID, kind string) Resource {
	return Resource{ID: id, Type: kind, Name: id.Name(), Rank: RankEffective, Stub: true}
}

// notStated is the unknown that stands for a property of a stub.
func notStated(id ID, property, what string) *Unknown {
	return &Unknown{Name: string(id) + " " + property, Why: "no input states the " + what + " " + id.Name()}
}

func (b *builder) stubNetwork(id ID) *VirtualNetwork {
	v := &VirtualNetwork{Resource: stub(id, TypeVirtualNetwork)}
	b.network.VirtualNetworks = append(b.network.VirtualNetworks, v)
	return v
}

func (b *builder) stubGroup(id ID) *NetworkSecurityGroup {
	g := &NetworkSecurityGroup{Resource: stub(id, TypeNetworkSecurityGroup)}
	g.UnknownRules = []*Unknown{notStated(id, "securityRules", "network security group")}
	b.network.NetworkSecurityGroups = append(b.network.NetworkSecurityGroups, g)
	return g
}

func (b *builder) stubTable(id ID) *RouteTable {
	t := &RouteTable{Resource: stub(id, TypeRouteTable)}
	t.UnknownRoutes = []*Unknown{notStated(id, "routes", "route table")}
	t.DisableBGPRoutePropagation = NotKnown[bool](notStated(id, "disableBgpRoutePropagation", "route table"))
	b.network.RouteTables = append(b.network.RouteTables, t)
	return t
}

// stubSubnet makes a subnet of which only its id is known, and its virtual
// network where that is not stated either.
func (b *builder) stubSubnet(id ID) *Subnet {
	parent := id.Parent()
	if !isSubnetID(id) {
		parent = MakeID("unknown virtual network of " + string(id))
	}
	v, ok := b.network.VirtualNetwork(parent)
	if !ok {
		v = b.stubNetwork(parent)
		b.network.byID[v.ID] = v
	}
	s := &Subnet{Resource: stub(id, TypeSubnet), VirtualNetwork: v}
	v.Subnets = append(v.Subnets, s)
	b.network.byID[id] = s
	return s
}

// completeStubs fills in the unknowns of stub networks and subnets, after
// associations and back-references told what is known of them.
func (b *builder) completeStubs() {
	for _, v := range b.network.VirtualNetworks {
		if v.Stub {
			const what = "virtual network"
			v.AddressSpace = []Value[netip.Prefix]{NotKnown[netip.Prefix](notStated(v.ID, "addressSpace", what))}
			v.Peerings = append(v.Peerings, &Peering{
				Resource:       stub(childID(v.ID, "virtualnetworkpeerings", "unknown"), TypePeering),
				VirtualNetwork: v,
				Remote:         Reference{Unknown: notStated(v.ID, "virtualNetworkPeerings", what)},
				State:          NotKnown[string](notStated(v.ID, "virtualNetworkPeerings state", what)),
			})
		}
		for _, s := range v.Subnets {
			if s.Stub {
				completeSubnet(s)
			}
		}
	}
}

func completeSubnet(s *Subnet) {
	unknown := func(property string) *Unknown { return notStated(s.ID, property, "subnet") }
	s.Prefixes = []Value[netip.Prefix]{NotKnown[netip.Prefix](unknown("addressPrefixes"))}
	for property, ref := range map[string]*Reference{
		"networkSecurityGroup": &s.NetworkSecurityGroup, "routeTable": &s.RouteTable, "natGateway": &s.NATGateway,
	} {
		if !ref.IsSet() {
			ref.Unknown = unknown(property)
		}
	}
	s.ServiceEndpoints = []ServiceEndpoint{{Service: NotKnown[string](unknown("serviceEndpoints"))}}
	s.Delegations = []Value[string]{NotKnown[string](unknown("delegations"))}
	s.PrivateEndpointNetworkPolicies = NotKnown[string](unknown("privateEndpointNetworkPolicies"))
	s.DefaultOutboundAccess = NotKnown[bool](unknown("defaultOutboundAccess"))
}
