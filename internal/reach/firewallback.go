package reach

import (
	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
)

// backToFirewall routes the replies to requests that came through a firewall:
// they have to come back to the same firewall (ASY-2).
func (w *walk) backToFirewall(s *azure.Subnet, pieces []piece, from origin) []piece {
	routes := w.fabric.Routes(s).ToSenders()
	if !from.via.translated {
		var out []piece
		for _, part := range stretches(routes, pieces, true) {
			out = append(out, w.follow(part.Leg, part.pieces, true, func(r *fabric.Route, p []piece) []piece { return w.backVia(s, r, p, from) })...)
		}
		return out
	}
	// The replies go to one of the firewall's instances, nobody knows which.
	instances := w.fabric.Instances(from.via.Gate)
	touch(pieces, routes.Touches(instances))
	var ways [][]piece
	for _, leg := range routes.Partition(instances) {
		ways = append(ways, w.follow(leg, pieces, true, func(r *fabric.Route, p []piece) []piece { return w.backVia(s, r, p, from) }))
	}
	const why = "it depends on which of its addresses the firewall gave the request"
	return either(ways, fabric.TranslationHop(from.via.Gate, fabric.Unknown, why), []string{why})
}

// backVia sends replies along one route from the receiver.
func (w *walk) backVia(s *azure.Subnet, r *fabric.Route, pieces []piece, from origin) []piece {
	via := from.via
	if !via.translated && !w.leadsTo(via.Firewall, s, r) && len(via.senders) > 0 {
		return w.bySender(via, pieces, func(own *passage, pieces []piece) []piece {
			alone := from
			alone.via = own
			return w.backVia(s, r, pieces, alone)
		})
	}
	h := returned(fabric.RouteHop(r, fabric.Forward))
	goal := via.sender
	if via.translated {
		goal = origin{subnet: via.Subnet, vnet: via.Subnet.VirtualNetwork}
	}
	switch r.Hop {
	case fabric.VnetLocal, fabric.VNetPeering:
		to := s.VirtualNetwork
		if r.Hop == fabric.VNetPeering {
			to = w.fabric.Remote(r.Peering)
		}
		if goal.vnet == nil || goal.vnet != to {
			return blocked(pieces, lost(r, "the reply does not go where the request came from"))
		}
		pieces = passed(pieces, h)
		if r.Hop == fabric.VNetPeering && goal.subnet != nil {
			pieces = w.cross(r.Peering, s, goal.subnet, pieces, true)
		}
		if !via.translated {
			return w.unseen(r, pieces, "the reply does not come back through the firewall "+via.Firewall.Name+", which drops what follows (ASY-2)", throughFirewall(s, via))
		}
		return w.fromFirewallBack(via, pieces)
	case fabric.VirtualAppliance:
		again, why, ok := w.fabric.FirewallAt(s.VirtualNetwork, s, r)
		switch {
		case !ok && via.translated:
			h.Decision, h.Note = fabric.Unknown, "the reply goes to an appliance, whose policy is not modelled"
			return doubted(pieces, h, h.Note)
		case !ok:
			return w.toAppliance(origin{subnet: s, vnet: s.VirtualNetwork, via: via}, r, pieces, true)
		case again.Firewall != via.Firewall:
			return w.unseen(r, pieces, "the reply goes to firewall "+again.Firewall.Name+", which did not see the request (ASY-2)", toSameFirewall(s, r, via))
		case via.translated:
			return blocked(pieces, toInstances(s, r, via).on(lost(r, "the reply to one instance of the firewall goes to any of them (F-24)")))
		case why != "":
			h.Decision, h.Note = fabric.Unknown, why
			return w.fromFirewallBack(via, doubted(pieces, h, why))
		}
		h.Note = "the reply, to the firewall " + again.Firewall.Name
		return w.fromFirewallBack(via, passed(pieces, h))
	case fabric.Internet:
		return blocked(pieces, lost(r, "the reply leaves to the internet, where the request did not come from"))
	}
	return w.backNowhere(r, pieces, nil)
}

// backNowhere ends replies whose route leads out of what is modelled, or
// nowhere.
func (w *walk) backNowhere(r *fabric.Route, pieces []piece, do remedies) []piece {
	if r.Hop == fabric.VirtualNetworkGateway {
		why := "the reply goes to a virtual network gateway, and what lies behind it is not modelled"
		h := returned(fabric.RouteHop(r, fabric.Unknown))
		h.Note = why
		return doubted(pieces, h, why)
	}
	return blocked(pieces, do.on(lost(r, "the reply has no way back: next hop "+string(r.Hop))))
}

