package result

import "github.com/wayleave/wayleave/internal/diagnostic"

// TestSchema names the shape of Test.
const TestSchema = "wayleave.test/v1"

// Test is the answer of `wayleave test`.
type Test struct {
	Schema string `json:"schema"`
	Tags   *Tags  `json:"tags"`
	// Results in the order of the files and of the expectations in them.
	Results     []TestResult            `json:"results"`
	Coverage    Coverage                `json:"coverage"`
	Assumptions []Assumption            `json:"assumptions"`
	NotModelled []NotModelled           `json:"notModelled"`
	Diagnostics []diagnostic.Diagnostic `json:"diagnostics"`
}

// TestResult is one expectation, compared with the network.
type TestResult struct {
	Name string `json:"name"`
	// Expected is "allow" or "deny".
	Expected string  `json:"expected"`
	Verdict  Verdict `json:"verdict"`
	// Outcome is pass, fail or undecided.
	Outcome Outcome `json:"outcome"`
	// Reason is the one the file gives.
	Reason string              `json:"reason"`
	At     diagnostic.Position `json:"at"`
	// Packets says which packets are meant.
	Packets string `json:"packets"`
	// Decided are the hops that make the expectation fail: all blockers of
	// packets that should pass, or the hops that let packets through that
	// should not.
	Decided []Hop `json:"decided"`
	// Witness is a packet that fares other than expected, else any of them;
	// Trace is its way.
	Witness *Packet  `json:"witness"`
	Trace   []Hop    `json:"trace"`
	Reasons []string `json:"reasons"`
}

// Coverage tells which rules and routes of the input decide about packets that
// an expectation or a requirement of a managed service speaks of.
type Coverage struct {
	SecurityRules CoverageCount `json:"securityRules"`
	Routes        CoverageCount `json:"routes"`
	FirewallRules CoverageCount `json:"firewallRules"`
	// Untouched are the others, by kind and place.
	Untouched []Untouched `json:"untouched"`
}

// CoverageCount counts rules of one kind.
type CoverageCount struct {
	Total   int `json:"total"`
	Touched int `json:"touched"`
}

// Untouched is a rule or route that no expectation and no requirement meets.
type Untouched struct {
	// Kind is nsgRule, route or firewallRule.
	Kind     string               `json:"kind"`
	Resource string               `json:"resource"`
	Name     string               `json:"name"`
	Priority int                  `json:"priority,omitzero"`
	At       *diagnostic.Position `json:"at,omitempty"`
	// Proposal is an expectation that holds today and meets it, absent where
	// none was found; Note then says why.
	Proposal *Proposal `json:"proposal,omitempty"`
	Note     string    `json:"note,omitempty"`
}

// Proposal is an expectation that a person may want to keep.
type Proposal struct {
	From     string `json:"from"`
	To       string `json:"to"`
	Protocol string `json:"protocol"`
	Port     string `json:"port,omitempty"`
	Expect   string `json:"expect"`
	Reason   string `json:"reason"`
}
