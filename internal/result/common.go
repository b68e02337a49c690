package result

import "github.com/wayleave/wayleave/internal/diagnostic"

// Verdict of a requirement, a query or a part of a flow space (decisions 1).
type Verdict string

// Verdicts.
const (
	// Allowed: every packet passes.
	Allowed Verdict = "allowed"
	// Blocked: no packet passes.
	Blocked Verdict = "blocked"
	// Partial: some packets are blocked, others are not.
	Partial Verdict = "partial"
	// Undecided: no packet is known to be blocked, and for some it is not
	// known whether they pass; the reasons say why.
	Undecided Verdict = "undecided"
)

// Outcome is what a verdict means for the service (decisions 2).
type Outcome string

// Outcomes, from the best to the worst.
const (
	Pass             Outcome = "pass"
	Warning          Outcome = "warning"
	UndecidedOutcome Outcome = "undecided"
	Fail             Outcome = "fail"
)

// Worse reports whether o is worse than p.
func (o Outcome) Worse(p Outcome) bool { return rank[o] > rank[p] }

var rank = map[Outcome]int{Pass: 0, Warning: 1, UndecidedOutcome: 2, Fail: 3}

// Packet is one concrete packet that shows a verdict. Ports are absent where
// the protocol has none. Where the address is known only as belonging to a
// service tag or to a named unknown, that name stands in its place
// (decisions 27).
type Packet struct {
	Protocol        string  `json:"protocol"`
	Source          string  `json:"source,omitempty"`
	SourceTag       string  `json:"sourceTag,omitempty"`
	SourcePort      *uint16 `json:"sourcePort,omitempty"`
	Destination     string  `json:"destination,omitempty"`
	DestinationTag  string  `json:"destinationTag,omitempty"`
	DestinationPort *uint16 `json:"destinationPort,omitempty"`
}

// Cube is one product of a flow space, each field printed as a list of ranges
// in a reader's notation (decisions 6).
type Cube struct {
	Protocol        string `json:"protocol"`
	Source          string `json:"source"`
	SourcePort      string `json:"sourcePort,omitempty"`
	Destination     string `json:"destination"`
	DestinationPort string `json:"destinationPort,omitempty"`
}

// Blocker is what stops packets on their way.
type Blocker struct {
	// Kind is one of the blocker kinds of the contract: nsgRule,
	// nsgDefaultRule, adminRule, route, firewallRule, firewallDefaultDeny,
	// peering, subnet, nic, nat, returnPath, platform.
	Kind string `json:"kind"`
	// Resource holds the rule or route: its id or address.
	Resource string `json:"resource,omitempty"`
	Name     string `json:"name,omitempty"`
	// Priority of a rule; 0 where there is none.
	Priority int                  `json:"priority,omitzero"`
	At       *diagnostic.Position `json:"at,omitempty"`
	// Note explains a blocker that is not a rule.
	Note string `json:"note,omitempty"`
	// Remedies are what the documentation says to do where replies take another
	// way than the requests; each of them is enough.
	Remedies []string `json:"remedies,omitempty"`
}

// Hop is one decision on the way of a packet.
type Hop struct {
	Blocker
	// Decision: allow, deny, forward, translate, deliver, drop or unknown
	// (decisions 17).
	Decision string `json:"decision"`
	// Leg is "forward" or "return".
	Leg string `json:"leg,omitempty"`
	// Why are the rules that the hop's group or firewall asks before the one that
	// decides; only where that was asked for.
	Why []Skipped `json:"why,omitempty"`
}

// Skipped is a rule that does not match a packet.
type Skipped struct {
	Name     string               `json:"name"`
	Priority int                  `json:"priority,omitzero"`
	At       *diagnostic.Position `json:"at,omitempty"`
	// Misses are the fields that do not fit; none if that is not known.
	Misses []string `json:"misses"`
}

// Tags says which service-tag data an answer rests on.
type Tags struct {
	Cloud        string `json:"cloud"`
	ChangeNumber string `json:"changeNumber"`
	Source       string `json:"source"`
}

// Assumption is a named reading of Azure's behaviour that an answer rests on.
type Assumption struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Label  string `json:"label"`
	Reason string `json:"reason"`
}
