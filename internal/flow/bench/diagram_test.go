package bench

import "github.com/wayleave/wayleave/internal/flow/diagram"

// byDiagram answers by the interval decision diagram; a witness that is none
// is reported through fail.
func byDiagram(p *plain, fail func(format string, args ...any)) answers {
	d := diagram.CompileDeciders(p.rules)
	var out answers
	for i, q := range p.wanted {
		witness, ok := d.Check(q)
		if !ok && (!q.Has(witness) || p.rules.Allows(witness)) {
			fail("diagram: witness %v of requirement %d is none", witness, i)
		}
		out.met = append(out.met, ok)
		out.denied = append(out.denied, d.Violations(q).Big())
	}
	out.differ = d.Difference(d.With(p.edited)).Big()
	out.beyond = d.Beyond(p.wanted).Big()
	out.shadowed, out.redundant = d.Dead()
	for _, e := range p.edits {
		changed := d.Replace(e.index, e.rule)
		var met []bool
		for _, q := range p.wanted {
			_, ok := changed.Check(q)
			met = append(met, ok)
		}
		out.after = append(out.after, met)
	}
	return out
}
