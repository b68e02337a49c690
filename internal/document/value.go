package document

import (
	"iter"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// Value is a handle to one value of a document, small enough to pass by value.
// The zero Value is Missing.
//
// A Missing value that came from a document remembers the innermost value that
// did exist on the way: that is its Position and Path, so that a message about
// a missing member points at the object that lacks it.
type Value struct {
	doc   *Document
	index uint32
	state state
}

type state uint8

const (
	present state = iota
	missing
	ambiguous // index is the name that repeats another one in other case
)

func (v Value) node() node {
	return v.doc.tape[v.index]
}

func (v Value) missing() Value {
	if v.state == present {
		v.state = missing
	}
	return v
}

// is reports whether v is in the file and of kind k.
func (v Value) is(k Kind) bool {
	return v.doc != nil && v.state == present && v.node().kind == k
}

// Kind returns what v is.
func (v Value) Kind() Kind {
	switch {
	case v.doc == nil || v.state == missing:
		return Missing
	case v.state == ambiguous:
		return Ambiguous
	}
	return v.node().kind
}

// Exists reports whether v stands in the file; null does. An ambiguous value
// exists too, although no accessor reads it.
func (v Value) Exists() bool {
	return v.Kind() != Missing
}

// IsZero reports whether v is missing or null: Azure's answers use either for
// "not set".
func (v Value) IsZero() bool {
	k := v.Kind()
	return k == Missing || k == Null
}

// Document returns the document v belongs to, nil for the zero Value.
func (v Value) Document() *Document {
	return v.doc
}

// Position returns where v begins; of a Missing value, where the innermost
// value that exists begins.
func (v Value) Position() diagnostic.Position {
	if v.doc == nil {
		return diagnostic.Position{}
	}
	return v.doc.Position(v.Offset())
}

// Offset returns the offset of the first byte of v in the file, from 0.
func (v Value) Offset() int {
	if v.doc == nil {
		return 0
	}
	if v.doc.places != nil {
		return int(v.doc.places[v.index])
	}
	return int(v.node().start)
}

// PositionWithin returns the place of a byte of v, counted from its first one.
func (v Value) PositionWithin(offset int) diagnostic.Position {
	if v.doc == nil {
		return diagnostic.Position{}
	}
	return v.doc.Position(v.Offset() + offset)
}

// Raw returns the text of v as it stands in a JSON file, quotes and brackets
// included. It is empty for missing values and for YAML.
func (v Value) Raw() string {
	if v.doc == nil || v.state != present || v.doc.places != nil {
		return ""
	}
	n := v.node()
	return v.doc.text[n.start:n.end]
}

// Get returns the member with exactly this name, or a Missing value.
func (v Value) Get(name string) Value {
	if !v.is(Object) {
		return v.missing()
	}
	d := v.doc
	for i, end := v.index+1, v.node().next; i < end; i = d.tape[i+1].next {
		if d.mayBe(i, name) && d.scalar(i) == name {
			return Value{doc: d, index: i + 1}
		}
	}
	return v.missing()
}

// GetFold returns the member with this name, ASCII letters compared without
// case (JSON-1: casing is inconsistent between Azure's resources, versions and
// tools). Where two members match, the answer is an Ambiguous value, which no
// accessor reads and whose Err says which two they are: choosing one could
// turn a verdict round.
//
// The members are searched in order: to look up many names of one large
// object, make an index with Members.
func (v Value) GetFold(name string) Value {
	if !v.is(Object) {
		return v.missing()
	}
	found, d := v.missing(), v.doc
	for i, end := v.index+1, v.node().next; i < end; i = d.tape[i+1].next {
		if !d.mayBe(i, name) || !equalFold(d.scalar(i), name) {
			continue
		}
		if found.state == present {
			return Value{doc: d, index: i, state: ambiguous}
		}
		found = Value{doc: d, index: i + 1}
	}
	return found
}

// Index returns the i-th element of an array, from 0, or a Missing value.
func (v Value) Index(i int) Value {
	if i >= 0 {
		for element := range v.Elements() {
			if i == 0 {
				return element
			}
			i--
		}
	}
	return v.missing()
}

// Len returns the number of elements of an array or members of an object, 0
// for anything else. It takes time proportional to the answer.
func (v Value) Len() int {
	n := 0
	switch v.Kind() {
	case Array:
		for range v.Elements() {
			n++
		}
	case Object:
		for range v.Members() {
			n++
		}
	}
	return n
}

// Elements yields the elements of an array in order, and nothing for any other
// kind.
func (v Value) Elements() iter.Seq[Value] {
	return func(yield func(Value) bool) {
		if !v.is(Array) {
			return
		}
		tape := v.doc.tape
		for i, end := v.index+1, v.node().next; i < end; i = tape[i].next {
			if !yield(Value{doc: v.doc, index: i}) {
				return
			}
		}
	}
}

// Members yields the members of an object in the order of the file, and
// nothing for any other kind. No two names are equal.
func (v Value) Members() iter.Seq2[Key, Value] {
	return func(yield func(Key, Value) bool) {
		if !v.is(Object) {
			return
		}
		tape := v.doc.tape
		for i, end := v.index+1, v.node().next; i < end; i = tape[i+1].next {
			if !yield(Key{doc: v.doc, index: i}, Value{doc: v.doc, index: i + 1}) {
				return
			}
		}
	}
}
