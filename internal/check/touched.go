package check

import (
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/service"
)

// Touched lists the hops that decide about the packets of a bound service's
// required and optional rows. Rows that cannot be asked have none.
func Touched(f *fabric.Fabric, b *service.Binding) []reach.Hop {
	a := &asker{fabric: f, binding: b, byRule: true}
	var hops []reach.Hop
	for _, row := range b.Rows() {
		if len(row.Open) > 0 || row.Severity == service.Advice {
			continue
		}
		got, err := a.ask(&row)
		if err != nil {
			continue // check reports it
		}
		for _, p := range got.parts {
			hops = append(hops, p.Trace...)
		}
	}
	return hops
}
