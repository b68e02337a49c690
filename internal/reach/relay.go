package reach

import (
	"net/netip"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
)

// relaying is the way of requests through an appliance whose policy is stated.
type relaying struct {
	fabric.Relay
	// nextHop is the address by which routes led to it.
	nextHop netip.Addr
	// sender of the requests.
	sender origin
	// translated says that it gave them its own address.
	translated bool
}

// is reports whether a route leads to the appliance.
func (r *relaying) is(route *fabric.Route) bool {
	return route.Appliance == r.nextHop || route.Appliance == r.Place.Address
}

// passed reports whether requests have passed an appliance already.
func (o origin) passed(r fabric.Relay) bool {
	for ; o.relay != nil; o = o.relay.sender {
		if o.relay.Place.Interface == r.Place.Interface {
			return true
		}
	}
	return false
}

// throughRelay sends pieces through an appliance and on by the routes of its own
// subnet.
func (w *walk) throughRelay(from origin, r fabric.Relay, nextHop netip.Addr, pieces []piece) []piece {
	if from.passed(r) {
		return blocked(pieces, r.Hop(fabric.Drop, "the way leads back to "+r.Name()+": a loop (RT-49)"))
	}
	foreign, pieces := w.ofOtherFamily(r, pieces)
	pieces = w.through(w.fabric.RelayRules(r), pieces)
	there := origin{subnet: r.Place.Subnet, vnet: r.Place.Subnet.VirtualNetwork,
		relay: &relaying{Relay: r, nextHop: nextHop, sender: from, translated: r.Translation == azure.TranslatesEverything}}
	if there.relay.translated {
		h := r.Hop(fabric.Translate, "the source becomes "+r.Place.Address.String())
		pieces = each(passed(pieces, h), func(p *piece) { p.seen = r.Seen() })
	}
	return append(foreign, w.sendOn(there, pieces)...)
}

// sendOn sends pieces on from an appliance: its groups, then its routes. What it
// translates for the internet its own groups see translated (PIPE-3).
func (w *walk) sendOn(from origin, pieces []piece) []piece {
	r := from.relay
	groups, routes := w.fabric.FromRelay(r.Relay), w.fabric.Routes(r.Place.Subnet)
	if r.Translation != azure.TranslatesInternet {
		return w.route(from, routes, w.throughGroups(groups, pieces, from))
	}
	own := *r
	own.translated = true
	out, pieces := w.ended(pieces)
	for _, s := range stretches(routes, pieces, false) {
		out = append(out, w.follow(s.Leg, s.pieces, false, func(route *fabric.Route, p []piece) []piece {
			sender := from
			if route.Hop == fabric.Internet {
				sender.relay = &own
			}
			ended, p := w.ended(w.throughGroups(groups, p, sender))
			return append(ended, w.hop(from, route, p)...)
		})...)
	}
	return out
}

// ofOtherFamily takes out the pieces of another address family than the
// appliance's: a route to a service tag leads both to one next hop, and what
// becomes of the other there is not known.
func (w *walk) ofOtherFamily(r fabric.Relay, pieces []piece) (foreign, rest []piece) {
	family := flow.IPv4
	if r.Place.Address.Is6() {
		family = flow.IPv6
	}
	own := flow.AllAddresses().Only(family)
	h := r.Hop(fabric.Unknown, "what becomes of packets of another address family at "+r.Name()+" is not known")
	return doubted(without(pieces, fabric.BySource, own), h, h.Note), restrict(pieces, fabric.BySource, own)
}

// own is a stage for packets that the appliance has given its own address.
func (r *relaying) own(stage fabric.Stage) fabric.Stage {
	unsure := r.Hop(fabric.Unknown, "it depends on which port "+r.Name()+" gives the packets")
	return instance{Stage: stage, sources: r.Addresses(), unsure: unsure}
}

// leaveRelay sends pieces from an appliance to the internet: with its own address,
// which is translated in turn, or untranslated, and so nowhere.
func (w *walk) leaveRelay(from origin, pieces []piece) []piece {
	r := from.relay
	if r.Translation == azure.TranslatesNothing {
		h := r.Hop(fabric.Drop, "untranslated: "+r.Name()+" leaves the source as it is, and nobody on the internet can answer it")
		h.Kind = fabric.KindNAT
		return blocked(pieces, h)
	}
	pieces = w.through(r.own(w.fabric.Leaving(from.subnet, nil)), pieces)
	return w.fromRelayBack(r, pieces)
}

// deliverFromRelay hands pieces from an appliance to their destination's subnet.
func (w *walk) deliverFromRelay(to *azure.Subnet, route *fabric.Route, pieces []piece, from origin) []piece {
	if route.Peering != nil && !from.relay.translated {
		pieces = w.through(w.fabric.Forwarded(route.Peering, false), pieces)
	}
	return w.arrive(to, pieces, from)
}

