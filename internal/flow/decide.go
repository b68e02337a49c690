package flow

import "math/bits"

// decider finds the rules that match a single packet.
type decider struct {
	rows [2]*rows // by family; nil where a table would be too large
}

// maxRowWords bounds the tables of a decider; beyond it rules are looked at
// one by one.
const maxRowWords = 1 << 22

func (p *Policy) newDecider() *decider {
	d := new(decider)
	for f, rs := range p.sets {
		if words := wordsFor(len(rs.rules)) * (rs.s.n + rs.d.n + rs.t.n); words <= maxRowWords {
			d.rows[f] = rs.rows()
		}
	}
	return d
}

// Decide returns the rule that decides the packet, or [NoRule], and whether
// the packet is permitted. A packet that [Packet.Validate] objects to is
// matched by no rule.
func (p *Policy) Decide(packet Packet) (rule int, permit bool) {
	rule, _ = p.DecideTwo(packet)
	return rule, rule != NoRule && p.rules[rule].Permit
}

// DecideTwo returns the rule that decides the packet and the rule that would
// if that one were removed; each may be [NoRule].
func (p *Policy) DecideTwo(packet Packet) (first, second int) {
	if packet.Validate() != nil {
		return NoRule, NoRule
	}
	f := packet.Family().index()
	rs := p.sets[f]
	s, d, t := int(rs.s.classOf(packet.Source)), int(rs.d.classOf(packet.Destination)), int(rs.t.classOf(packet))
	if rows := p.decide().rows[f]; rows != nil {
		return rows.firstTwo(s, d, t)
	}
	first = NoRule
	for i := range rs.rules {
		r := &rs.rules[i]
		if r.void || !r.t.has(t) || !r.s.has(s) || !r.d.has(d) {
			continue
		}
		if first != NoRule {
			return first, i
		}
		first = i
	}
	return first, NoRule
}

// firstTwo returns the first two rules that hold all three classes.
func (x *rows) firstTwo(s, d, t int) (first, second int) {
	first = NoRule
	a, b, c := x.s.row(s), x.d.row(d), x.t.row(t)
	for i, w := range a {
		for w &= b[i] & c[i]; w != 0; w &= w - 1 {
			rule := i<<6 + bits.TrailingZeros64(w)
			if first != NoRule {
				return first, rule
			}
			first = rule
		}
	}
	return first, NoRule
}
