package wayleave

import (
	"cmp"
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/check"
	"github.com/wayleave/wayleave/internal/egress"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/result"
	"github.com/wayleave/wayleave/internal/service"
)

// EgressOptions say which subnets send, and where.
type EgressOptions struct {
	// From are subnets: names, network/name or ids, or "*" for all of them but those
	// that Azure keeps for gateways and firewalls. Without them, those of the managed
	// services in the input.
	From []string
	// To is an end as in ExplainOptions; empty means every destination.
	To string
	// Protocol, Port and Host as in ExplainOptions.
	Protocol, Port, Host string
	// Expect is the public address that everything outside must see.
	Expect string
}

// Egress tells which address each destination sees of the subnets. The error is
// a *UsageError for a wrong question.
func (n *Network) Egress(o EgressOptions) (*result.Egress, error) {
	q, err := n.egressQuery(o)
	if err != nil {
		return nil, err
	}
	f, problems, err := n.compile(nil)
	if err != nil {
		return nil, err
	}
	got, err := egress.Run(f, q)
	if err != nil {
		return nil, &UsageError{Message: err.Error()}
	}
	answer := &result.Egress{
		Schema: result.EgressSchema, Tags: tagData(n.catalogue), To: o.To, Host: o.Host, Verdict: result.Verdict(got.Verdict()), Expect: o.Expect,
		Protocol: q.Protocols.String(), Port: q.DestinationPorts.String(), Blockers: "first",
		From: []string{}, Parts: []result.EgressPart{}, Assumptions: []result.Assumption{},
		NotModelled: n.notModelled(), Diagnostics: problems,
	}
	if o.To != "" {
		answer.Blockers = "all"
	}
	answer.Predictable, _ = got.Predictable()
	answer.Checks = check.PatternChecks(got.Findings(f, egress.Facts{Destinations: o.To != ""}))
	answer.Checks = append(answer.Checks, n.degraded(f, q)...)
	slices.SortStableFunc(answer.Checks, func(a, b result.PatternCheck) int { return cmp.Compare(a.ID, b.ID) })
	for _, s := range q.From {
		answer.From = append(answer.From, s.Label())
	}
	for _, p := range got.Parts {
		answer.Parts = append(answer.Parts, egressPart(p))
	}
	for _, a := range got.Assumptions {
		answer.Assumptions = joinAssumptions(answer.Assumptions, []result.Assumption{assumption(a)})
	}
	if o.Expect != "" {
		answer.Outcome = expected(answer, o.To != "")
	}
	return answer, nil
}

func (n *Network) egressQuery(o EgressOptions) (egress.Query, error) {
	var q egress.Query
	var err error
	if slices.Equal(o.From, []string{"*"}) {
		for _, s := range n.network.Subnets() {
			if service.KeptFor(s.Name) == "" {
				q.From = append(q.From, s)
			}
		}
	} else if q.From, err = service.FindSubnets(n.network, o.From); err != nil {
		return q, &UsageError{Message: "--from: " + err.Error()}
	}
	for _, m := range n.network.ManagedServices {
		for _, ref := range m.Subnets {
			if s, ok := n.network.Subnet(ref.ID); ok && len(o.From) == 0 && !slices.Contains(q.From, s) {
				q.From = append(q.From, s)
			}
		}
	}
	if len(q.From) == 0 {
		return q, &UsageError{Message: "--from is missing, and no managed service of the input runs in a subnet", Hints: []string{"--from '*' takes all subnets, or name some: " + service.SubnetNames(n.network.Subnets())}}
	}
	if o.To != "" {
		to, _, err := n.endpoint("to", o.To)
		if err != nil {
			return q, err
		}
		q.To = &to
	}
	if o.Expect != "" {
		if _, err := netip.ParseAddr(o.Expect); err != nil {
			return q, &UsageError{Message: fmt.Sprintf("--expect %q is no address", o.Expect)}
		}
	}
	if q.Host, err = hostName(o.Host); err != nil {
		return q, err
	}
	if q.Protocols, err = parseProtocols("--protocol", cmp.Or(o.Protocol, "tcp")); err != nil {
		return q, err
	}
	if q.DestinationPorts, err = parsePorts("--port", o.Port, "*"); err != nil {
		return q, err
	}
	q.SourcePorts, err = parsePorts("--source-port", "", DefaultSourcePorts)
	return q, err
}

