package flow

import (
	"fmt"
	"strconv"
)

// Packet is one packet, as far as rules look at it. Both addresses are of one
// family, and the ports are zero if the protocol has none; [Packet.Validate]
// checks that. Packets are comparable.
type Packet struct {
	Protocol                    uint8
	Source, Destination         Address
	SourcePort, DestinationPort uint16
}

// Family returns the family of the packet's addresses.
func (p Packet) Family() Family { return p.Source.Family() }

// Validate returns an error if p cannot exist: an address is missing, the
// addresses are of different families, or a protocol without ports has one.
func (p Packet) Validate() error {
	switch {
	case !p.Source.IsValid() || !p.Destination.IsValid():
		return fmt.Errorf("packet %v lacks an address", p)
	case p.Source.Family() != p.Destination.Family():
		return fmt.Errorf("packet %v mixes %v and %v", p, p.Source.Family(), p.Destination.Family())
	case !HasPorts(p.Protocol) && (p.SourcePort != 0 || p.DestinationPort != 0):
		return fmt.Errorf("packet %v has a port, but %s has none", p, ProtocolName(p.Protocol))
	}
	return nil
}

// String returns the packet in one line:
//
//	tcp 10.0.0.4:49152 -> 13.66.136.192:1433
//	icmp 10.0.0.4 -> 10.0.1.4
//	udp [2001:db8::4]:49152 -> Storage:53
func (p Packet) String() string {
	end := func(a Address, port uint16) string {
		switch {
		case !HasPorts(p.Protocol) && port == 0:
			return a.String()
		case !a.IsOpaque() && a.Family() == IPv6:
			return "[" + a.String() + "]:" + strconv.Itoa(int(port))
		}
		return a.String() + ":" + strconv.Itoa(int(port))
	}
	return ProtocolName(p.Protocol) + " " + end(p.Source, p.SourcePort) + " -> " + end(p.Destination, p.DestinationPort)
}
