package flow

import (
	"math/big"
	"net/netip"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// edgeAddresses is a universe at the ends of each family, with neighbours and
// gaps, and opaque points of both families under one name.
var edgeAddresses = []Address{
	AddressOf(ip("0.0.0.0")), AddressOf(ip("0.0.0.1")), AddressOf(ip("0.0.0.3")), AddressOf(ip("255.255.255.255")),
	AddressOf(ip("::")), AddressOf(ip("ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe")), AddressOf(ip("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")),
	OpaqueAddress("Sql", IPv4), OpaqueAddress("Sql", IPv6),
}

func edgeSet(pattern int) AddressSet {
	var b AddressSetBuilder
	for i, a := range edgeAddresses {
		if pattern>>i&1 != 0 {
			b.Add(a)
		}
	}
	return b.Set()
}

func edgePattern(s AddressSet) int {
	pattern := 0
	for i, a := range edgeAddresses {
		if s.Contains(a) {
			pattern |= 1 << i
		}
	}
	return pattern
}

// edgeOrder is the order of two patterns: the first address of one of them alone comes
// first, and the opaque points of a family follow its addresses.
func edgeOrder(a, b int) int {
	for _, i := range []int{0, 1, 2, 3, 7, 4, 5, 6, 8} {
		if d := a>>i&1 - b>>i&1; d != 0 {
			return -d
		}
	}
	return 0
}

func TestAddressSetAlgebraOnEveryPairOfASmallUniverse(t *testing.T) {
	n := 1 << len(edgeAddresses)
	sets := make([]AddressSet, n)
	for i := range sets {
		sets[i] = edgeSet(i)
		if got := edgePattern(sets[i]); got != i {
			t.Fatalf("pattern %b holds %b", i, got)
		}
		if (i == 0) != sets[i].IsEmpty() {
			t.Fatalf("pattern %b: empty %v", i, sets[i].IsEmpty())
		}
	}
	for i, a := range sets {
		for j, b := range sets {
			if order := a.Compare(b); order != edgeOrder(i, j) {
				t.Fatalf("%v and %v are in order %d", a, b, order)
			}
			if got := edgePattern(a.Union(b)); got != i|j {
				t.Fatalf("%v or %v holds %b", a, b, got)
			}
			if got := edgePattern(a.Intersect(b)); got != i&j {
				t.Fatalf("%v and %v holds %b", a, b, got)
			}
			if got := edgePattern(a.Minus(b)); got != i&^j {
				t.Fatalf("%v without %v holds %b", a, b, got)
			}
			if a.Equal(b) != (i == j) || a.SubsetOf(b) != (i&^j == 0) || a.Overlaps(b) != (i&j != 0) {
				t.Fatalf("%v and %v: equal %v, subset %v, overlap %v", a, b, a.Equal(b), a.SubsetOf(b), a.Overlaps(b))
			}
			if !a.Union(b).Equal(sets[i|j]) || !a.Intersect(b).Equal(sets[i&j]) || !a.Minus(b).Equal(sets[i&^j]) {
				t.Fatalf("results on %v and %v are not canonical", a, b)
			}
		}
	}
}

// drawAddresses returns a set of random prefixes and ranges close to each
// other, so that they overlap and touch.
func drawAddresses(t *rapid.T, label string) AddressSet {
	var b AddressSetBuilder
	for range rapid.IntRange(0, 5).Draw(t, label) {
		switch rapid.IntRange(0, 4).Draw(t, "kind") {
		case 0:
			lo, hi := rapid.Uint32Range(0, 70).Draw(t, "lo"), rapid.Uint32Range(0, 70).Draw(t, "hi")
			if lo <= hi {
				b.AddRange(ip4(lo).addr(), ip4(hi).addr())
			}
		case 1:
			b.AddPrefix(netip.PrefixFrom(ip4(rapid.Uint32().Draw(t, "address")).addr(), rapid.IntRange(0, 32).Draw(t, "bits")))
		case 2:
			a := ip6{rapid.Uint64Range(0, 2).Draw(t, "hi"), rapid.Uint64().Draw(t, "lo")}
			b.AddPrefix(netip.PrefixFrom(a.addr(), rapid.IntRange(0, 128).Draw(t, "bits")))
		case 3:
			lo, hi := rapid.Uint64Range(0, 70).Draw(t, "lo"), rapid.Uint64Range(0, 70).Draw(t, "hi")
			b.AddRange(ip6{0, lo}.addr(), ip6{1, hi}.addr())
		default:
			b.Add(OpaqueAddress(rapid.SampledFrom([]string{"A", "B"}).Draw(t, "name"), rapid.SampledFrom(families[:]).Draw(t, "family")))
		}
	}
	return b.Set()
}

func TestAddressSetLaws(t *testing.T) {
	all := AllAddresses()
	for _, name := range []string{"A", "B"} {
		for _, f := range families {
			all = all.Union(Opaque(name, f))
		}
	}
	not := all.Minus
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := drawAddresses(t, "a"), drawAddresses(t, "b"), drawAddresses(t, "c")
		equal := func(law string, x, y AddressSet) {
			if !x.Equal(y) {
				t.Fatalf("%s: %v is not %v", law, x, y)
			}
		}
		equal("or commutes", a.Union(b), b.Union(a))
		equal("and commutes", a.Intersect(b), b.Intersect(a))
		equal("or associates", a.Union(b).Union(c), a.Union(b.Union(c)))
		equal("and associates", a.Intersect(b).Intersect(c), a.Intersect(b.Intersect(c)))
		equal("and distributes", a.Intersect(b.Union(c)), a.Intersect(b).Union(a.Intersect(c)))
		equal("de Morgan", not(a.Union(b)), not(a).Intersect(not(b)))
		equal("minus is and not", a.Minus(b), a.Intersect(not(b)))
		equal("double complement", not(not(a)), a)
		equal("halves", a.Only(IPv4).Union(a.Only(IPv6)), a)
		sum := a.Minus(b).Count().Add(a.Intersect(b).Count())
		if sum != a.Count() {
			t.Fatalf("%v counts %v, its parts %v", a, a.Count(), sum)
		}
		checkNotations(t, a)
	})
}

