package flow

import (
	"cmp"
	"slices"
	"sync"
	"sync/atomic"
)

// atomGround is the ground of the family of T where the classes are unions of atoms.
type atomGround[T place[T]] struct {
	atoms   *Atoms
	fine    *atomsOf[T]
	blocks  []bitmap        // class -> atoms, where there are few classes
	classes func() []int32  // atom -> class; atom 0 is of class 0
	plain   func() *plot[T] // the same ground by ranges
	asked   atomic.Bool     // to expand classes
	byClass func() *atomsByClass
}

// cutByAtoms cuts the family of T by sets that are all unions of atoms; it returns nil
// if they are not.
func cutByAtoms[T place[T]](sets []AddressSet, x *Atoms, limit int) (*axis, error) {
	members, ok := x.members(sets)
	if !ok {
		return nil, nil
	}
	var zero T
	family := zero.family().index()
	fine := familyOfAtoms[T](x)
	n := fine.axis.n
	for i := range members {
		members[i] = x.half(members[i], family)
	}
	var firsts []int32
	g := &atomGround[T]{atoms: x, fine: fine}
	if len(sets) <= fewSets {
		g.blocks, firsts = classesBySet(members, n)
		g.classes = sync.OnceValue(func() []int32 { return classesOf(g.blocks, n) })
	} else {
		var class []int32
		class, firsts = classesByAtom(members, n)
		g.classes = func() []int32 { return class }
	}
	out := &axis{n: len(firsts), ground: g.finish()}
	var err error
	if out.of, err = newTable(len(sets), out.n, limit); err != nil {
		return nil, err
	}
	for i, in := range members {
		for c, atom := range firsts[1:] { // what is so of one atom of a class is so of all
			if in.has(int(atom)) {
				out.of[i].set(c + 1)
			}
		}
	}
	return out, nil
}

// fewSets is up to how many sets are cheaper to compare with each class as a whole
// than atom by atom.
const fewSets = 16

// classesByAtom divides n atoms into classes by which of some sets hold them. It
// returns the class of each atom and the first atom of each class, in the order of
// which they are numbered; class 0 is the atoms in no set.
func classesByAtom(sets []bitmap, n int) (class, firsts []int32) {
	block, blocks := refine(n, len(sets), func(i int, put func(int32)) {
		sets[i].all(func(atom int) bool {
			put(int32(atom))
			return true
		})
	})
	order := newOrder(int(blocks))
	order.number(0)
	class, firsts = block, []int32{0}
	for atom, b := range block { // atoms are numbered in the order of their first addresses
		if class[atom] = order.number(b); int(class[atom]) == len(firsts) {
			firsts = append(firsts, int32(atom))
		}
	}
	return class, firsts
}

// classesBySet is classesByAtom that cuts all atoms of a class at once, and returns the
// atoms of each class.
func classesBySet(sets []bitmap, n int) (blocks []bitmap, firsts []int32) {
	rest := newBitmap(n)
	for atom := range n {
		rest.set(atom)
	}
	for _, s := range sets {
		for _, b := range blocks {
			if !b.meets(s) || b.in(s) {
				continue
			}
			blocks = append(blocks, b.without(s))
			b.meet(b, s)
		}
		if s.meets(rest) {
			fresh := s.and(rest)
			rest.remove(fresh)
			blocks = append(blocks, fresh)
		}
	}
	slices.SortFunc(blocks, func(a, b bitmap) int { return cmp.Compare(a.first(), b.first()) })
	firsts = []int32{0}
	for _, b := range blocks {
		firsts = append(firsts, int32(b.first()))
	}
	return append([]bitmap{rest}, blocks...), firsts
}

// classesOf returns the class of each of n atoms.
func classesOf(blocks []bitmap, n int) []int32 {
	class := make([]int32, n)
	for i, b := range blocks {
		b.all(func(atom int) bool {
			class[atom] = int32(i)
			return true
		})
	}
	return class
}

// members returns the atoms of sets that are all unions of them, or false.
func (x *Atoms) members(sets []AddressSet) ([]bitmap, bool) {
	if x == nil {
		return nil, false
	}
	members := make([]bitmap, len(sets))
	for i, s := range sets {
		if s.IsEmpty() {
			members[i] = make(bitmap, x.words)
			continue
		}
		var ok bool
		if members[i], ok = x.bitmap(s.p); !ok {
			return nil, false
		}
	}
	return members, true
}

// atomsOfCubes returns the atoms of which a set of cubes is made, the first that is made
// of any, or nil.
func atomsOfCubes(cubes []Cube) *Atoms {
	for _, c := range cubes {
		for _, s := range [...]AddressSet{c.Source, c.Destination} {
			if f := s.made(); f != nil {
				return f.atoms
			}
		}
	}
	return nil
}

func familyOfAtoms[T place[T]](x *Atoms) *atomsOf[T] {
	if own, ok := any(x.v4).(*atomsOf[T]); ok {
		return own
	}
	return any(x.v6).(*atomsOf[T])
}

func newAtomGround[T place[T]](x *Atoms, fine *atomsOf[T], class []int32) *atomGround[T] {
	g := &atomGround[T]{atoms: x, fine: fine, classes: func() []int32 { return class }}
	return g.finish()
}

