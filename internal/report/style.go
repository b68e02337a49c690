package report

import (
	"fmt"
	"strings"
)

// Style of a text report.
type Style struct {
	// Color uses terminal colours.
	Color bool
	// Verbose shows what is folded otherwise: rows that pass, advice, long
	// lists and traces.
	Verbose bool
}

// Terminal colours by meaning.
const (
	red    = "31"
	yellow = "33"
	green  = "32"
	cyan   = "36"
	bold   = "1"
	faint  = "2"
)

func (s Style) paint(color, text string) string {
	if !s.Color || text == "" {
		return text
	}
	return "\x1b[" + color + "m" + text + "\x1b[0m"
}

// fold shortens a list for people; Verbose shows all.
func (s Style) fold(items []string, most int) string {
	if s.Verbose || len(items) <= most {
		return strings.Join(items, ", ")
	}
	return strings.Join(items[:most], ", ") + fmt.Sprintf(" and %d more", len(items)-most)
}

// plural is "1 row" or "2 rows".
func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}
