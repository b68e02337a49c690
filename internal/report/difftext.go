package report

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/result"
)

// mostLines bounds the products shown of one change, mostDoubts the undecided
// entries shown.
const (
	mostLines  = 6
	mostDoubts = 8
)

// DiffText prints for people what differs between two networks, and what the
// statement rests on.
func DiffText(w io.Writer, d *result.Diff, style Style) error {
	b := textWriter(w, style.Color)
	diffChanges(b, "opened", green, d.Opened, style)
	diffChanges(b, "closed", red, d.Closed, style)
	diffDoubts(b, d.Undecided, style)
	for _, text := range diffFoot(d) {
		fmt.Fprintln(b, text)
	}
	return b.Flush()
}

func diffChanges(b *bufio.Writer, title, color string, list []result.DiffChange, style Style) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintln(b, style.paint(color, title))
	for i := range list {
		c := &list[i]
		for _, line := range folded(c.Summary, mostLines, style) {
			fmt.Fprintf(b, "  %s\n", line)
		}
		for _, cause := range causeTexts(c) {
			fmt.Fprintf(b, "    %s\n", cause)
		}
		if c.OpenConnections != "" {
			fmt.Fprintf(b, "    open connections %s\n", c.OpenConnections)
		}
		fmt.Fprintf(b, "    packet %s\n", packetText(c.Witness))
	}
	fmt.Fprintln(b)
}

func diffDoubts(b *bufio.Writer, list []result.DiffDoubt, style Style) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintln(b, style.paint(yellow, "not decided"))
	doubtLines(b, list, style)
	fmt.Fprintln(b)
}

func doubtLines(b *bufio.Writer, list []result.DiffDoubt, style Style) {
	for i := range list {
		if i == mostDoubts && !style.Verbose {
			fmt.Fprintf(b, "  and %d more; --verbose shows them\n", len(list)-i)
			break
		}
		for _, line := range folded(list[i].Summary, 2, style) {
			fmt.Fprintf(b, "  %s\n", line)
		}
		fmt.Fprintf(b, "    was %s, is %s: %s\n", list[i].Was, list[i].Is, reasonText(list[i].Reasons, style))
	}
}

// reasonText is the reasons in one line, the first few unless all are asked for.
func reasonText(reasons []string, style Style) string {
	const most = 3
	if n := len(reasons) - most; n > 0 && !style.Verbose {
		return shortIDs(strings.Join(reasons[:most], "; ")) + fmt.Sprintf("; and %s", plural(n, "more reason"))
	}
	return shortIDs(strings.Join(reasons, "; "))
}

// folded shortens a list of lines.
func folded(lines []string, most int, style Style) []string {
	if style.Verbose || len(lines) <= most {
		return lines
	}
	return append(lines[:most:most], fmt.Sprintf("and %d more; --verbose shows them", len(lines)-most))
}

// causeTexts are the causes of a change, those that read alike once: every subnet
// has the same routes of Azure's own.
func causeTexts(c *result.DiffChange) []string {
	var list []string
	for i := range c.Because {
		if text := causeText(&c.Because[i]); !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	return list
}

// causeText is a hop of one of the networks.
func causeText(c *result.DiffCause) string {
	verb := map[string]string{"allow": "allowed by", "deny": "blocked by", "drop": "blocked by", "forward": "sent by"}[c.Decision]
	if verb == "" {
		verb = c.Decision + " by"
	}
	return fmt.Sprintf("%s: %s %s", c.In, verb, blockerText(&c.Blocker))
}

// diffFoot is the statement as a whole.
func diffFoot(d *result.Diff) []string {
	var list []string
	for _, name := range d.Added {
		list = append(list, "only in the new network: "+shortIDs(name))
	}
	for _, name := range d.Removed {
		list = append(list, "only in the old network: "+shortIDs(name))
	}
	rest := fmt.Sprintf("%s compared", plural(d.Proof.Subnets, "subnet"))
	if d.Proof.Subnets > d.Proof.Walked {
		rest += fmt.Sprintf("; the same rules, routes and links decide between %d of them", d.Proof.Subnets-d.Proof.Walked)
	}
	switch {
	case d.Equal:
		list = append(list, "no difference: every packet fares alike in both networks")
	case len(d.Opened)+len(d.Closed) == 0:
		list = append(list, "no difference is known, but not everything is decided")
	default:
		list = append(list, fmt.Sprintf("%d opened, %d closed, %d not decided; every other packet fares alike", len(d.Opened), len(d.Closed), len(d.Undecided)))
	}
	list = append(list, rest, tagsLine(d.Tags))
	for _, n := range d.NotModelled {
		list = append(list, notModelledLine(n))
	}
	return list
}

// DiffMarkdown prints the same for a comment on a pull request. Text from the
// inputs cannot form links, mentions, markup or cells.
func DiffMarkdown(w io.Writer, d *result.Diff) error {
	b := bufio.NewWriter(w)
	switch {
	case d.Equal:
		fmt.Fprint(b, "### No difference\n\nEvery packet fares alike in both networks.\n\n")
	default:
		fmt.Fprintf(b, "### %d opened, %d closed, %d not decided\n\n", len(d.Opened), len(d.Closed), len(d.Undecided))
	}
	markdownChanges(b, "Opened", d.Opened)
	markdownChanges(b, "Closed", d.Closed)
	for i := range d.Undecided {
		x := &d.Undecided[i]
		if i == 0 {
			fmt.Fprint(b, "| not decided | was | is | why |\n|---|---|---|---|\n")
		}
		if i == mostRows {
			fmt.Fprintf(b, "\nand %s\n", plural(len(d.Undecided)-i, "more row"))
			break
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", cellLines(x.Summary), x.Was, x.Is, inert(reasonText(x.Reasons, Style{})))
	}
	fmt.Fprint(b, "\n<details><summary>What this rests on</summary>\n\n")
	for _, text := range diffFoot(d) {
		fmt.Fprintf(b, "* %s\n", inert(text))
	}
	fmt.Fprint(b, "\n</details>\n")
	return b.Flush()
}

func markdownChanges(b *bufio.Writer, title string, list []result.DiffChange) {
	for i := range list {
		c := &list[i]
		if i == 0 {
			fmt.Fprintf(b, "| %s | because |\n|---|---|\n", strings.ToLower(title))
		}
		if i == mostRows {
			fmt.Fprintf(b, "\nand %s\n", plural(len(list)-i, "more row"))
			break
		}
		var why []string
		for _, cause := range causeTexts(c) {
			why = append(why, inert(cause))
		}
		if c.OpenConnections != "" {
			why = append(why, inert("open connections "+c.OpenConnections))
		}
		fmt.Fprintf(b, "| %s | %s |\n", cellLines(c.Summary), strings.Join(why, "<br>"))
	}
	if len(list) > 0 {
		fmt.Fprintln(b)
	}
}

// cellLines are lines in a table cell.
func cellLines(lines []string) string {
	var safe []string
	for _, line := range folded(lines, mostLines, Style{}) {
		safe = append(safe, inert(line))
	}
	return strings.Join(safe, "<br>")
}
