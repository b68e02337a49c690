package reach

import (
	"fmt"
	"slices"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/parallel"
)

// send carries packets from their sender on (P1 to P8).
func (w *walk) send(from origin, pieces []piece) []piece {
	out := toward(pieces, fabric.PlatformAddresses())
	rest := without(pieces, fabric.ByDestination, fabric.PlatformAddresses())
	rest = w.through(w.fabric.Carried(), rest)
	if from.subnet == nil {
		return w.gather(append(out, w.route(from, w.fabric.UnallocatedRoutes(from.vnet), rest)...))
	}
	if len(out) > 0 {
		out = w.through(w.fabric.ToPlatform(from.subnet), out)
	}
	for _, stage := range w.fabric.Outbound(from.subnet) {
		rest = w.through(stage, rest)
	}
	rest = w.through(w.fabric.Tracking(from.subnet, azure.Outbound), rest)
	return w.gather(append(out, w.route(from, w.fabric.Routes(from.subnet), rest)...))
}

// route divides pieces by next hop (P7). Those of several senders, from a firewall, go
// many ways, which are taken at the same time.
func (w *walk) route(from origin, routes *fabric.Routes, pieces []piece) []piece {
	out, pieces := w.ended(pieces)
	legs := stretches(routes, pieces, false)
	take := func(w *walk, s stretch) []piece {
		sender := from
		sender.joins = from.joins && s.Certain() // of several ways none can be left for later
		return w.follow(s.Leg, s.pieces, false, func(r *fabric.Route, p []piece) []piece { return w.hop(sender, r, p) })
	}
	if from.via != nil && len(from.via.senders) > 0 {
		taken := make([][]piece, len(legs))
		parallel.Each(len(legs), func(i int) { taken[i] = take(w.another(), legs[i]) })
		return append(out, slices.Concat(taken...)...)
	}
	for _, s := range legs {
		out = append(out, take(w, s)...)
	}
	return out
}

// follow takes pieces along a leg, back if it is the replies'; where several
// routes may carry it, along each of them.
func (w *walk) follow(leg fabric.Leg, pieces []piece, back bool, take func(*fabric.Route, []piece) []piece) []piece {
	switch {
	case leg.Certain():
		return take(leg.Routes[0], pieces)
	case len(leg.Routes) == 0:
		h := Hop{Kind: fabric.KindRoute, Decision: fabric.Drop, Note: "no route leads there"}
		if back {
			h = returned(h)
		}
		return blocked(pieces, h)
	}
	why := leg.Why
	if len(why) == 0 {
		why = []string{leg.Routes[0].Why}
	}
	h := Hop{Kind: fabric.KindRoute, Decision: fabric.Unknown, Name: leg.Routes[0].Name, Note: why[0], Return: back}
	var ways [][]piece
	for _, r := range leg.Routes {
		if r.Hop == fabric.UnknownHop {
			ways = append(ways, doubted(pieces, h, r.Why))
		} else {
			ways = append(ways, take(r, passed(pieces, h)))
		}
	}
	return either(ways, h, why)
}

// hop sends pieces along one route (P8).
func (w *walk) hop(from origin, r *fabric.Route, pieces []piece) []piece {
	if len(from.crew) > 0 && r.Hop != fabric.VnetLocal && r.Hop != fabric.VNetPeering && r.Hop != fabric.VirtualAppliance {
		return w.apiece(from, pieces, func(one origin, own []piece) []piece { return w.hop(one, r, own) })
	}
	forward := fabric.RouteHop(r, fabric.Forward)
	switch r.Hop {
	case fabric.VnetLocal:
		return w.toNetwork(from, from.vnet, r, passed(pieces, forward))
	case fabric.VNetPeering:
		if v := w.fabric.Remote(r.Peering); v != nil {
			return w.toNetwork(from, v, r, passed(pieces, forward))
		}
		why := fmt.Sprintf("no input states the network that peering %s leads to", r.Peering.Name)
		return doubted(pieces, fabric.RouteHop(r, fabric.Unknown), why)
	case fabric.InterfaceEndpoint:
		v := from.vnet
		if r.Peering != nil {
			v = w.fabric.Remote(r.Peering)
		}
		from.toEndpoint = true
		return w.toNetwork(from, v, r, passed(pieces, forward))
	case fabric.Internet:
		pieces = passed(pieces, forward)
		if from.subnet == nil {
			return pieces
		}
		if from.via != nil {
			return w.leaveFirewall(from, pieces)
		}
		if from.relay != nil {
			return w.leaveRelay(from, pieces)
		}
		return w.through(w.fabric.Leaving(from.subnet, w.query.Own), pieces)
	case fabric.ServiceEndpoint:
		if r.Policy != "" {
			return doubted(pieces, fabric.RouteHop(r, fabric.Unknown), r.Policy)
		}
		if from.via != nil {
			return w.toService(r, pieces, from)
		}
		if from.relay != nil && !from.relay.translated {
			return w.notTaken(r, from.relay.Name(), pieces)
		}
		return passed(pieces, fabric.RouteHop(r, fabric.Deliver))
	case fabric.VirtualAppliance:
		return w.toAppliance(from, r, pieces, false)
	case fabric.VirtualNetworkGateway:
		why := "the path continues at " + w.fabric.BehindGateway(from.vnet)
		return doubted(pieces, fabric.RouteHop(r, fabric.Unknown), why)
	}
	return w.dropped(from, r, pieces)
}

