package azure

import (
	"slices"
	"strings"
)

// statement is what one input says of a resource.
type statement[T thing] struct {
	resource T
	// inline tells that a child stands in its parent's own list.
	inline bool
	// parent and key of a child; key is the same for all statements of it.
	parent, key ID
}

// children are the statements about the children of one kind.
type children[T thing] struct {
	// segment of an ARM id before the child's name, in lower case.
	segment string
	// what is the child for people.
	what       string
	statements []statement[T]
	// listed is the best rank at which a parent states its children inline;
	// it is then complete for inputs of lower rank.
	listed map[ID]Rank
}

func newChildren[T thing](segment, what string) children[T] {
	return children[T]{segment: segment, what: what, listed: map[ID]Rank{}}
}

func (c *children[T]) add(parent ID, resource T, inline bool) {
	r := resource.base()
	if r.Name == "" {
		r.Name = r.ID.Name()
	}
	key := r.ID
	if !key.isChild(parent, c.segment, r.Name) {
		key = childID(parent, c.segment, r.Name)
	}
	if r.ID == "" {
		r.ID = key
	}
	c.statements = append(c.statements, statement[T]{resource: resource, inline: inline, parent: parent, key: key})
}

func (c *children[T]) list(parent ID, rank Rank) {
	if best, ok := c.listed[parent]; !ok || rank < best {
		c.listed[parent] = rank
	}
}

// childID is the ARM id of a child.
func childID(parent ID, segment, name string) ID {
	return MakeID(string(parent) + "/" + segment + "/" + name)
}

// isChild reports whether the id is what childID would make.
func (id ID) isChild(parent ID, segment, name string) bool {
	rest, ok := strings.CutPrefix(string(id), string(parent))
	return ok && len(rest) == len(segment)+len(name)+2 && rest[0] == '/' && rest[1:1+len(segment)] == segment &&
		rest[1+len(segment)] == '/' && rest[2+len(segment):] == strings.ToLower(name)
}

// collector copies the statements of one inventory into the builder.
type collector struct {
	b    *builder
	rank Rank
	// subnets, nics and nats of this inventory, for its associations.
	subnets []*Subnet
	nics    []*NetworkInterface
	nats    []*NATGateway
}

// own completes the copy of a resource.
func (c *collector) own(r *Resource, kind string) {
	r.ID, r.Rank = MakeID(string(r.ID)), c.rank
	if r.Type == "" {
		r.Type = kind
	}
	if r.Name == "" {
		r.Name = r.ID.Name()
	}
}

func (c *collector) virtualNetwork(v *VirtualNetwork) {
	b, copied := c.b, *v
	c.own(&copied.Resource, TypeVirtualNetwork)
	copied.AddressSpace = slices.Clone(v.AddressSpace)
	copied.Subnets, copied.Peerings = nil, nil
	copied.UnknownSubnets = slices.Clone(v.UnknownSubnets)
	b.vnets = append(b.vnets, statement[*VirtualNetwork]{resource: &copied})
	if v.Subnets != nil {
		b.subnets.list(copied.ID, c.rank)
	}
	for _, s := range v.Subnets {
		b.subnets.add(copied.ID, c.subnet(s), true)
	}
	if v.Peerings != nil {
		b.peerings.list(copied.ID, c.rank)
	}
	for _, p := range v.Peerings {
		b.peerings.add(copied.ID, c.peering(p), true)
	}
}

func (c *collector) subnet(s *Subnet) *Subnet {
	copied := *s
	c.own(&copied.Resource, TypeSubnet)
	copied.VirtualNetwork = nil
	copied.Prefixes = slices.Clone(s.Prefixes)
	c.subnets = append(c.subnets, &copied)
	return &copied
}

func (c *collector) peering(p *Peering) *Peering {
	copied := *p
	c.own(&copied.Resource, TypePeering)
	copied.VirtualNetwork = nil
	return &copied
}

func (c *collector) group(g *NetworkSecurityGroup) {
	b, copied := c.b, *g
	c.own(&copied.Resource, TypeNetworkSecurityGroup)
	copied.Rules, copied.EchoedDefaults = nil, nil
	copied.UnknownRules = slices.Clone(g.UnknownRules)
	copied.Subnets, copied.NetworkInterfaces = slices.Clone(g.Subnets), slices.Clone(g.NetworkInterfaces)
	for _, r := range g.EchoedDefaults {
		echoed := c.rule(r)
		if echoed.ID == "" {
			echoed.ID = childID(copied.ID, "defaultsecurityrules", echoed.Name)
		}
		copied.EchoedDefaults = append(copied.EchoedDefaults, echoed)
	}
	b.groups = append(b.groups, statement[*NetworkSecurityGroup]{resource: &copied})
	if g.Rules != nil {
		b.rules.list(copied.ID, c.rank)
	}
	b.rules.statements = slices.Grow(b.rules.statements, len(g.Rules))
	copies := make([]SecurityRule, len(g.Rules))
	for i, r := range g.Rules {
		b.rules.add(copied.ID, c.ruleInto(&copies[i], r), true)
	}
}

