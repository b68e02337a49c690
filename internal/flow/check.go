package flow

import (
	"cmp"
	"fmt"
)

// Verdict answers whether a whole cube is permitted.
type Verdict struct {
	// Permitted is true if every packet of the cube is permitted, so also if
	// the cube is empty.
	Permitted bool
	// Rule is the first rule in the policy's order that denies a packet of the
	// cube; NoRule if packets of it are denied at the end alone, and also if
	// Permitted.
	Rule int
	// Witness is a packet of the cube that Rule denies, the natural one by
	// [Cube.Preference]; the zero Packet if Permitted.
	Witness Packet
}

// Check reports whether every packet of q is permitted, and if not, what stops
// the first of them. The error wraps [ErrTooFragmented].
func (p *Policy) Check(q Cube) (Verdict, error) {
	first, err := p.blocker(q)
	if err != nil {
		return Verdict{}, err
	}
	if first.IsEmpty() {
		return Verdict{Permitted: true, Rule: NoRule}, nil
	}
	witness, _ := first.Witness(Preference{}) // of packets of q, q prefers the natural one
	return Verdict{Rule: first.Rule, Witness: witness}, nil
}

// Permits is Check for whoever does not ask what stops which packet.
func (p *Policy) Permits(q Cube) (bool, error) {
	first, err := p.blocker(q)
	return err == nil && first.IsEmpty(), err
}

// blocker is what the first rule decides that denies a packet of q.
func (p *Policy) blocker(q Cube) (Region, error) {
	x := p.query(q)
	var first Region
	err := p.ask(x.headStart(p), func(m *meter) bool {
		return p.slicedBlocker(&searcher{meter: m}, x, &first)
	}, func(m *meter) bool {
		return p.canonicalBlocker(m, x, &first)
	})
	if err != nil {
		return Region{}, fmt.Errorf("checking %s: %w", q.Folded(3), err)
	}
	return first, nil
}

// slicedBlocker finds the first rule that denies a packet of q, and all
// packets of q that it decides.
func (p *Policy) slicedBlocker(s *searcher, q *query, first *Region) bool {
	var blocker Region
	for f, b := range q.boxes {
		if b == nil {
			continue
		}
		rule, boxes, ok := p.sets[f].firstBlocker(s, b)
		if !ok {
			return false
		}
		blocker.offer(rule, regionPart{p.sets[f].plane, b.window(), boxes})
	}
	*first = p.within(q, blocker)
	return true
}

// canonicalBlocker is slicedBlocker by columns.
func (p *Policy) canonicalBlocker(m *meter, q *query, first *Region) bool {
	var blocker Region
	for f, b := range q.boxes {
		if b == nil {
			continue
		}
		rs := p.sets[f]
		c := rs.newColumns(m)
		found := newFindings(rs.d.n)
		lowest := NoRule
		tree, ok := c.build(b, func(list bitmap) (int32, bool) {
			var first []int32
			ok := c.decide(list, b.d, func(rule int, hits []word) bool {
				if rule != NoRule && rs.rules[rule].permit {
					return true
				}
				if ruleOrder(rule, lowest) <= 0 {
					lowest = rule
					first = c.keep(found, first, rule, hits)
				}
				return false
			})
			return found.list(first), ok
		})
		if !ok {
			return false
		}
		w := b.window()
		boxes, ok := found.boxes(m, &tree, rs.s.n, &w)
		if !ok {
			return false
		}
		blocker.offer(lowest, regionPart{rs.plane, w, boxes[lowest]})
	}
	*first = p.within(q, blocker)
	return true
}

// offer makes the region the part that the rule decides if that rule comes
// earlier, or adds the part if it is the same rule.
func (r *Region) offer(rule int, part regionPart) {
	switch {
	case len(part.boxes) == 0:
	case r.IsEmpty() || ruleOrder(rule, r.Rule) < 0:
		*r = Region{Rule: rule, parts: []regionPart{part}}
	case rule == r.Rule:
		r.parts = append(r.parts, part)
	}
}

// ruleOrder orders rules by index, NoRule last.
func ruleOrder(a, b int) int { return cmp.Compare(uint(a), uint(b)) }

// within completes a region of packets of q.
func (p *Policy) within(q *query, r Region) Region {
	r.within, r.cut = &q.Cube, !q.exact
	return r
}

// firstBlocker returns the first rule that denies a packet of q and the packets
// of q that it decides, as seen through q's window; none if q is permitted.
func (rs *ruleset) firstBlocker(s *searcher, q *box) (rule int, boxes []box, ok bool) {
	w := q.window()
	seen := w.of(q)
	left := []box{seen}
	for i := range rs.onTransport(q.t).all {
		r := &rs.rules[i]
		b := w.of(&r.box)
		if !b.s.meets(seen.s) || !b.d.meets(seen.d) {
			continue
		}
		if !r.permit {
			for _, a := range left {
				if a.meets(&b) {
					boxes = append(boxes, s.andBox(&a, &b))
				}
			}
			if len(boxes) > 0 {
				return i, boxes, true
			}
			continue
		}
		if !s.subtractAll(&left, &b) {
			return 0, nil, false
		}
		if len(left) == 0 {
			return 0, nil, true
		}
	}
	return NoRule, left, s.spend(len(rs.rules))
}
