package flow

// tally is a number of addresses for each of some classes.
type tally struct {
	short []uint64 // of IPv4, where 64 bits are plenty
	long  []Count  // of IPv6
}

func newTally(f Family, classes int) tally {
	if f == IPv4 {
		return tally{short: make([]uint64, classes, wordsFor(classes)<<6)}
	}
	return tally{long: make([]Count, classes)}
}

// addCut adds the sizes of the segments of a cut.
func addCut[T place[T]](t *tally, c *cut[T]) {
	for i, class := range c.class {
		c.starts[i].addTo(t, class, c.last(i))
	}
}

func (g *plot[T]) measure(n int) tally {
	var zero T
	t := newTally(zero.family(), n)
	if g.over == nil {
		addCut(&t, &g.cut)
	} else {
		g.measureOver(&t)
	}
	for _, class := range g.nameClass { // a point counts as one
		zero.addTo(&t, class, zero)
	}
	return t
}

// measureOver gives all of the index to the classes over the background, and moves
// what other combinations cover to theirs: the pieces over the background, which
// are most, are not looked at.
func (g *plot[T]) measureOver(t *tally) {
	o := g.over
	under := o.sizes()
	for class, n := range under.short {
		if to := o.behind[o.block[class]]; to >= 0 {
			t.short[to] += n
		}
	}
	for class, n := range under.long {
		if to := o.behind[o.block[class]]; to >= 0 {
			t.long[to] = t.long[to].Add(n)
		}
	}
	for i, combination := range g.class {
		if combination == o.background {
			continue
		}
		first, last, _ := o.segments(i)
		lo, end := g.starts[i], g.last(i)
		for j := first; j <= last; j++ {
			hi := end
			if j < last {
				hi = o.under.last(int(j))
			}
			under := o.under.class[j]
			lo.addTo(t, o.classOf(under, combination), hi)
			if from := o.behind[o.block[under]]; from >= 0 {
				lo.takeFrom(t, from, hi)
			}
			lo = hi.succ()
		}
	}
}
