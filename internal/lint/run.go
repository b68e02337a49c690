package lint

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
)

// Finding is one thing to look at.
type Finding struct {
	Code string
	// Message says what is wrong, Hint what to do.
	Message, Hint string
	// Resource holds what is wrong; Name is that of the rule, if it is one.
	Resource, Name string
	At             diagnostic.Position
	// Related are the rules and routes to blame.
	Related []Related
	// Witness is a packet that shows it, nil where there is none to show.
	Witness *flow.Packet
}

// Related is a rule or route to blame.
type Related struct {
	Resource, Name string
	// Priority of a rule; 0 for a route.
	Priority int
	At       diagnostic.Position
	// Note says what it does.
	Note string
}

// Answer is what lint found and what it could not look at.
type Answer struct {
	// Findings by place, then code and message.
	Findings []Finding
	// NotChecked says in words what was left out and why, sorted.
	NotChecked []string
}

// run is one linting of a network.
type run struct {
	fabric *fabric.Fabric
	lists  []*list
	answer Answer
}

// Run applies all checks to a network. A finding that another reading of an
// open point would take away is not reported (decisions 4); NotChecked names
// the point.
func Run(f *fabric.Fabric) Answer {
	base := newRun(f)
	answer := base.apply()
	if len(answer.Findings) > 0 {
		for _, other := range base.readings() {
			answer.keep(newRun(f.Reading(other)).apply(), changed(f.Assumptions(), other))
		}
	}
	slices.Sort(answer.NotChecked)
	answer.NotChecked = slices.Compact(answer.NotChecked)
	return answer
}

// readings lists the other readings under which a group may decide otherwise.
func (r *run) readings() []fabric.Assumptions {
	var touched fabric.Touches
	for _, l := range r.lists {
		for _, v := range l.views {
			touched = touched.Union(v.policy.Touches())
		}
	}
	return r.fabric.Assumptions().Alternatives(touched)
}

// changed is the switch in which two readings differ.
func changed(a, b fabric.Assumptions) fabric.Definition {
	for _, d := range fabric.All() {
		if a.Value(d.Switch) != b.Value(d.Switch) {
			return d
		}
	}
	return fabric.Definition{}
}

func newRun(f *fabric.Fabric) *run {
	r := &run{fabric: f}
	r.collect()
	return r
}

// apply runs all checks under one reading of the open points.
func (r *run) apply() Answer {
	for _, c := range checks {
		c.run(r)
	}
	slices.SortStableFunc(r.answer.Findings, func(a, b Finding) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Message, b.Message))
	})
	return r.answer
}

// keep drops the findings that another reading does not have.
func (a *Answer) keep(other Answer, d fabric.Definition) {
	a.Findings = slices.DeleteFunc(a.Findings, func(f Finding) bool {
		if slices.ContainsFunc(other.Findings, f.same) {
			return false
		}
		a.NotChecked = append(a.NotChecked, fmt.Sprintf("%s: whether %s is %s turns on %s; settle it with --assume %s=%s", f.Resource, f.Name, f.Code, d.Name, d.Name, values(d)))
		return true
	})
}

// values are those of an open point, its default alone where they are many.
func values(d fabric.Definition) string {
	const most = 4
	if len(d.Values) > most {
		return fmt.Sprintf("%s, if that is so, or another of its %d values (wayleave explain --assumptions)", d.Values[0], len(d.Values))
	}
	return strings.Join(d.Values, "|")
}

// same reports whether two findings say the same of the same thing.
func (f Finding) same(o Finding) bool {
	return f.Code == o.Code && f.Resource == o.Resource && f.Name == o.Name && f.At == o.At
}

func (r *run) add(f Finding) { r.answer.Findings = append(r.answer.Findings, f) }

// skip notes what could not be looked at.
func (r *run) skip(format string, a ...any) {
	r.answer.NotChecked = append(r.answer.NotChecked, fmt.Sprintf(format, a...))
}

// about is a finding about a rule of a group.
func about(c *Check, group *azure.NetworkSecurityGroup, rule *azure.SecurityRule, message, hint string) Finding {
	return Finding{Code: c.Code, Message: message, Hint: hint, Resource: group.Label(), Name: rule.Name, At: rule.At}
}

// blame is a rule to blame; a default rule stands where its group does.
func blame(group *azure.NetworkSecurityGroup, rule *azure.SecurityRule, note string) Related {
	at := rule.At
	if rule.Default {
		at = group.At
	}
	return Related{Resource: group.Label(), Name: rule.Name, Priority: rule.Priority.Or(0), At: at, Note: note}
}

// title is how messages call a rule.
func title(r *azure.SecurityRule) string {
	return fmt.Sprintf("rule %s (%d)", r.Name, r.Priority.Or(0))
}
