package flow

import (
	"math"
	"slices"
)

// layer is the packets of one family that are in a space, in canonical form:
// equal sets of packets have equal layers.
//
// Its classes are the coarsest that tell packets in the space from others:
// two sources are in one class exactly if the space holds them with the same
// destinations and services, and so on for each field. Classes are numbered in
// the order of their first values; class 0 is the values of no packet in the
// space. A tree leads from transport classes over source classes to a set of
// destination classes, equal parts of it being one.
//
// The nil layer is empty.
type layer struct {
	plane  *plane
	tree   tree     // leads to leaves
	leaves []bitmap // destination classes; leaf 0 is nothing
}

// unlimited returns a meter that never stops.
func unlimited() *meter {
	return &meter{grant: math.MaxInt64, memory: math.MaxInt64}
}

// newLeafTable returns a table of sets of destination classes, the empty set as 0.
func newLeafTable(p *plane) *bitmapTable {
	t := newBitmapTable(wordsFor(p.d.n))
	t.number(newBitmap(p.d.n))
	return t
}

// union returns the layer of the packets in at least one of the boxes.
func (p *plane) union(boxes []box) *layer {
	rules := make([]lifted, len(boxes))
	all := box{newBitmap(p.s.n), newBitmap(p.d.n), newBitmap(p.t.n)}
	for i, b := range boxes {
		rules[i] = lifted{box: b, permit: true, void: b.isEmpty()}
		if !rules[i].void {
			all.s.add(b.s)
			all.t.add(b.t)
		}
	}
	c := rulesetOf(p, rules).newColumns(unlimited())
	leaves := newLeafTable(p)
	union := newBitmap(p.d.n)
	tree, _ := c.build(&all, func(list bitmap) (int32, bool) {
		clear(union)
		list.all(func(rule int) bool {
			for _, w := range c.sparse[rule] {
				union[w.at] |= w.bits
			}
			return true
		})
		n, _ := leaves.number(union)
		return int32(n), true
	})
	return p.canonical(tree, leaves)
}

// canonical makes a layer of a tree over any classes of a plane, where columns
// with equal destinations lead to one leaf.
func (p *plane) canonical(t tree, leaves *bitmapTable) *layer {
	if len(t.root) == 0 {
		return nil
	}
	l := &layer{leaves: []bitmap{nil}}
	var sources []bitmap
	for _, b := range t.branches {
		for _, f := range b {
			sources = append(sources, f.in)
		}
	}
	var destinations []bitmap
	for i := 1; i < leaves.len(); i++ {
		destinations = append(destinations, leaves.at(i))
	}
	s, toS := p.s.coarsen(sources)
	d, toD := p.d.coarsen(destinations)
	services, toT := p.t.coarsen(t.root)
	l.plane = &plane{p.family, s, d, services}

	root := make([]fork, services.n-1) // class 0 leads nowhere
	for _, f := range t.root {
		class := toT[f.in.first()]
		in := newBitmap(services.n)
		in.set(int(class))
		root[class-1] = fork{in, f.to}
	}
	branchOf, leafOf := make(map[int32]int32), make(map[int32]int32)
	for i := range root {
		to, known := branchOf[root[i].to]
		if !known {
			to = int32(len(l.tree.branches))
			branchOf[root[i].to] = to
			l.tree.branches = append(l.tree.branches, l.branch(t.branches[root[i].to], toS, toD, leaves, leafOf))
		}
		root[i].to = to
	}
	l.tree.root = root
	return l
}

// branch renames the classes of a branch and numbers its leaves.
func (l *layer) branch(old []fork, toS, toD []int32, leaves *bitmapTable, leafOf map[int32]int32) []fork {
	out := make([]fork, len(old))
	for i, f := range old {
		out[i] = fork{renamed(f.in, toS, l.plane.s.n), f.to}
	}
	slices.SortFunc(out, func(a, b fork) int { return a.in.first() - b.in.first() })
	for i := range out {
		to, known := leafOf[out[i].to]
		if !known {
			to = int32(len(l.leaves))
			leafOf[out[i].to] = to
			l.leaves = append(l.leaves, renamed(leaves.at(int(out[i].to)), toD, l.plane.d.n))
		}
		out[i].to = to
	}
	return out
}

// renamed returns a union of classes after the classes were renamed.
func renamed(b bitmap, to []int32, n int) bitmap {
	out := newBitmap(n)
	b.all(func(class int) bool {
		out.set(int(to[class]))
		return true
	})
	return out
}

// coarsen returns the axis cut by the sets of classes alone, and what its
// classes are called there.
func (x *axis) coarsen(sets []bitmap) (*axis, []int32) {
	block, blocks := refine(x.n, len(sets), func(i int, put func(int32)) {
		sets[i].all(func(class int) bool {
			put(int32(class))
			return true
		})
	})
	order := newOrder(int(blocks))
	order.number(0)
	ground := x.flat().rename(func(class int32) int32 { return order.number(block[class]) })
	to := make([]int32, x.n)
	for class, b := range block {
		to[class] = order.to[b]
	}
	return &axis{n: order.n, ground: ground}, to
}

// rename returns the ground with other classes and joined segments. Opaque
// points of class 0 are dropped.
func (g *plot[T]) rename(to func(class int32) int32) ground { return g.renamed(to) }

func (g *plot[T]) renamed(to func(class int32) int32) *plot[T] {
	c := g.cut.rename(to)
	var names []string
	var classes []int32
	for i, name := range g.names {
		if class := to(g.nameClass[i]); class != 0 {
			names = append(names, name)
			classes = append(classes, class)
		}
	}
	return newPlot(c, names, classes, nil)
}

// equal reports whether two canonical layers hold the same packets.
func (l *layer) equal(o *layer) bool {
	if l == nil || o == nil || l == o {
		return l == o
	}
	return l.plane.s.equal(o.plane.s.ground) && l.plane.d.equal(o.plane.d.ground) && l.plane.t.equal(o.plane.t) &&
		equalForks(l.tree.root, o.tree.root) &&
		slices.EqualFunc(l.tree.branches, o.tree.branches, equalForks) &&
		slices.EqualFunc(l.leaves, o.leaves, bitmap.equal)
}

func (g *plot[T]) equal(other ground) bool {
	o := byRanges[T](other)
	return g.cut.equal(o.cut) && slices.Equal(g.names, o.names) && slices.Equal(g.nameClass, o.nameClass)
}

// boxes returns the layer as disjoint boxes.
func (l *layer) boxes() []box {
	if l == nil {
		return nil
	}
	var out []box
	for _, r := range l.tree.root {
		for _, f := range l.tree.branches[r.to] {
			out = append(out, box{f.in, l.leaves[f.to], r.in})
		}
	}
	return out
}

// holds reports whether a packet is in the layer.
func (l *layer) holds(p Packet) bool {
	if l == nil {
		return false
	}
	t, s, d := l.plane.t.classOf(p), l.plane.s.classOf(p.Source), l.plane.d.classOf(p.Destination)
	if t == 0 {
		return false
	}
	for _, f := range l.tree.branches[l.tree.root[t-1].to] {
		if f.in.has(int(s)) {
			return l.leaves[f.to].has(int(d))
		}
	}
	return false
}
