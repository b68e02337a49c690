package fabric

import (
	"cmp"
	"errors"
	"fmt"
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
	var list []slotted
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
	var rules []flow.Rule
	var out ruleList
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

// Split divides packets by what the group does with them. With byRule the
// allowed ones are divided by the deciding rule too, as the blocked ones
// always are.
func (p *Policy) Split(packets []flow.Cube, byRule bool) []Outcome {
	s := splitter{policy: p, byRule: byRule}
	for _, c := range packets {
		// Groups do not support ICMPv6: none decides about it (NSG-31). That it
		// is not known what becomes of it is for Carried to say.
		if apart := c; p.firewall == nil && c.Protocols.Contains(flow.ICMPv6) {
			apart.Protocols = flow.Protocols(flow.ICMPv6)
			c.Protocols = c.Protocols.Minus(apart.Protocols)
			s.allowed = append(s.allowed, cubes(apart)...)
			if c = c.Normal(); c.IsEmpty() {
				continue
			}
		}
		s.cube(c)
	}
	return s.outcomes(p.settled.Touches(packets))
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

// splitter collects the outcomes of the cubes of one space.
type splitter struct {
	policy  *Policy
	byRule  bool
	allowed []flow.Cube
	// by owner: the packets an entry allows or blocks for certain.
	allows, blocks map[int][]flow.Cube
	unsettled      []flow.Cube
	failed         []flow.Cube
	why            string
}

// none stands for the end of a list in the maps of a splitter.
const none = -1

func (s *splitter) cube(c flow.Cube) {
	p := s.policy
	err := p.err
	var parts []flow.Part
	if err == nil {
		if _, single := c.Single(); !s.byRule && !single {
			if permits, cerr := p.pessimistic.policy.Permits(c); cerr == nil && permits {
				s.allowed = append(s.allowed, c)
				return
			}
		}
		parts, err = p.pessimistic.split(c, s.byRule)
	}
	if err != nil {
		s.fail(c, err)
		return
	}
	for _, part := range parts {
		owner := p.pessimistic.by(part.Rule)
		switch {
		case part.Permit && s.byRule:
			s.allows = note(s.allows, owner, part.Cubes)
		case part.Permit:
			s.allowed = append(s.allowed, part.Cubes...)
		case p.pessimistic.policy == p.optimistic.policy:
			s.blocks = note(s.blocks, owner, part.Cubes)
		default:
			for _, c := range part.Cubes {
				s.denied(c)
			}
		}
	}
}

// denied divides what is not allowed for certain.
func (s *splitter) denied(c flow.Cube) {
	parts, err := s.policy.optimistic.split(c, false)
	if err != nil {
		s.fail(c, err)
		return
	}
	for _, part := range parts {
		if part.Permit {
			s.unsettled = append(s.unsettled, part.Cubes...)
		} else {
			s.blocks = note(s.blocks, s.policy.optimistic.by(part.Rule), part.Cubes)
		}
	}
}

func (s *splitter) fail(c flow.Cube, err error) {
	s.failed = append(s.failed, c)
	s.why = err.Error()
	if errors.Is(err, flow.ErrTooFragmented) {
		s.why = fmt.Sprintf("the rules of %s are too fragmented to decide exactly", s.policy.label())
	}
}

// split divides a cube by the rule that denies, with byRule also by the one that
// permits; the rule of a single packet is looked up.
func (l ruleList) split(c flow.Cube, byRule bool) ([]flow.Part, error) {
	if packet, ok := c.Single(); ok {
		rule, permit := l.policy.Decide(packet)
		return []flow.Part{{Rule: rule, Permit: permit, Cubes: []flow.Cube{c}}}, nil
	}
	if !byRule {
		return l.policy.Denials(c)
	}
	return l.policy.Split(c)
}

func (l ruleList) by(rule int) int {
	if rule == flow.NoRule {
		return none
	}
	return l.owner[rule]
}

func note(m map[int][]flow.Cube, owner int, cubes []flow.Cube) map[int][]flow.Cube {
	if m == nil {
		m = map[int][]flow.Cube{}
	}
	m[owner] = append(m[owner], cubes...)
	return m
}

// outcomes are what the cubes came to: what passes, what is blocked in rule
// order, what is not known.
func (s *splitter) outcomes(touches Touches) []Outcome {
	var out []Outcome
	add := func(cubes []flow.Cube, o Outcome) {
		if len(cubes) > 0 {
			o.Packets, o.Touches, o.Stakes = cubes, touches, s.policy.open
			out = append(out, o)
		}
	}
	add(s.allowed, Outcome{Effect: Pass, Unnamed: !s.byRule})
	for _, owner := range owners(s.allows) {
		o := Outcome{Effect: Pass}
		if !s.policy.isAdmin() || s.policy.entries[owner].adminRule != nil {
			o.Hops = []Hop{s.policy.hop(owner, Allow)}
		}
		add(s.allows[owner], o)
	}
	for _, owner := range owners(s.blocks) {
		add(s.blocks[owner], Outcome{Effect: Stop, Hops: []Hop{s.policy.hop(owner, Deny)}})
	}
	if len(s.unsettled) > 0 {
		why := s.policy.doubts(s.unsettled)
		add(s.unsettled, Outcome{Effect: Doubtful, Hops: []Hop{s.policy.unknownHop(why)}, Reasons: why})
	}
	add(s.failed, Outcome{Effect: Doubtful, Hops: []Hop{s.policy.unknownHop([]string{s.why})}, Reasons: []string{s.why}})
	return out
}

func owners(m map[int][]flow.Cube) []int {
	var list []int
	for owner := range m {
		list = append(list, owner)
	}
	slices.Sort(list)
	if len(list) > 0 && list[0] == none {
		list = append(list[1:], none)
	}
	return list
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
