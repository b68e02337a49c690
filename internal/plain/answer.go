package plain

import (
	"fmt"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

// Verdict of a question.
type Verdict string

// The verdicts.
const (
	Allow     Verdict = "allow"
	Deny      Verdict = "deny"
	Undecided Verdict = "undecided"
)

// Kind of a hop, in the words of the product.
type Kind string

// The kinds of hops the twin knows.
const (
	NSGRule        Kind = "nsgRule"
	NSGDefaultRule Kind = "nsgDefaultRule"
	UserRoute      Kind = "route"
	SystemRoute    Kind = "systemRoute"
	PeeringLink    Kind = "peering"
	SubnetPlace    Kind = "subnet"
	Interface      Kind = "nic"
	PublicIP       Kind = "publicIp"
	ReturnPath     Kind = "returnPath"
	Translation    Kind = "nat"
	Platform       Kind = "platform"

	PrivateEndpoint Kind = "privateEndpoint"
	AdminRule       Kind = "adminRule"
)

// Decision of a hop.
type Decision string

// The decisions.
const (
	Allows     Decision = "allow"
	Denies     Decision = "deny"
	Forwards   Decision = "forward"
	Translates Decision = "translate"
	Delivers   Decision = "deliver"
	Drops      Decision = "drop"
	Unknowable Decision = "unknown"
)

// Hop is one decision on the way of a packet.
type Hop struct {
	Kind Kind
	// Name of the rule, route, subnet, or of the statement that decides.
	Name string
	// Resource is the group, route table or network the hop belongs to; empty
	// for the platform and for system routes.
	Resource azure.ID
	Decision Decision
	// Why says in words what the name does not.
	Why string
	// Return is true on the reply's way.
	Return bool
}

// String returns the hop in one line.
func (h Hop) String() string {
	s := fmt.Sprintf("%s %s: %s", h.Kind, h.Name, h.Decision)
	if h.Resource != "" {
		s = fmt.Sprintf("%s %s of %s: %s", h.Kind, h.Name, h.Resource, h.Decision)
	}
	if h.Why != "" {
		s += " (" + h.Why + ")"
	}
	return s
}

// Answer to a question.
type Answer struct {
	Verdict Verdict
	// Decider is the hop that gave the verdict: the first that blocks or that
	// cannot be followed, or the last of an allowed path.
	Decider Hop
	// Hops of the way, in order, the reply's after the request's.
	Hops []Hop
	// Seen is the source address with which a request through a firewall
	// arrives.
	Seen Seen
	// Reading is the reading of the open points the answer holds under. It is
	// empty in the answer of [Twin.Settled], which holds under every reading,
	// or is Undecided because readings differ.
	Reading map[Option]bool
	// TurnsOn names the switches on whose values a verdict turns that is
	// decided under the twin's own reading, sorted. Only Settled fills it.
	TurnsOn []string
}

// String returns the answer, a line a hop.
func (a Answer) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s by %s %s", a.Verdict, a.Decider.Kind, a.Decider.Name)
	if len(a.TurnsOn) > 0 {
		fmt.Fprintf(&b, ", turns on %s", strings.Join(a.TurnsOn, ", "))
	}
	b.WriteByte('\n')
	for _, h := range a.Hops {
		fmt.Fprintf(&b, "  %s\n", h)
	}
	return b.String()
}
