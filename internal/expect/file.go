// Package expect keeps what a network must and must not allow: it reads files
// of expectations, compares them with the network, and tells which rules and
// routes no expectation speaks of.
package expect

import (
	"strings"

	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/strict"
)

// Name is the name of a file of expectations beside the inputs.
const Name = "wayleave.test.yaml"

// Schema may stand in a file of expectations as its schema.
const Schema = "wayleave.expectations/v1"

// File is what a file of expectations states, in its order.
type File struct {
	Path         string
	Expectations []Expectation
}

// Text is a value and its place; the zero value is not stated.
type Text = strict.Text

// Expect is what somebody expects of packets.
type Expect string

// Expectations: every packet passes, or none does.
const (
	Allow Expect = "allow"
	Deny  Expect = "deny"
)

// Expectation is one sentence about the network: about the packets from one
// place to another, or, where Requirement is stated, about a requirement of a
// managed service.
type Expectation struct {
	Name string
	// From and To are ends as a user names them; every one of From is meant
	// with every one of To.
	From, To []Text
	// Protocol, Port and SourcePort are lists in the notation of explain's
	// flags; not stated, they are tcp, every port, and the ports that clients
	// choose.
	Protocol, Port, SourcePort Text
	// Requirement is the id of a requirement, or "service/id", on Subnets, or
	// on every subnet of the service where these are not stated.
	Requirement Text
	Subnets     []Text
	Expect      Expect
	Reason      string
	At          diagnostic.Position
}

// title names an expectation without a name by what it says.
func (e *Expectation) title() string {
	var text strings.Builder
	text.WriteString(string(e.Expect) + " ")
	if e.Requirement.Value != "" {
		text.WriteString(e.Requirement.Value)
		if len(e.Subnets) > 0 {
			text.WriteString(" on " + strings.Join(strict.Values(e.Subnets), ", "))
		}
		return text.String()
	}
	if e.Protocol.Value == "" {
		text.WriteString("tcp")
	}
	text.WriteString(e.Protocol.Value)
	if e.Port.Value != "" {
		text.WriteString(" " + e.Port.Value)
	}
	text.WriteString(" from " + strings.Join(strict.Values(e.From), ", ") + " to " + strings.Join(strict.Values(e.To), ", "))
	return text.String()
}
