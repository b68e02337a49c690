package flow

import (
	"errors"
	"math/rand/v2"
	"net/netip"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// written is a set of the same ranges that knows of no atoms.
func written(s AddressSet) AddressSet {
	if s.IsEmpty() {
		return s
	}
	return newSet(*s.get(), provenance{})
}

// madeOf is the same set made of atoms, and not written out; the set itself if it is
// no union of them.
func madeOf(x *Atoms, s AddressSet) AddressSet {
	s, _ = x.Of(written(s))
	return s
}

// isUnion reports whether a set is a union of atoms.
func isUnion(x *Atoms, s AddressSet) bool {
	_, ok := x.Of(s)
	return ok
}

// drawForm is the same set by ranges, by ranges that are known to be a union of atoms,
// or made of atoms.
func drawForm(t *rapid.T, x *Atoms, s AddressSet) AddressSet {
	switch rapid.IntRange(0, 2).Draw(t, "form") {
	case 0:
		return written(s)
	case 1:
		s = written(s)
		isUnion(x, s)
		return s
	}
	return madeOf(x, s)
}

func mustAtoms(t interface {
	Helper()
	Fatal(...any)
}, sets ...AddressSet) *Atoms {
	t.Helper()
	x, err := NewAtoms(sets)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// drawUnion is a set of any of the atoms.
func drawUnion(t *rapid.T, x *Atoms) AddressSet {
	in := make(bitmap, x.words)
	for i, n := range x.pieces.of {
		if n > 0 && rapid.Bool().Draw(t, "atom") {
			in.set(i)
		}
	}
	return x.set(in)
}

// checkSame compares two sets by their ranges.
func checkSame(t *rapid.T, what string, got, want AddressSet) {
	t.Helper()
	if w := want.get(); !got.get().same(w.v4, w.v6, w.names) || got.IsEmpty() != want.IsEmpty() {
		t.Fatalf("%s is %v, want %v", what, got, want)
	}
}

// Whatever two sets are made of, ranges or atoms or those of another division, what is
// said and made of them is what it is of their ranges.
func checkForms(t *rapid.T) {
	x := mustAtoms(t, drawAddresses(t, "a"), drawAddresses(t, "b"), drawAddresses(t, "c"))
	y := mustAtoms(t, drawAddresses(t, "d"))
	draw := func(label string) (AddressSet, AddressSet) {
		s := drawUnion(t, x)
		switch rapid.IntRange(0, 5).Draw(t, label) {
		case 0:
			s = drawUnion(t, y)
		case 1:
			s = drawAddresses(t, label)
		}
		plain := written(s)
		if rapid.Bool().Draw(t, "other atoms") {
			s = drawForm(t, y, s)
		} else {
			s = drawForm(t, x, s)
		}
		return s, plain
	}
	a, plainA := draw("left")
	b, plainB := draw("right")
	if got, want := a.Overlaps(b), plainA.Overlaps(plainB); got != want {
		t.Fatalf("%v overlaps %v: %v", a, b, got)
	}
	if got, want := a.SubsetOf(b), plainA.SubsetOf(plainB); got != want {
		t.Fatalf("%v is a subset of %v: %v", a, b, got)
	}
	if got, want := a.Equal(b), plainA.Equal(plainB); got != want {
		t.Fatalf("%v equals %v: %v", a, b, got)
	}
	if got, want := a.Compare(b), plainA.Compare(plainB); got != want {
		t.Fatalf("%v and %v are in order %d, want %d", a, b, got, want)
	}
	if a.hash() != plainA.hash() {
		t.Fatalf("the hash of %v depends on its form", a)
	}
	if a.Count() != plainA.Count() {
		t.Fatalf("%v counts %v", plainA, a.Count())
	}
	v4, v6 := a.meets(b, true, true)
	plain4, plain6 := plainA.meets(plainB, true, true)
	for _, f := range families {
		if v4 != plain4 || v6 != plain6 || a.has(f) != plainA.has(f) || !slices.Equal(a.opaque(f), plainA.opaque(f)) {
			t.Fatalf("%v and %v: wrong in %v", a, b, f)
		}
		checkSame(t, "a family", a.Only(f), plainA.Only(f))
	}
	one, alone := a.single()
	if want, ok := plainA.single(); one != want || alone != ok {
		t.Fatalf("%v is the one address %v", plainA, one)
	}
	likeHost, _ := a.Natural()
	if want, _ := plainA.Natural(); likeHost != want {
		t.Fatalf("of %v, %v is natural, want %v", plainA, likeHost, want)
	}
	if !likeHost.IsValid() != a.IsEmpty() || a.Contains(likeHost) == a.IsEmpty() || b.Contains(likeHost) != plainB.Contains(likeHost) {
		t.Fatalf("%v or %v: wrong about %v", a, b, likeHost)
	}
	for _, limit := range []int{0, 1, 3} {
		if got, want := a.Folded(limit), plainA.Folded(limit); got != want {
			t.Fatalf("a set is written as %s, want %s", got, want)
		}
	}
	checkNotations(t, a)
	union, both, rest := a.Union(b), a.Intersect(b), a.Minus(b)
	var list AddressSetBuilder
	list.AddSet(a)
	list.AddSet(b)
	built := list.Set()
	checkSame(t, "the union", union, plainA.Union(plainB))
	checkSame(t, "the built union", built, plainA.Union(plainB))
	checkSame(t, "the intersection", both, plainA.Intersect(plainB))
	checkSame(t, "the difference", rest, plainA.Minus(plainB))
	is := func(s, o AddressSet) bool { // or the same set made of atoms, of which there is one
		taken := s
		if f := s.made(); f != nil {
			taken, _ = f.atoms.Of(o)
		}
		return s.p == o.p || s.p == taken.p && taken.Equal(o)
	}
	if both.Equal(a) && !is(both, a) && !is(both, b) || rest.Equal(a) && !is(rest, a) {
		t.Fatalf("%v is another set for nothing", a)
	}
	parts := []AddressSet{a, b.Minus(a)}
	c, plainC := draw("cut")
	division, want := NewDivision(parts).Cut(c), NewDivision([]AddressSet{plainA, plainB.Minus(plainA)}).Cut(plainC)
	if len(division) != len(want) {
		t.Fatalf("%v is cut into %v, want %v", c, division, want)
	}
	for i, p := range division {
		if p.Part != want[i].Part {
			t.Fatalf("%v is cut into %v, want %v", c, division, want)
		}
		checkSame(t, "a piece", p.Set, want[i].Set)
	}
}

func TestSetsOfAtomsAreThoseOfTheirRanges(t *testing.T) { rapid.Check(t, checkForms) }

func FuzzAtoms(f *testing.F) { f.Fuzz(rapid.MakeFuzz(checkForms)) }

// A set of very many ranges is found to be a union of atoms, or not to be one, whatever
// long runs of segments its ranges hold.
func TestLongListsAreUnionsOfAtoms(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 5))
		sets := []AddressSet{longSet(r, 300), longSet(r, 300), longSet(r, 3), nets("10.0.0.0/8")}
		x := mustAtoms(t, sets...)
		for _, s := range []AddressSet{AllIPv4(), sets[0].Union(sets[1]), AllIPv4().Minus(sets[2]), sets[3].Union(sets[0].Minus(sets[1]))} {
			if s = written(s); !isUnion(x, s) || !madeOf(x, s).Equal(written(s)) {
				t.Fatalf("seed %d: %v is no union of atoms", seed, s.Folded(5))
			}
		}
		for _, of := range []AddressSet{sets[0], sets[2], AllIPv4().Minus(sets[1]), AllIPv4().Minus(sets[2])} {
			form := madeOf(x, of).made()
			for _, s := range []AddressSet{AllIPv4(), longSet(r, 1), longSet(r, 5), nets("0.0.0.0/14"), nets("0.1.0.0/16", "0.8.0.0/13"), of, AllIPv4().Minus(of)} {
				if got, want := form.holds(IPv4, s, true), s.Overlaps(of); got != want {
					t.Fatalf("seed %d: %v is in %v: %v", seed, s.Folded(5), of.Folded(5), got)
				}
				if got, want := form.holds(IPv4, s, false), !s.SubsetOf(of); got != want {
					t.Fatalf("seed %d: %v is out of %v: %v", seed, s.Folded(5), of.Folded(5), got)
				}
			}
		}
		for _, s := range []AddressSet{nets("10.0.0.0/9"), Host(netip.MustParseAddr("10.1.2.3")), Opaque("A", IPv4), AllIPv4().Minus(nets("11.0.0.0/8"))} {
			if isUnion(x, s) {
				t.Fatalf("seed %d: %v is a union of atoms", seed, s.Folded(5))
			}
		}
	}
}

