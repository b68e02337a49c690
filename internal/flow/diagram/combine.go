package diagram

import (
	"slices"

	"github.com/wayleave/wayleave/internal/flow/workload/interval"
)

// rule is the diagram of one rule: its answer inside its box, nothing outside.
func (s *store) rule(i int, r *interval.Rule) ref {
	answer := matched
	if r.Allow {
		answer |= allowed
	}
	if s.deciders {
		answer |= leaf(i) << ruleShift
	}
	return s.box(&r.Box, answer)
}

func (s *store) box(b *interval.Box, answer leaf) ref {
	inside := s.leaf(answer)
	ported := inside
	for level := leafLevel - 1; level >= portLevel; level-- {
		ported = s.split(level, b[order[level]], ported)
	}
	portless := nothing
	if b.AnyPort() {
		portless = inside
	}
	r := s.protocols(b[interval.Protocol], ported, portless)
	for level := protocolLevel - 1; level >= 0; level-- {
		r = s.split(level, b[order[level]], r)
	}
	return r
}

// split leads the values of the set to child and all others to nothing.
func (s *store) split(level int, set interval.Set, child ref) ref {
	edges := s.scratch[level][:0]
	top := order[level].Top()
	next := uint64(0)
	for _, v := range set {
		if uint64(v.Lo) > next {
			edges = append(edges, edge{v.Lo - 1, nothing})
		}
		edges = append(edges, edge{v.Hi, child})
		next = uint64(v.Hi) + 1
	}
	if next <= uint64(top) {
		edges = append(edges, edge{top, nothing})
	}
	s.scratch[level] = edges
	return s.node(level, edges)
}

// protocols leads the protocols of the set to one of two children.
func (s *store) protocols(set interval.Set, ported, portless ref) ref {
	edges := s.scratch[protocolLevel][:0]
	for p := range interval.Protocol.Top() + 1 {
		child := nothing
		switch {
		case !set.Has(p):
		case interval.HasPorts(p):
			child = ported
		default:
			child = portless
		}
		if n := len(edges); n > 0 && edges[n-1].child == child {
			edges[n-1].bound = p
			continue
		}
		edges = append(edges, edge{p, child})
	}
	s.scratch[protocolLevel] = edges
	return s.node(protocolLevel, edges)
}

// overlay is a where a matches, else b. In a diagram of deciders, b also tells
// what the next rule does where a's decider has no successor yet.
func (s *store) overlay(a, b ref, memo *table) ref {
	if a == b || b == nothing {
		return a
	}
	if a == nothing {
		return b
	}
	na, nb := &s.nodes[a], &s.nodes[b]
	if na.level == leafLevel {
		if !s.deciders || na.answer&(nextAllow|nextDeny) != 0 {
			return a
		}
		if nb.level == leafLevel {
			if nb.answer.allows() {
				return s.leaf(na.answer | nextAllow)
			}
			return s.leaf(na.answer | nextDeny)
		}
	}
	key := pairKey(a, b)
	if r, ok := memo.get(key); ok {
		return r
	}
	r := s.merge(a, b, func(x, y ref) ref { return s.overlay(x, y, memo) })
	memo.put(key, r)
	return r
}

// where is 1 on the packets whose two answers satisfy the predicate, else
// nothing.
func (s *store) where(a, b ref, holds func(a, b leaf) bool) ref {
	var memo table
	one := s.leaf(matched)
	var walk func(a, b ref) ref
	walk = func(a, b ref) ref {
		na, nb := &s.nodes[a], &s.nodes[b]
		if na.level == leafLevel && nb.level == leafLevel {
			if holds(na.answer, nb.answer) {
				return one
			}
			return nothing
		}
		key := pairKey(a, b)
		r, ok := memo.get(key)
		if !ok {
			r = s.merge(a, b, walk)
			memo.put(key, r)
		}
		return r
	}
	return walk(a, b)
}

// merge applies f to the children of two nodes, of which at least one is no
// leaf, over every interval that both keep whole.
func (s *store) merge(a, b ref, f func(a, b ref) ref) ref {
	level := min(s.nodes[a].level, s.nodes[b].level)
	var x, y fan
	s.open(&x, a, level)
	s.open(&y, b, level)
	edges := s.scratch[level][:0]
	lastX, lastY, last := ref(-1), ref(-1), nothing
	for {
		bound := min(x.bounds[0], y.bounds[0])
		if x.children[0] != lastX || y.children[0] != lastY {
			lastX, lastY = x.children[0], y.children[0]
			last = f(lastX, lastY)
		}
		edges = append(edges, edge{bound, last})
		if bound == order[level].Top() {
			break
		}
		x.pass(bound)
		y.pass(bound)
	}
	s.scratch[level] = edges
	return s.node(level, edges)
}

// fan is what is left of a node's edges on a walk over the field of a level.
type fan struct {
	bounds   []uint32
	children []ref

	// The one edge of a node that does not test the field.
	top  [1]uint32
	self [1]ref
}

// open sets f to the edges of r at the level.
func (s *store) open(f *fan, r ref, level int) {
	if n := &s.nodes[r]; n.level == level {
		f.bounds, f.children = n.bounds, n.children
		return
	}
	f.top[0], f.self[0] = order[level].Top(), r
	f.bounds, f.children = f.top[:], f.self[:]
}

// pass moves on if the first edge ends at bound.
func (f *fan) pass(bound uint32) {
	if f.bounds[0] == bound {
		f.bounds, f.children = f.bounds[1:], f.children[1:]
	}
}

// skip moves on past every edge that ends at or before bound.
func (f *fan) skip(bound uint32) {
	i, found := slices.BinarySearch(f.bounds, bound)
	if found {
		i++
	}
	f.bounds, f.children = f.bounds[i:], f.children[i:]
}
