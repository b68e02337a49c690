package reach

import (
	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
)

// intoBalancers takes out the pieces from outside that are for a public frontend
// of a load balancer.
func (w *walk) intoBalancers(pieces []piece) (out, rest []piece) {
	for _, b := range w.fabric.PublicFrontends() {
		here := restrict(pieces, fabric.ByDestination, flow.Host(b.Address))
		if len(here) > 0 {
			out = append(out, w.balance(b, here, origin{})...)
			pieces = without(pieces, fabric.ByDestination, flow.Host(b.Address))
		}
	}
	return out, pieces
}

// atBalancers takes out the pieces that are for a frontend of a load balancer in
// a subnet.
func (w *walk) atBalancers(s *azure.Subnet, pieces []piece, from origin) (out, rest []piece) {
	for _, b := range w.fabric.InternalFrontends(s) {
		here := restrict(pieces, fabric.ByDestination, flow.Host(b.Address))
		if len(here) == 0 {
			continue
		}
		pieces = without(pieces, fabric.ByDestination, flow.Host(b.Address))
		if from.outside() {
			here = w.published(s, here)
		}
		out = append(out, w.balance(b, here, from)...)
	}
	return out, pieces
}

// balance gives pieces for a frontend to the backends, of which any may get a
// flow.
func (w *walk) balance(b fabric.Balanced, pieces []piece, from origin) []piece {
	out, pieces := w.ended(pieces)
	for _, p := range pieces {
		for _, s := range w.fabric.Balance(b, p.packets) {
			next := []piece{p.ruled(s.Outcome)}
			if s.Effect == fabric.Pass {
				next = w.shared(b, s, next, false, func(to fabric.Backend, pieces []piece) []piece { return w.toBackend(b, s, to, pieces, from) })
			}
			out = append(out, next...)
		}
	}
	return w.gather(out)
}

// shared are pieces that one of several backends gets: those that a probe finds
// alive, if there is one, and those that it may. With back the pieces are replies.
func (w *walk) shared(b fabric.Balanced, s fabric.Share, pieces []piece, back bool, give func(fabric.Backend, []piece) []piece) []piece {
	here := fabric.Hop{Kind: fabric.KindLoadBalancer, Decision: fabric.Unknown, Resource: b.Balancer.ID, Address: b.Balancer.Label(), Name: b.Balancer.Name, At: b.At}
	if w.forks != nil {
		w.forks.Store(true)
	}
	var dead []Hop
	var living []fabric.Backend
	alive := false
	for _, to := range s.Backends { // whom the others leave the flow to turns on every probe
		v, probe := w.probed(s, to)
		touch(pieces, probe.touched())
		if v == Blocked {
			dead = addHops(dead, probe.blockers)
			continue
		}
		alive = alive || v == Allowed
		living = append(living, to)
	}
	var ways [][]piece
	for _, to := range living {
		ways = append(ways, give(to, pieces))
	}
	open := s.Open
	if !alive && open == "" && len(ways) > 0 {
		open = "whether any backend of load balancer " + b.Balancer.Name + " answers its probes is not known"
	}
	if open != "" {
		here.Note = open
		ways = append(ways, doubted(pieces, here, open))
	}
	if len(ways) == 0 {
		h := fabric.DeadHop(b, dead)
		if back {
			h = returned(h)
		}
		return blocked(pieces, h)
	}
	why := "it depends on which backend of load balancer " + b.Balancer.Name + " gets the flow"
	here.Note = why
	return either(ways, here, []string{why})
}

// probed tells whether the probes of a share reach a backend.
func (w *walk) probed(s fabric.Share, to fabric.Backend) (Verdict, piece) {
	switch {
	case s.ProbeOpen != "":
		return Undecided, piece{}
	case s.Probe == 0:
		return Allowed, piece{}
	case !w.fabric.Probed(to):
		return Undecided, piece{}
	}
	probes := []piece{{packets: []flow.Cube{w.fabric.ProbePackets(to, s.Probe)}}}
	for _, stage := range w.fabric.Inbound(to.Subnet) {
		probes = w.through(stage, probes)
	}
	all := probes[0]
	for _, p := range probes[1:] {
		all = agree(all, p, all.packets, Hop{}, []string{"some probes are let in and some are not"})
	}
	return all.verdict(), all
}

