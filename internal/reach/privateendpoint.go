package reach

import (
	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
)

// toEndpoints takes out the packets to a subnet that its private endpoints
// receive. Of those that may be for one, what both ways agree on is certain.
func (w *walk) toEndpoints(s *azure.Subnet, pieces []piece, from origin) (received, rest []piece) {
	at := w.fabric.EndpointsIn(s)
	if at.May.IsEmpty() {
		return nil, pieces
	}
	open := at.May.Minus(at.Must)
	own, maybe := restrict(pieces, fabric.ByDestination, at.Must), restrict(pieces, fabric.ByDestination, open)
	rest = without(pieces, fabric.ByDestination, at.May)
	switch {
	case len(own)+len(maybe) == 0:
		return nil, pieces
	case from.toEndpoint:
		own = append(own, maybe...)
	case from.outside(): // a public frontend leads to somebody else
		rest = append(rest, maybe...)
	default:
		for _, p := range maybe {
			h := w.fabric.EndpointAt(s, all([]piece{p}, fabric.Destinations), fabric.Unknown, "whether the private endpoint has the address is not known")
			ways := [][]piece{w.receive(s, []piece{p}, from), w.arriveAt(s, []piece{p}, from)}
			received = append(received, either(ways, h, at.Reasons(all([]piece{p}, fabric.Destinations)))...)
		}
	}
	if len(own) > 0 {
		received = append(received, w.receive(s, own, from)...)
	}
	return received, rest
}

// receive delivers packets to the private endpoints of a subnet: security
// groups see them only where the subnet's policies say so (PE-2), admin rules
// never do (PE-7).
func (w *walk) receive(s *azure.Subnet, pieces []piece, from origin) []piece {
	addresses := all(pieces, fabric.Destinations)
	if from.outside() {
		why := "no public frontend that leads to a private endpoint is known"
		return doubted(pieces, w.fabric.EndpointAt(s, addresses, fabric.Unknown, why), why)
	}
	pieces = w.through(w.fabric.ToEndpoint(s), pieces)
	filtered, why := w.fabric.Filtered(s)
	ways := [][]piece{pieces}
	if filtered || why != "" {
		ways[0] = w.throughGroups(w.fabric.InboundEndpoint(s), pieces, from)
	}
	if why != "" {
		ways = append(ways, pieces)
	}
	unsure := w.fabric.EndpointAt(s, addresses, fabric.Unknown, why)
	deliver := w.fabric.EndpointAt(s, addresses, fabric.Deliver, "")
	if !filtered && why == "" {
		deliver.Note = "the security groups of its subnet do not apply (PE-2)"
	}
	return w.gather(w.backFromEndpoint(passed(either(ways, unsure, []string{why}), deliver), from, deliver))
}

// backFromEndpoint sends the replies of a private endpoint straight back to the
// source of the requests, whatever the routes (PE-5).
func (w *walk) backFromEndpoint(pieces []piece, from origin, h Hop) []piece {
	h.Decision, h.Return, h.Note = fabric.Forward, true, "the reply goes straight back, whatever the routes (PE-5)"
	pieces = passed(pieces, h)
	straight := &fabric.Route{Name: h.Name, Hop: fabric.InterfaceEndpoint}
	switch {
	case from.relay != nil && from.relay.translated:
		return w.fromRelayBack(from.relay, pieces)
	case from.relay != nil:
		return w.past(from.relay, straight, pieces)
	case from.via == nil:
		return pieces
	case from.via.translated:
		return w.fromFirewallBack(from.via, pieces)
	}
	return w.unseen(straight, pieces, "the reply does not come back through the firewall "+from.via.Firewall.Name+": a private endpoint answers straight to the source, so the firewall has to translate it (PE-5, ASY-2)", translating(from.via))
}
