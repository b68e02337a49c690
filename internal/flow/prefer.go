package flow

// Preference says which packet of a set is the natural example of it. In each
// list the first entry that leaves a choice wins; what no list settles falls
// to the defaults, which the zero value consists of:
//
//   - addresses: IPv4 before IPv6 before opaque points; the lowest that looks
//     like a host, that is, neither in the first four nor the last of an
//     aligned block of eight and not in a block where no host lives
//     (0.0.0.0/8, 127.0.0.0/8, 224.0.0.0/3, IPv6 outside 2000::/3 and
//     fc00::/7); the lowest of all if none does;
//   - protocol: TCP, UDP, then the lowest number;
//   - destination port: 443 if every port is open to choice, else the lowest
//     but 0 last;
//   - source port: the lowest from 49152 (the first ephemeral port) on, else
//     the lowest from 1024 on, else the lowest but 0 last.
//
// The choice depends on the set and the preference alone, not on how the set
// was computed, so the example stays the same while unrelated rules change.
type Preference struct {
	Sources, Destinations []AddressSet
	Protocols             []uint8
	DestinationPorts      []PortSet
	SourcePorts           []PortSet
}

// Preference returns the preference for packets of the cube's own sources,
// destinations and ports.
func (c Cube) Preference() Preference {
	return Preference{
		Sources:          []AddressSet{c.Source},
		Destinations:     []AddressSet{c.Destination},
		DestinationPorts: []PortSet{c.DestinationPorts},
		SourcePorts:      []PortSet{c.SourcePorts},
	}
}

// natural returns the preferred packet of the union of cubes, or false if they
// are all empty. The fields are settled one after the other over all cubes, so
// how the union is cut into cubes does not matter.
func natural(cubes []Cube, want Preference) (Packet, bool) {
	left := make([]Cube, 0, len(cubes))
	for _, c := range cubes {
		if c = c.Normal(); !c.IsEmpty() {
			left = append(left, c)
		}
	}
	if len(left) == 0 {
		return Packet{}, false
	}
	var p Packet
	sets := make([]AddressSet, len(left))
	for i, c := range left {
		sets[i] = c.Source
	}
	p.Source = naturalAddress(sets, want.Sources)
	left = keepCubes(left, func(c Cube) bool { return c.Source.Contains(p.Source) })
	sets = sets[:len(left)]
	for i, c := range left {
		sets[i] = c.Destination.Only(p.Source.Family())
	}
	p.Destination = naturalAddress(sets, want.Destinations)
	left = keepCubes(left, func(c Cube) bool { return c.Destination.Contains(p.Destination) })
	services := make([]service, len(left))
	for i, c := range left {
		services[i] = c.service()
	}
	naturalService(&p, services, want)
	return p, true
}

// naturalService fills in the preferred protocol and ports of the union of the
// services, none of which is empty.
func naturalService(p *Packet, services []service, want Preference) {
	var protocols ProtocolSet
	for _, s := range services {
		protocols = protocols.Union(s.protocols)
	}
	p.Protocol = naturalProtocol(protocols, want.Protocols)
	if !HasPorts(p.Protocol) {
		return
	}
	var ports PortSet
	for _, s := range services {
		if s.protocols.Contains(p.Protocol) {
			ports = ports.Union(s.destinationPorts)
		}
	}
	ports = wantedPorts(ports, want.DestinationPorts)
	if p.DestinationPort = 443; !ports.IsAll() {
		p.DestinationPort = firstPort(ports, 1)
	}
	ports = PortSet{}
	for _, s := range services {
		if s.protocols.Contains(p.Protocol) && s.destinationPorts.Contains(p.DestinationPort) {
			ports = ports.Union(s.sourcePorts)
		}
	}
	p.SourcePort = firstPort(wantedPorts(ports, want.SourcePorts), 49152, 1024, 1)
}

func keepCubes(list []Cube, keep func(Cube) bool) []Cube {
	out := list[:0]
	for _, c := range list {
		if keep(c) {
			out = append(out, c)
		}
	}
	return out
}

func naturalProtocol(have ProtocolSet, want []uint8) uint8 {
	for _, list := range [][]uint8{want, {TCP, UDP}} {
		for _, p := range list {
			if have.Contains(p) {
				return p
			}
		}
	}
	for p := range have.All() {
		return p
	}
	return 0
}

// wantedPorts returns the ports of the first wanted set that holds any, or all.
func wantedPorts(have PortSet, want []PortSet) PortSet {
	for _, w := range want {
		if both := have.Intersect(w); !both.IsEmpty() {
			return both
		}
	}
	return have
}

// firstPort returns the lowest port from the first of the starts on from which
// there is any, or else the lowest.
func firstPort(have PortSet, starts ...uint16) uint16 {
	for _, start := range starts {
		if p, ok := have.Intersect(PortRange(start, 65535)).First(); ok {
			return p
		}
	}
	p, _ := have.First()
	return p
}

// naturalAddress returns the preferred address of a union of sets that is not
// empty.
func naturalAddress(have, want []AddressSet) Address {
	for _, w := range want {
		var n nearest
		for _, s := range have {
			n.see(s.Intersect(w))
		}
		if a, ok := n.pick(); ok {
			return a
		}
	}
	var n nearest
	for _, s := range have {
		n.see(s)
	}
	a, _ := n.pick()
	return a
}

// Natural returns the address of s that reads most like a host, by the rules of
// [Preference]; false if s is empty.
func (s AddressSet) Natural() (Address, bool) {
	var n nearest
	n.see(s)
	return n.pick()
}

// nearest is the preferred addresses of some sets.
type nearest struct {
	v4    low[ip4]
	v6    low[ip6]
	names [2]string // the first opaque points by family
}

func (n *nearest) see(s AddressSet) {
	if f := s.unwritten(); f != nil {
		n.v4.seeAtoms(f.atoms.v4, f.atoms.half(f.in, 0))
		n.v6.seeAtoms(f.atoms.v6, f.atoms.half(f.in, 1))
	} else {
		a := s.get()
		n.v4.join(lowOf(a.v4))
		n.v6.join(lowOf(a.v6))
	}
	for f, family := range families {
		if names := s.opaque(family); len(names) > 0 && (n.names[f] == "" || names[0] < n.names[f]) {
			n.names[f] = names[0]
		}
	}
}

func (n *nearest) pick() (Address, bool) {
	if x, ok := n.v4.pick(); ok {
		return AddressOf(x.addr()), true
	}
	if x, ok := n.v6.pick(); ok {
		return AddressOf(x.addr()), true
	}
	for f, name := range n.names {
		if name != "" {
			return OpaqueAddress(name, families[f]), true
		}
	}
	return Address{}, false
}