func TestRunsOfSegmentsHaveTheAtomsOfEach(t *testing.T) {
	var hosts []AddressSet
	for i := range 210 { // neighbours, so that each is a segment of an atom of its own
		hosts = append(hosts, Host(ip4(i).addr()))
	}
	x := mustAtoms(t, hosts...).v4
	for first := range 70 {
		for last := first; last < 200; last++ {
			got := newBitmap(x.axis.n)
			x.markSegments(first, last, got)
			run := []span[ip4]{{x.starts[first], x.last(last)}}
			for _, i := range []int{0, 63, 64, 127, 128, 191, 192, first, last, last + 1} {
				alone := newBitmap(x.axis.n)
				alone.set(int(x.class[i]))
				in := first <= i && i <= last
				if got.meets(alone) != in || x.holds(alone, run, nil, true) != in || x.holds(full(x.axis.n).without(alone), run, nil, false) != in {
					t.Fatalf("segment %d is in those from %d to %d: %v", i, first, last, !in)
				}
			}
			if got.count() != last-first+1 {
				t.Fatalf("segments %d to %d are %d atoms", first, last, got.count())
			}
		}
	}
}

func TestSetsOfAtomsComeInTheOrderOfTheirRanges(t *testing.T) {
	var each []AddressSet
	for _, a := range edgeAddresses {
		each = append(each, a.alone())
	}
	x := mustAtoms(t, each...)
	sets, made := make([]AddressSet, 1<<len(each)), make([]AddressSet, 1<<len(each))
	for i := range sets {
		sets[i] = edgeSet(i)
		made[i] = madeOf(x, sets[i])
	}
	for i, a := range sets {
		for j, b := range sets {
			if got, want := made[i].Compare(made[j]), a.Compare(b); got != want {
				t.Fatalf("%v and %v are in order %d, want %d", a, b, got, want)
			}
		}
	}
}

