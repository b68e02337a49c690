package flow

func (g *plot[T]) measure(n int) []Count {
	size := make([]Count, n)
	if g.over == nil {
		measureCut(&g.cut, size)
	} else {
		g.measureOver(size)
	}
	for _, class := range g.nameClass {
		size[class] = size[class].Add(CountOf(1))
	}
	return size
}

// measureOver gives what lies under each block of the index to its class over the
// background, and moves what other combinations cover to theirs: the pieces over
// the background, which are most, are not looked at.
func (g *plot[T]) measureOver(size []Count) {
	o := g.over
	var zero T
	rest := zero.through(zero.pred())
	sizes := o.sizes()
	for class, block := range o.block {
		if block == 0 { // most
			continue
		}
		rest = rest.Sub(sizes[class])
		if to := o.behind[block]; to >= 0 {
			size[to] = size[to].Add(sizes[class])
		}
	}
	if to := o.behind[0]; to >= 0 {
		size[to] = size[to].Add(rest)
	}
	for i, combination := range g.class {
		if combination == o.background {
			continue
		}
		first, last, _ := o.segments(i)
		lo, end := g.starts[i], g.last(i)
		for j := first; j <= last; j++ {
			hi := least(end, o.under.last(int(j)))
			n, under := lo.through(hi), o.under.class[j]
			to := o.classOf(under, combination)
			size[to] = size[to].Add(n)
			if from := o.behind[o.block[under]]; from >= 0 {
				size[from] = size[from].Sub(n)
			}
			lo = hi.succ()
		}
	}
}

// measureCut adds to size, by class, the number of addresses.
func measureCut[T place[T]](c *cut[T], size []Count) {
	if c, short := any(c).(*cut[ip4]); short { // without the cost of long numbers
		sum := make([]uint64, len(size))
		for i, class := range c.class {
			sum[class] += uint64(c.last(i)-c.starts[i]) + 1
		}
		for class, n := range sum {
			size[class] = size[class].Add(CountOf(n))
		}
		return
	}
	for i, class := range c.class {
		size[class] = size[class].Add(c.starts[i].through(c.last(i)))
	}
}
