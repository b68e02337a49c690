package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/wayleave/wayleave/internal/result"
)

// LintText prints findings for people, each with its hint, the lines to blame
// and a packet that shows it.
func LintText(w io.Writer, l *result.Lint, style Style) error {
	b := textWriter(w, style.Color)
	for _, f := range l.Findings {
		at := "-"
		if f.At != nil {
			at = f.At.String()
		}
		fmt.Fprintf(b, "%s: %s: %s [%s]\n", style.paint(bold, at), style.paint(yellow, f.Severity), shortIDs(f.Message), f.Code)
		for _, r := range f.Related {
			fmt.Fprintf(b, "  %s\n", relatedText(r))
		}
		if p := f.Evidence.Witness; p != nil {
			fmt.Fprintf(b, "  packet: %s\n", packetText(p))
		}
		fmt.Fprintf(b, "  %s %s\n", style.paint(cyan, "hint:"), f.Hint)
	}
	fmt.Fprintln(b, plural(len(l.Findings), "finding"))
	for i := range l.Smaller {
		smallerText(b, &l.Smaller[i], style)
	}
	if l.Smaller != nil && len(l.Smaller) == 0 {
		fmt.Fprintln(b, "no group can be made smaller")
	}
	said := map[string]bool{}
	for _, text := range l.NotChecked {
		if text = shortIDs(text); !said[text] {
			said[text] = true
			fmt.Fprintf(b, "not checked: %s\n", text)
		}
	}
	return b.Flush()
}

// smallerText is a smaller group as a list of rules and as a change.
func smallerText(b *bufio.Writer, g *result.LintSmaller, style Style) {
	fmt.Fprintf(b, "\n%s\n", style.paint(bold, fmt.Sprintf("%s: %s instead of %d, and every packet fares alike", shortName(g.Resource), plural(g.After, "rule"), g.Before)))
	for _, r := range g.Rules {
		fmt.Fprintf(b, "  %-8s %4d %s: %s\n", strings.ToLower(r.Direction), r.Priority, r.Name, r.Summary)
	}
	fmt.Fprintln(b, "as a change, in this order")
	for _, s := range g.Steps {
		at := ""
		if s.At != nil {
			at = "  " + s.At.String()
		}
		if s.Extends == "" {
			fmt.Fprintf(b, "  %s %s%s\n", style.paint(red, "-"), s.Rule, at)
			continue
		}
		fmt.Fprintf(b, "  %s %s: %s %s%s\n", style.paint(yellow, "~"), s.Rule, s.Extends, strings.Join(s.Holds, ", "), at)
	}
	fmt.Fprintln(b)
}

func relatedText(r result.LintRelated) string {
	text := shortName(r.Resource)
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
