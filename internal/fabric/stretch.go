package fabric

import (
	"sync"

	"github.com/wayleave/wayleave/internal/flow"
)

// wholeDivision is every address divided by route. It is made once, so that
// packets are divided by the legs they take and not by all there are: the subnet
// of a firewall in a hub has one for each spoke.
type wholeDivision struct {
	legs []Leg
	by   *flow.Division
}

func (r *Routes) divide(f *Fabric) {
	r.whole = sync.OnceValue(func() wholeDivision {
		w := wholeDivision{legs: r.Partition(f.family.atoms.of(f.points.everything))}
		var parts []flow.AddressSet
		for _, leg := range w.legs {
			parts = append(parts, leg.Destinations)
		}
		w.by = flow.NewDivision(parts)
		return w
	})
}

// Legs divides every address by the route that packets to it take.
func (r *Routes) Legs() []Leg { return r.whole().legs }

// Cut divides packets by the index of the leg that they take, or by -1 those to
// points that this network does not know. Replies take the legs to the sources of
// the requests given.
func (r *Routes) Cut(packets []flow.Cube, replies bool) map[int][]flow.Cube {
	by := r.whole().by
	if leg, ok := oneLeg(by, packets, replies); ok {
		return map[int][]flow.Cube{leg: packets}
	}
	out := map[int][]flow.Cube{}
	for _, c := range packets {
		far := &c.Destination
		if replies {
			far = &c.Source
		}
		for _, piece := range by.Cut(*far) {
			*far = piece.Set
			if own := c.Normal(); !own.IsEmpty() {
				out[piece.Part] = append(out[piece.Part], own)
			}
		}
	}
	return out
}

// oneLeg is the leg that all packets take, if they do.
func oneLeg(by *flow.Division, packets []flow.Cube, replies bool) (leg int, ok bool) {
	leg = flow.NoPart
	for i, c := range packets {
		far := c.Destination
		if replies {
			far = c.Source
		}
		part, whole := by.Holder(far)
		if !whole || i > 0 && part != leg {
			return 0, false
		}
		leg = part
	}
	return leg, len(packets) > 0
}
