//go:build unix

package bench

import (
	"fmt"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/document"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow/workload"
)

// steps of the way, in order. Those up to q1 are K7's first demand.
const (
	decode = iota
	parse
	readStep
	buildStep
	compile
	q1
	rest
	blockers
	stepCount
)

var stepNames = [stepCount]string{"decode", "parse", "read", "build", "compile", "Q1", "Q3+Q4", "blockers"}

// processorTime is what the process has used so far, its garbage collector
// included: a busy machine moves it less than the clock.
func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// sample is one way from bytes to answers, and what each step took.
func (f *files) sample(tb testing.TB, now func() time.Duration) (took [stepCount]time.Duration) {
	must := func(err error) {
		if err != nil {
			tb.Fatalf("%s: %v", f.name, err)
		}
	}
	timed := func(step int, run func()) {
		start := now()
		run()
		took[step] = now() - start
	}
	var err error
	runtime.GC()
	timed(decode, func() { err = f.decode() })
	must(err)
	runtime.GC()
	var docs []*document.Document
	timed(parse, func() { docs, err = f.parse() })
	must(err)
	var inventories []*azure.Inventory
	timed(readStep, func() { inventories = read(docs) })
	var network *azure.Network
	timed(buildStep, func() { network, err = build(inventories) })
	must(err)
	var policy *fabric.Policy
	timed(compile, func() { policy, err = f.compile(network) })
	must(err)
	timed(q1, func() { _, err = f.check(policy) })
	must(err)
	timed(rest, func() { err = f.rest(policy) })
	must(err)
	timed(blockers, func() { f.blockers(policy) })
	return took
}

// medians of the steps over samples taken for about budget.
func (f *files) medians(tb testing.TB, now func() time.Duration, budget time.Duration) (took [stepCount]time.Duration) {
	f.sample(tb, now) // what is made once in a process
	var samples [stepCount][]time.Duration
	for began := time.Now(); len(samples[0]) < 5 || len(samples[0]) < 101 && time.Since(began) < budget; {
		for step, t := range f.sample(tb, now) {
			samples[step] = append(samples[step], t)
		}
	}
	for step := range took {
		slices.Sort(samples[step])
		took[step] = samples[step][len(samples[step])/2]
	}
	return took
}

// BenchmarkK7 prints how long each step takes in the median, as a share of
// decoding the same bytes with encoding/json, in processor time.
func BenchmarkK7(b *testing.B) {
	cases := []struct {
		rules, tag int
		naming     workload.Naming
	}{
		{10, 20_000, workload.ByName}, {100, 5000, workload.ByName}, {100, 20_000, workload.ByName},
		{1000, 5000, workload.ByName}, {1000, 20_000, workload.ByName},
		{10, 20_000, workload.Expanded}, {100, 20_000, workload.Expanded},
		{1000, 5000, workload.Expanded}, {1000, 20_000, workload.Expanded},
	}
	for range b.N {
		fmt.Printf("\n%-20s %9s", "input", "KB")
		for _, name := range stepNames {
			fmt.Printf(" %8s", name)
		}
		fmt.Printf(" %8s %8s\n", "to Q1", "all")
		for _, c := range cases {
			f := makeFiles(b, c.rules, c.tag, c.naming)
			took := f.medians(b, processorTime, 3*time.Second)
			fmt.Printf("%-20s %9d %6.2fms", f.name, len(f.group)>>10, took[decode].Seconds()*1000)
			share := func(t time.Duration) { fmt.Printf(" %8.2f", t.Seconds()/took[decode].Seconds()) }
			sum := time.Duration(0)
			for step := parse; step < stepCount; step++ {
				share(took[step])
			}
			for step := parse; step <= q1; step++ {
				sum += took[step]
			}
			share(sum)
			share(sum + took[rest])
			fmt.Println()
		}
	}
}

// BenchmarkSteps runs the steps apart, for profiles.
func BenchmarkSteps(b *testing.B) {
	for _, naming := range []workload.Naming{workload.ByName, workload.Expanded} {
		f := makeFiles(b, 1000, 20_000, naming)
		docs, err := f.parse()
		if err != nil {
			b.Fatal(err)
		}
		inventories := read(docs)
		network, err := build(inventories)
		if err != nil {
			b.Fatal(err)
		}
		run := func(step int, once func() error) {
			b.Run(f.name+"/"+stepNames[step], func(b *testing.B) {
				b.SetBytes(int64(len(f.group)))
				b.ReportAllocs()
				for b.Loop() {
					if err := once(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		run(decode, f.decode)
		run(parse, func() error { _, err := f.parse(); return err })
		run(readStep, func() error {
			docs, err := f.parse()
			read(docs)
			return err
		})
		run(buildStep, func() error { _, err := build(inventories); return err })
		run(compile, func() error { _, err := f.compile(network); return err })
		policy, err := f.compile(network)
		if err != nil {
			b.Fatal(err)
		}
		run(q1, func() error { _, err := f.check(policy); return err })
		run(blockers, func() error { f.blockers(policy); return nil })
	}
}
