package report

import (
	"bufio"
	"fmt"
	"io"

	"github.com/wayleave/wayleave/internal/result"
)

// LintText prints findings for people, each with its hint, the lines to blame
// and a packet that shows it.
func LintText(w io.Writer, l *result.Lint, style Style) error {
	b := bufio.NewWriter(w)
	for _, f := range l.Findings {
		at := "-"
		if f.At != nil {
			at = f.At.String()
		}
		fmt.Fprintf(b, "%s: %s: %s [%s]\n", style.paint(bold, at), style.paint(yellow, f.Severity), f.Message, f.Code)
		for _, r := range f.Related {
			fmt.Fprintf(b, "  %s\n", relatedText(r))
		}
		if p := f.Evidence.Witness; p != nil {
			fmt.Fprintf(b, "  packet: %s\n", packetText(p))
		}
		fmt.Fprintf(b, "  %s %s\n", style.paint(cyan, "hint:"), f.Hint)
	}
	fmt.Fprintln(b, plural(len(l.Findings), "finding"))
	for _, text := range l.NotChecked {
		fmt.Fprintf(b, "not checked: %s\n", text)
	}
	return b.Flush()
}

func relatedText(r result.LintRelated) string {
	text := r.Resource
	if r.Name != "" {
		text += " " + r.Name
	}
	if r.Priority > 0 {
		text += fmt.Sprintf(" (%d)", r.Priority)
	}
	if r.At != nil {
		text += " at " + r.At.String()
	}
	return text + ": " + r.Note
}
