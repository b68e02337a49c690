package azure

import (
	"maps"
	"slices"
)

// collectionSegments are the lists of a firewall's classic collections, by kind,
// as they stand in the ids of the collections.
var collectionSegments = [...]string{
	NATRule: "natrulecollections", NetworkRule: "networkrulecollections", ApplicationRule: "applicationrulecollections",
}

// firewalls collects all about firewalls that one inventory states.
func (c *collector) firewalls(inv *Inventory) {
	for _, f := range inv.AzureFirewalls {
		c.firewall(f)
	}
	for _, p := range inv.FirewallPolicies {
		copied := *p
		c.own(&copied.Resource, TypeFirewallPolicy)
		copied.Groups = nil
		copied.GroupReferences = slices.Clone(p.GroupReferences)
		copied.UnknownGroups = slices.Clone(p.UnknownGroups)
		if p.IntrusionDetection.Bypass != nil {
			copied.IntrusionDetection.Bypass = c.collection(p.IntrusionDetection.Bypass)
		}
		c.b.policies = append(c.b.policies, statement[*FirewallPolicy]{resource: &copied})
	}
	for _, g := range inv.IPGroups {
		copied := *g
		c.own(&copied.Resource, TypeIPGroup)
		copied.Addresses = slices.Clone(g.Addresses)
		c.b.ipGroups = append(c.b.ipGroups, statement[*IPGroup]{resource: &copied})
	}
	c.b.ipGroupAddresses = append(c.b.ipGroupAddresses, inv.IPGroupAddresses...)
	for _, k := range inv.RuleCollections {
		if k.Parent.Unknown != nil {
			c.b.loose.collections = append(c.b.loose.collections, k)
			continue
		}
		c.b.collections[k.Resource.Kind].add(parentID(k.Parent, k.Resource.ID), c.collection(k.Resource), false)
	}
	for _, g := range inv.RuleCollectionGroups {
		if g.Parent.Unknown != nil {
			c.b.loose.collectionGroups = append(c.b.loose.collectionGroups, g)
			continue
		}
		c.b.collectionGroups.add(parentID(g.Parent, g.Resource.ID), c.collectionGroup(g.Resource), false)
	}
}

func (c *collector) firewall(f *AzureFirewall) {
	copied := *f
	c.own(&copied.Resource, TypeAzureFirewall)
	copied.RuleCollections = nil
	copied.UnknownCollections = slices.Clone(f.UnknownCollections)
	copied.AdditionalProperties = maps.Clone(f.AdditionalProperties)
	copied.IPConfigurations = nil
	for _, config := range f.IPConfigurations {
		copied.IPConfigurations = append(copied.IPConfigurations, c.firewallIPConfiguration(&copied, config))
	}
	if f.ManagementIPConfiguration != nil {
		copied.ManagementIPConfiguration = c.firewallIPConfiguration(&copied, f.ManagementIPConfiguration)
	}
	c.b.firewalls = append(c.b.firewalls, statement[*AzureFirewall]{resource: &copied})
	for kind := range c.b.collections {
		if f.RuleCollections != nil {
			c.b.collections[kind].list(copied.ID, c.rank)
		}
	}
	for _, k := range f.RuleCollections {
		c.b.collections[k.Kind].add(copied.ID, c.collection(k), true)
	}
}

func (c *collector) firewallIPConfiguration(f *AzureFirewall, config *FirewallIPConfiguration) *FirewallIPConfiguration {
	one := *config
	c.own(&one.Resource, TypeFirewallIPConfiguration)
	if one.ID == "" {
		one.ID = childID(f.ID, "azurefirewallipconfigurations", one.Name)
	}
	one.Firewall = f
	return &one
}

func (c *collector) collection(k *RuleCollection) *RuleCollection {
	copied := *k
	c.own(&copied.Resource, TypeRuleCollection)
	copied.Firewall, copied.Group = nil, nil
	copied.UnknownRules = slices.Clone(k.UnknownRules)
	copied.Rules = make([]*FirewallRule, len(k.Rules))
	for i, r := range k.Rules {
		rule := *r
		c.own(&rule.Resource, TypeFirewallRule)
		rule.Collection = &copied
		rule.Source.Terms = c.firewallTerms(r.Source.Terms)
		rule.Destination.Terms = c.firewallTerms(r.Destination.Terms)
		copied.Rules[i] = &rule
	}
	return &copied
}

// firewallTerms are the terms of a side for the network, whose references
// resolve completes.
func (c *collector) firewallTerms(stated []FirewallTerm) []FirewallTerm {
	own := slices.Clone(stated)
	for i := range own {
		if own[i].Kind == FirewallIPGroup {
			c.b.groupTerms = append(c.b.groupTerms, &own[i].Group)
		}
	}
	return own
}

func (c *collector) collectionGroup(g *RuleCollectionGroup) *RuleCollectionGroup {
	copied := *g
	c.own(&copied.Resource, TypeRuleCollectionGroup)
	copied.Policy = nil
	copied.UnknownCollections = slices.Clone(g.UnknownCollections)
	copied.Collections = make([]*RuleCollection, len(g.Collections))
	for i, k := range g.Collections {
		own := c.collection(k)
		if own.ID == "" && copied.ID != "" { // as in all that the REST interface prints
			own.ID = childID(copied.ID, "rulecollections", own.Name)
		}
		own.Group, copied.Collections[i] = &copied, own
	}
	return &copied
}

// natGateways collects what translates addresses without rules.
func (c *collector) natGateways(inv *Inventory) {
	for _, g := range inv.NATGateways {
		copied := *g
		c.own(&copied.Resource, TypeNATGateway)
		copied.PublicIPAddresses, copied.PublicIPPrefixes = slices.Clone(g.PublicIPAddresses), slices.Clone(g.PublicIPPrefixes)
		copied.Subnets = slices.Clone(g.Subnets)
		c.b.natGateways = append(c.b.natGateways, statement[*NATGateway]{resource: &copied})
		c.nats = append(c.nats, &copied)
	}
	for _, p := range inv.PublicIPPrefixes {
		copied := *p
		c.own(&copied.Resource, TypePublicIPPrefix)
		c.b.publicPrefixes = append(c.b.publicPrefixes, statement[*PublicIPPrefix]{resource: &copied})
	}
}
