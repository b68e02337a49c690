package flow

import (
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Every name of a protocol is read back, whatever the case of its letters.
func TestProtocolNames(t *testing.T) {
	for p := range AllProtocols().All() {
		for _, name := range []string{ProtocolName(p), strings.ToUpper(ProtocolName(p))} {
			if got, ok := ProtocolNamed(name); !ok || got != p {
				t.Errorf("%q is %d, %v; want %d", name, got, ok, p)
			}
		}
	}
	for _, name := range []string{"", "any", "6", "protocol", "protocol ", "protocol 256", "protocol x", "tcp "} {
		if got, ok := ProtocolNamed(name); ok {
			t.Errorf("%q is %d", name, got)
		}
	}
	if names := ProtocolNames(); len(names) != len(protocolNames) || names[0] != "icmp" {
		t.Errorf("names %v", names)
	}
}

func TestPortSetAlgebraOnEveryPairOfASmallUniverse(t *testing.T) {
	universe := []uint16{0, 1, 2, 4, 443, 65534, 65535}
	set := func(pattern int) PortSet {
		var list []uint16
		for i, p := range universe {
			if pattern>>i&1 != 0 {
				list = append(list, p)
			}
		}
		return Ports(list...)
	}
	pattern := func(s PortSet) (out int) {
		for i, p := range universe {
			if s.Contains(p) {
				out |= 1 << i
			}
		}
		return out
	}
	for i := range 1 << len(universe) {
		for j := range 1 << len(universe) {
			a, b := set(i), set(j)
			if !a.Union(b).Equal(set(i|j)) || !a.Intersect(b).Equal(set(i&j)) || !a.Minus(b).Equal(set(i&^j)) {
				t.Fatalf("%v and %v: %v, %v, %v", a, b, a.Union(b), a.Intersect(b), a.Minus(b))
			}
			if a.Equal(b) != (i == j) || a.SubsetOf(b) != (i&^j == 0) || a.Overlaps(b) != (i&j != 0) || pattern(a) != i {
				t.Fatalf("%v and %v: equal %v, subset %v, overlap %v", a, b, a.Equal(b), a.SubsetOf(b), a.Overlaps(b))
			}
		}
	}
}

func TestPortSetLaws(t *testing.T) {
	draw := func(t *rapid.T, label string) PortSet {
		var s PortSet
		for range rapid.IntRange(0, 4).Draw(t, label) {
			lo, hi := rapid.Uint16().Draw(t, "lo"), rapid.Uint16().Draw(t, "hi")
			s = s.Union(PortRange(min(lo, hi), max(lo, hi)))
		}
		return s
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := draw(t, "a"), draw(t, "b")
		not := AllPorts().Minus
		if !not(a.Union(b)).Equal(not(a).Intersect(not(b))) || !not(not(a)).Equal(a) {
			t.Fatalf("%v and %v", a, b)
		}
		if a.Count() != a.Minus(b).Count()+a.Intersect(b).Count() {
			t.Fatalf("%v and %v do not count", a, b)
		}
		if a.IsAll() != (a.Count() == 65536) || a.IsEmpty() != (a.Count() == 0) {
			t.Fatalf("%v: all %v, empty %v", a, a.IsAll(), a.IsEmpty())
		}
	})
}

func TestNotationOfPortsAndProtocols(t *testing.T) {
	for _, row := range []struct{ got, want string }{
		{Ports(443, 8080, 8081, 80).String(), "80, 443, 8080-8081"},
		{AllPorts().String(), "*"},
		{PortSet{}.String(), "none"},
		{Ports(1, 3, 5).Folded(1), "1 and 2 more"},
		{Protocols(TCP, UDP).String(), "tcp, udp"},
		{Protocols(89, ICMPv6).String(), "icmpv6, protocol 89"},
		{AllProtocols().String(), "*"},
		{AllProtocols().Minus(Protocols(TCP)).String(), "* except tcp"},
		{ProtocolSet{}.String(), "none"},
		{Cube{}.String(), "none"},
		{Cube{nets("10.0.0.0/24"), nets("10.1.0.0/24", "10.2.0.0/24"), Protocols(TCP), AllPorts(), Ports(443)}.String(),
			"tcp 10.0.0.0/24 -> 10.1.0.0/24, 10.2.0.0/24 port 443"},
		{Cube{AllAddresses(), nets("10.1.0.0/24"), AllProtocols(), Ports(53), AllPorts()}.String(),
			"tcp, udp, dccp, sctp, udplite 0.0.0.0/0 port 53 -> 10.1.0.0/24"},
		{Packet{TCP, AddressOf(ip("10.0.0.4")), AddressOf(ip("13.66.136.192")), 49152, 1433}.String(),
			"tcp 10.0.0.4:49152 -> 13.66.136.192:1433"},
		{Packet{Protocol: ICMP, Source: AddressOf(ip("10.0.0.4")), Destination: OpaqueAddress("Sql", IPv4)}.String(), "icmp 10.0.0.4 -> Sql"},
		{Packet{UDP, AddressOf(ip("2001:db8::4")), OpaqueAddress("Storage", IPv6), 49152, 53}.String(), "udp [2001:db8::4]:49152 -> Storage:53"},
		{Packet{Protocol: 89}.String(), "protocol 89 no address -> no address"},
	} {
		if row.got != row.want {
			t.Errorf("%s, want %s", row.got, row.want)
		}
	}
}

