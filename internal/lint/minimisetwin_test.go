package lint_test

import (
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/lint"
	"github.com/wayleave/wayleave/internal/plain"
	"github.com/wayleave/wayleave/internal/plain/random"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// Groups of random networks are made smaller; the interpreter of one packet gives
// every packet the verdict that it had.
func TestMinimisedGroupsDecideAlikeForTheTwin(t *testing.T) {
	const networks, questions = 25, 40
	smaller, steps, packets := 0, 0, 0
	for seed := range uint64(networks) {
		n := random.New(seed + 1)
		inventory, err := n.Inventory()
		if err != nil {
			continue
		}
		network, _ := azure.Build(inventory)
		catalogue, err := servicetag.Parse("ServiceTags_Public_20260101.json", n.ServiceTagFile())
		if network == nil || err != nil {
			continue
		}
		f, _ := fabric.Compile(network, catalogue, fabric.Assume())
		was, err := plain.New(network, n.Tags(), plain.Documented())
		if f == nil || err != nil {
			continue
		}
		found, _ := lint.Minimise(f)
		for _, g := range found {
			smaller, steps = smaller+1, steps+len(g.Steps)
		}
		after, problems := azure.Build(lint.Apply([]*azure.Inventory{inventory}, found)...)
		if after == nil {
			t.Fatalf("seed %d: %v", seed+1, problems)
		}
		is, err := plain.New(after, n.Tags(), plain.Documented())
		if err != nil {
			t.Fatalf("seed %d: %v", seed+1, err)
		}
		asked := n.Questions(seed)
		for range questions {
			q := asked.Next()
			before, err1 := was.Follow(q)
			now, err2 := is.Follow(q)
			if err1 != nil || err2 != nil {
				continue
			}
			packets++
			if before.Verdict != now.Verdict {
				t.Fatalf("seed %d: %+v\nwas %v\nis %v\nin\n%s", seed+1, q, before, now, n)
			}
		}
	}
	t.Logf("%d groups smaller by %d steps, %d packets", smaller, steps, packets)
	if smaller < 5 || packets < 100 {
		t.Error("too little became smaller to say anything")
	}
}
