package azure

import "strings"

// spreadUnread gives every resource what deployments that nobody could read may add
// to it.
func (b *builder) spreadUnread() {
	for _, u := range b.unread {
		one := []*Unknown{u}
		for _, g := range b.network.NetworkSecurityGroups {
			g.UnknownRules = withUnknowns(g.UnknownRules, one)
		}
		for _, t := range b.network.RouteTables {
			t.UnknownRoutes = withUnknowns(t.UnknownRoutes, one)
		}
		for _, f := range b.network.AzureFirewalls {
			f.UnknownCollections = withUnknowns(f.UnknownCollections, one)
		}
		for _, p := range b.network.FirewallPolicies {
			p.UnknownGroups = withUnknowns(p.UnknownGroups, one)
		}
		maybe := Reference{Unknown: u, At: u.At}
		for _, v := range b.network.VirtualNetworks {
			v.Peerings = append(v.Peerings, UnknownPeering(v, u))
			v.UnknownSubnets = withUnknowns(v.UnknownSubnets, one)
			for _, s := range v.Subnets {
				attachMaybe(maybe, s.attachable()...)
			}
		}
		for _, n := range b.network.NetworkInterfaces {
			attachMaybe(maybe, &n.NetworkSecurityGroup)
		}
	}
}

// attachable are the references of a subnet that Azure lets be set (SUB-1 to SUB-5,
// RT-32).
func (s *Subnet) attachable() []*Reference {
	switch strings.ToLower(s.Name) {
	case "gatewaysubnet":
		return []*Reference{&s.RouteTable}
	case "azurefirewallsubnet":
		return []*Reference{&s.RouteTable, &s.NATGateway}
	case "azurebastionsubnet":
		return []*Reference{&s.NetworkSecurityGroup}
	case "routeserversubnet":
		return nil
	}
	return []*Reference{&s.NetworkSecurityGroup, &s.RouteTable, &s.NATGateway}
}

// attachMaybe sets those references that are not set.
func attachMaybe(maybe Reference, slots ...*Reference) {
	for _, slot := range slots {
		if !slot.IsSet() {
			*slot = maybe
		}
	}
}

// UnknownPeering is a peering of a network with nobody knows which other, if there is one.
func UnknownPeering(v *VirtualNetwork, u *Unknown) *Peering {
	p := &Peering{VirtualNetwork: v, Remote: Reference{Unknown: u, At: u.At}, State: NotKnown[string](u)}
	p.Resource = Resource{ID: childID(v.ID, "virtualnetworkpeerings", "unknown "+u.Name), Type: TypePeering, Name: u.Name, Address: u.Name, At: u.At, Rank: v.Rank, Stub: true}
	p.AllowVirtualNetworkAccess, p.AllowForwardedTraffic = NotKnown[bool](u), NotKnown[bool](u)
	p.AllowGatewayTransit, p.UseRemoteGateways = NotKnown[bool](u), NotKnown[bool](u)
	return p
}
