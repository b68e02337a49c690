package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/wayleave/wayleave/internal/result"
)

// mostRows bounds a table: a comment on a pull request holds 65,536 characters.
const mostRows = 40

// Markdown prints the answer of check for a comment on a pull request: for each
// service its verdict and a table of what is not met, passing rows as a number.
// Text from the inputs cannot form links, mentions, markup or cells.
func Markdown(w io.Writer, c *result.Check) error {
	b := bufio.NewWriter(w)
	for i := range c.Services {
		markdownService(b, &c.Services[i])
	}
	if len(c.Services) == 0 {
		fmt.Fprint(b, "No managed service to check.\n\n")
	}
	fmt.Fprint(b, "<details><summary>What this rests on</summary>\n\n")
	for _, text := range footNotes(c) {
		fmt.Fprintf(b, "* %s\n", inert(text))
	}
	fmt.Fprint(b, "\n</details>\n")
	return b.Flush()
}

func markdownService(b *bufio.Writer, s *result.Service) {
	fmt.Fprintf(b, "### %s: %s\n\n", inert(serviceName(s)), strings.ToUpper(string(s.Verdict)))
	fmt.Fprintf(b, "%s, table of %s, %s\n\n", inert(s.Title), inert(s.Edition), inert(parameterList(s.Parameters)))
	for _, reason := range s.Reasons {
		fmt.Fprintf(b, "Undecided: %s\n\n", inert(shortIDs(reason)))
	}
	rows := gather(s)
	met, shown := 0, 0
	for _, outcome := range []result.Outcome{result.Fail, result.UndecidedOutcome, result.Warning} {
		for _, r := range rows {
			if r.first.Severity == "advice" || r.first.Outcome != outcome {
				continue
			}
			if shown == 0 {
				fmt.Fprint(b, "| | requirement | subnets | why |\n|---|---|---|---|\n")
			}
			if shown++; shown <= mostRows {
				markdownRow(b, r)
			}
		}
	}
	if shown > mostRows {
		fmt.Fprintf(b, "\nand %s\n", plural(shown-mostRows, "more row"))
	}
	for _, r := range rows {
		if r.first.Severity != "advice" && r.first.Outcome == result.Pass {
			met++
		}
	}
	if shown > 0 {
		fmt.Fprintln(b)
	}
	fmt.Fprintf(b, "%s met.\n\n", plural(met, "row"))
}

var markdownMark = map[result.Outcome]string{
	result.Fail: "**FAIL**", result.UndecidedOutcome: "undecided", result.Warning: "warning",
}

func markdownRow(b *bufio.Writer, r *row) {
	q := r.first
	mark := markdownMark[q.Outcome]
	if q.Suppressed != nil {
		mark = "suppressed"
	}
	fmt.Fprintf(b, "| %s | %s<br>%s, %s | %s | ", mark, inert(q.Purpose), inert(needs(q)), fate(q),
		inert(Style{}.fold(r.subnets, 6)))
	for i, fact := range facts(q) {
		if i > 0 {
			fmt.Fprint(b, "<br>")
		}
		fmt.Fprint(b, inert(fact))
	}
	fmt.Fprint(b, " |\n")
}

// inert writes a text so that Markdown shows it as it is, on one line. An empty
// comment after the sign breaks what is linked without markup: mentions, issue
// numbers, addresses of the web.
func inert(text string) string {
	var s strings.Builder
	for _, r := range text {
		switch {
		case r == '@':
			s.WriteString("@" + nothing)
		case r == '#':
			s.WriteString("&#35;" + nothing)
		case r < ' ':
			s.WriteByte(' ')
		case strings.ContainsRune("&<>|*_`[]()\\~!$\"", r):
			fmt.Fprintf(&s, "&#%d;", r)
		default:
			s.WriteRune(r)
		}
	}
	return unlinked.Replace(s.String())
}

const nothing = "<!-- -->"

var unlinked = strings.NewReplacer("://", ":"+nothing+"//", "www.", "www"+nothing+".")
