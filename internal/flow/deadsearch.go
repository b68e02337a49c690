package flow

import "math"

// searchVital decides the rules that samples left open, one by one.
func (rs *ruleset) searchVital(s *searcher, v *vitals, patience int) bool {
	var open []int32
	for i := range rs.rules {
		if !rs.rules[i].void && !v.vital.has(i) {
			open = append(open, int32(i))
		}
	}
	if len(open) == 0 {
		return true
	}
	meets := rs.meetingSome(open)
	f := finder{searcher: s, ruleset: rs, breadth: rs.breadth(), tireless: patience}
	for k, i := range open {
		i, r := int(i), &rs.rules[i]
		f.overlapping = meets[k]
		f.rule = i
		// Without a later permit in reach, a deny says what the end says.
		useless := !r.permit && !f.overlapping.meetsAfter(f.permits, i)
		if useless && v.fired.has(i) || f.covered() {
			continue
		}
		if !f.decideRule(useless) {
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

// finder looks for packets that settle whether a rule is of any use.
type finder struct {
	*searcher
	*ruleset
	*breadth
	rule        int
	overlapping bitmap // the rules that meet it
	fired       bool   // it decides a packet
	vital       bool   // it decides one that the next matching rule would decide otherwise

	order    []int32  // their numbers, as far as they come first
	others   []lifted // rules to take away from its box, as seen through the window
	earlier  int      // how many of them come first; they are in any order, the rest in theirs
	settled  bool     // a packet was found
	tireless int      // work for one rule until tired
	patience int      // what is left of it
}

// defaultPatience is the work for one rule before the search goes over from one
// walk down the list to a search for each later rule.
const defaultPatience = 1 << 16

// covered reports whether a single earlier rule matches all that the rule does.
func (f *finder) covered() bool {
	r := &f.rules[f.rule]
	covered := false
	f.overlapping.all(func(i int) bool {
		o := &f.rules[i]
		covered = i < f.rule && r.t.in(o.t) && r.s.in(o.s) && r.d.in(o.d)
		return i < f.rule && !covered
	})
	return covered
}

// decideRule finds out whether the rule fires and whether it is vital, or only
// whether it fires. It returns false if the meter ran out.
func (f *finder) decideRule(onlyFired bool) bool {
	f.fired, f.vital = false, false
	r := &f.rules[f.rule]
	w := r.window()
	all := w.of(&r.box)
	if onlyFired {
		return f.findAny(&all, &w, f.rule, &f.fired)
	}
	// One walk: away with what earlier rules match, then down the later rules
	// until one does the opposite.
	f.arrange(&w, f.rule)
	for i := f.overlapping.after(f.rule); i > f.rule; i = f.overlapping.after(i) {
		f.add(i, &w)
	}
	f.settled, f.patience = false, f.tireless
	if f.find(all, 0) {
		f.vital = f.settled
		return true
	}
	if f.patience >= 0 {
		return false
	}
	return f.findTargets(&all, &w)
}

// findTargets asks of every later rule that does the opposite, and of the end,
// whether it would decide a packet in the rule's place. All rules before it can
// be taken away in any order then, broad ones first, whatever they do.
func (f *finder) findTargets(all *box, w *window) bool {
	if !f.fired {
		if ok := f.findAny(all, w, f.rule, &f.fired); !ok || !f.fired {
			return ok
		}
	}
	permit := f.rules[f.rule].permit
	for i := f.overlapping.after(f.rule); i > f.rule && !f.vital; i = f.overlapping.after(i) {
		if f.rules[i].permit == permit {
			continue
		}
		b := w.of(&f.rules[i].box)
		if b = f.andBox(all, &b); !f.findAny(&b, w, i, &f.vital) {
			return false
		}
	}
	return !permit || f.vital || f.findAny(all, w, len(f.rules), &f.vital)
}

// findAny finds out whether a part of the rule's box holds a packet that none
// of the others before a place matches. It returns false if the meter ran out.
func (f *finder) findAny(b *box, w *window, before int, found *bool) bool {
	f.arrange(w, before)
	f.settled, f.patience = false, math.MaxInt
	fired := f.fired
	ok := f.find(*b, 0)
	f.fired = fired
	*found = f.settled
	return ok
}

// arrange makes the list of the others before a place, broad ones first.
func (f *finder) arrange(w *window, before int) {
	f.others = f.others[:0]
	f.order = f.broadBefore(before, f.overlapping, f.order[:0])
	for _, i := range f.order {
		if int(i) != f.rule {
			f.add(int(i), w)
		}
	}
	f.earlier = len(f.others)
}

func (f *finder) add(i int, w *window) {
	r := &f.rules[i]
	f.others = append(f.others, lifted{box: w.of(&r.box), permit: r.permit})
}

// find searches box b, from which the first k of the others are taken away,
// depth first. Past the earlier ones it looks for a rule that does the
// opposite, or for the end if that does; if there are only earlier ones, for
// anything left. It stops at the first packet found. It returns false if the
// meter or the patience ran out.
func (f *finder) find(b box, k int) bool {
	work := boxWork(&b)
	for {
		if k >= f.earlier {
			f.fired = true
		}
		if k >= len(f.others) {
			f.settled = k == f.earlier || f.rules[f.rule].permit
			return true
		}
		r := &f.others[k]
		k++
		if f.patience -= work; f.patience < 0 || !f.spend(work) {
			return false
		}
		if !b.meets(&r.box) {
			continue
		}
		if k > f.earlier && r.permit != f.rules[f.rule].permit {
			f.settled = true
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
