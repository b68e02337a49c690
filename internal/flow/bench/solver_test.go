package bench

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/wayleave/wayleave/internal/flow/workload"
)

// What the solver is asked in the measurements is the question the others
// answer.
func TestSolverIsAskedTheSameQuestion(t *testing.T) {
	for seed := range uint64(12) {
		for _, w := range []*workload.Workload{
			workload.Tiny(seed), workload.Realistic(workload.Params{Rules: 12, Tag: 50, Seed: seed}),
		} {
			p := plainOf(w)
			got, _, err := solve(smt(p.rules, p.wanted), time.Minute)
			if errors.Is(err, errNoSolver) {
				t.Skipf("%v: install it (Debian: z3) to compare with it", err)
			}
			if err != nil {
				t.Fatal(err)
			}
			if want := byDiagram(p, t.Errorf).met; !slices.Equal(got, want) {
				t.Errorf("%s: z3 says %v, want %v", w.Name, got, want)
			}
		}
	}
}
