package repair

import (
	"slices"

	"github.com/wayleave/wayleave/internal/azure"
)

func (c *NewSubnet) apply(list []*azure.Inventory) bool {
	for _, inv := range list {
		for i, v := range inv.VirtualNetworks {
			if v.Rank != c.Network.Rank || !same(&v.Resource, &c.Network.Resource) {
				continue
			}
			if v.Subnets == nil {
				inv.Subnets = append(inv.Subnets, azure.Child[*azure.Subnet]{Parent: refTo(&v.Resource), Resource: c.Subnet})
				return true
			}
			copied := *v
			copied.Subnets = append(slices.Clone(v.Subnets), c.Subnet)
			inv.VirtualNetworks[i] = &copied
			return true
		}
	}
	return false
}

func (c *NewPublicIPAddress) apply(list []*azure.Inventory) bool {
	into := inventoryOf(list, c.Address.Rank)
	into.PublicIPAddresses = append(into.PublicIPAddresses, c.Address)
	return true
}

func (c *NewFirewall) apply(list []*azure.Inventory) bool {
	into := inventoryOf(list, c.Firewall.Rank)
	into.AzureFirewalls = append(into.AzureFirewalls, c.Firewall)
	return true
}

func (c *NewRouteTable) apply(list []*azure.Inventory) bool {
	into := inventoryOf(list, c.Table.Rank)
	into.RouteTables = append(into.RouteTables, c.Table)
	return true
}

// inventoryOf is the first input of a rank, of which there is one for every
// resource that something new stands beside.
func inventoryOf(list []*azure.Inventory, rank azure.Rank) *azure.Inventory {
	i := slices.IndexFunc(list, func(inv *azure.Inventory) bool { return inv.Rank == rank })
	return list[max(i, 0)]
}

func (c *NewFirewallAddress) apply(list []*azure.Inventory) bool {
	return eachFirewall(list, c.Firewall, func(f *azure.AzureFirewall) {
		f.IPConfigurations = append(slices.Clone(f.IPConfigurations), c.Address)
	})
}

// eachFirewall changes a copy of a firewall wherever it is stated.
func eachFirewall(list []*azure.Inventory, of *azure.AzureFirewall, edit func(*azure.AzureFirewall)) bool {
	done := false
	for _, inv := range list {
		for i, f := range inv.AzureFirewalls {
			if same(&f.Resource, &of.Resource) {
				copied := *f
				edit(&copied)
				inv.AzureFirewalls[i] = &copied
				done = true
			}
		}
	}
	return done
}

func (c *Association) apply(list []*azure.Inventory) bool {
	return eachSubnet(list, c.Subnet, func(s *azure.Subnet) {
		if c.Kind == azure.SubnetToRouteTable {
			s.RouteTable = refTo(c.To)
		} else {
			s.NetworkSecurityGroup = refTo(c.To)
		}
	})
}

// eachSubnet changes a copy of a subnet wherever it is stated.
func eachSubnet(list []*azure.Inventory, of *azure.Subnet, edit func(*azure.Subnet)) bool {
	done := false
	edited := func(s *azure.Subnet) *azure.Subnet {
		done = true
		copied := *s
		edit(&copied)
		return &copied
	}
	for _, inv := range list {
		for i, v := range inv.VirtualNetworks {
			at := slices.IndexFunc(v.Subnets, func(s *azure.Subnet) bool { return same(&s.Resource, &of.Resource) })
			if at < 0 {
				continue
			}
			copied := *v
			copied.Subnets = slices.Clone(v.Subnets)
			copied.Subnets[at] = edited(v.Subnets[at])
			inv.VirtualNetworks[i] = &copied
		}
		for i, child := range inv.Subnets {
			if same(&child.Resource.Resource, &of.Resource) {
				inv.Subnets[i].Resource = edited(child.Resource)
			}
		}
	}
	return done
}

