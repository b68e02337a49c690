package flow

import "math"

// low is the lowest addresses of a set.
type low[T place[T]] struct {
	any, host     T // the lowest, the lowest that looks like a host
	isAny, isHost bool
}

// see takes the addresses from lo to hi into account, all of which are above
// those seen before.
func (l *low[T]) see(lo, hi T) {
	if !l.isAny {
		l.any, l.isAny = lo, true
	}
	if !l.isHost {
		if x := lo.nextHost(); x.compare(lo) >= 0 && x.compare(hi) <= 0 {
			l.host, l.isHost = x, true
		}
	}
}

// join takes the addresses of another set into account.
func (l *low[T]) join(o *low[T]) {
	if o.isAny && (!l.isAny || o.any.compare(l.any) < 0) {
		l.any, l.isAny = o.any, true
	}
	if o.isHost && (!l.isHost || o.host.compare(l.host) < 0) {
		l.host, l.isHost = o.host, true
	}
}

// pick returns the preferred address, or false if there is none.
func (l *low[T]) pick() (T, bool) {
	if l.isHost {
		return l.host, true
	}
	return l.any, l.isAny
}

// lowOf returns the lowest addresses of a list of ranges.
func lowOf[T place[T]](spans []span[T]) *low[T] {
	l := new(low[T])
	for _, r := range spans {
		if l.see(r.lo, r.hi); l.isHost {
			break
		}
	}
	return l
}

// seeAtoms takes the addresses of some atoms into account. Atoms are numbered in the order of
// their first addresses, so that few are looked at.
func (l *low[T]) seeAtoms(x *atomsOf[T], in bitmap) {
	lows := x.lows()
	in.all(func(atom int) bool {
		if atom >= len(lows) { // of opaque points alone, as all that follow
			return false
		}
		if l.isHost && lows[atom].any.compare(l.host) > 0 {
			return false
		}
		l.join(&lows[atom])
		return true
	})
}

// findLows returns by class the lowest addresses.
func (g *plot[T]) findLows() []low[T] {
	var lows []low[T]
	of := func(class int32) *low[T] {
		for int(class) >= len(lows) {
			lows = append(lows, low[T]{})
		}
		return &lows[class]
	}
	for i, combination := range g.class {
		if g.over == nil {
			if l := of(combination); !l.isHost {
				l.see(g.starts[i], g.last(i))
			}
			continue
		}
		first, last, _ := g.over.segments(i)
		for j := first; j <= last; j++ {
			if l := of(g.over.classOf(g.over.under.class[j], combination)); !l.isHost {
				r := g.piece(i, j)
				l.see(r.lo, r.hi)
			}
		}
	}
	return lows
}

// piece returns what segment i has in common with segment j of the index under it.
func (g *plot[T]) piece(i int, j int32) span[T] {
	lo, hi := g.starts[i], least(g.last(i), g.over.under.last(int(j)))
	if under := g.over.under.starts[j]; under.compare(lo) > 0 {
		lo = under
	}
	return span[T]{lo, hi}
}

// seeIn takes the addresses of the classes in b within a span into account, until one
// looks like a host. It returns the number of pieces that it looked at.
func (g *plot[T]) seeIn(l *low[T], b bitmap, within span[T]) (steps int) {
	see := func(piece span[T]) {
		if piece.lo.compare(within.lo) < 0 {
			piece.lo = within.lo
		}
		l.see(piece.lo, least(piece.hi, within.hi))
	}
	from, to := g.find(within.lo), g.find(within.hi)
	if g.over == nil {
		for i := from; i <= to && !l.isHost; i++ {
			if steps++; b.has(int(g.class[i])) {
				see(span[T]{g.starts[i], g.last(i)})
			}
		}
		return steps
	}
	lowest, highest := int32(g.over.under.find(within.lo)), int32(g.over.under.find(within.hi))
	for i := from; i <= to; i++ {
		first, last, _ := g.over.segments(i)
		for j := max(first, lowest); j <= min(last, highest); j++ {
			if steps++; b.has(int(g.over.classOf(g.over.under.class[j], g.class[i]))) {
				if see(g.piece(i, j)); l.isHost {
					return steps
				}
			}
		}
	}
	return steps
}

func (g *plot[T]) natural(b bitmap, within *AddressSet, cut bool, want []AddressSet) (Address, int, bool) {
	for i, frame := range want {
		if within != nil {
			frame = frame.Intersect(*within)
		}
		if a, rank, ok, _ := g.naturalIn(b, frame, math.MaxInt); ok {
			return a, 4*i + rank, true
		}
	}
	rank := 4 * len(want)
	if within != nil {
		steps := math.MaxInt
		if !cut { // then to know the lowest addresses of all classes would do too
			steps = g.pieces() - int(g.walked.Load())
		}
		if a, r, ok, done := g.naturalIn(b, *within, steps); done {
			return a, rank + r, ok
		}
	}
	a, r, ok := g.naturalAnywhere(b)
	return a, rank + r, ok
}

// pieces is about the number of pieces of which the field consists.
func (g *plot[T]) pieces() int {
	n := len(g.starts)
	if g.over != nil {
		n += len(g.over.under.starts)
	}
	return n
}

// naturalAnywhere returns the preferred address of the classes in b. The rank
// is 0 and 1 for a numeric IPv4 and IPv6 address, 2 and 3 for opaque points.
func (g *plot[T]) naturalAnywhere(b bitmap) (Address, int, bool) {
	lows := g.lows()
	var l low[T]
	b.all(func(class int) bool {
		if class < len(lows) { // the others have opaque points alone
			l.join(&lows[class])
		}
		return true
	})
	return g.preferred(&l, b, g.names)
}

// naturalIn is naturalAnywhere for the addresses of the frame. It is not done
// if that takes about so many steps. The steps of all calls are counted.
func (g *plot[T]) naturalIn(b bitmap, frame AddressSet, steps int) (a Address, rank int, ok, done bool) {
	var zero T
	var l low[T]
	left := steps
	for _, r := range zero.spansIn(frame.get()) {
		if left -= g.seeIn(&l, b, r); l.isHost || left < 0 {
			break
		}
	}
	g.walked.Add(int64(steps - left))
	if left < 0 && !l.isHost {
		return Address{}, 0, false, false
	}
	a, rank, ok = g.preferred(&l, b, frame.get().names[zero.family().index()])
	return a, rank, ok, true
}

func (g *plot[T]) preferred(l *low[T], b bitmap, names []string) (Address, int, bool) {
	var zero T
	f := zero.family().index()
	if x, ok := l.pick(); ok {
		return AddressOf(x.addr()), f, true
	}
	for _, name := range names {
		if b.has(int(g.classOfName(name))) {
			return OpaqueAddress(name, zero.family()), 2 + f, true
		}
	}
	return Address{}, 0, false
}
