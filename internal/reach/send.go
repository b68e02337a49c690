package reach

import (
	"fmt"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
)

// send carries packets from their sender on (P1 to P8).
func (w *walk) send(from origin, pieces []piece) []piece {
	var out, rest []piece
	for _, p := range pieces {
		platform, others := fabric.ByDestination(p.packets, fabric.PlatformAddresses())
		if len(platform) > 0 && from.subnet != nil {
			out = append(out, w.through(w.fabric.ToPlatform(from.subnet), []piece{p.with(platform)})...)
		} else {
			others = append(others, platform...)
		}
		if len(others) > 0 {
			rest = append(rest, p.with(others))
		}
	}
	rest = w.through(w.fabric.Carried(), rest)
	routes := w.fabric.UnallocatedRoutes(from.vnet)
	if from.subnet != nil {
		for _, stage := range w.fabric.Outbound(from.subnet) {
			rest = w.through(stage, rest)
		}
		rest = w.through(w.fabric.Tracking(from.subnet, azure.Outbound), rest)
		routes = w.fabric.Routes(from.subnet)
	}
	for _, p := range rest {
		out = append(out, w.route(from, routes, p)...)
	}
	return w.gather(out)
}

// route divides a piece by next hop (P7).
func (w *walk) route(from origin, routes *fabric.Routes, p piece) []piece {
	var out []piece
	destinations := fabric.Destinations(p.packets)
	for _, leg := range routes.Partition(destinations) {
		here, _ := fabric.ByDestination(p.packets, leg.Destinations)
		next := p.with(here)
		next.touches = next.touches.Union(routes.Touches(leg.Destinations))
		out = append(out, w.follow(leg, next, false, func(r *fabric.Route, p piece) []piece { return w.hop(from, r, p) })...)
	}
	return out
}

// follow takes a piece along a leg, back if it is the replies'; where several
// routes may carry it, along each of them.
func (w *walk) follow(leg fabric.Leg, p piece, back bool, take func(*fabric.Route, piece) []piece) []piece {
	switch {
	case leg.Certain():
		return take(leg.Routes[0], p)
	case len(leg.Routes) == 0:
		h := Hop{Kind: fabric.KindRoute, Decision: fabric.Drop, Note: "no route leads there"}
		if back {
			h = returned(h)
		}
		return []piece{p.blocked(h)}
	}
	why := leg.Why
	if len(why) == 0 {
		why = []string{leg.Routes[0].Why}
	}
	h := Hop{Kind: fabric.KindRoute, Decision: fabric.Unknown, Name: leg.Routes[0].Name, Note: why[0], Return: back}
	var ways [][]piece
	for _, r := range leg.Routes {
		if r.Hop == fabric.UnknownHop {
			ways = append(ways, []piece{p.doubted(h, r.Why)})
		} else {
			ways = append(ways, take(r, p.passed(h)))
		}
	}
	return either(ways, h, why)
}

// hop sends a piece along one route (P8).
func (w *walk) hop(from origin, r *fabric.Route, p piece) []piece {
	forward := fabric.RouteHop(r, fabric.Forward)
	switch r.Hop {
	case fabric.VnetLocal:
		return w.toNetwork(from, from.vnet, r, p.passed(forward))
	case fabric.VNetPeering:
		if v := w.fabric.Remote(r.Peering); v != nil {
			return w.toNetwork(from, v, r, p.passed(forward))
		}
		why := fmt.Sprintf("no input states the network that peering %s leads to", r.Peering.Name)
		return []piece{p.doubted(fabric.RouteHop(r, fabric.Unknown), why)}
	case fabric.Internet:
		p = p.passed(forward)
		if from.subnet == nil {
			return []piece{p}
		}
		return w.through(w.fabric.Leaving(from.subnet, w.query.Managed), []piece{p})
	case fabric.ServiceEndpoint:
		return []piece{p.passed(fabric.RouteHop(r, fabric.Deliver))}
	case fabric.VirtualAppliance:
		return w.toAppliance(from, r, p, false)
	case fabric.VirtualNetworkGateway:
		why := "the path continues at a virtual network gateway, and what lies behind it is not modelled"
		return []piece{p.doubted(fabric.RouteHop(r, fabric.Unknown), why)}
	}
	return w.dropped(from, r, p)
}

// dropped ends packets whose next hop is None. Where a network that is stated
// holds the destination, what really stands between is named, and the rest of
// the way is looked at as if they had passed.
func (w *walk) dropped(from origin, r *fabric.Route, p piece) []piece {
	if r.User != nil {
		return w.beyond(from, p.blocked(fabric.RouteHop(r, fabric.Drop)))
	}
	var out []piece
	for {
		barrier, held, ok := w.fabric.PeeringBarrier(from.vnet, fabric.Destinations(p.packets))
		if !ok {
			break
		}
		here, rest := fabric.ByDestination(p.packets, held)
		out = append(out, w.beyond(from, p.with(here).passed(fabric.RouteHop(r, fabric.Forward)).blocked(barrier))...)
		p = p.with(rest)
	}
	if len(p.packets) > 0 {
		out = append(out, p.blocked(fabric.RouteHop(r, fabric.Drop)))
	}
	return out
}