func (c *collector) rule(r *SecurityRule) *SecurityRule { return c.ruleInto(new(SecurityRule), r) }

// ruleInto makes the copy where it shall be: a group has many rules.
func (c *collector) ruleInto(copied, r *SecurityRule) *SecurityRule {
	*copied = *r
	c.own(&copied.Resource, TypeSecurityRule)
	copied.Group = nil
	copied.Source = r.Source.withGroups(c.groupTerm)
	copied.Destination = r.Destination.withGroups(c.groupTerm)
	return copied
}

// groupTerm keeps a reference to a group, which resolve completes.
func (c *collector) groupTerm(r *Reference) { c.b.groupTerms = append(c.b.groupTerms, r) }

func (c *collector) routeTable(t *RouteTable) {
	b, copied := c.b, *t
	c.own(&copied.Resource, TypeRouteTable)
	copied.Routes = nil
	copied.UnknownRoutes = slices.Clone(t.UnknownRoutes)
	copied.Subnets = slices.Clone(t.Subnets)
	b.tables = append(b.tables, statement[*RouteTable]{resource: &copied})
	if t.Routes != nil {
		b.routes.list(copied.ID, c.rank)
	}
	for _, r := range t.Routes {
		b.routes.add(copied.ID, c.route(r), true)
	}
}

func (c *collector) route(r *Route) *Route {
	copied := *r
	c.own(&copied.Resource, TypeRoute)
	copied.Table = nil
	return &copied
}

func (c *collector) networkInterface(n *NetworkInterface) {
	copied := *n
	c.own(&copied.Resource, TypeNetworkInterface)
	copied.IPConfigurations = nil
	for _, config := range n.IPConfigurations {
		one := *config
		c.own(&one.Resource, TypeIPConfiguration)
		if one.ID == "" {
			one.ID = childID(copied.ID, "ipconfigurations", one.Name)
		}
		one.ApplicationSecurityGroups = slices.Clone(config.ApplicationSecurityGroups)
		one.BackendPools = slices.Clone(config.BackendPools)
		one.InboundNATRules = slices.Clone(config.InboundNATRules)
		copied.IPConfigurations = append(copied.IPConfigurations, &one)
	}
	c.b.nics = append(c.b.nics, statement[*NetworkInterface]{resource: &copied})
	c.nics = append(c.nics, &copied)
}

// separate collects the children that stand apart from their parents.
func (c *collector) separate(inv *Inventory) {
	b := c.b
	for _, s := range inv.Subnets {
		subnet := c.subnet(s.Resource)
		b.subnets.add(c.parentOfSubnet(s.Parent, subnet), subnet, false)
	}
	for _, p := range inv.Peerings {
		if p.Parent.Unknown != nil {
			b.loose.peerings = append(b.loose.peerings, p)
			continue
		}
		b.peerings.add(parentID(p.Parent, p.Resource.ID), c.peering(p.Resource), false)
	}
	for _, r := range inv.SecurityRules {
		if r.Parent.Unknown != nil {
			b.loose.rules = append(b.loose.rules, r)
			continue
		}
		b.rules.add(parentID(r.Parent, r.Resource.ID), c.rule(r.Resource), false)
	}
	for _, r := range inv.Routes {
		if r.Parent.Unknown != nil {
			b.loose.routes = append(b.loose.routes, r)
			continue
		}
		b.routes.add(parentID(r.Parent, r.Resource.ID), c.route(r.Resource), false)
	}
}

// parentID is the id of the parent as the reference says, else as the child's
// own id says.
func parentID(parent Reference, child ID) ID {
	if parent.ID != "" {
		return MakeID(string(parent.ID))
	}
	return MakeID(string(child)).Parent()
}

// parentOfSubnet is the id of the virtual network of a subnet. A network that
// is not known gets an id of its own: subnets with the same unknown share it.
func (c *collector) parentOfSubnet(parent Reference, s *Subnet) ID {
	if parent.Unknown != nil {
		return MakeID("unknown virtual network " + parent.Unknown.Name)
	}
	if id := parentID(parent, s.ID); id != "" {
		return id
	}
	return MakeID("unknown virtual network of " + string(s.ID))
}

// isSubnetID tells an ARM id of a subnet.
func isSubnetID(id ID) bool { return strings.Contains(string(id), "/subnets/") }
