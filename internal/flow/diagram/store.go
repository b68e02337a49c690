package diagram

import "github.com/wayleave/wayleave/internal/flow/workload/interval"

// order is the order in which fields are tested. Protocol stands before the
// ports, because it tells whether there are any.
var order = [...]interval.Field{
	interval.Destination, interval.Source, interval.Protocol, interval.DestinationPort, interval.SourcePort,
}

// Levels of the order; a leaf stands below all fields.
const (
	protocolLevel = 2
	portLevel     = 3
	leafLevel     = len(order)
)

// ref names a node; equal refs of one store are equal functions.
type ref int32

// nothing is the leaf of packets that no rule matches, in every store.
const nothing ref = 0

// leaf is what a diagram answers: 0 if no rule matches, else matched, allowed
// if the deciding rule allows, and in a diagram of deciders what the next
// matching rule does (neither bit while unknown) and the rule's index.
type leaf int32

const (
	matched   leaf = 1
	allowed   leaf = 2
	nextDeny  leaf = 4
	nextAllow leaf = 8

	ruleShift = 4
)

func (l leaf) allows() bool { return l&allowed != 0 }

// node tests the field of its level: values up to bounds[0] lead to
// children[0], further ones up to bounds[1] to children[1], and so on to the
// field's greatest value. A leaf has leafLevel and only an answer.
type node struct {
	level    int
	answer   leaf
	twin     ref // the next node with the same hash, or nothing
	bounds   []uint32
	children []ref
}

// edge leads the values up to bound, inclusive, to child.
type edge struct {
	bound uint32
	child ref
}

type store struct {
	nodes  []node
	leaves map[leaf]ref
	inner  table // hash of a node that is no leaf -> the newest such node

	// deciders makes leaves tell the rule, not only its action.
	deciders bool
	// scratch holds the edges of the one node under construction at a level.
	scratch [leafLevel][]edge
}

func newStore(deciders bool) *store {
	s := &store{deciders: deciders, leaves: map[leaf]ref{}}
	s.leaf(0) // becomes nothing
	return s
}

func (s *store) leaf(answer leaf) ref {
	r, ok := s.leaves[answer]
	if !ok {
		r = ref(len(s.nodes))
		s.nodes = append(s.nodes, node{level: leafLevel, answer: answer})
		s.leaves[answer] = r
	}
	return r
}

// node is the canonical node of the edges, which are sorted, cover the field
// and lead below level. Neighbours with one child are merged in place; a node
// with a single child is that child.
func (s *store) node(level int, edges []edge) ref {
	last := 0
	for _, e := range edges[1:] {
		if e.child != edges[last].child {
			last++
		}
		edges[last] = e
	}
	if edges = edges[:last+1]; last == 0 {
		return edges[0].child
	}
	hash := uint64(level) + uint64(len(edges))<<8
	for _, e := range edges {
		hash = (hash ^ uint64(e.bound)) * 0xd6e8feb86659fd93
		hash = (hash ^ hash>>29 ^ uint64(e.child)) * 0xa0761d6478bd642f
	}
	head, _ := s.inner.get(hash)
	for r := head; r != nothing; r = s.nodes[r].twin {
		if n := &s.nodes[r]; n.level == level && n.leadsTo(edges) {
			return r
		}
	}
	n := node{level: level, twin: head, bounds: make([]uint32, len(edges)), children: make([]ref, len(edges))}
	for i, e := range edges {
		n.bounds[i], n.children[i] = e.bound, e.child
	}
	r := ref(len(s.nodes))
	s.nodes = append(s.nodes, n)
	s.inner.put(hash, r)
	return r
}

func (n *node) leadsTo(edges []edge) bool {
	if len(n.bounds) != len(edges) {
		return false
	}
	for i, e := range edges {
		if n.bounds[i] != e.bound || n.children[i] != e.child {
			return false
		}
	}
	return true
}
