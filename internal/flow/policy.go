package flow

import (
	"errors"
	"fmt"
)

// Rule permits or denies the packets of one cube.
type Rule struct {
	Match  Cube
	Permit bool
}

// NoRule is the rule index that stands for the end of a policy: packets that
// no rule matches are denied there.
const NoRule = -1

// ErrTooFragmented is wrapped by the error of a question whose exact answer
// would need more work or memory than the policy's limits allow.
var ErrTooFragmented = errors.New("too fragmented")

// Policy is a list of rules of which the first that matches a packet decides.
// A packet that no rule matches is denied ([NoRule]). Rules are counted from 0
// in the order given. A policy is frozen and safe for concurrent use.
type Policy struct{ rules []Rule }

// NewPolicy compiles the rules. The error wraps [ErrTooFragmented] if they are
// too many or too varied for the limits.
func NewPolicy(rules []Rule) (*Policy, error) {
	return &Policy{rules: append([]Rule(nil), rules...)}, nil
}

// Len returns the number of rules.
func (p *Policy) Len() int { return len(p.rules) }

// Rule returns rule i, 0 <= i < Len.
func (p *Policy) Rule(i int) Rule { return p.rules[i] }

// Decide returns the rule that decides the packet, or [NoRule], and whether
// the packet is permitted.
func (p *Policy) Decide(packet Packet) (rule int, permit bool) {
	for i, r := range p.rules {
		if r.Match.Contains(packet) {
			return i, r.Permit
		}
	}
	return NoRule, false
}

// Part is what one rule decides of a set of packets.
type Part struct {
	Rule   int // the deciding rule, or NoRule
	Permit bool
	Cubes  []Cube // disjoint, in normal form, none empty, in a fixed order
}

// Space returns the part as a set of packets.
func (p Part) Space() Space { return SpaceOf(p.Cubes...) }

// Witness returns the preferred packet of the part.
func (p Part) Witness(want Preference) Packet {
	packet, _ := natural(p.Cubes, want)
	return packet
}

// Split partitions q by the rule that decides. The parts are in rule order,
// [NoRule] last, and none is empty; they are disjoint and their union is q.
// The error wraps [ErrTooFragmented].
func (p *Policy) Split(q Cube) ([]Part, error) {
	left := []Cube{q.Normal()}
	if left[0].IsEmpty() {
		return nil, nil
	}
	var parts []Part
	for i, r := range p.rules {
		var hit, rest []Cube
		for _, c := range left {
			if both := c.Intersect(r.Match); !both.IsEmpty() {
				hit = append(hit, both)
			}
			rest = append(rest, c.Minus(r.Match)...)
		}
		if len(hit) > 0 {
			parts = append(parts, Part{i, r.Permit, hit})
		}
		if left = rest; len(left) == 0 {
			return parts, nil
		}
		if len(left) > 1<<16 {
			return nil, fmt.Errorf("%w: %d pieces at rule %d", ErrTooFragmented, len(left), i)
		}
	}
	return append(parts, Part{NoRule, false, left}), nil
}

// Blocked returns the denied parts of [Policy.Split].
func (p *Policy) Blocked(q Cube) ([]Part, error) {
	parts, err := p.Split(q)
	var out []Part
	for _, part := range parts {
		if !part.Permit {
			out = append(out, part)
		}
	}
	return out, err
}

// Verdict answers whether a whole cube is permitted.
type Verdict struct {
	// Permitted is true if every packet of the cube is permitted, so also if
	// the cube is empty.
	Permitted bool
	// Rule is the first rule in the policy's order that denies a packet of the
	// cube, NoRule if none does by itself; 0 if Permitted.
	Rule int
	// Witness is a packet of the cube that Rule denies, the natural one by
	// [Cube.Preference]; the zero Packet if Permitted.
	Witness Packet
}

// Check reports whether every packet of q is permitted, and if not, what stops
// the first of them. The error wraps [ErrTooFragmented].
func (p *Policy) Check(q Cube) (Verdict, error) {
	blocked, err := p.Blocked(q)
	if err != nil || len(blocked) == 0 {
		return Verdict{Permitted: err == nil}, err
	}
	return Verdict{false, blocked[0].Rule, blocked[0].Witness(q.Preference())}, nil
}