// backToRelay routes the replies to requests that came through an appliance: a
// stateful one has to see them, unless it translated.
func (w *walk) backToRelay(s *azure.Subnet, pieces []piece, from origin) []piece {
	r := from.relay
	routes := w.fabric.Routes(s).ToSenders()
	back := func(route *fabric.Route, p []piece) []piece { return w.backViaRelay(s, route, p, from) }
	if !r.translated {
		var out []piece
		for _, part := range stretches(routes, pieces, true) {
			out = append(out, w.follow(part.Leg, part.pieces, true, back)...)
		}
		return out
	}
	touch(pieces, routes.Touches(r.Addresses()))
	var ways [][]piece
	for _, leg := range routes.Partition(r.Addresses()) {
		ways = append(ways, w.follow(leg, pieces, true, back))
	}
	return either(ways, r.Hop(fabric.Unknown, ""), []string{"the way of the reply is not known"})
}

// backViaRelay sends replies along one route from the receiver.
func (w *walk) backViaRelay(s *azure.Subnet, route *fabric.Route, pieces []piece, from origin) []piece {
	r := from.relay
	h := returned(fabric.RouteHop(route, fabric.Forward))
	switch route.Hop {
	case fabric.VnetLocal, fabric.VNetPeering:
		goal := r.sender
		if r.translated {
			goal = origin{subnet: r.Place.Subnet, vnet: r.Place.Subnet.VirtualNetwork}
		}
		pieces = w.homeward(s, route, passed(pieces, h), goal)
		if r.translated {
			return w.fromRelayBack(r, pieces)
		}
		return w.past(r, route, pieces)
	case fabric.VirtualAppliance:
		if !r.is(route) {
			h.Decision, h.Note = fabric.Unknown, "the reply goes to another appliance than "+r.Name()
			return doubted(pieces, h, h.Note)
		}
		if r.Shared && r.Stateful && !r.translated {
			h.Decision, h.Note = fabric.Unknown, "whether the reply gets to the same appliance behind the load balancer is not known"
			return w.fromRelayBack(r, doubted(pieces, h, h.Note))
		}
		h.Note = "the reply, to " + r.Name()
		return w.fromRelayBack(r, passed(pieces, h))
	case fabric.Internet:
		return blocked(pieces, lost(route, "the reply leaves to the internet, where the request did not come from"))
	}
	return w.backNowhere(route, pieces, nil)
}

// homeward are replies that go into a network: the goal's, or they are lost.
func (w *walk) homeward(s *azure.Subnet, route *fabric.Route, pieces []piece, goal origin) []piece {
	to := s.VirtualNetwork
	if route.Hop == fabric.VNetPeering {
		to = w.fabric.Remote(route.Peering)
	}
	if goal.vnet == nil || goal.vnet != to {
		return blocked(pieces, lost(route, "the reply does not go where the request came from"))
	}
	if route.Hop == fabric.VNetPeering && goal.subnet != nil {
		pieces = w.cross(route.Peering, s, goal.subnet, pieces, true)
	}
	return pieces
}

// past are replies that do not come by an appliance that let the requests pass: a
// stateful one drops what follows.
func (w *walk) past(r *relaying, route *fabric.Route, pieces []piece) []piece {
	if r == nil || !r.Stateful {
		if r != nil && r.sender.relay != nil {
			return w.past(r.sender.relay, route, pieces)
		}
		return pieces
	}
	return w.unseen(route, pieces, "the reply does not come back through "+r.Name()+", which keeps state (ASY-2)", nil)
}

// fromRelayBack sends replies from an appliance to the senders of the requests, by
// the routes of its subnet.
func (w *walk) fromRelayBack(r *relaying, pieces []piece) []piece {
	var out []piece
	for _, part := range stretches(w.fabric.Routes(r.Place.Subnet).ToSenders(), pieces, true) {
		out = append(out, w.follow(part.Leg, part.pieces, true, func(route *fabric.Route, p []piece) []piece { return w.backHopOfRelay(r, route, p) })...)
	}
	return out
}

func (w *walk) backHopOfRelay(r *relaying, route *fabric.Route, pieces []piece) []piece {
	h := returned(fabric.RouteHop(route, fabric.Forward))
	switch route.Hop {
	case fabric.VnetLocal, fabric.VNetPeering:
		pieces = w.homeward(r.Place.Subnet, route, passed(pieces, h), r.sender)
		if route.Hop == fabric.VNetPeering {
			pieces = w.through(onReturn{w.fabric.Forwarded(route.Peering, true)}, pieces)
		}
		return w.past(r.sender.relay, route, pieces)
	case fabric.VirtualAppliance:
		if before := r.sender.relay; before != nil && before.is(route) {
			h.Note = "the reply, to " + before.Name()
			return w.fromRelayBack(before, passed(pieces, h))
		}
		h.Decision, h.Note = fabric.Unknown, "the reply goes from "+r.Name()+" to a second appliance"
		return doubted(pieces, h, h.Note)
	case fabric.Internet:
		return blocked(pieces, lost(route, "the reply leaves to the internet, where the request did not come from"))
	}
	return w.backNowhere(route, pieces, nil)
}

// loopsBack takes out the packets that an appliance sends to itself.
func (w *walk) loopsBack(from origin, route *fabric.Route, pieces []piece) ([]piece, bool) {
	if from.relay == nil || !from.relay.is(route) {
		return nil, false
	}
	return blocked(pieces, loop(route, "the appliance sends to itself: a loop (RT-49)")), true
}
