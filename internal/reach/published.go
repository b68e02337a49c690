package reach

import (
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
)

// intoPublished takes out the pieces from outside that are for a public IP
// address of the network, those of firewalls and load balancers aside.
func (w *walk) intoPublished(pieces []piece) (out, rest []piece) {
	if w.query.To.kind != addressEndpoint {
		return nil, pieces // a place names no public address
	}
	for _, p := range w.fabric.Published() {
		here := restrict(pieces, fabric.ByDestination, flow.Host(p.Address))
		if len(here) == 0 {
			continue
		}
		pieces = without(pieces, fabric.ByDestination, flow.Host(p.Address))
		for _, one := range here {
			out = append(out, w.toPublished(p, one)...)
		}
	}
	return w.gather(out), pieces
}

// toPublished gives a piece for a public IP address to the private one of its
// network interface, which is what the groups compare (P9, NSG-27), and tells of
// it as it came.
func (w *walk) toPublished(p fabric.Published, one piece) []piece {
	if p.Configuration == nil {
		return []piece{one.ruled(w.fabric.NotTakenIn(p, one.packets))}
	}
	var out []piece
	private := w.fabric.ConfigurationAddress(p.Configuration)
	for _, c := range one.packets {
		sent := c
		sent.Destination = private
		if sent = sent.Normal(); sent.IsEmpty() { // of two families
			out = append(out, one.with([]flow.Cube{c}).ruled(w.fabric.NotTakenIn(p, []flow.Cube{c})))
			continue
		}
		o := w.fabric.ThroughPublicAddress(p.Subnet, p.Configuration, []flow.Cube{sent})
		for _, end := range w.admitted(p.Subnet, []piece{one.widened().ruled(o)}, origin{}) {
			end = end.widened().with(append([]flow.Cube(nil), end.packets...))
			end.mixed = true // the stages were asked about translated packets
			for i := range end.packets {
				end.packets[i].Destination = c.Destination
			}
			out = append(out, end)
		}
	}
	return out
}
