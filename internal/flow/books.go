package flow

import "maps"

// setBook numbers address sets; equal sets have one number. Sets that are the
// same in memory are found without a look at their contents, and so are the
// sets of a tag index.
type setBook struct {
	sets    []AddressSet
	byPlace map[*addresses]int
	byHash  map[uint64][]int
}

func newSetBook() *setBook {
	return &setBook{byPlace: make(map[*addresses]int), byHash: make(map[uint64][]int)}
}

// find returns the number of s, or -1.
func (b *setBook) find(s AddressSet) int {
	if i, ok := b.byPlace[s.p]; ok {
		return i
	}
	if s.get().from.index != nil {
		return -1
	}
	return b.findContent(s, s.hash())
}

func (b *setBook) findContent(s AddressSet, hash uint64) int {
	for _, i := range b.byHash[hash] {
		if b.sets[i].Equal(s) {
			return i
		}
	}
	return -1
}

// add returns the number of s, a new one if s is not in the book.
func (b *setBook) add(s AddressSet) int {
	if i, ok := b.byPlace[s.p]; ok {
		return i
	}
	number := -1
	if s.get().from.index == nil {
		hash := s.hash()
		if number = b.findContent(s, hash); number < 0 {
			b.byHash[hash] = append(b.byHash[hash], len(b.sets))
		}
	}
	if number < 0 {
		number = len(b.sets)
		b.sets = append(b.sets, s)
	}
	b.byPlace[s.p] = number
	return number
}

func (b *setBook) clone() *setBook {
	return &setBook{b.sets[:len(b.sets):len(b.sets)], maps.Clone(b.byPlace), maps.Clone(b.byHash)}
}

// hash is equal for equal sets.
func (s AddressSet) hash() uint64 {
	a := s.get()
	h := hashSeed
	for _, r := range a.v4 {
		h = spread(h, uint64(r.lo)<<32|uint64(r.hi))
	}
	for _, r := range a.v6 {
		h = spread(spread(h, r.lo.hi), r.lo.lo)
		h = spread(spread(h, r.hi.hi), r.hi.lo)
	}
	for f, names := range a.names {
		for _, name := range names {
			h = spread(h, uint64(f))
			for i := range len(name) {
				h = spread(h, uint64(name[i]))
			}
		}
	}
	return h
}

// serviceBook numbers services; equal services have one number.
type serviceBook struct {
	services []service
	byHash   map[uint64][]int
}

func newServiceBook() *serviceBook { return &serviceBook{byHash: make(map[uint64][]int)} }

// find returns the number of s, or -1.
func (b *serviceBook) find(s service) (number int, hash uint64) {
	hash = s.hash()
	for _, i := range b.byHash[hash] {
		if b.services[i].equal(s) {
			return i, hash
		}
	}
	return -1, hash
}

// add returns the number of s, a new one if s is not in the book.
func (b *serviceBook) add(s service) int {
	i, hash := b.find(s)
	if i < 0 {
		i = len(b.services)
		b.services = append(b.services, s)
		b.byHash[hash] = append(b.byHash[hash], i)
	}
	return i
}

func (b *serviceBook) clone() *serviceBook {
	return &serviceBook{b.services[:len(b.services):len(b.services)], maps.Clone(b.byHash)}
}
