package flow

import "math/bits"

// Atoms divides all addresses and some opaque points into atoms: the coarsest
// classes of which each of some sets is a union (the atomic predicates of those
// sets). Sets that are unions of atoms are combined by bitmaps, whatever number of
// ranges they have; see [Atoms.Of]. Atoms are frozen and safe for concurrent use.
// The nil Atoms divides nothing.
type Atoms struct {
	v4     *atomsOf[ip4]
	v6     *atomsOf[ip6]
	first  [2]int   // by family, the word of a bitmap with which its atoms begin
	words  int      // of a bitmap
	pieces sizes    // by atom, of how many segments and opaque points it consists
	hashes []uint64 // by atom, what it adds to the hash of a set
	dense  []uint64 // the same by word of atoms
	none   form     // of sets that are no unions of atoms

	transports transportBook
}

// atomsOf are the atoms of the family of T: the classes of a plot. Class 0, which is
// in none of the sets, is of opaque points alone that no set holds; it is no atom.
// Atoms are numbered in the order of their first addresses.
type atomsOf[T place[T]] struct {
	*plot[T]
	axis   *axis    // for the weights
	blocks []bitmap // the atoms of every 64 segments
}

// maxAtoms bounds the number of atoms of one family: beyond it most sets have
// fewer ranges than a bitmap has words.
const maxAtoms = 1 << 12

// NewAtoms returns the atoms of the sets, and of all addresses of either family. The
// error wraps [ErrTooFragmented] if they are too many to be of use.
func NewAtoms(sets []AddressSet) (*Atoms, error) {
	distinct := newSetBook()
	for _, s := range append([]AddressSet{everything4, everything6}, sets...) {
		distinct.add(s)
	}
	sets = distinct.list
	x := new(Atoms)
	var err error
	if x.v4, err = newAtomsOf[ip4](sets); err != nil {
		return nil, err
	}
	if x.v6, err = newAtomsOf[ip6](sets); err != nil {
		return nil, err
	}
	x.none.atoms = x
	x.first[1] = wordsFor(x.v4.axis.n)
	x.words = x.first[1] + wordsFor(x.v6.axis.n)
	pieces := make([]uint64, x.words<<6)
	x.hashes = make([]uint64, x.words<<6)
	x.v4.describe(pieces, x.hashes)
	x.v6.describe(pieces[x.first[1]<<6:], x.hashes[x.first[1]<<6:])
	x.pieces = newSizes(pieces)
	x.dense = make([]uint64, x.words)
	for atom, h := range x.hashes {
		x.dense[atom>>6] ^= h
	}
	return x, nil
}

func newAtomsOf[T place[T]](sets []AddressSet) (*atomsOf[T], error) {
	c := newClassifier(len(sets), maxAtoms*wordsFor(len(sets)))
	g, err := cutBySets[T](sets, c, setNames[T](sets))
	if err != nil {
		return nil, err
	}
	x := &atomsOf[T]{plot: g, axis: &axis{n: c.table.len(), ground: g}}
	x.blocks = newBitmaps(len(g.class)>>6, x.axis.n)
	for i, b := range x.blocks {
		for _, class := range g.class[i<<6 : (i+1)<<6] {
			b.set(int(class))
		}
	}
	return x, nil
}

// describe counts the pieces of the atoms and hashes their edges.
func (x *atomsOf[T]) describe(pieces, hashes []uint64) {
	var zero T
	for i, class := range x.class {
		pieces[class]++
		hashes[class] ^= x.starts[i].edges(x.last(i))
	}
	for i, class := range x.nameClass {
		pieces[class]++
		hashes[class] ^= hashName(x.names[i], zero.family().index())
	}
}

// Len returns the number of atoms.
func (x *Atoms) Len() int {
	if x == nil {
		return 0
	}
	return x.v4.axis.n + x.v6.axis.n - 2
}

// Of returns the same set made of atoms, and whether it is a union of them. What is
// computed of sets made of atoms and other unions of them is made of them too, and
// written out as ranges only where somebody asks for those.
func (x *Atoms) Of(s AddressSet) (AddressSet, bool) {
	if x == nil || s.IsEmpty() {
		return s, x != nil
	}
	whole := s
	if f := s.made(); f != nil && f.atoms != x {
		whole = newSet(*s.get(), provenance{})
	}
	in, ok := x.bitmap(whole.p)
	if !ok {
		return s, false
	}
	return x.as(whole, in), true
}

