package azure

import (
	"cmp"
	"slices"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// associations applies the associations of one inventory to its own subnets
// and interfaces, before statements of one resource are compared; the rest
// waits until all inputs are joined.
func (c *collector) associations(all []Association) {
	subnets := map[ID][]*Subnet{}
	for _, s := range c.subnets {
		subnets[s.ID] = append(subnets[s.ID], s)
	}
	nics := map[ID][]*NetworkInterface{}
	for _, n := range c.nics {
		nics[n.ID] = append(nics[n.ID], n)
	}
	nats := map[ID][]*NATGateway{}
	for _, g := range c.nats {
		nats[g.ID] = append(nats[g.ID], g)
	}
	for _, a := range all {
		from := MakeID(string(a.From.ID))
		if a.From.Unknown != nil {
			c.b.loose.associations = append(c.b.loose.associations, a)
			continue
		}
		for _, s := range subnets[from] {
			c.b.attachTo(&s.Resource, subnetSlot(s, a.Kind), a, c.rank)
		}
		for _, n := range nics[from] {
			c.b.associateInterface(n, a, c.rank)
		}
		for _, g := range nats[from] {
			associateNATGateway(g, a)
		}
		if len(subnets[from]) == 0 && len(nics[from]) == 0 && len(nats[from]) == 0 {
			c.b.associations = append(c.b.associations, rankedAssociation{a, c.rank})
		}
	}
}

// subnetSlot is the reference of a subnet that an association sets, nil when
// the association is none of subnets.
func subnetSlot(s *Subnet, kind AssociationKind) *Reference {
	switch kind {
	case SubnetToNetworkSecurityGroup:
		return &s.NetworkSecurityGroup
	case SubnetToRouteTable:
		return &s.RouteTable
	case SubnetToNATGateway:
		return &s.NATGateway
	}
	return nil
}

func (b *builder) associateInterface(n *NetworkInterface, a Association, rank Rank) {
	switch a.Kind {
	case InterfaceToNetworkSecurityGroup:
		b.attachTo(&n.Resource, &n.NetworkSecurityGroup, a, rank)
	case InterfaceToApplicationSecurityGroup:
		for _, c := range n.IPConfigurations {
			c.ApplicationSecurityGroups = withReference(c.ApplicationSecurityGroups, a.To)
		}
	}
}

// associateNATGateway gives a gateway an address or a prefix.
func associateNATGateway(g *NATGateway, a Association) {
	to := a.To
	if to.At.IsZero() {
		to.At = a.At
	}
	switch a.Kind {
	case NATGatewayToPublicIPAddress:
		g.PublicIPAddresses = withReference(g.PublicIPAddresses, to)
	case NATGatewayToPublicIPPrefix:
		g.PublicIPPrefixes = withReference(g.PublicIPPrefixes, to)
	}
}

// withReference adds a reference to a list that does not have it yet.
func withReference(list []Reference, r Reference) []Reference {
	for _, have := range list {
		if r.Unknown == nil && MakeID(string(have.ID)) == MakeID(string(r.ID)) {
			return list
		}
	}
	return append(list, r)
}

// attachTo sets a reference of a subnet or an interface to the far end of an
// association from an input of the given rank. Two different ends of one rank
// are an error; else the better rank is believed.
func (b *builder) attachTo(r *Resource, slot *Reference, a Association, rank Rank) {
	if slot == nil {
		return
	}
	have, attached := b.attached[slot]
	if !attached {
		have = r.Rank
	}
	switch {
	case slot.IsSet() && have < rank:
	case !slot.IsSet() && r.Rank < rank:
		b.associationSuperseded(r, slot, a, rank)
	case slot.IsSet() && have == rank && !b.replaces(r, *slot, a):
	default:
		*slot = a.To
		if slot.At.IsZero() {
			slot.At = a.At
		}
		b.attached[slot] = rank
	}
}

// replaces decides between two far ends of one rank. A known one is believed
// over an unknown one: there is at most one, so they are the same.
func (b *builder) replaces(r *Resource, have Reference, a Association) bool {
	switch {
	case have.Unknown != nil && a.To.Unknown != nil:
		return a.To.Unknown.Name < have.Unknown.Name
	case have.Unknown != nil || a.To.Unknown != nil:
		return have.Unknown != nil
	case MakeID(string(have.ID)) != MakeID(string(a.To.ID)):
		b.report(diagnostic.Errorf("conflicting-inputs", a.At, "%q is attached to %q and to %q", r.title(), have.ID.Name(), a.To.ID.Name()).
			WithRelated(have.At, "attached to %s here", have.ID.Name()).
			WithHint("a subnet or an interface has at most one; keep one of the two"))
	}
	return false
}

// associationSuperseded handles an association from an input of lower rank
// than the one that states the subnet or interface without it. A template
// states all there is; what a plan or a state leaves unsaid may stay.
func (b *builder) associationSuperseded(r *Resource, slot *Reference, a Association, rank Rank) {
	to := a.To
	if to.At.IsZero() {
		to.At = a.At
	}
	if r.Rank == RankPlan || r.Rank == RankState {
		b.unstated(r, slot, to, "attached "+a.Kind.what())
		return
	}
	b.report(diagnostic.Infof("superseded", a.At, "the association of %q in the %s is not used; the %s states it without", r.title(), rank, r.Rank).
		WithRelated(r.At, "used"))
}

// ofNATGateway tells the associations that begin at a NAT gateway.
func (k AssociationKind) ofNATGateway() bool {
	return k == NATGatewayToPublicIPAddress || k == NATGatewayToPublicIPPrefix
}

// what is the far end of an association, for people.
func (k AssociationKind) what() string {
	switch k {
	case SubnetToRouteTable:
		return "route table"
	case SubnetToNATGateway:
		return "NAT gateway"
	case InterfaceToApplicationSecurityGroup:
		return "application security group"
	case NATGatewayToPublicIPAddress:
		return "public IP address"
	case NATGatewayToPublicIPPrefix:
		return "public IP prefix"
	}
	return "network security group"
}

// associate applies the associations whose near end another input states, or
// none: then a subnet becomes a stub.
func (b *builder) associate() {
	b.index()
	slices.SortStableFunc(b.associations, func(x, y rankedAssociation) int { return cmp.Compare(x.rank, y.rank) })
	for _, a := range b.associations {
		from := b.canonical(MakeID(string(a.From.ID)))
		if n, ok := b.network.NetworkInterface(from); ok {
			b.associateInterface(n, a.Association, a.rank)
			continue
		}
		if g, ok := b.network.NATGateway(from); ok {
			associateNATGateway(g, a.Association)
			continue
		}
		if from == "" || a.Kind.ofNATGateway() || a.Kind == InterfaceToNetworkSecurityGroup || a.Kind == InterfaceToApplicationSecurityGroup {
			continue
		}
		s, ok := b.network.Subnet(from)
		if !ok {
			s = b.stubSubnet(from)
			s.At, s.Rank = a.At, a.rank
		}
		b.attachTo(&s.Resource, subnetSlot(s, a.Kind), a.Association, a.rank)
	}
}

// canonical is the id a resource has in the network.
func (b *builder) canonical(id ID) ID {
	if to, ok := b.alias[id]; ok {
		return to
	}
	return id
}

func indexAll[T thing](ids map[ID]any, resources []T) {
	for _, r := range resources {
		ids[r.base().ID] = r
	}
}

// index makes every resource findable by all the ids it was stated under.
func (b *builder) index() {
	if b.network.byID == nil { // most resources are one of these
		b.network.byID = make(map[ID]any, len(b.subnets.statements)+len(b.rules.statements)+len(b.routes.statements))
	}
	ids := b.network.byID
	for _, v := range b.network.VirtualNetworks {
		ids[v.ID] = v
		for _, s := range v.Subnets {
			ids[s.ID] = s
		}
		for _, p := range v.Peerings {
			ids[p.ID] = p
		}
	}
	for _, g := range b.network.NetworkSecurityGroups {
		ids[g.ID] = g
		for _, r := range g.Rules {
			ids[r.ID] = r
		}
	}
	for _, t := range b.network.RouteTables {
		ids[t.ID] = t
		for _, r := range t.Routes {
			ids[r.ID] = r
		}
	}
	for _, n := range b.network.NetworkInterfaces {
		ids[n.ID] = n
		for _, c := range n.IPConfigurations {
			ids[c.ID] = c
		}
	}
	for _, g := range b.network.ApplicationSecurityGroups {
		ids[g.ID] = g
	}
	for _, p := range b.network.PublicIPAddresses {
		ids[p.ID] = p
	}
	for _, p := range b.network.PublicIPPrefixes {
		ids[p.ID] = p
	}
	for _, g := range b.network.NATGateways {
		ids[g.ID] = g
	}
	for _, c := range b.network.AdminConfigurations {
		ids[c.ID] = c
	}
	for _, c := range b.network.AdminCollections {
		ids[c.ID] = c
	}
	for _, f := range b.network.AzureFirewalls {
		ids[f.ID] = f
	}
	for _, p := range b.network.FirewallPolicies {
		ids[p.ID] = p
		for _, g := range p.Groups {
			ids[g.ID] = g
		}
	}
	for _, g := range b.network.IPGroups {
		ids[g.ID] = g
	}
	for _, m := range b.network.ManagedServices {
		ids[m.ID] = m
	}
	indexAll(ids, b.network.NetworkGroups)
	indexAll(ids, b.network.PrivateEndpoints)
	indexAll(ids, b.network.Gateways)
	indexAll(ids, b.network.LocalGateways)
	indexAll(ids, b.network.GatewayConnections)
	indexAll(ids, b.network.HubConnections)
	indexAll(ids, b.network.LoadBalancers)
	for _, l := range b.network.LoadBalancers {
		for _, p := range l.BackendPools {
			ids[p.ID] = p
		}
	}
	for from, to := range b.alias {
		if _, taken := ids[from]; !taken {
			ids[from] = ids[to]
		}
	}
}
