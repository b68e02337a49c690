package reach

import (
	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
)

// intoFirewalls takes out the pieces that are for a public address of a firewall.
func (w *walk) intoFirewalls(pieces []piece) (out, rest []piece) {
	w.fabric.PublicGates(func(g fabric.Gate, public flow.AddressSet) {
		if here := restrict(pieces, fabric.ByDestination, public); len(here) > 0 {
			out = append(out, w.translateIn(g, here, origin{})...)
			pieces = without(pieces, fabric.ByDestination, public)
		}
	})
	return out, pieces
}

// atFirewall takes out the pieces that are for the private address of a firewall
// in a subnet and not for its DNS proxy. From outside nobody can send to it.
func (w *walk) atFirewall(s *azure.Subnet, pieces []piece, from origin) (out, rest []piece) {
	if from.via != nil || from.outside() {
		return nil, pieces
	}
	for _, g := range w.fabric.OwnGates(s) {
		address := flow.Host(g.Address)
		here := restrict(pieces, fabric.ByDestination, address)
		pieces = without(pieces, fabric.ByDestination, address)
		for _, p := range here {
			maybe, others := w.fabric.MayBeProxied(g, p.packets)
			if len(maybe) > 0 {
				pieces = append(pieces, p.with(maybe))
			}
			if len(others) > 0 {
				out = append(out, w.translateIn(g, []piece{p.with(others)}, from)...)
			}
		}
	}
	return out, pieces
}

// translateIn gives pieces for a firewall to the receivers that its NAT rules
// name (P-21), with the source address of one of the firewall's instances (S-01
// row 1). They are carried on as translated and told as they came.
func (w *walk) translateIn(g fabric.Gate, pieces []piece, from origin) []piece {
	if h, broken := w.fabric.Unfit(g); broken {
		pieces = blocked(pieces, h)
	}
	there := origin{subnet: g.Subnet, vnet: g.Subnet.VirtualNetwork, via: &passage{Gate: g, sender: from, translated: true, inward: true}}
	var out []piece
	for _, p := range pieces {
		for _, t := range w.fabric.TranslatedIn(g, p.packets) {
			next := p.ruled(t.Outcome)
			if !t.To.IsValid() || t.Effect == fabric.Doubtful {
				out = append(out, next)
				continue
			}
			for _, c := range next.packets {
				sent := c
				sent.Destination, sent.DestinationPorts = flow.Host(t.To), flow.Ports(t.Port)
				one := next.widened().with([]flow.Cube{sent})
				one.seen = w.fabric.InstanceSeen(g)
				for _, end := range w.route(there, w.fabric.Routes(g.Subnet), []piece{one}) {
					end = end.widened().with(append([]flow.Cube(nil), end.packets...))
					end.mixed = true // the stages were asked about translated packets
					for i := range end.packets {
						end.packets[i].Destination, end.packets[i].DestinationPorts = c.Destination, c.DestinationPorts
					}
					out = append(out, end)
				}
			}
		}
	}
	return w.gather(out)
}