// What is computed of sets of ranges is a set of ranges, whatever else they are known to
// be: sets that two networks have in common bring no atoms from one to the other.
func TestSetsOfRangesMakeNoAtoms(t *testing.T) {
	a, b := nets("10.0.0.0/8", "192.0.2.0/24"), nets("10.0.0.0/16", "2001:db8::/32")
	x := mustAtoms(t, a, b)
	made, _ := x.Of(a)
	if !isUnion(x, a) || !isUnion(x, b) {
		t.Fatal("they are no unions")
	}
	var list AddressSetBuilder
	list.AddSet(a)
	list.AddSet(b)
	for what, s := range map[string]AddressSet{
		"union": a.Union(b), "intersection": a.Intersect(b), "difference": a.Minus(b), "a family": b.Only(IPv4), "built": list.Set(), "itself": a,
	} {
		if s.made() != nil {
			t.Errorf("%s: %v is made of atoms", what, s)
		}
	}
	for what, s := range map[string]AddressSet{
		"union": made.Union(b), "intersection": b.Intersect(made), "difference": a.Minus(made.Intersect(b)), "a family": made.Union(b).Only(IPv4),
	} {
		if s.made() == nil {
			t.Errorf("%s: %v is made of ranges", what, s)
		}
	}
}

// A point that is in no atom does not make up for one that an atom has besides.
func TestPointsOfOneAtomAreNotApart(t *testing.T) {
	a4, b4, a6 := Opaque("A", IPv4), Opaque("B", IPv4), Opaque("A", IPv6)
	x := mustAtoms(t, a4.Union(b4))
	for _, row := range []struct {
		set   AddressSet
		union bool
	}{
		{a4.Union(b4), true}, {a4.Union(b4).Union(AllIPv6()), true},
		{a4, false}, {a6, false}, {a4.Union(a6), false}, {a4.Union(b4).Union(a6), false}, {a4.Union(Opaque("C", IPv4)), false},
	} {
		if got := isUnion(x, row.set); got != row.union {
			t.Errorf("%v is a union of atoms: %v", row.set, got)
		}
	}
}

