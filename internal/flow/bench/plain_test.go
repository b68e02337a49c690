package bench

import (
	"github.com/wayleave/wayleave/internal/flow/workload"
	"github.com/wayleave/wayleave/internal/flow/workload/interval"
)

// plain is a workload in plain form.
type plain struct {
	rules, edited interval.Policy
	wanted        []interval.Box
	edits         []plainEdit
}

type plainEdit struct {
	index int
	rule  interval.Rule
}

func plainOf(w *workload.Workload) *plain {
	p := &plain{
		rules:  workload.Plain(w.Rules),
		edited: workload.Plain(w.Edited),
		wanted: workload.PlainMatches(w.Requirements),
	}
	for _, e := range w.Edits {
		p.edits = append(p.edits, plainEdit{e.Index, workload.Plain([]workload.Rule{e.Rule})[0]})
	}
	return p
}
