package fabric

import (
	"slices"

	"github.com/wayleave/wayleave/internal/flow"
)

// Leg is a part of a set of destinations that takes the same route. Where the
// input does not tell which of several routes it takes, all of them stand
// here.
type Leg struct {
	Destinations flow.AddressSet
	// Routes that may carry the leg: one where it is certain, none where no
	// route leads there, else all that may win, in order of selection.
	Routes []*Route
	// Why says what is not known where there are several.
	Why []string
}

// Certain reports whether it is known where the leg goes.
func (l Leg) Certain() bool { return len(l.Routes) == 1 && l.Routes[0].Hop != UnknownHop }

// Partition divides destinations by the route they take (RT-1, RT-21 to
// RT-28). The legs are disjoint and together are all of the destinations; they
// are in order of selection.
func (r *Routes) Partition(destinations flow.AddressSet) []Leg {
	// Layers of a length that is not known may come anywhere; the others are
	// taken in order, and the first that certainly holds an address ends it.
	var loose, firm []*layer
	for _, l := range r.layers {
		if !l.May.Overlaps(destinations) {
			continue
		}
		if l.exact {
			firm = append(firm, l)
		} else {
			loose = append(loose, l)
		}
	}
	regions := []region{{left: destinations}}
	for _, l := range loose {
		regions = splitAll(regions, l)
	}
	var legs []Leg
	for _, reg := range regions {
		legs = append(legs, reg.resolve(firm)...)
	}
	return joinLegs(legs)
}

// region is a set of destinations to which the same layers apply, certainly
// or possibly.
type region struct {
	left        flow.AddressSet
	must, maybe []*layer
}

func splitAll(regions []region, l *layer) []region {
	var out []region
	for _, r := range regions {
		out = append(out, r.split(l)...)
	}
	return out
}

// split cuts a region by where a layer applies certainly, possibly, not at
// all.
func (r region) split(l *layer) []region {
	var out []region
	keep := func(s flow.AddressSet, must, maybe []*layer) {
		if !s.IsEmpty() {
			out = append(out, region{s, must, maybe})
		}
	}
	may := r.left.Intersect(l.May)
	keep(may.Intersect(l.Must), with(r.must, l), r.maybe)
	keep(may.Minus(l.Must), r.must, with(r.maybe, l))
	keep(r.left.Minus(l.May), r.must, r.maybe)
	return out
}

func with(list []*layer, l *layer) []*layer { return append(list[:len(list):len(list)], l) }

// resolve takes the layers of known length in order of selection until one
// certainly applies.
func (r region) resolve(firm []*layer) []Leg {
	var legs []Leg
	open := []region{r}
	for _, l := range firm {
		var next []region
		for _, reg := range open {
			for _, part := range reg.split(l) {
				if len(part.must) > 0 && part.must[len(part.must)-1] == l {
					legs = append(legs, part.leg())
				} else {
					next = append(next, part)
				}
			}
		}
		if open = next; len(open) == 0 {
			break
		}
	}
	for _, reg := range open {
		legs = append(legs, reg.leg())
	}
	return legs
}

// leg settles which of the layers of a region can win: all that no certain one
// beats.
func (r region) leg() Leg {
	leg := Leg{Destinations: r.left}
	var winners []*layer
	for _, l := range slices.Concat(r.maybe, r.must) {
		beaten := slices.ContainsFunc(r.must, func(m *layer) bool { return m != l && m.beats(l) })
		if !beaten {
			winners = append(winners, l)
		}
	}
	slices.SortStableFunc(winners, (*layer).before)
	for _, l := range winners {
		if slices.ContainsFunc(leg.Routes, l.route.sameHop) {
			continue
		}
		leg.Routes = append(leg.Routes, l.route)
	}
	if len(leg.Routes) > 1 {
		for _, l := range winners {
			leg.Why = append(leg.Why, l.reasons(r.left)...)
			if l.route.Why != "" {
				leg.Why = append(leg.Why, l.route.Why)
			}
			if !l.exact && l.Exact() && l.route.User != nil {
				leg.Why = append(leg.Why, "whether a prefix of "+l.route.User.Destination.Text+" is longer than that of another route is not known")
			}
		}
		leg.Why = sorted(leg.Why)
	}
	return leg
}

// joinLegs unites legs with the same routes, in the order they come.
func joinLegs(legs []Leg) []Leg {
	var out []Leg
	for _, l := range legs {
		same := slices.IndexFunc(out, func(o Leg) bool { return slices.Equal(o.Routes, l.Routes) && slices.Equal(o.Why, l.Why) })
		if same < 0 {
			out = append(out, l)
			continue
		}
		out[same].Destinations = out[same].Destinations.Union(l.Destinations)
	}
	return out
}
