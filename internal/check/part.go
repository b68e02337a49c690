package check

import (
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/result"
)

// parts is the whole space of a requirement, split by how the packets fare.
type parts []reach.Part

// verdict adds the parts up (decisions 1). No parts is the caller's error: an
// empty requirement is never allowed.
func (p parts) verdict() result.Verdict {
	var has [3]bool
	for i := range p {
		has[p[i].Verdict] = true
	}
	allowed, blocked, undecided := has[reach.Allowed], has[reach.Blocked], has[reach.Undecided]
	switch {
	case blocked && !allowed && !undecided:
		return result.Blocked
	case blocked:
		return result.Partial
	case undecided:
		return result.Undecided
	}
	return result.Allowed
}

// of selects the parts with one verdict.
func (p parts) of(v reach.Verdict) parts {
	var chosen parts
	for _, part := range p {
		if part.Verdict == v {
			chosen = append(chosen, part)
		}
	}
	return chosen
}

// cubes are the packets of all parts.
func (p parts) cubes() []flow.Cube {
	var cubes []flow.Cube
	for i := range p {
		cubes = append(cubes, p[i].Cubes...)
	}
	return cubes
}

// protocols restricts the parts to packets of the given protocols; parts that
// become empty are left out.
func (p parts) protocols(set flow.ProtocolSet) parts {
	var chosen parts
	for _, part := range p {
		var cubes []flow.Cube
		for _, c := range part.Cubes {
			c.Protocols = c.Protocols.Intersect(set)
			if c = c.Normal(); !c.IsEmpty() {
				cubes = append(cubes, c)
			}
		}
		if len(cubes) > 0 {
			part.Cubes = cubes
			chosen = append(chosen, part)
		}
	}
	return chosen
}

// side unites one end of all packets.
func (p parts) side(of func(flow.Cube) flow.AddressSet) flow.AddressSet {
	var b flow.AddressSetBuilder
	for i := range p {
		for _, c := range p[i].Cubes {
			b.AddSet(of(c))
		}
	}
	return b.Set()
}

func source(c flow.Cube) flow.AddressSet      { return c.Source }
func destination(c flow.Cube) flow.AddressSet { return c.Destination }
