package bench

import (
	"time"

	"github.com/wayleave/wayleave/internal/flow/diagram"
	"github.com/wayleave/wayleave/internal/flow/workload"
	"github.com/wayleave/wayleave/internal/flow/workload/interval"
)

// phases are the times of the questions about a workload.
type phases struct {
	compile   time.Duration // alone
	checked   time.Duration // compile and Q1
	differ    time.Duration // Q2
	beyond    time.Duration // Q3
	dead      time.Duration // Q4
	recompile time.Duration // compile and Q4, each in the form the question needs
	edit      time.Duration // Q6, one edit
}

// diagramJobs are the questions to the interval diagram, in the order of subject.jobs.
// Q1 and Q3 use the smaller diagram of actions, Q4 needs the one of deciders; Q2 and Q6
// rebuild only the overlays above changed rules.
func diagramJobs(w *workload.Workload) []job {
	p := plainOf(w)
	compile := func() *diagram.Diagram { return diagram.Compile(p.rules) }
	fresh := func(f func()) job { return job{func() func() { return f }, 1} }
	compiled := func(f func(*diagram.Diagram)) job {
		return job{func() func() {
			d := compile()
			return func() { f(d) }
		}, 1}
	}
	return []job{
		fresh(func() { compile() }),
		fresh(func() {
			d := compile()
			for _, q := range p.wanted {
				d.Check(q)
			}
		}),
		compiled(func(d *diagram.Diagram) { d.Difference(d.With(p.edited)) }),
		compiled(func(d *diagram.Diagram) { d.Beyond(p.wanted) }),
		{func() func() {
			d := diagram.CompileDeciders(p.rules)
			return func() { d.Dead() }
		}, 1},
		fresh(func() { diagram.CompileDeciders(p.rules).Dead() }),
		compiled(func(d *diagram.Diagram) {
			for _, e := range p.edits {
				changed := d.Replace(e.index, e.rule)
				for _, q := range p.wanted {
					if meets(q, p.rules[e.index].Box) || meets(q, e.rule.Box) {
						changed.Check(q)
					}
				}
			}
		}),
	}
}

// meets reports whether two boxes have values in common in every field.
func meets(a, b interval.Box) bool {
	for f := range interval.Fields {
		if len(a[f].Intersect(b[f])) == 0 {
			return false
		}
	}
	return true
}
