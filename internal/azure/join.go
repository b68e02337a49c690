package azure

import (
	"cmp"
	"slices"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// joinAll makes one resource of the statements with the same id. The result
// is in the order of the first statements.
func joinAll[T thing](b *builder, what string, statements []statement[T]) []T {
	var joined []T
	for _, group := range grouped(statements, func(s statement[T]) ID { return s.resource.base().ID }) {
		joined = append(joined, choose(b, what, group))
	}
	return joined
}

// joinChildren makes one child of the statements with the same key and hands
// it to attach, with the id of its parent.
func joinChildren[T thing](b *builder, c children[T], attach func(parent ID, child T)) {
	current := slices.DeleteFunc(slices.Clone(c.statements), func(s statement[T]) bool {
		// The list of a parent is complete: what an input of lower rank has
		// beyond it will be gone.
		best, listed := c.listed[s.parent]
		return listed && s.resource.base().Rank > best
	})
	for _, group := range grouped(current, func(s statement[T]) ID { return s.key }) {
		for _, s := range group {
			// What is said of the parent need not be said of its children.
			if b.superseded[s.parent] {
				b.superseded[s.resource.base().ID] = true
			}
		}
		child := choose(b, c.what, group)
		for _, s := range group {
			b.addAlias(s.resource.base().ID, child.base().ID)
		}
		b.addAlias(group[0].key, child.base().ID)
		attach(group[0].parent, child)
		reportMixed(b, c, group)
	}
}

func (b *builder) addAlias(from, to ID) {
	if from != to {
		b.alias[from] = to
	}
}

// reportMixed warns of a child that stands apart from a parent which lists its
// children inline, but not this one (JSON-8).
func reportMixed[T thing](b *builder, c children[T], group []statement[T]) {
	best, listed := c.listed[group[0].parent]
	if !listed {
		return
	}
	for _, s := range group {
		if s.inline && s.resource.base().Rank == best {
			return
		}
	}
	r := group[0].resource.base()
	if r.Rank != best {
		return
	}
	if best.Planned() || best == RankState {
		b.report(diagnostic.Warningf("mixed-children", r.At, "the %s %q stands apart from its parent, which lists others inline; both count", c.what, r.title()).
			WithHint("the two ways overwrite each other on deployment: use one"))
		return
	}
	b.report(diagnostic.Errorf("conflicting-inputs", r.At, "the %s %q is stated, but the list of its parent does not have it", c.what, r.title()).
		WithHint("read both at the same time, or give only one of them"))
}

// grouped splits statements by key, in the order of first appearance. A group of
// one, as most are, stays where it stands in statements.
func grouped[T thing](statements []statement[T], key func(statement[T]) ID) [][]statement[T] {
	at := make(map[ID]int, len(statements))
	groups := make([][]statement[T], 0, len(statements))
	for n, s := range statements {
		k := key(s)
		if i, ok := at[k]; ok {
			groups[i] = append(groups[i], s)
			continue
		}
		at[k] = len(groups)
		groups = append(groups, statements[n:n+1:n+1])
	}
	return groups
}

// choose returns the statement that is believed (decisions 29), completed from
// those of the same rank.
func choose[T thing](b *builder, what string, group []statement[T]) T {
	if len(group) == 1 {
		return group[0].resource
	}
	slices.SortStableFunc(group, func(x, y statement[T]) int {
		return cmp.Or(cmp.Compare(x.resource.base().Rank, y.resource.base().Rank), compareInline(x, y))
	})
	best := group[0]
	for _, other := range group[1:] {
		w, o := best.resource.base(), other.resource.base()
		left, right, differ := difference(best.resource, other.resource)
		switch {
		case w.Rank != o.Rank:
			b.reportSuperseded(what, w, o)
			keepUnstated(b, best.resource, other.resource)
		case !differ:
			complete(best.resource, other.resource)
		case best.inline != other.inline && w.Rank <= RankState:
			b.report(diagnostic.Warningf("mixed-children", placeOf(right, o), "the %s %q is stated inline and apart, with another %s; the separate one is used", what, w.title(), left.name).
				WithRelated(placeOf(left, w), "the separate statement").
				WithHint("the two ways overwrite each other on deployment: use one"))
			keepUnstated(b, best.resource, other.resource)
		default:
			b.report(conflict(what, left, right, w, o))
		}
	}
	return best.resource
}

// compareInline puts separate statements before inline ones: in a plan or a
// state the inline list is what was last read, and may be older.
func compareInline[T thing](x, y statement[T]) int {
	switch {
	case x.inline == y.inline || x.resource.base().Rank > RankState:
		return 0
	case x.inline:
		return 1
	}
	return -1
}

func conflict(what string, left, right fact, w, o *Resource) diagnostic.Diagnostic {
	d := diagnostic.Errorf("conflicting-inputs", placeOf(right, o), "the %s %q is stated twice with another %s", what, o.title(), right.name).
		WithRelated(placeOf(left, w), "%s is %s here", left.name, shown(left.text))
	if w.At.File == o.At.File {
		return d.WithHint("keep one of the two; here it is %s", shown(right.text))
	}
	return d.WithHint("here it is %s: read both files at the same time, or give only one of them", shown(right.text))
}

// shown is the canonical form of a value for people, of bounded length.
func shown(text string) string {
	const most = 120
	switch {
	case text == "":
		return "not set"
	case len(text) > most:
		return text[:most] + "..."
	}
	return text
}

func placeOf(f fact, r *Resource) Position {
	if f.at.IsZero() {
		return r.At
	}
	return f.at
}

// reportSuperseded tells that a statement of a lower rank is not used, once a
// resource.
func (b *builder) reportSuperseded(what string, used, other *Resource) {
	if b.superseded[used.ID] || b.superseded[other.ID] {
		return
	}
	b.superseded[used.ID] = true
	b.report(diagnostic.Infof("superseded", other.At, "the %s %q is stated by several inputs; the %s is used over the %s", what, other.title(), used.Rank, other.Rank).
		WithRelated(used.At, "used"))
}

// complete takes what the better statement does not say from one of the same
// rank that agrees with it.
func complete(into, from thing) {
	into.base().completeSettings(from.base())
	switch into := into.(type) {
	case *Subnet:
		from := from.(*Subnet)
		fill(&into.PrivateEndpointNetworkPolicies, from.PrivateEndpointNetworkPolicies)
		fill(&into.DefaultOutboundAccess, from.DefaultOutboundAccess)
	case *Peering:
		from := from.(*Peering)
		fill(&into.State, from.State)
		if len(into.RemoteAddressSpace) == 0 {
			into.RemoteAddressSpace = from.RemoteAddressSpace
		}
	case *NetworkSecurityGroup:
		from := from.(*NetworkSecurityGroup)
		fill(&into.FlushConnection, from.FlushConnection)
		into.UnknownRules = withUnknowns(into.UnknownRules, from.UnknownRules)
		into.Subnets = withReferences(into.Subnets, from.Subnets)
		into.NetworkInterfaces = withReferences(into.NetworkInterfaces, from.NetworkInterfaces)
		if len(into.EchoedDefaults) == 0 {
			into.EchoedDefaults = from.EchoedDefaults
		}
	case *RouteTable:
		from := from.(*RouteTable)
		into.UnknownRoutes = withUnknowns(into.UnknownRoutes, from.UnknownRoutes)
		into.Subnets = withReferences(into.Subnets, from.Subnets)
	case *Route:
		fill(&into.HasBGPOverride, from.(*Route).HasBGPOverride)
	case *PublicIPAddress:
		from := from.(*PublicIPAddress)
		fill(&into.IPAddress, from.IPAddress)
		fill(&into.SKU, from.SKU)
	case *PublicIPPrefix:
		from := from.(*PublicIPPrefix)
		fill(&into.Prefix, from.Prefix)
		fill(&into.Length, from.Length)
		fill(&into.SKU, from.SKU)
	case *AzureFirewall:
		from := from.(*AzureFirewall)
		fill(&into.SKU, from.SKU)
		fill(&into.Tier, from.Tier)
		fill(&into.ThreatIntelMode, from.ThreatIntelMode)
		into.UnknownCollections = withUnknowns(into.UnknownCollections, from.UnknownCollections)
	case *FirewallPolicy:
		from := from.(*FirewallPolicy)
		fill(&into.Tier, from.Tier)
		fill(&into.ThreatIntelMode, from.ThreatIntelMode)
		fill(&into.IntrusionDetection.Mode, from.IntrusionDetection.Mode)
		into.GroupReferences = withReferences(into.GroupReferences, from.GroupReferences)
		into.UnknownGroups = withUnknowns(into.UnknownGroups, from.UnknownGroups)
	case *NATGateway:
		from := from.(*NATGateway)
		fill(&into.SKU, from.SKU)
		into.Subnets = withReferences(into.Subnets, from.Subnets)
	case *VirtualNetwork:
		from := from.(*VirtualNetwork)
		if into.APIVersion == "" {
			into.APIVersion = from.APIVersion
		}
		if _, known := into.Location.Known(); !known && from.Location.IsSet() {
			into.Location = from.Location
		}
		into.UnknownSubnets = withUnknowns(into.UnknownSubnets, from.UnknownSubnets)
	}
}

// withUnknowns adds the unknowns of another name.
func withUnknowns(into, from []*Unknown) []*Unknown {
	for _, u := range from {
		if !slices.ContainsFunc(into, func(have *Unknown) bool { return have.Name == u.Name }) {
			into = append(into, u)
		}
	}
	return into
}

func withReferences(into, from []Reference) []Reference {
	for _, r := range from {
		into = withReference(into, r)
	}
	return into
}

func fill[T any](into *Value[T], from Value[T]) {
	if !into.IsSet() {
		*into = from
	}
}

// keepUnstated handles what Terraform states apart from a subnet or an
// interface: its resource says nothing of the groups and tables attached to
// it. Where another statement names one, whether it stays is not known.
func keepUnstated(b *builder, into, from thing) {
	r := into.base()
	if r.Rank != RankPlan && r.Rank != RankState {
		return
	}
	switch into := into.(type) {
	case *Subnet:
		from := from.(*Subnet)
		b.unstated(r, &into.NetworkSecurityGroup, from.NetworkSecurityGroup, "network security group")
		b.unstated(r, &into.RouteTable, from.RouteTable, "route table")
		b.unstated(r, &into.NATGateway, from.NATGateway, "NAT gateway")
	case *NetworkInterface:
		b.unstated(r, &into.NetworkSecurityGroup, from.(*NetworkInterface).NetworkSecurityGroup, "network security group")
	}
}

func (b *builder) unstated(r *Resource, into *Reference, from Reference, what string) {
	if into.IsSet() || !from.IsSet() {
		return
	}
	into.Unknown = &Unknown{
		Name: r.title() + " " + what,
		Why:  "the " + r.Rank.String() + " does not say whether it keeps the " + what + " " + from.ID.Name(),
		At:   from.At,
	}
	into.At = from.At
	b.report(diagnostic.Warningf("unstated", r.At, "the %s does not say whether %q keeps its %s %q", r.Rank, r.title(), what, from.ID.Name()).
		WithRelated(from.At, "attached here").
		WithHint("what depends on it is reported as undecided; give the inputs that state the association, or only one of the two files"))
}
