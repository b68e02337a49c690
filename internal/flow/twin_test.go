package flow

import (
	"net/netip"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// The slow twin: sets as lists of disjoint cubes, policies as loops over
// packets. It shares only the vocabulary with what it checks.

func nets(list ...string) AddressSet {
	var b AddressSetBuilder
	for _, s := range list {
		b.AddPrefix(netip.MustParsePrefix(s))
	}
	return b.Set()
}

func ip(s string) netip.Addr { return netip.MustParseAddr(s) }

// cutAway removes cubes from a list of disjoint cubes.
func cutAway(from, cubes []Cube) []Cube {
	for _, d := range cubes {
		var rest []Cube
		for _, c := range from {
			rest = append(rest, c.Minus(d)...)
		}
		from = rest
	}
	return from
}

// countCubes counts the packets of overlapping cubes.
func countCubes(cubes []Cube) Count {
	var n Count
	for i, c := range cubes {
		for _, rest := range cutAway([]Cube{c}, cubes[:i]) {
			n = n.Add(rest.Count())
		}
	}
	return n
}

func decideSlowly(rules []Rule, p Packet) (int, bool) {
	for i, r := range rules {
		if r.Match.Contains(p) {
			return i, r.Permit
		}
	}
	return NoRule, false
}

// splitSlowly is Policy.Split by cube lists.
func splitSlowly(rules []Rule, q Cube) map[int][]Cube {
	out := map[int][]Cube{}
	left := []Cube{q}
	for i, r := range rules {
		for _, c := range left {
			if hit := c.Intersect(r.Match); !hit.IsEmpty() {
				out[i] = append(out[i], hit)
			}
		}
		left = cutAway(left, []Cube{r.Match})
	}
	for _, c := range left {
		if !c.IsEmpty() {
			out[NoRule] = append(out[NoRule], c)
		}
	}
	return out
}

// A small world in which every kind of value occurs: a few addresses of each
// family inside and outside of the prefixes, opaque points, protocols with and
// without ports.
var (
	worldSets = []AddressSet{
		nets("10.0.0.0/30"), nets("10.0.0.1/32"), nets("10.0.0.2/31"), nets("10.0.0.4/32", "10.0.0.0/32"),
		nets("255.255.255.255/32"), nets("0.0.0.0/0"), nets("2001:db8::/127"), nets("2001:db8::1/128", "10.0.0.3/32"),
		AllAddresses(), AllIPv6(), AllAddresses().Union(Opaque("Storage", IPv4)),
		Opaque("Storage", IPv4), Opaque("Storage", IPv6), Opaque("Sql", IPv4).Union(nets("10.0.0.0/31")),
	}
	worldAddresses = []Address{
		AddressOf(ip("10.0.0.0")), AddressOf(ip("10.0.0.1")), AddressOf(ip("10.0.0.2")), AddressOf(ip("10.0.0.3")),
		AddressOf(ip("10.0.0.4")), AddressOf(ip("255.255.255.255")), AddressOf(ip("0.0.0.0")),
		AddressOf(ip("2001:db8::")), AddressOf(ip("2001:db8::1")), AddressOf(ip("ffff::")),
		OpaqueAddress("Storage", IPv4), OpaqueAddress("Sql", IPv4), OpaqueAddress("Other", IPv4),
		OpaqueAddress("Storage", IPv6),
	}
	worldPorts = []PortSet{
		AllPorts(), Ports(443), PortRange(0, 443), PortRange(443, 65535), Ports(0, 65535), Ports(444),
	}
	worldPortValues = []uint16{0, 443, 444, 65535}
	worldProtocols  = []ProtocolSet{
		AllProtocols(), Protocols(TCP), Protocols(TCP, UDP), Protocols(ICMP), Protocols(TCP, ICMP, ESP), PortProtocols(),
	}
	worldProtocolValues = []uint8{ICMP, TCP, UDP, ESP, SCTP}
)

// worldPackets is one packet of every kind that the small world tells apart.
var worldPackets = func() []Packet {
	var out []Packet
	for _, s := range worldAddresses {
		for _, d := range worldAddresses {
			if s.Family() != d.Family() {
				continue
			}
			for _, protocol := range worldProtocolValues {
				if !HasPorts(protocol) {
					out = append(out, Packet{Protocol: protocol, Source: s, Destination: d})
					continue
				}
				for _, sp := range worldPortValues {
					for _, dp := range worldPortValues {
						out = append(out, Packet{protocol, s, d, sp, dp})
					}
				}
			}
		}
	}
	return out
}()

func drawSet(t *rapid.T, label string) AddressSet {
	s := worldSets[rapid.IntRange(0, len(worldSets)-1).Draw(t, label)]
	for range rapid.IntRange(0, 1).Draw(t, label+" more") {
		o := worldSets[rapid.IntRange(0, len(worldSets)-1).Draw(t, label+" and")]
		if rapid.Bool().Draw(t, label+" or") {
			s = s.Union(o)
		} else {
			s = s.Minus(o)
		}
	}
	return s
}

func drawPorts(t *rapid.T, label string) PortSet {
	if rapid.Bool().Draw(t, label+" any") {
		return AllPorts()
	}
	return rapid.SampledFrom(worldPorts).Draw(t, label)
}

func drawCube(t *rapid.T) Cube {
	return Cube{
		drawSet(t, "source"), drawSet(t, "destination"), rapid.SampledFrom(worldProtocols).Draw(t, "protocols"),
		drawPorts(t, "from"), drawPorts(t, "to"),
	}
}

func drawCubes(t *rapid.T, most int) []Cube {
	out := make([]Cube, rapid.IntRange(0, most).Draw(t, "cubes"))
	for i := range out {
		out[i] = drawCube(t)
	}
	return out
}

func drawRules(t *rapid.T, most int) []Rule {
	var out []Rule
	for _, c := range drawCubes(t, most) {
		out = append(out, Rule{c, rapid.Bool().Draw(t, "permit")})
	}
	return out
}

func mustPolicy(t interface {
	Helper()
	Fatal(...any)
}, rules []Rule, options ...Option) *Policy {
	t.Helper()
	p, err := NewPolicy(rules, options...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// methods are the ways to answer; each must give the same answers.
var methods = map[string]Option{
	"automatic": WithMethod(Automatic),
	"sliced":    WithMethod(Sliced),
	"canonical": WithMethod(Canonical),
	"race":      WithLimits(Limits{HeadStart: 1}),
}

func forAllMethods(t *testing.T, f func(t *testing.T, o Option)) {
	for _, name := range slices.Sorted(func(yield func(string) bool) {
		for name := range methods {
			if !yield(name) {
				return
			}
		}
	}) {
		t.Run(name, func(t *testing.T) { f(t, methods[name]) })
	}
}
