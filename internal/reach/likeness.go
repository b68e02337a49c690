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
	last map[uint64]int // the last that was met of a hash, counted from 1
	next []int          // the one before it of that hash, in the same way
}

// find is the place of what is the same and has that hash, or that of something
// new, one after the other.
func (m *meetings) find(hash uint64, same func(int) bool) (at int, met bool) {
	for i := m.last[hash]; i > 0; i = m.next[i-1] {
		if same(i - 1) {
			return i - 1, true
		}
	}
	if m.last == nil {
		m.last = map[uint64]int{}
	}
	m.next = append(m.next, m.last[hash])
	m.last[hash] = len(m.next)
	return len(m.next) - 1, false
}
