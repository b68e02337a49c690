package report

import (
	"bufio"
	"bytes"
	"fmt"
	"strings"

	"github.com/wayleave/wayleave/internal/result"
)

// fixAlternatives prints the ways that are not proposed, each with its price.
func fixAlternatives(b *bufio.Writer, f *result.Fix, style Style) {
	if f.Alternatives == nil {
		return
	}
	if len(f.Alternatives) == 0 {
		if len(f.Changes) > 0 {
			fmt.Fprintln(b, "\nno other way: each comes to the same changes, or repairs less")
		}
		return
	}
	fmt.Fprintf(b, "\n%s\n", style.paint(bold, "other ways, not proposed"))
	for i := range f.Alternatives {
		a := &f.Alternatives[i]
		fmt.Fprintf(b, "  %s, %s in place of %d: %s\n", a.Way, plural(len(a.Changes), "change"), len(f.Changes), a.Meaning)
		var changes bytes.Buffer
		inner := bufio.NewWriter(&changes)
		fixChanges(inner, a.Changes, style)
		inner.Flush()
		for line := range strings.Lines(strings.TrimRight(changes.String(), "\n")) {
			fmt.Fprintf(b, "    %s", line)
		}
		fmt.Fprintln(b)
		priced := false
		for _, x := range []struct {
			title, color string
			space        *result.FixSpace
		}{{"opens beyond what is missing", yellow, &a.ExtraOpened}, {"leaves blocked what the proposed change opens", yellow, &a.LeftBlocked}, {"closes", red, &a.Closes}} {
			if len(x.space.Space) == 0 {
				continue
			}
			priced = true
			fmt.Fprintf(b, "    %s\n", style.paint(x.color, x.title))
			for _, line := range folded(x.space.Summary, mostLines, style) {
				fmt.Fprintf(b, "      %s\n", line)
			}
		}
		if !priced {
			fmt.Fprintln(b, "    opens the same as the proposed change and closes nothing")
		}
		if i+1 < len(f.Alternatives) {
			fmt.Fprintln(b)
		}
	}
}
