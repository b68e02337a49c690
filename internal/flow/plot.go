package flow

import (
	"slices"
	"sync"
	"sync/atomic"
)

// plot is the ground of the family of T. Without an overlay the cut names the
// classes; with one it names the combinations of explicit sets, which together
// with the index underneath make the classes.
type plot[T place[T]] struct {
	cut[T]
	names     []string // opaque points, sorted
	nameClass []int32
	over      *overlay[T]
	flattened func() ground   // the plot without its overlay
	lows      func() []low[T] // by class, the lowest addresses
	numeric   func() bitmap   // the classes with numeric addresses
	byClass   func() *classSpans[T]
	walked    atomic.Int64 // steps in search of addresses
}

func newPlot[T place[T]](c cut[T], names []string, nameClass []int32, over *overlay[T]) *plot[T] {
	g := &plot[T]{cut: c, names: names, nameClass: nameClass, over: over}
	g.flattened = sync.OnceValue(func() ground { return g.withoutOverlay() })
	g.lows = sync.OnceValue(g.findLows)
	g.numeric = sync.OnceValue(g.findNumeric)
	g.byClass = sync.OnceValue(g.spansByClass)
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
	g.each(c.append)
	return newPlot(c, g.names, g.nameClass, nil)
}

func (g *plot[T]) segments() int { return len(g.starts) + len(g.names) }

// each calls f with the start and the class of the pieces that make up the
// field, in ascending order. Neighbours can be of one class.
func (g *plot[T]) each(f func(start T, class int32)) {
	if g.over == nil {
		for i, start := range g.starts {
			f(start, g.class[i])
		}
		return
	}
	for i, start := range g.starts {
		first, last, _ := g.over.segments(i)
		f(start, g.over.classOf(g.over.under.class[first], g.class[i]))
		for j := first + 1; j <= last; j++ {
			f(g.over.under.starts[j], g.over.classOf(g.over.under.class[j], g.class[i]))
		}
	}
}

// nextPiece moves on to the next start in either of two cuts.
func nextPiece[T point[T]](a, b []T, i, j int) (int, int, bool) {
	switch moreA, moreB := i+1 < len(a), j+1 < len(b); {
	case !moreA && !moreB:
		return i, j, false
	case !moreB:
		return i + 1, j, true
	case !moreA:
		return i, j + 1, true
	}
	order := a[i+1].compare(b[j+1])
	if order <= 0 {
		i++
	}
	if order >= 0 {
		j++
	}
	return i, j, true
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
		return g.classOfName(a.name)
	}
	x := zero.from(a.ip)
	class := g.class[g.find(x)]
	if g.over != nil {
		class = g.over.classOf(g.over.under.class[g.over.under.find(x)], class)
	}
	return class
}

func (g *plot[T]) classOfName(name string) int32 {
	if i, found := slices.BinarySearch(g.names, name); found {
		return g.nameClass[i]
	}
	return 0
}

func (g *plot[T]) touch(b bitmap, s AddressSet) {
	var zero T
	for _, r := range zero.spansIn(s.get()) {
		if least := g.starts[0]; r.lo == least && r.hi == least.pred() {
			b.add(g.numeric())
			continue
		}
		g.touchSpan(b, r)
	}
	for _, name := range s.get().names[zero.family().index()] {
		b.set(int(g.classOfName(name)))
	}
}

// touchSpan adds the classes of the pieces of a span: a walk without what a walk
// tells of each piece.
func (g *plot[T]) touchSpan(b bitmap, r span[T]) {
	from, to := g.find(r.lo), g.find(r.hi)
	if g.over == nil {
		for _, class := range g.class[from : to+1] {
			b.set(int(class))
		}
		return
	}
	o := g.over
	lowest, highest := int32(o.under.find(r.lo)), int32(o.under.find(r.hi))
	for i := from; i <= to; i++ {
		first, last, _ := o.segments(i)
		for _, class := range o.under.class[max(first, lowest) : min(last, highest)+1] {
			b.set(int(o.classOf(class, g.class[i])))
		}
	}
}

// findNumeric returns the classes with numeric addresses.
func (g *plot[T]) findNumeric() bitmap {
	lows := g.lows()
	b := newBitmap(len(lows))
	for class := range lows {
		if lows[class].isAny {
			b.set(class)
		}
	}
	return b
}

func (g *plot[T]) set(b bitmap, within *AddressSet) AddressSet {
	var zero T
	names, frame := g.names, []span[T](nil)
	if within != nil {
		frame = zero.spansIn(within.get())
		// Class 0 has points that are nowhere on the ground.
		names = within.get().names[zero.family().index()]
	} else {
		least := g.starts[0]
		frame = []span[T]{{least, least.pred()}}
	}
	var kept []string
	for _, name := range names {
		if b.has(int(g.classOfName(name))) {
			kept = append(kept, name)
		}
	}
	return zero.set(slices.Clip(g.spansOf(b, frame)), kept)
}

// spansOf returns the addresses of the classes in b within the frame.
func (g *plot[T]) spansOf(b bitmap, frame []span[T]) []span[T] {
	if len(frame) == 0 {
		return nil
	}
	// To sort a piece takes as long as many steps over the field.
	most := (len(frame) + g.piecesIn(span[T]{frame[0].lo, frame[len(frame)-1].hi})) / 32
	if spans, few := g.byClass().gather(b, true, most); few {
		return intersect(spans, frame)
	}
	if others, few := g.byClass().gather(b, false, most); few {
		return minus(frame, others)
	}
	return g.flat().(*plot[T]).cut.within(b, frame)
}