// dropped ends packets whose next hop is None. Where a network that is stated
// holds the destination, what really stands between is named, and the rest of
// the way is looked at as if they had passed.
func (w *walk) dropped(from origin, r *fabric.Route, pieces []piece) []piece {
	if r.User != nil {
		return w.beyond(from, blocked(pieces, fabric.RouteHop(r, fabric.Drop)))
	}
	var out []piece
	left := all(pieces, fabric.Destinations)
	for {
		barrier, held, ok := w.fabric.PeeringBarrier(from.vnet, left)
		if !ok {
			break
		}
		here := passed(toward(pieces, held), fabric.RouteHop(r, fabric.Forward))
		out = append(out, w.beyond(from, blocked(here, barrier))...)
		left = left.Minus(held)
	}
	return append(out, blocked(toward(pieces, left), fabric.RouteHop(r, fabric.Drop))...)
}

// beyond looks at the rest of the way of packets that did not get there: the
// receivers that stated networks have for them.
func (w *walk) beyond(from origin, pieces []piece) []piece {
	out, pieces := w.ended(pieces)
	left := all(pieces, fabric.Destinations)
	for _, v := range append(w.fabric.Near(from.vnet), w.fabric.Network().VirtualNetworks...) {
		for _, owned := range w.fabric.Owners(v, left) {
			if owned.Subnet != nil {
				left = left.Minus(owned.Addresses)
				out = append(out, w.arrive(owned.Subnet, toward(pieces, owned.Addresses), from)...)
			}
		}
	}
	return append(out, toward(pieces, left)...)
}

// toNetwork delivers within the sender's network or a peered one.
func (w *walk) toNetwork(from origin, v *azure.VirtualNetwork, r *fabric.Route, pieces []piece) []piece {
	var out []piece
	for _, owned := range w.fabric.Owners(v, all(pieces, fabric.Destinations)) {
		here := toward(pieces, owned.Addresses)
		switch {
		case owned.Subnet == nil && owned.Why == "" && r.User != nil:
			h := fabric.RouteHop(r, fabric.Drop) // RT-19
			h.Note = "no subnet of " + v.Name + " holds the address"
			out = append(out, blocked(here, h)...)
		case owned.Subnet == nil:
			out = append(out, w.nowhere(v, owned, here)...)
		default:
			if r.Peering != nil {
				here = w.cross(r.Peering, from.subnet, owned.Subnet, here, false)
			}
			out = append(out, w.deliver(owned.Subnet, r, here, from)...)
		}
	}
	return out
}

// cross takes pieces over a peering (RT-47).
func (w *walk) cross(link *azure.Peering, local, remote *azure.Subnet, pieces []piece, back bool) []piece {
	effect, h, why := w.fabric.CrossPeering(link, local, remote)
	if back {
		h = returned(h)
	}
	switch effect {
	case fabric.Stop:
		return blocked(pieces, h)
	case fabric.Doubtful:
		return doubted(pieces, h, why...)
	}
	return pieces
}

