package repair

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
)

// KeepMark in the description of a rule marks it as deliberate.
const KeepMark = "wayleave:keep"

// Keep tells which rules are deliberate and never overridden: those named, as
// "rule" or "group/rule", of a firewall as "collection/rule", and those whose description has [KeepMark].
type Keep struct {
	Names []string
}

// Check reports the first name that no rule of the network has.
func (k Keep) Check(n *azure.Network) error {
	for _, name := range k.Names {
		found := slices.ContainsFunc(n.NetworkSecurityGroups, func(g *azure.NetworkSecurityGroup) bool {
			return slices.ContainsFunc(g.Rules, func(r *azure.SecurityRule) bool { return named(r, name) })
		})
		if !found && !slices.ContainsFunc(n.AzureFirewalls, func(f *azure.AzureFirewall) bool {
			return slices.ContainsFunc(collectionsOf(n, f), func(k *azure.RuleCollection) bool {
				return slices.ContainsFunc(k.Rules, func(r *azure.FirewallRule) bool { return firewallNamed(r, name) })
			})
		}) {
			return fmt.Errorf("no security rule is called %q", name)
		}
	}
	return nil
}

func named(r *azure.SecurityRule, name string) bool {
	if group, rule, ok := strings.Cut(name, "/"); ok && r.Group != nil {
		return strings.EqualFold(r.Name, rule) && strings.EqualFold(r.Group.Name, group)
	}
	return strings.EqualFold(r.Name, name) || strings.EqualFold(r.Address, name)
}

func (k Keep) has(r *azure.SecurityRule) bool {
	return strings.Contains(strings.ToLower(r.Description), KeepMark) ||
		slices.ContainsFunc(k.Names, func(name string) bool { return named(r, name) })
}

// firewallNamed reports whether a name is that of a rule of a firewall: "rule",
// "collection/rule", or the collection alone.
func firewallNamed(r *azure.FirewallRule, name string) bool {
	collection, rule, ok := strings.Cut(name, "/")
	if !ok {
		return strings.EqualFold(r.Name, name) || r.Collection != nil && strings.EqualFold(r.Collection.Name, name)
	}
	return r.Collection != nil && strings.EqualFold(r.Collection.Name, collection) && strings.EqualFold(r.Name, rule)
}

func (k Keep) hasFirewallRule(r *azure.FirewallRule) bool {
	return strings.Contains(strings.ToLower(r.Description), KeepMark) ||
		slices.ContainsFunc(k.Names, func(name string) bool { return firewallNamed(r, name) })
}

// kept finds the Deny rules of a stage that are kept and that may match packets,
// at any place of its group, by priority. A rule of unknown priority counts as
// the last.
func (p *planner) kept(s stage, packets []flow.Cube) []*azure.SecurityRule {
	var list []*azure.SecurityRule
	for _, policy := range p.policies(s) {
		if policy == nil { // the group decides nothing there (SUB-2)
			continue
		}
		for _, r := range policy.Rules() {
			if r.Rule.Access.Or(azure.Deny) == azure.Deny && p.keep.has(r.Rule) && meet(r.May, packets) && !slices.Contains(list, r.Rule) {
				list = append(list, r.Rule)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b *azure.SecurityRule) int {
		return cmp.Compare(a.Priority.Or(azure.MaxPriority), b.Priority.Or(azure.MaxPriority))
	})
	return list
}

// policies are the group of a stage as it decides at its places.
func (p *planner) policies(s stage) []*fabric.Policy {
	var list []*fabric.Policy
	n := p.fabric.Network()
	for _, subnet := range n.Subnets() {
		if subnet.NetworkSecurityGroup.ID == s.group {
			list = append(list, p.fabric.SubnetRules(subnet, s.direction))
		}
	}
	for _, nic := range n.NetworkInterfaces {
		if nic.NetworkSecurityGroup.ID != s.group {
			continue
		}
		for _, c := range nic.IPConfigurations {
			if subnet, ok := n.Subnet(c.Subnet.ID); ok {
				list = append(list, p.fabric.InterfaceRules(nic, subnet, s.direction))
			}
		}
	}
	return list
}

func meet(a, b []flow.Cube) bool {
	for _, x := range a {
		if slices.ContainsFunc(b, x.Overlaps) {
			return true
		}
	}
	return false
}
