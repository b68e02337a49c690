package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/service"
)

// route follows the next hops of a destination. One part of it that certainly
// goes a wrong way decides; parts whose way is not known leave it open.
func (a *asker) route(rule *service.AppliedRule) finding {
	need := rule.Rule.Route
	destinations, err := a.routeSpace(rule)
	if err != nil {
		return open(err.Error())
	}
	var doubts []string
	for _, leg := range a.fabric.Routes(rule.Subnet).Partition(destinations) {
		wrong := 0
		for _, route := range leg.Routes {
			if !allowsHop(need, route) {
				wrong++
			}
		}
		switch {
		case wrong == 0 && leg.Certain() && leg.Routes[0].Hop != fabric.UnknownHop:
		case wrong > 0 && leg.Certain():
			return wrongWay(rule, leg.Routes[0])
		case wrong > 0 || slices.ContainsFunc(leg.Routes, isUnknownHop) || len(leg.Routes) == 0:
			doubts = append(doubts, leg.Why...)
			doubts = append(doubts, fmt.Sprintf("it is not known where packets to %s go", rule.To.Text))
		}
	}
	if len(doubts) > 0 {
		return open(compact(doubts)...)
	}
	if len(need.Via) > 0 {
		return met("they do")
	}
	return met("none does")
}

func isUnknownHop(r *fabric.Route) bool { return r.Hop == fabric.UnknownHop }

// allowsHop reports whether a route may carry the packets.
func allowsHop(need *service.RouteNeed, r *fabric.Route) bool {
	if r.Hop == fabric.UnknownHop || need.DefaultRoute && !takesAll(r) {
		return true
	}
	if len(need.Via) > 0 {
		return slices.Contains(need.Via, string(r.Hop))
	}
	return !slices.Contains(need.Not, string(r.Hop))
}

// takesAll reports whether a user's route takes every address, or half of them
// as 0.0.0.0/1 and 128.0.0.0/1 do.
func takesAll(r *fabric.Route) bool {
	return r.User != nil && r.User.Destination.Kind == azure.PrefixAddress && r.User.Destination.Prefix.Bits() <= 1
}

func wrongWay(rule *service.AppliedRule, r *fabric.Route) finding {
	need := rule.Rule.Route
	decision := fabric.Forward
	if r.Hop == fabric.None {
		decision = fabric.Drop
	}
	b := Blocker(fabric.RouteHop(r, decision))
	// A system route that leads astray is a blocker of the kind route too
	// (decisions 17).
	b.Kind = string(fabric.KindRoute)
	b.Note = fmt.Sprintf("next hop %s for %s", r.Hop, rule.To.Text)
	f := unmet(fmt.Sprintf("route %s sends them to %s", r.Name, r.Hop), "", azure.Position{})
	f.blocker, f.wholeRoute = &b, takesAll(r)
	switch {
	case len(need.Via) > 0:
		f.fix = fmt.Sprintf("route %s to next hop %s", rule.To.Text, need.Via[0])
	case r.User != nil:
		f.fix = fmt.Sprintf("remove or narrow route %s of %s", r.Name, b.Resource[strings.LastIndexByte(b.Resource, '/')+1:])
	}
	return f
}

// routeSpace is the addresses a route rule speaks of, IPv4 as the tables do.
func (a *asker) routeSpace(rule *service.AppliedRule) (flow.AddressSet, error) {
	far := rule.To
	switch {
	case far.Is == service.InSubnet:
		return a.fabric.Addresses(rule.Subnet).Only(flow.IPv4), nil
	case far.Is == service.InNetwork:
		return a.fabric.ClientSpace(rule.Subnet.VirtualNetwork).Only(flow.IPv4), nil
	case isInternet(far):
		return a.fabric.PublicInternet(), nil
	case far.Tag != "":
		space, err := a.fabric.TagSpace(far.Tag)
		return space.Only(flow.IPv4), err
	}
	return flow.AddressSetOf(far.Prefixes...), nil
}
