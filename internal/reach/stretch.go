package reach

import (
	"maps"
	"slices"

	"github.com/wayleave/wayleave/internal/fabric"
)

// stretch is the pieces that take a leg.
type stretch struct {
	fabric.Leg
	pieces []piece
}

// stretches divides pieces by the leg that they take, or that their replies do,
// and notes the open points on which the routes depend.
func stretches(routes *fabric.Routes, pieces []piece, replies bool) []stretch {
	legs := routes.Legs()
	taken := map[int][]piece{}
	for _, p := range pieces {
		for _, s := range routes.Cut(p.packets, replies) {
			leg := s.Leg
			if leg < 0 {
				leg = len(legs)
			}
			taken[leg] = append(taken[leg], p.with(s.Packets))
		}
	}
	end, by := fabric.Destinations, divide(fabric.ByDestination)
	if replies {
		end, by = fabric.Sources, fabric.BySource
	}
	var out []stretch
	for _, i := range slices.Sorted(maps.Keys(taken)) {
		var leg fabric.Leg // none for points of other networks, which come last
		if i < len(legs) {
			leg = legs[i]
		}
		if leg.Certain() {
			out = append(out, stretch{leg, taken[i]}) // nobody asks for its destinations
			continue
		}
		// Why it is not certain depends on what is asked about.
		for _, part := range routes.Partition(all(taken[i], end)) {
			out = append(out, stretch{part, restrict(taken[i], by, part.Destinations)})
		}
	}
	for _, s := range out {
		var t fabric.Touches
		for _, p := range s.pieces {
			t = t.Union(routes.TouchedBy(p.packets, replies))
		}
		touch(s.pieces, t)
	}
	return out
}
