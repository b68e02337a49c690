package bench

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/flow/workload"
)

// subject is the kernel on one workload, ready to be measured. The tag index
// is built once, as a program builds it once for a tag file; all else is made
// anew for every sample.
type subject struct {
	workload *workload.Workload
	index    *workload.Index
	method   flow.Method
	workers  int
}

func newSubject(w *workload.Workload) *subject {
	return &subject{workload: w, index: w.Index(workload.InIPv4()), workers: 1}
}

// fresh is the workload in sets that no policy has seen.
func (s *subject) fresh() *workload.Flow { return s.workload.Flow(s.index) }

func (s *subject) compile(f *workload.Flow) *flow.Policy {
	p, err := flow.NewPolicy(f.Rules, flow.WithQueries(f.Requirements...), flow.WithMethod(s.method))
	s.must(err)
	return p
}

// must panics on an error: a question without an answer has no time.
func (s *subject) must(err error) {
	if err != nil {
		panic(fmt.Errorf("%s: %w", s.workload.Name, err))
	}
}

// The questions, each on a compiled policy.

func (s *subject) check(p *flow.Policy, f *workload.Flow) (met []bool) {
	for _, q := range f.Requirements {
		v, err := p.Check(q)
		s.must(err)
		met = append(met, v.Permitted)
	}
	return met
}

func (s *subject) difference(p *flow.Policy, f *workload.Flow) flow.Count {
	edited, err := flow.NewPolicy(f.Edited, flow.WithMethod(s.method))
	s.must(err)
	changes, err := flow.Difference(p, edited)
	s.must(err)
	var n flow.Count
	for _, c := range changes {
		n = n.Add(c.Region.Count())
	}
	return n
}

func (s *subject) beyond(p *flow.Policy, f *workload.Flow) flow.Count {
	regions, err := p.Beyond(f.Requirements, s.workers)
	s.must(err)
	return s.count(regions)
}

// count adds up the packets of regions by so many workers. The last rules are the
// broad ones: their regions, the long jobs, come first.
func (s *subject) count(regions []flow.Region) flow.Count {
	sums := make([]flow.Count, s.workers)
	var next atomic.Int64
	work := func(worker int) {
		for i := next.Add(1) - 1; i < int64(len(regions)); i = next.Add(1) - 1 {
			sums[worker] = sums[worker].Add(regions[int64(len(regions))-1-i].Count())
		}
	}
	var wait sync.WaitGroup
	for worker := 1; worker < s.workers; worker++ {
		wait.Go(func() { work(worker) })
	}
	work(0)
	wait.Wait()
	var n flow.Count
	for _, sum := range sums {
		n = n.Add(sum)
	}
	return n
}

func (s *subject) dead(p *flow.Policy) (shadowed, redundant []int) {
	shadowed, redundant, err := p.Dead()
	s.must(err)
	return shadowed, redundant
}

// edit makes edit number i and re-checks what it may have changed.
func (s *subject) edit(p *flow.Policy, f *workload.Flow, i int) (met []bool) {
	e := f.Edits[i]
	changed, err := p.Replace(e.Index, e.Rule)
	s.must(err)
	for _, q := range f.Requirements {
		if p.Meets(e.Index, q) || changed.Meets(e.Index, q) {
			v, err := changed.Check(q)
			s.must(err)
			met = append(met, v.Permitted)
		}
	}
	return met
}

// on is a measurement of a question on a policy compiled untimed.
func (s *subject) on(question func(*flow.Policy, *workload.Flow)) func() func() {
	return func() func() {
		f := s.fresh()
		p := s.compile(f)
		return func() { question(p, f) }
	}
}

// times measures every question.
func (s *subject) times(how sampling) phases {
	return s.phases(how.medians(s.jobs(1)...))
}

// beside measures every question, and a rival's in turns with them, but once and before
// them where the rival is slow.
func (s *subject) beside(rival []job, slow bool) (theirs, ours phases) {
	if slow {
		return s.phases(once.medians(rival...)), s.times(usual)
	}
	own := s.jobs(1)
	times := usual.medians(append(rival, own...)...)
	return s.phases(times[:len(rival)]), s.phases(times[len(rival):])
}

// jobs are the questions, in the order in which phases takes their times.
func (s *subject) jobs(together int) []job {
	fresh := func(f func(*workload.Flow)) job {
		return job{func() func() {
			w := s.fresh()
			return func() { f(w) }
		}, together}
	}
	compiled := func(f func(*flow.Policy, *workload.Flow)) job { return job{s.on(f), together} }
	return []job{
		fresh(func(f *workload.Flow) { s.compile(f) }),
		fresh(func(f *workload.Flow) { s.check(s.compile(f), f) }),
		compiled(func(p *flow.Policy, f *workload.Flow) { s.difference(p, f) }),
		compiled(func(p *flow.Policy, f *workload.Flow) { s.beyond(p, f) }),
		compiled(func(p *flow.Policy, f *workload.Flow) { s.dead(p) }),
		fresh(func(f *workload.Flow) { s.dead(s.compile(f)) }),
		compiled(func(p *flow.Policy, f *workload.Flow) {
			for i := range f.Edits {
				s.edit(p, f, i)
			}
		}),
	}
}

func (s *subject) phases(t []time.Duration) phases {
	return phases{
		compile: t[0], checked: t[1], differ: t[2], beyond: t[3], dead: t[4], recompile: t[5],
		edit: t[6] / time.Duration(len(s.workload.Edits)),
	}
}