func (c *RouteChange) apply(list []*azure.Inventory) bool {
	route, problems := c.Route.resource(c.Table)
	if problems.HasErrors() {
		return false
	}
	route.ID, route.At, route.Rank, route.Address = c.Was.ID, c.Was.At, c.Was.Rank, c.Was.Address
	done := false
	for _, inv := range list {
		for i, t := range inv.RouteTables {
			at := slices.IndexFunc(t.Routes, func(r *azure.Route) bool { return same(&r.Resource, &c.Was.Resource) })
			if at < 0 {
				continue
			}
			copied := *t
			copied.Routes = slices.Clone(t.Routes)
			copied.Routes[at] = route
			inv.RouteTables[i] = &copied
			done = true
		}
		for i, child := range inv.Routes {
			if same(&child.Resource.Resource, &c.Was.Resource) {
				inv.Routes[i].Resource = route
				done = true
			}
		}
	}
	return done
}

func (c *RouteRemoval) apply(list []*azure.Inventory) bool {
	is := func(r *azure.Route) bool { return same(&r.Resource, &c.Was.Resource) }
	done := false
	for _, inv := range list {
		for i, t := range inv.RouteTables {
			if kept := slices.DeleteFunc(slices.Clone(t.Routes), is); len(kept) < len(t.Routes) {
				copied := *t
				copied.Routes = kept
				inv.RouteTables[i] = &copied
				done = true
			}
		}
		kept := slices.DeleteFunc(slices.Clone(inv.Routes), func(child azure.Child[*azure.Route]) bool { return is(child.Resource) })
		done = done || len(kept) < len(inv.Routes)
		inv.Routes = kept
	}
	return done
}

func (c *PeeringChange) apply(list []*azure.Inventory) bool {
	done := false
	changed := func(p *azure.Peering) *azure.Peering {
		done = true
		copied := *p
		copied.AllowForwardedTraffic = azure.Of(true, p.At)
		return &copied
	}
	for _, inv := range list {
		for i, v := range inv.VirtualNetworks {
			at := slices.IndexFunc(v.Peerings, func(p *azure.Peering) bool { return same(&p.Resource, &c.Link.Resource) })
			if at < 0 {
				continue
			}
			copied := *v
			copied.Peerings = slices.Clone(v.Peerings)
			copied.Peerings[at] = changed(v.Peerings[at])
			inv.VirtualNetworks[i] = &copied
		}
		for i, child := range inv.Peerings {
			if same(&child.Resource.Resource, &c.Link.Resource) {
				inv.Peerings[i].Resource = changed(child.Resource)
			}
		}
	}
	return done
}

func (c *PrivateRanges) apply(list []*azure.Inventory) bool {
	var values []azure.Value[string]
	for _, text := range c.Ranges {
		values = append(values, azure.Of(text, c.Target().At))
	}
	terms, problems := azure.MakeFirewallTerms(values)
	if problems.HasErrors() {
		return false
	}
	if c.Policy == nil {
		return eachFirewall(list, c.Firewall, func(f *azure.AzureFirewall) { f.PrivateRanges = terms })
	}
	done := false
	for _, inv := range list {
		for i, p := range inv.FirewallPolicies {
			if same(&p.Resource, &c.Policy.Resource) {
				copied := *p
				copied.PrivateRanges = terms
				inv.FirewallPolicies[i] = &copied
				done = true
			}
		}
	}
	return done
}

// eachCollection changes a copy of a rule collection wherever it is stated.
func eachCollection(list []*azure.Inventory, of *azure.RuleCollection, edit func(*azure.RuleCollection)) bool {
	done := false
	in := func(all []*azure.RuleCollection) []*azure.RuleCollection {
		at := slices.IndexFunc(all, func(k *azure.RuleCollection) bool { return same(&k.Resource, &of.Resource) })
		if at < 0 {
			return nil
		}
		done = true
		copied := *all[at]
		edit(&copied)
		all = slices.Clone(all)
		all[at] = &copied
		return all
	}
	for _, inv := range list {
		for i, f := range inv.AzureFirewalls {
			if all := in(f.RuleCollections); all != nil {
				copied := *f
				copied.RuleCollections = all
				inv.AzureFirewalls[i] = &copied
			}
		}
		for i, child := range inv.RuleCollections {
			if all := in([]*azure.RuleCollection{child.Resource}); all != nil {
				inv.RuleCollections[i].Resource = all[0]
			}
		}
		for i, child := range inv.RuleCollectionGroups {
			if all := in(child.Resource.Collections); all != nil {
				copied := *child.Resource
				copied.Collections = all
				inv.RuleCollectionGroups[i].Resource = &copied
			}
		}
	}
	return done
}

