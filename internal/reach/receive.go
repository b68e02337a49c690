package reach

import (
	"fmt"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
)

// arrive carries packets into their destination subnet and the replies back
// (P9 to P15).
func (w *walk) arrive(s *azure.Subnet, pieces []piece, from origin) []piece {
	if len(from.crew) > 0 && !w.fabric.ReceivesPlainly(s) {
		return w.apiece(from, pieces, func(one origin, own []piece) []piece { return w.arrive(s, own, one) })
	}
	balanced, pieces := w.atBalancers(s, pieces, from)
	return append(balanced, w.taken(s, pieces, from)...)
}

// taken brings packets to those who have an address in a subnet.
func (w *walk) taken(s *azure.Subnet, pieces []piece, from origin) []piece {
	pieces = w.through(w.fabric.Receiver(s), pieces)
	if w.fabric.HasFirewall(s) {
		out, rest := w.atFirewall(s, pieces, from)
		why := "what the firewall in " + s.Name + " does with packets for itself is not modelled"
		h := Hop{Kind: fabric.KindFirewall, Decision: fabric.Unknown, Resource: s.ID, Address: s.Label(), Name: s.Name, At: s.At, Note: why}
		return append(out, doubted(rest, h, why)...)
	}
	received, pieces := w.toEndpoints(s, pieces, from)
	return w.gather(append(received, w.arriveAt(s, pieces, from)...))
}

// arriveAt brings packets to the network interfaces of a subnet.
func (w *walk) arriveAt(s *azure.Subnet, pieces []piece, from origin) []piece {
	if from.outside() {
		pieces = w.published(s, pieces)
	}
	return w.admitted(s, pieces, from)
}

// admitted brings packets to the network interfaces of a subnet that need no
// frontend, or have passed one.
func (w *walk) admitted(s *azure.Subnet, pieces []piece, from origin) []piece {
	return w.admittedBy(w.fabric.Inbound(s), s, pieces, from)
}

// admittedBy brings packets through security groups to a subnet.
func (w *walk) admittedBy(groups []fabric.Stage, s *azure.Subnet, pieces []piece, from origin) []piece {
	pieces = w.throughGroups(groups, pieces, from)
	ended, pieces := w.ended(w.through(w.fabric.Tracking(s, azure.Inbound), pieces))
	return w.gather(append(ended, w.back(s, pieces, from)...))
}

// throughGroups asks the security groups at a subnet, about the addresses of a
// firewall's instances where one has translated the packets.
func (w *walk) throughGroups(groups []fabric.Stage, pieces []piece, from origin) []piece {
	for _, stage := range groups {
		if from.via != nil && from.via.translated {
			unsure := fabric.TranslationHop(from.via.Gate, fabric.Unknown, "it depends on which of its addresses firewall "+from.via.Firewall.Name+" gives the packets")
			stage = instance{stage, w.fabric.Instances(from.via.Gate), unsure, from.via.inward}
		}
		if from.relay != nil && from.relay.translated {
			stage = from.relay.own(stage)
		}
		pieces = w.through(stage, pieces)
	}
	return pieces
}

// frontends are those that what comes from outside comes through.
func (w *walk) frontends() fabric.Frontends {
	switch {
	case !w.query.Managed:
		return fabric.AnyFrontends
	case w.query.NeedsGroup:
		return fabric.GuardedFrontends
	}
	return fabric.ServiceFrontends
}

// published sends what comes from outside through the public frontend; the
// platform's probes need none (PIP-2).
func (w *walk) published(s *azure.Subnet, pieces []piece) []piece {
	probes := flow.Host(fabric.HostAddress)
	return append(restrict(pieces, fabric.BySource, probes),
		w.through(w.fabric.Frontend(s, w.frontends()), without(pieces, fabric.BySource, probes))...)
}

