package interval

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// small draws a set within 0 to 31, as a membership table and as a Set.
func small(t *rapid.T, name string) ([32]bool, Set) {
	var in [32]bool
	var v []Interval
	for range rapid.IntRange(0, 6).Draw(t, name+" pieces") {
		lo := rapid.Uint32Range(0, 31).Draw(t, name+" lo")
		hi := rapid.Uint32Range(lo, 31).Draw(t, name+" hi")
		v = append(v, Interval{lo, hi})
		for x := lo; x <= hi; x++ {
			in[x] = true
		}
	}
	return in, Of(v...)
}

func TestSetsAgreeWithMembershipTables(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, s := small(t, "a")
		b, u := small(t, "b")
		same := func(name string, got Set, want func(i int) bool) {
			var size uint64
			for i := range 32 {
				if got.Has(uint32(i)) != want(i) {
					t.Fatalf("%s: %v has %d: %v, want %v", name, got, i, got.Has(uint32(i)), want(i))
				}
				if want(i) {
					size++
				}
			}
			if got.Size() != size {
				t.Fatalf("%s: size of %v is %d, want %d", name, got, got.Size(), size)
			}
			for i := 1; i < len(got); i++ {
				if got[i].Lo <= got[i-1].Hi+1 {
					t.Fatalf("%s: %v is not canonical", name, got)
				}
			}
		}
		same("set", s, func(i int) bool { return a[i] })
		same("intersection", s.Intersect(u), func(i int) bool { return a[i] && b[i] })
		same("complement", s.Complement(31), func(i int) bool { return !a[i] })
		same("union", Of(slices.Concat(s, u)...), func(i int) bool { return a[i] || b[i] })
	})
}

func TestSetReachesTheEndsOfTheField(t *testing.T) {
	all := Range(0, math.MaxUint32)
	if got := Of(Interval{math.MaxUint32, math.MaxUint32}, Interval{0, math.MaxUint32 - 1}); !got.Equal(all) {
		t.Errorf("union up to the last address is %v", got)
	}
	if got := all.Complement(math.MaxUint32); len(got) != 0 {
		t.Errorf("complement of everything is %v", got)
	}
	if got := Set(nil).Complement(math.MaxUint32); !got.Equal(all) {
		t.Errorf("complement of nothing is %v", got)
	}
	if all.Size() != 1<<32 {
		t.Errorf("size of everything is %d", all.Size())
	}
}

func TestPrefixes(t *testing.T) {
	for _, c := range []struct {
		set  Set
		want []string
	}{
		{nil, nil},
		{Range(0, math.MaxUint32), []string{"0.0.0.0/0"}},
		{Of(Prefix(10<<24|1234, 8)), []string{"10.0.0.0/8"}},
		{Range(math.MaxUint32, math.MaxUint32), []string{"255.255.255.255/32"}},
		{Range(1, 6), []string{"0.0.0.1/32", "0.0.0.2/31", "0.0.0.4/31", "0.0.0.6/32"}},
	} {
		if got := c.set.Prefixes(); !slices.Equal(got, c.want) {
			t.Errorf("prefixes of %v are %v, want %v", c.set, got, c.want)
		}
	}
}

// A rule for a port does not match a packet that has no port (NSG-17, NSG-18).
func TestBoxAndPackets(t *testing.T) {
	box := func(protocols, ports Set) Box {
		return Box{Source.Any(), Destination.Any(), protocols, SourcePort.Any(), ports}
	}
	for _, c := range []struct {
		name   string
		box    Box
		packet Packet
		want   bool
	}{
		{"tcp 443 by any 443", box(Protocol.Any(), Values(443)), Packet{1, 2, 6, 50000, 443}, true},
		{"tcp 444 by any 443", box(Protocol.Any(), Values(443)), Packet{1, 2, 6, 50000, 444}, false},
		{"icmp by any 443", box(Protocol.Any(), Values(443)), Packet{1, 2, 1, 0, 0}, false},
		{"icmp by any *", box(Protocol.Any(), DestinationPort.Any()), Packet{1, 2, 1, 0, 0}, true},
		{"icmp by icmp 0", box(Values(1), Values(0)), Packet{1, 2, 1, 0, 0}, false},
		{"sctp 443 by any 443", box(Protocol.Any(), Values(443)), Packet{1, 2, 132, 50000, 443}, true},
	} {
		if got := c.box.Has(c.packet); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestFirstMatchDecides(t *testing.T) {
	tcp := func(port uint32, allow bool) Rule {
		return Rule{Box{Source.Any(), Destination.Any(), Values(6), SourcePort.Any(), Values(port)}, allow}
	}
	policy := Policy{tcp(80, false), tcp(443, true), tcp(80, true)}
	for _, c := range []struct {
		port  uint32
		rule  int
		allow bool
	}{{443, 1, true}, {80, 0, false}, {22, -1, false}} {
		p := Packet{1, 2, 6, 3, c.port}
		if rule, allow := policy.Decide(p), policy.Allows(p); rule != c.rule || allow != c.allow {
			t.Errorf("port %d: rule %d allows %v, want rule %d allows %v", c.port, rule, allow, c.rule, c.allow)
		}
	}
}
