package bench

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/flow/workload"
)

// BenchmarkTargets measures every target once, in one run, and prints the
// table of BENCHMARKS.md. Run it alone on a quiet machine:
//
//	go test -run '^$' -bench Targets -benchtime 1x -timeout 60m ./internal/flow/bench
//
// A part of it is chosen by name, for example -bench Targets/K11.
func BenchmarkTargets(b *testing.B) {
	var rows []row
	for _, part := range []struct {
		name    string
		measure func(*testing.B) []row
	}{
		{"K2", againstSolver},
		{"K3-K6", againstDiagram},
		{"K4-K6", withinKernel},
		{"K7", endToEnd},
		{"K8", scaling},
		{"K9", memory},
		{"K11", adversarial},
		{"K13", parallel},
	} {
		b.Run(part.name, func(b *testing.B) {
			for range b.N {
				rows = append(rows, part.measure(b)...)
			}
		})
	}
	fmt.Fprintf(os.Stdout, "\n%s\n", writeTable(rows))
}

func realistic(rules, tag int) *workload.Workload {
	return workload.Realistic(workload.Params{Rules: rules, Tag: tag, Seed: 1})
}

// againstSolver is K2. The solver's time is that of its program alone, the
// text is written beforehand.
func againstSolver(b *testing.B) []row {
	var rows []row
	for _, w := range []*workload.Workload{realistic(100, 5000), realistic(100, 20_000), realistic(1000, 5000)} {
		p, s := plainOf(w), newSubject(w)
		met, took, err := solve(smt(p.rules, p.wanted), 10*time.Minute)
		if errors.Is(err, errNoSolver) {
			b.Logf("K2 is not measured: %v", err)
			return append(rows, row{target: "K2", demand: "compile and Q1, faster than Z3: at least 1000x", measured: err.Error(), skipped: true})
		}
		if err != nil {
			b.Fatal(err)
		}
		f := s.fresh()
		if got := s.check(s.compile(f), f); !slices.Equal(got, met) {
			b.Fatalf("%s: the kernel and z3 disagree", w.Name)
		}
		rows = append(rows, atLeast("K2", "compile and Q1, faster than Z3", w.Name, 1000, took, s.times(usual).checked))
	}
	return rows
}

// againstDiagram is K3, and K4 to K6 as far as they compare with another
// method.
func againstDiagram(b *testing.B) []row {
	var rows []row
	for _, c := range []struct {
		rules, tag                        int
		checked, recompile, edit, exposed float64
	}{
		{100, 5000, 5, 10, 10, 5},
		{100, 20_000, 5, 10, 10, 5},
		{300, 5000, 5, 10, 10, 5},
		{1000, 5000, 100, 100, 300, 10},
		{1000, 20_000, 100, 100, 300, 10},
	} {
		w := realistic(c.rules, c.tag)
		s := newSubject(w)
		agreeOn(b, s)
		theirs, ours := s.beside(diagramJobs(w), c.rules >= 1000)
		rows = append(rows,
			atLeast("K3", "compile and Q1, faster than the interval diagram", w.Name, c.checked, theirs.checked, ours.checked),
			atLeast("K4", "compile and Q4, faster than the interval diagram", w.Name, c.recompile, theirs.recompile, ours.recompile),
			atLeast("K5", "Q6 per edit, faster than the interval diagram", w.Name, c.edit, theirs.edit, ours.edit),
			atLeast("K6", "Q3, faster than the interval diagram", w.Name, c.exposed, theirs.beyond, ours.beyond))
	}
	slices.SortStableFunc(rows, func(a, b row) int { return cmp.Compare(a.target, b.target) })
	return rows
}

// withinKernel is K4 to K6 as far as they compare the kernel with itself.
func withinKernel(*testing.B) []row {
	var rows []row
	for _, w := range []*workload.Workload{realistic(1000, 5000), realistic(1000, 20_000)} {
		t := newSubject(w).times(usual)
		rows = append(rows,
			atMost("K4", "Q4 of compile", w.Name, 1, t.dead, t.compile),
			atMost("K5", "Q6 per edit of compile and Q1", w.Name, 0.1, t.edit, t.checked),
			atMost("K6", "Q3 of compile", w.Name, 4.5, t.beyond, t.compile))
	}
	return rows
}

