package bench

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"
)

// compare reports where two evaluators disagree; the first may leave counts
// out. Its counts are those of the second times packets.
func compare(t *testing.T, name string, got, want answers, packets *big.Int) {
	t.Helper()
	same := func(what string, ok bool, got, want any) {
		t.Helper()
		if !ok {
			t.Errorf("%s: %s: %v, want %v", name, what, got, want)
		}
	}
	same("requirements met", slices.Equal(got.met, want.met), got.met, want.met)
	same("shadowed rules", slices.Equal(got.shadowed, want.shadowed), got.shadowed, want.shadowed)
	same("redundant rules", slices.Equal(got.redundant, want.redundant), got.redundant, want.redundant)
	same("requirements met after each edit", slices.EqualFunc(got.after, want.after, slices.Equal[[]bool]), got.after, want.after)
	if got.blockers != nil && want.blockers != nil {
		same("rules that deny", slices.EqualFunc(got.blockers, want.blockers, slices.Equal[[]int]), got.blockers, want.blockers)
	}
	if got.differ == nil {
		return
	}
	count := func(what string, got, want *big.Int) {
		t.Helper()
		want = new(big.Int).Mul(want, packets)
		same(what, got.Cmp(want) == 0, got, want)
	}
	count("packets treated differently", got.differ, want.differ)
	count("packets beyond the requirements", got.beyond, want.beyond)
	for i := range got.decided {
		if want.decided != nil {
			count(fmt.Sprintf("packets that rule %d decides", i), got.decided[i], want.decided[i])
		}
	}
	for i := range got.denied {
		count(fmt.Sprintf("denied packets of requirement %d", i), got.denied[i], want.denied[i])
	}
}

// gateSeeds is how many seeds an ordinary test run covers.
const gateSeeds = 200

// TestEvaluatorsAgree is the gate: the kernel, the interval diagram and binary
// decision diagrams agree on every verdict, rule list and count, the plain
// interpreter on every verdict and rule list, and each packet the kernel names
// is evaluated again.
func TestEvaluatorsAgree(t *testing.T) {
	for seed := range uint64(gateSeeds) {
		agree(t, seed)
	}
}

// TestSoakEvaluatorsAgree goes on with further seeds for as long as
// WAYLEAVE_SOAK says.
func TestSoakEvaluatorsAgree(t *testing.T) {
	limit := os.Getenv("WAYLEAVE_SOAK")
	if limit == "" {
		t.Skip("WAYLEAVE_SOAK is not set: set it to a duration such as 10m to compare more seeds")
	}
	soak, err := time.ParseDuration(limit)
	if err != nil {
		t.Fatal(err)
	}
	seed := uint64(gateSeeds)
	for start := time.Now(); time.Since(start) < soak && !t.Failed(); seed++ {
		agree(t, seed)
	}
	t.Logf("seeds %d to %d agree", gateSeeds, seed-1)
}

// agree compares the evaluators on the cases of one seed.
func agree(t *testing.T, seed uint64) {
	for _, c := range gateCases(seed) {
		t.Run(fmt.Sprintf("%s in %s, seed %d", c.workload.Name, c.in, seed), func(t *testing.T) {
			p := plainOf(c.workload)
			one, packets := big.NewInt(1), c.realm.PacketsPerPacket()
			trees, err := newBDD()
			if err != nil {
				t.Fatal(err)
			}
			want := trees.decide(p)
			compare(t, "diagram", byDiagram(p, t.Errorf), want, one)
			seen, exact := interpret(p, 50_000)
			if exact {
				compare(t, "interpreter", seen.answers(), want, one)
			} else {
				seen = sample(p, 2000, rand.New(rand.NewPCG(seed, 3)))
			}
			for _, w := range ways {
				got := byKernel(t, c, p, w)
				compare(t, w.name, got, want, packets)
				if wrong := seen.contradicts(got); wrong != "" {
					t.Errorf("%s: %s", w.name, wrong)
				}
			}
		})
	}
}
