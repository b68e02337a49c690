package flow

import (
	"fmt"
	"math/bits"
)

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
		if !rs.sample(s, &v) || !rs.searchVital(s, &v) {
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
	diagonal = 16
	samples  = 64
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

// searchVital decides the rules that samples left open, one by one.
func (rs *ruleset) searchVital(s *searcher, v *vitals) bool {
	var x *ruleIndex
	overlapping := newBitmap(len(rs.rules))
	for i := range rs.rules {
		r := &rs.rules[i]
		if r.void || v.vital.has(i) {
			continue
		}
		if x == nil {
			x = rs.index()
		}
		x.overlapping(r, overlapping)
		// Without a later permit in reach, a deny says what the end says.
		otherwise := r.permit
		for j := overlapping.after(i); j > i && !otherwise; j = overlapping.after(j) {
			otherwise = rs.rules[j].permit
		}
		if !otherwise && v.fired.has(i) {
			continue
		}
		w := r.window()
		f := finder{searcher: s, permit: r.permit, firedOnly: !otherwise}
		f.arrange(rs, x, i, overlapping, &w)
		if !f.find(w.of(&r.box), 0) {
			return false
		}
		if f.fired {
			v.fired.set(i)
		}
		if f.vital {
			v.vital.set(i)
		}
	}
	return true
}

// finder looks in a rule's box, depth first, for a packet that the rule
// decides and that the next matching rule would decide otherwise. It stops at
// the first.
type finder struct {
	*searcher
	others    []lifted // overlapping rules: the earlier, broad first, then the later in order
	earlier   int      // how many of them are earlier
	permit    bool     // what the rule does
	firedOnly bool     // look only for a packet that the rule decides
	fired     bool
	vital     bool
	settled   bool
}

func (f *finder) arrange(rs *ruleset, x *ruleIndex, rule int, overlapping bitmap, w *window) {
	add := func(i int) {
		r := &rs.rules[i]
		f.others = append(f.others, lifted{box: w.of(&r.box), permit: r.permit})
	}
	for _, i := range x.broad { // of earlier rules the order does not matter
		if int(i) < rule && overlapping.has(int(i)) {
			add(int(i))
		}
	}
	f.earlier = len(f.others)
	if f.firedOnly {
		return
	}
	for i := overlapping.after(rule); i > rule; i = overlapping.after(i) {
		add(i)
	}
}

// find searches box b, from which the first k of the others are taken away. It
// returns false if the meter ran out.
func (f *finder) find(b box, k int) bool {
	for {
		if k >= f.earlier {
			f.fired = true
			if f.firedOnly {
				f.settled = true
				return true
			}
		}
		if k >= len(f.others) {
			f.vital = f.permit // nothing else matches: the end denies
			f.settled = f.vital
			return true
		}
		r := &f.others[k]
		k++
		if !f.spend(boxWork(&b)) {
			return false
		}
		if !b.meets(&r.box) {
			continue
		}
		if k > f.earlier && r.permit != f.permit {
			f.vital, f.settled = true, true
			return true
		}
		mark := f.mark()
		if rest, ok := f.minus(b.d, r.d); ok {
			if !f.find(box{b.s, rest, b.t}, k) || f.settled {
				return f.settled
			}
			f.release(mark)
			b.d = f.and(b.d, r.d)
		}
		mark = f.mark()
		if rest, ok := f.minus(b.s, r.s); ok {
			if !f.find(box{rest, b.d, b.t}, k) || f.settled {
				return f.settled
			}
			f.release(mark)
			b.s = f.and(b.s, r.s)
		}
		rest, ok := f.minus(b.t, r.t)
		if !ok {
			return true
		}
		b.t = rest
	}
}

// canonicalVitals goes through the columns; those whose rules are all known to
// be vital are passed over.
func (p *Policy) canonicalVitals(m *meter, out *vitals) bool {
	v := vitals{newBitmap(len(p.rules)), newBitmap(len(p.rules))}
	for _, rs := range p.sets {
		scan := &vitalScan{columns: rs.newColumns(m), v: &v}
		if !scan.run() {
			return false
		}
	}
	*out = v
	return true
}

// full returns the bitmap of n classes, without class 0, which no rule holds.
func full(n int) bitmap {
	b := newBitmap(n)
	for i := 1; i < n; i++ {
		b.set(i)
	}
	return b
}

// vitalScan looks for vital rules in columns.
type vitalScan struct {
	*columns
	v     *vitals
	open  []openHit // what rules decided that no later rule has matched yet
	found []word    // of all open hits
}

// openHit is destinations that a rule decides, found[from:to] of a scan.
type openHit struct{ rule, from, to int }

func (s *vitalScan) run() bool {
	zone, sources := full(s.rs.d.n), full(s.rs.s.n)
	list := make(bitmap, s.words)
	ok := true
	full(s.rs.t.n).all(func(class int) bool {
		row := s.t[class]
		if row.in(s.v.vital) {
			return true
		}
		sources.all(func(source int) bool {
			open := uint64(0)
			for i, w := range s.s[source][:len(list)] {
				list[i] = w & row[i]
				open |= list[i] &^ s.v.vital[i]
			}
			if open == 0 {
				ok = s.spend(2*len(list) + 4)
				return ok
			}
			_, added := s.lists.number(list)
			ok = s.spend(columnWork(len(list))) && (!added || s.fits(len(s.lists.keys)) && s.column(list, zone))
			return ok
		})
		return ok
	})
	return ok
}

// column looks at the packets of a column with that list of rules.
func (s *vitalScan) column(list, zone bitmap) bool {
	rs := s.rs
	last := -1 // the last rule about which something is open
	for i := len(list) - 1; i >= 0 && last < 0; i-- {
		if w := list[i] &^ s.v.vital[i]; w != 0 {
			last = i<<6 + bits.Len64(w) - 1
		}
	}
	if last < 0 {
		return true
	}
	s.open, s.found = s.open[:0], s.found[:0]
	left := append(s.left[:0], zone...)
	s.left = left
	undecided := zone.nonzero()
	for at, w := range list {
		for ; w != 0; w &= w - 1 {
			rule := at<<6 + bits.TrailingZeros64(w)
			r := &rs.rules[rule]
			if !s.meetOpen(r) || !s.spend(len(s.sparse[rule])) {
				return false
			}
			from := len(s.found)
			for _, d := range s.sparse[rule] {
				if hit := left[d.at] & d.bits; hit != 0 {
					if left[d.at] &^= hit; left[d.at] == 0 {
						undecided--
					}
					s.found = append(s.found, word{d.at, hit})
				}
			}
			if to := len(s.found); to > from {
				s.v.fired.set(rule)
				if !s.v.vital.has(rule) {
					s.open = append(s.open, openHit{rule, from, to})
				}
			}
			if len(s.open) == 0 && (undecided == 0 || rule >= last) {
				return true
			}
		}
	}
	for _, o := range s.open { // nothing else matches: the end denies
		if rs.rules[o.rule].permit {
			s.v.vital.set(o.rule)
		}
	}
	return true
}

// meetOpen lets the next rule of a column match the open hits.
func (s *vitalScan) meetOpen(r *lifted) bool {
	kept := s.open[:0]
	work := 0
	for _, o := range s.open {
		var met uint64
		to := o.from
		for _, h := range s.found[o.from:o.to] {
			d := r.d[h.at]
			met |= h.bits & d
			if h.bits &^= d; h.bits != 0 {
				s.found[to] = h
				to++
			}
		}
		work += o.to - o.from
		o.to = to
		if met != 0 && s.rs.rules[o.rule].permit != r.permit {
			s.v.vital.set(o.rule)
			continue
		}
		if o.to > o.from {
			kept = append(kept, o)
		}
	}
	s.open = kept
	return s.spend(work)
}
