package flow

import (
	"slices"
	"sync"
)

// axis is the source or the destination of one family, cut into classes: two
// addresses are in one class exactly if the same of the sets by which the axis
// was cut hold them. Class 0 is the addresses in none of the sets; it may be
// empty, the others are not. An axis never changes.
type axis struct {
	n  int      // classes, numbered from 0
	of []bitmap // by set: its classes
	ground
	weights
}

// ground is the geometry of an axis: which addresses its classes are.
type ground interface {
	// classOf returns the class of an address.
	classOf(Address) int32
	// touch adds to b the classes of which s holds an address.
	touch(b bitmap, s AddressSet)
	// set returns the addresses of the classes in b; only those of within
	// unless that is nil.
	set(b bitmap, within *AddressSet) AddressSet
	// natural returns the preferred address of the classes in b, or false if
	// there is none; only addresses of within count unless that is nil. The
	// rank orders choices: the lower is preferred.
	natural(b bitmap, within *AddressSet, want []AddressSet) (a Address, rank int, ok bool)
	// measure returns the number of addresses of each of n classes.
	measure(n int) []Count
	// flat returns the same ground without a tag index under it.
	flat() ground
	// meet returns the ground cut by both, where pair names the class of values
	// of class a here and b there. The other is of the same family; both are flat.
	meet(other ground, pair func(a, b int32) int32) ground
	// rename returns the flat ground with other names for the classes; to is
	// called with classes in the order of their addresses.
	rename(to func(class int32) int32) ground
	// equal reports whether a flat ground of the same family has the same
	// classes under the same numbers.
	equal(other ground) bool
	// segments returns the number of pieces of which the classes consist.
	segments() int
}

// weights are the sizes of classes, computed when first asked for.
type weights struct {
	once sync.Once
	size []Count
	fits bool // every size and their sum fit into 64 bits
}

// weigh returns the number of addresses in the classes of b, of which the
// first word is word from of a bitmap of the axis.
func (x *axis) weigh(b bitmap, from int) Count {
	x.once.Do(func() {
		x.size = x.measure(x.n)
		var sum Count
		for _, n := range x.size {
			sum = sum.Add(n)
		}
		_, x.fits = sum.Uint64()
	})
	if x.fits {
		var sum uint64
		b.all(func(class int) bool {
			sum += x.size[from<<6+class].w[0]
			return true
		})
		return CountOf(sum)
	}
	var sum Count
	b.all(func(class int) bool {
		sum = sum.Add(x.size[from<<6+class])
		return true
	})
	return sum
}

// plot is the ground of the family of T. Without an overlay the cut names the
// classes; with one it names the combinations of explicit sets, which together
// with the index underneath make the classes.
type plot[T place[T]] struct {
	cut[T]
	names     []string // opaque points, sorted
	nameClass []int32
	over      *overlay[T]
	flattened func() ground // the plot without its overlay
}

func newPlot[T place[T]](c cut[T], names []string, nameClass []int32, over *overlay[T]) *plot[T] {
	g := &plot[T]{cut: c, names: names, nameClass: nameClass, over: over}
	g.flattened = sync.OnceValue(func() ground { return g.withoutOverlay() })
	return g
}

func (g *plot[T]) flat() ground {
	if g.over == nil {
		return g
	}
	return g.flattened()
}

func (g *plot[T]) withoutOverlay() *plot[T] {
	var c cut[T]
	g.walk(g.starts[0], g.starts[0].pred(), func(lo, _ T, class int32) bool {
		c.append(lo, class)
		return true
	})
	return newPlot(c, g.names, g.nameClass, nil)
}

func (g *plot[T]) segments() int { return len(g.starts) + len(g.names) }

// walk calls f with the pieces of one class that make up the range from lo to
// hi, in ascending order; f returns false to stop. It returns false if stopped.
func (g *plot[T]) walk(lo, hi T, f func(lo, hi T, class int32) bool) bool {
	i, j := g.find(lo), 0
	if g.over != nil {
		j = g.over.under.find(lo)
	}
	for {
		end, class := g.last(i), g.class[i]
		if g.over != nil {
			end = least(end, g.over.under.last(j))
			class = g.over.classOf(g.over.under.class[j], class)
		}
		stop := hi.compare(end) <= 0
		if !f(lo, least(end, hi), class) {
			return false
		}
		if stop {
			return true
		}
		if g.last(i) == end {
			i++
		}
		if g.over != nil && g.over.under.last(j) == end {
			j++
		}
		lo = end.succ()
	}
}

func least[T point[T]](a, b T) T {
	if a.compare(b) <= 0 {
		return a
	}
	return b
}

