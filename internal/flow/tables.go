package flow

import "slices"

// bitmapTable numbers bitmaps of one length in the order in which they first
// appear.
type bitmapTable struct {
	words int
	keys  bitmap   // all bitmaps, one after the other
	hash  []uint64 // by number
	slots []int32  // open addressing: number + 1
}

func newBitmapTable(words int) *bitmapTable {
	return &bitmapTable{words: words, slots: make([]int32, 16)}
}

func (t *bitmapTable) len() int { return len(t.hash) }

// at returns bitmap i; it is valid until the next call of number.
func (t *bitmapTable) at(i int) bitmap {
	return t.keys[i*t.words : (i+1)*t.words : (i+1)*t.words]
}

// number returns the number of b and whether it is new. The key is copied.
func (t *bitmapTable) number(b bitmap) (int, bool) { return t.numberHashed(b, b.hash()) }

// numberHashed is number with a hash of the caller's: equal bitmaps must come
// with equal hashes.
func (t *bitmapTable) numberHashed(b bitmap, h uint64) (int, bool) {
	mask := uint64(len(t.slots) - 1)
	i := h & mask
	for ; t.slots[i] != 0; i = (i + 1) & mask {
		// A hash is never trusted: equal hashes are compared in full.
		if n := int(t.slots[i] - 1); t.hash[n] == h && t.at(n).equal(b) {
			return n, false
		}
	}
	n := len(t.hash)
	t.slots[i] = int32(n + 1)
	t.hash = append(t.hash, h)
	if n := len(t.keys) + t.words; n > cap(t.keys) {
		t.keys = slices.Grow(t.keys, n) // twice as many: a long list grows by less, again and again
	}
	t.keys = append(t.keys, b...)
	if len(t.hash)*2 > len(t.slots) {
		t.grow()
	}
	return n, true
}

func (t *bitmapTable) grow() {
	t.slots = make([]int32, 4*len(t.slots))
	mask := uint64(len(t.slots) - 1)
	for n, h := range t.hash {
		i := h & mask
		for t.slots[i] != 0 {
			i = (i + 1) & mask
		}
		t.slots[i] = int32(n + 1)
	}
}

// pairTable maps pairs of numbers to numbers.
type pairTable struct {
	slots []pairSlot
	used  int
}

type pairSlot struct {
	key   uint64
	value int32 // number + 1; 0 for a free slot
}

func newPairTable() *pairTable { return &pairTable{slots: make([]pairSlot, 64)} }

func pairKey(a, b int32) uint64 { return uint64(uint32(a))<<32 | uint64(uint32(b)) }

// slot returns the slot of the pair, free if the pair is unknown.
func (t *pairTable) slot(key uint64) *pairSlot {
	mask := uint64(len(t.slots) - 1)
	i := mix(key) & mask
	for t.slots[i].value != 0 && t.slots[i].key != key {
		i = (i + 1) & mask
	}
	return &t.slots[i]
}

// get returns the number of the pair, or false.
func (t *pairTable) get(a, b int32) (int32, bool) {
	s := t.slot(pairKey(a, b))
	return s.value - 1, s.value != 0
}

// getOrPut returns the number of the pair; an unknown pair gets value.
func (t *pairTable) getOrPut(a, b, value int32) (number int32, added bool) {
	key := pairKey(a, b)
	s := t.slot(key)
	if s.value != 0 {
		return s.value - 1, false
	}
	*s = pairSlot{key, value + 1}
	if t.used++; t.used*2 > len(t.slots) {
		old := t.slots
		t.slots = make([]pairSlot, 4*len(old))
		for _, o := range old {
			if o.value != 0 {
				*t.slot(o.key) = o
			}
		}
	}
	return value, true
}

// order gives numbers in the order in which they are asked for.
type order struct {
	to []int32 // -1 if not yet asked for
	n  int
}

func newOrder(n int) *order { return &order{to: slices.Repeat([]int32{-1}, n)} }

func (o *order) number(i int32) int32 {
	if o.to[i] < 0 {
		o.to[i] = int32(o.n)
		o.n++
	}
	return o.to[i]
}
