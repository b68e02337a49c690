package cli_test

import (
	"math"
	"runtime/debug"
	"testing"

	"github.com/wayleave/wayleave/internal/cli"
)

// The collector is relaxed up to a bound, and left alone where the environment sets it.
func TestRelaxCollector(t *testing.T) {
	percent, limit := debug.SetGCPercent(100), debug.SetMemoryLimit(math.MaxInt64)
	t.Cleanup(func() {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
	})
	for _, row := range []struct {
		set     string
		relaxed bool
	}{{"", true}, {"GOGC", false}, {"GOMEMLIMIT", false}} {
		debug.SetGCPercent(100)
		debug.SetMemoryLimit(math.MaxInt64)
		cli.RelaxCollector(func(name string) string {
			if name == row.set {
				return "100"
			}
			return ""
		})
		if got, bound := debug.SetGCPercent(100) > 100, debug.SetMemoryLimit(-1) < math.MaxInt64; got != row.relaxed || bound != row.relaxed {
			t.Errorf("with %q set: relaxed %v, bounded %v; want both %v", row.set, got, bound, row.relaxed)
		}
	}
}
