package cli

import "runtime/debug"

// Between collections the heap of a run may grow to three times what it holds: a run is
// short, and most of what it reads lives to its end.
const growth = 200 // in percent, where Go has 100

// RelaxCollector trades memory for time. Who sets GOGC or GOMEMLIMIT decides alone.
func RelaxCollector(getenv func(string) string) {
	if getenv("GOGC") != "" || getenv("GOMEMLIMIT") != "" {
		return
	}
	debug.SetGCPercent(growth)
}