// unseen ends replies whose request, or whose way back, a stateful firewall does
// not see: TCP is dropped (S-43); of others the firewall may take the reply for
// a flow of its own.
func (w *walk) unseen(r *fabric.Route, pieces []piece, why string, do remedies) []piece {
	dropped, others := byProtocol(pieces, flow.Protocols(flow.TCP))
	out := blocked(dropped, do.on(lost(r, why)))
	h := returned(fabric.RouteHop(r, fabric.Unknown))
	h.Note = why
	return append(out, doubted(others, do.on(h), why)...)
}

// fromFirewallBack sends replies from the firewall to the senders of the
// requests, by the routes of the firewall's subnet (C-21).
func (w *walk) fromFirewallBack(via *passage, pieces []piece) []piece {
	if len(via.senders) > 0 {
		return w.backToSenders(via, pieces)
	}
	var out []piece
	for _, part := range stretches(w.fabric.Routes(via.Subnet).ToSenders(), pieces, true) {
		out = append(out, w.follow(part.Leg, part.pieces, true, func(r *fabric.Route, p []piece) []piece { return w.backHopOfFirewall(via, r, p) })...)
	}
	return out
}

func (w *walk) backHopOfFirewall(via *passage, r *fabric.Route, pieces []piece) []piece {
	h := returned(fabric.RouteHop(r, fabric.Forward))
	home, sender := via.Subnet.VirtualNetwork, via.sender
	if via.inward && sender.outside() && w.fabric.Tunnelled(via.Gate, r) {
		supported, touches := w.fabric.TranslatesTunnelled()
		if touch(pieces, touches); !supported {
			return blocked(pieces, lost(r, "a firewall whose default route does not lead to the internet takes in nothing (F-16)"))
		}
		h.Note = "the reply leaves with the public address that the request came to"
		return passed(pieces, h)
	}
	switch r.Hop {
	case fabric.VnetLocal:
		if sender.vnet == home {
			return w.past(sender.relay, r, passed(pieces, h))
		}
		return blocked(pieces, fromFirewall(r, via).on(lost(r, "the reply stays in "+home.Name+", where the request did not come from")))
	case fabric.VNetPeering:
		if sender.vnet == nil || w.fabric.Remote(r.Peering) != sender.vnet {
			return blocked(pieces, lost(r, "the reply goes over peering "+r.Peering.Name+", which the request did not come over"))
		}
		pieces = passed(pieces, h)
		if sender.subnet != nil {
			pieces = w.cross(r.Peering, via.Subnet, sender.subnet, pieces, true)
		}
		if via.inward { // replies have the firewall's own address again (RT-44)
			return pieces
		}
		return w.past(sender.relay, r, w.through(onReturn{w.fabric.Forwarded(r.Peering, true)}, pieces))
	case fabric.Internet:
		if sender.outside() {
			return passed(pieces, h) // as the request came
		}
		return blocked(pieces, fromFirewall(r, via).on(lost(r, "the firewall sends the reply to the internet, where the request did not come from")))
	case fabric.VirtualAppliance:
		if again, _, ok := w.fabric.FirewallAt(home, via.Subnet, r); ok && again.Firewall == via.Firewall {
			return blocked(pieces, fromFirewall(r, via).on(lost(r, "the firewall sends the reply to itself: a loop (F-14)")))
		}
		if before := sender.relay; before != nil && before.is(r) {
			h.Note = "the reply, to " + before.Name()
			return w.fromRelayBack(before, passed(pieces, h))
		}
		why := "the reply goes from the firewall to a second appliance, whose policy is not modelled"
		h.Decision, h.Note = fabric.Unknown, why
		return doubted(pieces, h, why)
	}
	return w.backNowhere(r, pieces, fromFirewall(r, via))
}

// onReturn is a stage on the replies' way that is asked about the requests.
type onReturn struct{ fabric.Stage }

// Split marks the hops as those of the way back.
func (d onReturn) Split(packets []flow.Cube, byRule bool) []fabric.Outcome {
	out := d.Stage.Split(packets, byRule)
	for i, o := range out {
		for j, h := range o.Hops {
			out[i].Hops[j] = returned(h)
		}
	}
	return out
}
