package flow

import (
	"cmp"
	"fmt"
	"slices"
)

// cutAxis cuts the family of T by the sets, by atoms where they are given and all sets
// are unions of them. With a tag index under it, sets of
// the index cost their number of classes instead of a sort of their ranges.
func cutAxis[T place[T]](sets []AddressSet, atoms *Atoms, limit int) (*axis, error) {
	if x, err := cutByAtoms[T](sets, atoms, limit); x != nil || err != nil {
		return x, err
	}
	if x := busiestIndex[T](sets); x != nil {
		return cutOverIndex(sets, x, limit)
	}
	c := newClassifier(len(sets), limit)
	ground, err := cutBySets[T](sets, c, setNames[T](sets))
	if err != nil {
		return nil, err
	}
	x := &axis{n: c.table.len(), ground: ground}
	if x.of, err = newTable(len(sets), x.n, limit); err != nil {
		return nil, err
	}
	for class := range x.n {
		c.table.at(class).all(func(set int) bool {
			x.of[set].set(class)
			return true
		})
	}
	return x, nil
}

// newTable makes the bitmaps of that many sets over n classes.
func newTable(sets, n, limit int) ([]bitmap, error) {
	if sets*wordsFor(n) > limit {
		return nil, fmt.Errorf("%w: %d sets cut a field into %d classes", ErrTooFragmented, sets, n)
	}
	return newBitmaps(sets, n), nil
}

// cutBySets sweeps over the sets, and over the names whether or not they are
// in one of the sets.
func cutBySets[T place[T]](sets []AddressSet, c *classifier, names []string) (*plot[T], error) {
	var zero T
	total := 0
	for _, s := range sets {
		total += len(zero.spansIn(s.get()))
	}
	edges := make([]edge[T], 0, 2*total)
	for i, s := range sets {
		edges = appendEdges(edges, zero.spansIn(s.get()), i)
	}
	swept, err := sweep(zero.sortEdges(edges), c)
	if err != nil {
		return nil, err
	}
	nameClass := make([]int32, len(names))
	for n, name := range names {
		c.reset()
		for i, s := range sets {
			if s.Contains(OpaqueAddress(name, zero.family())) {
				c.toggle(int32(i))
			}
		}
		if nameClass[n], err = c.class(); err != nil {
			return nil, err
		}
	}
	return newPlot(swept, names, nameClass, nil), nil
}

// setNames returns the opaque points of the family in any of the sets.
func setNames[T place[T]](sets []AddressSet) []string {
	var zero T
	var names []string
	for _, s := range sets {
		names = append(names, s.opaque(zero.family())...)
	}
	slices.Sort(names)
	return slices.Clip(slices.Compact(names))
}

// busiestIndex returns the half of the tag index that most of the sets come
// from, or nil if a sort of their ranges is cheaper than using it.
func busiestIndex[T place[T]](sets []AddressSet) *half[T] {
	spans := make(map[*half[T]]int)
	var best *half[T]
	for _, s := range sets {
		if x := indexHalf[T](s); x != nil {
			spans[x] += x.spans[s.origin().number]
			if best == nil || spans[x] > spans[best] {
				best = x
			}
		}
	}
	if best == nil || spans[best] < best.n/4 {
		return nil
	}
	return best
}

// indexHalf returns the half of the index that s is a set of, or nil.
func indexHalf[T place[T]](s AddressSet) *half[T] {
	index := s.origin().index
	if index == nil {
		return nil
	}
	var zero T
	return index.halves[zero.family().index()]().(*half[T])
}

func cutOverIndex[T place[T]](sets []AddressSet, x *half[T], limit int) (*axis, error) {
	var explicit []AddressSet
	var lists [][]int32
	var at []int // explicit set -> set
	for i, s := range sets {
		if indexHalf[T](s) == x {
			lists = append(lists, x.lists[s.origin().number])
		} else {
			explicit = append(explicit, s)
			at = append(at, i)
		}
	}
	names := setNames[T](sets)
	combos := newClassifier(len(explicit), limit)
	ground, err := cutBySets[T](explicit, combos, names)
	if err != nil {
		return nil, err
	}
	c := &overlayCutter[T]{x: x, cut: ground.cut, n: 1, of: []int32{0}, left: slices.Clone(x.pieces)}
	for i := range combos.table.len() {
		c.combo = append(c.combo, combos.table.at(i))
	}
	block, blocks := refine(x.n, len(lists), func(i int, put func(int32)) {
		for _, class := range lists[i] {
			put(class)
		}
	})
	c.o = &overlay[T]{under: x.cut, sizes: x.sizes, block: block, behind: make([]int32, blocks), pairs: newPairTable()}
	for i := range c.o.behind {
		c.o.behind[i] = -1
	}
	c.o.alone = slices.Repeat([]int32{-1}, len(c.combo))
	c.o.alone[0] = 0
	c.o.at, c.o.edge = c.cut.starts[0].locate(c.cut.starts, x.starts)
	c.pickBackground()
	c.coverNumeric()
	nameClass := c.coverNames(names, ground.nameClass)
	c.coverBehind()
	for i, name := range names { // those over the background have a class only now
		if nameClass[i] < 0 {
			nameClass[i] = c.o.behind[block[x.nameClassOf(name)]]
		}
	}
	out := &axis{n: int(c.n), ground: newPlot(ground.cut, names, nameClass, c.o)}
	if out.of, err = newTable(len(sets), out.n, limit); err != nil {
		return nil, err
	}
	c.markExplicit(out.of, at)
	c.markIndexed(out.of, sets)
	return out, nil
}

func (x *half[T]) nameClassOf(name string) int32 {
	if i, found := slices.BinarySearch(x.names, name); found {
		return x.nameClass[i]
	}
	return 0
}

// coverNames returns the classes of the opaque points, -1 where one is over
// the background.
func (c *overlayCutter[T]) coverNames(names []string, combinations []int32) []int32 {
	class := make([]int32, len(names))
	for i, name := range names {
		under := c.x.nameClassOf(name)
		if combination := combinations[i]; combination != c.o.background {
			class[i] = c.meet(under, combination)
		} else {
			class[i] = -1
			c.left[under]++
		}
	}
	return class
}

// markExplicit gives every explicit set its classes.
func (c *overlayCutter[T]) markExplicit(of []bitmap, at []int) {
	for class, combination := range c.of {
		c.combo[combination].all(func(e int) bool {
			of[at[e]].set(class)
			return true
		})
	}
}

// markIndexed gives every set of the index its classes.
func (c *overlayCutter[T]) markIndexed(of []bitmap, sets []AddressSet) {
	slices.SortFunc(c.meets, func(a, b classPair) int {
		return cmp.Or(cmp.Compare(a.under, b.under), cmp.Compare(a.class, b.class))
	})
	c.meets = slices.Compact(c.meets)
	first := make([]int32, c.x.n+1) // class of the index -> its first pair
	for _, m := range c.meets {
		first[m.under+1]++
	}
	for i := range c.x.n {
		first[i+1] += first[i]
	}
	for i, s := range sets {
		if indexHalf[T](s) != c.x {
			continue
		}
		for _, under := range c.x.lists[s.origin().number] {
			if class := c.o.behind[c.o.block[under]]; class >= 0 {
				of[i].set(int(class))
			}
			for _, m := range c.meets[first[under]:first[under+1]] {
				of[i].set(int(m.class))
			}
		}
	}
}
