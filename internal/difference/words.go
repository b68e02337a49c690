package difference

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
)

// Lines says in words which packets a space between endpoints holds, a line a
// product: "tcp 443 from app to db". Endpoints stand for their addresses where
// the product has all of these, and packets that no virtual network is known to carry
// (FAB-1 to FAB-3) are not told apart; limit bounds the items of other lists,
// as in [flow.Cube.Folded].
func (a *Answer) Lines(from, to []string, s flow.Space, limit int) []string {
	var lines []string
	for _, c := range a.rounded(s, limit).Cubes() {
		var b strings.Builder
		b.WriteString(c.Protocols.String())
		if c.Protocols.Overlaps(flow.PortProtocols()) {
			if !c.DestinationPorts.IsAll() {
				b.WriteString(" " + c.DestinationPorts.Folded(limit))
			}
			if !c.SourcePorts.IsAll() {
				b.WriteString(", source port " + c.SourcePorts.Folded(limit) + ",")
			}
		}
		fmt.Fprintf(&b, " from %s to %s", a.side(from, c.Source, limit), a.side(to, c.Destination, limit))
		lines = append(lines, b.String())
	}
	return lines
}

// rounded adds to a space what is not carried anyway, if the rest is shorter to
// say then.
func (a *Answer) rounded(s flow.Space, limit int) flow.Space {
	cubes := s.Cubes()
	var hull []flow.Cube
	for _, c := range cubes {
		c.Protocols, c.SourcePorts, c.DestinationPorts = flow.AllProtocols(), flow.AllPorts(), flow.AllPorts()
		hull = append(hull, c)
	}
	var lost []flow.Cube
	for _, o := range a.now.Carried().Split(flow.SpaceOf(hull...).Cubes(), false) {
		if o.Effect != fabric.Pass || o.Reserved {
			lost = append(lost, o.Packets...)
		}
	}
	more := s.Union(flow.SpaceOf(lost...))
	best, shortest := s, len(s.Folded(limit))
	for _, add := range []flow.Space{s.Union(withPorts(lost, cubes)), more} {
		if n := len(add.Folded(limit)); n < shortest {
			best, shortest = add, n
		}
	}
	return best
}

// withPorts is the part of packets with the destination ports and protocols of
// the cubes that have ports.
func withPorts(packets, cubes []flow.Cube) flow.Space {
	var ports flow.PortSet
	var protocols flow.ProtocolSet
	for _, c := range cubes {
		if c.Protocols.Overlaps(flow.PortProtocols()) {
			ports, protocols = ports.Union(c.DestinationPorts), protocols.Union(c.Protocols)
		}
	}
	var out []flow.Cube
	for _, c := range packets {
		c.DestinationPorts, c.Protocols = c.DestinationPorts.Intersect(ports), c.Protocols.Intersect(protocols)
		out = append(out, c)
	}
	return flow.SpaceOf(out...)
}

// side names addresses by the endpoints that have them, if these have no others
// of the family.
func (a *Answer) side(labels []string, s flow.AddressSet, limit int) string {
	rest, whole := s, true
	var names []string
	for _, label := range labels {
		held := a.whole[label]
		for _, f := range s.Families() {
			whole = whole && !held.IsEmpty() && held.Only(f).SubsetOf(s)
		}
		rest = rest.Minus(held)
		names = append(names, cmp.Or(a.short[label], label))
	}
	if whole && rest.IsEmpty() {
		return strings.Join(names, ", ")
	}
	return addressText(s, limit)
}

// addressText is a set as prefixes, or as ranges where these are fewer.
func addressText(s flow.AddressSet, limit int) string {
	prefixes, ranges := 0, []string{}
	for range s.Prefixes() {
		prefixes++
	}
	for first, last := range s.Ranges() {
		if first == last {
			ranges = append(ranges, first.String())
			continue
		}
		ranges = append(ranges, first.String()+"-"+last.String())
	}
	if prefixes <= limit || 2*len(ranges) > prefixes || len(s.Opaques()) > 0 {
		return s.Folded(limit)
	}
	if len(ranges) > limit {
		return fmt.Sprintf("%s and %d more", strings.Join(ranges[:limit], ", "), len(ranges)-limit)
	}
	return strings.Join(ranges, ", ")
}
