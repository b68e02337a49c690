package repair

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

// usualCollection is the priority that a new collection or group gets where nothing
// stands in the way.
const usualCollection = 200

// CollectionMove gives a rule collection another priority, so that there is room
// before it. Its order among the others stays.
type CollectionMove struct {
	// Firewall of a classic collection, Group of a policy's.
	Firewall   *azure.AzureFirewall
	Group      *azure.RuleCollectionGroup
	Collection *azure.RuleCollection
	Priority   int
}

// Target is the firewall, or the group of its policy.
func (c *CollectionMove) Target() *azure.Resource {
	if c.Group != nil {
		return &c.Group.Resource
	}
	return &c.Firewall.Resource
}

// Text names the collection with both priorities.
func (c *CollectionMove) Text() string {
	return fmt.Sprintf("collection %s at priority %d, was %d", c.Collection.Name, c.Priority, c.Collection.Priority.V)
}

func (c *CollectionMove) key() string { return "move " + string(c.Collection.ID) }

func (c *CollectionMove) apply(list []*azure.Inventory) bool {
	return eachCollection(list, c.Collection, func(k *azure.RuleCollection) {
		k.Priority = azure.Of(c.Priority, k.Priority.At)
	})
}

// shelves are the collections and groups that a change adds and moves, of which
// later rules of the change know.
type shelves struct {
	collections map[azure.ID][]*azure.RuleCollection
	groups      map[azure.ID][]*azure.RuleCollectionGroup
	moved       map[azure.ID]int
}

// of are the collections of a firewall or a group: those it has and those planned.
func (s *shelves) of(r *azure.Resource, own []*azure.RuleCollection) []*azure.RuleCollection {
	return slices.Concat(own, s.collections[r.ID])
}

// groupsOf are the groups of a policy, those planned too, by priority.
func (s *shelves) groupsOf(policy *azure.FirewallPolicy) []*azure.RuleCollectionGroup {
	list := slices.Concat(policy.Groups, s.groups[policy.ID])
	slices.SortStableFunc(list, func(a, b *azure.RuleCollectionGroup) int {
		return cmp.Compare(a.Priority.Or(0), b.Priority.Or(0))
	})
	return list
}

// priority is that of a collection after the moves so far.
func (s *shelves) priority(k *azure.RuleCollection) int {
	if n, ok := s.moved[k.ID]; ok {
		return n
	}
	return k.Priority.Or(0)
}

// put plans a new collection for a change.
func (s *shelves) put(c *NetworkRule, segment string, own []*azure.RuleCollection, a *allowance, priority int) {
	parent := c.Target()
	c.NewCollection = true
	c.Collection = newCollection(parent, segment, collectionName(s.of(parent, own), a), priority)
	if s.collections == nil {
		s.collections = map[azure.ID][]*azure.RuleCollection{}
	}
	s.collections[parent.ID] = append(s.collections[parent.ID], c.Collection)
}

// line are the policies of a firewall, the parent of all first, as far as they are
// in the input.
func (p *planner) line(f *azure.AzureFirewall) []*azure.FirewallPolicy {
	var line []*azure.FirewallPolicy
	for ref := f.Policy; ref.IsSet(); {
		policy, ok := p.fabric.Network().FirewallPolicy(ref.ID)
		if !ok || slices.Contains(line, policy) {
			break
		}
		line = append(line, policy)
		ref = policy.Base
	}
	slices.Reverse(line)
	return line
}

// compareDeniers orders collections of a firewall as its rules are asked: network
// rules before others, parents before children, then by group and priority (P-01,
// P-04, P-13). Nil stands for no rule at all, which comes last.
func (p *planner) compareDeniers(f *azure.AzureFirewall, a, b *azure.RuleCollection) int {
	line := p.line(f)
	rank := func(k *azure.RuleCollection) [4]int {
		if k == nil || k.Kind != azure.NetworkRule {
			return [4]int{1}
		}
		out := [4]int{0, 0, 0, k.Priority.Or(0)}
		if k.Group != nil {
			out[1], out[2] = slices.Index(line, k.Group.Policy), k.Group.Priority.Or(0)
		}
		return out
	}
	x, y := rank(a), rank(b)
	return slices.Compare(x[:], y[:])
}

