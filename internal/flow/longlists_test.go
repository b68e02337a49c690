package flow

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"
)

// Small universes do not reach what is done for lists of very many ranges; these
// tests do, against operations that go another way.

// longSet has so many ranges of random places and lengths.
func longSet(r *rand.Rand, ranges int) AddressSet {
	var b AddressSetBuilder
	for range ranges {
		lo := ip4(r.Uint32N(1 << 20))
		b.AddRange(lo.addr(), (lo + ip4(r.Uint32N(1<<9))).addr())
	}
	return b.Set()
}

func TestDivisionCutsLongLists(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 1))
		a := longSet(r, 5)
		parts := []AddressSet{a, longSet(r, 5).Minus(a), nets("10.0.0.0/8")}
		d := NewDivision(parts)
		for _, s := range []AddressSet{longSet(r, 1000), a.Minus(longSet(r, 300)), nets("0.0.0.0/0"), {}} {
			left := map[int]bool{0: true, 1: true, 2: true}
			for _, p := range d.Cut(s) {
				if want := s.Intersect(parts[p.Part]); !p.Set.Equal(want) {
					t.Fatalf("seed %d: part %d is %v, want %v", seed, p.Part, p.Set.Folded(5), want.Folded(5))
				}
				delete(left, p.Part)
			}
			for part := range left {
				if s.Overlaps(parts[part]) {
					t.Fatalf("seed %d: part %d is missing", seed, part)
				}
			}
		}
	}
}

func TestBuilderUnitesLists(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 2))
		for _, n := range []int{1, 2, 3, 7, maxRuns, maxRuns + 1, 2 * maxRuns} {
			var b AddressSetBuilder
			var want AddressSet
			for range n {
				s := longSet(r, 1+r.IntN(50))
				b.AddSet(s)
				want = want.Union(s)
			}
			if got := b.Set(); !got.Equal(want) {
				t.Fatalf("seed %d: %d lists are %v, want %v", seed, n, got.Folded(5), want.Folded(5))
			}
		}
	}
}

// The addresses of some classes are those of each of them, in any frame.
func TestClassesOfLongListsAreWrittenInAnyFrame(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 3))
		sets := []AddressSet{longSet(r, 400), longSet(r, 400), longSet(r, 3), nets("10.0.0.0/8")}
		var atoms *Atoms
		switch seed % 3 {
		case 0: // with an index under it
			index := NewTagIndex([]string{"a", "b"}, sets[:2])
			sets[0], sets[1] = index.Set(0), index.Set(1)
		case 1: // by atoms
			atoms = mustAtoms(t, append(sets, longSet(r, 30))...)
		}
		x, err := cutAxis[ip4](sets, atoms, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		b := newBitmap(x.n)
		var want AddressSet
		for class := range x.n {
			if r.IntN(2) == 0 {
				b.set(class)
				want = want.Union(inAll(sets, x, class))
			}
		}
		for _, frame := range []AddressSet{nets("0.0.0.0/0"), longSet(r, 500), longSet(r, 3), Host(netip.MustParseAddr("0.0.0.77"))} {
			if got := x.set(b, &frame); !got.Equal(want.Intersect(frame)) {
				t.Fatalf("seed %d: %v, want %v", seed, got.Folded(5), want.Intersect(frame).Folded(5))
			}
		}
		if got := x.set(b, nil); !got.Equal(want) {
			t.Fatalf("seed %d, without a frame: %v, want %v", seed, got.Folded(5), want.Folded(5))
		}
	}
}