func TestProtocolSetAlgebra(t *testing.T) {
	universe := []uint8{0, 1, 63, 64, 127, 128, 255}
	set := func(pattern int) ProtocolSet {
		var list []uint8
		for i, p := range universe {
			if pattern>>i&1 != 0 {
				list = append(list, p)
			}
		}
		return Protocols(list...)
	}
	for i := range 1 << len(universe) {
		for j := range 1 << len(universe) {
			a, b := set(i), set(j)
			if a.Union(b) != set(i|j) || a.Intersect(b) != set(i&j) || a.Minus(b) != set(i&^j) {
				t.Fatalf("%v and %v", a, b)
			}
			if a.Equal(b) != (i == j) || a.SubsetOf(b) != (i&^j == 0) || a.Overlaps(b) != (i&j != 0) {
				t.Fatalf("%v and %v: equal %v, subset %v, overlap %v", a, b, a.Equal(b), a.SubsetOf(b), a.Overlaps(b))
			}
		}
	}
	if n := AllProtocols().Count(); n != 256 {
		t.Errorf("%d protocols", n)
	}
}

func TestCountArithmeticAgreesWithBigIntegers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(label string, words int) Count {
			var c Count
			for i := range words {
				c.w[i] = rapid.SampledFrom([]uint64{0, 1, 1<<64 - 1, rapid.Uint64().Draw(t, "word")}).Draw(t, label)
			}
			return c
		}
		a, b := draw("a", 2), draw("b", 3)
		check := func(what string, got Count, want *big.Int) {
			if got.Big().Cmp(want) != 0 {
				t.Fatalf("%v %s %v is %v, want %v", a, what, b, got, want)
			}
		}
		check("+", a.Add(b), new(big.Int).Add(a.Big(), b.Big()))
		check("*", a.Mul(b), new(big.Int).Mul(a.Big(), b.Big()))
		check("+-", a.Add(b).Sub(a), b.Big())
		sum := b
		sum.addProduct(a.w[0], a.w[1], b.w[2])
		check("+ the words of the first multiplied with the last of", sum,
			new(big.Int).Add(b.Big(), CountOf(a.w[0]).Mul(CountOf(a.w[1])).Mul(CountOf(b.w[2])).Big()))
		if a.Compare(b) != a.Big().Cmp(b.Big()) || a.IsZero() != (a.Big().Sign() == 0) {
			t.Fatalf("%v compared to %v: %d", a, b, a.Compare(b))
		}
		if n, fits := a.Uint64(); fits != a.Big().IsUint64() || fits && n != a.Big().Uint64() {
			t.Fatalf("%v as uint64: %d, %v", a, n, fits)
		}
	})
}

func TestCubeAlgebraAgreesWithPackets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, d := drawCube(t), drawCube(t)
		both, rest := c.Intersect(d), c.Minus(d)
		sum := both.Count()
		for i, r := range rest {
			sum = sum.Add(r.Count())
			for _, o := range rest[:i] {
				if r.Overlaps(o) {
					t.Fatalf("%v overlaps %v", r, o)
				}
			}
		}
		if sum != c.Count() {
			t.Fatalf("%v counts %v, its parts %v", c, c.Count(), sum)
		}
		if c.IsEmpty() != c.Count().IsZero() || c.Overlaps(d) != !both.IsEmpty() || c.SubsetOf(d) != (len(rest) == 0) {
			t.Fatalf("%v and %v: empty %v, overlap %v, subset %v", c, d, c.IsEmpty(), c.Overlaps(d), c.SubsetOf(d))
		}
		if !c.Normal().Equal(c) || c.Equal(d) != (c.SubsetOf(d) && d.SubsetOf(c)) {
			t.Fatalf("%v and %v: equal %v", c, d, c.Equal(d))
		}
		for _, p := range worldPackets {
			inC, inD := c.Contains(p), d.Contains(p)
			in := false
			for _, r := range rest {
				in = in || r.Contains(p)
			}
			if both.Contains(p) != (inC && inD) || in != (inC && !inD) || c.Normal().Contains(p) != inC {
				t.Fatalf("%v in %v: %v, in %v: %v", p, c, inC, d, inD)
			}
		}
	})
}

// A rule for a port does not match what has no port.
func TestProtocolsWithoutPortsNeedAllPorts(t *testing.T) {
	ping := Packet{Protocol: ICMP, Source: AddressOf(ip("10.0.0.4")), Destination: AddressOf(ip("10.0.0.5"))}
	for _, row := range []struct {
		from, to PortSet
		want     bool
	}{
		{AllPorts(), AllPorts(), true},
		{AllPorts(), Ports(443), false},
		{PortRange(0, 65534), AllPorts(), false},
		{AllPorts(), PortRange(0, 65535), true},
	} {
		c := Cube{AllAddresses(), AllAddresses(), AllProtocols(), row.from, row.to}
		if got := c.Contains(ping); got != row.want {
			t.Errorf("ping in %v: %v", c, got)
		}
		p := mustPolicy(t, []Rule{{c, true}})
		if _, got := p.Decide(ping); got != row.want {
			t.Errorf("ping permitted by %v: %v", c, got)
		}
	}
}

func TestPacketsThatCannotExistAreNowhere(t *testing.T) {
	four, six := AddressOf(ip("10.0.0.4")), AddressOf(ip("2001:db8::4"))
	p := mustPolicy(t, []Rule{{AnyCube(), true}})
	for _, packet := range []Packet{
		{},
		{Protocol: TCP, Source: four, Destination: six},
		{Protocol: TCP, Source: four},
		{Protocol: ICMP, Source: four, Destination: four, DestinationPort: 443},
	} {
		if packet.Validate() == nil {
			t.Errorf("%v is valid", packet)
		}
		if rule, permit := p.Decide(packet); rule != NoRule || permit {
			t.Errorf("%v is decided by rule %d", packet, rule)
		}
		if AnyCube().Contains(packet) || SpaceOf(AnyCube()).Contains(packet) {
			t.Errorf("%v is in a set", packet)
		}
	}
}
