package result

import "github.com/wayleave/wayleave/internal/diagnostic"

// LintSchema names the shape of Lint.
const LintSchema = "wayleave.lint/v1"

// Lint is the answer of `wayleave lint`.
type Lint struct {
	Schema string `json:"schema"`
	Tags   *Tags  `json:"tags"`
	// Findings by place, then code.
	Findings []LintFinding `json:"findings"`
	// NotChecked says in words what was left out and why.
	NotChecked []string `json:"notChecked"`
	// Smaller are the groups that could have fewer rules, where that was asked.
	Smaller     []LintSmaller           `json:"smaller,omitzero"`
	Diagnostics []diagnostic.Diagnostic `json:"diagnostics"`
}

// LintFinding is one thing to look at.
type LintFinding struct {
	// Code of the check; docs/lint.md describes each.
	Code string `json:"code"`
	// Severity is "warning".
	Severity string `json:"severity"`
	Message  string `json:"message"`
	Hint     string `json:"hint"`
	// Resource holds what is wrong; Name is that of the rule, if it is one.
	Resource string               `json:"resource"`
	Name     string               `json:"name,omitempty"`
	At       *diagnostic.Position `json:"at,omitempty"`
	// Related are the rules and routes to blame.
	Related  []LintRelated `json:"related"`
	Evidence LintEvidence  `json:"evidence"`
}

// LintRelated is a rule or route to blame.
type LintRelated struct {
	Resource string               `json:"resource"`
	Name     string               `json:"name,omitempty"`
	Priority int                  `json:"priority,omitzero"`
	At       *diagnostic.Position `json:"at,omitempty"`
	Note     string               `json:"note"`
}

// LintEvidence shows a finding.
type LintEvidence struct {
	// Witness is a packet that the finding is about; absent where the finding
	// is that there is none.
	Witness *Packet `json:"witness,omitempty"`
}

// LintSmaller is a security group with fewer rules that decides every packet as
// before.
type LintSmaller struct {
	Resource string               `json:"resource"`
	At       *diagnostic.Position `json:"at"`
	// Before and After count the rules.
	Before int `json:"before"`
	After  int `json:"after"`
	// Rules are those that are left, by direction and priority.
	Rules []LintRule `json:"rules"`
	// Steps lead there, one after the other; after each of them every packet fares
	// as before.
	Steps []LintStep `json:"steps"`
}

// LintRule is a security rule in one line.
type LintRule struct {
	Name      string `json:"name"`
	Direction string `json:"direction"`
	Priority  int    `json:"priority"`
	Summary   string `json:"summary"`
}

// LintStep removes a rule, or extends it.
type LintStep struct {
	Rule      string               `json:"rule"`
	Direction string               `json:"direction"`
	At        *diagnostic.Position `json:"at"`
	// Extends is "source", "destination" or "destination ports", which then holds
	// what Holds lists; absent where the rule is removed.
	Extends string   `json:"extends,omitempty"`
	Holds   []string `json:"holds,omitempty"`
}
