package flow

import (
	"maps"
	"slices"
)

// book numbers values; equal ones have one number.
type book[T interface {
	hash() uint64 // equal for equal values
	Equal(T) bool
}] struct {
	list []T
	// last is by hash the last value that has it, before by number the value with the
	// same hash before it, or -1.
	last   map[uint64]int
	before []int
}

// find returns the number of x, or -1.
func (b *book[T]) find(x T) int { return b.findHashed(x, x.hash()) }

func (b *book[T]) findHashed(x T, hash uint64) int {
	i, ok := b.last[hash]
	if !ok {
		return -1
	}
	for i >= 0 && !b.list[i].Equal(x) {
		i = b.before[i]
	}
	return i
}

// add returns the number of x, a new one if x is not in the book.
func (b *book[T]) add(x T) int {
	hash := x.hash()
	if i := b.findHashed(x, hash); i >= 0 {
		return i
	}
	if b.last == nil {
		b.last = make(map[uint64]int)
	}
	before, ok := b.last[hash]
	if !ok {
		before = -1
	}
	i := len(b.list)
	b.list, b.before, b.last[hash] = append(b.list, x), append(b.before, before), i
	return i
}

func (b *book[T]) clone() book[T] {
	return book[T]{slices.Clip(b.list), maps.Clone(b.last), slices.Clip(b.before)}
}

// setBook is a book of address sets. Sets that are the same in memory are found
// without a look at their contents, and so are the sets of a tag index.
type setBook struct {
	book[AddressSet]
	byPlace map[*addresses]int
}

func newSetBook() *setBook { return newSetBookFor(0) }

// newSetBookFor is newSetBook with room for so many sets.
func newSetBookFor(n int) *setBook { return &setBook{byPlace: make(map[*addresses]int, n)} }

// find returns the number of s, or -1.
func (b *setBook) find(s AddressSet) int {
	if i, ok := b.byPlace[s.p]; ok {
		return i
	}
	if s.origin().index != nil {
		return -1
	}
	return b.book.find(s)
}

// add returns the number of s, a new one if s is not in the book.
func (b *setBook) add(s AddressSet) int {
	if i, ok := b.byPlace[s.p]; ok {
		return i
	}
	number := len(b.list)
	if s.origin().index == nil {
		number = b.book.add(s)
	} else {
		b.list = append(b.list, s)
		b.before = append(b.before, -1)
	}
	b.byPlace[s.p] = number
	return number
}

func (b *setBook) clone() *setBook { return &setBook{b.book.clone(), maps.Clone(b.byPlace)} }

// hash is equal for equal sets, made of atoms or not: the edges of its ranges and its
// opaque points, each for itself, joined by exclusive or.
func (s AddressSet) hash() uint64 {
	if x, in := s.inForm(); x != nil {
		return x.hash(in)
	}
	a := s.get()
	h := uint64(0)
	for _, r := range a.v4 {
		h ^= r.lo.edges(r.hi)
	}
	for _, r := range a.v6 {
		h ^= r.lo.edges(r.hi)
	}
	for f, names := range a.names {
		for _, name := range names {
			h ^= hashName(name, f)
		}
	}
	return h
}

func hashName(name string, family int) uint64 {
	h := spread(hashSeed, uint64(family))
	for i := range len(name) {
		h = spread(h, uint64(name[i]))
	}
	return h
}
