package wayleave

import (
	"fmt"

	"github.com/wayleave/wayleave/internal/check"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/difference"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/lint"
	"github.com/wayleave/wayleave/internal/result"
)

// LintOptions say what to look for.
type LintOptions struct {
	// Minimise asks for security groups with fewer rules that decide every packet
	// alike.
	Minimise bool
}

// Lint finds rules that do nothing and settings that do something other than
// they say. What it reports holds for certain. The error is an *InputError for
// a tag that does not exist.
func (n *Network) Lint(o LintOptions) (*result.Lint, error) {
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
	if o.Minimise {
		if err := n.minimise(f, answer); err != nil {
			return nil, err
		}
	}
	return answer, nil
}

// minimise adds smaller groups of which it is proved that in the whole network
// every packet fares alike.
func (n *Network) minimise(f *fabric.Fabric, answer *result.Lint) error {
	smaller, notChecked := lint.Minimise(f)
	answer.NotChecked = append(answer.NotChecked, notChecked...)
	answer.Smaller = []result.LintSmaller{}
	for _, g := range smaller {
		changed, err := n.with(lint.Apply(n.inventories, []lint.Smaller{g}))
		if err != nil {
			return err
		}
		now, _, err := changed.compile(fabric.TagNames(n.network))
		if err != nil {
			return err
		}
		found, err := difference.Compare(f, now, difference.Options{})
		if err != nil {
			return err
		}
		if !found.Equal() {
			answer.NotChecked = append(answer.NotChecked, fmt.Sprintf("%s: that fewer rules decide alike is not proved for the network as a whole", g.Group.Label()))
			continue
		}
		answer.Smaller = append(answer.Smaller, smallerGroup(&g))
	}
	return nil
}

func smallerGroup(g *lint.Smaller) result.LintSmaller {
	out := result.LintSmaller{Resource: g.Group.Label(), At: place(g.Group.At), Before: len(g.Group.Rules), After: len(g.Rules)}
	for _, r := range g.Rules {
		out.Rules = append(out.Rules, result.LintRule{Name: r.Name, Direction: string(r.Direction.V), Priority: r.Priority.V, Summary: lint.Text(r)})
	}
	for _, s := range g.Steps {
		out.Steps = append(out.Steps, result.LintStep{Rule: s.Rule.Name, Direction: string(s.Rule.Direction.V), Extends: s.Extends, Holds: s.Texts, At: place(s.Rule.At)})
	}
	return out
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
