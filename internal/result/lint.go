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
	NotChecked  []string                `json:"notChecked"`
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
