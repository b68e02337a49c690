package recheck

import (
	"slices"
	"strconv"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

func setPrivateRanges(inventories []*azure.Inventory, e *edit) (done bool, err error) {
	terms, problems := azure.MakeFirewallTerms(e.values("ranges"))
	if problems.HasErrors() {
		return false, problems.Err()
	}
	for _, inv := range inventories {
		for _, f := range inv.AzureFirewalls {
			if e.is(&f.Resource) {
				f.PrivateRanges, done = terms, true
			}
		}
		for _, p := range inv.FirewallPolicies {
			if e.is(&p.Resource) {
				p.PrivateRanges, done = terms, true
			}
		}
	}
	return done, nil
}

// collections are those of network rules that an edit names, in the firewall or the
// group that it is of.
func (e *edit) collections(inventories []*azure.Inventory) []*azure.RuleCollection {
	var list []*azure.RuleCollection
	for _, inv := range inventories {
		for _, f := range inv.AzureFirewalls {
			if !e.is(&f.Resource) {
				continue
			}
			list = append(list, f.RuleCollections...)
			for _, c := range inv.RuleCollections {
				if c.Parent.ID == f.ID {
					list = append(list, c.Resource)
				}
			}
		}
		for _, g := range inv.RuleCollectionGroups {
			if e.is(&g.Resource.Resource) {
				list = append(list, g.Resource.Collections...)
			}
		}
	}
	return slices.DeleteFunc(list, func(k *azure.RuleCollection) bool {
		return k.Kind != azure.NetworkRule || !strings.EqualFold(k.Name, e.value("collection"))
	})
}

func moveCollection(inventories []*azure.Inventory, e *edit) (bool, error) {
	n, err := strconv.Atoi(e.value("priority"))
	if err != nil {
		return false, e.Get("set").Mismatch("a priority")
	}
	list := e.collections(inventories)
	for _, k := range list {
		k.Priority = azure.Of(n, k.Priority.At)
	}
	return len(list) > 0, nil
}

// addNetworkRule adds a rule to its collection, which is made where it is new.
func addNetworkRule(inventories []*azure.Inventory, e *edit) (bool, error) {
	if e.value("priority") != "" {
		if done, err := addCollection(inventories, e); !done || err != nil {
			return false, err
		}
	}
	list := e.collections(inventories)
	for _, k := range list {
		rule, problems := azure.MakeFirewallRule(azure.FirewallRuleFields{
			Resource:        azure.Resource{ID: azure.MakeID(string(k.ID) + "/rules/" + e.name), Type: azure.TypeFirewallRule, Name: e.name, At: k.At, Rank: k.Rank},
			Kind:            azure.NetworkRule,
			SourceAddresses: e.values("sources"), DestinationAddresses: e.values("destinations"), Protocols: e.values("protocols"), DestinationPorts: e.values("ports"),
		})
		if problems.HasErrors() {
			return false, problems.Err()
		}
		k.Rules = append(slices.Clone(k.Rules), rule)
	}
	return len(list) > 0, nil
}

// addCollection adds a collection that allows to a group, which is made where it is
// new, or to a classic firewall.
func addCollection(inventories []*azure.Inventory, e *edit) (bool, error) {
	priority, err := strconv.Atoi(e.value("priority"))
	if err != nil {
		return false, e.Get("set").Mismatch("a priority")
	}
	at := e.Position()
	k := &azure.RuleCollection{
		Resource: azure.Resource{ID: azure.MakeID(e.id + "/rulecollections/" + e.value("collection")), Type: azure.TypeRuleCollection, Name: e.value("collection"), At: at},
		Kind:     azure.NetworkRule, Priority: azure.Of(priority, at), Action: azure.Of(azure.FirewallAllow, at),
	}
	if e.value("group") != "" {
		return addGroup(inventories, e, k)
	}
	for _, inv := range inventories {
		k.Rank = inv.Rank
		for _, g := range inv.RuleCollectionGroups {
			if e.is(&g.Resource.Resource) {
				g.Resource.Collections = append(slices.Clone(g.Resource.Collections), k)
				return true, nil
			}
		}
		for _, f := range inv.AzureFirewalls {
			switch {
			case !e.is(&f.Resource):
				continue
			case f.RuleCollections != nil:
				f.RuleCollections = append(slices.Clone(f.RuleCollections), k)
			default:
				inv.RuleCollections = append(inv.RuleCollections, azure.Child[*azure.RuleCollection]{Parent: reference(string(f.ID), at), Resource: k})
			}
			return true, nil
		}
	}
	return false, nil
}

func addGroup(inventories []*azure.Inventory, e *edit, k *azure.RuleCollection) (bool, error) {
	priority, err := strconv.Atoi(e.value("groupPriority"))
	if err != nil {
		return false, e.Get("set").Mismatch("a priority")
	}
	for _, inv := range inventories {
		for _, p := range inv.FirewallPolicies {
			if !strings.EqualFold(string(p.ID), e.refers("policy")) {
				continue
			}
			g := &azure.RuleCollectionGroup{Resource: e.made(inv, azure.TypeRuleCollectionGroup), Priority: azure.Of(priority, e.Position()), Collections: []*azure.RuleCollection{k}}
			g.Name, k.Rank = e.value("group"), inv.Rank
			inv.RuleCollectionGroups = append(inv.RuleCollectionGroups, azure.Child[*azure.RuleCollectionGroup]{Parent: reference(string(p.ID), p.At), Resource: g})
			return true, nil
		}
	}
	return false, nil
}
