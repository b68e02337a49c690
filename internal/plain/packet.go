package plain

import (
	"fmt"
	"net/netip"
)

// Protocol numbers of the IP header the twin knows by name.
const (
	protoICMP    = 1
	protoIPinIP  = 4
	protoTCP     = 6
	protoUDP     = 17
	protoDCCP    = 33
	protoGRE     = 47
	protoESP     = 50
	protoAH      = 51
	protoICMPv6  = 58
	protoSCTP    = 132
	protoUDPLite = 136
)

// Packet is one packet. Both addresses are of one family. Ports count only for
// a protocol that has them (TCP, UDP, DCCP, SCTP, UDP-Lite); for ICMP the
// destination port is the ICMP type, which is looked at only under the reading
// [ICMPType] of icmp.ports (NSG-17).
type Packet struct {
	Protocol                    uint8
	Source, Destination         netip.Addr
	SourcePort, DestinationPort uint16
}

// String returns the packet in one line, "6 10.0.0.4:49152 -> 10.0.1.4:443".
func (p Packet) String() string {
	return fmt.Sprintf("%d %s:%d -> %s:%d", p.Protocol, p.Source, p.SourcePort, p.Destination, p.DestinationPort)
}

// reply is the packet that answers p.
func (p Packet) reply() Packet {
	p.Source, p.Destination = p.Destination, p.Source
	p.SourcePort, p.DestinationPort = p.DestinationPort, p.SourcePort
	return p
}

func (p Packet) check() error {
	switch {
	case !p.Source.IsValid() || !p.Destination.IsValid():
		return fmt.Errorf("packet %v lacks an address", p)
	case p.Source.Is4() != p.Destination.Is4():
		return fmt.Errorf("packet %v mixes address families", p)
	case p.Source.Is4In6() || p.Source.Zone() != "" || p.Destination.Is4In6() || p.Destination.Zone() != "":
		return fmt.Errorf("packet %v has an address with a zone or an IPv4 address written as IPv6", p)
	}
	return nil
}

// hasPorts reports whether packets of a protocol carry ports.
func hasPorts(protocol uint8) bool {
	switch protocol {
	case protoTCP, protoUDP, protoDCCP, protoSCTP, protoUDPLite:
		return true
	}
	return false
}
