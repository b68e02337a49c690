package check

import (
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/result"
)

// part is a part of the packets of a requirement that fares alike.
type part struct {
	packets []flow.Cube // disjoint, none empty
	reach.Part
}

// parts are all packets of a requirement, split by how they fare.
type parts []part

// verdict adds the parts up (decisions 1).
func (p parts) verdict() result.Verdict {
	has := map[reach.Verdict]bool{}
	for i := range p {
		has[p[i].Verdict] = true
	}
	switch {
	case has[reach.Blocked] && len(has) == 1:
		return result.Blocked
	case has[reach.Blocked]:
		return result.Partial
	case has[reach.Undecided]:
		return result.Undecided
	}
	return result.Allowed
}

// of selects the parts with one verdict.
func (p parts) of(v reach.Verdict) parts {
	var chosen parts
	for _, x := range p {
		if x.Verdict == v {
			chosen = append(chosen, x)
		}
	}
	return chosen
}

// example is the part, of at least one, whose witness shows best what happens:
// people think of TCP first.
func (p parts) example() part {
	for _, x := range p {
		if x.Witness.Protocol == flow.TCP {
			return x
		}
	}
	return p[0]
}

// packets are those of all parts.
func (p parts) packets() []flow.Cube {
	var all []flow.Cube
	for i := range p {
		all = append(all, p[i].packets...)
	}
	return all
}

// split divides the parts by a division of their packets. A part that lies on
// both sides is in both results; one that is cut has another witness.
func (p parts) split(divide func([]flow.Cube) (in, out []flow.Cube)) (in, out parts) {
	for _, x := range p {
		inside, outside := divide(x.packets)
		in, out = in.add(x, inside), out.add(x, outside)
	}
	return in, out
}

func (p parts) add(x part, packets []flow.Cube) parts {
	if len(packets) == 0 {
		return p
	}
	x.packets = packets
	if !holds(packets, x.Witness) {
		x.Witness = reach.Example(flow.SpaceOf(packets...), packets[0].Preference())
	}
	return append(p, x)
}

func holds(packets []flow.Cube, w flow.Packet) bool {
	for _, c := range packets {
		if c.Contains(w) {
			return true
		}
	}
	return false
}

// protocols divides the parts by protocol.
func (p parts) protocols(set flow.ProtocolSet) (in, out parts) {
	return p.split(func(packets []flow.Cube) (in, out []flow.Cube) {
		for _, c := range packets {
			a, b := c, c
			a.Protocols, b.Protocols = c.Protocols.Intersect(set), c.Protocols.Minus(set)
			in, out = appendCube(in, a), appendCube(out, b)
		}
		return in, out
	})
}

func appendCube(list []flow.Cube, c flow.Cube) []flow.Cube {
	if c = c.Normal(); c.IsEmpty() {
		return list
	}
	return append(list, c)
}

// from and to divide the parts by an address of their packets.
func (p parts) from(s flow.AddressSet) (in, out parts) {
	return p.split(func(c []flow.Cube) (in, out []flow.Cube) { return fabric.BySource(c, s) })
}

func (p parts) to(s flow.AddressSet) (in, out parts) {
	return p.split(func(c []flow.Cube) (in, out []flow.Cube) { return fabric.ByDestination(c, s) })
}

// chosenBySecurityGroups reports whether nothing but rules of security groups
// blocks the parts, and nothing in them is undecided.
func (p parts) chosenBySecurityGroups() bool {
	for i := range p {
		if p[i].Verdict != reach.Blocked {
			return false
		}
		for _, h := range p[i].Blockers {
			if h.Kind != fabric.KindNSGRule && h.Kind != fabric.KindNSGDefaultRule {
				return false
			}
		}
	}
	return true
}
