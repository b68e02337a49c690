package report

import (
	"io"
	"strings"

	"github.com/wayleave/wayleave/internal/result"
)

// TestSARIF prints the answer of test in SARIF 2.1.0: a result at each
// expectation that does not hold, with the deciding lines beside it.
func TestSARIF(w io.Writer, t *result.Test, lines LineOf) error {
	p := newSARIF(lines)
	for i := range t.Results {
		if r := &t.Results[i]; r.Outcome != result.Pass {
			p.expectation(r)
		}
	}
	notes := []string{tagsLine(t.Tags)}
	for _, a := range t.Assumptions {
		notes = append(notes, "assumed: "+a.Name+"="+a.Value+" ("+a.Reason+")")
	}
	return p.write(w, p.notifications(t.Diagnostics, notes))
}

// expectation is a result; the rule of all is that expectations hold.
func (p *sarifPrinter) expectation(r *result.TestResult) {
	const id = "expectation"
	var parts []string
	for _, line := range testFacts(r) {
		parts = append(parts, line.name+" "+line.text)
	}
	out := sarifResult{
		RuleID: id, Level: sarifLevel[r.Outcome], Message: sarifMessage{r.Name + ": " + strings.Join(parts, "; ")},
		RuleIndex: p.rule(id, sarifRule{
			ID: id, ShortDescription: sarifMessage{"the network does what people expect of it"}, HelpURI: manual("docs/test.md"),
			FullDescription: sarifMessage{"Each expectation says which packets must pass and which must not, and why."},
			Help:            sarifHelp{Text: "Change the deciding rule, or the expectation if it is no longer meant.\n" + manual("docs/test.md") + " tells how expectations are written."},
		}),
		Properties: map[string]string{"outcome": string(r.Outcome), "verdict": string(r.Verdict), "expected": r.Expected},
	}
	out.Locations = append(out.Locations, p.location(r.At))
	for i := range r.Decided {
		h := &r.Decided[i]
		p.relate(&out, h.At, "decided by "+unplaced(&h.Blocker))
	}
	p.results = append(p.results, out)
}
