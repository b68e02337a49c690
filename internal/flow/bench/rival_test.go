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

// timeDiagram measures the interval diagram. Q1 and Q3 use the smaller
// diagram of actions, Q4 needs the one of deciders; Q2 and Q6 rebuild only the
// overlays above changed rules.
func timeDiagram(w *workload.Workload, s sampling) phases {
	p := plainOf(w)
	compile := func() *diagram.Diagram { return diagram.Compile(p.rules) }
	var t phases
	t.compile = s.median(func() func() { return func() { compile() } })
	t.checked = s.median(func() func() {
		return func() {
			d := compile()
			for _, q := range p.wanted {
				d.Check(q)
			}
		}
	})
	t.differ = s.median(func() func() {
		d := compile()
		return func() { d.Difference(d.With(p.edited)) }
	})
	t.beyond = s.median(func() func() {
		d := compile()
		return func() { d.Beyond(p.wanted) }
	})
	t.dead = s.median(func() func() {
		d := diagram.CompileDeciders(p.rules)
		return func() { d.Dead() }
	})
	t.recompile = s.median(func() func() { return func() { diagram.CompileDeciders(p.rules).Dead() } })
	edits := s.median(func() func() {
		d := compile()
		return func() {
			for _, e := range p.edits {
				changed := d.Replace(e.index, e.rule)
				for _, q := range p.wanted {
					if meets(q, p.rules[e.index].Box) || meets(q, e.rule.Box) {
						changed.Check(q)
					}
				}
			}
		}
	})
	t.edit = edits / time.Duration(len(p.edits))
	return t
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
