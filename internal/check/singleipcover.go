package check

import (
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/service"
)

// SingleIPCovers are the packets to the destinations of egress=single-ip, by subnet
// and destination, divided by the rules that decide and the address that they see.
func SingleIPCovers(f *fabric.Fabric, b *service.Binding) []Cover {
	a := &asker{fabric: f, binding: b, byRule: true}
	destinations, _, _ := b.SingleIP()
	own := b.Own()
	var list []Cover
	for _, d := range destinations {
		for _, s := range b.Subnets {
			c := Cover{Row: service.Row{Requirement: &service.Requirement{ID: singleIPID(d)}, Subnet: s}, Sender: &own}
			got, err := a.askSingleIP(s, d)
			if err != nil {
				c.Open = []string{err.Error()}
			}
			for _, p := range got.Parts {
				c.Cells = append(c.Cells, Cell{Packets: p.Space.Cubes(), Verdict: p.Verdict, Trace: p.Trace, Seen: p.Seen.Addresses})
			}
			list = append(list, c)
		}
	}
	return list
}
