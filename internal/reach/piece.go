package reach

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
)

// piece is a part of the packets on its way.
type piece struct {
	packets  []flow.Cube // disjoint, none empty
	blockers []Hop
	reasons  []string
	trace    []Hop
	touches  fabric.Touches
	reserved bool
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

// with is the piece with other packets; its lists can be appended to.
func (p piece) with(packets []flow.Cube) piece {
	p.packets = packets
	p.blockers, p.reasons, p.trace = slices.Clip(p.blockers), slices.Clip(p.reasons), slices.Clip(p.trace)
	return p
}

// passed is the piece after a hop that let it go on.
func (p piece) passed(h Hop) piece {
	p = p.with(p.packets)
	p.trace = append(p.trace, h)
	return p
}

// blocked is the piece after a hop that stops it.
func (p piece) blocked(h Hop) piece {
	p = p.with(p.packets)
	p.blockers, p.trace = addHops(p.blockers, []Hop{h}), append(p.trace, h)
	return p
}

// doubted is the piece after a hop of which the input does not tell.
func (p piece) doubted(h Hop, reasons ...string) piece {
	p = p.with(p.packets)
	p.reasons, p.trace = addTexts(p.reasons, reasons), append(p.trace, h)
	return p
}

// ruled is the piece after one outcome of a stage.
func (p piece) ruled(o fabric.Outcome) piece {
	next := p.with(o.Packets)
	next.touches = next.touches.Union(o.Touches)
	next.reserved = next.reserved || o.Reserved
	next.trace = append(next.trace, o.Hops...)
	switch o.Effect {
	case fabric.Stop:
		next.blockers = addHops(next.blockers, o.Hops)
	case fabric.Doubtful:
		next.reasons = addTexts(next.reasons, o.Reasons)
	}
	return next
}

// through sends pieces through a stage.
func (w *walk) through(stage fabric.Stage, pieces []piece) []piece {
	var out []piece
	for _, p := range pieces {
		for _, o := range stage.Split(p.packets, w.query.ByRule) {
			out = append(out, p.ruled(o))
		}
	}
	return w.gather(out)
}

// maxPieces bounds how finely blocked packets are told apart on the way.
const maxPieces = 1 << 10

// gather joins pieces that fared alike so far; past the bound it joins those
// that are blocked, whatever blocks them.
func (w *walk) gather(pieces []piece) []piece {
	out := join(pieces, func(p piece) string { return p.key(w.query.ByRule) })
	if len(out) <= maxPieces {
		return out
	}
	return join(out, func(p piece) string {
		if p.verdict() == Blocked {
			return fmt.Sprintf("blocked %t", p.reserved)
		}
		return p.key(false)
	})
}

// key is equal for pieces that fared alike.
func (p piece) key(byRule bool) string {
	if len(p.blockers)+len(p.reasons) == 0 && !byRule {
		return fmt.Sprint(p.reserved)
	}
	var b strings.Builder
	fmt.Fprint(&b, p.reserved, p.blockers, p.reasons)
	if byRule {
		fmt.Fprint(&b, p.trace)
	}
	return b.String()
}

// join unites the pieces with one key, in the order in which the keys come.
func join(pieces []piece, key func(piece) string) []piece {
	if len(pieces) < 2 {
		return pieces
	}
	at := map[string]int{}
	var out []piece
	for _, p := range pieces {
		if len(p.packets) == 0 {
			continue
		}
		k := key(p)
		i, ok := at[k]
		if !ok {
			at[k] = len(out)
			out = append(out, p.with(slices.Clip(p.packets)))
			continue
		}
		o := &out[i]
		o.packets = append(o.packets, p.packets...)
		o.touches = o.touches.Union(p.touches)
		o.blockers = addHops(o.blockers, p.blockers)
		o.reasons = addTexts(o.reasons, p.reasons)
	}
	return out
}

// either joins what becomes of the same packets on several ways of which it is
// not known which they take: what all agree on stands, the rest is undecided.
func either(ways [][]piece, h Hop, why []string) []piece {
	pieces := ways[0]
	for _, way := range ways[1:] {
		var next []piece
		for _, a := range pieces {
			for _, b := range way {
				if both := intersect(a.packets, b.packets); len(both) > 0 {
					next = append(next, agree(a, b, both, h, why))
				}
			}
		}
		pieces = next
	}
	return pieces
}

func agree(a, b piece, packets []flow.Cube, h Hop, why []string) piece {
	out := a.with(packets)
	out.touches = out.touches.Union(b.touches)
	switch va, vb := a.verdict(), b.verdict(); {
	case va == vb && va == Blocked:
		out.blockers = addHops(out.blockers, b.blockers)
	case va == vb:
		out.reasons = addTexts(out.reasons, b.reasons)
	default:
		out.blockers = nil
		out.reasons = addTexts(addTexts(a.reasons, b.reasons), why)
		if len(out.reasons) == 0 {
			out.reasons = []string{h.Note}
		}
	}
	return out
}

func intersect(a, b []flow.Cube) []flow.Cube {
	var out []flow.Cube
	for _, x := range a {
		for _, y := range b {
			if both := x.Intersect(y); !both.IsEmpty() {
				out = append(out, both)
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
