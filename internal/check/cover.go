package check

import (
	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/service"
)

// Cover is a row of a service with all its packets, divided so that the same
// rules decide in a cell.
type Cover struct {
	Row   service.Row
	Cells []Cell
	// Sender is what is known of the service where it is the one that sends.
	Sender *azure.OwnAddress
	// Open says why there are none.
	Open []string
}

// Cell is packets of one fate.
type Cell struct {
	// Packets are disjoint cubes, none empty.
	Packets []flow.Cube
	Verdict reach.Verdict
	Trace   []reach.Hop
	// Seen are the addresses that the destination may see, of rows that are about
	// them.
	Seen []string
}

// Covers lists the rows of a service that are wanted, in the order of [Run].
func Covers(f *fabric.Fabric, b *service.Binding, wanted func(*service.Row) bool) []Cover {
	a := &asker{fabric: f, binding: b, byRule: true}
	var list []Cover
	for _, row := range b.Rows() {
		if !wanted(&row) {
			continue
		}
		c := Cover{Row: row, Open: row.Open, Sender: a.sender(&row)}
		if len(row.Open) == 0 {
			got, err := a.ask(&row)
			if err != nil {
				c.Open = []string{err.Error()}
			} else if len(got.parts) == 0 {
				c.Open = got.empty
			}
			for _, p := range got.parts {
				c.Cells = append(c.Cells, Cell{Packets: p.packets, Verdict: p.Verdict, Trace: p.Trace})
			}
		}
		list = append(list, c)
	}
	return list
}