// Which rules meet is known where the sets of a side have more classes than fit into
// one word, by one worker and by two, and which of them come first where they are few
// among all.
func TestRulesThatMeetHaveACommonClass(t *testing.T) {
	for seed := range uint64(5) {
		r := rand.New(rand.NewPCG(seed, 4))
		var rules []Rule
		for range 100 {
			c := AnyCube()
			c.Source, c.Destination = longSet(r, 20), longSet(r, 20)
			rules = append(rules, Rule{c, true})
		}
		rs := mustPolicy(t, rules).sets[0]
		if seed%3 == 0 { // with what another question derived, and without
			rs.rows()
		}
		without := rs.meetingSome([]int32{3, 5})
		index := rs.index(1 + int(seed)%2)
		if with := rs.meetingSome([]int32{3, 5}); !slices.EqualFunc(with, without, bitmap.equal) {
			t.Fatalf("seed %d: with an index %x meet rules 3 and 5, without %x", seed, with, without)
		}
		met := 0
		for i := range rules {
			meeting := newBitmap(len(rules))
			index.overlapping(i, meeting)
			for j := range rules {
				if want := rules[i].Match.Overlaps(rules[j].Match); meeting.has(j) != want {
					t.Fatalf("seed %d: rules %d and %d meet: %v, want %v", seed, i, j, meeting.has(j), want)
				}
			}
			met += meeting.count()
			var before []int32
			for _, j := range index.broad {
				if int(j) < i && meeting.has(int(j)) {
					before = append(before, j)
				}
			}
			if got := index.broadBefore(i, meeting, nil); !slices.Equal(got, before) {
				t.Fatalf("seed %d: rules %v come before rule %d, want %v", seed, got, i, before)
			}
		}
		if met < 2*len(rules) || met > len(rules)*len(rules)/2 {
			t.Errorf("seed %d: %d pairs meet", seed, met)
		}
	}
}

// A class has as many addresses with an index under the field as without.
func TestClassesOverAnIndexAreMeasured(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 5))
		index := NewTagIndex([]string{"a", "b", "c"}, []AddressSet{longSet(r, 50), longSet(r, 50), nets("2001:db8::/33", "2001:db8:8000::/48")})
		sets := []AddressSet{index.Set(0), index.Set(1), index.Set(2), longSet(r, 5), nets("2001:db8:7000::/36", "2001:db8:8000:1::/64"), Opaque("point", IPv4)}
		for _, f := range families {
			x, err := cutFamily(f, sets, nil, 1<<20)
			if err != nil {
				t.Fatal(err)
			}
			over, flat := x.measure(x.n), x.flat().measure(x.n)
			if !slices.Equal(over.short, flat.short) || !slices.Equal(over.long, flat.long) {
				t.Fatalf("seed %d, %v: %v, want %v", seed, f, over, flat)
			}
		}
	}
}

// The natural address of some classes is that of their addresses, within a frame and
// without, with an index under the field and without, however often it is asked for.
func TestNaturalAddressOfClasses(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 6))
		index := NewTagIndex([]string{"a", "b"}, []AddressSet{longSet(r, 50), longSet(r, 50)})
		sets := []AddressSet{index.Set(0), index.Set(1), longSet(r, 5), longSet(r, 5)}
		if seed%2 == 0 {
			sets[0], sets[1] = sets[0].forgetIndex(), sets[1].forgetIndex()
		}
		x, err := cutFamily(IPv4, sets, nil, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		all := nets("0.0.0.0/0")
		whole := newBitmap(x.n)
		if x.touch(whole, all); whole.count() != x.n {
			t.Fatalf("seed %d: all addresses touch %d classes of %d", seed, whole.count(), x.n)
		}
		for range 20 {
			b := newBitmap(x.n)
			class := 1 + r.IntN(x.n-1)
			b.set(class)
			in := inAll(sets, x, class)
			for _, frame := range []AddressSet{all, longSet(r, 100)} {
				want, found := in.Intersect(frame).Natural()
				if got, _, ok := x.natural(b, &frame, !frame.Equal(all), nil); ok != found || got != want {
					t.Fatalf("seed %d: %v (%v), want %v (%v)", seed, got, ok, want, found)
				}
			}
		}
	}
}

// inAll is the addresses in just those of the sets that hold a class.
func inAll(sets []AddressSet, x *axis, class int) AddressSet {
	all := AllIPv4()
	for i, s := range sets {
		if x.of[i].has(class) {
			all = all.Intersect(s)
		} else {
			all = all.Minus(s)
		}
	}
	return all
}
