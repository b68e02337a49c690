package fabric

import (
	"slices"

	"github.com/wayleave/wayleave/internal/flow"
)

// Bounds is what is known of a set of addresses: it holds all of Must, nothing
// outside May, and the Doubts say what is not known of the rest. Must is a
// subset of May.
type Bounds struct {
	Must, May flow.AddressSet
	Doubts    []Doubt
}

// Doubt says why it is not known whether addresses belong to a set.
type Doubt struct {
	Where flow.AddressSet
	Why   string
}

func exactly(s flow.AddressSet) Bounds { return Bounds{Must: s, May: s} }

// doubtful is a set of which only an upper bound is known.
func doubtful(may flow.AddressSet, why string) Bounds {
	return Bounds{May: may, Doubts: []Doubt{{may, why}}}
}

// Exact reports whether the set is known.
func (b Bounds) Exact() bool { return b.Must.Equal(b.May) }

// shared is the set for several, each of whom may add doubts of its own.
func (b Bounds) shared() Bounds {
	b.Doubts = slices.Clip(b.Doubts)
	return b
}

// union is what is known of the union of two sets.
func (b Bounds) union(o Bounds) Bounds {
	must := b.Must.Union(o.Must)
	may := must
	if !b.plain() || !o.plain() {
		may = b.May.Union(o.May)
	}
	return Bounds{must, may, slices.Concat(b.Doubts, o.Doubts)}
}

// plain reports whether both bounds are one set, and so are those of what is computed
// of several such.
func (b Bounds) plain() bool { return b.Must == b.May }

// minus is what is known of the difference of two sets.
func (b Bounds) minus(o Bounds) Bounds {
	must := b.Must.Minus(o.May)
	may := must
	if !b.plain() || !o.plain() {
		may = b.May.Minus(o.Must)
	}
	return Bounds{must, may, slices.Concat(b.Doubts, o.Doubts)}
}

// intersect is what is known of the part of a set in a known one.
func (b Bounds) intersect(s flow.AddressSet) Bounds {
	must := b.Must.Intersect(s)
	may := must
	if !b.plain() {
		may = b.May.Intersect(s)
	}
	return Bounds{must, may, b.Doubts}
}

// open lists the doubts that are not settled by what is certain. Together they
// cover all that is uncertain.
func (b Bounds) open() []Doubt {
	uncertain := b.May.Minus(b.Must)
	if uncertain.IsEmpty() {
		return nil
	}
	var left []Doubt
	unexplained := uncertain
	for _, d := range b.Doubts {
		if d.Where = d.Where.Intersect(uncertain); !d.Where.IsEmpty() {
			left = append(left, d)
			unexplained = unexplained.Minus(d.Where)
		}
	}
	if !unexplained.IsEmpty() {
		left = append(left, Doubt{unexplained, "whether " + unexplained.Folded(3) + " belongs to it is not known"})
	}
	return left
}

// reasons says why it is not known which of these addresses are in the set.
func (b Bounds) reasons(at flow.AddressSet) []string {
	var why []string
	for _, d := range b.open() {
		if d.Where.Overlaps(at) {
			why = append(why, d.Why)
		}
	}
	return sorted(why)
}

// Reasons says why it is not known which of these addresses are in the set.
func (b Bounds) Reasons(at flow.AddressSet) []string { return b.reasons(at) }

// sorted returns the texts in order, each once.
func sorted(texts []string) []string {
	texts = slices.Clone(texts)
	slices.Sort(texts)
	return slices.Compact(texts)
}
