package flow

import "strings"

// Cube is the product of one set a field: the packets of which every field is
// in its set. It means the IPv4 sources with the IPv4 destinations and the
// IPv6 sources with the IPv6 destinations. A protocol without ports is in a
// cube only if both of its port sets are AllPorts: a rule for port 443 does
// not match a packet that has no port. The intersection of two cubes is again
// a cube. The zero value is empty; a field left out is the empty set, not any.
type Cube struct {
	Source, Destination           AddressSet
	Protocols                     ProtocolSet
	SourcePorts, DestinationPorts PortSet
}

// AnyCube returns all packets between numeric addresses.
func AnyCube() Cube {
	return Cube{AllAddresses(), AllAddresses(), AllProtocols(), AllPorts(), AllPorts()}
}

// Normal returns the same set of packets written canonically: without the
// protocols that its port sets rule out and without addresses of a family of
// which the other side has none; the zero value if the cube is empty. Equal
// cubes have equal normal forms.
func (c Cube) Normal() Cube {
	c.Protocols = c.protocols()
	for i, f := range families {
		if s, d := c.Source.has(f), c.Destination.has(f); s && !d {
			c.Source = c.Source.Only(families[1-i])
		} else if d && !s {
			c.Destination = c.Destination.Only(families[1-i])
		}
	}
	if c.Source.IsEmpty() || c.Destination.IsEmpty() || c.Protocols.IsEmpty() ||
		c.SourcePorts.IsEmpty() || c.DestinationPorts.IsEmpty() {
		return Cube{}
	}
	return c
}

// protocols are the protocols of packets that can be in the cube.
func (c Cube) protocols() ProtocolSet {
	if c.SourcePorts.IsAll() && c.DestinationPorts.IsAll() {
		return c.Protocols
	}
	return c.Protocols.Intersect(portProtocols)
}

// IsEmpty reports whether the cube holds no packet.
func (c Cube) IsEmpty() bool {
	if c.protocols().IsEmpty() || c.SourcePorts.IsEmpty() || c.DestinationPorts.IsEmpty() {
		return true
	}
	for _, f := range families {
		if c.Source.has(f) && c.Destination.has(f) {
			return false
		}
	}
	return true
}

// Contains reports whether p is in the cube.
func (c Cube) Contains(p Packet) bool {
	if p.Source.Family() != p.Destination.Family() || !c.Protocols.Contains(p.Protocol) {
		return false
	}
	if HasPorts(p.Protocol) {
		if !c.SourcePorts.Contains(p.SourcePort) || !c.DestinationPorts.Contains(p.DestinationPort) {
			return false
		}
	} else if !c.SourcePorts.IsAll() || !c.DestinationPorts.IsAll() || p.SourcePort|p.DestinationPort != 0 {
		return false
	}
	return c.Source.Contains(p.Source) && c.Destination.Contains(p.Destination)
}

// Single returns the packet of a cube that holds no other, or false.
func (c Cube) Single() (Packet, bool) {
	source, ok := c.Source.single()
	destination, also := c.Destination.single()
	protocols := c.protocols()
	if !ok || !also || source.Family() != destination.Family() || protocols.Count() != 1 {
		return Packet{}, false
	}
	p := Packet{Source: source, Destination: destination}
	for protocol := range protocols.All() {
		p.Protocol = protocol
	}
	if !HasPorts(p.Protocol) {
		return p, true
	}
	if c.SourcePorts.Count() != 1 || c.DestinationPorts.Count() != 1 {
		return Packet{}, false
	}
	p.SourcePort, _ = c.SourcePorts.First()
	p.DestinationPort, _ = c.DestinationPorts.First()
	return p, true
}

// Intersect returns the packets that are in both cubes.
func (c Cube) Intersect(d Cube) Cube {
	if !c.protocols().Overlaps(d.protocols()) || !c.SourcePorts.Overlaps(d.SourcePorts) || !c.DestinationPorts.Overlaps(d.DestinationPorts) {
		return Cube{} // without the cost of the addresses
	}
	return Cube{
		Source:           c.Source.Intersect(d.Source),
		Destination:      c.Destination.Intersect(d.Destination),
		Protocols:        c.protocols().Intersect(d.protocols()),
		SourcePorts:      c.SourcePorts.Intersect(d.SourcePorts),
		DestinationPorts: c.DestinationPorts.Intersect(d.DestinationPorts),
	}.Normal()
}