// toBackend gives pieces to one backend, translated, and tells of them as they
// came.
func (w *walk) toBackend(b fabric.Balanced, s fabric.Share, to fabric.Backend, pieces []piece, from origin) []piece {
	var out []piece
	for _, p := range pieces {
		var own []flow.Cube
		others := p.packets
		if from.via == nil || !from.via.translated {
			own, others = fabric.BySource(p.packets, flow.Host(to.Address))
		}
		if len(own) > 0 {
			out = append(out, blocked([]piece{p.with(own)}, fabric.HairpinHop(b, to))...)
		}
		for _, c := range others {
			sent := c
			sent.Destination = flow.Host(to.Address)
			if s.Port != 0 {
				sent.DestinationPorts = flow.Ports(s.Port)
			}
			o := w.fabric.ToBackend(b, s, to)
			o.Packets = []flow.Cube{sent}
			for _, end := range w.given(b, s, to, c, []piece{p.widened().ruled(o)}, from) {
				end = end.widened().with(append([]flow.Cube(nil), end.packets...))
				end.mixed = true // the stages were asked about translated packets
				for i := range end.packets {
					end.packets[i].Destination = c.Destination
					if s.Port != 0 {
						end.packets[i].DestinationPorts = c.DestinationPorts
					}
				}
				out = append(out, end)
			}
		}
	}
	return out
}

// toRelays takes pieces to the appliances behind an internal load balancer that
// a route names. Only a rule for every port carries what is for others, and of
// that TCP and UDP for certain.
func (w *walk) toRelays(from origin, r *fabric.Route, b fabric.Balanced, pieces []piece, back bool) []piece {
	s, why := w.fabric.Relay(b)
	h := fabric.Hop{Kind: fabric.KindLoadBalancer, Decision: fabric.Unknown, Resource: b.Balancer.ID, Address: b.Balancer.Label(), Name: b.Balancer.Name, At: b.At, Note: why, Return: back}
	if s.Effect == fabric.Doubtful {
		return doubted(pieces, h, why)
	}
	carried, others := byProtocol(pieces, flow.Protocols(flow.TCP, flow.UDP))
	var out []piece
	if len(others) > 0 {
		h.Note = "whether a rule for every port of a load balancer carries more than TCP and UDP is not known"
		out = doubted(others, h, h.Note)
	}
	if len(carried) == 0 {
		return out
	}
	return append(out, w.shared(b, s, carried, back, func(to fabric.Backend, pieces []piece) []piece {
		h.Decision, h.Note = fabric.Forward, "to "+to.Address.String()
		place := fabric.Appliance{Subnet: to.Subnet, Interface: to.Interface, Address: to.Address}
		return w.passAppliance(from, r, place, len(s.Backends) > 1, passed(pieces, h), back)
	})...)
}

// byProtocol divides pieces by protocol; parts are none empty.
func byProtocol(pieces []piece, protocols flow.ProtocolSet) (in, out []piece) {
	for _, p := range pieces {
		var inside, outside []flow.Cube
		for _, c := range p.packets {
			own := c
			own.Protocols = c.Protocols.Intersect(protocols)
			c.Protocols = c.Protocols.Minus(protocols)
			if own = own.Normal(); !own.IsEmpty() {
				inside = append(inside, own)
			}
			if c = c.Normal(); !c.IsEmpty() {
				outside = append(outside, c)
			}
		}
		if len(inside) > 0 {
			in = append(in, p.with(inside))
		}
		if len(outside) > 0 {
			out = append(out, p.with(outside))
		}
	}
	return in, out
}
