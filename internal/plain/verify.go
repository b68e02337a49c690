package plain

import (
	"fmt"
	"net/netip"

	"github.com/wayleave/wayleave/internal/azure"
)

// Verify answers as Azure's IP flow verify does: only the groups of one place,
// in one direction, without routes and without the other end (NW-1). The
// network interface is the one that owns the local address; the packet need
// not be addressed to it. The decider of an allowed packet is the first rule
// that allowed it, and the zero Hop where no group is attached.
func (t *Twin) Verify(subnet azure.ID, local netip.Addr, d azure.Direction, p Packet) (Answer, error) {
	at, ok := t.places[subnet]
	if !ok {
		return Answer{}, fmt.Errorf("there is no subnet %q", subnet)
	}
	a := &asking{Twin: t}
	own := t.interfaceGroup(at, local)
	var answer *Answer
	switch {
	case d == azure.Inbound:
		answer = a.inbound(at, own, p)
	case p.Destination == hostAddress || p.Destination == metadataAddress:
		answer = a.toPlatform(at, p)
	default:
		answer = a.outbound(at, p)
	}
	if answer != nil {
		return *answer, nil
	}
	passed := Answer{Verdict: Allow, Hops: a.hops, Reading: a.reading()}
	if len(a.hops) > 0 {
		passed.Decider = a.hops[0]
	}
	return passed, nil
}

// Step is one rule of a diagnosis.
type Step struct {
	Rule *azure.SecurityRule
	Fields
}

// Diagnose lists the rules of a group up to the one that decides, with what
// matches in each, as Azure's network configuration diagnostic does (NW-6).
func (t *Twin) Diagnose(group, subnet azure.ID, d azure.Direction, p Packet) []Step {
	a := &asking{Twin: t}
	var steps []Step
	for _, rule := range t.groups[group] {
		if rule.Direction.V != d {
			continue
		}
		steps = append(steps, Step{Rule: rule, Fields: a.fields(rule, t.places[subnet], p)})
		if a.matches(rule, t.places[subnet], p) {
			break
		}
	}
	return steps
}

// NextHop is where a subnet sends packets for an address.
type NextHop struct {
	// Type in Azure's spelling, "VNetPeering" for a peering. It is None for an
	// appliance that no network interface within reach owns (RT-17).
	Type azure.NextHopType
	// Address of the appliance, reachable or not.
	Address netip.Addr
	// Route is the user's route, nil for a system route.
	Route *azure.Route
}

// NextHop answers as Azure's next hop does (NW-2).
func (t *Twin) NextHop(subnet azure.ID, to netip.Addr) (NextHop, error) {
	at, ok := t.places[subnet]
	if !ok {
		return NextHop{}, fmt.Errorf("there is no subnet %q", subnet)
	}
	a := &asking{Twin: t}
	w := a.selectRoute(at, to, false)
	if w != a.selectRoute(at, to, true) {
		return NextHop{}, fmt.Errorf("whether a service endpoint of %q covers %v is not known", subnet, to)
	}
	next := NextHop{Type: w.next, Route: w.user}
	if w.next == azure.VirtualAppliance {
		next.Address = w.user.NextHopIPAddress.V
		if _, reachable := a.applianceAt(at, next.Address); !reachable {
			next.Type = azure.NoneNextHop
		}
	}
	return next, nil
}

// Contains reports whether an address is in a tag, as a group at a subnet
// sees it.
func (t *Twin) Contains(subnet azure.ID, tag string, address netip.Addr) bool {
	a := &asking{Twin: t}
	return a.inTag(tag, t.places[subnet], address)
}
