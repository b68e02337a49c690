package interval

// Field is one of the five numbers a packet filter looks at.
type Field int

// The fields of a packet.
const (
	Source          Field = iota // IPv4 address
	Destination                  // IPv4 address
	Protocol                     // IP protocol number
	SourcePort                   // 0 for a protocol without ports
	DestinationPort              // 0 for a protocol without ports
	Fields                       // how many there are
)

// Top is the greatest value of the field; the least is 0.
func (f Field) Top() uint32 {
	switch f {
	case Source, Destination:
		return 1<<32 - 1
	case Protocol:
		return 255
	default:
		return 65535
	}
}

// Any is the set of all values of the field.
func (f Field) Any() Set { return Range(0, f.Top()) }

// HasPorts reports whether packets of the IP protocol carry ports: TCP, UDP,
// DCCP, SCTP and UDP-Lite do.
func HasPorts(protocol uint32) bool {
	switch protocol {
	case 6, 17, 33, 132, 136:
		return true
	}
	return false
}

// Packet is one point of the space: a value for each field.
type Packet [Fields]uint32

// Box is a product of sets, one a field.
type Box [Fields]Set

// Has reports whether the packet is in the box. A packet of a protocol
// without ports is in it only if both port fields are Any: a condition on a
// port that does not exist cannot be met (NSG-17, NSG-18).
func (b *Box) Has(p Packet) bool {
	if !b[Source].Has(p[Source]) || !b[Destination].Has(p[Destination]) || !b[Protocol].Has(p[Protocol]) {
		return false
	}
	if HasPorts(p[Protocol]) {
		return b[SourcePort].Has(p[SourcePort]) && b[DestinationPort].Has(p[DestinationPort])
	}
	return b.AnyPort()
}

// AnyPort reports whether the box puts no condition on either port.
func (b *Box) AnyPort() bool {
	return b[SourcePort].Equal(SourcePort.Any()) && b[DestinationPort].Equal(DestinationPort.Any())
}

// Rule decides the packets of its box.
type Rule struct {
	Box
	Allow bool
}

// Policy is a list of rules; the first that matches decides, and what none
// matches is denied.
type Policy []Rule

// Decide is the index of the rule that decides the packet, or -1.
func (p Policy) Decide(packet Packet) int {
	for i := range p {
		if p[i].Has(packet) {
			return i
		}
	}
	return -1
}

// Allows reports whether the policy lets the packet pass.
func (p Policy) Allows(packet Packet) bool {
	i := p.Decide(packet)
	return i >= 0 && p[i].Allow
}
