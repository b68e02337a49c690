package flow

import (
	"slices"
	"sync"
)

// Space is an exact set of packets. It is immutable and canonical; the zero
// value is the empty set. Compare spaces with [Space.Equal], not with ==.
//
// Operations take time and memory proportional to the product of the number of
// source and transport classes that both operands need together, at worst.
type Space struct{ p *packets }

// packets is the content of a space that is not empty.
type packets struct {
	cubes []Cube // whose union it is, none empty; nil if it was not made of cubes
	once  sync.Once
	made  [2]*layer // by family, of cubes made when first needed
}

// layers returns the canonical form, by family.
func (s Space) layers() [2]*layer {
	if s.p == nil {
		return [2]*layer{}
	}
	s.p.once.Do(func() {
		if s.p.cubes != nil {
			s.p.made = layersOf(s.p.cubes)
		}
	})
	return s.p.made
}

func newSpace(layers [2]*layer) Space {
	if layers == [2]*layer{} {
		return Space{}
	}
	return Space{&packets{made: layers}}
}

// SpaceOf returns the packets that are in at least one of the cubes.
func SpaceOf(cubes ...Cube) Space {
	kept := make([]Cube, 0, len(cubes))
	for _, c := range cubes {
		if !c.IsEmpty() {
			kept = append(kept, c)
		}
	}
	if len(kept) == 0 {
		return Space{}
	}
	return Space{&packets{cubes: kept}}
}

// Union returns the packets that are in s, in o or in both.
func (s Space) Union(o Space) Space { return s.combine(o, unionOf) }

// Intersect returns the packets that are in both s and o.
func (s Space) Intersect(o Space) Space {
	a, b, few := fewCubes(s, o)
	if !few {
		return s.combine(o, intersectionOf)
	}
	var both []Cube
	for _, c := range a {
		for _, d := range b {
			both = append(both, c.Intersect(d))
		}
	}
	return SpaceOf(both...)
}

// Minus returns the packets that are in s and not in o.
func (s Space) Minus(o Space) Space {
	a, b, few := fewCubes(s, o)
	if few && !slices.ContainsFunc(a, func(c Cube) bool { return slices.ContainsFunc(b, c.Overlaps) }) {
		return s
	}
	return s.combine(o, differenceOf)
}

// fewCubes returns the cubes of which two different spaces are made, if they are so few
// that to compare each with each is quicker than the canonical form.
func fewCubes(s, o Space) (a, b []Cube, ok bool) {
	if s.p == o.p || s.p == nil || o.p == nil {
		return nil, nil, false
	}
	n := len(s.p.cubes) * len(o.p.cubes)
	return s.p.cubes, o.p.cubes, 0 < n && n <= maxCubePairs
}

const maxCubePairs = 16

func (s Space) combine(o Space, op setOperation) Space {
	if s.p == o.p {
		if op.both {
			return s
		}
		return Space{}
	}
	switch {
	case o.p == nil && op.left:
		return s
	case s.p == nil && op.right:
		return o
	case s.p == nil || o.p == nil:
		return Space{}
	}
	var out [2]*layer
	a, b := s.layers(), o.layers()
	for f := range out {
		out[f] = combine(a[f], b[f], op)
	}
	return newSpace(out)
}

// IsEmpty reports whether s holds no packet.
func (s Space) IsEmpty() bool { return s.p == nil }

// Equal reports whether s and o hold the same packets.
func (s Space) Equal(o Space) bool {
	if s.p == o.p {
		return true
	}
	a, b := s.layers(), o.layers()
	return a[0].equal(b[0]) && a[1].equal(b[1])
}

// SubsetOf reports whether every packet of s is in o.
func (s Space) SubsetOf(o Space) bool { return s.Equal(o) || s.Minus(o).IsEmpty() }

// Overlaps reports whether s and o have a packet in common.
func (s Space) Overlaps(o Space) bool { return !s.Intersect(o).IsEmpty() }

// Contains reports whether p is in s. A packet that [Packet.Validate] objects
// to is in no space.
func (s Space) Contains(p Packet) bool {
	return p.Validate() == nil && s.layers()[p.Family().index()].holds(p)
}

// Count returns the number of packets in s, counted as by [Cube.Count].
func (s Space) Count() Count {
	r := s.region()
	return r.Count()
}

// Cubes returns s as disjoint cubes in normal form, none of them empty. Equal
// spaces return equal lists.
func (s Space) Cubes() []Cube {
	if s.p != nil {
		if cubes, ok := fromOneSender(s.p.cubes); ok {
			return cubes
		}
	}
	r := s.region()
	return slices.Collect(r.Cubes())
}

// Witness returns the preferred packet of s, or false if s is empty.
func (s Space) Witness(want Preference) (Packet, bool) {
	if s.p != nil && s.p.cubes != nil {
		return natural(s.p.cubes, want)
	}
	r := s.region()
	return r.Witness(want)
}

// String returns the cubes of s, one a line, or "none".
func (s Space) String() string { return s.Folded(0) }

// Folded is String with at most limit cubes and limit items in each list. A
// limit below 1 means no limit.
func (s Space) Folded(limit int) string {
	f := folder{limit: limit, separator: "\n"}
	for _, c := range s.Cubes() {
		f.add(c.Folded(limit))
	}
	return f.String()
}

// region returns the space as boxes.
func (s Space) region() Region {
	var r Region
	for _, l := range s.layers() {
		if l != nil {
			r.parts = append(r.parts, regionPart{l.plane, l.plane.wholeWindow(), l.boxes()})
		}
	}
	return r
}

// layersOf unites cubes.
func layersOf(cubes []Cube) [2]*layer {
	u, numbers, err := newUniverse(cubes, nil, 1<<62)
	if err != nil { // ports alone can be too varied, and only in the tens of thousands
		half := len(cubes) / 2
		return SpaceOf(cubes[:half]...).Union(SpaceOf(cubes[half:]...)).layers()
	}
	var layers [2]*layer
	for f := range layers {
		p := u.plane(f)
		boxes := make([]box, len(numbers))
		for i, n := range numbers {
			boxes[i] = p.lift(n)
		}
		layers[f] = p.union(boxes)
	}
	return layers
}

// Permitted returns the packets that the policy permits. The error wraps
// [ErrTooFragmented].
func (p *Policy) Permitted() (Space, error) {
	var layers [2]*layer
	err := p.only(Canonical, func(m *meter) bool {
		for f, rs := range p.sets {
			var ok bool
			if layers[f], ok = rs.permitted(m); !ok {
				return false
			}
		}
		return true
	})
	if err != nil {
		return Space{}, err
	}
	return newSpace(layers), nil
}

// permitted returns the layer of what the rules permit.
func (rs *ruleset) permitted(m *meter) (*layer, bool) {
	c := rs.newColumns(m)
	all := box{full(rs.s.n), full(rs.d.n), full(rs.t.n)}
	leaves := newLeafTable(rs.plane)
	union := newBitmap(rs.d.n)
	tree, ok := c.build(&all, func(list bitmap) (int32, bool) {
		clear(union)
		ok := c.decide(list, all.d, func(rule int, hits []word) bool {
			if rule != NoRule && rs.rules[rule].permit {
				for _, w := range hits {
					union[w.at] |= w.bits
				}
			}
			return true
		})
		n, added := leaves.number(union)
		if added {
			c.held += len(union)
		}
		return int32(n), ok
	})
	if !ok {
		return nil, false
	}
	return rs.canonical(tree, leaves), true
}
