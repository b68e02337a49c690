package reach

import (
	"fmt"
	"slices"

	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
)

// piece is a part of the packets on its way.
type piece struct {
	packets  []flow.Cube // disjoint, none empty
	blockers []Hop
	reasons  []string
	trace    *way
	// touches are the open points that matter for all of the packets, stakes
	// those that matter for some.
	touches  fabric.Touches
	stakes   fabric.Stakes
	reserved bool
	// seen is the source address that the other end sees.
	seen fabric.Seen
	// passes are where the trace leaves out which rules let the packets pass;
	// with mixed that cannot be told of all of them in the same way.
	passes []pass
	mixed  bool
	fork   fork
	// chosen says that a stage was asked about addresses of which any may be given.
	chosen bool
	// own says that the packets were divided by the sender of a crew.
	own bool
}

func (p piece) verdict() Verdict {
	switch {
	case len(p.blockers) > 0:
		return Blocked
	case len(p.reasons) > 0:
		return Undecided
	}
	return Allowed
}

// widened is the piece with its stakes taken for all of its packets.
func (p piece) widened() piece {
	p.touches, p.stakes = p.touched(), nil
	return p
}

// touched is every open point that matters for some of the packets.
func (p piece) touched() fabric.Touches { return p.touches.Union(p.stakes.Touches(p.packets)) }

// turning are the stakes on which the verdict may turn.
func (p piece) turning() fabric.Stakes {
	if p.verdict() != Blocked {
		return p.stakes
	}
	return p.stakes.Turning(p.blockers)
}

// with is the piece with other packets; its lists can be appended to.
func (p piece) with(packets []flow.Cube) piece {
	p.packets = packets
	p.blockers, p.reasons, p.passes = slices.Clip(p.blockers), slices.Clip(p.reasons), slices.Clip(p.passes)
	return p
}

// passed are the pieces after a hop that let them go on.
func passed(pieces []piece, h Hop) []piece {
	return each(pieces, func(p *piece) { p.trace = p.trace.then(h) })
}

// blocked are the pieces after a hop that stops them.
func blocked(pieces []piece, h Hop) []piece {
	return each(pieces, func(p *piece) {
		p.blockers, p.trace = addHops(p.blockers, []Hop{h}), p.trace.then(h)
	})
}

// doubted are the pieces after a hop of which the input does not tell.
func doubted(pieces []piece, h Hop, reasons ...string) []piece {
	return each(pieces, func(p *piece) {
		p.reasons, p.trace = addTexts(p.reasons, reasons), p.trace.then(h)
	})
}

// each is a changed copy of pieces.
func each(pieces []piece, change func(*piece)) []piece {
	out := make([]piece, len(pieces))
	for i, p := range pieces {
		out[i] = p.with(p.packets)
		change(&out[i])
	}
	return out
}

// touch notes what the pieces touch.
func touch(pieces []piece, t fabric.Touches) {
	for i := range pieces {
		pieces[i].touches = pieces[i].touches.Union(t)
	}
}

// divide cuts packets by one of their addresses.
type divide func([]flow.Cube, flow.AddressSet) (in, out []flow.Cube)

// toward are the parts of pieces with a destination in the set, none empty.
// It is restrict, without making what is outside.
func toward(pieces []piece, s flow.AddressSet) []piece {
	var out []piece
	for _, p := range pieces {
		if in := fabric.Toward(p.packets, s); len(in) > 0 {
			out = append(out, p.with(in))
		}
	}
	return out
}

// ended takes out the pieces of which no more is asked.
func (w *walk) ended(pieces []piece) (ended, live []piece) {
	if w.forks != nil {
		return forked(pieces)
	}
	if !w.query.FirstBlocker || !slices.ContainsFunc(pieces, func(p piece) bool { return p.verdict() == Blocked }) {
		return nil, pieces
	}
	if !slices.ContainsFunc(pieces, func(p piece) bool { return p.verdict() != Blocked }) {
		return slices.Clone(pieces), nil
	}
	for _, p := range pieces {
		if p.verdict() == Blocked {
			ended = append(ended, p)
		} else {
			live = append(live, p)
		}
	}
	return ended, live
}

// restrict are the parts of pieces with an address in the set, none empty.
func restrict(pieces []piece, by divide, s flow.AddressSet) []piece {
	var out []piece
	for _, p := range pieces {
		if in, _ := by(p.packets, s); len(in) > 0 {
			out = append(out, p.with(in))
		}
	}
	return out
}

// without are the parts of pieces with the address outside the set, none
// empty.
func without(pieces []piece, by divide, s flow.AddressSet) []piece {
	var out []piece
	for _, p := range pieces {
		if _, rest := by(p.packets, s); len(rest) > 0 {
			out = append(out, p.with(rest))
		}
	}
	return out
}

// all is the set of one of the addresses of all pieces.
func all(pieces []piece, of func([]flow.Cube) flow.AddressSet) flow.AddressSet {
	if len(pieces) == 1 {
		return of(pieces[0].packets)
	}
	var b flow.AddressSetBuilder
	for _, p := range pieces {
		b.AddSet(of(p.packets))
	}
	return b.Set()
}

// ruled is the piece after one outcome of a stage.
func (p piece) ruled(o fabric.Outcome) piece {
	next := p.with(o.Packets)
	next.touches, next.stakes = next.touches.Union(o.Touches), next.stakes.Union(o.Stakes)
	next.reserved = next.reserved || o.Reserved
	if o.Seen.Kind != fabric.SeenUnchanged {
		next.seen = o.Seen
	}
	next.trace = next.trace.then(o.Hops...)
	switch o.Effect {
	case fabric.Stop:
		next.blockers = addHops(next.blockers, o.Hops)
	case fabric.Doubtful:
		next.reasons = addTexts(next.reasons, o.Reasons)
	}
	return next
}

