package azure

import "github.com/wayleave/wayleave/internal/diagnostic"

// loose is what inputs state of parents and near ends they do not name. It may
// concern any resource of the right kind, in whatever input that stands.
type loose struct {
	rules        []Child[*SecurityRule]
	routes       []Child[*Route]
	peerings     []Child[*Peering]
	associations []Association

	collections      []Child[*RuleCollection]
	collectionGroups []Child[*RuleCollectionGroup]
}

// spreadLoose gives each resource that may have a loose child or association
// an unknown for it.
func (b *builder) spreadLoose() {
	for _, r := range b.loose.rules {
		u := r.Parent.Unknown
		b.report(unknownParent("security rule", &r.Resource.Resource, "network security group", u))
		for _, g := range b.network.NetworkSecurityGroups {
			g.UnknownRules = withUnknowns(g.UnknownRules, []*Unknown{u})
		}
	}
	for _, r := range b.loose.routes {
		u := r.Parent.Unknown
		b.report(unknownParent("route", &r.Resource.Resource, "route table", u))
		for _, t := range b.network.RouteTables {
			t.UnknownRoutes = withUnknowns(t.UnknownRoutes, []*Unknown{u})
		}
	}
	for _, p := range b.loose.peerings {
		u := p.Parent.Unknown
		b.report(unknownParent("peering", &p.Resource.Resource, "virtual network", u))
		for _, v := range b.network.VirtualNetworks {
			maybe := *p.Resource
			maybe.ID, maybe.VirtualNetwork = childID(v.ID, "virtualnetworkpeerings", "unknown "+u.Name), v
			maybe.Remote, maybe.State = Reference{Unknown: u, At: u.At}, NotKnown[string](u)
			v.Peerings = append(v.Peerings, &maybe)
		}
	}
	for _, k := range b.loose.collections {
		u := k.Parent.Unknown
		b.report(unknownParent("rule collection", &k.Resource.Resource, "firewall", u))
		for _, f := range b.network.AzureFirewalls {
			f.UnknownCollections = withUnknowns(f.UnknownCollections, []*Unknown{u})
		}
	}
	for _, g := range b.loose.collectionGroups {
		u := g.Parent.Unknown
		b.report(unknownParent("rule collection group", &g.Resource.Resource, "firewall policy", u))
		for _, p := range b.network.FirewallPolicies {
			p.UnknownGroups = withUnknowns(p.UnknownGroups, []*Unknown{u})
		}
	}
	for _, a := range b.loose.associations {
		b.spreadAssociation(a)
	}
}

func unknownParent(child string, r *Resource, parent string, u *Unknown) diagnostic.Diagnostic {
	return diagnostic.Warningf("unknown-parent", r.At, "it is not known to which %s the %s %q belongs (%s)", parent, child, r.title(), u.Name).
		WithHint("every %s may have it, and what depends on it is reported as undecided", parent)
}

// spreadAssociation gives every subnet or interface without the far end of an
// association an unknown one.
func (b *builder) spreadAssociation(a Association) {
	b.report(diagnostic.Warningf("unknown-parent", a.At, "it is not known to what the %s %q is attached (%s)", a.Kind.what(), a.To.ID.Name(), a.From.Unknown.Name).
		WithHint("everything that has none may have it, and what depends on it is reported as undecided"))
	maybe := Reference{Unknown: a.From.Unknown, At: a.At}
	for _, v := range b.network.VirtualNetworks {
		for _, s := range v.Subnets {
			if slot := subnetSlot(s, a.Kind); slot != nil && !slot.IsSet() {
				*slot = maybe
			}
		}
	}
	if a.Kind.ofNATGateway() {
		for _, g := range b.network.NATGateways {
			associateNATGateway(g, Association{Kind: a.Kind, To: maybe, At: a.At})
		}
	}
	for _, n := range b.network.NetworkInterfaces {
		switch {
		case a.Kind == InterfaceToNetworkSecurityGroup && !n.NetworkSecurityGroup.IsSet():
			n.NetworkSecurityGroup = maybe
		case a.Kind == InterfaceToApplicationSecurityGroup:
			for _, c := range n.IPConfigurations {
				c.ApplicationSecurityGroups = append(c.ApplicationSecurityGroups, maybe)
			}
		}
	}
}