// bitmap returns the atoms of a set that is a union of atoms. The answer is kept at
// the set, for the atoms last asked about.
func (x *Atoms) bitmap(a *addresses) (bitmap, bool) {
	if f := a.form.Load(); f != nil && f.atoms == x {
		return f.in, f.in != nil
	}
	if a.from.number == madeOfAtoms {
		return nil, false // of others, which it is not to forget
	}
	r := a.ranges.Load()
	f := &x.none
	if x.v4.aligned(r.v4) && x.v6.aligned(r.v6) {
		in := make(bitmap, x.words)
		n4, ok4 := x.v4.mark(r.v4, r.names[0], x.half(in, 0))
		n6, ok6 := x.v6.mark(r.v6, r.names[1], x.half(in, 1))
		if ok4 && ok6 && x.pieces.sum(in, 0) == n4+n6 {
			f = &form{x, in, x.content(in)}
			f.made.ranges.Store(r)
		}
	}
	a.form.Store(f)
	return f.in, f.in != nil
}

// aligned reports whether the first range begins and the last one ends with a piece: a
// quick look at what most sets that are no union of atoms do not pass.
func (x *atomsOf[T]) aligned(spans []span[T]) bool {
	if len(spans) == 0 {
		return true
	}
	lo, hi := spans[0].lo, spans[len(spans)-1].hi
	return x.starts[x.find(lo)] == lo && x.last(x.find(hi)) == hi
}

// mark adds the atoms of the pieces of which a set consists and counts the pieces. It
// returns false if a range begins or ends within a piece, or a point is in no atom.
func (x *atomsOf[T]) mark(spans []span[T], names []string, in bitmap) (pieces uint64, ok bool) {
	last := 0
	for _, r := range spans {
		first := x.findFrom(last, r.lo)
		last = x.findFrom(first, r.hi)
		if x.starts[first] != r.lo || x.last(last) != r.hi {
			return 0, false
		}
		x.markSegments(first, last, in)
		pieces += uint64(last-first) + 1
	}
	for _, name := range names {
		class := x.classOfName(name)
		if class == 0 {
			return 0, false
		}
		in.set(int(class))
		pieces++
	}
	return pieces, true
}

// markSegments adds the atoms of the segments from one to another.
func (x *atomsOf[T]) markSegments(i, last int, in bitmap) {
	for i <= last {
		if i&63 == 0 && i+63 <= last {
			in.add(x.blocks[i>>6])
			i += 64
			continue
		}
		in.set(int(x.class[i]))
		i++
	}
}

// half returns the part of a bitmap that is of one family.
func (x *Atoms) half(in bitmap, family int) bitmap {
	if family == 0 {
		return in[:x.first[1]]
	}
	return in[x.first[1]:]
}

// has reports whether one of some atoms holds an address.
func (x *Atoms) has(in bitmap, a Address) bool {
	if a.family == IPv4 {
		return x.half(in, 0).has(int(x.v4.classOf(a)))
	}
	return x.half(in, 1).has(int(x.v6.classOf(a)))
}

// size returns the number of addresses of some atoms.
func (x *Atoms) size(in bitmap) Count {
	return CountOf(x.v4.axis.weigh(x.half(in, 0), 0)).Add(x.v6.axis.weighLong(x.half(in, 1), 0))
}

// hash returns the hash of the set of some atoms: an edge that two of them have in
// common is in it twice, which is not at all.
func (x *Atoms) hash(in bitmap) uint64 {
	h := uint64(0)
	for i, w := range in {
		if bits.OnesCount64(w) > 32 { // quicker by what is missing
			h ^= x.dense[i]
			w = ^w
		}
		for ; w != 0; w &= w - 1 {
			h ^= x.hashes[i<<6+bits.TrailingZeros64(w)]
		}
	}
	return h
}

// opaque returns the opaque points of one family in some atoms.
func (x *Atoms) opaque(in bitmap, f Family) []string {
	if f == IPv4 {
		return x.v4.namesIn(x.half(in, 0))
	}
	return x.v6.namesIn(x.half(in, 1))
}

func (x *atomsOf[T]) namesIn(in bitmap) []string {
	var out []string
	for i, name := range x.names {
		if in.has(int(x.nameClass[i])) {
			out = append(out, name)
		}
	}
	return out
}

// touched returns the atoms of which a set holds an address, atom 0 for a point that is
// in none.
func (x *Atoms) touched(s AddressSet) bitmap {
	in := make(bitmap, x.words)
	x.v4.touch(x.half(in, 0), s)
	x.v6.touch(x.half(in, 1), s)
	return in
}
