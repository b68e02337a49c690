package cli

import "runtime/debug"

// Between collections the heap of a run may grow to five times what it holds, as long
// as all of it is small: a run is short, and most of what it reads lives to its end.
const (
	growth     = 400     // in percent, where Go has 100
	smallBytes = 1 << 30 // beyond it memory is collected more often
)

// RelaxCollector trades memory for time. Who sets GOGC or GOMEMLIMIT decides alone.
func RelaxCollector(getenv func(string) string) {
	if getenv("GOGC") != "" || getenv("GOMEMLIMIT") != "" {
		return
	}
	debug.SetGCPercent(growth)
	debug.SetMemoryLimit(smallBytes)
}
