// Package document reads JSON and YAML into trees whose every value knows its
// place in the file. It is the only package that imports the JSON and YAML
// libraries, and it knows nothing of what the documents mean.
//
// Load, Read and Parse read JSON; ParseYAML and DecodeYAML read YAML; all give
// a Document, whose root is a Value. A Value is a small handle: navigation
// does not allocate, a value that is not there is safe to navigate further,
// and each value tells its Position (file, line, column), its Path and its
// kind.
//
// Reading is strict and bounded. Two members with one name, text that is not
// UTF-8, a second top-level value, nesting, size or number of values beyond
// Options are refused with one positioned diagnostic, never with a part of the
// tree. Dialect ARM adds what Azure Resource Manager tolerates in templates.
//
// Marshal writes deterministic JSON.
package document

import (
	"bytes"
	"sync"
	"unsafe"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// Document is one parsed file. It is frozen: safe for concurrent use.
type Document struct {
	name   string
	source string // the bytes of the file, without a byte order mark

	// tape holds the values in the order of the file: a container is followed
	// by its children, a member by its name and then its value. It is never
	// empty; the root is entry 0.
	tape []node

	// text is what the offsets of the tape index: source itself for JSON, an
	// arena of resolved scalars for YAML.
	text string
	// places holds, for YAML only, the offset in source of each entry.
	places []uint32
	// quote is the length of a quote around the strings of the tape: 1 for JSON,
	// 0 for YAML.
	quote uint32

	lines     []uint32 // offset in source of the start of each line
	linesOnce sync.Once

	// at is where the whole document stands in another, zero where in none.
	at diagnostic.Position

	family     []kin // the parent of each entry
	familyOnce sync.Once
}

// node is one entry of the tape: a value or the name of a member.
type node struct {
	// start and end bound the text, end exclusive, quotes and brackets
	// included; in YAML they bound the resolved scalar.
	start, end uint32
	// next is the entry after this one and everything in it.
	next uint32
	kind Kind
	// escaped says that a string is not what stands between its quotes.
	escaped bool
}

// kin places an entry in its container.
type kin struct {
	parent uint32 // entry 0, the root, is its own parent
	// ordinal is the index in an array, or the entry of the name in an object.
	ordinal uint32
}

// newDocument wraps data, which must not change afterwards.
func newDocument(name string, data []byte) *Document {
	// The one place where bytes become a string without a copy: a document
	// owns its bytes, and strings cut from it share them.
	source := unsafe.String(unsafe.SliceData(data), len(data))
	return &Document{name: name, source: source, text: source, quote: 1}
}

// Name returns the name the document was read under, with "/" between
// folders.
func (d *Document) Name() string {
	return d.name
}

// Root returns the top-level value.
func (d *Document) Root() Value {
	return Value{doc: d}
}

// Size returns the length of the file in bytes, without a byte order mark.
func (d *Document) Size() int {
	return len(d.source)
}

// Position returns the place of a byte offset. Offsets count from 0, after a
// byte order mark; one beyond the end is taken as the end.
func (d *Document) Position(offset int) diagnostic.Position {
	if !d.at.IsZero() {
		return d.at
	}
	return place(d.name, d.lineStarts(), min(max(offset, 0), len(d.source)))
}

func (d *Document) lineStarts() []uint32 {
	d.linesOnce.Do(func() { d.lines = lineStarts(d.source) })
	return d.lines
}

// byteOrderMark may precede UTF-8 text; Windows tools write it.
var byteOrderMark = []byte("\xef\xbb\xbf")

func trimByteOrderMark(data []byte) []byte {
	return bytes.TrimPrefix(data, byteOrderMark)
}
