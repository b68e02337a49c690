package flow

import "math"

// setOperation combines two sets word by word.
type setOperation struct {
	words       func(a, b uint64) uint64
	left, right bool // what is in the left, the right set alone is kept
	both        bool // what is in both is kept
}

var (
	unionOf        = setOperation{func(a, b uint64) uint64 { return a | b }, true, true, true}
	intersectionOf = setOperation{func(a, b uint64) uint64 { return a & b }, false, false, true}
	differenceOf   = setOperation{func(a, b uint64) uint64 { return a &^ b }, true, false, false}
)

// combine returns the layer of an operation on two layers.
func combine(a, b *layer, op setOperation) *layer {
	if a == nil {
		if op.right {
			return b
		}
		return nil
	}
	if b == nil {
		if op.left {
			return a
		}
		return nil
	}
	m := newMerge(a, b, op)
	return m.plane.canonical(m.run(), m.leaves)
}

// merge walks two trees in classes that tell apart what either tells apart.
type merge struct {
	op       setOperation
	plane    *plane
	a, b     *layer // with their bitmaps in common classes
	leaves   *bitmapTable
	leafOf   *pairTable // leaf of a, leaf of b -> leaf
	branchOf *pairTable
	known    map[uint64][]int32
	slots    []int32
	out      tree
}

func newMerge(a, b *layer, op setOperation) *merge {
	s, sources := a.plane.s.meet(b.plane.s)
	d, destinations := a.plane.d.meet(b.plane.d)
	t, transports := a.plane.t.common(b.plane.t)
	m := &merge{
		op: op, plane: &plane{a.plane.family, s, d, t},
		leafOf: newPairTable(), branchOf: newPairTable(), known: make(map[uint64][]int32),
	}
	m.a = a.in(sources, destinations, transports, func(p classOfPair) int32 { return p.old })
	m.b = b.in(sources, destinations, transports, func(p classOfPair) int32 { return p.new })
	m.leaves = newLeafTable(m.plane)
	return m
}

// meet returns the axis cut by both and the pairs of classes that its classes
// are.
func (x *axis) meet(y *axis) (*axis, []classOfPair) {
	p := newPairNumbers()
	p.number(0, 0)
	ground := x.flat().meet(y.flat(), p.number)
	return &axis{n: len(p.list), ground: ground}, p.list
}

// common returns the transport cut by both and the pairs of classes that its
// classes are.
func (t *transport) common(o *transport) (*transport, []classOfPair) {
	p := newPairNumbers()
	p.number(0, 0)
	v, _ := t.meetGrid(o, math.MaxInt, p.number) // a space is never refused
	v.n = len(p.list)
	return v, p.list
}

// in returns the layer with its bitmaps in pairs of classes, of which side
// picks its own.
func (l *layer) in(sources, destinations, transports []classOfPair, side func(classOfPair) int32) *layer {
	lift := func(b bitmap, pairs []classOfPair) bitmap {
		out := newBitmap(len(pairs))
		for i, p := range pairs {
			if b.has(int(side(p))) {
				out.set(i)
			}
		}
		return out
	}
	out := &layer{leaves: []bitmap{newBitmap(len(destinations))}}
	for _, b := range l.leaves[1:] {
		out.leaves = append(out.leaves, lift(b, destinations))
	}
	for _, b := range l.tree.branches {
		forks := make([]fork, len(b))
		for i, f := range b {
			forks[i] = fork{lift(f.in, sources), f.to}
		}
		out.tree.branches = append(out.tree.branches, forks)
	}
	for _, f := range l.tree.root {
		out.tree.root = append(out.tree.root, fork{lift(f.in, transports), f.to})
	}
	return out
}

// run combines the trees.
func (m *merge) run() tree {
	root := newForks(m.plane.t.n, new([]int32))
	m.cross(m.a.tree.root, m.b.tree.root, func(in bitmap, a, b int32) {
		if to := m.branch(a, b); to >= 0 {
			root.of(to).add(in)
		}
	})
	m.out.root = root.list
	return m.out
}

// cross calls f with the classes that lead to a place in both trees and with
// those that lead to one in either alone, as far as they are kept; -1 stands
// for no place.
func (m *merge) cross(a, b []fork, f func(in bitmap, a, b int32)) {
	rest := make([]bitmap, len(b))
	for i := range b {
		rest[i] = b[i].in.clone()
	}
	for _, x := range a {
		own := x.in.clone()
		for i, y := range b {
			both := own.clone()
			for k := range both {
				both[k] &= y.in[k]
				own[k] &^= both[k]
				rest[i][k] &^= both[k]
			}
			if !both.isEmpty() {
				f(both, x.to, y.to)
			}
		}
		if m.op.left && !own.isEmpty() {
			f(own, x.to, -1)
		}
	}
	for i, y := range b {
		if m.op.right && !rest[i].isEmpty() {
			f(rest[i], -1, y.to)
		}
	}
}

// branch combines two branches; -1 stands for none.
func (m *merge) branch(a, b int32) int32 {
	if to, known := m.branchOf.get(a, b); known {
		return to - 1
	}
	var x, y []fork
	if a >= 0 {
		x = m.a.tree.branches[a]
	}
	if b >= 0 {
		y = m.b.tree.branches[b]
	}
	forks := newForks(m.plane.s.n, &m.slots)
	m.cross(x, y, func(in bitmap, a, b int32) {
		if to := m.leaf(max(a, 0), max(b, 0)); to != 0 {
			forks.of(to).add(in)
		}
	})
	to := m.out.branch(forks.sorted(), m.known)
	m.branchOf.getOrPut(a, b, to+1)
	return to
}

// leaf combines two leaves; leaf 0 is nothing.
func (m *merge) leaf(a, b int32) int32 {
	if to, known := m.leafOf.get(a, b); known {
		return to
	}
	x, y := m.a.leaves[a], m.b.leaves[b]
	out := make(bitmap, len(x))
	for i := range out {
		out[i] = m.op.words(x[i], y[i])
	}
	n, _ := m.leaves.number(out)
	m.leafOf.getOrPut(a, b, int32(n))
	return int32(n)
}
