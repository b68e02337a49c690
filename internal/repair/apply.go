package repair

import (
	"fmt"
	"slices"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
)

// Apply states the inventories with the edits made. What is not touched is
// shared with the originals, which are not changed.
func Apply(inventories []*azure.Inventory, edits []Edit) ([]*azure.Inventory, error) {
	out := slices.Clone(inventories)
	for i, inv := range out {
		copied := *inv
		copied.NetworkSecurityGroups = slices.Clone(inv.NetworkSecurityGroups)
		copied.SecurityRules = slices.Clone(inv.SecurityRules)
		copied.RouteTables, copied.Routes = slices.Clone(inv.RouteTables), slices.Clone(inv.Routes)
		copied.VirtualNetworks, copied.Subnets, copied.Peerings = slices.Clone(inv.VirtualNetworks), slices.Clone(inv.Subnets), slices.Clone(inv.Peerings)
		copied.PublicIPAddresses, copied.NetworkInterfaces = slices.Clone(inv.PublicIPAddresses), slices.Clone(inv.NetworkInterfaces)
		copied.AzureFirewalls, copied.RuleCollections = slices.Clone(inv.AzureFirewalls), slices.Clone(inv.RuleCollections)
		copied.FirewallPolicies, copied.RuleCollectionGroups = slices.Clone(inv.FirewallPolicies), slices.Clone(inv.RuleCollectionGroups)
		out[i] = &copied
	}
	for _, e := range edits {
		done := false
		switch {
		case e.Change != nil:
			done = e.Change.apply(out)
		case e.Route != nil:
			route, problems := e.Route.resource(e.Table)
			if problems.HasErrors() {
				return nil, fmt.Errorf("the route %s is not one that Azure takes: %w", e.Route.Name, problems.Err())
			}
			done = addRoute(out, e.Table, route)
		case e.Action == Modify:
			done = move(out, e.Was, e.Rule.Priority)
		case e.Action == Remove:
			done = remove(out, e.Was)
		default:
			rule, problems := e.Rule.security(e.Group)
			if problems.HasErrors() {
				return nil, fmt.Errorf("the rule %s is not one that Azure takes: %w", e.Rule.Name, problems.Err())
			}
			done = add(out, e.Group, rule)
		}
		if !done {
			return nil, diagnostic.Errorf("fix", e.Target().At, "no input states the content of %s", e.Target().Label()).
				WithHint("add the file that holds it (az network nsg list, az network route-table list)")
		}
	}
	return out, nil
}

// add adds a rule where the group is stated: to its own list, or beside it
// where rules are resources of their own.
func add(inventories []*azure.Inventory, group *azure.NetworkSecurityGroup, rule *azure.SecurityRule) bool {
	for _, inv := range inventories {
		for i, g := range inv.NetworkSecurityGroups {
			if g.Rank != group.Rank || !same(&g.Resource, &group.Resource) {
				continue
			}
			if g.Rules == nil {
				inv.SecurityRules = append(inv.SecurityRules, azure.Child[*azure.SecurityRule]{Parent: azure.Reference{ID: g.ID, Text: string(g.ID), At: g.At}, Resource: rule})
				return true
			}
			copied := *g
			copied.Rules = append(slices.Clone(g.Rules), rule)
			inv.NetworkSecurityGroups[i] = &copied
			return true
		}
	}
	return false
}

// move gives a rule another priority wherever it is stated.
func move(inventories []*azure.Inventory, was *azure.SecurityRule, priority int) bool {
	done := false
	moved := func(r *azure.SecurityRule) *azure.SecurityRule {
		done = true
		copied := *r
		copied.Priority = azure.Of(priority, r.Priority.At)
		return &copied
	}
	for _, inv := range inventories {
		for i, g := range inv.NetworkSecurityGroups {
			at := slices.IndexFunc(g.Rules, func(r *azure.SecurityRule) bool { return same(&r.Resource, &was.Resource) })
			if at < 0 {
				continue
			}
			copied := *g
			copied.Rules = slices.Clone(g.Rules)
			copied.Rules[at] = moved(copied.Rules[at])
			inv.NetworkSecurityGroups[i] = &copied
		}
		for i, c := range inv.SecurityRules {
			if same(&c.Resource.Resource, &was.Resource) {
				inv.SecurityRules[i].Resource = moved(c.Resource)
			}
		}
	}
	return done
}

