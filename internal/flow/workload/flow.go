package workload

import (
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/flow/workload/interval"
)

// Index is a universe of service tags as the kernel shares it among policies.
type Index struct {
	realm  Realm
	tags   *flow.TagIndex
	number map[string]int
}

// Index compiles the workload's tags for a realm. A workload without tags has
// an index without sets.
func (w *Workload) Index(realm Realm) *Index {
	var names []string
	var sets []flow.AddressSet
	if w.Tags != nil {
		for _, t := range w.Tags.All() {
			names = append(names, t.Name)
			sets = append(sets, realm.Addresses(interval.Of(t.Blocks...)))
		}
	}
	return IndexOver(flow.NewTagIndex(names, sets), realm)
}

// IndexOver is the index of tags that were compiled elsewhere, for a realm.
func IndexOver(tags *flow.TagIndex, realm Realm) *Index {
	x := &Index{realm: realm, tags: tags, number: map[string]int{}}
	for i := range tags.Len() {
		x.number[tags.Name(i)] = i
	}
	return x
}

// Flow is a workload in the kernel's terms.
type Flow struct {
	Rules, Edited []flow.Rule
	Requirements  []flow.Cube
	Edits         []FlowEdit
}

// FlowEdit puts another rule in the place of Rules[Index].
type FlowEdit struct {
	Index int
	Rule  flow.Rule
}

// Flow makes the kernel's form anew, with the tags taken from the index.
// Nothing but the index is shared with another call's result.
func (w *Workload) Flow(x *Index) *Flow {
	c := converter{x, map[*Address]flow.AddressSet{}}
	f := &Flow{Rules: c.rules(w.Rules), Edited: c.rules(w.Edited)}
	for i := range w.Requirements {
		f.Requirements = append(f.Requirements, c.cube(&w.Requirements[i]))
	}
	for _, e := range w.Edits {
		f.Edits = append(f.Edits, FlowEdit{e.Index, c.rule(&e.Rule)})
	}
	return f
}

type converter struct {
	*Index
	known map[*Address]flow.AddressSet
}

func (c *converter) rules(rules []Rule) []flow.Rule {
	out := make([]flow.Rule, len(rules))
	for i := range rules {
		out[i] = c.rule(&rules[i])
	}
	return out
}

func (c *converter) rule(r *Rule) flow.Rule {
	return flow.Rule{Match: c.cube(&r.Match), Permit: r.Allow}
}

func (c *converter) cube(m *Match) flow.Cube {
	return flow.Cube{
		Source:           c.addresses(m.Source),
		Destination:      c.addresses(m.Destination),
		Protocols:        protocols(m.Protocols),
		SourcePorts:      ports(m.SourcePorts),
		DestinationPorts: ports(m.DestinationPorts),
	}
}

func (c *converter) addresses(a *Address) flow.AddressSet {
	s, ok := c.known[a]
	if !ok {
		if i, tag := c.number[a.Tag]; tag {
			s = c.tags.Set(i)
		} else {
			s = c.realm.Addresses(a.Ranges)
		}
		c.known[a] = s
	}
	return s
}

func protocols(s interval.Set) flow.ProtocolSet {
	if s.Equal(interval.Protocol.Any()) {
		return flow.AllProtocols()
	}
	var list []uint8
	for _, v := range s {
		for p := v.Lo; p <= v.Hi; p++ {
			list = append(list, uint8(p))
		}
	}
	return flow.Protocols(list...)
}

func ports(s interval.Set) flow.PortSet {
	var out flow.PortSet
	for _, v := range s {
		out = out.Union(flow.PortRange(uint16(v.Lo), uint16(v.Hi)))
	}
	return out
}

// Packet is the plain form of a packet of the kernel; false if its addresses
// have no number in the realm.
func (x *Index) Packet(p flow.Packet) (interval.Packet, bool) {
	source, ok := x.realm.Number(p.Source)
	destination, ok2 := x.realm.Number(p.Destination)
	return interval.Packet{
		interval.Source:          source,
		interval.Destination:     destination,
		interval.Protocol:        uint32(p.Protocol),
		interval.SourcePort:      uint32(p.SourcePort),
		interval.DestinationPort: uint32(p.DestinationPort),
	}, ok && ok2
}
