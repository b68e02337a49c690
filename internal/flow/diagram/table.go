package diagram

// table maps 64-bit keys to refs: open addressing, at most half full. The
// zero table is empty.
type table struct {
	slots []slot
	used  int
}

type slot struct {
	key   uint64
	value ref
	full  bool
}

// pairKey is the key of an ordered pair of refs.
func pairKey(a, b ref) uint64 { return uint64(uint32(a))<<32 | uint64(uint32(b)) }

// at is the slot that holds key, or the free one where it belongs.
func (t *table) at(key uint64) *slot {
	mask := uint64(len(t.slots) - 1)
	i := key * 0x9e3779b97f4a7c15
	for i = (i ^ i>>32) & mask; ; i = (i + 1) & mask {
		if s := &t.slots[i]; !s.full || s.key == key {
			return s
		}
	}
}

func (t *table) get(key uint64) (value ref, ok bool) {
	if t.used == 0 {
		return nothing, false
	}
	s := t.at(key)
	return s.value, s.full
}

func (t *table) put(key uint64, value ref) {
	if 2*t.used >= len(t.slots) {
		old := t.slots
		t.slots = make([]slot, max(64, 2*len(old)))
		for _, s := range old {
			if s.full {
				*t.at(s.key) = s
			}
		}
	}
	s := t.at(key)
	if !s.full {
		t.used++
	}
	*s = slot{key, value, true}
}

// reset empties the table; it keeps the room of a table that was small.
func (t *table) reset() {
	if len(t.slots) > 1<<12 {
		t.slots = nil
	}
	clear(t.slots)
	t.used = 0
}
