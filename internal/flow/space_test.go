package flow

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestSpaceAlgebraAgreesWithTheTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawCubes(t, 4), drawCubes(t, 4)
		s, o := SpaceOf(a...), SpaceOf(b...)
		in := func(cubes []Cube, p Packet) bool {
			return slices.ContainsFunc(cubes, func(c Cube) bool { return c.Contains(p) })
		}
		union, both, rest := s.Union(o), s.Intersect(o), s.Minus(o)
		for _, p := range worldPackets {
			inA, inB := in(a, p), in(b, p)
			if s.Contains(p) != inA || union.Contains(p) != (inA || inB) || both.Contains(p) != (inA && inB) || rest.Contains(p) != (inA && !inB) {
				t.Fatalf("%v: in a %v, in b %v, but %v, %v, %v, %v", p, inA, inB, s.Contains(p), union.Contains(p), both.Contains(p), rest.Contains(p))
			}
		}
	})
}

func TestSpaceCountsAndRelationsAgreeWithTheTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawCubes(t, 4), drawCubes(t, 4)
		s, o := SpaceOf(a...), SpaceOf(b...)
		onlyA, onlyB := countCubes(cutAway(a, b)), countCubes(cutAway(b, a))
		both := countCubes(a).Sub(onlyA)
		for _, row := range []struct {
			what      string
			got, want any
		}{
			{"count", s.Count(), countCubes(a)},
			{"count of the union", s.Union(o).Count(), onlyA.Add(onlyB).Add(both)},
			{"count of the intersection", s.Intersect(o).Count(), both},
			{"count of the difference", s.Minus(o).Count(), onlyA},
			{"empty", s.IsEmpty(), countCubes(a).IsZero()},
			{"equal", s.Equal(o), onlyA.IsZero() && onlyB.IsZero()},
			{"subset", s.SubsetOf(o), onlyA.IsZero()},
			{"overlap", s.Overlaps(o), !both.IsZero()},
		} {
			if row.got != row.want {
				t.Fatalf("%s: %v, want %v", row.what, row.got, row.want)
			}
		}
	})
}

// What has one set of sources is written as by way of the canonical form, cube for
// cube.
func TestSpaceFromOneSenderIsWrittenCanonically(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cubes := drawCubes(t, 4)
		family := rapid.SampledFrom([]Family{0, IPv4, IPv6}).Draw(t, "family")
		for i := range cubes {
			cubes[i].Source = cubes[0].Source
			if family != 0 {
				cubes[i].Destination = cubes[i].Destination.Only(family)
			}
		}
		s := SpaceOf(cubes...)
		if got, want := s.Cubes(), newSpace(s.layers()).Cubes(); !slices.EqualFunc(got, want, sameCube) {
			t.Fatalf("%v, want %v", got, want)
		}
	})
}

// sameCube reports whether cubes are the same field by field.
func sameCube(a, b Cube) bool {
	return a.Source.Equal(b.Source) && a.Destination.Equal(b.Destination) && a.Protocols == b.Protocols &&
		a.SourcePorts.Equal(b.SourcePorts) && a.DestinationPorts.Equal(b.DestinationPorts)
}

// A space with itself: what is the same in memory is not looked at.
func TestSpaceWithItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := SpaceOf(drawCubes(t, 3)...)
		if !s.Union(s).Equal(s) || !s.Intersect(s).Equal(s) || !s.Minus(s).IsEmpty() || !s.Equal(s) {
			t.Fatalf("%v: or %v, and %v, without %v", s, s.Union(s), s.Intersect(s), s.Minus(s))
		}
	})
}

// Equal spaces are written alike, however they came about.
func TestSpaceIsCanonical(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawCubes(t, 3), drawCubes(t, 3)
		s := SpaceOf(slices.Concat(a, b)...)
		slices.Reverse(a)
		ways := []Space{
			SpaceOf(b...).Union(SpaceOf(a...)),
			s.Minus(SpaceOf(a...)).Union(SpaceOf(a...)),
			SpaceOf(s.Cubes()...),
			s.Intersect(s.Union(SpaceOf(AnyOfWorld()))),
			SpaceOf(AnyOfWorld()).Minus(SpaceOf(AnyOfWorld()).Minus(s)),
		}
		for i, o := range ways {
			if !s.Equal(o) || !o.Equal(s) || s.String() != o.String() {
				t.Fatalf("way %d:\n%v\nwant\n%v", i, o, s)
			}
		}
		cubes := s.Cubes()
		for i, c := range cubes {
			if c.IsEmpty() || !c.Equal(c.Normal()) {
				t.Fatalf("%v is not normal", c)
			}
			for _, d := range cubes[:i] {
				if c.Overlaps(d) {
					t.Fatalf("%v overlaps %v", c, d)
				}
			}
		}
	})
}

