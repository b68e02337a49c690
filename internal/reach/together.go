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
		for i, p := range base {
			each[i] = p.touched()
			touches = touches.Union(each[i])
		}
		cells = append(cells, w.settleEach(class, base, each)...)
	}
	cells = gatherCells(cells, false, true)
	groups = make([]Group, 0, len(cells)+1)
	for _, c := range cells {
		g := Group{w.part(c), flow.JoinSources(c.packets)}
		g.Trace = c.trace.hops(0)
		groups = append(groups, g)
	}
	own := Answer{Packets: flow.SpaceOf(packets...)}
	own.addOwn(f, q, packets)
	for _, p := range own.Parts {
		groups = append(groups, Group{p, p.Space.Cubes()})
	}
	return groups, f.Assumptions().Listed(touches.Union(f.Everywhere())), nil
}

// settleEach asks the other readings sender by sender, where packets touch open
// points; touches are those of the pieces.
func (w *walk) settleEach(class []flow.Cube, base []piece, touches []fabric.Touches) []cell {
	cells := make([]cell, 0, len(base))
	own := make([][]piece, len(w.query.From.subnets))
	var each []flow.AddressSet
	for _, id := range w.query.From.subnets {
		s, _ := Subnet(id).subnet(w.fabric) // its packets were sent
		each = append(each, w.fabric.Addresses(s))
	}
	senders := flow.NewDivision(each)
	for i, p := range base {
		if w.settled(touches[i]) {
			cells = append(cells, cell{piece: p})
			continue
		}
		packets := map[int][]flow.Cube{}
		for _, c := range p.packets {
			for _, from := range senders.Cut(c.Source) {
				c.Source = from.Set
				packets[from.Part] = append(packets[from.Part], c)
			}
		}
		for sender, list := range packets {
			own[sender] = append(own[sender], p.with(list))
		}
	}
	settled := make([][]cell, len(own))
	parallel.Each(len(own), func(i int) {
		if len(own[i]) > 0 {
			alone := &walk{fabric: w.fabric, query: w.query}
			alone.query.From = Subnet(w.query.From.subnets[i])
			settled[i] = alone.settle(class, own[i], touched(own[i]))
		}
	})
	cells = append(cells, slices.Concat(settled...)...)
	for i := range cells { // nothing more is asked
		cells[i].touches, cells[i].stakes, cells[i].trace = fabric.Touches{}, nil, cells[i].trace.there()
	}
	return cells
}

// convoy is the packets of several senders at a firewall.
type convoy struct {
	gate    fabric.Gate
	named   fabric.Named
	senders []origin
	pieces  [][]piece // by sender
}

// fromSubnets sends from every subnet up to where packets wait for those of others,
// and then takes all of them on together.
func (w *walk) fromSubnets(packets []flow.Cube) ([]piece, error) {
	senders := make([]*azure.Subnet, len(w.query.From.subnets))
	for i, id := range w.query.From.subnets {
		s, err := Subnet(id).subnet(w.fabric)
		if err != nil {
			return nil, err
		}
		senders[i] = s
	}
	walks, sent := make([]walk, len(senders)), make([][]piece, len(senders))
	parallel.Each(len(senders), func(i int) {
		s := senders[i]
		walks[i] = walk{fabric: w.fabric, query: w.query, apart: w.apart}
		if own, _ := fabric.BySource(packets, w.fabric.Addresses(s)); len(own) > 0 {
			sent[i] = walks[i].send(origin{subnet: s, vnet: s.VirtualNetwork, joins: true}, []piece{{packets: own}})
		}
	})
	var all []*convoy
	for i := range walks {
		for _, c := range walks[i].waiting {
			all = c.join(all)
		}
	}
	out := slices.Concat(sent...)
	for _, c := range all {
		out = append(out, w.convey(c)...)
	}
	return out, nil
}

// wait leaves pieces of the one sender of a walk at a firewall.
func (w *walk) wait(g fabric.Gate, named fabric.Named, from origin, pieces []piece) {
	from.joins = false
	own := &convoy{gate: g, named: named, senders: []origin{from}, pieces: [][]piece{pieces}}
	if i := own.among(w.waiting); i >= 0 {
		w.waiting[i].pieces[0] = append(w.waiting[i].pieces[0], pieces...)
		return
	}
	w.waiting = append(w.waiting, own)
}

// among is the place of a convoy at the same firewall, or -1.
func (c *convoy) among(list []*convoy) int {
	return slices.IndexFunc(list, func(o *convoy) bool { return o.gate == c.gate && o.named == c.named })
}

// join adds a convoy to those at the same firewall, if there are such.
func (c *convoy) join(all []*convoy) []*convoy {
	i := c.among(all)
	if i < 0 {
		return append(all, c)
	}
	all[i].senders, all[i].pieces = append(all[i].senders, c.senders...), append(all[i].pieces, c.pieces...)
	return all
}

// convey takes the packets of all senders on from a firewall. Those of whose packets
// some stay undecided go alone: why they do must not name what concerns others.
func (w *walk) convey(c *convoy) []piece {
	if len(c.senders) == 1 {
		return w.alone(c, 0)
	}
	together := w.joined(c)
	var unsure flow.AddressSetBuilder
	for _, p := range together {
		if p.verdict() == Undecided {
			unsure.AddSet(fabric.Sources(p.packets))
		}
	}
	sources := unsure.Set()
	var out []piece
	for i, s := range c.senders {
		if own := w.fabric.Addresses(s.subnet); own.Overlaps(sources) {
			out = append(out, w.alone(c, i)...)
			together = without(together, fabric.BySource, own)
		}
	}
	return append(out, together...)
}

// alone takes the packets of one sender on.
func (w *walk) alone(c *convoy, sender int) []piece {
	return w.passFirewall(passage{Gate: c.gate, sender: c.senders[sender]}, c.named, c.pieces[sender])
}

// joined takes the packets of all senders on as one. Those on which open points turn
// stay apart from the others, so that few are asked about again.
func (w *walk) joined(c *convoy) []piece {
	via := passage{Gate: c.gate, senders: c.senders}
	var all []piece
	var open flow.AddressSetBuilder
	for i, s := range c.senders {
		for _, p := range c.pieces[i] {
			p.trace, p.passes, p.mixed = p.trace.unowned(), nil, true
			in, stakes, out := p.stakes.Divide(p.packets)
			for _, part := range []piece{p.with(in), p.with(out)} {
				part.stakes, stakes = stakes, nil
				if len(part.packets) > 0 {
					all = append(all, part)
				}
			}
		}
		if w.opens(&passage{Gate: c.gate, sender: s}, c.pieces[i]) {
			open.AddSet(w.fabric.Addresses(s.subnet))
		}
	}
	via.open = open.Set()
	return w.passFirewall(via, c.named, via.merged(w.gather(all)))
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
