package check

import (
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
// send to an appliance is left out (decisions 12). Rows that are not wanted are
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
		for _, p := range counted.of(reach.Blocked) {
			m.Parts = append(m.Parts, MissingPart{Packets: p.packets, Blockers: p.Blockers})
		}
		list = append(list, m)
	}
	return list
}
