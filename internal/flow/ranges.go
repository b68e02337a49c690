package flow

import (
	"cmp"
	"slices"
)

// point is a value of an ordered finite field. succ of the greatest value
// wraps round to the least, pred of the least to the greatest.
type point[T any] interface {
	comparable
	compare(T) int
	succ() T
	pred() T
	// after returns how many values of a sorted list are not above the receiver.
	after(list []T) int
}

// span is the run of values from lo to hi, both included; lo <= hi.
type span[T point[T]] struct{ lo, hi T }

// The functions below work on canonical lists: sorted, disjoint, and with a
// gap between neighbours. Equal sets therefore have equal lists. None of them
// changes its arguments; a result may share memory with an argument.

// compareSpans orders lists by the first value that is in one of them alone.
func compareSpans[T point[T]](a, b []span[T]) int {
	for i := 0; i < len(a) && i < len(b); i++ {
		if order := cmp.Or(a[i].lo.compare(b[i].lo), b[i].hi.compare(a[i].hi)); order != 0 {
			return order
		}
	}
	return cmp.Compare(len(b), len(a))
}

// canonical sorts the spans, whose memory it takes, and joins those that overlap
// or touch.
func canonical[T point[T]](s []span[T]) []span[T] {
	switch len(s) {
	case 0:
		return nil
	case 1:
		return slices.Clip(s)
	}
	runs := runsOf(s)
	for len(runs) > 1 {
		for i := 0; i+1 < len(runs); i += 2 {
			runs[i/2] = unite(runs[i], runs[i+1])
		}
		if len(runs)%2 == 1 {
			runs[len(runs)/2] = runs[len(runs)-1]
		}
		runs = runs[:(len(runs)+1)/2]
	}
	return slices.Clip(runs[0])
}

// runsOf divides spans into canonical lists: those that come in order already,
// where these are few as in what was put together of other lists, or else all of
// them in one, sorted.
func runsOf[T point[T]](s []span[T]) [][]span[T] {
	var runs [][]span[T]
	first := 0
	for i := 1; i <= len(s); i++ {
		if i < len(s) && s[i-1].lo.compare(s[i].lo) <= 0 {
			continue
		}
		if len(runs) == maxRuns {
			slices.SortFunc(s, func(a, b span[T]) int { return a.lo.compare(b.lo) })
			return [][]span[T]{joined(s)}
		}
		runs = append(runs, s[first:i])
		first = i
	}
	for i, r := range runs {
		runs[i] = joined(r)
	}
	return runs
}

// maxRuns is up to how many lists are quicker merged than sorted anew.
const maxRuns = 32

// joined joins sorted spans that overlap or touch, in place.
func joined[T point[T]](s []span[T]) []span[T] {
	out := s[:1]
	for _, next := range s[1:] {
		out = appendSpan(out, next)
	}
	return out
}

// appendSpan adds a span that starts no earlier than the last one in out.
func appendSpan[T point[T]](out []span[T], next span[T]) []span[T] {
	if n := len(out); n > 0 {
		last := &out[n-1]
		if next.lo.compare(last.hi) <= 0 || next.lo == last.hi.succ() {
			if next.hi.compare(last.hi) > 0 {
				last.hi = next.hi
			}
			return out
		}
	}
	return append(out, next)
}

func unite[T point[T]](a, b []span[T]) []span[T] {
	if len(a) == 0 {
		return b
	}
	if len(b) == 0 || covers(a, b) {
		return a
	}
	if covers(b, a) {
		return b
	}
	out := make([]span[T], 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if a[0].lo.compare(b[0].lo) <= 0 {
			out, a = appendSpan(out, a[0]), a[1:]
		} else {
			out, b = appendSpan(out, b[0]), b[1:]
		}
	}
	for _, s := range a {
		out = appendSpan(out, s)
	}
	for _, s := range b {
		out = appendSpan(out, s)
	}
	return slices.Clip(out)
}

