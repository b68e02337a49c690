package reach_test

import (
	"testing"

	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// The packet that shows how a subnet fares within itself goes from one address
// to another, unless there is one alone.
func TestExampleIsBetweenTwoAddresses(t *testing.T) {
	network := lab{app: items(NSG("g", DenyIn(100, "tcp", "*", "*", "25")))}.net(t)
	for _, row := range []struct{ from, to, source, destination string }{
		{"v/app", "v/app", "10.1.1.4", "10.1.1.5"},
		{"10.1.1.4", "v/app", "10.1.1.4", "10.1.1.5"},
		{"10.1.1.4", "10.1.1.4", "10.1.1.4", "10.1.1.4"},
	} {
		a := explore(t, compile(t, network, servicetag.Symbolic()), in("tcp/25", row.from, row.to))
		w := a.Parts[0].Witness
		if w.Source.String() != row.source || w.Destination.String() != row.destination {
			t.Errorf("from %s to %s: want %s to %s, got %v", row.from, row.to, row.source, row.destination, w)
		}
	}
}
