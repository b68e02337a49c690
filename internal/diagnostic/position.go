package diagnostic

import (
	"cmp"
	"strconv"
)

// Position is a place in an input. The zero value is an unknown place.
//
// A position that names only a File speaks of the file as a whole.
type Position struct {
	// File is the path as the user gave it, with "/" between folders; "-" is
	// standard input.
	File string `json:"file,omitempty"`
	// Line counts from 1; 0 is unknown.
	Line int `json:"line,omitzero"`
	// Column counts bytes (not characters) from 1; 0 is unknown.
	Column int `json:"column,omitzero"`
}

// IsZero reports whether nothing is known about the place.
func (p Position) IsZero() bool {
	return p == Position{}
}

// String returns "file:line:col", leaving out what is unknown; an unknown
// place is "-".
func (p Position) String() string {
	s := p.File
	if p.Line > 0 {
		if s != "" {
			s += ":"
		}
		s += strconv.Itoa(p.Line)
		if p.Column > 0 {
			s += ":" + strconv.Itoa(p.Column)
		}
	}
	if s == "" {
		return "-"
	}
	return s
}

// Compare orders positions by file, line and column: negative when p comes
// before q, zero when they are equal. What is unknown comes first.
func (p Position) Compare(q Position) int {
	return cmp.Or(
		cmp.Compare(p.File, q.File),
		cmp.Compare(p.Line, q.Line),
		cmp.Compare(p.Column, q.Column),
	)
}
