package fabric

import (
	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
)

// Kind says what kind of thing decided.
type Kind string

// Kinds of hops: those that can block (the blocker kinds of the contract), and
// those that only carry on.
const (
	KindNSGRule        Kind = "nsgRule"
	KindNSGDefaultRule Kind = "nsgDefaultRule"
	KindRoute          Kind = "route"
	KindPeering        Kind = "peering"
	KindSubnet         Kind = "subnet"
	KindNIC            Kind = "nic"
	KindNAT            Kind = "nat"
	KindReturnPath     Kind = "returnPath"
	KindPlatform       Kind = "platform"

	KindFirewallRule        Kind = "firewallRule"
	KindFirewallDefaultDeny Kind = "firewallDefaultDeny"

	KindSystemRoute     Kind = "systemRoute"
	KindFirewall        Kind = "firewall"
	KindServiceEndpoint Kind = "serviceEndpoint"
	KindPublicIP        Kind = "publicIp"
	KindNATGateway      Kind = "natGateway"
	KindLoadBalancer    Kind = "loadBalancer"
)

// Decision is what a hop does with a packet (decisions 17).
type Decision string

// Decisions.
const (
	Allow     Decision = "allow"
	Deny      Decision = "deny"
	Forward   Decision = "forward"
	Translate Decision = "translate"
	Deliver   Decision = "deliver"
	Drop      Decision = "drop"
	Unknown   Decision = "unknown"
)

// Hop is one decision on the way of a packet. Hops are comparable.
type Hop struct {
	Kind     Kind
	Decision Decision
	// Resource that holds the rule or route, empty for the platform; Address
	// is what the input calls it.
	Resource azure.ID
	Address  string
	// Name of the rule, route or link.
	Name string
	// Priority of a rule, else 0.
	Priority int
	// At is where the rule or route stands; zero for what no input states.
	At azure.Position
	// Note says in words what the name does not.
	Note string
	// Remedy is what the documentation says to do, in words; several are on lines
	// of their own, and each is enough.
	Remedy string
	// Return is true on the way back.
	Return bool
}

// Reason is the note where it says why. That of a rule which decides only tells its
// direction or its kind.
func (h Hop) Reason() string {
	switch h.Kind {
	case KindNSGRule, KindNSGDefaultRule, KindAdminRule, KindFirewallRule:
		if h.Name != "" && h.Decision != Unknown {
			return ""
		}
	}
	return h.Note
}

// Effect is what a decision does with a set of packets.
type Effect uint8

// Effects.
const (
	// Pass: every packet goes on.
	Pass Effect = iota
	// Stop: every packet ends here.
	Stop
	// Doubtful: the input does not tell.
	Doubtful
)

// Outcome is a part of a set of packets with what a decision does to it.
type Outcome struct {
	// Packets are disjoint cubes, none empty.
	Packets []flow.Cube
	Effect  Effect
	// Hops that decided: one for Stop, at most one otherwise.
	Hops []Hop
	// Reasons of Doubtful, in words.
	Reasons []string
	// Touches are the switches on which the outcome may depend, Stakes those on
	// which what becomes of some of the packets may.
	Touches Touches
	Stakes  Stakes
	// Seen is the source address that packets which pass have from here on; of
	// the zero kind where it does not change.
	Seen Seen
	// Application says that an application rule of a firewall let the packets
	// through, which then leave with an address of the firewall always.
	Application bool
	// Reserved marks packets that no guest can send (FAB-3).
	Reserved bool
	// Unnamed says that rules let the packets pass which only a stage asked by
	// rule names.
	Unnamed bool
}

// Widen is the outcome with its stakes taken for all of the packets, for whoever
// asks about other packets than the stage was asked about.
func (o Outcome) Widen() Outcome {
	o.Touches, o.Stakes = o.Touches.Union(o.Stakes.Touches(o.Packets)), nil
	return o
}

// after is an outcome of a stage behind another one.
func (o Outcome) after(earlier Outcome) Outcome {
	o.Touches, o.Stakes = o.Touches.Union(earlier.Touches), earlier.Stakes.Union(o.Stakes)
	o.Unnamed = o.Unnamed || earlier.Unnamed
	return o
}

// Stage is a decision on the way of packets, which are given as disjoint cubes.
// The outcomes are disjoint and together are all of the packets. With byRule,
// what passes is divided by the rule that lets it.
type Stage interface {
	Split(packets []flow.Cube, byRule bool) []Outcome
}
