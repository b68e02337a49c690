package reach

import (
	"slices"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/parallel"
)

// convoy is the packets of several senders, or crews of such, at a firewall.
type convoy struct {
	gate    fabric.Gate
	named   fabric.Named
	senders []origin
	pieces  [][]piece // by sender
}

// fromSubnets sends from every subnet up to where packets wait for those of others,
// and then takes all of them on together.
func (w *walk) fromSubnets(packets []flow.Cube) ([]piece, error) {
	senders, err := w.senders()
	if err != nil {
		return nil, err
	}
	senders = slices.DeleteFunc(senders, func(s *azure.Subnet) bool {
		own, _ := fabric.BySource(packets, w.fabric.Addresses(s))
		return len(own) == 0
	})
	crews := w.crews(senders)
	sent := make([]dispatch, len(crews))
	parallel.Each(len(crews), func(i int) { sent[i] = w.dispatch(crews[i], packets) })
	var all []*convoy
	n := 0
	for _, d := range sent {
		n += len(d.pieces)
	}
	out := make([]piece, 0, n)
	for _, d := range sent {
		out = append(out, d.pieces...)
		for _, c := range d.waiting {
			all = c.join(all)
		}
	}
	for _, c := range all {
		out = append(out, w.convey(c)...)
	}
	return out, nil
}

// wait leaves pieces of the one sender or crew of a walk at a firewall.
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
	if len(c.senders) == 1 && len(c.senders[0].crew) == 0 {
		return w.alone(c, c.senders[0], c.pieces[0])
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
	for i, from := range c.senders {
		for _, s := range from.each() {
			if own := w.fabric.Addresses(s.subnet); own.Overlaps(sources) {
				out = append(out, w.alone(c, s, restrict(c.pieces[i], fabric.BySource, own))...)
				together = without(together, fabric.BySource, own)
			}
		}
	}
	return append(out, together...)
}

// alone takes the packets of one sender on.
func (w *walk) alone(c *convoy, sender origin, pieces []piece) []piece {
	return w.passFirewall(passage{Gate: c.gate, sender: sender}, c.named, pieces)
}

// joined takes the packets of all senders on as one. Those on which open points turn
// stay apart from the others, so that few are asked about again.
func (w *walk) joined(c *convoy) []piece {
	via := passage{Gate: c.gate}
	var all []piece
	var open flow.AddressSetBuilder
	for i, from := range c.senders {
		senders := from.each()
		via.senders = append(via.senders, senders...)
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
		for _, s := range w.openTo(c.gate, from, senders, c.pieces[i]) {
			open.AddSet(w.fabric.Addresses(s.subnet))
		}
	}
	via.open = open.Set()
	return w.passFirewall(via, c.named, via.merged(w.gather(all)))
}

// openTo are those of the senders of a crew to whom every reply gets from a firewall.
func (w *walk) openTo(g fabric.Gate, crew origin, senders []origin, sent []piece) []origin {
	if w.opens(&passage{Gate: g, sender: crew}, sent) {
		return senders
	}
	return slices.DeleteFunc(slices.Clone(senders), func(s origin) bool {
		return len(senders) == 1 || !w.opens(&passage{Gate: g, sender: s}, restrict(sent, fabric.BySource, w.fabric.Addresses(s.subnet)))
	})
}
