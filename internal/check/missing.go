package check

import (
	"net/netip"
	"slices"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/result"
	"github.com/wayleave/wayleave/internal/service"
)

// Missing is a required row that fails, with the packets it lacks.
type Missing struct {
	Row   service.Row
	Parts []MissingPart
	// SingleIP is not nil for a row of egress=single-ip. Its parts are also those
	// that arrive with another address than they should: stopped by a hop of kind
	// nat that translates.
	SingleIP *SingleIP
}

// SingleIP is what a row of egress=single-ip asks.
type SingleIP struct {
	Destination service.Destination
	// Address that the destination expects; empty for any that is known
	// beforehand.
	Address string
	// Destinations and Subnets of the service, all of them.
	Destinations []service.Destination
	Subnets      []*azure.Subnet
}

// MissingPart is the packets that the same hops block.
type MissingPart struct {
	// Packets are disjoint cubes, none empty.
	Packets []flow.Cube
	// Blockers are everything on the way, forward and back, that stops them.
	Blockers []reach.Hop
}

// ID names the row in messages: the requirement.
func (m *Missing) ID() string { return m.Row.Requirement.ID }

// Subnet labels the subnet the row is about; empty for the whole service.
func (m *Missing) Subnet() string {
	if m.Row.Subnet == nil {
		return ""
	}
	return m.Row.Subnet.Label()
}

// Packets are those of all parts.
func (m *Missing) Packets() flow.Space {
	var all []flow.Cube
	for _, p := range m.Parts {
		all = append(all, p.Packets...)
	}
	return flow.SpaceOf(all...)
}

// FindMissing lists the rows of a service that fail, in the order of
// [Run], with the packets whose blocking makes them fail. What specific routes
// send to an appliance is left out, and so are callers whose replies they do where
// the row is met without them (decisions 9 and 12). Rows that are not wanted are
// not asked; nil wants all.
func FindMissing(f *fabric.Fabric, b *service.Binding, wanted func(*Missing) bool) []Missing {
	a := &asker{fabric: f, binding: b}
	var list []Missing
	for _, row := range b.Rows() {
		m := Missing{Row: row}
		if len(row.Open) > 0 || wanted != nil && !wanted(&m) {
			continue
		}
		got, err := a.ask(&row)
		if err != nil || len(got.parts) == 0 {
			continue
		}
		q := &question{b.Profile, &row, a.takenOver(row.Subnet), b.Adds(row.Requirement.ID), f.Network()}
		if q.judge(got.parts).outcome != result.Fail {
			continue
		}
		counted := got.parts
		if row.Requirement.TakenOver {
			counted, _ = q.withoutTakenOver(counted)
		}
		counted = q.withoutLostReplies(counted)
		for _, p := range counted.of(reach.Blocked) {
			m.Parts = append(m.Parts, MissingPart{Packets: p.packets, Blockers: p.Blockers})
		}
		list = append(list, m)
	}
	return append(list, a.missingSingleIP(wanted)...)
}

// withoutLostReplies leaves out the callers of a row that may be narrower to whom
// the replies go by a specific route to an appliance that stops them: when the others
// get through, the row is met. They stay where nobody else is blocked.
func (q *question) withoutLostReplies(all parts) parts {
	if n := q.row.Requirement.Narrower; n == nil || n.Side == "destination" {
		return all
	}
	rest := all
	for _, t := range q.takenOver {
		here, others := rest.from(t.addresses)
		rest = others
		for _, p := range here {
			if !slices.ContainsFunc(p.Blockers, func(h reach.Hop) bool { return h.Kind == fabric.KindReturnPath && h.Name == t.route }) {
				rest = append(rest, p)
			}
		}
	}
	if len(rest.of(reach.Blocked)) == 0 {
		return all
	}
	return rest
}

// missingSingleIP lists the rows of egress=single-ip that fail. One that is
// wanted and has no parts is met with another address than others.
func (a *asker) missingSingleIP(wanted func(*Missing) bool) []Missing {
	destinations, address, _ := a.binding.SingleIP()
	var list []Missing
	for _, d := range destinations {
		for _, s := range a.binding.Subnets {
			m := Missing{Row: singleIPRowOf(s, d), SingleIP: &SingleIP{d, address, destinations, a.binding.Subnets}}
			if wanted != nil && !wanted(&m) {
				continue
			}
			got, err := a.askSingleIP(s, d)
			if err != nil {
				continue
			}
			for _, p := range got.Parts {
				if fate, blockers, _ := singleIPPart(p, address); fate == reach.Blocked {
					m.Parts = append(m.Parts, MissingPart{Packets: p.Space.Cubes(), Blockers: blockers})
				}
			}
			if wanted != nil || len(m.Parts) > 0 {
				list = append(list, m)
			}
		}
	}
	return list
}

// singleIPRowOf is the row of one destination and subnet in the form of the rows
// of a profile.
func singleIPRowOf(s *azure.Subnet, d service.Destination) service.Row {
	return service.Row{
		Requirement: &service.Requirement{ID: singleIPID(d), Direction: "outbound"}, Subnet: s,
		Source: service.Far{Is: service.InSubnet, Text: s.Name}, Destination: service.Far{Prefixes: []netip.Prefix{d.Prefix}, Text: d.Prefix.String()},
		Protocols: d.Needs(), SourcePorts: flow.AllPorts(), DestinationPorts: d.Ports,
	}
}
