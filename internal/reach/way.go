package reach

import (
	"hash/maphash"

	"github.com/wayleave/wayleave/internal/fabric"
)

// way is the hops of pieces so far, the last one first: pieces that were one share
// what they had in common. It never changes; nil is the way before the first hop.
type way struct {
	hop    Hop
	before *way
	n      int    // hops, this one included
	hash   uint64 // of what tells hops apart
}

// then is the way after more hops.
func (t *way) then(hops ...Hop) *way {
	for _, h := range hops {
		t = &way{h, t, t.len() + 1, spread(t.sum(), h)}
	}
	return t
}

func (t *way) len() int {
	if t == nil {
		return 0
	}
	return t.n
}

func (t *way) sum() uint64 {
	if t == nil {
		return 0
	}
	return t.hash
}

// hops lists the way from the first hop on, with room for more.
func (t *way) hops(more int) []Hop {
	list := make([]Hop, t.len(), t.len()+more)
	for ; t != nil; t = t.before {
		list[t.n-1] = t.hop
	}
	return list
}

// same reports whether two ways have the same hops.
func (t *way) same(o *way) bool {
	if t.len() != o.len() || t.sum() != o.sum() {
		return false
	}
	for ; t != o; t, o = t.before, o.before {
		if !sameHop(t.hop, o.hop) {
			return false
		}
	}
	return true
}

// sameHop reports whether hops are the same decision of the same rule or route, with
// the same to be done about it.
func sameHop(a, b Hop) bool {
	return a.Name == b.Name && a.Decision == b.Decision && a.Kind == b.Kind && a.Return == b.Return && a.Resource == b.Resource && a.Note == b.Note && a.Remedy == b.Remedy
}

var hopSeed = maphash.MakeSeed()

// spread takes what tells a hop from others into a hash. Hashes are no more than
// where to look: who finds something compares it in full.
func spread(sum uint64, h Hop) uint64 {
	for _, s := range [...]string{h.Name, string(h.Decision), string(h.Resource), h.Note, h.Remedy} {
		sum = sum*0x9e3779b97f4a7c15 + maphash.String(hopSeed, s)
	}
	return sum
}

// doubtful reports whether a hop of the way leaves open what it does.
func (t *way) doubtful() bool {
	return t.any(func(h Hop) bool { return h.Decision == fabric.Unknown })
}

// any reports whether a hop of the way is such a one.
func (t *way) any(such func(Hop) bool) bool {
	for ; t != nil; t = t.before {
		if such(t.hop) {
			return true
		}
	}
	return false
}
