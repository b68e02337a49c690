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

// Taken is packets that take one leg.
type Taken struct {
	Leg     int // its index, or -1 for points that this network does not know
	Packets []flow.Cube
}

// Cut divides packets by the leg that they take, in no order. Replies take the legs to
// the sources of the requests given.
func (r *Routes) Cut(packets []flow.Cube, replies bool) []Taken {
	by := r.whole().by
	if leg, ok := oneLeg(by, packets, replies); ok {
		return []Taken{{leg, packets}}
	}
	var shares []Taken
	at := map[int]int{}
	for _, c := range packets {
		far := &c.Destination
		if replies {
			far = &c.Source
		}
		for _, piece := range by.Cut(*far) {
			*far = piece.Set
			own := c.Normal()
			if own.IsEmpty() {
				continue
			}
			i, ok := at[piece.Part]
			if !ok {
				i = len(shares)
				at[piece.Part], shares = i, append(shares, Taken{Leg: piece.Part})
			}
			shares[i].Packets = append(shares[i].Packets, own)
		}
	}
	return shares
}

// oneLeg is the leg that all packets take, if that is quick to tell.
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