// from drops the spans that end before x, of which there may be many: it looks
// in steps that double, then between the last two.
func from[T point[T]](a []span[T], x T) []span[T] {
	if len(a) == 0 || a[0].hi.compare(x) >= 0 {
		return a
	}
	low, high := 0, 1 // a[low] ends before x
	for high < len(a) && a[high].hi.compare(x) < 0 {
		low, high = high, 2*high
	}
	high = min(high, len(a))
	for high-low > 1 {
		if mid := int(uint(low+high) >> 1); a[mid].hi.compare(x) < 0 {
			low = mid
		} else {
			high = mid
		}
	}
	return a[high:]
}

func intersect[T point[T]](a, b []span[T]) []span[T] {
	if covers(b, a) {
		return a
	}
	if covers(a, b) {
		return b
	}
	var out []span[T]
	for {
		if len(b) > 0 {
			a = from(a, b[0].lo)
		}
		if len(a) > 0 {
			b = from(b, a[0].lo)
		}
		if len(a) == 0 || len(b) == 0 {
			return out
		}
		lo, hi := a[0].lo, a[0].hi
		if b[0].lo.compare(lo) > 0 {
			lo = b[0].lo
		}
		order := a[0].hi.compare(b[0].hi)
		if order > 0 {
			hi = b[0].hi
		}
		if lo.compare(hi) <= 0 {
			out = append(out, span[T]{lo, hi})
		}
		if order <= 0 {
			a = a[1:]
		}
		if order >= 0 {
			b = b[1:]
		}
	}
}

// covers reports whether a is a single span that holds all of b.
func covers[T point[T]](a, b []span[T]) bool {
	return len(a) == 1 && len(b) > 0 && a[0].lo.compare(b[0].lo) <= 0 && b[len(b)-1].hi.compare(a[0].hi) <= 0
}

func minus[T point[T]](a, b []span[T]) []span[T] {
	if len(b) == 0 {
		return a
	}
	out := make([]span[T], 0, len(a)+min(len(a), len(b)))
	for len(a) > 0 {
		s := a[0]
		b = from(b, s.lo)
		if len(b) == 0 {
			return append(out, a...)
		}
		if whole := len(a) - len(from(a, b[0].lo)); whole > 0 { // nothing of these is taken away
			out, a = append(out, a[:whole]...), a[whole:]
			continue
		}
		rest, left := b, true
		for ; len(rest) > 0 && rest[0].lo.compare(s.hi) <= 0; rest = rest[1:] {
			if s.lo.compare(rest[0].lo) < 0 {
				out = append(out, span[T]{s.lo, rest[0].lo.pred()})
			}
			if rest[0].hi.compare(s.hi) >= 0 {
				left = false
				break
			}
			s.lo = rest[0].hi.succ()
		}
		if left {
			out = append(out, s)
		}
		a, b = a[1:], rest
	}
	return out
}

func overlap[T point[T]](a, b []span[T]) bool {
	for len(a) > 0 && len(b) > 0 {
		a = from(a, b[0].lo)
		if len(a) == 0 {
			return false
		}
		if b = from(b, a[0].lo); len(b) > 0 && b[0].lo.compare(a[0].hi) <= 0 {
			return true
		}
	}
	return false
}

// subset reports whether every value of a is in b. A span of a is covered by
// one span of b or not at all, because b has a gap between neighbours.
func subset[T point[T]](a, b []span[T]) bool {
	for _, s := range a {
		b = from(b, s.lo)
		if len(b) == 0 || b[0].lo.compare(s.lo) > 0 || b[0].hi.compare(s.hi) < 0 {
			return false
		}
	}
	return true
}

func contains[T point[T]](a []span[T], x T) bool {
	_, found := slices.BinarySearchFunc(a, x, func(s span[T], x T) int {
		switch {
		case s.hi.compare(x) < 0:
			return -1
		case s.lo.compare(x) > 0:
			return 1
		}
		return 0
	})
	return found
}
