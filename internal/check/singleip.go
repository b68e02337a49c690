package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/egress"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/result"
	"github.com/wayleave/wayleave/internal/service"
)

// singleIPRow is the row of the requirements that egress=single-ip adds.
const singleIPRow = "egress=single-ip"

// singleIP answers egress=single-ip: for each destination and subnet, whether it
// is reached, and seen with one public address that is known beforehand. That
// all see the same address is for SharedAddress to say.
func (a *asker) singleIP() ([]result.Requirement, []fabric.Assumption, error) {
	destinations, address, ok := a.binding.SingleIP()
	if !ok {
		return nil, nil, nil
	}
	var list []result.Requirement
	var used []fabric.Assumption
	for _, d := range destinations {
		for _, s := range a.binding.Subnets {
			got, err := a.askSingleIP(s, d)
			if err != nil {
				return nil, nil, err
			}
			r := singleIPOf(s, d, address, got)
			judge(&r, got.Findings(a.fabric, a.egressFacts()))
			list = append(list, r)
			used = append(used, got.Assumptions...)
		}
	}
	return list, used, nil
}

// askSingleIP follows what a subnet sends to a destination.
func (a *asker) askSingleIP(s *azure.Subnet, d service.Destination) (egress.Answer, error) {
	to, own := reach.Addresses(flow.Prefix(d.Prefix)), a.binding.Own()
	return egress.Run(a.fabric, egress.Query{
		From: []*azure.Subnet{s}, To: &to, Host: d.Host, Managed: true, Own: &own,
		Protocols: d.Needs(), SourcePorts: flow.AllPorts(), DestinationPorts: d.Ports,
	})
}

func singleIPID(d service.Destination) string { return "single-ip-" + d.Text }

// egressFacts are what the user tells of the senders. Connectors are those of
// Logic Apps.
func (a *asker) egressFacts() egress.Facts {
	connector, connections, idle := a.binding.EgressFacts()
	facts := egress.Facts{Connections: connections, Idle: idle, Destinations: true}
	switch {
	case connector == string(egress.MultiTenant):
		facts.Connector = egress.MultiTenant
	case connector == "" && a.binding.Profile.Service == "logic-apps-ise":
		facts.Connector = egress.Unstated
	}
	return facts
}

// judge adds the checks to a row that is met: what breaks the pattern fails it,
// what leaves it without guarantee is a warning.
func judge(r *result.Requirement, findings []egress.Finding) {
	r.Checks = PatternChecks(findings)
	for _, severity := range []egress.Severity{egress.Broken, egress.Unsure} {
		for _, f := range findings {
			if f.Severity != severity || r.Outcome != result.Pass {
				continue
			}
			r.OutcomeReason = fmt.Sprintf("%s (%s)", f.Found, f.Check)
			r.Outcome, r.Consequence = result.Warning, f.Observed
			if severity == egress.Broken {
				r.Outcome = result.Fail
				r.Reasons = append(r.Reasons, r.OutcomeReason)
			}
		}
	}
}

// PatternChecks are findings as data.
func PatternChecks(findings []egress.Finding) []result.PatternCheck {
	list := []result.PatternCheck{}
	for _, f := range findings {
		c := result.PatternCheck{ID: f.Check, Severity: string(f.Severity), Message: f.Found, Observed: f.Observed}
		if !f.At.IsZero() {
			at := f.At
			c.At = &at
		}
		list = append(list, c)
	}
	return list
}

func singleIPOf(s *azure.Subnet, d service.Destination, expected string, got egress.Answer) result.Requirement {
	r := result.Requirement{
		ID: singleIPID(d), Row: singleIPRow, Purpose: "One public address towards " + d.Text, Direction: "outbound",
		Subnet: s.Label(), Severity: service.Required, Capability: "runtime-outbound",
		Needs: result.Cube{Protocol: d.Needs().String(), Source: s.Name, SourcePort: "*", Destination: d.Prefix.String(), DestinationPort: d.Ports.String()},
	}
	var blockers []reach.Hop
	count := map[reach.Verdict]int{}
	spaces := map[reach.Verdict][]flow.Cube{}
	for _, p := range got.Parts {
		fate, hop, why := singleIPPart(p, expected)
		count[fate]++
		spaces[fate] = append(spaces[fate], p.Space.Cubes()...)
		r.Reasons = compact(append(r.Reasons, why...))
		if r.Witness == nil || fate == reach.Blocked && count[fate] == 1 || fate == reach.Undecided && count[reach.Blocked] == 0 && count[fate] == 1 {
			r.Witness, r.Trace = Packet(p.Witness), Hops(p.Trace)
		}
		for _, h := range hop {
			if !slices.Contains(blockers, h) {
				blockers = append(blockers, h)
				r.BlockedBy = append(r.BlockedBy, Blocker(h))
			}
		}
		for _, a := range p.TurnsOn {
			r.Assumptions = compact(append(r.Assumptions, a.Name+"="+a.Value))
		}
		if fate == reach.Allowed {
			r.SeenAs = &result.SeenAs{Kind: string(p.Seen.Kind), Addresses: p.Seen.Addresses}
		}
	}
	r.Verdict, r.Outcome = result.Allowed, result.Pass
	switch {
	case count[reach.Blocked] > 0:
		r.Verdict, r.Outcome = result.Partial, result.Fail
		if count[reach.Blocked] == len(got.Parts) {
			r.Verdict = result.Blocked
		}
		r.OutcomeReason = Observed(blockers[0])
		r.Consequence = r.OutcomeReason
	case count[reach.Undecided] > 0:
		r.Verdict, r.Outcome, r.OutcomeReason = result.Undecided, result.UndecidedOutcome, "it is not known whether they are seen with one address"
	}
	if r.Verdict == result.Partial {
		r.BlockedSpace, r.UndecidedSpace, r.AllowedSpace = Cubes(spaces[reach.Blocked]), Cubes(spaces[reach.Undecided]), Cubes(spaces[reach.Allowed])
	}
	return r
}