// finish derives the rest of a ground from its classes.
func (g *atomGround[T]) finish() *atomGround[T] {
	g.plain = sync.OnceValue(func() *plot[T] {
		class := g.classes()
		return g.fine.renamed(func(atom int32) int32 { return class[atom] })
	})
	g.byClass = sync.OnceValue(func() *atomsByClass { return newAtomsByClass(g.classes()) })
	return g
}

// mark adds to b the classes of which some atoms are part.
func (g *atomGround[T]) mark(b, atoms bitmap) {
	var zero T
	atoms = g.atoms.half(atoms, zero.family().index())
	for class, block := range g.blocks {
		if block.meets(atoms) {
			b.set(class)
		}
	}
	if g.blocks != nil {
		return
	}
	class := g.classes()
	atoms.all(func(atom int) bool {
		b.set(int(class[atom]))
		return true
	})
}

// expand returns the atoms of the classes in b; atom 0 with class 0.
func (g *atomGround[T]) expand(b bitmap) bitmap {
	atoms := newBitmap(g.fine.axis.n)
	if g.blocks != nil {
		b.all(func(class int) bool {
			atoms.add(g.blocks[class])
			return true
		})
		return atoms
	}
	if g.asked.Swap(true) {
		g.byClass().addTo(atoms, b)
		return atoms
	}
	for atom, class := range g.classes() {
		if b.has(int(class)) {
			atoms.set(atom)
		}
	}
	return atoms
}

func (g *atomGround[T]) classOf(a Address) int32 {
	atom := g.fine.classOf(a)
	if g.blocks != nil {
		return int32(slices.IndexFunc(g.blocks, func(b bitmap) bool { return b.has(int(atom)) }))
	}
	return g.classes()[atom]
}

func (g *atomGround[T]) touch(b bitmap, s AddressSet) {
	if x, in := s.inForm(); x == g.atoms {
		g.mark(b, in)
		return
	}
	g.mark(b, g.atoms.touched(s))
}

func (g *atomGround[T]) set(b bitmap, within *AddressSet) AddressSet {
	atoms := g.expand(b)
	var zero T
	family := zero.family().index()
	whole := make(bitmap, g.atoms.words)
	half := g.atoms.half(whole, family)
	if within != nil {
		x, in := within.inForm()
		if x != g.atoms {
			return g.fine.set(atoms, within)
		}
		for i, w := range g.atoms.half(in, family) {
			half[i] = atoms[i] & w
		}
	} else {
		copy(half, atoms)
		half[0] &^= 1
	}
	return g.atoms.set(whole)
}

func (g *atomGround[T]) natural(b bitmap, within *AddressSet, cut bool, want []AddressSet) (Address, int, bool) {
	return g.fine.natural(g.expand(b), within, cut, want)
}

func (g *atomGround[T]) measure(n int) tally {
	var zero T
	t := newTally(zero.family(), n)
	fine := g.fine.measure(g.segments())
	for atom, class := range g.classes() {
		if zero.family() == IPv4 {
			t.short[class] += fine.short[atom]
		} else {
			t.long[class] = t.long[class].Add(fine.long[atom])
		}
	}
	return t
}

func (g *atomGround[T]) flat() ground  { return g }
func (g *atomGround[T]) segments() int { return g.fine.axis.n }

// meet, splice and equal go from atom to atom if the other ground is of the same atoms.

func (g *atomGround[T]) meet(other ground, pair func(a, b int32) int32) ground {
	o, ok := other.(*atomGround[T])
	if !ok || o.atoms != g.atoms {
		return byRanges[T](g).meet(other, pair)
	}
	return g.pairs(o, pair)
}

func (g *atomGround[T]) splice(other ground, p *pairing) ground {
	o, ok := other.(*atomGround[T])
	if !ok || o.atoms != g.atoms {
		return byRanges[T](g).splice(other, p)
	}
	outer := o.classes()
	for atom, class := range g.classes() { // what is outside keeps its number
		if outer[atom] == 0 {
			p.mate[class] = 0
		}
	}
	return g.pairs(o, p.pair)
}

// pairs returns the ground of pairs of classes, of which atom 0 has that of class 0.
func (g *atomGround[T]) pairs(o *atomGround[T], pair func(a, b int32) int32) ground {
	own, other, class := g.classes(), o.classes(), make([]int32, g.segments())
	for atom := 1; atom < len(class); atom++ {
		class[atom] = pair(own[atom], other[atom])
	}
	return newAtomGround(g.atoms, g.fine, class)
}

func (g *atomGround[T]) rename(to func(class int32) int32) ground {
	own, class := g.classes(), make([]int32, g.segments())
	for atom := 1; atom < len(class); atom++ {
		class[atom] = to(own[atom])
	}
	return newAtomGround(g.atoms, g.fine, class)
}

func (g *atomGround[T]) equal(other ground) bool {
	o, ok := other.(*atomGround[T])
	if !ok || o.atoms != g.atoms {
		return byRanges[T](g).equal(other)
	}
	return slices.Equal(g.classes(), o.classes())
}

// byRanges returns a flat ground of the family of T as a plot.
func byRanges[T place[T]](g ground) *plot[T] {
	if own, ok := g.(*atomGround[T]); ok {
		return own.plain()
	}
	return g.(*plot[T])
}
