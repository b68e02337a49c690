package flow

import "sync"

// TagIndex holds many named address sets that policies refer to again and
// again. The work of comparing them all is done once, when the first policy is
// to be cut by it. It never changes and is safe for concurrent use.
type TagIndex struct {
	names  []string
	sets   []AddressSet
	halves [2]func() any // *half[ip4], *half[ip6]; nil ones where the sets are too varied
}

// indexLimit bounds the memory for the classes of one family of an index, in
// words of 8 bytes. Sets that are more varied still work; policies then treat
// them like any other set.
const indexLimit = 1 << 24

// NewTagIndex returns an index of the sets, sets[i] under names[i]. It panics
// if the lists differ in length.
func NewTagIndex(names []string, sets []AddressSet) *TagIndex {
	if len(names) != len(sets) {
		panic("flow: a tag index needs one name a set")
	}
	x := &TagIndex{names: names, sets: make([]AddressSet, len(sets))}
	x.halves[0] = sync.OnceValue(func() any { return newHalf[ip4](x.sets) })
	x.halves[1] = sync.OnceValue(func() any { return newHalf[ip6](x.sets) })
	for i, s := range sets {
		if s.IsEmpty() {
			continue
		}
		x.sets[i] = newSet(*s.get(), provenance{x, i})
	}
	return x
}

// newHalf compares the sets of an index; nil if they are too varied.
func newHalf[T place[T]](sets []AddressSet) *half[T] {
	var zero T
	c := newClassifier(len(sets), indexLimit)
	g, err := cutBySets[T](sets, c, setNames[T](sets))
	if err != nil {
		return nil
	}
	h := &half[T]{cut: g.cut, names: g.names, nameClass: g.nameClass, n: c.table.len()}
	h.pieces, h.lists = make([]int32, h.n), make([][]int32, len(sets))
	for _, class := range h.class {
		h.pieces[class]++
	}
	for class := range h.n {
		c.table.at(class).all(func(set int) bool {
			h.lists[set] = append(h.lists[set], int32(class))
			return true
		})
	}
	h.sizes = sync.OnceValue(func() tally {
		t := newTally(zero.family(), h.n)
		addCut(&t, &h.cut)
		return t
	})
	for _, s := range sets {
		h.spans = append(h.spans, len(zero.spansIn(s.get())))
	}
	return h
}

// Len returns the number of sets.
func (x *TagIndex) Len() int { return len(x.sets) }

// Name returns the name of set i, 0 <= i < Len.
func (x *TagIndex) Name(i int) string { return x.names[i] }

// Set returns set i, 0 <= i < Len. It remembers that it belongs to the index,
// which makes policies that use it cheaper to compile; in all else it is an
// ordinary set. What is computed from it is no longer of the index.
func (x *TagIndex) Set(i int) AddressSet { return x.sets[i] }

// provenance names the set of an index that an address set is, or says that a set was
// made of atoms.
type provenance struct {
	index  *TagIndex
	number int // of the set in the index, or madeOfAtoms without one
}

const madeOfAtoms = -1