// singleIPPart judges a part: what blocks it, or that it arrives with another
// address than the pattern asks for.
func singleIPPart(p egress.Part, expected string) (fate reach.Verdict, blockers []reach.Hop, why []string) {
	if p.Verdict != reach.Allowed {
		for _, h := range p.Blockers {
			if reason := h.Reason(); reason != "" {
				why = append(why, reason)
			}
		}
		return p.Verdict, p.Blockers, append(why, p.Reasons...)
	}
	note := ""
	list := strings.Join(p.Seen.Addresses, ", ")
	switch {
	case p.Seen.Kind == fabric.SeenUnknown:
		return reach.Undecided, nil, []string{p.Seen.Origin}
	case p.Seen.Kind == fabric.SeenUnchanged:
		note = "the destination sees the sender's own private address"
	case p.Seen.Kind == fabric.SeenPrivate:
		note = "the destination sees a private address: " + list
	case p.Seen.Kind == fabric.SeenUnpredictable:
		note = "the destination sees any of several addresses: " + list
	case len(p.Seen.Addresses) == 0, !behindFirewall(p):
		note = strings.TrimSpace("the destination sees "+list) + ownAddress(p)
	case expected != "" && p.Seen.Untold():
		return reach.Undecided, nil, []string{fmt.Sprintf("the destination sees %s, whose address no input states, and expects %s", list, expected)}
	case expected != "" && p.Seen.Addresses[0] != expected:
		note = fmt.Sprintf("the destination sees %s and expects %s", list, expected)
	default:
		return reach.Allowed, nil, nil
	}
	h := reach.Hop{Kind: fabric.KindNAT, Decision: fabric.Translate, Name: string(p.Seen.Kind), Note: note}
	return reach.Blocked, []reach.Hop{h}, []string{note}
}

func ownAddress(p egress.Part) string {
	if len(p.Seen.Addresses) == 0 {
		return " " + p.Seen.Origin
	}
	return ", " + p.Seen.Origin
}

// behindFirewall reports whether a part leaves through something whose address
// all senders share: a firewall or a NAT gateway.
func behindFirewall(p egress.Part) bool {
	return slices.ContainsFunc(p.Trace, func(h reach.Hop) bool {
		return !h.Return && h.Decision == fabric.Translate && (h.Kind == fabric.KindNAT || h.Kind == fabric.KindNATGateway)
	})
}

// Observed says what people see at the client, in the firewall's log and at the
// destination when a hop stops the pattern.
func Observed(h reach.Hop) string {
	switch h.Kind {
	case fabric.KindNSGRule, fabric.KindNSGDefaultRule:
		return "the client's connection times out; the flow log of the security group shows a deny, the firewall's log nothing (C-08)"
	case fabric.KindFirewallRule:
		return "the client's connection times out; the firewall's log shows a deny with the name of the rule (C-11)"
	case fabric.KindFirewallDefaultDeny:
		return "the client's connection times out; the firewall's log says that no rule matched (C-10)"
	case fabric.KindReturnPath:
		return "the destination sees the connection begin, the client never gets an answer: the reply does not come back the same way (C-21)"
	case fabric.KindAdminRule, fabric.KindRoute, fabric.KindPeering, fabric.KindSubnet, fabric.KindNIC, fabric.KindPlatform:
		return "the client's connection times out; the firewall's log shows nothing, the packets never reach it or never leave (C-04, C-06)"
	}
	switch fabric.SeenKind(h.Name) {
	case fabric.SeenUnpredictable:
		return "works for a while and is then refused by the destination, and a retry seems to help: the address changes (C-17, C-18)"
	case fabric.SeenPublic:
		return "the destination refuses, and its log shows another public address; the firewall's log shows nothing (C-02, C-03, C-05)"
	case fabric.SeenPrivate, fabric.SeenUnchanged:
		return "the destination refuses: a firewall there that lists the public address sees a private one (C-25)"
	}
	return "the client's connection times out although the firewall's log says Allow: the source address stays private (C-15, C-16)"
}

// SharedAddress makes the requirements of egress=single-ip fail that are met with
// different addresses: by the subnets of one service or by several services.
func SharedAddress(services []result.Service) {
	seen := map[string][]string{}
	each := func(visit func(s *result.Service, r *result.Requirement)) {
		for i := range services {
			for j := range services[i].Requirements {
				if r := &services[i].Requirements[j]; r.Row == singleIPRow && r.Outcome == result.Pass && r.SeenAs != nil {
					visit(&services[i], r)
				}
			}
		}
	}
	each(func(_ *result.Service, r *result.Requirement) {
		seen[r.ID] = compact(append(seen[r.ID], r.SeenAs.Addresses...))
	})
	each(func(s *result.Service, r *result.Requirement) {
		if list := seen[r.ID]; len(list) > 1 {
			note := "the destination sees different addresses: " + strings.Join(list, ", ")
			r.Verdict, r.Outcome, r.OutcomeReason = result.Blocked, result.Fail, "works from one subnet and is refused from another (C-02, C-17)"
			r.BlockedBy, r.Reasons, r.Consequence = []result.Blocker{{Kind: string(fabric.KindNAT), Note: note}}, []string{note}, r.OutcomeReason
		}
	})
	for i := range services {
		settle(&services[i])
	}
}