// scaling is K8.
func scaling(*testing.B) []row {
	how := usual
	how.alone = true
	measure := func(sizes []workload.Params, x func(workload.Params) int) (at []float64, t []phases) {
		var jobs []job
		var subjects []*subject
		for _, p := range sizes {
			s := newSubject(workload.Realistic(p))
			at, subjects, jobs = append(at, float64(x(p))), append(subjects, s), append(jobs, s.jobs(1000/p.Rules)...)
		}
		times := how.medians(jobs...)
		for i, s := range subjects {
			t = append(t, s.phases(times[i*len(jobs)/len(sizes):]))
		}
		return at, t
	}
	only := func(t []phases, f func(phases) time.Duration) []time.Duration {
		var out []time.Duration
		for _, p := range t {
			out = append(out, f(p))
		}
		return out
	}
	exponentRow := func(what, on string, bound float64, x []float64, y []time.Duration) row {
		e := exponent(x, y)
		return row{target: "K8", demand: fmt.Sprintf("%s: exponent at most %g", what, bound), on: on,
			measured: fmt.Sprintf("%.2f (%s to %s)", e, round(y[0]), round(y[len(y)-1])), met: e <= bound && !math.IsNaN(e)}
	}
	var sizes []workload.Params
	for _, n := range []int{30, 100, 300, 1000} {
		sizes = append(sizes, workload.Params{Rules: n, Tag: 5000, Seed: 1})
	}
	byRules, rules := measure(sizes, func(p workload.Params) int { return p.Rules })
	sizes = nil
	for _, n := range []int{1000, 5000, 20_000, 100_000} {
		sizes = append(sizes, workload.Params{Rules: 100, Tag: n, Seed: 1})
	}
	byTag, tags := measure(sizes, func(p workload.Params) int { return p.Tag })
	checked := func(t phases) time.Duration { return t.checked }
	inRules, inTags := "30 to 1000 rules, 5k", "100 rules, 1k to 100k prefixes"
	return []row{
		exponentRow("compile and Q1 in rules", inRules, 1.0, byRules, only(rules, checked)),
		exponentRow("compile and Q1 in tag prefixes", inTags, 0.6, byTag, only(tags, checked)),
		exponentRow("Q4 in rules", inRules, 1.5, byRules, only(rules, func(t phases) time.Duration { return t.dead })),
		exponentRow("Q3 in rules", inRules, 1.8, byRules, only(rules, func(t phases) time.Duration { return t.beyond })),
	}
}

// parallel is K13: the time of one worker over twice the time of two, as it is and
// against what the machine can do. That is the efficiency of two questions asked at
// once, which share nothing but its caches, its memory and its sibling threads. The
// three take turns: the speed of a machine changes.
func parallel(*testing.B) []row {
	s := newSubject(realistic(1000, 20_000))
	both := newSubject(s.workload)
	both.workers = 2
	beyond := func(p *flow.Policy, f *workload.Flow) { s.beyond(p, f) }
	alone, shared := s.on(beyond), both.on(func(p *flow.Policy, f *workload.Flow) { both.beyond(p, f) })
	waiting := usual
	waiting.wall = true
	apart := func() func() {
		first, second := alone(), alone()
		return func() {
			var wait sync.WaitGroup
			wait.Go(first)
			second()
			wait.Wait()
		}
	}
	times := waiting.medians(job{alone, 1}, job{shared, 1}, job{apart, 1})
	one, two, twice := times[0], times[1], times[2]
	efficiency, possible := float64(one)/float64(2*two), float64(one)/float64(twice)
	line := func(demand string, value float64, how string) row {
		return row{target: "K13", demand: demand + ": at least 0.85", on: s.workload.Name, measured: fmt.Sprintf("%.2f (%s)", value, how), met: value >= 0.85}
	}
	return []row{
		line("parallel efficiency of Q3 on 2 workers", efficiency, fmt.Sprintf("%s on one, %s on two", round(one), round(two))),
		line("the same, of that of two questions asked at once", efficiency/possible,
			fmt.Sprintf("%.2f of %.2f, which is %s for two at once", efficiency, possible, round(twice))),
	}
}
