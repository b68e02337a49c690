package amend

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
)

// contextLines is how many lines that stay are around those that change.
const contextLines = 3

// Unified is the change as a unified diff, which patch and git apply take. It is
// made from what was inserted: a search for what differs could take lines that
// stay for others that look like them.
func (c *Change) Unified() string {
	old := lines(c.Old)
	replaced := replacements(c.Old, c.insertions)
	if len(replaced) == 0 {
		return ""
	}
	var out strings.Builder
	name := strings.TrimPrefix(filepath.ToSlash(c.Path), "/")
	if strings.Contains(name, " ") {
		name += "\t" // else patch takes the space for the end of the name
	}
	fmt.Fprintf(&out, "--- a/%s\n+++ b/%s\n", name, name)
	grown := 0 // by how many lines the hunks before make the file longer
	for len(replaced) > 0 {
		n := 1
		for n < len(replaced) && replaced[n].start-replaced[n-1].end <= 2*contextLines {
			n++
		}
		grown = hunk(&out, old, replaced[:n], grown)
		replaced = replaced[n:]
	}
	return out.String()
}

// replacement is lines in place of those from start to end of the old text,
// counted from zero.
type replacement struct {
	start, end int
	lines      []string
}

// replacements are insertions as whole lines, those that touch one line as one.
func replacements(old []byte, list []insertion) []replacement {
	var all []replacement
	counted, line := 0, 0 // line is the number of the one that starts at counted
	for len(list) > 0 {
		n := 1
		for n < len(list) && lineStart(old, list[n].start) <= list[n-1].end {
			n++
		}
		start := lineStart(old, list[0].start)
		line += bytes.Count(old[counted:start], []byte("\n"))
		counted = start
		was, now := wholeLines(old[start:], start, list[:n])
		if r := withoutEqualEnds(replacement{line, line + len(was), now}, was); r.start < r.end || len(r.lines) > 0 {
			all = append(all, r)
		}
		list = list[n:]
	}
	return all
}

// wholeLines are the first lines of a text that starts at an offset of the file:
// those that insertions touch, before and after these are made.
func wholeLines(text []byte, at int, list []insertion) (was, now []string) {
	var made bytes.Buffer
	end := 0
	for _, x := range list {
		made.Write(text[end : x.start-at])
		made.WriteString(x.text)
		end = x.end - at
	}
	between := func(b []byte) bool { return len(b) == 0 || b[len(b)-1] == '\n' }
	if !between(text[:end]) || !between(made.Bytes()) {
		rest, _, more := bytes.Cut(text[end:], []byte("\n"))
		made.Write(rest)
		end += len(rest)
		if more {
			made.WriteByte('\n')
			end++
		}
	}
	return lines(text[:end]), lines(made.Bytes())
}

// withoutEqualEnds is a replacement without the first and last lines that stay.
func withoutEqualEnds(r replacement, was []string) replacement {
	for len(was) > 0 && len(r.lines) > 0 && was[0] == r.lines[0] {
		was, r.lines, r.start = was[1:], r.lines[1:], r.start+1
	}
	for len(was) > 0 && len(r.lines) > 0 && was[len(was)-1] == r.lines[len(r.lines)-1] {
		was, r.lines, r.end = was[:len(was)-1], r.lines[:len(r.lines)-1], r.end-1
	}
	return r
}

// hunk writes replacements that are near each other with the lines around them.
// It takes and returns by how many lines the new text is longer up to there.
func hunk(out *strings.Builder, old []string, list []replacement, grown int) int {
	start, end := max(0, list[0].start-contextLines), min(len(old), list[len(list)-1].end+contextLines)
	was := grown
	for _, r := range list {
		grown += len(r.lines) - (r.end - r.start)
	}
	fmt.Fprintf(out, "@@ -%s +%s @@\n", lineRange(start, end-start), lineRange(start+was, end-start+grown-was))
	at := start
	for _, r := range list {
		writeLines(out, " ", old[at:r.start])
		writeLines(out, "-", old[r.start:r.end])
		writeLines(out, "+", r.lines)
		at = r.end
	}
	writeLines(out, " ", old[at:end])
	return grown
}

// lineRange is how many lines a hunk has after some others. The first is counted
// from one; of no lines the one before is named, and one is not counted.
func lineRange(before, count int) string {
	switch count {
	case 0:
		return fmt.Sprintf("%d,0", before)
	case 1:
		return fmt.Sprint(before + 1)
	}
	return fmt.Sprintf("%d,%d", before+1, count)
}

func writeLines(out *strings.Builder, mark string, list []string) {
	for _, line := range list {
		out.WriteString(mark + line)
		if !strings.HasSuffix(line, "\n") {
			out.WriteString("\n\\ No newline at end of file\n")
		}
	}
}

// lines are the lines of a text with their line breaks; the last may have none.
func lines(text []byte) []string {
	list := strings.SplitAfter(string(text), "\n")
	if list[len(list)-1] == "" {
		list = list[:len(list)-1]
	}
	return list
}