// findPlace finds the collection for a rule: one that allows and comes before
// what denies, or a new one. Where no number is free before it, the collections
// from there on move. What is planned is noted with what was planned before.
func (p *planner) findPlace(c *NetworkRule, a *allowance, planned *shelves) (moves []*CollectionMove, problem string) {
	before := a.before
	if before != nil && before.Kind != azure.NetworkRule { // every network rule comes before it (P-01)
		before = nil
	}
	if a.firewall.Policy.IsSet() {
		policy, ok := p.fabric.Network().FirewallPolicy(a.firewall.Policy.ID)
		if ok && before != nil && before.Group != nil { // of a parent, which comes first, or its own
			policy = before.Group.Policy
		}
		if !ok || policy.Stub || len(policy.UnknownGroups) > 0 {
			return nil, fmt.Sprintf("the policy of firewall %s is not in the input", a.firewall.Name)
		}
		return p.findInPolicy(c, a, policy, before, planned)
	}
	if len(a.firewall.UnknownCollections) > 0 {
		return nil, fmt.Sprintf("the rule collections of firewall %s are not all known", a.firewall.Name)
	}
	list := networkOnly(planned.of(&a.firewall.Resource, a.firewall.RuleCollections))
	if c.Collection = planned.suitable(list, a, before); c.Collection != nil {
		return nil, ""
	}
	priority, free := planned.free(list, before)
	if !free {
		if moves, problem = planned.makeRoom(list, before, CollectionMove{Firewall: a.firewall}); problem != "" {
			return nil, problem
		}
	}
	planned.put(c, "networkRuleCollections", a.firewall.RuleCollections, a, priority)
	return moves, ""
}

// findInPolicy finds the collection in the groups of a policy: in that of the
// collection that denies or in one before it, else in a new group before it.
func (p *planner) findInPolicy(c *NetworkRule, a *allowance, policy *azure.FirewallPolicy, before *azure.RuleCollection, planned *shelves) ([]*CollectionMove, string) {
	var into *azure.RuleCollectionGroup
	for _, g := range planned.groupsOf(policy) {
		if g.Stub || len(g.UnknownCollections) > 0 {
			continue
		}
		list, limit := planned.of(&g.Resource, g.Collections), before
		if before != nil && g != before.Group {
			if g.Priority.Or(0) >= before.Group.Priority.Or(0) {
				continue
			}
			limit = nil // all of an earlier group come before it
		}
		if k := planned.suitable(list, a, limit); k != nil {
			c.Group, c.Collection = g, k
			return nil, ""
		}
		if into == nil && before == nil && len(networkOnly(list)) > 0 || before != nil && g == before.Group {
			into = g
		}
	}
	if into != nil {
		if priority, free := planned.free(planned.of(&into.Resource, into.Collections), before); free {
			c.Group = into
			planned.put(c, "ruleCollections", into.Collections, a, priority)
			return nil, ""
		}
	}
	if planned.newGroup(c, a, policy, before) {
		return nil, ""
	}
	if before == nil || into == nil {
		return nil, fmt.Sprintf("policy %s has no priority left for a group", policy.Name)
	}
	c.Group = into
	list := planned.of(&into.Resource, into.Collections)
	priority, _ := planned.free(list, before)
	moves, problem := planned.makeRoom(list, before, CollectionMove{Firewall: a.firewall, Group: into})
	if problem == "" {
		planned.put(c, "ruleCollections", into.Collections, a, priority)
	}
	return moves, problem
}

// newGroup plans a group of a policy with a collection, before the group of what
// denies; false where no number is free there.
func (s *shelves) newGroup(c *NetworkRule, a *allowance, policy *azure.FirewallPolicy, before *azure.RuleCollection) bool {
	priorities, names := map[int]bool{}, map[string]bool{}
	for _, g := range s.groupsOf(policy) {
		priorities[g.Priority.Or(0)], names[strings.ToLower(g.Name)] = true, true
	}
	priority, step := usualCollection, 1
	if before != nil {
		priority, step = before.Group.Priority.Or(0)-1, -1
	}
	for priorities[priority] {
		priority += step
	}
	if priority < azure.MinCollectionPriority || priority > azure.MaxCollectionPriority {
		return false
	}
	g := &azure.RuleCollectionGroup{
		Resource: within(&policy.Resource, azure.TypeRuleCollectionGroup, "ruleCollectionGroups", unique(valid("allow-"+a.services[0]), names)),
		Policy:   policy, Priority: azure.Of(priority, policy.At),
	}
	if s.groups == nil {
		s.groups = map[azure.ID][]*azure.RuleCollectionGroup{}
	}
	s.groups[policy.ID] = append(s.groups[policy.ID], g)
	c.Group, c.NewGroup = g, true
	s.put(c, "ruleCollections", nil, a, usualCollection)
	return true
}

