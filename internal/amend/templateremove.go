package amend

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/document"
)

// removal is what a list or an object loses: entries by their number.
type removal struct {
	container document.Value
	entries   []int
}

// entry is an element of a list, or a member of an object with its name.
type entry struct{ start, end int }

func (t *template) entries(container document.Value) []entry {
	var list []entry
	for v := range container.Elements() {
		list = append(list, entry{t.offset + v.Offset(), t.offset + v.Offset() + len(v.Raw())})
	}
	for key, v := range container.Members() {
		list = append(list, entry{t.offset + key.Offset(), t.offset + v.Offset() + len(v.Raw())})
	}
	return list
}

// remove takes entries away with the commas that are too many then: the one behind
// an entry, but of the last ones that before it. Comments stay, and so do lines that
// hold something else.
func (t *template) remove(r *removal) []insertion {
	list := t.entries(r.container)
	gone := func(i int) bool { return slices.Contains(r.entries, i) }
	kept := len(list)
	for kept > 0 && gone(kept-1) {
		kept-- // behind this one nothing is kept
	}
	var spans []entry
	for i, e := range list {
		if !gone(i) {
			continue
		}
		spans = append(spans, e)
		if i >= kept && i > 0 {
			if at, ok := t.comma(list[i-1].end); ok {
				spans = append(spans, entry{at, at + 1})
			}
		}
		if i < kept || i == len(list)-1 { // the last may have one too
			if at, ok := t.comma(e.end); ok {
				spans = append(spans, entry{at, at + 1})
			}
		}
	}
	slices.SortFunc(spans, func(a, b entry) int { return cmp.Compare(a.start, b.start) })
	var out []insertion
	for i := 0; i < len(spans); i++ {
		span := spans[i]
		for i+1 < len(spans) && blank(t.data[span.end:spans[i+1].start]) {
			i++
			span.end = spans[i].end
		}
		out = append(out, t.lines(span))
	}
	return out
}

// exchange puts what a list or an object gets in the place of the first entry that it
// loses, with the commas of that one.
func (t *template) exchange(r *removal, texts []string) insertion {
	e := t.entries(r.container)[r.entries[0]]
	r.entries = r.entries[1:]
	return insertion{e.start, e.end, strings.TrimLeft(indented(strings.Join(texts, ",\n"), indentation(t.data, e.start)), " \t")}
}

// lines widens what is taken away to its lines, where they hold nothing else, and
// else to the space on one side of it.
func (t *template) lines(at entry) insertion {
	start, end := lineStart(t.data, at.start), lineEnd(t.data, at.end)
	first, last := blank(t.data[start:at.start]), blank(t.data[at.end:end])
	switch {
	case first && last:
		if n := bytes.IndexByte(t.data[end:], '\n'); n >= 0 {
			end += n + 1
		}
		return insertion{start: start, end: end}
	case last:
		for at.end = end; blank(t.data[at.start-1 : at.start]); at.start-- {
		}
	default:
		for blank(t.data[at.end:at.end+1]) && at.end < end {
			at.end++
		}
	}
	return insertion{start: at.start, end: at.end}
}

// blank reports whether a text on one line is space alone.
func blank(text []byte) bool { return len(bytes.Trim(text, " \t")) == 0 }

// comma finds the comma behind an entry, over comments.
func (t *template) comma(at int) (int, bool) {
	for at < len(t.data) {
		switch c := t.data[at]; {
		case c == ',':
			return at, true
		case c == '/' && at+1 < len(t.data) && t.data[at+1] == '/':
			at = lineEnd(t.data, at)
		case c == '/' && at+1 < len(t.data) && t.data[at+1] == '*':
			for at += 2; at+1 < len(t.data) && (t.data[at] != '*' || t.data[at+1] != '/'); at++ {
			}
			at += 2
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
			at++
		default:
			return 0, false
		}
	}
	return 0, false
}
