package reach

import (
	"strings"

	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
)

// either joins what becomes of the same packets on several ways of which it is
// not known which they take: what all agree on stands, the rest is undecided.
func either(ways [][]piece, h Hop, why []string) []piece {
	pieces := ways[0]
	for _, way := range ways[1:] {
		var next []piece
		for _, a := range pieces {
			for _, b := range way {
				if a.fork.excludes(b.fork) {
					continue
				}
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
	out.fork, out.chosen = max(a.fork, b.fork), a.chosen || b.chosen
	out.touches, out.stakes = out.touches.Union(b.touches), out.stakes.Union(b.stakes)
	if a.seen.Key() != b.seen.Key() {
		out.seen = fabric.Seen{Kind: fabric.SeenUnknown, Origin: strings.Join(why, "; ")}
	}
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
