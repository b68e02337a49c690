// Package workload makes packet-filter policies and questions about them, to
// test the packet-space kernel and to measure it.
//
// Realistic workloads have the shape of what people write in Azure: service
// tags nested by service and region in one cloud-wide tag, subnets of a few
// networks, short lists of hosts and long lists of partners' prefixes, about
// fifty usual ports, narrow rules first and the default rules last. The shapes
// are modelled on public knowledge, not on any customer's data.
//
// Adversarial workloads are the inputs that hurt some method of deciding
// packet filters; see Kinds. Tiny ones go into every corner of the format.
//
// Equal parameters give equal workloads.
package workload

import (
	"encoding/binary"
	"slices"

	"github.com/wayleave/wayleave/internal/flow/workload/interval"
)

// Address is one side of a rule. Sides that hold the same addresses are the
// same pointer within a workload, so a reader's cost of a repeated tag or list
// can be shared.
type Address struct {
	// Tag is the service tag's name, "*" for every address, or "" for a list
	// of prefixes.
	Tag string
	// Ranges is the exact set of addresses.
	Ranges interval.Set
}

// Match is the packets a rule or a requirement speaks of.
type Match struct {
	Source, Destination           *Address
	Protocols                     interval.Set
	SourcePorts, DestinationPorts interval.Set
}

// Box is the match in plain form.
func (m *Match) Box() interval.Box {
	return interval.Box{
		interval.Source:          m.Source.Ranges,
		interval.Destination:     m.Destination.Ranges,
		interval.Protocol:        m.Protocols,
		interval.SourcePort:      m.SourcePorts,
		interval.DestinationPort: m.DestinationPorts,
	}
}

// Rule decides the packets of its match.
type Rule struct {
	Match
	Allow bool
}

// Edit puts another rule in the place of Rules[Index].
type Edit struct {
	Index int
	Rule  Rule
}

// Workload is a policy and the questions about it.
type Workload struct {
	Name string
	// Rules is the policy: the first rule that matches decides, and what none
	// matches is denied.
	Rules []Rule
	// Edited is the policy after a few edits; it is as long as Rules.
	Edited []Rule
	// Requirements are matches all of whose packets must be allowed.
	Requirements []Match
	// Edits are changes of one rule each, independent of one another.
	Edits []Edit
	// Tags is the universe of service tags, nil if there is none.
	Tags *Tags
}

// Plain is a list of rules in plain form.
func Plain(rules []Rule) interval.Policy {
	policy := make(interval.Policy, len(rules))
	for i := range rules {
		policy[i] = interval.Rule{Box: rules[i].Box(), Allow: rules[i].Allow}
	}
	return policy
}

// PlainMatches is a list of matches in plain form.
func PlainMatches(matches []Match) []interval.Box {
	boxes := make([]interval.Box, len(matches))
	for i := range matches {
		boxes[i] = matches[i].Box()
	}
	return boxes
}

// Apply is the policy after one edit.
func (w *Workload) Apply(e Edit) []Rule {
	rules := slices.Clone(w.Rules)
	rules[e.Index] = e.Rule
	return rules
}

// Prefixes is the number of CIDR blocks behind the distinct addresses that the
// policy uses.
func (w *Workload) Prefixes() int {
	seen := map[*Address]bool{}
	n := 0
	for _, r := range w.Rules {
		for _, a := range []*Address{r.Source, r.Destination} {
			if !seen[a] {
				seen[a] = true
				n += len(a.Ranges.Prefixes())
			}
		}
	}
	return n
}

// book keeps one Address for each set of addresses.
type book map[string]*Address

// list is the address of a set without a name, or the one already known.
func (b book) list(s interval.Set) *Address { return b.tag("", s) }

// tag is the address of a named set; the first name of a set stays.
func (b book) tag(name string, s interval.Set) *Address {
	key := make([]byte, 0, 8*len(s))
	for _, v := range s {
		key = binary.BigEndian.AppendUint32(key, v.Lo)
		key = binary.BigEndian.AppendUint32(key, v.Hi)
	}
	a, ok := b[string(key)]
	if !ok {
		a = &Address{Tag: name, Ranges: s}
		b[string(key)] = a
	}
	return a
}
