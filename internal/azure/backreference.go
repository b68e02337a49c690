package azure

import "github.com/wayleave/wayleave/internal/diagnostic"

// checkBackReferences compares what groups and route tables say of the subnets
// and interfaces they are attached to with what those say themselves, which is
// authoritative (JSON-4). A back-reference that is not there says nothing
// (decisions 26).
func (b *builder) checkBackReferences() {
	for _, g := range b.network.NetworkSecurityGroups {
		for _, ref := range g.Subnets {
			if s := b.backReferenced(&g.Resource, ref); s != nil {
				b.compareBack(&g.Resource, ref, &s.Resource, &s.NetworkSecurityGroup, "network security group")
			}
		}
		for _, ref := range g.NetworkInterfaces {
			if n, ok := b.network.NetworkInterface(b.canonical(MakeID(string(ref.ID)))); ok {
				b.compareBack(&g.Resource, ref, &n.Resource, &n.NetworkSecurityGroup, "network security group")
			}
		}
	}
	for _, g := range b.network.NATGateways {
		for _, ref := range g.Subnets {
			if s := b.backReferenced(&g.Resource, ref); s != nil {
				b.compareBack(&g.Resource, ref, &s.Resource, &s.NATGateway, "NAT gateway")
			}
		}
	}
	for _, t := range b.network.RouteTables {
		for _, ref := range t.Subnets {
			if s := b.backReferenced(&t.Resource, ref); s != nil {
				b.compareBack(&t.Resource, ref, &s.Resource, &s.RouteTable, "route table")
			}
		}
	}
}

// backReferenced finds the subnet of a back-reference, or makes a stub of it.
// It is nil when there is nothing to compare.
func (b *builder) backReferenced(owner *Resource, ref Reference) *Subnet {
	id := b.canonical(MakeID(string(ref.ID)))
	if s, ok := b.network.Subnet(id); ok {
		return s
	}
	if !isSubnetID(id) {
		return nil
	}
	if v, ok := b.network.VirtualNetwork(id.Parent()); ok && !v.Stub {
		best, listed := b.subnets.listed[v.ID]
		switch {
		case listed && best == owner.Rank:
			b.report(diagnostic.Errorf("back-reference", ref.At, "%q says it is attached to the subnet %q, which the virtual network %q does not have", owner.title(), id.Name(), v.title()).
				WithRelated(v.At, "the virtual network").
				WithHint("read both at the same time, or give only one of them"))
			return nil
		case listed && best < owner.Rank:
			return nil
		}
	}
	s := b.stubSubnet(id)
	s.At, s.Rank = ref.At, owner.Rank
	return s
}

// compareBack compares a back-reference of owner with the slot of the subnet
// or interface it points to. A stub takes what the back-reference says.
func (b *builder) compareBack(owner *Resource, ref Reference, r *Resource, slot *Reference, what string) {
	says := b.canonical(MakeID(string(slot.ID)))
	switch {
	case slot.Unknown != nil || says == owner.ID:
	case r.Stub && !slot.IsSet():
		*slot = Reference{ID: owner.ID, Text: ref.Text, At: ref.At}
	case r.Rank < owner.Rank && !slot.IsSet():
		from := Reference{ID: owner.ID, At: ref.At}
		if r.Rank == RankPlan || r.Rank == RankState {
			b.unstated(r, slot, from, what)
		}
	case r.Rank < owner.Rank:
		// The subnet is stated anew by a better input.
	case !slot.IsSet():
		b.report(backDisagrees(owner, ref, r, slot, "none"))
	default:
		b.report(backDisagrees(owner, ref, r, slot, says.Name()))
	}
}

func backDisagrees(owner *Resource, ref Reference, r *Resource, slot *Reference, says string) diagnostic.Diagnostic {
	at := slot.At
	if at.IsZero() {
		at = r.At
	}
	return diagnostic.Errorf("back-reference", ref.At, "%q says it is attached to %q, which names %s", owner.title(), r.title(), says).
		WithRelated(at, "%s", r.title()).
		WithHint("read both at the same time, or give only one of them")
}
