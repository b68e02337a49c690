package flow

// classSpans are the pieces of a field by class, so that the addresses of few
// classes are found without a walk over the field.
type classSpans[T place[T]] struct {
	first []int32   // class -> its first span; one more for the end
	spans []span[T] // by class, those of a class in ascending order
}

// spansByClass sorts the pieces by class. Neighbours of one class are one piece.
func (g *plot[T]) spansByClass() *classSpans[T] {
	pieces := make([]span[T], 0, g.pieces())
	class := make([]int32, 0, g.pieces())
	most := int32(0)
	g.each(func(start T, of int32) {
		n := len(class)
		if n > 0 && class[n-1] == of {
			return
		}
		if n > 0 {
			pieces[n-1].hi = start.pred()
		}
		pieces, class = append(pieces, span[T]{lo: start}), append(class, of)
		most = max(most, of)
	})
	pieces[len(pieces)-1].hi = g.starts[0].pred()

	x := &classSpans[T]{first: make([]int32, most+2), spans: make([]span[T], len(pieces))}
	for _, of := range class {
		x.first[of+1]++
	}
	for of := range x.first[1:] {
		x.first[of+1] += x.first[of]
	}
	next := append([]int32(nil), x.first...)
	for i, of := range class {
		x.spans[next[of]] = pieces[i]
		next[of]++
	}
	return x
}

// of returns the spans of a class.
func (x *classSpans[T]) of(class int) []span[T] {
	if class+1 >= len(x.first) { // the class has opaque points alone
		return nil
	}
	return x.spans[x.first[class]:x.first[class+1]]
}

// gather returns the spans of the classes in b, or of those not in it, unless
// they are more than most.
func (x *classSpans[T]) gather(b bitmap, in bool, most int) ([]span[T], bool) {
	n := 0
	each := func(f func(class int) bool) { b.all(f) }
	if !in {
		each = func(f func(class int) bool) {
			for class := range len(x.first) - 1 {
				if !b.has(class) && !f(class) {
					return
				}
			}
		}
	}
	each(func(class int) bool {
		n += len(x.of(class))
		return n <= most
	})
	if n > most {
		return nil, false
	}
	out := make([]span[T], 0, n)
	each(func(class int) bool {
		out = append(out, x.of(class)...)
		return true
	})
	return canonical(out), true
}

// piecesIn is about the number of pieces from one end of a span to the other.
func (g *plot[T]) piecesIn(r span[T]) int {
	n := 1 + g.find(r.hi) - g.find(r.lo)
	if g.over != nil {
		n += g.over.under.find(r.hi) - g.over.under.find(r.lo)
	}
	return n
}
