package flow

import "slices"

// cut divides an ordered field into segments and gives each a class: the
// values from starts[i] to just before starts[i+1] are in class[i]. The first
// start is the least value of the field.
type cut[T point[T]] struct {
	starts []T
	class  []int32
}

func (c cut[T]) equal(o cut[T]) bool {
	return slices.Equal(c.starts, o.starts) && slices.Equal(c.class, o.class)
}

// find returns the segment that holds x.
func (c cut[T]) find(x T) int { return x.after(c.starts) - 1 }

// last returns the greatest value of segment i. The predecessor of the least
// value of a field is its greatest.
func (c cut[T]) last(i int) T {
	if i+1 < len(c.starts) {
		return c.starts[i+1].pred()
	}
	return c.starts[0].pred()
}

// within returns the addresses of the classes in b within a canonical list. It
// looks at runs of segments, most of which are far shorter than to ask of each
// where it begins and ends.
func (c cut[T]) within(b bitmap, frame []span[T]) []span[T] {
	if len(frame) == 0 {
		return nil
	}
	in := b.flags()
	out := make([]span[T], 0, len(frame)+runs(in, c.class[c.find(frame[0].lo):c.find(frame[len(frame)-1].hi)+1]))
	last := 0
	for _, r := range frame {
		first := c.findFrom(last, r.lo)
		last = c.findFrom(first, r.hi)
		for i := first; i <= last; i++ {
			if !in[c.class[i]] {
				continue
			}
			run := span[T]{c.starts[i], r.hi}
			if i == first {
				run.lo = r.lo
			}
			for i < last && in[c.class[i+1]] {
				i++
			}
			if i < last {
				run.hi = c.last(i)
			}
			out = append(out, run)
		}
	}
	return out
}

// runs is how many runs of the classes for which in is true a list has.
func runs(in []bool, classes []int32) int {
	n, before := 0, false
	for _, class := range classes {
		now := in[class]
		if now && !before {
			n++
		}
		before = now
	}
	return n
}

// findFrom is find for a value that is no less than the start of segment i, and
// most likely near to it: it looks in steps that double.
func (c cut[T]) findFrom(i int, x T) int {
	step := 1
	for i+step < len(c.starts) && c.starts[i+step].compare(x) <= 0 {
		i, step = i+step, 2*step
	}
	return i + x.after(c.starts[i:min(i+step, len(c.starts))]) - 1
}

// append adds a segment, or lets the last one go on if it has that class.
func (c *cut[T]) append(start T, class int32) {
	if n := len(c.class); n > 0 && c.class[n-1] == class {
		return
	}
	c.starts = append(c.starts, start)
	c.class = append(c.class, class)
}

// meetCuts cuts at the starts of both; pair names the class of values that are in
// class a of the one and b of the other.
func meetCuts[T point[T]](x, y cut[T], pair func(a, b int32) int32) cut[T] {
	out := cut[T]{make([]T, 0, len(x.starts)+len(y.starts)), make([]int32, 0, len(x.starts)+len(y.starts))}
	for i, j, more := 0, 0, true; more; i, j, more = nextPiece(x.starts, y.starts, i, j) {
		start := x.starts[i]
		if y.starts[j].compare(start) > 0 {
			start = y.starts[j]
		}
		out.append(start, pair(x.class[i], y.class[j]))
	}
	return out
}

// rename returns the cut with other classes and joined segments.
func (c cut[T]) rename(to func(class int32) int32) cut[T] {
	var out cut[T]
	for i, start := range c.starts {
		out.append(start, to(c.class[i]))
	}
	return out
}