// checkNotations compares a set with its ranges, prefixes and names.
func checkNotations(t *rapid.T, s AddressSet) {
	points := Points()
	for f := range families {
		for _, name := range s.get().names[f] {
			points = points.Union(Opaque(name, families[f]))
		}
	}
	var ranges AddressSetBuilder
	for lo, hi := range s.Ranges() {
		ranges.AddRange(lo, hi)
	}
	if got := ranges.Set().Union(points); !got.Equal(s) {
		t.Fatalf("the ranges of %v are %v", s, got)
	}
	prefixes := slices.Collect(s.Prefixes())
	if got := AddressSetOf(prefixes...).Union(points); !got.Equal(s) {
		t.Fatalf("the prefixes of %v are %v", s, got)
	}
	for i := 1; i < len(prefixes); i++ {
		p, q := prefixes[i-1], prefixes[i]
		if p.Overlaps(q) || p.Addr().Compare(q.Addr()) >= 0 {
			t.Fatalf("%v and %v are out of order", p, q)
		}
		if p.Bits() == q.Bits() && p.Bits() > 0 {
			if up, _ := q.Addr().Prefix(q.Bits() - 1); up.Contains(p.Addr()) {
				t.Fatalf("%v and %v could be %v", p, q, up)
			}
		}
	}
}

