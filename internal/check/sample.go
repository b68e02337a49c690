package check

import (
	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/service"
)

// Sample is one packet of a row, to be tried.
type Sample struct {
	Requirement string
	// Subnet the row is checked for; nil for a row of the whole service.
	Subnet *azure.Subnet
	Packet flow.Packet
}

// Samples are packets of every row of a service: of each part that fares alike
// its witness and its corners, at most so many a part. Rows that cannot be asked
// have none.
func Samples(f *fabric.Fabric, b *service.Binding, most int) []Sample {
	a := &asker{fabric: f, binding: b}
	var list []Sample
	for _, row := range b.Rows() {
		if len(row.Open) > 0 {
			continue
		}
		got, err := a.ask(&row)
		if err != nil {
			continue
		}
		for _, p := range got.parts {
			for _, packet := range Corners(p.Witness, p.packets, most) {
				list = append(list, Sample{row.Requirement.ID, row.Subnet, packet})
			}
		}
	}
	return list
}

// Corners are a witness and packets at the corners of a space, where mistakes
// about prefixes and ports show: the first and the last address and port of
// each end, for each protocol the lab can send. There are at most so many.
func Corners(witness flow.Packet, space []flow.Cube, most int) []flow.Packet {
	list := []flow.Packet{witness}
	seen := map[flow.Packet]bool{witness: true}
	for _, c := range space {
		for _, protocol := range []uint8{flow.TCP, flow.UDP, flow.ICMP} {
			if !c.Protocols.Contains(protocol) {
				continue
			}
			for _, last := range []bool{false, true} {
				p, ok := corner(c, protocol, last)
				if ok && !seen[p] && len(list) < most {
					seen[p] = true
					list = append(list, p)
				}
			}
		}
	}
	return list
}

// corner is the packet with the first, or the last, value of every field.
func corner(c flow.Cube, protocol uint8, last bool) (flow.Packet, bool) {
	source, ok := end(c.Source, last)
	destination, too := end(c.Destination, last)
	p := flow.Packet{Protocol: protocol, Source: source, Destination: destination}
	if flow.HasPorts(protocol) {
		p.SourcePort, p.DestinationPort = endPort(c.SourcePorts, last), endPort(c.DestinationPorts, last)
	}
	return p, ok && too
}

// end is the first or last IPv4 address of a set.
func end(s flow.AddressSet, last bool) (flow.Address, bool) {
	var found flow.Address
	ok := false
	for first, final := range s.Only(flow.IPv4).Ranges() {
		if !last {
			return flow.AddressOf(first), true
		}
		found, ok = flow.AddressOf(final), true
	}
	return found, ok
}

// endPort is the first or last port of a set other than 0, which no program can
// use, unless there is no other.
func endPort(s flow.PortSet, last bool) uint16 {
	if rest := s.Minus(flow.Ports(0)); !rest.IsEmpty() {
		s = rest
	}
	port, _ := s.First()
	if last {
		for _, final := range s.Ranges() {
			port = final
		}
	}
	return port
}
