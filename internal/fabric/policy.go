package fabric

import (
	"cmp"
	"slices"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
)

// Policy is a security group as it decides at a place, in one direction: two
// first-match lists between which the truth lies. Where nothing is uncertain
// they are one. A Policy is frozen and safe for concurrent use.
type Policy struct {
	fabric *Fabric
	// Group that decides; nil if it is not known which one.
	Group     *azure.NetworkSecurityGroup
	Direction azure.Direction
	// firewall whose rules these are instead; nil for a security group.
	firewall *azure.AzureFirewall

	entries []*entry
	// pessimistic permits what is allowed for certain, optimistic denies what
	// is blocked for certain; err is set if they could not be compiled.
	pessimistic, optimistic ruleList
	err                     error
	// open are the stakes in what other readings would change, settled those in
	// what is told beside the verdict.
	open, settled Stakes
}

// ruleList is a policy with the entry behind each of its rules.
type ruleList struct {
	policy *flow.Policy
	owner  []int
}

// newPolicy orders the entries of a security group and compiles both lists.
func (f *Fabric) newPolicy(group *azure.NetworkSecurityGroup, direction azure.Direction, entries []*entry) *Policy {
	low, high := freeSlots(entries)
	return f.newPolicyBetween(group, direction, entries, low, high)
}

// newPolicyBetween is newPolicy with the priorities between which a rule of
// unknown priority acts.
func (f *Fabric) newPolicyBetween(group *azure.NetworkSecurityGroup, direction azure.Direction, entries []*entry, low, high int) *Policy {
	p := &Policy{fabric: f, Group: group, Direction: direction, entries: entries}
	certain := true
	for _, e := range entries {
		certain = certain && e.certain()
	}
	for _, k := range reached(entries, f.assumptions) {
		if f.assumptions.open(k.change) {
			p.open = append(p.open, k)
		} else {
			p.settled = append(p.settled, k)
		}
	}
	if p.pessimistic, p.err = f.compileList(entries, low, high, false); p.err != nil {
		return p
	}
	p.optimistic = p.pessimistic
	if !certain {
		p.optimistic, p.err = f.compileList(entries, low, high, true)
	}
	return p
}

// freeSlots is the smallest and the largest priority that no rule of known
// priority has: a rule of unknown priority acts between them (NSG-3).
func freeSlots(entries []*entry) (low, high int) {
	used := map[int]bool{}
	for _, e := range entries {
		if !e.anywhere {
			used[e.priority] = true
		}
	}
	for low = azure.MinPriority; used[low]; low++ {
	}
	for high = azure.MaxPriority; used[high]; high-- {
	}
	return low, high
}

// slotted is the part of an entry in one of the lists.
type slotted struct {
	slot   int
	owner  int
	match  []flow.Cube
	permit bool
}

// compileList makes the optimistic or the pessimistic list. In the one that
// favours an entry's access it matches all it may and comes as early as it
// can; in the other it matches what it must and comes as late as it can.
func (f *Fabric) compileList(entries []*entry, low, high int, optimistic bool) (ruleList, error) {
	list := make([]slotted, 0, len(entries))
	for i, e := range entries {
		permit := optimistic
		if e.access != "" {
			permit = e.access == azure.Allow
		}
		s := slotted{slot: e.priority, owner: i, permit: permit, match: e.must}
		if permit == optimistic {
			s.match = e.may
		}
		if e.anywhere {
			s.slot = high
			if permit == optimistic {
				s.slot = low
			}
		}
		list = append(list, s)
	}
	// Rules of one place come in an order nobody knows (P-12): those that favour
	// the list's access first.
	slices.SortStableFunc(list, func(a, b slotted) int {
		order := cmp.Compare(a.slot, b.slot)
		if order == 0 && a.permit != b.permit {
			order = 1
			if a.permit == optimistic {
				order = -1
			}
		}
		return order
	})
	n := 0
	for _, s := range list {
		n += len(s.match)
	}
	rules, out := make([]flow.Rule, 0, n), ruleList{owner: make([]int, 0, n)}
	for _, s := range list {
		for _, c := range s.match {
			rules = append(rules, flow.Rule{Match: c, Permit: s.permit})
			out.owner = append(out.owner, s.owner)
		}
	}
	var err error
	out.policy, err = flow.NewPolicy(rules, flow.WithAtoms(f.family.atoms.found.Load()))
	return out, err
}

