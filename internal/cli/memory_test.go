package cli_test

import (
	"runtime/debug"
	"testing"

	"github.com/wayleave/wayleave/internal/cli"
)

// The collector is relaxed, and left alone where the environment sets it.
func TestRelaxCollector(t *testing.T) {
	percent := debug.SetGCPercent(100)
	t.Cleanup(func() { debug.SetGCPercent(percent) })
	for _, row := range []struct {
		set     string
		relaxed bool
	}{{"", true}, {"GOGC", false}, {"GOMEMLIMIT", false}} {
		debug.SetGCPercent(100)
		cli.RelaxCollector(func(name string) string {
			if name == row.set {
				return "100"
			}
			return ""
		})
		if got := debug.SetGCPercent(100) > 100; got != row.relaxed {
			t.Errorf("with %q set: relaxed %v, want %v", row.set, got, row.relaxed)
		}
	}
}
