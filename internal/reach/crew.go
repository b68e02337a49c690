package reach

import (
	"slices"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
)

// senders are the subnets that a query is from.
func (w *walk) senders() ([]*azure.Subnet, error) {
	senders := make([]*azure.Subnet, 0, len(w.query.From.subnets))
	for _, id := range w.query.From.subnets {
		s, err := Subnet(id).subnet(w.fabric)
		if err != nil {
			return nil, err
		}
		senders = append(senders, s)
	}
	return senders, nil
}

// heldBy is every address of a crew.
func (w *walk) heldBy(crew []*azure.Subnet) flow.AddressSet {
	held := w.fabric.Addresses(crew[0])
	for _, s := range crew[1:] {
		held = held.Union(w.fabric.Addresses(s))
	}
	return held
}

// subnetsOf names a crew.
func subnetsOf(crew []*azure.Subnet) Endpoint {
	if len(crew) == 1 {
		return Subnet(crew[0].ID)
	}
	ids := make([]azure.ID, len(crew))
	for i, s := range crew {
		ids[i] = s.ID
	}
	return Subnets(ids...)
}

// crews gathers neighbours among the senders whose packets meet the same rules and
// routes.
func (w *walk) crews(senders []*azure.Subnet) [][]*azure.Subnet {
	var out [][]*azure.Subnet
	for i, s := range senders {
		if last := len(out) - 1; i > 0 && w.fabric.Alike(senders[i-1], s) {
			out[last] = append(out[last], s)
		} else {
			out = append(out, senders[i:i+1:i+1])
		}
	}
	return out
}

// dispatch is what has become of the packets of a crew, and what of them waits.
type dispatch struct {
	pieces  []piece
	waiting []*convoy
	// toldTogether says that the way of some is told in words about the whole crew.
	toldTogether bool
}

// dispatch sends the packets of a crew as one, or of each of it by itself where what is
// told of some might name what concerns others.
func (w *walk) dispatch(crew []*azure.Subnet, packets []flow.Cube) dispatch {
	d := w.leave(crew, packets)
	if len(crew) == 1 || !d.toldTogether {
		return d
	}
	d = dispatch{}
	for i := range crew {
		one := w.leave(crew[i:i+1], packets)
		d.pieces, d.waiting = append(d.pieces, one.pieces...), append(d.waiting, one.waiting...)
	}
	return d
}

func (w *walk) leave(crew []*azure.Subnet, packets []flow.Cube) dispatch {
	from := origin{subnet: crew[0], vnet: crew[0].VirtualNetwork, joins: true}
	if len(crew) > 1 {
		from.crew = crew
	}
	own, _ := fabric.BySource(packets, w.heldBy(crew))
	out := w.another()
	d := dispatch{pieces: out.send(from, []piece{{packets: own}}), waiting: out.waiting}
	if len(crew) == 1 {
		return d
	}
	d.toldTogether = out.toldTogether || slices.ContainsFunc(d.pieces, piece.toldOfCrew)
	d.pieces = w.inOrder(crew, d.pieces)
	for _, c := range d.waiting {
		d.toldTogether = d.toldTogether || slices.ContainsFunc(c.pieces[0], piece.toldOfCrew)
		c.pieces[0] = w.inOrder(crew, c.pieces[0])
	}
	return d
}

// inOrder puts pieces in the order in which their senders stand in a crew.
func (w *walk) inOrder(crew []*azure.Subnet, pieces []piece) []piece {
	out := make([]piece, 0, len(pieces))
	for _, s := range crew {
		held := w.fabric.Addresses(s)
		pieces = slices.DeleteFunc(pieces, func(p piece) bool {
			here := slices.ContainsFunc(p.packets, func(c flow.Cube) bool { return c.Source.Overlaps(held) })
			if here {
				out = append(out, p)
			}
			return here
		})
	}
	return out
}

// toldOfCrew reports whether the way of a piece is told in words about all of its crew.
func (p piece) toldOfCrew() bool { return !p.own && p.toldTogether() }

// each are the senders of a crew, each by itself.
func (o origin) each() []origin {
	if len(o.crew) == 0 {
		return []origin{o}
	}
	var list []origin
	for _, s := range o.crew {
		one := o
		one.subnet, one.crew = s, nil
		list = append(list, one)
	}
	return list
}

// apiece does to the packets of each sender of a crew what depends on who has sent them.
// They wait for nobody any more.
func (w *walk) apiece(crew origin, pieces []piece, do func(origin, []piece) []piece) []piece {
	w.toldTogether = w.toldTogether || slices.ContainsFunc(pieces, piece.toldTogether)
	var out []piece
	for _, s := range crew.each() {
		s.joins = false
		if own := restrict(pieces, fabric.BySource, w.fabric.Addresses(s.subnet)); len(own) > 0 {
			out = append(out, do(s, own)...)
		}
	}
	return each(out, func(p *piece) { p.own = true })
}
