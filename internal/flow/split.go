package flow

import (
	"fmt"
	"slices"
)

// Part is what one rule decides of a set of packets, written out.
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
	return p.parts(q, func(int) bool { return true })
}

// Denials is Split for whoever does not ask which rule permits: what is permitted
// is one part, told with the first rule that permits some of it.
func (p *Policy) Denials(q Cube) ([]Part, error) {
	regions, err := p.regions(q, wish{func(int) bool { return true }, len(p.rules), true})
	if err != nil {
		return nil, err
	}
	var out []Region
	permitted := -1
	for _, r := range regions {
		switch {
		case r.Permit && permitted >= 0:
			out[permitted].join(r)
			continue
		case r.Permit:
			permitted = len(out)
		}
		out = append(out, r)
	}
	return writeOut(out), nil
}

// Blocked returns the denied parts of [Policy.Split].
func (p *Policy) Blocked(q Cube) ([]Part, error) {
	return p.parts(q, func(rule int) bool { return rule == NoRule || !p.rules[rule].Permit })
}

// Fired returns the packets that rule i decides. The region is empty if the
// rules before it leave it none. The error wraps [ErrTooFragmented].
func (p *Policy) Fired(i int) (Region, error) {
	regions, err := p.regions(p.rules[i].Match, wish{func(rule int) bool { return rule == i }, i, false})
	if err != nil || len(regions) == 0 {
		return Region{Rule: i, Permit: p.rules[i].Permit}, err
	}
	return regions[0], nil
}

// Regions partitions q like [Policy.Split], without writing the parts out.
func (p *Policy) Regions(q Cube) ([]Region, error) {
	return p.regions(q, wish{func(int) bool { return true }, len(p.rules), false})
}

func (p *Policy) parts(q Cube, wanted func(rule int) bool) ([]Part, error) {
	regions, err := p.regions(q, wish{wanted, len(p.rules), false})
	if err != nil {
		return nil, err
	}
	return writeOut(regions), nil
}

// wish says of which rules it is asked what they decide. No rule after last is wanted,
// unless last is the number of rules. What is permitted may be joined, under the first
// rule that permits some of it.
type wish struct {
	wanted func(rule int) bool
	last   int
	joined bool
}

// regions returns what the wanted rules decide of q.
func (p *Policy) regions(q Cube, of wish) ([]Region, error) {
	x := p.query(q)
	var found partition
	err := p.ask(x.headStart(p), func(m *meter) bool {
		found = partition{}
		return p.slicedRegions(&searcher{meter: m}, x, of, &found)
	}, func(m *meter) bool {
		var own partition
		ok := p.canonicalRegions(m, x, of.wanted, of.last, &own)
		if ok {
			found = own
		}
		return ok
	})
	if err != nil {
		return nil, fmt.Errorf("splitting %s: %w", q.Folded(3), err)
	}
	return found.regions(p, x), nil
}

// partition is a set of packets, divided by deciding rule and family.
type partition map[int]*[2]regionPart

func (x partition) part(rule, family int) *regionPart {
	if x[rule] == nil {
		x[rule] = new([2]regionPart)
	}
	return &x[rule][family]
}

// regions returns the parts of the partition in rule order.
func (x partition) regions(p *Policy, q *query) []Region {
	var out []Region
	for rule, parts := range x {
		r := Region{Rule: rule, Permit: rule != NoRule && p.rules[rule].Permit}
		for _, part := range parts {
			if len(part.boxes) > 0 {
				r.parts = append(r.parts, part)
			}
		}
		if q != nil {
			r = p.within(q, r)
		}
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b Region) int { return ruleOrder(a.Rule, b.Rule) })
	return out
}

func (p *Policy) slicedRegions(s *searcher, q *query, of wish, found *partition) bool {
	own, permitted, least := partition{}, NoRule, NoRule
	for f, b := range q.boxes {
		if b == nil {
			continue
		}
		rs := p.sets[f]
		w := b.window()
		ok := rs.split(s, b, &w, of.last, func(rule int, a, b *box) {
			if of.wanted(rule) {
				if of.joined && rule != NoRule && p.rules[rule].Permit {
					if permitted == NoRule {
						permitted, least = rule, rule
					}
					least, rule = min(least, rule), permitted
				}
				part := own.part(rule, f)
				part.plane, part.window = rs.plane, w
				part.boxes = append(part.boxes, s.keep(s.andBox(a, b)))
			}
		})
		if !ok {
			return false
		}
	}
	if least != permitted { // of the other family
		own[least] = own[permitted]
		delete(own, permitted)
	}
	*found = own
	return true
}

// split calls f with a rule, a box and the box of the rule for all pieces of q
// that the rules up to last decide; what both boxes hold is the piece. NoRule
// comes last, if last is len(rules). The boxes are f's until it returns.
func (rs *ruleset) split(s *searcher, q *box, w *window, last int, f func(rule int, a, b *box)) bool {
	seen := w.of(q)
	left := []box{seen}
	var b box // of the rule at hand
	for i := range rs.rules {
		r := &rs.rules[i]
		if i > last {
			return true
		}
		if r.void {
			continue
		}
		if b = w.of(&r.box); !b.meets(&seen) {
			continue
		}
		for k := range left {
			if left[k].meets(&b) {
				f(i, &left[k], &b)
			}
		}
		if !s.subtractAll(&left, &b) {
			return false
		}
		if len(left) == 0 {
			return true
		}
	}
	if last >= len(rs.rules) {
		for k := range left {
			f(NoRule, &left[k], &left[k])
		}
	}
	return s.spend(len(rs.rules))
}

func (p *Policy) canonicalRegions(m *meter, q *query, wanted func(int) bool, last int, out *partition) bool {
	own := partition{}
	for f, b := range q.boxes {
		if b == nil {
			continue
		}
		rs := p.sets[f]
		c := rs.newColumns(m)
		found := newFindings(rs.d.n)
		var all []int32
		tree, ok := c.build(b, func(list bitmap) (int32, bool) {
			all = all[:0]
			ok := c.decide(list, b.d, func(rule int, hits []word) bool {
				if wanted(rule) {
					all = c.keep(found, all, rule, hits)
				}
				return ruleOrder(rule, last) < 0
			})
			return found.list(all), ok
		})
		if !ok {
			return false
		}
		w := b.window()
		boxes, ok := found.boxes(m, &tree, rs.s.n, &w)
		if !ok {
			return false
		}
		for rule, list := range boxes {
			part := own.part(rule, f)
			part.plane, part.window, part.boxes = rs.plane, w, list
		}
	}
	*out = own
	return true
}
