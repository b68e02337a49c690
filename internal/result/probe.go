package result

import "github.com/wayleave/wayleave/internal/diagnostic"

// ProbesSchema names the shape of Probes.
const ProbesSchema = "wayleave.probe/v1"

// Probes is the answer of `wayleave lab probe`.
type Probes struct {
	Schema string `json:"schema"`
	Tags   *Tags  `json:"tags"`
	// Probes in the order of the services, their rows and subnets.
	Probes []Probe `json:"probes"`
	// Left counts the packets that were not tried because there are so many.
	Left        int                     `json:"left,omitzero"`
	Assumptions []Assumption            `json:"assumptions"`
	Diagnostics []diagnostic.Diagnostic `json:"diagnostics"`
}

// Probe is one packet: what the model says, and what became of a real one.
type Probe struct {
	Query ProbeQuery `json:"query"`
	// Model is the verdict about this one packet with its answer: allowed,
	// blocked or undecided.
	Model Verdict `json:"model"`
	// BlockedBy are the model's blockers.
	BlockedBy []Blocker `json:"blockedBy,omitempty"`
	// Packet is answered, lost, arrived (the answer is lost) or notSent.
	Packet PacketFate `json:"packet"`
	// SeenAs is the source the receiver saw.
	SeenAs SeenAs `json:"seenAs"`
	// Arrived names the place that the packet reached.
	Arrived string `json:"arrived,omitempty"`
	// Agree tells whether packet and model say the same; null where they
	// cannot be compared, and Reasons say why.
	Agree   *bool    `json:"agree"`
	Reasons []string `json:"reasons"`
}

// ProbeQuery says why a packet was tried.
type ProbeQuery struct {
	Service     string `json:"service,omitempty"`
	Requirement string `json:"requirement,omitempty"`
	Subnet      string `json:"subnet,omitempty"`
	From        string `json:"from,omitempty"`
	To          string `json:"to,omitempty"`
	Packet      Packet `json:"packet"`
}

// PacketFate is what became of a real packet.
type PacketFate string

// Fates of packets.
const (
	// Answered: the handshake, the exchange or the echo was complete.
	Answered PacketFate = "answered"
	// Arrived: it reached its destination, and the answer was lost.
	Arrived PacketFate = "arrived"
	// Lost: nothing arrived anywhere.
	Lost PacketFate = "lost"
	// NotSent: the lab cannot show what becomes of it.
	NotSent PacketFate = "notSent"
)