// beyond looks at the rest of the way of packets that did not get there: the
// receivers that stated networks have for them.
func (w *walk) beyond(from origin, p piece) []piece {
	var out []piece
	networks := append(w.fabric.Near(from.vnet), w.fabric.Network().VirtualNetworks...)
	for _, v := range networks {
		for _, owned := range w.fabric.Owners(v, fabric.Destinations(p.packets)) {
			if owned.Subnet == nil {
				continue
			}
			var here []flow.Cube
			here, p.packets = fabric.ByDestination(p.packets, owned.Addresses)
			out = append(out, w.arrive(owned.Subnet, []piece{p.with(here)}, from)...)
		}
	}
	if len(p.packets) > 0 {
		out = append(out, p)
	}
	return out
}

// toNetwork delivers within the sender's network or a peered one.
func (w *walk) toNetwork(from origin, v *azure.VirtualNetwork, r *fabric.Route, p piece) []piece {
	var out []piece
	for _, owned := range w.fabric.Owners(v, fabric.Destinations(p.packets)) {
		here, _ := fabric.ByDestination(p.packets, owned.Addresses)
		next := p.with(here)
		switch {
		case owned.Subnet == nil && owned.Why == "" && r.User != nil:
			h := fabric.RouteHop(r, fabric.Drop) // RT-19
			h.Note = "no subnet of " + v.Name + " holds the address"
			out = append(out, next.blocked(h))
		case owned.Subnet == nil:
			out = append(out, w.nowhere(v, owned, next))
		default:
			if r.Peering != nil {
				next = w.cross(r.Peering, from.subnet, owned.Subnet, next, false)
			}
			out = append(out, w.arrive(owned.Subnet, []piece{next}, from)...)
		}
	}
	return out
}

// cross takes a piece over a peering (RT-47).
func (w *walk) cross(link *azure.Peering, local, remote *azure.Subnet, p piece, back bool) piece {
	effect, h, why := w.fabric.CrossPeering(link, local, remote)
	if back {
		h = returned(h)
	}
	switch effect {
	case fabric.Stop:
		return p.blocked(h)
	case fabric.Doubtful:
		return p.doubted(h, why...)
	}
	return p
}

// toAppliance follows a route to an appliance and no further: its interface's
// security groups see the packet as it is (PIPE-3), and what it does then is
// not modelled. With back the packets are replies.
func (w *walk) toAppliance(from origin, r *fabric.Route, p piece, back bool) []piece {
	a := w.fabric.Appliance(from.vnet, from.subnet, r)
	h := a.Hop
	if back {
		h = returned(h)
	}
	switch a.Effect {
	case fabric.Stop:
		return []piece{p.blocked(h)}
	case fabric.Doubtful:
		p = p.doubted(h, a.Hop.Note)
	default:
		p = p.passed(h)
	}
	var out []piece
	loop, p := w.loops(a, p, back)
	out = append(out, loop...)
	own, p := w.forAppliance(from, a, p, back)
	out = append(out, own...)
	if len(p.packets) == 0 {
		return out
	}
	pieces := []piece{p}
	if a.Subnet != nil {
		pieces = w.atAppliance(a, pieces, back)
	}
	for _, p := range pieces {
		why := fmt.Sprintf("the path continues at %v, whose own policy is not modelled", a.Address)
		if !a.Address.IsValid() {
			why = "the path continues at an appliance whose address is not known"
		}
		if back {
			why = fmt.Sprintf("the reply goes to %v, which may not have seen the request (ASY-2)", a.Address)
		}
		out = append(out, p.doubted(Hop{Kind: fabric.KindNIC, Decision: fabric.Unknown, Name: a.Address.String(), Note: why, Return: back}, why))
	}
	return out
}

// loops takes out the packets that the appliance itself sends to itself
// (RT-49).
func (w *walk) loops(a fabric.Appliance, p piece, back bool) (own []piece, rest piece) {
	if !a.Address.IsValid() {
		return nil, p
	}
	divide := fabric.BySource
	if back {
		divide = fabric.ByDestination
	}
	loop, others := divide(p.packets, flow.Host(a.Address))
	if len(loop) == 0 {
		return nil, p
	}
	h := a.Hop
	h.Kind, h.Decision, h.Note, h.Return = fabric.KindRoute, fabric.Drop, "the next hop is the sender itself: a loop (RT-49)", back
	return []piece{p.with(loop).blocked(h)}, p.with(others)
}

// forAppliance takes out the packets that the appliance itself is to receive,
// which need no forwarding (RT-40).
func (w *walk) forAppliance(from origin, a fabric.Appliance, p piece, back bool) (own []piece, rest piece) {
	if !a.Address.IsValid() || a.Subnet == nil {
		return nil, p
	}
	divide := fabric.ByDestination
	if back {
		divide = fabric.BySource
	}
	here, others := divide(p.packets, flow.Host(a.Address))
	switch {
	case len(here) == 0:
		return nil, p
	case back:
		return []piece{p.with(here)}, p.with(others)
	}
	return w.arrive(a.Subnet, []piece{p.with(here)}, from), p.with(others)
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
	for i, p := range pieces {
		switch effect {
		case fabric.Stop:
			pieces[i] = p.blocked(h)
		case fabric.Doubtful:
			pieces[i] = p.doubted(h, h.Note)
		}
	}
	return pieces
}
