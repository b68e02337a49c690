// Package diagram decides questions about packet filters with interval
// decision diagrams (firewall decision diagrams: Gouda and Liu, "Structured
// firewall design", 2007; Christiansen and Fleury, "An MTIDD based firewall",
// 2004). It is an oracle: it answers what the packet-space kernel answers, by
// a method that shares neither its classes nor its bitmaps, so that an error
// would have to be made twice.
//
// A diagram is a hash-consed graph. A node tests one field and splits its
// values into intervals, each leading to a node of a later field or to a leaf.
// No node is made twice and none has a single child, so equal functions are
// equal references. The fields are tested in one fixed order, protocol before
// ports; an edge of a protocol without ports always leads to a leaf.
//
// A policy is a balanced tree of first-match overlays over its rules: changing
// one rule renews only the overlays above it.
//
// Cost: an overlay walks every pair of nodes that meet, and a node that tests
// addresses against a long prefix list has an edge for every gap in it. Random
// subsets of addresses in source and destination make the graph exponential.
package diagram

import (
	"slices"

	"github.com/wayleave/wayleave/internal/flow/workload/interval"
)

// Diagram is a compiled policy. It is not safe for concurrent use: questions
// add nodes to the shared store.
type Diagram struct {
	*store
	policy interval.Policy
	// tree is a heap: tree[1] is the whole policy, tree[k] is tree[2k] over
	// tree[2k+1], and tree[leaves+i] is rule i alone.
	tree   []ref
	leaves int
}

// Compile builds the diagram of a policy. It answers every question but Dead.
func Compile(policy interval.Policy) *Diagram { return compile(newStore(false), policy) }

// CompileDeciders builds the diagram whose leaves tell which rule decides and
// what the next matching rule would do; it is larger, and answers Dead too.
func CompileDeciders(policy interval.Policy) *Diagram { return compile(newStore(true), policy) }

func compile(s *store, policy interval.Policy) *Diagram {
	d := &Diagram{store: s, policy: policy, leaves: 1}
	for d.leaves < len(policy) {
		d.leaves *= 2
	}
	d.tree = make([]ref, 2*d.leaves)
	for i := range policy {
		d.tree[d.leaves+i] = s.rule(i, &policy[i])
	}
	var memo table
	for k := d.leaves - 1; k > 0; k-- {
		if (k+1)&k == 0 { // a level is done: its pairs never come again
			memo.reset()
		}
		d.tree[k] = s.overlay(d.tree[2*k], d.tree[2*k+1], &memo)
	}
	return d
}

// With is the diagram of another policy of the same length; only overlays
// above a rule that differs are built. It shares the store of d.
func (d *Diagram) With(policy interval.Policy) *Diagram {
	if len(policy) != len(d.policy) {
		return compile(d.store, policy)
	}
	n := &Diagram{store: d.store, policy: policy, tree: slices.Clone(d.tree), leaves: d.leaves}
	dirty := make([]bool, len(n.tree))
	for i := range policy {
		if !sameRule(&policy[i], &d.policy[i]) {
			n.tree[n.leaves+i] = n.rule(i, &policy[i])
			dirty[n.leaves+i] = true
		}
	}
	var memo table
	for k := n.leaves - 1; k > 0; k-- {
		if dirty[2*k] || dirty[2*k+1] {
			dirty[k] = true
			memo.reset()
			n.tree[k] = n.overlay(n.tree[2*k], n.tree[2*k+1], &memo)
		}
	}
	return n
}

// Replace is the diagram of the policy with rule i replaced.
func (d *Diagram) Replace(i int, rule interval.Rule) *Diagram {
	policy := slices.Clone(d.policy)
	policy[i] = rule
	return d.With(policy)
}

func sameRule(a, b *interval.Rule) bool {
	if a.Allow != b.Allow {
		return false
	}
	for f := range a.Box {
		x, y := a.Box[f], b.Box[f]
		if len(x) != len(y) || len(x) > 0 && &x[0] != &y[0] && !slices.Equal(x, y) {
			return false
		}
	}
	return true
}

// Nodes is the number of nodes made so far, leaves included.
func (d *Diagram) Nodes() int { return len(d.nodes) }
