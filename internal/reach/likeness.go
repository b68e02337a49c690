package reach

import (
	"hash/maphash"
	"slices"
)

// likeness is what makes pieces one: with byRule and bySeen their ways as well,
// with bySeen what the other end sees, with byStakes the stakes in them.
type likeness struct{ byRule, bySeen, byStakes bool }

func (l likeness) hash(p piece) uint64 {
	sum := uint64(0)
	if l.byRule || l.bySeen {
		sum = p.trace.sum()
	}
	for _, h := range p.blockers {
		sum = spread(sum, h)
	}
	for _, r := range p.reasons {
		sum = sum*0x9e3779b97f4a7c15 + maphash.String(hopSeed, r)
	}
	return sum
}

func (l likeness) same(a, b piece) bool {
	return a.reserved == b.reserved && (!l.byStakes || slices.Equal(a.stakes, b.stakes)) && slices.EqualFunc(a.blockers, b.blockers, sameHop) && slices.Equal(a.reasons, b.reasons) &&
		(!l.bySeen || a.seen.Key() == b.seen.Key()) && (!l.byRule && !l.bySeen || a.trace.same(b.trace))
}

// meetings finds what was met before by a hash.
type meetings struct {
	hashes []uint64       // of what was met
	last   map[uint64]int // where there is much, the last that was met of a hash, counted from 1
	next   []int          // the one before it of that hash, in the same way
}

// fewMeetings is up to how many it is quicker to look at all.
const fewMeetings = 16

// find is the place of what is the same and has that hash, or that of something
// new, one after the other.
func (m *meetings) find(hash uint64, same func(int) bool) (at int, met bool) {
	if len(m.hashes) <= fewMeetings {
		for i, h := range m.hashes {
			if h == hash && same(i) {
				return i, true
			}
		}
		m.hashes = append(m.hashes, hash)
		return len(m.hashes) - 1, false
	}
	for len(m.next) < len(m.hashes) {
		m.chain(m.hashes[len(m.next)])
	}
	for i := m.last[hash]; i > 0; i = m.next[i-1] {
		if same(i - 1) {
			return i - 1, true
		}
	}
	m.hashes = append(m.hashes, hash)
	return len(m.hashes) - 1, false
}

// chain adds the hash of what was met next.
func (m *meetings) chain(hash uint64) {
	if m.last == nil {
		m.last = map[uint64]int{}
	}
	m.next = append(m.next, m.last[hash])
	m.last[hash] = len(m.next)
}