// Rules lists the rules in the order of evaluation, the default rules last.
func (p *Policy) Rules() []EffectiveRule {
	var rules []EffectiveRule
	for _, e := range p.entries {
		if e.rule == nil {
			continue
		}
		r := EffectiveRule{Rule: e.rule, Must: slices.Clone(e.must), May: slices.Clone(e.may)}
		for _, d := range e.doubts {
			r.Doubts = append(r.Doubts, d.why)
		}
		r.Doubts = sorted(r.Doubts)
		rules = append(rules, r)
	}
	return rules
}

// Touches are the open points on which what the group decides may turn, for
// any packet at all.
func (p *Policy) Touches() Touches {
	every := []flow.Cube{p.fabric.everyPacket()}
	return p.open.Touches(every).Union(p.settled.Touches(every))
}

// EffectiveRule is a rule with the packets it matches at a place: all of Must,
// none outside May.
type EffectiveRule struct {
	Rule      *azure.SecurityRule
	Must, May []flow.Cube
	Doubts    []string
}

// Passes reports whether the group allows all packets for certain; about ICMPv6
// none decides (NSG-31). If not it returns one that it does not allow, unless err
// says that the rules are too fragmented to decide exactly.
func (p *Policy) Passes(packets flow.Cube) (ok bool, witness flow.Packet, err error) {
	if p.err != nil {
		return false, flow.Packet{}, p.err
	}
	packets.Protocols = packets.Protocols.Minus(flow.Protocols(flow.ICMPv6))
	v, err := p.pessimistic.policy.Check(packets)
	return v.Permitted, v.Witness, err
}

// doubts says why it is not known what becomes of packets: the doubts of the
// uncertain rules that meet them.
func (p *Policy) doubts(cubes []flow.Cube) []string {
	var why []string
	for _, e := range p.entries {
		for _, d := range e.doubts {
			if slices.Contains(why, d.why) {
				continue
			}
			if slices.ContainsFunc(cubes, d.where.Overlaps) {
				why = append(why, d.why)
			}
		}
	}
	if len(why) == 0 { // packets without a reason would count as allowed
		why = append(why, "what "+p.label()+" does with them is not known")
	}
	return sorted(why)
}

// isAdmin reports whether these are security admin rules.
func (p *Policy) isAdmin() bool { return len(p.entries) > 0 && p.entries[0].adminRule != nil }

// label is what messages call the group.
func (p *Policy) label() string {
	if p.isAdmin() {
		return "the security admin rules"
	}
	if p.firewall != nil {
		return "firewall " + p.firewall.Name
	}
	if p.Group == nil {
		return "an unknown security group"
	}
	return p.Group.Label()
}

// hop is the record of a rule that decided.
func (p *Policy) hop(owner int, d Decision) Hop {
	if p.firewall != nil {
		return p.firewallRuleHop(owner, d)
	}
	if owner != none && p.entries[owner].adminRule != nil {
		return p.adminHop(p.entries[owner].adminRule, d)
	}
	h := Hop{Kind: KindNSGRule, Decision: d, Note: string(p.Direction)}
	if p.Group != nil {
		h.Resource, h.Address = p.Group.ID, p.Group.Label()
	}
	if owner == none || p.entries[owner].rule == nil {
		h.Kind, h.Note = KindNSGDefaultRule, "no rule matches"
		return h
	}
	r := p.entries[owner].rule
	h.Name, h.Priority, h.At = r.Name, r.Priority.Or(0), r.At
	if r.Default {
		h.Kind = KindNSGDefaultRule
		if p.Group != nil {
			h.At = p.Group.At
		}
	}
	return h
}

func (p *Policy) unknownHop(why []string) Hop {
	h := p.hop(none, Unknown)
	h.Kind, h.Note = KindNSGRule, first(why)
	if p.isAdmin() {
		h.Kind = KindAdminRule
	}
	if p.firewall != nil {
		h.Kind = KindFirewallRule
	}
	return h
}

func first(texts []string) string {
	if len(texts) == 0 {
		return ""
	}
	return texts[0]
}