// maxCubes bounds how many fragments a stage may cut packets into, and so many
// cubes are asked about at once.
const (
	maxCubes = 1 << 13
	chunk    = 1 << 5
)

// through sends pieces through a stage. Once the stage has cut them into too
// many fragments, blocked packets go on without being asked what else blocks
// them, and the others become undecided.
func (w *walk) through(stage fabric.Stage, pieces []piece) []piece {
	out, pieces := w.ended(pieces)
	out = slices.Grow(out, len(pieces))
	_, chosen := stage.(instance)
	call, cubes := w.call(), 0
	for _, p := range pieces {
		for packets := p.packets; len(packets) > 0; {
			if cubes > w.bound(maxCubes) {
				out = append(out, unfollowed(p.with(packets))...)
				break
			}
			n := min(chunk, len(packets))
			for _, o := range stage.Split(packets[:n], w.query.ByRule) {
				next := p.ruled(o).noting(o, stage, call)
				next.chosen = next.chosen || chosen
				out = append(out, next)
				cubes += len(o.Packets)
			}
			packets = packets[n:]
		}
		if len(out) > w.bound(4*maxPieces) {
			out = w.gather(out)
		}
	}
	return w.gather(out)
}

// unfollowed is a piece that a stage was not asked about.
func unfollowed(p piece) []piece {
	if p.verdict() == Blocked {
		return []piece{p}
	}
	const why = "the packets fall into too many fragments on their way to be followed exactly"
	return doubted([]piece{p}, Hop{Kind: fabric.KindPlatform, Decision: fabric.Unknown, Note: why}, why)
}

// maxPieces bounds how finely packets are told apart on the way.
const maxPieces = 1 << 12

// bound is a bound for the packets of one sender, for those of all.
func (w *walk) bound(n int) int { return n * max(1, len(w.query.From.subnets)) }

// gather joins pieces that fared alike so far. Past the bound it joins those
// that are blocked by the same kinds of hops, whichever hops these are.
func (w *walk) gather(pieces []piece) []piece {
	if w.apart {
		return occupied(pieces)
	}
	out := join(pieces, likeness{byRule: w.query.ByRule, bySeen: w.query.BySeen, byStakes: len(w.query.From.subnets) > 1})
	if len(out) <= w.bound(maxPieces) {
		return out
	}
	var stopped, others []piece
	for _, p := range out {
		if p.verdict() == Blocked {
			stopped = append(stopped, p)
		} else {
			others = append(others, p)
		}
	}
	return append(unite(stopped), join(others, likeness{bySeen: w.query.BySeen})...)
}

// occupied are the pieces that have packets.
func occupied(pieces []piece) []piece {
	empty := func(p piece) bool { return len(p.packets) == 0 }
	if !slices.ContainsFunc(pieces, empty) {
		return pieces
	}
	return slices.DeleteFunc(slices.Clone(pieces), empty)
}

// kinds is equal for blocked pieces that the same kinds of hops block.
func (p piece) kinds() string {
	var kinds []string
	for _, h := range p.blockers {
		kinds = append(kinds, string(h.Kind))
	}
	return fmt.Sprint("blocked by ", addTexts(nil, kinds), p.reserved)
}

// join unites the pieces that fared alike, in the order in which they come.
func join(pieces []piece, by likeness) []piece {
	if len(pieces) == 1 && len(pieces[0].packets) > 0 {
		return pieces
	}
	var met meetings
	out := make([]piece, 0, len(pieces))
	for _, p := range pieces {
		if len(p.packets) == 0 {
			continue
		}
		if i, ok := met.find(by.hash(p), func(i int) bool { return by.same(out[i], p) }); ok {
			out[i].take(p)
		} else {
			out = append(out, p.with(slices.Clip(p.packets)))
		}
	}
	return out
}

// take adds the packets of a piece that fared alike.
func (p *piece) take(o piece) {
	p.packets = append(p.packets, o.packets...)
	p.touches, p.stakes = p.touches.Union(o.touches), p.stakes.Union(o.stakes)
	p.own = p.own && o.own
	p.mixed = p.mixed || o.mixed || !slices.EqualFunc(p.passes, o.passes, pass.same)
}

// unite joins the blocked pieces that the same kinds of hops block, with the
// hops of all of them.
func unite(pieces []piece) []piece {
	at := map[string]int{}
	var out []piece
	var seen []map[Hop]bool
	for _, p := range pieces {
		if len(p.packets) == 0 {
			continue
		}
		i, ok := at[p.kinds()]
		if !ok {
			i = len(out)
			at[p.kinds()] = i
			first := p.with(slices.Clip(p.packets))
			first.blockers = nil
			out, seen = append(out, first), append(seen, map[Hop]bool{})
		} else {
			out[i].take(p)
		}
		for _, h := range p.blockers {
			if !seen[i][h] {
				seen[i][h] = true
				out[i].blockers = append(out[i].blockers, h)
			}
		}
	}
	return out
}

// addHops appends the hops that are not there yet.
func addHops(list, more []Hop) []Hop {
	for _, h := range more {
		if !slices.Contains(list, h) {
			list = append(slices.Clip(list), h)
		}
	}
	return list
}

// addTexts is the sorted union.
func addTexts(list, more []string) []string {
	all := slices.Concat(list, more)
	slices.Sort(all)
	return slices.Compact(all)
}
