package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/wayleave/wayleave/internal/result"
)

// TestMarkdown prints the answer of test for a comment on a pull request: what
// does not hold with the deciding lines, what holds as a number, and which rules
// nobody tests.
func TestMarkdown(w io.Writer, t *result.Test) error {
	b := bufio.NewWriter(w)
	count := map[result.Outcome]int{}
	shown := 0
	for _, outcome := range []result.Outcome{result.Fail, result.UndecidedOutcome, result.Pass} {
		for i := range t.Results {
			r := &t.Results[i]
			if r.Outcome != outcome {
				continue
			}
			count[outcome]++
			if outcome == result.Pass {
				continue
			}
			if shown == 0 {
				fmt.Fprint(b, "| | expectation | why |\n|---|---|---|\n")
			}
			if shown++; shown <= mostRows {
				testMarkdownRow(b, r)
			}
		}
	}
	if shown > mostRows {
		fmt.Fprintf(b, "\nand %s\n", plural(shown-mostRows, "more expectation"))
	}
	if shown > 0 {
		fmt.Fprintln(b)
	}
	fmt.Fprintf(b, "%s: %d hold, %d failed, %d undecided\n\n", plural(len(t.Results), "expectation"), count[result.Pass], count[result.Fail], count[result.UndecidedOutcome])
	fmt.Fprint(b, "<details><summary>What this rests on</summary>\n\n")
	for _, c := range []struct {
		what string
		of   result.CoverageCount
	}{{"security rules", t.Coverage.SecurityRules}, {"routes", t.Coverage.Routes}, {"firewall rules", t.Coverage.FirewallRules}} {
		if c.of.Total > 0 {
			fmt.Fprintf(b, "* %d of %d %s are tested\n", c.of.Touched, c.of.Total, c.what)
		}
	}
	for _, text := range footNotes(&result.Check{Tags: t.Tags, Assumptions: t.Assumptions, NotModelled: t.NotModelled}) {
		fmt.Fprintf(b, "* %s\n", inert(text))
	}
	fmt.Fprint(b, "\n</details>\n")
	return b.Flush()
}

func testMarkdownRow(w io.Writer, r *result.TestResult) {
	var why []string
	for _, line := range testFacts(r) {
		why = append(why, inert(line.name+" "+line.text))
	}
	fmt.Fprintf(w, "| %s | %s | %s |\n", strings.ToUpper(string(r.Outcome)), inert(r.Name), strings.Join(why, "<br>"))
}