// back routes the replies, independently of the requests (ASY-1); no rule is
// asked where a flow record stands (NSG-33, ASY-11), and no route by those to
// the platform (RT-25).
func (w *walk) back(s *azure.Subnet, pieces []piece, from origin) []piece {
	if from.via != nil {
		return w.backToFirewall(s, pieces, from)
	}
	if from.relay != nil {
		return w.backToRelay(s, pieces, from)
	}
	out := restrict(pieces, fabric.BySource, fabric.PlatformAddresses())
	pieces = without(pieces, fabric.BySource, fabric.PlatformAddresses())
	for _, part := range stretches(w.fabric.Routes(s).ToSenders(), pieces, true) {
		out = append(out, w.follow(part.Leg, part.pieces, true, func(r *fabric.Route, p []piece) []piece { return w.backHop(s, r, p, from) })...)
	}
	return out
}

// backHop sends replies along one route.
func (w *walk) backHop(s *azure.Subnet, r *fabric.Route, pieces []piece, from origin) []piece {
	h := returned(fabric.RouteHop(r, fabric.Forward))
	switch r.Hop {
	case fabric.VnetLocal:
		if from.vnet == s.VirtualNetwork {
			return passed(pieces, h)
		}
		return blocked(pieces, lost(r, "the reply stays in "+s.VirtualNetwork.Name+", where the request did not come from"))
	case fabric.VNetPeering:
		remote := w.fabric.Remote(r.Peering)
		if from.vnet == nil || remote != from.vnet {
			return blocked(pieces, lost(r, "the reply goes over peering "+r.Peering.Name+", which the request did not come over"))
		}
		if from.subnet == nil {
			return passed(pieces, h)
		}
		return w.cross(r.Peering, s, from.subnet, passed(pieces, h), true)
	case fabric.Internet:
		if !from.outside() {
			return blocked(pieces, lost(r, "the reply leaves to the internet, where the request did not come from"))
		}
		return passed(pieces, h) // as the request came (P9)
	case fabric.ServiceEndpoint:
		return passed(pieces, h)
	case fabric.VirtualAppliance:
		if len(from.crew) > 0 {
			return w.apiece(from, pieces, func(one origin, own []piece) []piece { return w.backHop(s, r, own, one) })
		}
		if g, _, ok := w.fabric.FirewallAt(s.VirtualNetwork, s, r); ok {
			return w.unseen(r, pieces, "the reply goes to firewall "+g.Firewall.Name+", which did not see the request (ASY-2)", asRequested(s, r, g, from))
		}
		return w.toAppliance(origin{subnet: s, vnet: s.VirtualNetwork}, r, pieces, true)
	case fabric.VirtualNetworkGateway:
		why := "the reply goes to " + w.fabric.BehindGateway(s.VirtualNetwork)
		h.Decision, h.Note = fabric.Unknown, why
		return doubted(pieces, h, why)
	}
	return blocked(pieces, lost(r, "the reply has no way back: next hop None"))
}

// lost is the blocker of a reply that does not come back.
func lost(r *fabric.Route, why string) Hop {
	h := returned(fabric.RouteHop(r, fabric.Drop))
	h.Kind, h.Note = fabric.KindReturnPath, fmt.Sprintf("%s (route %s)", why, r.Name)
	return h
}

// returned marks a hop of the way back; one that drops blocks the return path.
func returned(h Hop) Hop {
	h.Return = true
	if h.Decision == fabric.Drop || h.Decision == fabric.Deny {
		h.Kind = fabric.KindReturnPath
	}
	return h
}

// reply is a stage for the replies of packets.
type reply struct{ fabric.Stage }

// Split asks the stage about the replies and answers about the packets.
func (d reply) Split(packets []flow.Cube, byRule bool) []fabric.Outcome {
	out := d.Stage.Split(reversed(packets), byRule)
	for i, o := range out {
		out[i] = o.Widen()
		out[i].Packets = reversed(o.Packets)
		for j, h := range o.Hops {
			out[i].Hops[j] = returned(h)
		}
	}
	return out
}

// reversed swaps both ends of packets.
func reversed(packets []flow.Cube) []flow.Cube {
	out := make([]flow.Cube, len(packets))
	for i, c := range packets {
		c.Source, c.Destination = c.Destination, c.Source
		c.SourcePorts, c.DestinationPorts = c.DestinationPorts, c.SourcePorts
		out[i] = c
	}
	return out
}
