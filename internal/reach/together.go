package reach

import (
	"slices"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/parallel"
)

// Group is packets of several senders that fare alike.
type Group struct {
	// Part with a witness only if its trace is that of all its packets. Else the trace
	// is what they have in common on their way there: rules that let packets pass are
	// left out.
	Part
	// Packets are those of the part's space, as disjoint cubes.
	Packets []flow.Cube
}

// Together answers a query from several subnets, whose packets go on as one where
// one firewall takes them: there they cost little more than those of one subnet. The
// groups are disjoint, and each packet fares as it does in the answer about its
// subnet alone. The query must divide by what the other end sees, and not by rule.
func Together(f *fabric.Fabric, q Query) (groups []Group, used []fabric.Assumption, err error) {
	if len(q.To.tags) > 0 {
		f = f.Mention(q.To.tags...)
	}
	packets, err := q.packets(f)
	if err != nil {
		return nil, nil, err
	}
	w := &walk{fabric: f, query: q}
	var cells []cell
	var touches fabric.Touches
	for _, class := range classes(packets) {
		base, err := w.run(class)
		if err != nil {
			return nil, nil, err
		}
		each := make([]fabric.Touches, len(base))
		parallel.Each(len(base), func(i int) { each[i] = base[i].touched() })
		for _, t := range each {
			touches = touches.Union(t)
		}
		cells = append(cells, w.settleEach(class, base, each)...)
	}
	cells = gatherCells(cells, false, true)
	groups = make([]Group, len(cells), len(cells)+1)
	parallel.Each(len(cells), func(i int) {
		g := Group{w.part(cells[i]), flow.JoinSources(cells[i].packets)}
		g.Trace = cells[i].trace.hops(0)
		groups[i] = g
	})
	own := Answer{Packets: flow.SpaceOf(packets...)}
	own.addOwn(f, q, packets)
	for _, p := range own.Parts {
		groups = append(groups, Group{p, p.Space.Cubes()})
	}
	return groups, f.Assumptions().Listed(touches.Union(f.Everywhere())), nil
}

// settleEach asks the other readings crew by crew, where packets touch open points;
// touches are those of the pieces.
func (w *walk) settleEach(class []flow.Cube, base []piece, touches []fabric.Touches) []cell {
	senders, _ := w.senders() // their packets were sent
	crews := w.crews(senders)
	cells := make([]cell, 0, len(base))
	own := make([][]piece, len(crews))
	each := make([]flow.AddressSet, len(crews))
	for i, crew := range crews {
		each[i] = w.heldBy(crew)
	}
	byCrew := flow.NewDivision(each)
	for i, p := range base {
		if w.settled(touches[i]) || w.settled(p.touches.Union(p.turning().Touches(p.packets))) {
			cells = append(cells, cell{piece: p})
			continue
		}
		packets := map[int][]flow.Cube{}
		for _, c := range p.packets {
			for _, from := range byCrew.Cut(c.Source) {
				c.Source = from.Set
				packets[from.Part] = append(packets[from.Part], c)
			}
		}
		for crew, list := range packets {
			own[crew] = append(own[crew], p.with(list))
		}
	}
	settled := make([][]cell, len(own))
	parallel.Each(len(own), func(i int) {
		if len(own[i]) > 0 {
			alone := &walk{fabric: w.fabric, query: w.query}
			alone.query.From = subnetsOf(crews[i])
			settled[i] = alone.settle(class, own[i], touched(own[i]))
		}
	})
	cells = append(cells, slices.Concat(settled...)...)
	for i := range cells { // nothing more is asked
		cells[i].touches, cells[i].stakes, cells[i].trace = fabric.Touches{}, nil, cells[i].trace.there()
	}
	return cells
}

// opens reports whether every reply to the packets gets from a firewall to their
// sender, whatever the reading: what is so of all of them is so of some.
func (w *walk) opens(via *passage, sent []piece) bool {
	var packets []flow.Cube
	for _, p := range sent {
		packets = append(packets, p.packets...)
	}
	for _, p := range w.fromFirewallBack(via, []piece{{packets: packets}}) {
		if p.verdict() != Allowed || p.touched() != (fabric.Touches{}) || p.seen.Kind != fabric.SeenUnchanged || p.reserved {
			return false
		}
	}
	return true
}

// settled reports whether no other reading of what is touched is to be asked.
func (w *walk) settled(t fabric.Touches) bool {
	return len(w.fabric.Assumptions().Alternatives(t)) == 0
}

// merged are pieces from a firewall in fewer cubes, where they are of several
// senders.
func (via *passage) merged(pieces []piece) []piece {
	if len(via.senders) == 0 {
		return pieces
	}
	return each(pieces, func(p *piece) { p.packets = flow.JoinSources(p.packets) })
}

// bySender does to the packets of each sender what is to be done to them.
func (w *walk) bySender(via *passage, pieces []piece, do func(*passage, []piece) []piece) []piece {
	if len(pieces) == 0 {
		return nil
	}
	var out []piece
	for _, s := range via.senders {
		if here := restrict(pieces, fabric.BySource, w.fabric.Addresses(s.subnet)); len(here) > 0 {
			own := *via
			own.sender, own.senders = s, nil
			out = append(out, do(&own, here)...)
		}
	}
	return w.gather(out)
}

// backToSenders sends replies from a firewall to several senders. Of those to whom
// every reply gets, the way is not told: it differs by sender.
func (w *walk) backToSenders(via *passage, pieces []piece) []piece {
	home := each(restrict(pieces, fabric.BySource, via.open), func(p *piece) { p.mixed = true })
	return append(home, w.bySender(via, without(pieces, fabric.BySource, via.open), w.fromFirewallBack)...)
}

// leadsTo reports whether a route of a subnet certainly leads to a firewall.
func (w *walk) leadsTo(firewall *azure.AzureFirewall, s *azure.Subnet, r *fabric.Route) bool {
	if r.Hop != fabric.VirtualAppliance {
		return false
	}
	g, _, ok := w.fabric.FirewallAt(s.VirtualNetwork, s, r)
	return ok && g.Firewall == firewall
}

// unowned is the way without whose routes they are.
func (t *way) unowned() *way {
	var out *way
	for _, h := range t.hops(0) {
		if h.Kind == fabric.KindRoute || h.Kind == fabric.KindSystemRoute {
			h.Resource, h.Address, h.At = "", "", azure.Position{}
		}
		out = out.then(h)
	}
	return out
}

// there is the way without the way back.
func (t *way) there() *way {
	for t != nil && t.hop.Return {
		t = t.before
	}
	return t
}
