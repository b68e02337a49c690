package reach

import (
	"slices"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/parallel"
)

// passage is the way of requests through a firewall.
type passage struct {
	fabric.Gate
	// sender of the requests; where they are of several, senders lists these
	// instead, and open is the addresses of those to whom every reply gets from the
	// firewall.
	sender  origin
	senders []origin
	open    flow.AddressSet
	// translated says that the firewall gave them an address of its own.
	translated bool
	// application says that an application rule has let them through.
	application bool
	// inward says that a NAT rule of the firewall has sent them on.
	inward bool
}

// toFirewall carries pieces to a firewall, through its rules, and on by the
// routes of its own subnet. What its rules leave open is followed no further.
func (w *walk) toFirewall(from origin, r *fabric.Route, g fabric.Gate, why string, pieces []piece) []piece {
	h := fabric.RouteHop(r, fabric.Forward)
	h.Note = "to the firewall " + g.Firewall.Name
	if why != "" {
		h.Decision, h.Note = fabric.Unknown, why
		pieces = doubted(pieces, h, why)
	} else {
		pieces = passed(pieces, h)
	}
	touch(pieces, w.fabric.AddressTouches(g))
	if from.subnet == g.Subnet {
		h.Kind, h.Decision, h.Note = fabric.KindRoute, fabric.Drop, "the firewall's own subnet sends to the firewall: a loop (F-14)"
		return blocked(pieces, h)
	}
	if h, broken := w.fabric.Unfit(g); broken {
		pieces = blocked(pieces, h)
	}
	unfit, pieces := w.ended(pieces)
	named := fabric.Named{Host: w.query.Host, Resolves: from.vnet != nil && fabric.AsksFirewall(from.vnet, g.Firewall)}
	if from.joins {
		w.wait(g, named, from, pieces)
		return unfit
	}
	return append(unfit, w.passFirewall(passage{Gate: g, sender: from}, named, pieces)...)
}

// passFirewall takes pieces through the rules of a firewall and on by the routes of
// its subnet.
func (w *walk) passFirewall(via passage, named fabric.Named, pieces []piece) []piece {
	g := via.Gate
	on, looked, out := w.sift(w.fabric.FirewallRules(g, named), pieces)
	for _, way := range []struct {
		pieces      []piece
		application bool
	}{{on, false}, {looked, true}} {
		own := via
		own.application = way.application
		there := origin{subnet: g.Subnet, vnet: g.Subnet.VirtualNetwork, via: &own}
		if len(way.pieces) > 0 {
			out = append(out, w.route(there, w.fabric.Routes(g.Subnet), w.gather(way.pieces))...)
		}
	}
	return out
}

// sift sends pieces through a stage and keeps apart those that application rules
// let through, and those it leaves open.
func (w *walk) sift(stage fabric.Stage, pieces []piece) (on, application, open []piece) {
	pieces = portions(pieces)
	outcomes := make([][]fabric.Outcome, len(pieces))
	parallel.Each(len(pieces), func(i int) { outcomes[i] = stage.Split(pieces[i].packets, w.query.ByRule) })
	call := w.call()
	for i, p := range pieces {
		for _, o := range outcomes[i] {
			switch next := p.ruled(o).noting(o, stage, call); {
			case o.Effect == fabric.Doubtful:
				open = append(open, next)
			case o.Application:
				application = append(application, next)
			default:
				on = append(on, next)
			}
		}
	}
	return on, application, open
}

// portions are pieces in parts of no more cubes than are asked about at once.
func portions(pieces []piece) []piece {
	if !slices.ContainsFunc(pieces, func(p piece) bool { return len(p.packets) > chunk }) {
		return pieces
	}
	var out []piece
	for _, p := range pieces {
		for packets := range slices.Chunk(p.packets, chunk) {
			out = append(out, p.with(packets))
		}
	}
	return out
}

// leaveFirewall sends pieces from a firewall to the internet. The replies come
// back to the public address, and so to the firewall.
func (w *walk) leaveFirewall(from origin, pieces []piece) []piece {
	stage := w.fabric.FirewallLeaving(from.via.Gate, from.via.application)
	if from.via.inward {
		stage = w.fabric.TranslatedLeaving(from.via.Gate)
	}
	on, _, open := w.sift(stage, pieces)
	return append(open, w.fromFirewallBack(from.via, on)...)
}

// deliver hands pieces to their destination's subnet. What a firewall sends has
// the address of one of its instances if it is translated (S-01 rows 6 to 8).
func (w *walk) deliver(to *azure.Subnet, r *fabric.Route, pieces []piece, from origin) []piece {
	if from.relay != nil {
		return w.deliverFromRelay(to, r, pieces, from)
	}
	if from.via == nil || from.via.inward {
		return w.arrive(to, pieces, from)
	}
	open, kept, translated := w.divided(from.via, from.via.merged(pieces))
	if r.Peering != nil {
		kept = w.through(w.fabric.Forwarded(r.Peering, false), kept)
	}
	own := *from.via
	own.translated = true
	out := append(open, w.arrive(to, kept, from)...)
	return append(out, w.arrive(to, translated, origin{subnet: from.subnet, vnet: from.vnet, via: &own, toEndpoint: from.toEndpoint})...)
}

// toService hands pieces from a firewall to a service by an endpoint of its subnet:
// the service sees an address of the firewall (F-27). Whether it takes what keeps the
// address of another subnet is not known.
func (w *walk) toService(r *fabric.Route, pieces []piece, from origin) []piece {
	deliver := fabric.RouteHop(r, fabric.Deliver)
	if from.via.inward {
		return passed(pieces, deliver)
	}
	open, kept, translated := w.divided(from.via, pieces)
	return slices.Concat(open, w.notTaken(r, "firewall "+from.via.Firewall.Name, kept), passed(translated, deliver))
}

// notTaken are pieces that somebody in a subnet sends on as they are to a service by an
// endpoint of that subnet.
func (w *walk) notTaken(r *fabric.Route, who string, pieces []piece) []piece {
	why := "whether a service takes from the subnet of " + who + " what others have sent is not known"
	return doubted(pieces, fabric.RouteHop(r, fabric.Unknown), why)
}

// divided are pieces from a firewall by whether it gives them an address of its own
// where they do not go to the internet; where that is not known they are open.
func (w *walk) divided(via *passage, pieces []piece) (open, kept, translated []piece) {
	for _, p := range pieces {
		same, unsure, own, why, touches := w.fabric.Kept(via.Gate, p.packets)
		if via.application { // S-01 row 11
			same, unsure, own, touches = nil, nil, p.packets, fabric.Touches{}
		}
		p.touches = p.touches.Union(touches)
		if len(unsure) > 0 {
			open = append(open, doubted([]piece{p.with(unsure)}, fabric.TranslationHop(via.Gate, fabric.Unknown, why[0]), why...)...)
		}
		if len(same) > 0 {
			kept = append(kept, p.with(same))
		}
		if len(own) > 0 {
			h := fabric.TranslationHop(via.Gate, fabric.Translate, "the source becomes an address of "+via.Subnet.Name)
			p.seen = w.fabric.InstanceSeen(via.Gate)
			translated = append(translated, passed([]piece{p.with(own)}, h)...)
		}
	}
	return open, kept, translated
}
