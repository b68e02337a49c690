package flow

import (
	"slices"
	"testing"
)

// One division cuts sets of ranges and of any atoms, one after the other.
func TestDivisionCutsSetsOfAtoms(t *testing.T) {
	tens, hosts, point := nets("10.0.0.0/8"), nets("192.0.2.0/31"), Opaque("Storage", IPv4)
	coarse := mustAtoms(t, tens, hosts, point, Opaque("Sql", IPv4))
	fine := mustAtoms(t, nets("172.16.0.0/12"), tens, nets("10.1.0.0/16"), hosts, point, Opaque("Sql", IPv4))
	d := NewDivision([]AddressSet{tens, hosts.Union(point)})
	for _, row := range []struct {
		set  AddressSet
		want []Piece
	}{
		{tens, []Piece{{0, tens}}},
		{AllIPv4(), []Piece{{0, tens}, {1, hosts}}},
		{AllIPv4().Minus(tens).Minus(hosts), nil},
		{Opaque("Sql", IPv4), []Piece{{NoPart, Opaque("Sql", IPv4)}}},
		{AllIPv4().Union(point).Union(Opaque("Sql", IPv4)), []Piece{{NoPart, Opaque("Sql", IPv4)}, {0, tens}, {1, hosts.Union(point)}}},
		{nets("10.1.0.0/16"), []Piece{{0, nets("10.1.0.0/16")}}},
		{nets("10.1.2.3/32"), []Piece{{0, nets("10.1.2.3/32")}}},
		{nets("11.0.0.1/32"), nil},
		{nets("2001:db8::1/128"), nil},
		{nets("10.1.2.3/32", "192.0.2.1/32"), []Piece{{0, nets("10.1.2.3/32")}, {1, nets("192.0.2.1/32")}}},
	} {
		for _, s := range []AddressSet{madeOf(coarse, row.set), madeOf(fine, row.set), madeOf(coarse, row.set), written(row.set)} {
			got := d.Cut(s)
			same := slices.EqualFunc(got, row.want, func(a, b Piece) bool { return a.Part == b.Part && a.Set.Equal(b.Set) })
			if !same {
				t.Errorf("%v is cut into %v, want %v", row.set, got, row.want)
			}
			part, whole := d.Holder(s)
			if holds := len(row.want) == 1 && row.want[0].Part != NoPart && row.want[0].Set.Equal(row.set); whole && (!holds || part != row.want[0].Part) || s.made() != nil && whole != holds {
				t.Errorf("part %d holds %v: %v, want %v", part, row.set, whole, holds)
			}
		}
	}
	for address, want := range map[string]bool{"10.1.2.3/32": true, "11.0.0.1/32": false, "2001:db8::1/128": false} {
		if _, whole := d.Holder(nets(address)); whole != want {
			t.Errorf("it is quick to tell who holds %s: %v", address, whole)
		}
	}
}

// Who holds a single address is told in either family.
func TestDivisionHoldsSingleAddresses(t *testing.T) {
	tens, documentation := nets("10.0.0.0/8"), nets("2001:db8::/32")
	d := NewDivision([]AddressSet{tens, documentation})
	d.Cut(madeOf(mustAtoms(t, nets("172.16.0.0/12"), tens, nets("fd00::/8"), documentation), tens)) // so that it knows of atoms
	for address, want := range map[string]int{"10.1.2.3/32": 0, "2001:db8::1/128": 1} {
		if part, ok := d.Holder(nets(address)); !ok || part != want {
			t.Errorf("%s is held by part %d, %v, want %d", address, part, ok, want)
		}
	}
	for _, address := range []string{"172.16.0.1/32", "fd00::1/128", "8.8.8.8/32"} {
		if part, ok := d.Holder(nets(address)); ok {
			t.Errorf("%s is held by part %d, want none", address, part)
		}
	}
}

// Every set of a small universe is cut by every division of it in two, with what
// belongs to neither left out: numbers silently, names as a piece of their own.
func TestDivisionCutsEverySetOfASmallUniverse(t *testing.T) {
	n := 1 << len(edgeAddresses)
	names := edgePattern(Points(edgeAddresses[len(edgeAddresses)-2:]...))
	for a := range n {
		b := (n - 1) &^ a &^ 0b1000100 // two numbers are in neither
		d := NewDivision([]AddressSet{edgeSet(a), edgeSet(b &^ (names & 0b10000000))})
		for s := 1; s < n; s += 3 {
			want := map[int]int{0: s & a, 1: s & b &^ (names & 0b10000000)}
			want[NoPart] = s & names &^ want[0] &^ want[1]
			last := NoPart - 1
			for _, p := range d.Cut(edgeSet(s)) {
				if got := edgePattern(p.Set); got != want[p.Part] || got == 0 || p.Part <= last {
					t.Fatalf("%b cut by %b: part %d is %b, want %b", s, a, p.Part, got, want[p.Part])
				}
				last = p.Part
				delete(want, p.Part)
			}
			for part, left := range want {
				if left != 0 {
					t.Fatalf("%b cut by %b: part %d is missing, want %b", s, a, part, left)
				}
			}
		}
	}
}

// A cube holds a single packet exactly if it holds one and no other.
func TestSingleIsThePacketOfACubeOfOne(t *testing.T) {
	one := Cube{Source: Host(ip("10.0.0.1")), Destination: Host(ip("10.0.0.2")), Protocols: Protocols(TCP, ICMP), SourcePorts: Ports(1), DestinationPorts: Ports(2)}
	if p, ok := one.Single(); !ok || !one.Contains(p) || one.Count() != CountOf(1) {
		t.Errorf("%v: %v, %v", one, p, ok)
	}
	for _, change := range []func(*Cube){
		func(c *Cube) { c.Source = nets("10.0.0.0/31") },
		func(c *Cube) { c.Destination = AddressSet{} },
		func(c *Cube) { c.Destination = Host(ip("::1")) },
		func(c *Cube) { c.Protocols = Protocols(TCP, UDP) },
		func(c *Cube) { c.SourcePorts = Ports(1, 3) },
		func(c *Cube) { c.SourcePorts, c.DestinationPorts = AllPorts(), AllPorts() },
	} {
		c := one
		change(&c)
		if p, ok := c.Single(); ok {
			t.Errorf("%v is the single packet %v of %v", ok, p, c)
		}
	}
	ping := Cube{Source: Opaque("a", IPv4), Destination: Host(ip("10.0.0.2")), Protocols: Protocols(ICMP), SourcePorts: AllPorts(), DestinationPorts: AllPorts()}
	if p, ok := ping.Single(); !ok || !ping.Contains(p) {
		t.Errorf("%v: %v, %v", ping, p, ok)
	}
}
