package flow

// Space is an exact set of packets. It is immutable; the zero value is the
// empty set. Compare spaces with [Space.Equal].
type Space struct{ cubes []Cube } // disjoint, none empty

// SpaceOf returns the packets that are in at least one of the cubes.
func SpaceOf(cubes ...Cube) Space {
	var out []Cube
	for _, c := range cubes {
		out = append(out, subtract([]Cube{c.Normal()}, out)...)
	}
	return Space{out}
}

func subtract(from, cubes []Cube) []Cube {
	for _, d := range cubes {
		var rest []Cube
		for _, c := range from {
			rest = append(rest, c.Minus(d)...)
		}
		from = rest
	}
	var out []Cube
	for _, c := range from {
		if !c.IsEmpty() {
			out = append(out, c)
		}
	}
	return out
}

// Union returns the packets that are in s, in o or in both.
func (s Space) Union(o Space) Space {
	return Space{append(s.cubes[:len(s.cubes):len(s.cubes)], subtract(o.cubes, s.cubes)...)}
}

// Intersect returns the packets that are in both s and o.
func (s Space) Intersect(o Space) Space {
	var out []Cube
	for _, c := range s.cubes {
		for _, d := range o.cubes {
			if both := c.Intersect(d); !both.IsEmpty() {
				out = append(out, both)
			}
		}
	}
	return Space{out}
}

// Minus returns the packets that are in s and not in o.
func (s Space) Minus(o Space) Space { return Space{subtract(s.cubes, o.cubes)} }

// IsEmpty reports whether s holds no packet.
func (s Space) IsEmpty() bool { return len(s.cubes) == 0 }

// Equal reports whether s and o hold the same packets.
func (s Space) Equal(o Space) bool { return s.SubsetOf(o) && o.SubsetOf(s) }

// SubsetOf reports whether every packet of s is in o.
func (s Space) SubsetOf(o Space) bool { return s.Minus(o).IsEmpty() }

// Overlaps reports whether s and o have a packet in common.
func (s Space) Overlaps(o Space) bool { return !s.Intersect(o).IsEmpty() }

// Contains reports whether p is in s.
func (s Space) Contains(p Packet) bool {
	for _, c := range s.cubes {
		if c.Contains(p) {
			return true
		}
	}
	return false
}

// Count returns the number of packets in s, counted as by [Cube.Count].
func (s Space) Count() Count {
	var n Count
	for _, c := range s.cubes {
		n = n.Add(c.Count())
	}
	return n
}

// Cubes returns s as disjoint cubes in normal form, in a fixed order.
func (s Space) Cubes() []Cube { return append([]Cube(nil), s.cubes...) }

// Witness returns the preferred packet of s, or false if s is empty.
func (s Space) Witness(want Preference) (Packet, bool) { return natural(s.cubes, want) }

// String returns the cubes of s, one a line, or "none".
func (s Space) String() string { return s.Folded(0) }

// Folded is String with at most limit cubes and limit items in each list. A
// limit below 1 means no limit.
func (s Space) Folded(limit int) string {
	f := folder{limit: limit, separator: "\n"}
	for _, c := range s.cubes {
		f.add(c.Folded(limit))
	}
	return f.String()
}
