package document

import "github.com/wayleave/wayleave/internal/diagnostic"

// Key is the name of a member of an object.
type Key struct {
	doc   *Document
	index uint32
}

// String returns the name. It allocates only where the name has escapes.
func (k Key) String() string {
	return k.doc.scalar(k.index)
}

// Position returns where the name begins, its quote included.
func (k Key) Position() diagnostic.Position {
	return Value{doc: k.doc, index: k.index}.Position()
}

// Offset returns the byte at which the name begins, its quote included.
func (k Key) Offset() int {
	return Value{doc: k.doc, index: k.index}.Offset()
}

// EqualFold reports whether the name is name, ASCII letters compared without
// case.
func (k Key) EqualFold(name string) bool {
	return k.doc.mayBe(k.index, name) && equalFold(k.String(), name)
}

// mayBe reports whether the name at an entry has the length of name, as far as
// that is known without decoding it.
func (d *Document) mayBe(index uint32, name string) bool {
	n := &d.tape[index]
	return n.escaped || int(n.end-n.start-2*d.quote) == len(name)
}

// equalFold compares ASCII letters without case and everything else exactly:
// the names Azure defines are ASCII, and Unicode's folding would take the
// Kelvin sign for a k.
func equalFold(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if a[i] != b[i] && lower(a[i]) != lower(b[i]) {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + ('a' - 'A')
	}
	return c
}

// fold returns s with ASCII letters in lower case.
func fold(s string) string {
	for i := range len(s) {
		if 'A' <= s[i] && s[i] <= 'Z' {
			b := []byte(s)
			for j := i; j < len(b); j++ {
				b[j] = lower(b[j])
			}
			return string(b)
		}
	}
	return s
}
