package bench

import (
	"slices"
	"testing"

	"github.com/wayleave/wayleave/internal/flow/diagram"
)

// agreeOn compares the kernel with the interval diagram on a workload that is
// too large for the gate, so that nothing wrong is ever timed.
func agreeOn(b *testing.B, s *subject) {
	b.Helper()
	p := plainOf(s.workload)
	d := diagram.CompileDeciders(p.rules)
	f := s.fresh()
	policy := s.compile(f)
	for i, met := range s.check(policy, f) {
		if _, ok := d.Check(p.wanted[i]); ok != met {
			b.Fatalf("%s: requirement %d is met: %v by the kernel, %v by the diagram", s.workload.Name, i, met, ok)
		}
	}
	if got, want := s.difference(policy, f).Big(), d.Difference(d.With(p.edited)).Big(); got.Cmp(want) != 0 {
		b.Fatalf("%s: the policies differ on %v packets by the kernel, %v by the diagram", s.workload.Name, got, want)
	}
	if got, want := s.beyond(policy, f).Big(), d.Beyond(p.wanted).Big(); got.Cmp(want) != 0 {
		b.Fatalf("%s: %v packets are beyond the requirements by the kernel, %v by the diagram", s.workload.Name, got, want)
	}
	shadowed, redundant := s.dead(policy)
	wantShadowed, wantRedundant := d.Dead()
	if !slices.Equal(shadowed, wantShadowed) || !slices.Equal(redundant, wantRedundant) {
		b.Fatalf("%s: the kernel finds rules %v shadowed and %v redundant, the diagram %v and %v",
			s.workload.Name, shadowed, redundant, wantShadowed, wantRedundant)
	}
}