func (c *NetworkRule) apply(list []*azure.Inventory) bool {
	rule, ok := c.Rule.resource(c.Collection)
	if !ok {
		return false
	}
	with := func(k *azure.RuleCollection) *azure.RuleCollection {
		copied := *k
		copied.Rules = append(slices.Clone(k.Rules), rule)
		return &copied
	}
	if c.Group != nil {
		return c.applyToPolicy(list, with)
	}
	for _, inv := range list {
		for i, f := range inv.AzureFirewalls {
			at := slices.IndexFunc(f.RuleCollections, func(k *azure.RuleCollection) bool { return same(&k.Resource, &c.Collection.Resource) })
			if at < 0 {
				continue
			}
			copied := *f
			copied.RuleCollections = slices.Clone(f.RuleCollections)
			copied.RuleCollections[at] = with(f.RuleCollections[at])
			inv.AzureFirewalls[i] = &copied
			return true
		}
		for i, child := range inv.RuleCollections {
			if same(&child.Resource.Resource, &c.Collection.Resource) {
				inv.RuleCollections[i].Resource = with(child.Resource)
				return true
			}
		}
	}
	return c.addCollection(list, with(c.Collection))
}

// addCollection adds a new collection where the firewall is stated.
func (c *NetworkRule) addCollection(list []*azure.Inventory, k *azure.RuleCollection) bool {
	for _, inv := range list {
		for i, f := range inv.AzureFirewalls {
			if f.Rank != c.Firewall.Rank || !same(&f.Resource, &c.Firewall.Resource) {
				continue
			}
			if f.RuleCollections == nil {
				inv.RuleCollections = append(inv.RuleCollections, azure.Child[*azure.RuleCollection]{Parent: refTo(&f.Resource), Resource: k})
				return true
			}
			copied := *f
			copied.RuleCollections = append(slices.Clone(f.RuleCollections), k)
			inv.AzureFirewalls[i] = &copied
			return true
		}
	}
	return false
}

func (c *NetworkRule) applyToPolicy(list []*azure.Inventory, with func(*azure.RuleCollection) *azure.RuleCollection) bool {
	for _, inv := range list {
		for i, child := range inv.RuleCollectionGroups {
			if !same(&child.Resource.Resource, &c.Group.Resource) {
				continue
			}
			copied := *child.Resource
			copied.Collections = slices.Clone(copied.Collections)
			at := slices.IndexFunc(copied.Collections, func(k *azure.RuleCollection) bool { return same(&k.Resource, &c.Collection.Resource) })
			if at >= 0 {
				copied.Collections[at] = with(copied.Collections[at])
			} else {
				copied.Collections = append(copied.Collections, with(c.Collection))
			}
			inv.RuleCollectionGroups[i].Resource = &copied
			return true
		}
	}
	if !c.NewGroup {
		return false
	}
	policy := c.Group.Policy
	for _, inv := range list {
		if slices.ContainsFunc(inv.FirewallPolicies, func(p *azure.FirewallPolicy) bool { return same(&p.Resource, &policy.Resource) }) {
			group := *c.Group
			group.Collections = []*azure.RuleCollection{with(c.Collection)}
			inv.RuleCollectionGroups = append(inv.RuleCollectionGroups, azure.Child[*azure.RuleCollectionGroup]{Parent: refTo(&policy.Resource), Resource: &group})
			return true
		}
	}
	return false
}

// resource is the rule as a resource of a collection.
func (r *FirewallRule) resource(k *azure.RuleCollection) (*azure.FirewallRule, bool) {
	values := func(texts []string) []azure.Value[string] {
		var list []azure.Value[string]
		for _, t := range texts {
			list = append(list, azure.Of(t, k.At))
		}
		return list
	}
	rule, problems := azure.MakeFirewallRule(azure.FirewallRuleFields{
		Resource: within(&k.Resource, azure.TypeFirewallRule, "rules", r.Name), Kind: azure.NetworkRule, Description: r.Description,
		SourceAddresses: values(r.Source), DestinationAddresses: values(r.Destination),
		Protocols: values(r.Protocols), DestinationPorts: values(r.Ports),
	})
	return rule, !problems.HasErrors()
}