// Overlaps reports whether the cubes have a packet in common.
func (c Cube) Overlaps(d Cube) bool {
	if !c.protocols().Overlaps(d.protocols()) ||
		!c.SourcePorts.Overlaps(d.SourcePorts) || !c.DestinationPorts.Overlaps(d.DestinationPorts) {
		return false
	}
	v4, v6 := c.Source.meets(d.Source, true, true)
	if !v4 && !v6 {
		return false
	}
	v4, v6 = c.Destination.meets(d.Destination, v4, v6)
	return v4 || v6
}

// Minus returns the packets of c that are not in d, as disjoint cubes.
func (c Cube) Minus(d Cube) []Cube {
	c = c.Normal()
	if !c.Overlaps(d) {
		if c.IsEmpty() {
			return nil
		}
		return []Cube{c}
	}
	var out []Cube
	keep := func(rest Cube) {
		if rest = rest.Normal(); !rest.IsEmpty() {
			out = append(out, rest)
		}
	}
	rest := c
	rest.Protocols = c.Protocols.Minus(d.protocols())
	keep(rest)
	c.Protocols = c.Protocols.Intersect(d.protocols())
	rest = c
	rest.DestinationPorts = c.DestinationPorts.Minus(d.DestinationPorts)
	keep(rest)
	c.DestinationPorts = c.DestinationPorts.Intersect(d.DestinationPorts)
	rest = c
	rest.SourcePorts = c.SourcePorts.Minus(d.SourcePorts)
	keep(rest)
	c.SourcePorts = c.SourcePorts.Intersect(d.SourcePorts)
	rest = c
	rest.Source = c.Source.Minus(d.Source)
	keep(rest)
	c.Source = c.Source.Intersect(d.Source)
	rest = c
	rest.Destination = c.Destination.Minus(d.Destination)
	keep(rest)
	return out
}

// Equal reports whether the cubes hold the same packets.
func (c Cube) Equal(d Cube) bool {
	c, d = c.Normal(), d.Normal()
	return c.Protocols == d.Protocols &&
		c.SourcePorts.Equal(d.SourcePorts) && c.DestinationPorts.Equal(d.DestinationPorts) &&
		c.Source.Equal(d.Source) && c.Destination.Equal(d.Destination)
}

// SubsetOf reports whether every packet of c is in d.
func (c Cube) SubsetOf(d Cube) bool { return c.Intersect(d).Equal(c) }

// Count returns the number of packets in the cube. A packet of a protocol
// without ports counts once.
func (c Cube) Count() Count {
	protocols := c.protocols()
	ported := uint64(protocols.Intersect(portProtocols).Count())
	portless := uint64(protocols.Count()) - ported
	transports := ported * uint64(c.SourcePorts.Count()) * uint64(c.DestinationPorts.Count())
	if !c.SourcePorts.IsEmpty() && !c.DestinationPorts.IsEmpty() {
		transports += portless
	}
	var pairs Count
	for _, f := range families {
		pairs = pairs.Add(c.Source.Only(f).Count().Mul(c.Destination.Only(f).Count()))
	}
	return pairs.Mul(CountOf(transports))
}

// String returns the cube in one line, without what is any:
//
//	tcp 10.0.0.0/24 -> 13.66.0.0/16 port 443, 1433
//	* 10.0.0.0/24 port 1024-65535 -> *
func (c Cube) String() string { return c.Folded(0) }

// Folded is String with at most limit items in each list; "and 17 more" stands
// for the rest. A limit below 1 means no limit.
func (c Cube) Folded(limit int) string {
	c = c.Normal()
	if c.IsEmpty() {
		return "none"
	}
	var b strings.Builder
	end := func(a AddressSet, p PortSet) {
		b.WriteString(a.Folded(limit))
		if !p.IsAll() {
			b.WriteString(" port ")
			b.WriteString(p.Folded(limit))
		}
	}
	b.WriteString(c.Protocols.String())
	b.WriteByte(' ')
	end(c.Source, c.SourcePorts)
	b.WriteString(" -> ")
	end(c.Destination, c.DestinationPorts)
	return b.String()
}
