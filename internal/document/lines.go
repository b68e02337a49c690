package document

import (
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// lineStarts returns the offset of the first byte of each line. A line ends
// with "\n"; a "\r" before it belongs to the line.
func lineStarts(text string) []uint32 { return appendLineStarts(newLineStarts(text), text, 0) }

// newLineStarts is that of the first line, with room for those of pretty-printed JSON.
func newLineStarts(text string) []uint32 { return make([]uint32, 1, 1+len(text)/24) }

// appendLineStarts adds those after an offset.
func appendLineStarts(starts []uint32, text string, offset int) []uint32 {
	for {
		i := strings.IndexByte(text[offset:], '\n')
		if i < 0 {
			return starts
		}
		offset += i + 1
		starts = append(starts, uint32(offset))
	}
}

// Cursor gives positions a few steps from the one before, where Value.Position
// searches all lines. The zero Cursor is ready to use, with values of any
// document. It is not safe for concurrent use.
type Cursor struct {
	doc    *Document
	starts []uint32
	line   int // of the last position, from 0
}

// Position returns v.Position().
func (c *Cursor) Position(v Value) diagnostic.Position {
	if v.doc == nil {
		return diagnostic.Position{}
	}
	if v.doc != c.doc {
		*c = Cursor{doc: v.doc, starts: v.doc.lineStarts()}
	}
	offset := uint32(v.Offset())
	const near = 16 // lines; further off, halving is quicker
	for range near {
		switch {
		case offset < c.starts[c.line]:
			c.line--
		case c.line+1 < len(c.starts) && c.starts[c.line+1] <= offset:
			c.line++
		default:
			return diagnostic.Position{File: c.doc.name, Line: c.line + 1, Column: int(offset-c.starts[c.line]) + 1}
		}
	}
	c.line = lineOf(c.starts, offset)
	return diagnostic.Position{File: c.doc.name, Line: c.line + 1, Column: int(offset-c.starts[c.line]) + 1}
}

// place turns an offset into a position, by the line starts of its file.
func place(name string, starts []uint32, offset int) diagnostic.Position {
	line := lineOf(starts, uint32(offset))
	return diagnostic.Position{File: name, Line: line + 1, Column: offset - int(starts[line]) + 1}
}

// lineOf finds the line of an offset, from 0.
func lineOf(starts []uint32, offset uint32) int {
	line, found := slices.BinarySearch(starts, offset)
	if !found {
		line--
	}
	return line
}
