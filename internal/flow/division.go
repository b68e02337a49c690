package flow

import (
	"cmp"
	"math/bits"
	"slices"
	"sort"
	"sync"
	"sync/atomic"
)

// Division is a list of disjoint sets of addresses by which others are cut. It is
// frozen: whoever cuts many sets by many others pays for those that meet alone.
type Division struct {
	parts    []AddressSet
	byRanges func() *shares
	byAtoms  atomic.Pointer[atomParts] // of the sets cut last
}

// atomParts says to which parts of a division atoms belong.
type atomParts struct {
	atoms *Atoms
	part  []int32  // by atom; nil if a part is no union of atoms
	in    []bitmap // by part, its atoms
}

// shares are the parts of a division by ranges and opaque points.
type shares struct {
	v4    []share[ip4]
	v6    []share[ip6]
	names [2]map[string]int32 // opaque points by family
}

// share is a span that belongs to one part of a division.
type share[T point[T]] struct {
	span[T]
	part int32
}

// NewDivision makes a division of parts, which have to be disjoint.
func NewDivision(parts []AddressSet) *Division {
	parts = slices.Clone(parts)
	return &Division{parts: parts, byRanges: sync.OnceValue(func() *shares { return newShares(parts) })}
}

// of returns the parts of atoms.
func (d *Division) of(x *Atoms) *atomParts {
	if p := d.byAtoms.Load(); p != nil && p.atoms == x {
		return p
	}
	p := &atomParts{atoms: x}
	if members, ok := x.members(d.parts); ok {
		p.part, p.in = slices.Repeat([]int32{NoPart}, x.words<<6), members
		for part, in := range members {
			in.all(func(atom int) bool {
				p.part[atom] = int32(part)
				return true
			})
		}
	}
	d.byAtoms.Store(p)
	return p
}

// made returns the form of a set made of atoms or, before any is known, of a part.
func (d *Division) made(s AddressSet) *form {
	if f := s.made(); f != nil || d.byAtoms.Load() != nil {
		return f
	}
	for _, p := range d.parts {
		if f := p.made(); f != nil {
			return f
		}
	}
	return nil
}

func newShares(parts []AddressSet) *shares {
	d := &shares{names: [2]map[string]int32{{}, {}}}
	for i, p := range parts {
		a := p.get()
		for _, s := range a.v4 {
			d.v4 = append(d.v4, share[ip4]{s, int32(i)})
		}
		for _, s := range a.v6 {
			d.v6 = append(d.v6, share[ip6]{s, int32(i)})
		}
		for f, names := range a.names {
			for _, name := range names {
				d.names[f][name] = int32(i)
			}
		}
	}
	slices.SortFunc(d.v4, func(a, b share[ip4]) int { return a.lo.compare(b.lo) })
	slices.SortFunc(d.v6, func(a, b share[ip6]) int { return a.lo.compare(b.lo) })
	return d
}

// Piece is what a part of a division holds of a set.
type Piece struct {
	Part int // its index
	Set  AddressSet
}

// NoPart is the part of opaque points that no part of a division holds.
const NoPart = -1

// Holder returns the part that holds all of a set made of atoms or of a single address,
// if that is quick to tell: ok is false where it is not, or there is none.
func (d *Division) Holder(s AddressSet) (part int, ok bool) {
	f := s.made()
	if f == nil {
		return d.holderOf(s)
	}
	p := d.of(f.atoms)
	if first := f.in.first(); p.part != nil && p.part[first] != NoPart && f.in.in(p.in[p.part[first]]) {
		return int(p.part[first]), true
	}
	return 0, false
}

// holderOf is Holder for a set of a single address.
func (d *Division) holderOf(s AddressSet) (part int, ok bool) {
	p := d.byAtoms.Load()
	if p == nil || p.part == nil || s.IsEmpty() || !s.isAddress() {
		return 0, false
	}
	a, single := s.single()
	if !single {
		return 0, false
	}
	atom := 0
	if a.family == IPv4 {
		atom = int(p.atoms.v4.classOf(a))
	} else {
		atom = p.atoms.first[1]<<6 + int(p.atoms.v6.classOf(a))
	}
	holder := p.part[atom]
	return int(holder), holder != NoPart
}

