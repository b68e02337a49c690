package azure

import (
	"cmp"
	"net/netip"
	"slices"
)

// attachFirewalls gives classic collections to their firewalls, groups to their
// policies and addresses to their IP groups.
func (b *builder) attachFirewalls() {
	firewalls := byID(b.network.AzureFirewalls)
	for _, kind := range b.collections {
		joinChildren(b, kind, func(parent ID, k *RuleCollection) {
			f, ok := firewalls[parent]
			if !ok {
				f = b.stubFirewall(parent)
				firewalls[parent] = f
			}
			k.Firewall = f
			f.RuleCollections = append(f.RuleCollections, k)
		})
	}
	policies := byID(b.network.FirewallPolicies)
	joinChildren(b, b.collectionGroups, func(parent ID, g *RuleCollectionGroup) {
		p, ok := policies[parent]
		if !ok {
			p = b.stubPolicy(parent)
			policies[parent] = p
		}
		g.Policy = p
		p.Groups = append(p.Groups, g)
	})
	for _, p := range b.network.FirewallPolicies {
		b.stubGroups(p)
	}
	b.attachIPGroupAddresses()
}

func (b *builder) stubFirewall(id ID) *AzureFirewall {
	unknown := func(property string) *Unknown { return notStated(id, property, "firewall") }
	f := &AzureFirewall{Resource: stub(id, TypeAzureFirewall)}
	f.Policy = Reference{Unknown: unknown("firewallPolicy")}
	f.UnknownIPConfigurations = []*Unknown{unknown("ipConfigurations")}
	f.UnknownCollections = []*Unknown{unknown("rule collections")}
	f.ThreatIntelMode = NotKnown[InspectionMode](unknown("threatIntelMode"))
	f.SKU, f.Tier = NotKnown[FirewallSKU](unknown("sku.name")), NotKnown[FirewallTier](unknown("sku.tier"))
	f.DNSProxy = NotKnown[bool](unknown("DNS proxy"))
	f.PrivateRanges = []FirewallTerm{{Kind: FirewallUnknown, Unknown: unknown("private ranges")}}
	b.network.AzureFirewalls = append(b.network.AzureFirewalls, f)
	return f
}

func (b *builder) stubPolicy(id ID) *FirewallPolicy {
	unknown := func(property string) *Unknown { return notStated(id, property, "firewall policy") }
	p := &FirewallPolicy{Resource: stub(id, TypeFirewallPolicy)}
	p.Base = Reference{Unknown: unknown("basePolicy")}
	p.UnknownGroups = []*Unknown{unknown("ruleCollectionGroups")}
	p.Tier = NotKnown[FirewallTier](unknown("sku.tier"))
	p.ThreatIntelMode = NotKnown[InspectionMode](unknown("threatIntelMode"))
	p.IntrusionDetection.Mode = NotKnown[InspectionMode](unknown("intrusionDetection"))
	p.DNSProxy = NotKnown[bool](unknown("dnsSettings"))
	p.DNSServers = []Value[netip.Addr]{NotKnown[netip.Addr](unknown("dnsSettings"))}
	p.PrivateRanges = []FirewallTerm{{Kind: FirewallUnknown, Unknown: unknown("snat.privateRanges")}}
	p.AutoLearnPrivateRanges = NotKnown[bool](unknown("snat.autoLearnPrivateRanges"))
	p.AllowSQLRedirect = NotKnown[bool](unknown("sql.allowSqlRedirect"))
	b.network.FirewallPolicies = append(b.network.FirewallPolicies, p)
	return p
}

// stubGroups makes a stub of each group that a policy says it has and no input
// states.
func (b *builder) stubGroups(p *FirewallPolicy) {
	for _, ref := range p.GroupReferences {
		id := b.canonical(MakeID(string(ref.ID)))
		if ref.Unknown != nil {
			p.UnknownGroups = withUnknowns(p.UnknownGroups, []*Unknown{ref.Unknown})
			continue
		}
		if slices.ContainsFunc(p.Groups, func(g *RuleCollectionGroup) bool { return g.ID == id }) {
			continue
		}
		const what = "rule collection group"
		g := &RuleCollectionGroup{Resource: stub(id, TypeRuleCollectionGroup), Policy: p}
		g.At = ref.At
		g.Priority = NotKnown[int](notStated(id, "priority", what))
		g.UnknownCollections = []*Unknown{notStated(id, "ruleCollections", what)}
		p.Groups = append(p.Groups, g)
	}
}

// attachIPGroupAddresses adds the addresses that stand apart from their groups.
// One of a group that is not known may belong to any.
func (b *builder) attachIPGroupAddresses() {
	groups := byID(b.network.IPGroups)
	for _, a := range b.ipGroupAddresses {
		if u := a.Group.Unknown; u != nil {
			for _, g := range b.network.IPGroups {
				g.Addresses = append(g.Addresses, FirewallTerm{Kind: FirewallUnknown, Unknown: u, At: a.Term.At})
			}
			continue
		}
		id := MakeID(string(a.Group.ID))
		g, ok := groups[id]
		if !ok {
			g = &IPGroup{Resource: stub(id, TypeIPGroup)}
			g.Addresses = []FirewallTerm{{Kind: FirewallUnknown, Unknown: notStated(id, "ipAddresses", "IP group")}}
			groups[id] = g
			b.network.IPGroups = append(b.network.IPGroups, g)
		}
		if !slices.ContainsFunc(g.Addresses, func(have FirewallTerm) bool { return have.key() == a.Term.key() }) {
			g.Addresses = append(g.Addresses, a.Term)
		}
	}
}

// sortFirewalls puts collections and groups in the order of their priorities.
func (b *builder) sortFirewalls() {
	for _, f := range b.network.AzureFirewalls {
		slices.SortStableFunc(f.RuleCollections, func(x, y *RuleCollection) int {
			return cmp.Or(cmp.Compare(x.Kind, y.Kind), compareCollections(x, y))
		})
	}
	for _, p := range b.network.FirewallPolicies {
		slices.SortStableFunc(p.Groups, func(x, y *RuleCollectionGroup) int {
			return cmp.Or(cmp.Compare(x.Priority.Or(0), y.Priority.Or(0)), cmp.Compare(x.ID, y.ID))
		})
		for _, g := range p.Groups {
			slices.SortStableFunc(g.Collections, compareCollections)
		}
	}
}

func compareCollections(x, y *RuleCollection) int {
	return cmp.Or(cmp.Compare(x.Priority.Or(0), y.Priority.Or(0)), cmp.Compare(x.ID, y.ID))
}
