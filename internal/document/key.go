package document

import (
	"strings"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

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

// EqualFold reports whether the name is name, ASCII letters compared without
// case.
func (k Key) EqualFold(name string) bool {
	text, exact := k.text()
	if !exact {
		text = k.String()
	}
	return equalFold(text, name)
}

func (k Key) is(name string) bool {
	text, exact := k.text()
	if !exact {
		text = k.String()
	}
	return text == name
}

// text returns the name as it stands between the quotes; exact is false where
// it has escapes.
func (k Key) text() (text string, exact bool) {
	n := k.doc.tape[k.index]
	if k.doc.places != nil {
		return k.doc.text[n.start:n.end], true
	}
	text = k.doc.text[n.start+1 : n.end-1]
	return text, strings.IndexByte(text, '\\') < 0
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
