package result

import "github.com/wayleave/wayleave/internal/diagnostic"

// ExplainSchema names the shape of Explain.
const ExplainSchema = "wayleave.explain/v1"

// Explain is the answer of `wayleave explain`.
type Explain struct {
	Schema      string       `json:"schema"`
	Tags        *Tags        `json:"tags"`
	Query       Query        `json:"query"`
	Verdict     Verdict      `json:"verdict"`
	Parts       []Part       `json:"parts"`
	Assumptions []Assumption `json:"assumptions"`
	// NotModelled are the resources that were read and left alone; absent without any.
	NotModelled []NotModelled           `json:"notModelled,omitempty"`
	Diagnostics []diagnostic.Diagnostic `json:"diagnostics"`
}

// Query is what was asked.
type Query struct {
	From string `json:"from"`
	To   string `json:"to"`
	// Host is the name that the client asks for, empty where nobody tells.
	Host      string `json:"host,omitempty"`
	Direction string `json:"direction,omitempty"`
	Space     Cube   `json:"space"`
}

// Part is a part of the flow space that fares alike.
type Part struct {
	Verdict   Verdict   `json:"verdict"`
	Space     []Cube    `json:"space"`
	Witness   *Packet   `json:"witness"`
	BlockedBy []Blocker `json:"blockedBy"`
	Reasons   []string  `json:"reasons"`
	Trace     []Hop     `json:"trace"`
	// SeenAs is the source address that the other end sees, where something on
	// the way changes it.
	SeenAs *SeenAs `json:"seenAs,omitempty"`
	// Reserved marks packets that no guest can send; they do not count in the
	// verdict of the whole.
	Reserved bool `json:"reserved,omitzero"`
}

// AssumptionsSchema names the shape of Assumptions.
const AssumptionsSchema = "wayleave.assumptions/v1"

// Assumptions is the answer of `wayleave explain --assumptions`.
type Assumptions struct {
	Schema      string                 `json:"schema"`
	Assumptions []AssumptionDefinition `json:"assumptions"`
}

// AssumptionDefinition is one open point of Azure's behaviour.
type AssumptionDefinition struct {
	Name    string   `json:"name"`
	Label   string   `json:"label"`
	Default string   `json:"default"`
	Values  []string `json:"values"`
	Reason  string   `json:"reason"`
	// Source is the statement the point belongs to.
	Source string `json:"source"`
}
