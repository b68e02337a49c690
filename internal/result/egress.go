package result

import "github.com/wayleave/wayleave/internal/diagnostic"

// EgressSchema names the shape of Egress.
const EgressSchema = "wayleave.egress/v1"

// Egress is the answer of `wayleave egress`.
type Egress struct {
	Schema string `json:"schema"`
	Tags   *Tags  `json:"tags"`
	// From are the subnets that send.
	From []string `json:"from"`
	// To is where they send, as asked; empty for every destination.
	To string `json:"to,omitempty"`
	// Host is the name that the clients ask for, empty where nobody tells.
	Host     string `json:"host,omitempty"`
	Protocol string `json:"protocol"`
	Port     string `json:"port"`
	// Blockers tells whether a blocked part names all that blocks its packets, or the
	// first thing alone, as it does without To: "all" or "first".
	Blockers string `json:"blockers"`
	// Verdict of all parts together.
	Verdict Verdict `json:"verdict"`
	// Predictable is the one public address that everything asked about sees;
	// empty unless that is certain.
	Predictable string `json:"predictable,omitempty"`
	// Expect is the address that was expected, and Outcome whether all that
	// leaves the network shows it.
	Expect  string  `json:"expect,omitempty"`
	Outcome Outcome `json:"outcome,omitempty"`
	// Checks are those of one predictable address that verdicts and addresses
	// do not show.
	Checks []PatternCheck `json:"checks"`
	// Parts are disjoint and together are all that was asked about, those with
	// the fewest destinations first.
	Parts       []EgressPart `json:"parts"`
	Assumptions []Assumption `json:"assumptions"`
	// NotModelled are the resources that were read and left alone; absent without any.
	NotModelled []NotModelled           `json:"notModelled,omitempty"`
	Diagnostics []diagnostic.Diagnostic `json:"diagnostics"`
}

// EgressPart is a set of destinations with one fate.
type EgressPart struct {
	// From are the subnets whose packets fare so, Sources their addresses that
	// do, where not all do.
	From    []string `json:"from"`
	Sources []string `json:"sources,omitempty"`
	// Destinations are prefixes, and names of service tags without data.
	Destinations Prefixes `json:"destinations"`
	Protocol     string   `json:"protocol"`
	// Port is a list of ranges of destination ports, absent where the protocol
	// has none.
	Port string `json:"port,omitempty"`
	// Via are the hops that carry the packets, in words.
	Via       []string  `json:"via"`
	SeenAs    SeenAs    `json:"seenAs"`
	Verdict   Verdict   `json:"verdict"`
	Reasons   []string  `json:"reasons"`
	BlockedBy []Blocker `json:"blockedBy"`
	// WitnessBlockedBy is what else blocks the witness, where BlockedBy is what
	// blocks first; of the other packets of the part it need not.
	WitnessBlockedBy []Blocker `json:"witnessBlockedBy,omitempty"`
	Witness          *Packet   `json:"witness"`
	Trace            []Hop     `json:"trace"`
}

// PatternCheck is what a check of one predictable address finds.
type PatternCheck struct {
	// ID of the check, such as C-30.
	ID string `json:"id"`
	// Severity is error where the pattern is broken, warning where it works and
	// is not guaranteed, and info.
	Severity string `json:"severity"`
	// Message says what was found, Observed what people would see.
	Message  string               `json:"message"`
	Observed string               `json:"observed"`
	At       *diagnostic.Position `json:"at,omitempty"`
}

// SeenAs is the source address that destinations see.
type SeenAs struct {
	// Kind is public (one address, or the sender's own where none is told),
	// unpredictable (any of several), private, or none: nothing arrives, or it
	// is not known whether.
	Kind string `json:"kind"`
	// Addresses are addresses, prefixes, or in angle brackets the resource
	// whose address is not known.
	Addresses []string `json:"addresses"`
}
