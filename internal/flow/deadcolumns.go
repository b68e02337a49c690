package flow

import "math/bits"

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
		row := s.t.row(class)
		if row.in(s.v.vital) {
			return true
		}
		sources.all(func(source int) bool {
			open := uint64(0)
			for i, w := range s.s.row(source)[:len(list)] {
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
