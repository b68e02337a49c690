package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/wayleave/wayleave/internal/result"
)

// TestText prints the answer of test for people: what fails with the deciding
// lines, what is undecided with its reasons, and what nobody tests.
func TestText(w io.Writer, t *result.Test, style Style) error {
	b := textWriter(w, style.Color)
	count := map[result.Outcome]int{}
	for i := range t.Results {
		r := &t.Results[i]
		count[r.Outcome]++
		if r.Outcome != result.Pass || style.Verbose {
			testResult(b, r, style)
		}
	}
	fmt.Fprintf(b, "%s: %d hold", plural(len(t.Results), "expectation"), count[result.Pass])
	if n := count[result.Fail]; n > 0 {
		fmt.Fprintf(b, ", %s", style.paint(red, fmt.Sprintf("%d failed", n)))
	}
	if n := count[result.UndecidedOutcome]; n > 0 {
		fmt.Fprintf(b, ", %s", style.paint(yellow, fmt.Sprintf("%d undecided", n)))
	}
	fmt.Fprintln(b)
	coverage(b, &t.Coverage, style)
	fmt.Fprintf(b, "%s\n", tagsLine(t.Tags))
	for _, a := range t.Assumptions {
		fmt.Fprintf(b, "assumed: %s=%s (%s)\n", a.Name, a.Value, a.Reason)
	}
	notModelled(b, t.NotModelled)
	return b.Flush()
}

func testResult(w io.Writer, r *result.TestResult, style Style) {
	color := map[result.Outcome]string{result.Pass: green, result.Fail: red, result.UndecidedOutcome: yellow}[r.Outcome]
	fmt.Fprintf(w, "%s %s  %s\n", style.paint(color, mark(r.Outcome)), style.paint(bold, r.Name), style.paint(faint, r.At.String()))
	for _, line := range testFacts(r) {
		fmt.Fprintf(w, "     %-9s%s\n", line.name, line.text)
	}
}

type namedLine struct{ name, text string }

// testFacts is what a person wants to know of a result.
func testFacts(r *result.TestResult) []namedLine {
	lines := []namedLine{{"expected", fmt.Sprintf("%s %s: %s", r.Expected, r.Packets, r.Reason)}}
	if r.Outcome == result.Pass {
		return lines
	}
	lines = append(lines, namedLine{"found", string(r.Verdict)})
	for i := range r.Decided {
		lines = append(lines, namedLine{"by", decidedText(&r.Decided[i])})
	}
	if r.Outcome == result.Fail && len(r.Decided) == 0 {
		lines = append(lines, namedLine{"by", "nothing on the way that could deny them: no security group decides about these packets"})
	}
	if r.Witness != nil {
		lines = append(lines, namedLine{"packet", packetText(r.Witness)})
	}
	for _, reason := range r.Reasons {
		lines = append(lines, namedLine{"because", shortIDs(reason)})
	}
	return lines
}

func decidedText(h *result.Hop) string {
	text := blockerText(&h.Blocker)
	if h.Leg == "return" {
		text += " (on the way back)"
	}
	return text
}

// shownUntouched is how many rules of a kind a text shows.
const shownUntouched = 8

func coverage(w io.Writer, c *result.Coverage, style Style) {
	counts := testedText(c)
	if len(counts) == 0 {
		return
	}
	fmt.Fprintf(w, "tested: %s\n", strings.Join(counts, ", "))
	var next []*result.Proposal
	var notes []string
	byNote := map[string][]string{}
	for i := range c.Untouched {
		u := &c.Untouched[i]
		if u.Proposal != nil {
			next = append(next, u.Proposal)
		}
		if byNote[u.Note] == nil {
			notes = append(notes, u.Note)
		}
		byNote[u.Note] = append(byNote[u.Note], untouchedText(u))
	}
	for _, note := range notes {
		title := "nothing tests"
		if note != "" {
			title += ", and " + note
		}
		fmt.Fprintf(w, "  %s:\n", title)
		list := byNote[note]
		for i, text := range list {
			if i == shownUntouched && !style.Verbose {
				fmt.Fprintf(w, "    and %d more; --verbose shows them\n", len(list)-i)
				break
			}
			fmt.Fprintf(w, "    %s\n", text)
		}
	}
	if len(next) == 0 {
		return
	}
	fmt.Fprintln(w, "next, if it is meant:")
	for _, p := range next {
		port := ""
		if p.Port != "" {
			port = ", port: " + flowScalar(p.Port)
		}
		fmt.Fprintf(w, "  - {from: %s, to: %s, protocol: %s%s, expect: %s, reason: %s}\n",
			flowScalar(p.From), flowScalar(p.To), flowScalar(p.Protocol), port, p.Expect, flowScalar(p.Reason))
	}
}

// testedText counts what is tested, kind by kind.
func testedText(c *result.Coverage) []string {
	var counts []string
	for _, k := range []struct {
		name  string
		count result.CoverageCount
	}{{"security rule", c.SecurityRules}, {"route", c.Routes}, {"firewall rule", c.FirewallRules}} {
		if k.count.Total > 0 {
			counts = append(counts, fmt.Sprintf("%d of %s", k.count.Touched, plural(k.count.Total, k.name)))
		}
	}
	return counts
}

// flowScalar is a text within a flow collection of YAML.
func flowScalar(text string) string {
	if strings.ContainsAny(text, ",[]{}:#&*!|>'\"%@`") {
		return fmt.Sprintf("%q", text)
	}
	return text
}

func untouchedText(u *result.Untouched) string {
	kind := map[string]string{"nsgRule": "rule", "route": "route", "firewallRule": "firewall rule"}[u.Kind]
	text := fmt.Sprintf("%s %s of %s", kind, u.Name, shortName(u.Resource))
	if u.Priority > 0 {
		text = fmt.Sprintf("%s %s (%d) of %s", kind, u.Name, u.Priority, shortName(u.Resource))
	}
	return text + place(&result.Blocker{At: u.At})
}

// TestStarted tells what a first file of expectations holds.
func TestStarted(w io.Writer, file string, written, skipped int) error {
	text := fmt.Sprintf("wrote %s: %s that hold today", file, plural(written, "expectation"))
	if skipped > 0 {
		text += fmt.Sprintf("; left out %s that do not hold, or are undecided (wayleave check tells)", plural(skipped, "required row"))
	}
	_, err := fmt.Fprintln(w, text)
	return err
}
