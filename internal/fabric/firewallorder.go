package fabric

import (
	"cmp"
	"fmt"
	"iter"
	"slices"

	"github.com/wayleave/wayleave/internal/azure"
)

// ranked is a rule collection with its place in the order of evaluation:
// collections of one place come in an order that nobody states (P-12).
type ranked struct {
	*azure.RuleCollection
	// generation of its policy: 0 for the parent of all, or for classic rules.
	generation int
	// shared says that another group of the policy has its group's priority.
	shared bool
}

// before orders collections by kind, by policy, a parent's before its child's
// (P-13), and by the priorities of group and collection (P-04).
func (r ranked) before(o ranked) int {
	order := cmp.Or(cmp.Compare(r.Kind, o.Kind), cmp.Compare(r.generation, o.generation))
	if order == 0 && r.Group != nil && o.Group != nil {
		order = cmp.Compare(r.Group.Priority.V, o.Group.Priority.V)
	}
	if order == 0 && !r.shared {
		order = cmp.Compare(r.Priority.V, o.Priority.V)
	}
	return order
}

// ruleset is what the rules of a firewall say, in order of evaluation.
type ruleset struct {
	collections []ranked
	// own is the generation of the firewall's own policy.
	own int
	// proxy tells whether names in network rules are resolved at all (P-36);
	// inherited is what it is if a policy has its parent's, where that is open
	//
	proxy, inherited ternary
}

// opened is the ruleset under the reading in which a policy has its parent's DNS
// settings.
func (r ruleset) opened() ruleset {
	r.proxy, r.inherited = r.inherited, no
	return r
}

// placed visits the collections with their places in the order of evaluation;
// those of one place come in any order (P-12).
func (r ruleset) placed() iter.Seq2[int, ranked] {
	return func(yield func(int, ranked) bool) {
		slot := 0
		for i, c := range r.collections {
			if i > 0 && r.collections[i-1].before(c) != 0 {
				slot++
			}
			if !yield(slot, c) {
				return
			}
		}
	}
}

// rulesOf collects the rules of a firewall. The text says what leaves all of
// them open, if anything does.
func (f *Fabric) rulesOf(firewall *azure.AzureFirewall) (ruleset, string) {
	r := ruleset{proxy: flag(firewall.DNSProxy)}
	why := ""
	switch {
	case firewall.Stub:
		return r, "no input states the firewall " + firewall.Name
	case firewall.SKU.Or("") == azure.FirewallInHub || firewall.VirtualHub.IsSet():
		return r, fmt.Sprintf("firewall %s stands in a virtual hub, which is not modelled (F-17)", firewall.Name)
	case firewall.Policy.IsSet():
		r, why = f.inherited(firewall)
	case len(firewall.UnknownCollections) > 0:
		return r, fmt.Sprintf("not all rules of firewall %s are known: %s", firewall.Name, firewall.UnknownCollections[0].Why)
	default:
		for _, c := range firewall.RuleCollections {
			r.collections = append(r.collections, ranked{RuleCollection: c})
		}
	}
	for _, c := range r.collections {
		if why == "" {
			why = openCollection(c.RuleCollection)
		}
	}
	slices.SortStableFunc(r.collections, ranked.before)
	return r, why
}

// inherited collects the rules of a firewall's policy and its ancestors. The
// policy alone counts where a firewall has rules of its own as well.
func (f *Fabric) inherited(firewall *azure.AzureFirewall) (ruleset, string) {
	var line []*azure.FirewallPolicy
	for at := firewall.Policy; at.IsSet(); {
		policy, ok := f.network.FirewallPolicy(at.ID)
		switch {
		case at.Unknown != nil:
			return ruleset{}, fmt.Sprintf("the policy of firewall %s is not known: %s", firewall.Name, at.Unknown.Why)
		case !ok || policy.Stub:
			return ruleset{}, fmt.Sprintf("no input states the firewall policy %s", at.ID.Name())
		case slices.Contains(line, policy):
			return ruleset{}, fmt.Sprintf("the firewall policy %s is its own parent", policy.Name)
		case len(policy.UnknownGroups) > 0:
			return ruleset{}, fmt.Sprintf("not all rules of policy %s are known: %s", policy.Name, policy.UnknownGroups[0].Why)
		}
		line = append(line, policy)
		at = policy.Base
	}
	r := ruleset{proxy: flag(line[0].DNSProxy), own: len(line) - 1}
	told := line[0].DNSProxy.IsSet()
	for i, policy := range line {
		if i > 0 && !told && policy.DNSProxy.IsSet() {
			told, r.inherited = true, flag(policy.DNSProxy)
		}
		for _, g := range policy.Groups {
			if _, known := g.Priority.Known(); g.Stub || !known || len(g.UnknownCollections) > 0 {
				return r, fmt.Sprintf("the rule collection group %s of policy %s is not known in full", g.Name, policy.Name)
			}
			shared := slices.ContainsFunc(policy.Groups, func(o *azure.RuleCollectionGroup) bool {
				return o != g && o.Priority.V == g.Priority.V
			})
			for _, c := range g.Collections {
				r.collections = append(r.collections, ranked{c, len(line) - 1 - i, shared})
			}
		}
	}
	if r.inherited != no && f.assumptions.Value(ChildInheritsDNS) == "yes" {
		r.proxy = r.inherited
	}
	return r, ""
}

// openCollection says what of a collection is not known that any rule may
// depend on.
func openCollection(c *azure.RuleCollection) string {
	_, priority := c.Priority.Known()
	_, action := c.Action.Known()
	switch {
	case !priority || !action:
		return fmt.Sprintf("the priority or action of rule collection %s is not known", c.Name)
	case len(c.UnknownRules) > 0:
		return fmt.Sprintf("not all rules of rule collection %s are known: %s", c.Name, c.UnknownRules[0].Why)
	case c.Action.V == azure.FirewallSNAT:
		return fmt.Sprintf("rule collection %s has the action Snat, whose meaning is published nowhere (R-15)", c.Name)
	}
	return ""
}

// flag is what is known of a property that is false where it is not set.
func flag(v azure.Value[bool]) ternary {
	switch on, known := v.Known(); {
	case v.IsSet() && !known:
		return maybe
	case on:
		return yes
	}
	return no
}