func newCollection(parent *azure.Resource, segment, name string, priority int) *azure.RuleCollection {
	return &azure.RuleCollection{
		Resource: within(parent, azure.TypeRuleCollection, segment, name), Kind: azure.NetworkRule,
		Priority: azure.Of(priority, parent.At), Action: azure.Of(azure.FirewallAllow, parent.At),
	}
}

func networkOnly(list []*azure.RuleCollection) []*azure.RuleCollection {
	return slices.DeleteFunc(slices.Clone(list), func(k *azure.RuleCollection) bool { return k.Kind != azure.NetworkRule })
}

// suitable is a collection of network rules that allows, comes before what
// denies and is there for the same: it is empty, or one of its rules is about
// the same destination or the same senders.
func (s *shelves) suitable(list []*azure.RuleCollection, a *allowance, before *azure.RuleCollection) *azure.RuleCollection {
	for _, k := range networkOnly(list) {
		_, known := k.Priority.Known()
		action, told := k.Action.Known()
		if !known || !told || action != azure.FirewallAllow || len(k.UnknownRules) > 0 || before != nil && s.priority(k) >= s.priority(before) {
			continue
		}
		if len(k.Rules) == 0 || slices.ContainsFunc(k.Rules, a.isLike) {
			return k
		}
	}
	return nil
}

// isLike reports whether a rule is about the same destination or senders.
func (a *allowance) isLike(r *azure.FirewallRule) bool {
	return sameTexts(r.Destination, a.destination) || sameTexts(r.Source, a.source)
}

func sameTexts(s azure.FirewallSide, list []string) bool {
	var texts []string
	for _, t := range s.Terms {
		texts = append(texts, strings.TrimSuffix(t.Text, "/32"))
	}
	var own []string
	for _, t := range list {
		own = append(own, strings.TrimSuffix(t, "/32"))
	}
	slices.Sort(texts)
	slices.Sort(own)
	return slices.Equal(texts, own)
}

// free is a priority that no collection of a list has: before the one that denies,
// else the usual or the next after the last. Without a free one it is that of the
// one that denies.
func (s *shelves) free(list []*azure.RuleCollection, before *azure.RuleCollection) (int, bool) {
	used := map[int]bool{}
	last := 0
	for _, k := range list {
		used[s.priority(k)] = true
		last = max(last, s.priority(k))
	}
	if before == nil {
		priority := usualCollection
		if used[priority] {
			priority = min(last+100, azure.MaxCollectionPriority)
		}
		for ; priority > azure.MinCollectionPriority && used[priority]; priority-- {
		}
		return priority, !used[priority]
	}
	for priority := s.priority(before) - 1; priority >= azure.MinCollectionPriority; priority-- {
		if !used[priority] {
			return priority, true
		}
	}
	return s.priority(before), false
}

// makeRoom moves the collections from the one that denies on, up to the first free
// number, by one; the last of them first, so that no two ever have one number.
func (s *shelves) makeRoom(list []*azure.RuleCollection, before *azure.RuleCollection, of CollectionMove) ([]*CollectionMove, string) {
	at := map[int][]*azure.RuleCollection{}
	for _, k := range list {
		at[s.priority(k)] = append(at[s.priority(k)], k)
	}
	end := s.priority(before)
	for len(at[end]) > 0 {
		end++
	}
	if end > azure.MaxCollectionPriority {
		return nil, fmt.Sprintf("%s has no priority left before the collection %s (%d)", of.Target().Name, before.Name, before.Priority.V)
	}
	if s.moved == nil {
		s.moved = map[azure.ID]int{}
	}
	var moves []*CollectionMove
	for n := end - 1; n >= s.priority(before); n-- {
		for _, k := range at[n] {
			m := of
			m.Collection, m.Priority = k, n+1
			moves = append(moves, &m)
		}
	}
	for _, m := range moves {
		s.moved[m.Collection.ID] = m.Priority
	}
	return moves, ""
}

// collectionName is a name that no collection has.
func collectionName(list []*azure.RuleCollection, a *allowance) string {
	used := map[string]bool{}
	for _, k := range list {
		used[strings.ToLower(k.Name)] = true
	}
	return unique(valid("allow-"+a.services[0]), used)
}
