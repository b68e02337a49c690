package flow

import "fmt"

// Shadowed returns in order the rules that never decide: earlier rules match
// all their packets, or they match none. The error wraps [ErrTooFragmented].
func (p *Policy) Shadowed() ([]int, error) {
	shadowed, _, err := p.Dead()
	return shadowed, err
}

// Redundant returns in order the rules each of which, if removed alone, leaves
// the permitted packets as they are. Shadowed rules are among them. The error
// wraps [ErrTooFragmented].
func (p *Policy) Redundant() ([]int, error) {
	_, redundant, err := p.Dead()
	return redundant, err
}

// Dead returns both lists, [Policy.Shadowed] and [Policy.Redundant], for the
// cost of one.
func (p *Policy) Dead() (shadowed, redundant []int, err error) {
	var found vitals
	err = p.ask(p.headStart(), func(m *meter) bool {
		return p.slicedVitals(&searcher{meter: m}, &found)
	}, func(m *meter) bool {
		return p.canonicalVitals(m, &found)
	})
	if err != nil {
		return nil, nil, fmt.Errorf("looking for dead rules: %w", err)
	}
	for i := range p.rules {
		if !found.fired.has(i) {
			shadowed = append(shadowed, i)
		}
		if !found.vital.has(i) {
			redundant = append(redundant, i)
		}
	}
	return shadowed, redundant, nil
}

// headStart is a bound from below on the work of the canonical method on a
// question about all packets: it looks at every column once.
func (p *Policy) headStart() int64 {
	n := int64(0)
	for _, rs := range p.sets {
		n += int64(rs.s.n) * int64(rs.t.n) * int64(columnWork(wordsFor(len(rs.rules))))
	}
	return n + minHeadStart
}

// vitals says which rules decide some packet, and which of them decide one
// that would fare differently without them.
type vitals struct{ fired, vital bitmap }

func (p *Policy) slicedVitals(s *searcher, out *vitals) bool {
	v := vitals{newBitmap(len(p.rules)), newBitmap(len(p.rules))}
	for _, rs := range p.sets {
		if !rs.sample(s, &v) || !rs.searchVital(s, &v, p.patience) {
			return false
		}
	}
	*out = v
	return true
}

// note adds what one packet shows: the first two rules that match it.
func (rs *ruleset) note(v *vitals, first, second int) {
	if first == NoRule {
		return
	}
	v.fired.set(first)
	if rs.rules[first].permit != (second != NoRule && rs.rules[second].permit) {
		v.vital.set(first)
	}
}

// samples is how many packets of a rule are tried: first along the diagonal of
// its box, then scattered over it.
const (
	diagonal = 6
	samples  = 12
)

// sample tries packets of every rule. In real policies that settles most.
func (rs *ruleset) sample(m *searcher, v *vitals) bool {
	rows := rs.rows()
	for i := range rs.rules {
		r := &rs.rules[i]
		if r.void || v.vital.has(i) {
			continue
		}
		s, d, t := r.s.first(), r.d.first(), r.t.first()
		random := uint64(i)*0x9e3779b97f4a7c15 + 1
		for k := 0; k < samples && !v.vital.has(i); k++ {
			first, second := rows.firstTwo(s, d, t)
			rs.note(v, first, second)
			if k < diagonal {
				s, d, t = r.s.after(s), r.d.after(d), r.t.after(t)
				continue
			}
			random = random*6364136223846793005 + 1442695040888963407
			s = r.s.after(int(random >> 40 % uint64(len(r.s)<<6)))
			d = r.d.after(int(random >> 24 % uint64(len(r.d)<<6)))
			t = r.t.after(int(random >> 8 % uint64(len(r.t)<<6)))
		}
		if !m.spend(rows.words) {
			return false
		}
	}
	return true
}
