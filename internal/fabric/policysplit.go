package fabric

import (
	"errors"
	"fmt"
	"slices"

	"github.com/wayleave/wayleave/internal/flow"
)

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
		if _, single := c.Single(); !s.byRule && !single && p.firewall == nil { // a firewall rarely permits all
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
