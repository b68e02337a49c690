package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/result"
)

// fitTitles are the groups of subnets, from the best to the worst.
var fitTitles = []struct {
	fit          result.Fit
	title, color string
}{
	{result.FitToday, "can host it today", green},
	{result.FitOneEdit, "one edit away", yellow},
	{result.FitEdits, "several edits away", yellow},
	{result.FitUndecided, "not decided", cyan},
	{result.FitImpossible, "impossible", red},
}

// AnySubnetText prints the subnets as places for a service, best first.
func AnySubnetText(w io.Writer, a *result.AnySubnet, style Style) error {
	b := textWriter(w, style.Color)
	today := 0
	for _, c := range a.Subnets {
		if c.Fit == result.FitToday {
			today++
		}
	}
	fmt.Fprintf(b, "%s (%s@%s): %d of %s can host it today\n", style.paint(bold, a.Title), a.Service, a.Edition, today, plural(len(a.Subnets), "subnet"))
	if a.Takes > 1 {
		fmt.Fprintf(b, "an instance takes %d such subnets; each is tried by itself\n", a.Takes)
	}
	for _, group := range fitTitles {
		title := "\n" + style.paint(group.color, group.title) + "\n"
		for i := range a.Subnets {
			if c := &a.Subnets[i]; c.Fit == group.fit {
				fmt.Fprint(b, title)
				title = ""
				candidateText(b, c, style)
			}
		}
	}
	fmt.Fprintln(b)
	for _, line := range footNotes(&result.Check{Tags: a.Tags, Assumptions: a.Assumptions, NotModelled: a.NotModelled}) {
		fmt.Fprintln(b, line)
	}
	return b.Flush()
}

// candidateText prints one subnet with what decides about it; further lines are
// folded.
func candidateText(w io.Writer, c *result.Candidate, style Style) {
	const most = 4
	line := strings.TrimSpace(c.Name + "  " + strings.Join(c.Prefixes, ", "))
	if n := len(c.Warnings); n > 0 && c.Fit != result.FitImpossible {
		line += "  with " + plural(n, "warning")
	}
	fmt.Fprintf(w, "  %s\n", line)
	var lines []string
	switch c.Fit {
	case result.FitImpossible:
		for _, o := range c.Obstacles {
			lines = append(lines, strings.TrimPrefix(o.Requirement+": ", ": ")+shortIDs(o.What)+positionText(o.At))
		}
	case result.FitUndecided:
		lines = short(c.Open)
	default:
		for _, e := range c.Edits {
			line := shortIDs(e.What)
			if e.CheckAgain {
				line += ", then check again"
			}
			lines = append(lines, line+"  for "+strings.Join(e.Why, ", ")+positionText(e.At))
		}
		if style.Verbose {
			lines = append(lines, short(c.Warnings)...)
		}
	}
	for _, line := range folded(lines, most, style) {
		fmt.Fprintf(w, "      %s\n", line)
	}
}

// positionText is a place after a text, nothing where there is none.
func positionText(at *diagnostic.Position) string {
	if at == nil {
		return ""
	}
	return "  " + at.String()
}