func (g *plot[T]) classOf(a Address) int32 {
	var zero T
	if a.family != zero.family() {
		return 0
	}
	if a.IsOpaque() {
		if i, found := slices.BinarySearch(g.names, a.name); found {
			return g.nameClass[i]
		}
		return 0
	}
	x := zero.from(a.ip)
	class := g.class[g.find(x)]
	if g.over != nil {
		class = g.over.classOf(g.over.under.class[g.over.under.find(x)], class)
	}
	return class
}

func (g *plot[T]) touch(b bitmap, s AddressSet) {
	var zero T
	for _, r := range zero.spansIn(s.get()) {
		g.walk(r.lo, r.hi, func(_, _ T, class int32) bool {
			b.set(int(class))
			return true
		})
	}
	for _, name := range s.get().names[zero.family().index()] {
		b.set(int(g.classOf(OpaqueAddress(name, zero.family()))))
	}
}

func (g *plot[T]) set(b bitmap, within *AddressSet) AddressSet {
	var zero T
	var spans []span[T]
	g.framed(within, nil, func(r span[T], _ bool) bool {
		return g.walk(r.lo, r.hi, func(lo, hi T, class int32) bool {
			if b.has(int(class)) {
				spans = appendSpan(spans, span[T]{lo, hi})
			}
			return true
		})
	})
	all := g.names
	if within != nil { // class 0 has names that are nowhere on the ground
		all = within.get().names[zero.family().index()]
	}
	var names []string
	for _, name := range all {
		if b.has(int(g.classOf(OpaqueAddress(name, zero.family())))) {
			names = append(names, name)
		}
	}
	return zero.set(slices.Clip(spans), names)
}

func (g *plot[T]) measure(n int) []Count {
	size := make([]Count, n)
	g.walk(g.starts[0], g.starts[0].pred(), func(lo, hi T, class int32) bool {
		size[class] = size[class].Add(lo.width(hi))
		return true
	})
	for _, class := range g.nameClass {
		size[class] = size[class].Add(CountOf(1))
	}
	return size
}

func (g *plot[T]) natural(b bitmap, within *AddressSet, want []AddressSet) (Address, int, bool) {
	for i, frame := range want {
		if a, rank, ok := g.naturalIn(b, within, &frame); ok {
			return a, i*4 + rank, true
		}
	}
	a, rank, ok := g.naturalIn(b, within, nil)
	return a, len(want)*4 + rank, ok
}

// naturalIn returns the preferred address of the classes in b that is in the
// frame, if there is one, by the rules of likelyHost.
func (g *plot[T]) naturalIn(b bitmap, within, frame *AddressSet) (Address, int, bool) {
	var zero, best T
	found := false
	look := func(r span[T], few bool) bool { // returns false when settled
		return g.walk(r.lo, r.hi, func(lo, hi T, class int32) bool {
			if !b.has(int(class)) {
				return true
			}
			if !found || few {
				best, found = lo, true
			}
			if few {
				return false
			}
			x := lo.nextHost()
			if x.compare(lo) >= 0 && x.compare(hi) <= 0 {
				best = x
				return false
			}
			return true
		})
	}
	g.framed(within, frame, look)
	f := zero.family().index()
	if found {
		return AddressOf(best.addr()), f, true
	}
	for i, name := range g.names {
		a := OpaqueAddress(name, families[f])
		if b.has(int(g.nameClass[i])) && (within == nil || within.Contains(a)) && (frame == nil || frame.Contains(a)) {
			return a, 2 + f, true
		}
	}
	return g.unnamed(b, within, frame)
}

// unnamed returns the first opaque point of within that no set of the axis
// holds: it is in class 0 without a place on the ground.
func (g *plot[T]) unnamed(b bitmap, within, frame *AddressSet) (Address, int, bool) {
	var zero T
	f := zero.family().index()
	if b.has(0) && within != nil {
		for _, name := range within.get().names[f] {
			a := OpaqueAddress(name, families[f])
			if g.classOf(a) == 0 && (frame == nil || frame.Contains(a)) {
				return a, 2 + f, true
			}
		}
	}
	return Address{}, 0, false
}

// framed calls f with the ranges of the frame that are in within, and whether
// the frame's own range is of few addresses, until f returns false.
func (g *plot[T]) framed(within, frame *AddressSet, f func(r span[T], few bool) bool) {
	var zero T
	ranges := []span[T]{{g.starts[0], g.starts[0].pred()}}
	if within != nil {
		ranges = zero.spansIn(within.get())
	}
	if frame == nil {
		for _, r := range ranges {
			if !f(r, false) {
				return
			}
		}
		return
	}
	frames := zero.spansIn(frame.get())
	if !sameList(frames, ranges) {
		ranges = intersect(frames, ranges)
	}
	for _, r := range ranges {
		for frames[0].hi.compare(r.lo) < 0 {
			frames = frames[1:]
		}
		if !f(r, frames[0].lo.few(frames[0].hi)) {
			return
		}
	}
}
