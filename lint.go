package wayleave

import (
	"github.com/wayleave/wayleave/internal/check"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/lint"
	"github.com/wayleave/wayleave/internal/result"
)

// Lint finds rules that do nothing and settings that do something other than
// they say. What it reports holds for certain. The error is an *InputError for
// a tag that does not exist.
func (n *Network) Lint() (*result.Lint, error) {
	f, problems, err := n.compile(nil)
	if err != nil {
		return nil, err
	}
	found := lint.Run(f)
	answer := &result.Lint{
		Schema: result.LintSchema, Tags: tagData(n.catalogue), Findings: []result.LintFinding{},
		NotChecked: append([]string{}, found.NotChecked...), Diagnostics: problems,
	}
	for _, x := range found.Findings {
		answer.Findings = append(answer.Findings, finding(x))
	}
	return answer, nil
}

func finding(x lint.Finding) result.LintFinding {
	f := result.LintFinding{
		Code: x.Code, Severity: "warning", Message: x.Message, Hint: x.Hint,
		Resource: x.Resource, Name: x.Name, At: place(x.At), Related: []result.LintRelated{},
	}
	for _, r := range x.Related {
		f.Related = append(f.Related, result.LintRelated{Resource: r.Resource, Name: r.Name, Priority: r.Priority, At: place(r.At), Note: r.Note})
	}
	if x.Witness != nil {
		f.Evidence.Witness = check.Packet(*x.Witness)
	}
	return f
}

// place is a position as data, nil where it is not known.
func place(p diagnostic.Position) *diagnostic.Position {
	if p.IsZero() {
		return nil
	}
	return &p
}