// remove takes a rule away wherever it is stated.
func remove(inventories []*azure.Inventory, was *azure.SecurityRule) bool {
	done := false
	for _, inv := range inventories {
		for i, g := range inv.NetworkSecurityGroups {
			if kept := slices.DeleteFunc(slices.Clone(g.Rules), func(r *azure.SecurityRule) bool { return same(&r.Resource, &was.Resource) }); len(kept) < len(g.Rules) {
				copied := *g
				copied.Rules = kept
				inv.NetworkSecurityGroups[i] = &copied
				done = true
			}
		}
		kept := slices.DeleteFunc(slices.Clone(inv.SecurityRules), func(c azure.Child[*azure.SecurityRule]) bool { return same(&c.Resource.Resource, &was.Resource) })
		done = done || len(kept) < len(inv.SecurityRules)
		inv.SecurityRules = kept
	}
	return done
}

func same(a, b *azure.Resource) bool { return a.ID == b.ID || a.At == b.At && a.Name == b.Name }

// Settle notes with every edit its resource as it is in the changed network.
func Settle(edits []Edit, changed *azure.Network) {
	for i := range edits {
		switch c := edits[i].Change.(type) {
		case *NewSubnet, *Association, *Detachment, *Delegation:
			edits[i].After = found(changed.Subnet(c.Target().ID))
		case *NewPublicIPAddress:
			edits[i].After = found(changed.PublicIPAddress(c.Target().ID))
		case *NewFirewall, *NewFirewallAddress, *AddressRemoval:
			edits[i].After = found(changed.AzureFirewall(c.Target().ID))
		case *NewRouteTable, *RouteChange, *RouteRemoval:
			edits[i].After = found(changed.RouteTable(c.Target().ID))
		case *NewSecurityGroup:
			edits[i].After = found(changed.NetworkSecurityGroup(c.Group.ID))
		case *Forwarding:
			edits[i].After = found(changed.NetworkInterface(c.Interface.ID))
		case *PeeringChange:
			edits[i].After = peering(changed, c.Link)
		case *PrivateRanges:
			if c.Policy != nil {
				edits[i].After = found(changed.FirewallPolicy(c.Policy.ID))
			} else {
				edits[i].After = found(changed.AzureFirewall(c.Firewall.ID))
			}
		case *NetworkRule:
			edits[i].After = rulesAfter(changed, c.Firewall, c.Group)
		case *CollectionMove:
			edits[i].After = rulesAfter(changed, c.Firewall, c.Group)
		}
	}
}

func found[T any](r T, ok bool) any {
	if !ok {
		return nil
	}
	return r
}

func peering(n *azure.Network, link *azure.Peering) any {
	for _, v := range n.VirtualNetworks {
		for _, p := range v.Peerings {
			if p.ID == link.ID {
				return p
			}
		}
	}
	return nil
}

// rulesAfter is what holds the collections: the group of a policy, else the firewall.
func rulesAfter(changed *azure.Network, f *azure.AzureFirewall, group *azure.RuleCollectionGroup) any {
	if group == nil {
		return found(changed.AzureFirewall(f.ID))
	}
	if policy, ok := changed.FirewallPolicy(group.Policy.ID); ok {
		return groupOf(policy, group)
	}
	return nil
}

func groupOf(policy *azure.FirewallPolicy, group *azure.RuleCollectionGroup) any {
	for _, g := range policy.Groups {
		if g.ID == group.ID {
			return g
		}
	}
	return nil
}
