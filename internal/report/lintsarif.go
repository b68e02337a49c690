package report

import (
	"io"
	"strings"

	"github.com/wayleave/wayleave/internal/result"
)

// LintSARIF prints the findings of lint in SARIF 2.1.0: a result where the rule
// or route stands that does nothing or traps, what is to blame for it beside it.
func LintSARIF(w io.Writer, l *result.Lint, lines LineOf) error {
	p := newSARIF(lines)
	for i := range l.Findings {
		p.finding(&l.Findings[i])
	}
	return p.write(w, p.notifications(l.Diagnostics, append([]string{tagsLine(l.Tags)}, l.NotChecked...)))
}

func (p *sarifPrinter) finding(f *result.LintFinding) {
	out := sarifResult{
		RuleID: f.Code, Level: "warning", Message: sarifMessage{f.Message + "; hint: " + f.Hint},
		RuleIndex: p.rule(f.Code, sarifRule{
			ID: f.Code, ShortDescription: sarifMessage{strings.ReplaceAll(f.Code, "-", " ")}, HelpURI: manual("docs/lint.md#" + f.Code),
			FullDescription: sarifMessage{"A rule or a route that does nothing, or something other than it says: " + strings.ReplaceAll(f.Code, "-", " ") + "."},
			Help:            sarifHelp{Text: f.Hint + "\n" + manual("docs/lint.md#"+f.Code) + " tells what the finding means, with an example."},
		}),
	}
	if inFile(f.At) {
		out.Locations = append(out.Locations, p.location(*f.At))
	} else {
		out.Locations = append(out.Locations, sarifLocation{Logical: logical([]string{f.Resource})})
	}
	for i := range f.Related {
		r := &f.Related[i]
		p.relate(&out, r.At, r.Name+": "+r.Note)
	}
	p.results = append(p.results, out)
}