func egressPart(p egress.Part) result.EgressPart {
	part := result.EgressPart{
		From: []string{}, Destinations: check.Prefixes(p.Destinations), Protocol: p.Protocols.String(), Via: []string{},
		SeenAs: seenAs(p), Verdict: result.Verdict(p.Verdict), Reasons: []string{}, BlockedBy: []result.Blocker{},
		Witness: check.Packet(p.Witness), Trace: check.Hops(p.Trace),
	}
	for _, s := range p.From {
		part.From = append(part.From, s.Label())
	}
	if !p.Sources.IsEmpty() {
		part.Sources = check.Prefixes(p.Sources).First(math.MaxInt)
	}
	if p.Protocols.Overlaps(flow.PortProtocols()) {
		part.Port = p.Ports.String()
	}
	for _, h := range p.Via() {
		part.Via = append(part.Via, hopWords(h))
	}
	part.Reasons = append(part.Reasons, p.Reasons...)
	for _, h := range p.Blockers {
		part.BlockedBy = append(part.BlockedBy, check.Blocker(h))
		if reason := h.Reason(); reason != "" {
			part.Reasons = append(part.Reasons, reason)
		}
	}
	for _, h := range p.Further {
		part.WitnessBlockedBy = append(part.WitnessBlockedBy, check.Blocker(h))
	}
	if p.Verdict == reach.Allowed && p.Seen.Origin != "" {
		part.Reasons = append(part.Reasons, p.Seen.Origin)
	}
	return part
}

// seenAs is what the other end sees: the sender's own address where nothing on
// the way changes it.
func seenAs(p egress.Part) result.SeenAs {
	s := result.SeenAs{Kind: string(fabric.SeenNone), Addresses: []string{}}
	if p.Verdict != reach.Allowed {
		return s
	}
	switch s.Kind = string(p.Seen.Kind); p.Seen.Kind {
	case fabric.SeenUnchanged:
		s.Kind = string(fabric.SeenPrivate)
		for _, subnet := range p.From {
			for _, v := range subnet.Prefixes {
				if prefix, ok := v.Known(); ok {
					s.Addresses = append(s.Addresses, prefix.String())
				} else {
					s.Addresses = append(s.Addresses, "<"+v.Unknown.Name+">")
				}
			}
		}
	case fabric.SeenUnknown:
		s.Kind = string(fabric.SeenUnpredictable)
	}
	s.Addresses = append(s.Addresses, p.Seen.Addresses...)
	return s
}

// hopWords names a hop in a phrase.
func hopWords(h reach.Hop) string {
	switch h.Kind {
	case fabric.KindRoute:
		return strings.TrimSpace("route " + h.Name + " " + h.Note)
	case fabric.KindSystemRoute:
		if h.Resource != "" { // of a peering
			return "system route to " + h.Name + ", " + h.Note
		}
		return "system route " + h.Name + ", " + h.Note
	}
	kind := string(h.Kind)
	switch h.Kind {
	case fabric.KindFirewallRule:
		return h.Note + " " + h.Name + " of " + h.Address
	case fabric.KindNAT:
		kind = "translation by"
	case fabric.KindNATGateway:
		kind = "NAT gateway"
	case fabric.KindLoadBalancer:
		kind = "load balancer"
	case fabric.KindPublicIP:
		kind = "public address"
	case fabric.KindServiceEndpoint:
		return h.Name
	}
	text := kind + " " + h.Name
	if h.Note != "" {
		text += ": " + h.Note
	}
	return text
}

// expected tells whether everything asked about shows the expected address;
// without a destination, everything that leaves with a public address.
func expected(e *result.Egress, to bool) result.Outcome {
	outcome := result.Pass
	for i := range e.Parts {
		p := &e.Parts[i]
		o := result.Pass
		seen := fabric.Seen{Kind: fabric.SeenKind(p.SeenAs.Kind), Addresses: p.SeenAs.Addresses}
		outside := seen.Kind != fabric.SeenPrivate
		another := p.Verdict == result.Allowed && (outside || to) && !slices.Equal(seen.Addresses, []string{e.Expect})
		switch {
		case p.Verdict == result.Undecided, another && seen.Untold():
			o = result.UndecidedOutcome
		case p.Verdict == result.Blocked && to, another:
			o = result.Fail
		}
		if o.Worse(outcome) {
			outcome = o
		}
	}
	return outcome
}