func TestSpaceNotation(t *testing.T) {
	if got := (Space{}).String(); got != "none" {
		t.Errorf("the empty space is %q", got)
	}
	web := Cube{nets("10.0.0.0/24"), nets("10.1.0.0/24"), Protocols(TCP), AllPorts(), Ports(443)}
	ping := Cube{nets("10.0.0.0/24"), nets("10.1.0.0/24"), Protocols(ICMP), AllPorts(), AllPorts()}
	s := SpaceOf(web, ping)
	if got, want := s.String(), "tcp 10.0.0.0/24 -> 10.1.0.0/24 port 443\nicmp 10.0.0.0/24 -> 10.1.0.0/24"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := s.Folded(1), "tcp 10.0.0.0/24 -> 10.1.0.0/24 port 443 and 1 more"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := SpaceOf(AnyCube()).String(), "* 0.0.0.0/0 -> 0.0.0.0/0\n* ::/0 -> ::/0"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestWitnessIsNatural(t *testing.T) {
	web := func(from, to AddressSet) Cube {
		return Cube{from, to, Protocols(TCP), AllPorts(), Ports(443, 8443)}
	}
	for _, row := range []struct {
		what  string
		cubes []Cube
		want  Preference
		out   string
	}{
		{"the first usable host and the ephemeral port", []Cube{web(nets("10.0.0.0/24"), nets("10.1.0.0/28"))},
			Preference{}, "tcp 10.0.0.4:49152 -> 10.1.0.4:443"},
		{"what is left of a subnet", []Cube{web(nets("10.0.0.2/31"), nets("10.1.0.15/32"))},
			Preference{}, "tcp 10.0.0.2:49152 -> 10.1.0.15:443"},
		{"no host lives in 0.0.0.0/8", []Cube{web(AllIPv4(), nets("10.1.0.0/24"))},
			Preference{}, "tcp 1.0.0.4:49152 -> 10.1.0.4:443"},
		{"IPv4 before IPv6", []Cube{web(nets("2001:db8::/64"), nets("2001:db8:1::/64")), web(nets("10.0.0.0/24"), nets("10.1.0.0/24"))},
			Preference{}, "tcp 10.0.0.4:49152 -> 10.1.0.4:443"},
		{"IPv6", []Cube{web(nets("2001:db8::/64"), AllAddresses())},
			Preference{}, "tcp [2001:db8::4]:49152 -> [2000::4]:443"},
		{"an opaque point last", []Cube{web(Opaque("Storage", IPv4), nets("10.1.0.0/24")), web(nets("2001:db8::/64"), nets("2001:db8:1::/64"))},
			Preference{}, "tcp [2001:db8::4]:49152 -> [2001:db8:1::4]:443"},
		{"an opaque point alone", []Cube{web(Opaque("Storage", IPv4), nets("10.1.0.0/24"))},
			Preference{}, "tcp Storage:49152 -> 10.1.0.4:443"},
		{"a wanted source", []Cube{web(nets("10.0.0.0/16"), nets("10.1.0.0/24"))},
			Preference{Sources: []AddressSet{nets("172.16.0.0/12"), nets("10.0.7.0/24"), nets("10.0.1.0/24")}}, "tcp 10.0.7.4:49152 -> 10.1.0.4:443"},
		{"a wanted port", []Cube{web(nets("10.0.0.0/16"), nets("10.1.0.0/24"))},
			Preference{DestinationPorts: []PortSet{Ports(22), Ports(8443)}}, "tcp 10.0.0.4:49152 -> 10.1.0.4:8443"},
		{"any port", []Cube{{nets("10.0.0.0/16"), nets("10.1.0.0/24"), AllProtocols(), AllPorts(), AllPorts()}},
			Preference{}, "tcp 10.0.0.4:49152 -> 10.1.0.4:443"},
		{"a wanted protocol", []Cube{{nets("10.0.0.0/16"), nets("10.1.0.0/24"), AllProtocols(), AllPorts(), AllPorts()}},
			Preference{Protocols: []uint8{ICMP}}, "icmp 10.0.0.4 -> 10.1.0.4"},
		{"a low source port", []Cube{{nets("10.0.0.0/16"), nets("10.1.0.0/24"), Protocols(UDP), Ports(0, 53, 1024), PortRange(0, 9)}},
			Preference{}, "udp 10.0.0.4:1024 -> 10.1.0.4:1"},
	} {
		p, ok := SpaceOf(row.cubes...).Witness(row.want)
		if !ok || p.String() != row.out {
			t.Errorf("%s: %v, want %s", row.what, p, row.out)
		}
		if twin, _ := natural(row.cubes, row.want); twin != p {
			t.Errorf("%s: %v by cubes, %v by classes", row.what, twin, p)
		}
	}
	if p, ok := (Space{}).Witness(Preference{}); ok || p != (Packet{}) {
		t.Errorf("the empty space has %v", p)
	}
}

// The witness depends on the set alone.
func TestWitnessDoesNotDependOnTheForm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cubes := drawCubes(t, 4)
		want := Preference{}
		if rapid.Bool().Draw(t, "wanted") {
			want = drawCube(t).Preference()
		}
		twin, found := natural(cubes, want)
		p, ok := newSpace(SpaceOf(cubes...).layers()).Witness(want)
		if p != twin || ok != found {
			t.Fatalf("%v (%v) by classes, %v (%v) by cubes", p, ok, twin, found)
		}
		if ok && !slices.ContainsFunc(cubes, func(c Cube) bool { return c.Contains(p) }) {
			t.Fatalf("%v is not in the space", p)
		}
	})
}

func FuzzSpace(f *testing.F) {
	f.Fuzz(rapid.MakeFuzz(func(t *rapid.T) {
		a, b := SpaceOf(drawCubes(t, 4)...), SpaceOf(drawCubes(t, 4)...)
		both, rest := a.Intersect(b), a.Minus(b)
		if !both.Union(rest).Equal(a) || both.Overlaps(rest) || both.Count().Add(rest.Count()) != a.Count() {
			t.Fatalf("%v\nand\n%v\ndo not divide", a, b)
		}
	}))
}
