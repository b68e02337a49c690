package bench

import (
	"fmt"
	"testing"
	"time"

	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/flow/workload"
)

// task is what a child process measures: every question on one workload, by
// one method.
type task struct {
	Kind       workload.Kind // "" for a realistic workload
	Rules, Tag int           // for an adversarial one Tag is its m
	Method     flow.Method
	Samples    int // of each question
}

func (t task) String() string { return t.workload().Name + ", " + t.Method.String() }

func (t task) workload() *workload.Workload {
	if t.Kind == "" {
		return realistic(t.Rules, t.Tag)
	}
	return workload.Adversarial(t.Kind, t.Rules, t.Tag, 1)
}

// result is the times of the questions; those that a limit of the kernel
// stopped are in Stopped.
type result struct {
	Check, Difference, Beyond, Dead, Edit time.Duration
	Stopped                               map[string]string
}

// questions are those of a result, in order.
var questions = []struct {
	name string
	of   func(*result) *time.Duration
	ask  func(*subject, *flow.Policy, *workload.Flow)
}{
	{"Q1", func(r *result) *time.Duration { return &r.Check }, func(s *subject, p *flow.Policy, f *workload.Flow) { s.check(p, f) }},
	{"Q2", func(r *result) *time.Duration { return &r.Difference }, func(s *subject, p *flow.Policy, f *workload.Flow) { s.difference(p, f) }},
	{"Q3", func(r *result) *time.Duration { return &r.Beyond }, func(s *subject, p *flow.Policy, f *workload.Flow) { s.beyond(p, f) }},
	{"Q4", func(r *result) *time.Duration { return &r.Dead }, func(s *subject, p *flow.Policy, f *workload.Flow) { s.dead(p) }},
	{"Q6", func(r *result) *time.Duration { return &r.Edit }, func(s *subject, p *flow.Policy, f *workload.Flow) { s.edit(p, f, 0) }},
}

func (t task) run() result {
	s := newSubject(t.workload())
	s.method = t.Method
	how := sampling{most: t.Samples, budget: 2 * time.Second}
	r := result{Stopped: map[string]string{}}
	for _, q := range questions {
		func() {
			defer func() {
				if reason := recover(); reason != nil {
					r.Stopped[q.name] = fmt.Sprint(reason)
				}
			}()
			*q.of(&r) = how.median(s.on(func(p *flow.Policy, f *workload.Flow) { q.ask(s, p, f) }))
		}()
	}
	return r
}

// memory is K9: the greatest resident set of a process that makes the
// workload and answers every question once.
func memory(b *testing.B) []row {
	var rows []row
	for _, c := range []struct{ tag, megabytes int }{{20_000, 64}, {100_000, 128}} {
		t := task{Rules: 1000, Tag: c.tag, Samples: 1}
		u, err := inChild(t, 5*time.Minute)
		if err != nil {
			b.Fatal(err)
		}
		rows = append(rows, row{target: "K9", demand: fmt.Sprintf("peak memory of all questions: at most %d MB", c.megabytes),
			on: t.workload().Name, measured: fmt.Sprintf("%d MB", u.Megabytes), met: u.Megabytes > 0 && u.Megabytes <= c.megabytes && len(u.Stopped) == 0})
	}
	return rows
}

// adversarial is K11: no question takes more than 5 s or 1 GB, and none more
// than three times the better of the two methods.
func adversarial(b *testing.B) []row {
	var rows []row
	for _, c := range []struct {
		kind workload.Kind
		n, m int
	}{
		{workload.Subset2, 100, 1000}, {workload.Subset2, 1000, 4000},
		{workload.Subset3, 50, 500}, {workload.Subset3, 200, 1000},
		{workload.Diag, 1000, 0}, {workload.Stairs, 1000, 0}, {workload.Grid, 1000, 0},
	} {
		var by [3]usage
		for _, m := range []flow.Method{flow.Automatic, flow.Sliced, flow.Canonical} {
			var err error
			if by[m], err = inChild(task{Kind: c.kind, Rules: c.n, Tag: c.m, Method: m, Samples: 7}, 10*time.Minute); err != nil {
				b.Fatal(err)
			}
		}
		name := task{Kind: c.kind, Rules: c.n, Tag: c.m}.workload().Name
		rows = append(rows, worst(name, &by), balance(name, &by))
	}
	return rows
}

// worst is the row of the slowest question.
func worst(on string, by *[3]usage) row {
	auto := &by[flow.Automatic]
	slowest, name := time.Duration(0), ""
	for _, q := range questions {
		if d := *q.of(&auto.result); d > slowest {
			slowest, name = d, q.name
		}
	}
	r := row{target: "K11", demand: "every question in at most 5 s and 1 GB", on: on,
		measured: fmt.Sprintf("%s in %s, %d MB", name, round(slowest), auto.Megabytes),
		met:      slowest <= 5*time.Second && auto.Megabytes <= 1000}
	for name, why := range auto.Stopped {
		r.measured, r.met = fmt.Sprintf("%s stopped: %s", name, why), false
	}
	return r
}

// balance is the row of the question for which the automatic choice loses
// most against the better method. Below a tenth of a millisecond nothing is
// chosen that anybody could feel.
func balance(on string, by *[3]usage) row {
	const floor = 100 * time.Microsecond
	r := row{target: "K11", demand: "within 3x of the better method", on: on, met: true, measured: "every question below 0.1 ms"}
	worst := 0.0
	for _, q := range questions {
		best := time.Duration(0)
		for _, m := range []flow.Method{flow.Sliced, flow.Canonical} {
			if d := *q.of(&by[m].result); d > 0 && (best == 0 || d < best) {
				best = d
			}
		}
		auto := *q.of(&by[flow.Automatic].result)
		if auto < floor || best == 0 {
			continue
		}
		if ratio := float64(auto) / float64(max(best, floor)); ratio > worst {
			worst = ratio
			r.measured = fmt.Sprintf("%s %.1fx (%s, sliced %s, canonical %s)", q.name, ratio, round(auto),
				orStopped(*q.of(&by[flow.Sliced].result)), orStopped(*q.of(&by[flow.Canonical].result)))
			r.met = ratio <= 3
		}
	}
	return r
}

func orStopped(d time.Duration) string {
	if d == 0 {
		return "stopped"
	}
	return round(d)
}
