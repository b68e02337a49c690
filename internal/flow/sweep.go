package flow

import (
	"fmt"
	"slices"
)

// edge is a place where a set begins or ends: values from at on are in the set
// if those before were not, and the other way round.
type edge[T point[T]] struct {
	at  T
	set int32
}

// appendEdges adds the edges of one set.
func appendEdges[T point[T]](edges []edge[T], spans []span[T], set int) []edge[T] {
	var least T
	for _, s := range spans {
		edges = append(edges, edge[T]{s.lo, int32(set)})
		if end := s.hi.succ(); end != least {
			edges = append(edges, edge[T]{end, int32(set)})
		}
	}
	return edges
}

// classifier gives every combination of sets that occurs a class number, in
// the order of first appearance. Class 0 is "in no set"; it always exists.
type classifier struct {
	active bitmap // the sets that hold the current values
	key    uint64 // hash of active: the keys of its members, added by xor
	keys   []uint64
	table  *bitmapTable // by class, the sets that hold its values
	steps  *pairTable   // class and the one set that changes -> class
	limit  int          // how many words the table may hold
}

func newClassifier(sets int, limit int) *classifier {
	c := &classifier{
		active: newBitmap(sets),
		keys:   make([]uint64, sets),
		table:  newBitmapTable(wordsFor(sets)),
		steps:  newPairTable(),
		limit:  limit,
	}
	for i := range c.keys {
		c.keys[i] = mix(uint64(i) + 1)
	}
	c.table.numberHashed(c.active, 0)
	return c
}

func (c *classifier) toggle(set int32) {
	c.active.toggle(int(set))
	c.key ^= c.keys[set]
}

// reset makes "in no set" active.
func (c *classifier) reset() {
	clear(c.active)
	c.key = 0
}

// class returns the class of the active combination.
func (c *classifier) class() (int32, error) {
	n, added := c.table.numberHashed(c.active, c.key)
	if added && len(c.table.keys) > c.limit {
		return 0, fmt.Errorf("%w: %d sets cut a field into more than %d classes", ErrTooFragmented, len(c.keys), n)
	}
	return int32(n), nil
}

// sweep cuts a field by its sorted edges.
func sweep[T point[T]](edges []edge[T], c *classifier) (cut[T], error) {
	out := cut[T]{make([]T, 0, len(edges)+1), make([]int32, 0, len(edges)+1)}
	var at T
	current := int32(0)
	for i := 0; ; {
		from := i
		for i < len(edges) && edges[i].at == at {
			c.toggle(edges[i].set)
			i++
		}
		// Where a single set changes, the class before and the set determine
		// the class after; most steps of a long list have been seen before.
		class, known := int32(0), false
		if i-from == 1 {
			class, known = c.steps.get(current, edges[from].set)
		}
		if !known {
			var err error
			if class, err = c.class(); err != nil {
				return out, err
			}
			if i-from == 1 {
				c.steps.getOrPut(current, edges[from].set, class)
			}
		}
		current = class
		out.append(at, class)
		if i == len(edges) {
			return out, nil
		}
		at = edges[i].at
	}
}

// The sorts below order edges by place. The order among edges of one place
// does not matter.

const digitBits = 11

// sortNumbers sorts numbers of so many bits.
func sortNumbers[T interface {
	ip4 | port
	point[T]
}](edges []edge[T], width int) []edge[T] {
	if sortedFew(edges) {
		return edges
	}
	spare := make([]edge[T], len(edges))
	for shift := 0; shift < width; shift += digitBits {
		var starts [1 << digitBits]int32
		for i := range edges {
			starts[int(edges[i].at)>>shift&(1<<digitBits-1)]++
		}
		sumStarts(&starts)
		for _, e := range edges {
			d := int(e.at) >> shift & (1<<digitBits - 1)
			spare[starts[d]] = e
			starts[d]++
		}
		edges, spare = spare, edges
	}
	return edges
}

// sortedFew sorts edges where that is quicker than by digits: where they are
// few or in order already.
func sortedFew[T point[T]](edges []edge[T]) bool {
	if slices.IsSortedFunc(edges, compareEdges) {
		return true
	}
	if len(edges) >= 256 {
		return false
	}
	slices.SortFunc(edges, compareEdges)
	return true
}

func compareEdges[T point[T]](a, b edge[T]) int { return a.at.compare(b.at) }

// sumStarts turns counts into the places where each digit's run starts.
func sumStarts(counts *[1 << digitBits]int32) {
	sum := int32(0)
	for i, n := range counts {
		counts[i] = sum
		sum += n
	}
}

// sortEdges6 sorts by digits too, but only by those in which edges differ:
// prefixes rarely use more than half of an IPv6 address.
func sortEdges6(edges []edge[ip6]) []edge[ip6] {
	if sortedFew(edges) {
		return edges
	}
	var vary ip6
	for i := range edges {
		vary.hi |= edges[i].at.hi ^ edges[0].at.hi
		vary.lo |= edges[i].at.lo ^ edges[0].at.lo
	}
	spare := make([]edge[ip6], len(edges))
	pass := func(digit func(ip6) uint64) {
		var starts [1 << digitBits]int32
		for i := range edges {
			starts[digit(edges[i].at)]++
		}
		sumStarts(&starts)
		for _, e := range edges {
			d := digit(e.at)
			spare[starts[d]] = e
			starts[d]++
		}
		edges, spare = spare, edges
	}
	for shift := 0; shift < 64; shift += digitBits {
		if vary.lo>>shift&(1<<digitBits-1) != 0 {
			pass(func(a ip6) uint64 { return a.lo >> shift & (1<<digitBits - 1) })
		}
	}
	for shift := 0; shift < 64; shift += digitBits {
		if vary.hi>>shift&(1<<digitBits-1) != 0 {
			pass(func(a ip6) uint64 { return a.hi >> shift & (1<<digitBits - 1) })
		}
	}
	return edges
}
