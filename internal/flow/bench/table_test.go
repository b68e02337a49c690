package bench

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
)

// row is one measured case of a target.
type row struct {
	target   string // K2 ...
	demand   string // what must hold
	on       string // the inputs
	measured string
	met      bool
	skipped  bool // could not be measured here
}

// atLeast is the row of a ratio that must not be smaller than bound.
func atLeast(target, what, on string, bound float64, rival, kernel time.Duration) row {
	ratio := float64(rival) / float64(kernel)
	return row{
		target: target, demand: fmt.Sprintf("%s: at least %gx", what, bound), on: on,
		measured: fmt.Sprintf("%s (%s against %s)", times(ratio), round(kernel), round(rival)), met: ratio >= bound,
	}
}

// atMost is the row of a quotient that must not be larger than bound.
func atMost(target, what, on string, bound float64, part, whole time.Duration) row {
	ratio := float64(part) / float64(whole)
	return row{
		target: target, demand: fmt.Sprintf("%s: at most %gx", what, bound), on: on,
		measured: fmt.Sprintf("%.2gx (%s of %s)", ratio, round(part), round(whole)), met: ratio <= bound,
	}
}

func times(ratio float64) string {
	if ratio < 10 {
		return fmt.Sprintf("%.1fx", ratio)
	}
	return fmt.Sprintf("%.0fx", ratio)
}

// round shortens a duration to three digits.
func round(d time.Duration) string {
	unit := time.Duration(1)
	for d/unit >= 1000 {
		unit *= 10
	}
	return d.Round(unit).String()
}

// writeTable writes the rows as Markdown, with the machine above them.
func writeTable(rows []row) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s; %s %s/%s; %s\n\n", machine(), runtime.Version(), runtime.GOOS, runtime.GOARCH, time.Now().UTC().Format("2006-01-02"))
	b.WriteString("| target | demand | on | measured | met |\n|---|---|---|---|---|\n")
	for _, r := range rows {
		met := "no"
		switch {
		case r.skipped:
			met = "not measured"
		case r.met:
			met = "yes"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", r.target, r.demand, r.on, r.measured, met)
	}
	return b.String()
}

// machine is the processor's name and the number of cores in use.
func machine() string {
	name := "unknown processor"
	if info, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(info)) {
			if k, v, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(k) == "model name" {
				name = strings.TrimSpace(v)
				break
			}
		}
	}
	return fmt.Sprintf("%s, %d cores", name, runtime.GOMAXPROCS(0))
}
