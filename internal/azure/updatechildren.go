package azure

import (
	"net/netip"
	"slices"
	"strings"
)

// children handles children that the update lists: a list replaces the former one
// or is merged with it, so what those of the resource say is not known. Those that
// the resource does not have are added to it.
func (p patch) children(b *builder, parent ID) {
	for _, s := range b.groups {
		if s.resource.ID == parent && p.looseRules(s.resource) {
			b.rules.forget(parent)
		}
	}
	for _, s := range b.tables {
		if s.resource.ID == parent && p.looseRoutes(s.resource) {
			b.routes.forget(parent)
		}
	}
	if !p.ofNetwork() {
		return
	}
	p.changePrefixes(b, parent)
	addMissing(&b.subnets, p.from.subnets, parent, func(s *Subnet) *Subnet { copied := *s; return &copied })
	addMissing(&b.peerings, p.from.peerings, parent, func(l *Peering) *Peering { copied := *l; return &copied })
	p.openChildren(b, parent)
}

// ofNetwork tells an update of a virtual network, which may list children, from one
// of such a child.
func (p patch) ofNetwork() bool { return strings.EqualFold(p.Type, TypeVirtualNetwork) }

// setsSubnets reports whether an update of a virtual network lists subnets, or may.
func (p patch) setsSubnets() bool {
	return states(p.from.subnets) || slices.ContainsFunc(p.from.vnets, func(s statement[*VirtualNetwork]) bool { return len(s.resource.UnknownSubnets) > 0 })
}

// openChildren makes what a virtual network says of its children unknown, if the
// update lists such.
func (p patch) openChildren(b *builder, parent ID) {
	if p.setsSubnets() {
		for _, s := range b.subnets.statements {
			if s.parent == parent {
				s.resource.openSettings(p.unknown("what it sets on subnet " + s.resource.Name))
			}
		}
	}
	if states(p.from.peerings) {
		for _, s := range b.peerings.statements {
			if s.parent == parent {
				s.resource.State = NotKnown[string](p.unknown("what it sets on peering " + s.resource.Name))
			}
		}
	}
}

// changePrefixes makes the prefixes of a subnet unknown to which the update gives
// others, and those that it gives a new subnet although another holds them: whether
// that one stays is not known.
func (p patch) changePrefixes(b *builder, parent ID) {
	for _, given := range p.from.subnets.statements {
		if len(given.resource.Prefixes) == 0 {
			continue
		}
		key := childID(parent, b.subnets.segment, given.resource.Name)
		open := []Value[netip.Prefix]{NotKnown[netip.Prefix](p.unknown("the prefixes of subnet " + given.resource.Name))}
		for _, s := range b.subnets.statements {
			switch {
			case s.parent != parent:
			case s.key == key && listFact("", s.resource.Prefixes).text != listFact("", given.resource.Prefixes).text:
				s.resource.Prefixes = open
			case s.key != key && overlap(s.resource.Prefixes, given.resource.Prefixes):
				given.resource.Prefixes = open
			}
		}
	}
}

func overlap(a, b []Value[netip.Prefix]) bool {
	return slices.ContainsFunc(a, func(x Value[netip.Prefix]) bool {
		return slices.ContainsFunc(b, func(y Value[netip.Prefix]) bool {
			here, known := x.Known()
			there, ok := y.Known()
			return known && ok && here.Overlaps(there)
		})
	})
}

// addMissing adds the children that no input states of a parent.
func addMissing[T thing](into *children[T], from children[T], parent ID, copied func(T) T) {
	for _, s := range from.statements {
		child := copied(s.resource)
		child.base().ID = childID(parent, into.segment, child.base().Name)
		if !slices.ContainsFunc(into.statements, func(have statement[T]) bool { return have.key == child.base().ID }) {
			into.add(parent, child, true)
		}
	}
}

// loosePeerings are those that an update lists on a network that is not known.
func (p patch) loosePeerings(b *builder) {
	if p.Target.Unknown == nil || !p.ofNetwork() {
		return
	}
	for _, s := range p.from.peerings.statements {
		b.loose.peerings = append(b.loose.peerings, Child[*Peering]{Parent: p.Target, Resource: s.resource})
	}
}

// looseChildren gives a virtual network what an update may list on it.
func (p patch) looseChildren(b *builder, t thing) {
	v, ok := t.(*VirtualNetwork)
	if !ok {
		return
	}
	p.openChildren(b, v.ID)
	if p.setsSubnets() {
		v.UnknownSubnets = withUnknowns(v.UnknownSubnets, []*Unknown{p.unknown("the subnets that it sets")})
	}
}

// states reports whether a parent lists children of a kind.
func states[T thing](c children[T]) bool { return len(c.statements)+len(c.listed) > 0 }

// forget takes the children of a parent out.
func (c *children[T]) forget(parent ID) {
	c.statements = slices.DeleteFunc(c.statements, func(s statement[T]) bool { return s.parent == parent })
}

// openSettings makes all but the prefixes of a subnet unknown.
func (s *Subnet) openSettings(u *Unknown) {
	open := Reference{Unknown: u, At: u.At}
	s.NetworkSecurityGroup, s.RouteTable, s.NATGateway = open, open, open
	s.ServiceEndpoints = []ServiceEndpoint{{Service: NotKnown[string](u), At: u.At}}
	s.Delegations = []Value[string]{NotKnown[string](u)}
	s.PrivateEndpointNetworkPolicies = NotKnown[string](u)
	s.DefaultOutboundAccess = NotKnown[bool](u)
}
