package reach

import (
	"hash/maphash"
	"slices"
)

// likeness is what makes pieces one: with byRule and bySeen their ways as well,
// with bySeen what the other end sees.
type likeness struct{ byRule, bySeen bool }

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
	return a.reserved == b.reserved && slices.EqualFunc(a.blockers, b.blockers, sameHop) && slices.Equal(a.reasons, b.reasons) &&
		(!l.bySeen || a.seen.Key() == b.seen.Key()) && (!l.byRule && !l.bySeen || a.trace.same(b.trace))
}

// meetings finds what was met before by a hash.
type meetings struct{ at map[uint64][]int }

// find is the place of what is the same and has that hash, or next, which it has
// from now on.
func (m *meetings) find(hash uint64, next int, same func(int) bool) int {
	if i := slices.IndexFunc(m.at[hash], same); i >= 0 {
		return m.at[hash][i]
	}
	if m.at == nil {
		m.at = map[uint64][]int{}
	}
	m.at[hash] = append(m.at[hash], next)
	return next
}
