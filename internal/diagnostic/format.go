package diagnostic

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Format writes d for a reader: the canonical line, then indented by two
// spaces its detail, the related places and the hint.
//
//	plan.json:41:9: error: priority 200 is used twice [duplicate-priority]
//	  plan.json:30:9: the first rule with this priority
//	  hint: give each rule of one direction its own priority
//
// Nothing it writes carries control characters from an input to the terminal.
func Format(w io.Writer, d Diagnostic) error {
	var b strings.Builder
	b.WriteString(d.Error() + "\n")
	if d.Detail != "" {
		for line := range strings.SplitSeq(d.Detail, "\n") {
			b.WriteString("  " + Escape(line) + "\n")
		}
	}
	for _, r := range d.Related {
		text := r.Message
		if !r.At.IsZero() {
			text = r.At.String() + ": " + text
		}
		b.WriteString("  " + Escape(text) + "\n")
	}
	if d.Hint != "" {
		b.WriteString("  hint: " + Escape(d.Hint) + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// Escape makes s safe for one line of a terminal: control and format
// characters (escape sequences, line ends, changes of writing direction) and
// bytes that are not UTF-8 are shown as Go writes them in a string.
func Escape(s string) string {
	clean := true
	for _, r := range s {
		if isUnsafe(r) {
			clean = false
			break
		}
	}
	if clean {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case isUnsafe(r):
			quoted := fmt.Sprintf("%+q", r)
			b.WriteString(quoted[1 : len(quoted)-1])
		default:
			b.WriteString(s[i : i+size])
		}
		i += size
	}
	return b.String()
}

func isUnsafe(r rune) bool {
	return r == utf8.RuneError || r < ' ' || r >= 0x7f && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}
