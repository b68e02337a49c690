package flow

// sliced walks both lists at once over the packets that a differing rule
// matches; no others can differ. What a common rule matches is decided alike
// and dropped as long as neither list has decided.
func (c *comparison) sliced(m *meter, out *changes) bool {
	own := changes{}
	for f, rs := range c.a.sets {
		s := &searcher{meter: m}
		delta := c.differing(f)
		for i := range delta {
			w := delta[i].window()
			left := []box{w.of(&delta[i])}
			for j := 0; j < i && len(left) > 0; j++ { // each packet once
				b := w.of(&delta[j])
				if !s.subtractAll(&left, &b) {
					return false
				}
			}
			walk := &pairWalk{searcher: s, out: map[[2]int][]box{}}
			walk.arrange(c, f, &w, left)
			for _, b := range left {
				if !walk.both(b, 0) {
					return false
				}
			}
			for pair, boxes := range walk.out {
				own[pair] = append(own[pair], regionPart{rs.plane, w, boxes})
			}
		}
	}
	*out = own
	return true
}

// pairWalk follows pieces down two aligned lists.
type pairWalk struct {
	*searcher
	a, b []walkRule // same length
	out  map[[2]int][]box
}

// walkRule is a rule as seen through a window.
type walkRule struct {
	lifted
	index int
	same  bool // the other list has the same rule in this place
}

// arrange picks the places where a rule of either list meets one of the boxes.
func (x *pairWalk) arrange(c *comparison, family int, w *window, boxes []box) {
	if len(boxes) == 0 {
		return
	}
	all := box{newBitmap(64 * len(boxes[0].s)), newBitmap(64 * len(boxes[0].d)), newBitmap(64 * len(boxes[0].t))}
	for _, b := range boxes {
		all.s.add(b.s)
		all.d.add(b.d)
		all.t.add(b.t)
	}
	see := func(r lifted, index int, same bool) walkRule {
		if !r.void {
			r.box = w.of(&r.box)
			r.void = !r.box.meets(&all)
		}
		return walkRule{r, index, same}
	}
	for _, pair := range c.pairs {
		a := see(c.a.sets[family].rule(pair.a), pair.a, pair.same)
		b := a
		b.index = pair.b
		if !pair.same {
			b = see(c.b.sets[family].rule(pair.b), pair.b, false)
		}
		if !a.void || !b.void {
			x.a, x.b = append(x.a, a), append(x.b, b)
		}
	}
}

func (r *walkRule) meets(b *box) bool { return !r.void && b.meets(&r.box) }

// both follows a piece that no rule before place k has decided in either list.
// It returns false if the meter ran out.
func (x *pairWalk) both(piece box, k int) bool {
	for ; k < len(x.a); k++ {
		a, b := &x.a[k], &x.b[k]
		if !x.spend(boxWork(&piece)) {
			return false
		}
		inA, inB := a.meets(&piece), b.meets(&piece)
		switch {
		case a.same && inA:
			return x.rest(piece, &a.box, func(rest box) bool { return x.both(rest, k+1) })
		case a.same:
		case inA:
			hit := x.andBox(&piece, &a.box)
			if !x.one(hit, x.b, k, a.index, a.permit, false) {
				return false
			}
			return x.rest(piece, &a.box, func(rest box) bool { return x.notA(rest, k) })
		case inB:
			return x.notA(piece, k)
		}
	}
	return true // both lists end here: denied by both
}

// notA follows a piece that meets rule k of the second list perhaps, but not
// rule k of the first.
func (x *pairWalk) notA(piece box, k int) bool {
	b := &x.b[k]
	if !b.meets(&piece) {
		return x.both(piece, k+1)
	}
	hit := x.andBox(&piece, &b.box)
	if !x.one(hit, x.a, k+1, b.index, b.permit, true) {
		return false
	}
	return x.rest(piece, &b.box, func(rest box) bool { return x.both(rest, k+1) })
}

// rest calls f with the parts of the piece outside of b.
func (x *pairWalk) rest(piece box, b *box, f func(box) bool) bool {
	for _, rest := range x.subtract(nil, piece, b) {
		if !f(rest) {
			return false
		}
	}
	return true
}

// one follows a piece from place k of the other list on. The rule decided it
// in the one list with that permission; fromSecond says that this is the
// second.
func (x *pairWalk) one(piece box, list []walkRule, k, rule int, permit, fromSecond bool) bool {
	pieces := []box{piece}
	for ; k < len(list) && len(pieces) > 0; k++ {
		r := &list[k]
		if r.void {
			continue
		}
		if r.permit != permit {
			for i := range pieces {
				if pieces[i].meets(&r.box) {
					x.put(x.andBox(&pieces[i], &r.box), rule, r.index, fromSecond)
				}
			}
		}
		if !x.subtractAll(&pieces, &r.box) {
			return false
		}
	}
	if permit { // the other list ends: denied there
		for _, b := range pieces {
			x.put(b, rule, NoRule, fromSecond)
		}
	}
	return x.fits(x.kept)
}

func (x *pairWalk) put(b box, rule, other int, fromSecond bool) {
	pair := [2]int{rule, other}
	if fromSecond {
		pair = [2]int{other, rule}
	}
	x.out[pair] = append(x.out[pair], x.keep(b))
}