// toAppliance follows a route to an appliance and no further: its interface's
// security groups see the packet as it is (PIPE-3), and what it does then is
// not modelled. With back the packets are replies.
func (w *walk) toAppliance(from origin, r *fabric.Route, pieces []piece, back bool) []piece {
	if out, looped := w.loopsBack(from, r, pieces); looped {
		return out
	}
	switch g, why, ok := w.fabric.FirewallAt(from.vnet, from.subnet, r); {
	case ok && from.via != nil && from.via.Firewall == g.Firewall:
		return blocked(pieces, loop(r, "the firewall sends to itself: a loop (F-14)"))
	case from.via != nil && !back, from.relay != nil && from.relay.translated:
		h := fabric.RouteHop(r, fabric.Unknown)
		h.Note = "the path continues from the firewall to a second appliance, which is not followed"
		if from.relay != nil {
			h.Note = "the path continues from " + from.relay.Name() + ", which translates, to a second appliance, and that is not followed"
		}
		return doubted(pieces, h, h.Note)
	case ok:
		return w.toFirewall(from, r, g, why, pieces)
	case len(from.crew) > 0:
		return w.apiece(from, pieces, func(one origin, own []piece) []piece { return w.toAppliance(one, r, own, back) })
	}
	a := w.fabric.Appliance(from.vnet, from.subnet, r)
	touch(pieces, a.Touches)
	h := a.Hop
	if back {
		h = returned(h)
	}
	switch a.Effect {
	case fabric.Stop:
		return blocked(pieces, h)
	case fabric.Doubtful:
		pieces = doubted(pieces, h, a.Hop.Note)
	default:
		pieces = passed(pieces, h)
	}
	out, pieces := w.ownOfAppliance(from, r, a, pieces, back)
	if a.Balanced != nil {
		return append(out, w.toRelays(from, r, *a.Balanced, pieces, back)...)
	}
	return append(out, w.passAppliance(from, r, a, false, pieces, back)...)
}

// passAppliance takes pieces into an appliance, shared if there are others behind
// the same load balancer, and on where its own policy is stated.
func (w *walk) passAppliance(from origin, r *fabric.Route, a fabric.Appliance, shared bool, pieces []piece, back bool) []piece {
	if a.Subnet != nil {
		pieces = w.atAppliance(a, pieces, back)
	}
	switch relay, ok := w.fabric.RelayAt(a, r.Appliance, shared); {
	case ok && back && relay.Stateful:
		return w.unseen(r, pieces, "the reply goes to "+relay.Name()+", which keeps state and did not see the request (ASY-2)", nil)
	case ok && !back:
		return w.throughRelay(from, relay, r.Appliance, pieces)
	}
	if a.Effect == fabric.Doubtful && a.Address.IsValid() && !back {
		return pieces // that nobody is known to be there has been said
	}
	why := fmt.Sprintf("the path continues at %v, whose own policy no appliances.yaml states", a.Address)
	switch {
	case !a.Address.IsValid():
		why = "the path continues at an appliance whose address is not known"
	case back:
		why = fmt.Sprintf("the reply goes to %v, which may not have seen the request (ASY-2)", a.Address)
	}
	end := Hop{Kind: fabric.KindNIC, Decision: fabric.Unknown, Name: a.Address.String(), Note: why, Return: back}
	return doubted(pieces, end, why)
}

// loop is the hop of a route that leads back to where it starts.
func loop(r *fabric.Route, why string) Hop {
	h := fabric.RouteHop(r, fabric.Drop)
	h.Note = why
	return h
}

// ownOfAppliance takes out the packets that the appliance itself sends, a loop
// (RT-49), and those it is to receive, which need no forwarding (RT-40).
func (w *walk) ownOfAppliance(from origin, r *fabric.Route, a fabric.Appliance, pieces []piece, back bool) (own, rest []piece) {
	if !a.Address.IsValid() {
		return nil, pieces
	}
	sent, received := fabric.BySource, fabric.ByDestination
	if back {
		sent, received = received, sent
	}
	address := flow.Host(a.Address)
	h := a.Hop
	h.Kind, h.Decision, h.Note, h.Return = fabric.KindRoute, fabric.Drop, "the next hop is the sender itself: a loop (RT-49)", back
	if back {
		h = returned(h)
	}
	own = blocked(restrict(pieces, sent, address), h)
	rest = without(pieces, sent, address)
	if a.Subnet == nil {
		return own, rest
	}
	here := restrict(rest, received, address)
	switch {
	case back && from.via != nil:
		here = w.unseen(r, here, "the reply does not come back through the firewall (ASY-2)", nil)
	case !back:
		here = w.arrive(a.Subnet, here, from)
	}
	return append(own, here...), without(rest, received, address)
}

// atAppliance asks the security groups and the interface of an appliance.
func (w *walk) atAppliance(a fabric.Appliance, pieces []piece, back bool) []piece {
	for _, stage := range w.fabric.AtAppliance(a) {
		if back {
			stage = reply{stage}
		}
		pieces = w.through(stage, pieces)
	}
	if a.Interface == nil {
		return pieces
	}
	effect, h := w.fabric.Forwarding(a.Interface)
	if back {
		h = returned(h)
	}
	switch effect {
	case fabric.Stop:
		return blocked(pieces, h)
	case fabric.Doubtful:
		return doubted(pieces, h, h.Note)
	}
	return pieces
}
