package amend

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
)

// insertion is a text in place of the bytes from start to end, which are equal
// where nothing is replaced.
type insertion struct {
	start, end int
	text       string
}

// splice makes all insertions; those at one place in their order. It also returns
// them as they were made: in the order of the file, with its line breaks.
func splice(data []byte, list []insertion) ([]byte, []insertion) {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b insertion) int { return cmp.Compare(a.start, b.start) })
	breaks := "\n"
	if bytes.Contains(data, []byte("\r\n")) {
		breaks = "\r\n"
	}
	var out bytes.Buffer
	done := 0
	for i := range list {
		list[i].text = strings.ReplaceAll(list[i].text, "\n", breaks)
		out.Write(data[done:list[i].start])
		out.WriteString(list[i].text)
		done = list[i].end
	}
	out.Write(data[done:])
	return out.Bytes(), list
}

// lineStart is the offset at which the line of another begins.
func lineStart(data []byte, offset int) int {
	return bytes.LastIndexByte(data[:offset], '\n') + 1
}

// lineEnd is the offset of the line break that ends the line of another, or of
// the end of the file.
func lineEnd(data []byte, offset int) int {
	end := len(data)
	if n := bytes.IndexByte(data[offset:], '\n'); n >= 0 {
		end = offset + n
	}
	if end > offset && data[end-1] == '\r' {
		end--
	}
	return end
}

// indentation is the space at the start of the line of an offset.
func indentation(data []byte, offset int) string {
	line := data[lineStart(data, offset):]
	return string(line[:len(line)-len(bytes.TrimLeft(line, " \t"))])
}

// indented puts space in front of every line of a text but empty ones.
func indented(text, by string) string {
	lines := strings.SplitAfter(text, "\n")
	for i, line := range lines {
		if strings.TrimSpace(line) != "" {
			lines[i] = by + line
		}
	}
	return strings.Join(lines, "")
}
