package document

import (
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// lineStarts returns the offset of the first byte of each line. A line ends
// with "\n"; a "\r" before it belongs to the line.
func lineStarts(text string) []uint32 {
	starts := make([]uint32, 1, 1+len(text)/32)
	for offset := 0; ; {
		i := strings.IndexByte(text[offset:], '\n')
		if i < 0 {
			return starts
		}
		offset += i + 1
		starts = append(starts, uint32(offset))
	}
}

// place turns an offset into a position, by the line starts of its file.
func place(name string, starts []uint32, offset int) diagnostic.Position {
	line, found := slices.BinarySearch(starts, uint32(offset))
	if !found {
		line--
	}
	return diagnostic.Position{File: name, Line: line + 1, Column: offset - int(starts[line]) + 1}
}
