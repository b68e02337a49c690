package fabric

import (
	"slices"

	"github.com/wayleave/wayleave/internal/flow"
)

// Sets of packets on their way are lists of disjoint cubes: what a policy
// takes and gives, and joined without any work.

// end is one of the two address fields of a packet.
type end bool

const (
	source      end = false
	destination end = true
)

func (e end) of(c flow.Cube) flow.AddressSet {
	if e == destination {
		return c.Destination
	}
	return c.Source
}

// restrict divides packets by whether an address is in a set. Those that all are on one
// side come back as the list that they were.
func (e end) restrict(packets []flow.Cube, s flow.AddressSet) (in, out []flow.Cube) {
	if !slices.ContainsFunc(packets, func(c flow.Cube) bool { return e.of(c).Overlaps(s) }) {
		return nil, slices.Clip(packets)
	}
	if e.within(packets, s) {
		return slices.Clip(packets), nil
	}
	for _, c := range packets {
		if !e.of(c).Overlaps(s) { // without the cost of a copy
			out = appendCube(out, c)
			continue
		}
		inside, outside := c, c
		if e == destination {
			inside.Destination, outside.Destination = c.Destination.Intersect(s), c.Destination.Minus(s)
		} else {
			inside.Source, outside.Source = c.Source.Intersect(s), c.Source.Minus(s)
		}
		in, out = appendCube(in, inside), appendCube(out, outside)
	}
	return in, out
}

// within reports whether all packets have an address in a set.
func (e end) within(packets []flow.Cube, s flow.AddressSet) bool {
	return !slices.ContainsFunc(packets, func(c flow.Cube) bool { return !e.of(c).SubsetOf(s) })
}

// BySource divides packets by whether their source is in the set.
func BySource(packets []flow.Cube, s flow.AddressSet) (in, out []flow.Cube) {
	return source.restrict(packets, s)
}

// ByDestination divides packets by whether their destination is in the set.
func ByDestination(packets []flow.Cube, s flow.AddressSet) (in, out []flow.Cube) {
	return destination.restrict(packets, s)
}

// Toward are the packets with a destination in the set.
func Toward(packets []flow.Cube, s flow.AddressSet) []flow.Cube {
	if destination.within(packets, s) {
		return slices.Clip(packets)
	}
	var in []flow.Cube
	for _, c := range packets {
		if c.Destination.Overlaps(s) {
			c.Destination = c.Destination.Intersect(s)
			in = appendCube(in, c)
		}
	}
	return in
}

// match divides packets by whether they are in a cube; as restrict does where none is.
func match(packets []flow.Cube, d flow.Cube) (in, out []flow.Cube) {
	if !slices.ContainsFunc(packets, d.Overlaps) {
		return nil, slices.Clip(packets)
	}
	for _, c := range packets {
		if !c.Overlaps(d) { // without the cost of a copy
			out = appendCube(out, c)
			continue
		}
		in = append(in, c.Intersect(d))
		out = append(out, c.Minus(d)...)
	}
	return in, out
}

// Sources is the set of all sources.
func Sources(packets []flow.Cube) flow.AddressSet { return addresses(packets, source) }

// Destinations is the set of all destinations.
func Destinations(packets []flow.Cube) flow.AddressSet { return addresses(packets, destination) }

func addresses(packets []flow.Cube, e end) flow.AddressSet {
	if len(packets) == 1 {
		return e.of(packets[0])
	}
	var b flow.AddressSetBuilder
	for _, c := range packets {
		b.AddSet(e.of(c))
	}
	return b.Set()
}

// driftedInternet is where later recordings of Internet differ from the
// expansion of 2017: blocks that Azure's own list leaves out today, and the
// block that it no longer leaves out whole (TAG-21).
var driftedInternet = set("4.128.0.0/12", "13.96.0.0/13", "20.35.252.0/22", "20.128.0.0/16", "20.144.0.0/14",
	"20.176.0.0/13", "21.0.0.0/8", "22.0.0.0/8", "23.103.0.0/18", "25.0.0.0/8", "40.66.128.0/17",
	"40.108.0.0/17", "40.109.0.0/16", "52.132.0.0/14", "52.145.0.0/16", "68.18.0.0/15", "104.146.0.0/17",
	"104.147.0.0/16", "104.212.36.0/22", "129.75.0.0/16", "157.59.0.0/16")