func TestAddressSetNotation(t *testing.T) {
	for _, row := range []struct {
		set  AddressSet
		want string
	}{
		{AddressSet{}, "none"},
		{AllAddresses(), "*"},
		{AllIPv4(), "0.0.0.0/0"},
		{AllIPv6(), "::/0"},
		{nets("10.0.0.4/32", "10.0.1.0/24"), "10.0.0.4, 10.0.1.0/24"},
		{nets("10.0.0.5/24"), "10.0.0.0/24"},
		{nets("2001:db8::/32", "10.0.0.0/8"), "10.0.0.0/8, 2001:db8::/32"},
		{AllAddresses().Union(Opaque("Storage", IPv4)), "*, Storage"},
		{Opaque("Sql", IPv6).Union(Opaque("Sql", IPv4)), "Sql"},
		{Range(ip("10.0.0.1"), ip("10.0.0.4")), "10.0.0.1, 10.0.0.2/31, 10.0.0.4"},
		{nets("::ffff:10.0.0.0/120"), "::ffff:10.0.0.0/120"},
		{Host(ip("::ffff:10.0.0.1")), "::ffff:10.0.0.1"},
		{Range(ip("::"), ip("::ffff:255.255.255.255")), "::/80"},
		{Host(ip("fe80::1%eth0")), "fe80::1"},
	} {
		if got := row.set.String(); got != row.want {
			t.Errorf("%s, want %s", got, row.want)
		}
	}
	list := nets("10.0.0.1/32", "10.0.0.3/32", "10.0.0.5/32", "10.0.0.7/32")
	if got, want := list.Folded(2), "10.0.0.1, 10.0.0.3 and 2 more"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestAddressSetCounts(t *testing.T) {
	two := func(n uint) string { return new(big.Int).Lsh(big.NewInt(1), n).String() }
	for _, row := range []struct {
		set  AddressSet
		want string
	}{
		{AddressSet{}, "0"},
		{AllIPv4(), two(32)},
		{AllIPv6(), two(128)},
		{nets("2001:db8::/64"), two(64)},
		{nets("10.0.0.0/24").Union(Opaque("A", IPv4)), "257"},
	} {
		if got := row.set.Count().String(); got != row.want {
			t.Errorf("%v counts %s, want %s", row.set, got, row.want)
		}
	}
}

// An opaque point is no numeric address: it is in no prefix, and two points
// are the same exactly if name and family are.
func TestOpaquePointsStandApart(t *testing.T) {
	storage := Opaque("Storage", IPv4)
	for _, row := range []struct {
		what string
		is   bool
	}{
		{"all addresses hold an opaque point", AllAddresses().Overlaps(storage)},
		{"points of one name in two families are the same", storage.Overlaps(Opaque("Storage", IPv6))},
		{"points of two names are the same", storage.Overlaps(Opaque("Sql", IPv4))},
		{"a point equals another of its name", !storage.Equal(Opaque("Storage", IPv4))},
		{"a point has another family too", storage.has(IPv6)},
	} {
		if row.is {
			t.Errorf("wrongly, %s", row.what)
		}
	}
}

func TestProgrammingErrorsPanic(t *testing.T) {
	for name, f := range map[string]func(){
		"no address":     func() { AddressOf(netip.Addr{}) },
		"no prefix":      func() { Prefix(netip.Prefix{}) },
		"no name":        func() { Opaque("", IPv4) },
		"no family":      func() { Opaque("A", Family(5)) },
		"zero Address":   func() { Points(Address{}) },
		"backward range": func() { Range(ip("10.0.0.2"), ip("10.0.0.1")) },
		"mixed range":    func() { Range(ip("10.0.0.2"), ip("::1")) },
		"backward ports": func() { PortRange(2, 1) },
		"uneven index":   func() { NewTagIndex([]string{"A"}, nil) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			f()
		})
	}
}

func FuzzAddressSet(f *testing.F) {
	f.Fuzz(rapid.MakeFuzz(func(t *rapid.T) {
		a, b := drawAddresses(t, "a"), drawAddresses(t, "b")
		checkNotations(t, a)
		if both := a.Intersect(b); !a.Minus(b).Union(both).Equal(a) || !both.SubsetOf(b) || a.Minus(b).Overlaps(b) {
			t.Fatalf("%v and %v do not divide", a, b)
		}
	}))
}