func TestTooManyAtomsAreRefused(t *testing.T) {
	var hosts []AddressSet
	for i := range maxAtoms + 1 {
		hosts = append(hosts, Host(ip4(2*i).addr()))
	}
	if _, err := NewAtoms(hosts); !errors.Is(err, ErrTooFragmented) {
		t.Errorf("%d hosts: %v", len(hosts), err)
	}
	if x, err := NewAtoms(hosts[:100]); err != nil || x.Len() != 102 {
		t.Errorf("100 hosts are %d atoms (%v), want those, what is between them and IPv6", x.Len(), err)
	}
	var none *Atoms
	if isUnion(none, AllIPv4()) || none.Len() != 0 {
		t.Error("no atoms have a union")
	}
}

// Sets are read, written out and treated as unions of two divisions by all at once.
func TestSetsOfAtomsAreSharedByMany(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 6))
	a, b := longSet(r, 200), longSet(r, 200)
	x, y := mustAtoms(t, a, b), mustAtoms(t, a, b, longSet(r, 10))
	want := written(a).Minus(written(b))
	for range 20 {
		made, ranges := madeOf(x, a), written(b)
		var wait sync.WaitGroup
		for i := range 8 {
			wait.Go(func() {
				if i%2 == 0 {
					y.Of(made)
					y.Of(ranges)
				}
				rest := made.Minus(ranges)
				if !rest.Equal(want) || rest.hash() != want.hash() || rest.String() != want.String() || made.String() != a.String() {
					t.Errorf("the difference is %v, want %v", rest.Folded(5), want.Folded(5))
				}
			})
		}
		wait.Wait()
	}
}

// A set made of other atoms, as another network has them, is taken like any other.
func TestSetsOfOtherAtomsAreTaken(t *testing.T) {
	x, y := mustAtoms(t, nets("10.0.0.0/8")), mustAtoms(t, nets("10.0.0.0/8"), nets("10.0.0.0/16"))
	for _, set := range []AddressSet{nets("10.0.0.0/8"), AllIPv4().Minus(nets("10.0.0.0/8"))} {
		made, ok := y.Of(madeOf(x, set))
		if !ok || made.made().atoms != y {
			t.Errorf("%v is still of the atoms it was made of", made)
		}
		checkForm(t, made, set)
	}
	fine := madeOf(y, nets("10.0.0.0/16"))
	same, ok := x.Of(fine)
	if ok || same.p != fine.p {
		t.Errorf("%v is no union of the coarser atoms", fine)
	}
	checkForm(t, same, nets("10.0.0.0/16"))
}

func checkForm(t *testing.T, got, want AddressSet) {
	t.Helper()
	if w := want.get(); !got.get().same(w.v4, w.v6, w.names) {
		t.Errorf("%v, want %v", got, want)
	}
}
