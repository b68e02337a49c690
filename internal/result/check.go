package result

import "github.com/wayleave/wayleave/internal/diagnostic"

// CheckSchema names the shape of Check.
const CheckSchema = "wayleave.check/v1"

// Check is the answer of `wayleave check`.
type Check struct {
	Schema      string       `json:"schema"`
	Tags        *Tags        `json:"tags"`
	Services    []Service    `json:"services"`
	Assumptions []Assumption `json:"assumptions"`
	// Drift is there where the answer was compared with that of other service
	// tags.
	Drift *Drift `json:"drift,omitempty"`
	// Suppressions are those of the project file, in its order.
	Suppressions []Suppression           `json:"suppressions"`
	NotModelled  []NotModelled           `json:"notModelled"`
	Diagnostics  []diagnostic.Diagnostic `json:"diagnostics"`
}

// Service is one managed service, checked.
type Service struct {
	Service string `json:"service"`
	Edition string `json:"edition"`
	Title   string `json:"title"`
	// Resource is the id or address of the instance, null before it exists.
	Resource *string `json:"resource"`
	// Subnets by id or address, and SubnetNames what people call them, in the same
	// order.
	Subnets     []string          `json:"subnets"`
	SubnetNames []string          `json:"subnetNames"`
	Parameters  map[string]string `json:"parameters"`
	Verdict     Verdict           `json:"verdict"`
	Outcome     Outcome           `json:"outcome"`
	// Reasons say what keeps the service as a whole undecided.
	Reasons []string `json:"reasons"`
	// Source is the page the requirements come from, with its date.
	Source string `json:"source"`
	// Page is the page of our documentation about the service, relative to the
	// repository; empty for a profile of the user.
	Page         string        `json:"page,omitempty"`
	Requirements []Requirement `json:"requirements"`
	// SubnetRules are what the service asks of its subnets themselves, in the
	// order of the profile, then of the subnets.
	SubnetRules []SubnetRule `json:"subnetRules"`
	// Advice about the subnets themselves; never counts.
	Advice []string `json:"advice"`
}

// Requirement is one row of a service's table, checked for one subnet.
type Requirement struct {
	ID            string  `json:"id"`
	Row           string  `json:"row"`
	Purpose       string  `json:"purpose"`
	Direction     string  `json:"direction"`
	Subnet        string  `json:"subnet"`
	Needs         Cube    `json:"needs"`
	Verdict       Verdict `json:"verdict"`
	Severity      string  `json:"severity"`
	Outcome       Outcome `json:"outcome"`
	OutcomeReason string  `json:"outcomeReason"`
	Consequence   string  `json:"consequence"`
	Capability    string  `json:"capability"`
	// BlockedBy are all blockers on the paths, forward and return.
	BlockedBy []Blocker `json:"blockedBy"`
	// Witness is a blocked packet, else an undecided one, else an allowed one.
	Witness *Packet `json:"witness"`
	// The spaces are printed where some packets fare otherwise (decisions 6).
	BlockedSpace   []Cube  `json:"blockedSpace,omitempty"`
	AllowedSpace   []Cube  `json:"allowedSpace,omitempty"`
	AllowedWitness *Packet `json:"allowedWitness,omitempty"`
	// AllowedTrace is the way of AllowedWitness.
	AllowedTrace     []Hop    `json:"allowedTrace,omitempty"`
	UndecidedSpace   []Cube   `json:"undecidedSpace,omitempty"`
	UndecidedWitness *Packet  `json:"undecidedWitness,omitempty"`
	Assumptions      []string `json:"assumptions"`
	Reasons          []string `json:"reasons"`
	Trace            []Hop    `json:"trace"`
	// SeenAs is the address that the destination sees, in the rows of
	// egress=single-ip that are met.
	SeenAs *SeenAs `json:"seenAs,omitempty"`
	// Checks of egress=single-ip that verdicts and addresses do not show.
	Checks []PatternCheck `json:"checks,omitempty"`
	// Suppressed says that the project has accepted this; Outcome is then a
	// warning.
	Suppressed *Suppressed `json:"suppressed,omitempty"`
	// Fix says in words what would open the missing packets.
	Fix string `json:"fix,omitempty"`
	// Note is the page's own remark on the row.
	Note string `json:"note,omitempty"`
}

// SubnetRule is one thing a service asks of a subnet itself, such as its size,
// its delegation or where its routes lead.
type SubnetRule struct {
	ID string `json:"id"`
	// Purpose says what is asked.
	Purpose string `json:"purpose"`
	// Subnet is empty for what is asked of the service as a whole.
	Subnet        string  `json:"subnet"`
	Verdict       Verdict `json:"verdict"`
	Severity      string  `json:"severity"`
	Outcome       Outcome `json:"outcome"`
	OutcomeReason string  `json:"outcomeReason"`
	Consequence   string  `json:"consequence"`
	Capability    string  `json:"capability"`
	// Found says what there is.
	Found     string    `json:"found"`
	BlockedBy []Blocker `json:"blockedBy"`
	Reasons   []string  `json:"reasons"`
	// Suppressed says that the project has accepted this.
	Suppressed *Suppressed `json:"suppressed,omitempty"`
	// Fix says in words what to change, empty where nothing can be.
	Fix  string `json:"fix,omitempty"`
	Note string `json:"note,omitempty"`
}

// Suppressed is the acceptance of a requirement that is not met.
type Suppressed struct {
	// Outcome is what it would be otherwise.
	Outcome Outcome `json:"outcome"`
	Reason  string  `json:"reason"`
	// Until is the last day, as year-month-day in UTC.
	Until string               `json:"until"`
	At    *diagnostic.Position `json:"at,omitempty"`
}

// SuppressionState tells what became of a suppression.
type SuppressionState string

// States of a suppression.
const (
	// SuppressionUsed: it applies to at least one requirement.
	SuppressionUsed SuppressionState = "used"
	// SuppressionUnused: nothing that was checked needs it.
	SuppressionUnused SuppressionState = "unused"
	// SuppressionVoid: its last day is over.
	SuppressionVoid SuppressionState = "void"
)

// Suppression is one suppression of the project file.
type Suppression struct {
	State       SuppressionState `json:"state"`
	Requirement string           `json:"requirement"`
	// Subnet is empty where every subnet is meant.
	Subnet string               `json:"subnet,omitempty"`
	Reason string               `json:"reason"`
	Until  string               `json:"until"`
	At     *diagnostic.Position `json:"at,omitempty"`
	// Note says why it is unused, where that is not plain.
	Note string `json:"note,omitempty"`
}

// NotModelled counts resources that were read and left alone.
type NotModelled struct {
	Type   string `json:"type"`
	Count  int    `json:"count"`
	Effect string `json:"effect"`
}