// Cut returns the pieces of a set that are not empty, in the order of the parts;
// opaque points that no part holds come first, as the piece of [NoPart]. Numeric
// addresses that no part holds are left out.
func (d *Division) Cut(s AddressSet) []Piece {
	p := d.byAtoms.Load()
	if f := d.made(s); f != nil {
		p = d.of(f.atoms)
	}
	if p == nil || p.part == nil || s.IsEmpty() {
		return d.byRanges().cut(s)
	}
	if in, ok := p.atoms.bitmap(s.p); ok {
		return p.cut(in, func(part int32, own bitmap) AddressSet {
			switch {
			case own.equal(in):
				return s
			case part != NoPart && own.equal(p.in[part]):
				return p.atoms.result(d.parts[part], p.in[part])
			}
			return p.atoms.set(own.clone())
		})
	}
	if s.few() {
		return p.cut(p.atoms.touched(s), func(_ int32, own bitmap) AddressSet { return (&form{atoms: p.atoms, in: own}).part(s, true) })
	}
	return d.byRanges().cut(s)
}

// cut divides some atoms by the parts that hold them; piece makes the set of those of
// one part, which are its until it returns.
func (p *atomParts) cut(in bitmap, piece func(part int32, own bitmap) AddressSet) []Piece {
	if first := in.first(); first >= 0 && p.part[first] != NoPart && in.in(p.in[p.part[first]]) {
		return []Piece{{int(p.part[first]), piece(p.part[first], in)}}
	}
	sets := newBitmaps(3, len(in)<<6)
	left, own, none := sets[0], sets[1], sets[2]
	copy(left, in)
	var out []Piece
	for i := range left {
		for left[i] != 0 {
			atom := i<<6 + bits.TrailingZeros64(left[i])
			part := p.part[atom]
			if part == NoPart {
				none.set(atom)
				left[i] &= left[i] - 1
				continue
			}
			own.meet(left, p.in[part])
			left.remove(own)
			if set := piece(part, own); !set.IsEmpty() {
				out = append(out, Piece{int(part), set})
			}
		}
	}
	if !none.isEmpty() {
		set := piece(NoPart, none)
		if set = freeze(nil, nil, [2][]string{set.opaque(IPv4), set.opaque(IPv6)}); !set.IsEmpty() {
			out = append(out, Piece{NoPart, set})
		}
	}
	slices.SortFunc(out, func(a, b Piece) int { return cmp.Compare(a.Part, b.Part) })
	return out
}

func (d *shares) cut(s AddressSet) []Piece {
	a := s.get()
	v4, v6 := cutSpans(a.v4, d.v4), cutSpans(a.v6, d.v6)
	names := map[int32]*[2][]string{}
	for f, list := range a.names {
		for _, name := range list {
			part, ok := d.names[f][name]
			if !ok {
				part = NoPart
			}
			if names[part] == nil {
				names[part] = new([2][]string)
			}
			names[part][f] = append(names[part][f], name)
		}
	}
	var found []int32
	for part := range v4 {
		found = append(found, part)
	}
	for part := range v6 {
		found = append(found, part)
	}
	for part := range names {
		found = append(found, part)
	}
	slices.Sort(found)
	var out []Piece
	for _, part := range slices.Compact(found) {
		var own [2][]string
		if names[part] != nil {
			own = *names[part]
		}
		out = append(out, Piece{int(part), freeze(v4[part], v6[part], own, s)})
	}
	return out
}

// cutSpans divides a canonical list by the part that holds the spans. Spans that
// lie in one share are taken together.
func cutSpans[T point[T]](s []span[T], shares []share[T]) map[int32][]span[T] {
	out := map[int32][]span[T]{}
	for len(s) > 0 {
		own := s[0]
		if len(shares) > 0 && shares[0].hi.compare(own.lo) < 0 {
			shares = shares[sort.Search(len(shares), func(i int) bool { return shares[i].hi.compare(own.lo) >= 0 }):]
		}
		if len(shares) > 0 && shares[0].lo.compare(own.lo) <= 0 && own.hi.compare(shares[0].hi) <= 0 {
			x := shares[0]
			n := len(s) - len(from(s, x.hi)) // all of these end before the share does
			n = max(n, 1)
			if n == len(s) && out[x.part] == nil {
				out[x.part] = s // nothing comes after it
				return out
			}
			if n > 16 { // where there are so many, more of the rest may follow
				out[x.part] = slices.Grow(out[x.part], len(s))
			}
			out[x.part] = append(appendSpan(out[x.part], s[0]), s[1:n]...)
			s = s[n:]
			continue
		}
		for _, x := range shares {
			if x.lo.compare(own.hi) > 0 {
				break
			}
			both := own
			if x.lo.compare(both.lo) > 0 {
				both.lo = x.lo
			}
			if x.hi.compare(both.hi) < 0 {
				both.hi = x.hi
			}
			out[x.part] = appendSpan(out[x.part], both)
		}
		s = s[1:]
	}
	return out
}
