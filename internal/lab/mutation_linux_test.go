package lab_test

import (
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/lab"
	"github.com/wayleave/wayleave/internal/plain/random"
)

// mutations are mistakes in what the lab alone reads.
var mutations = []struct {
	what  string
	apply func(*azure.Network)
}{
	{"two rules in the wrong order", swapRules},
	{"the group of every interface forgotten", func(n *azure.Network) {
		for _, nic := range n.NetworkInterfaces {
			nic.NetworkSecurityGroup = azure.Reference{}
		}
	}},
	{"the routes forgotten", func(n *azure.Network) {
		for _, t := range n.RouteTables {
			t.Routes = nil
		}
	}},
	{"a peering that is not connected used", func(n *azure.Network) {
		for _, v := range n.VirtualNetworks {
			for _, p := range v.Peerings {
				p.State = azure.Value[string]{}
			}
		}
	}},
}

// swapRules exchanges, in each group and direction, the priorities of the first
// two rules that follow each other with different access.
func swapRules(n *azure.Network) {
	for _, g := range n.NetworkSecurityGroups {
		for i := range len(g.Rules) - 1 {
			a, b := g.Rules[i], g.Rules[i+1]
			if a.Direction.V == b.Direction.V && a.Access.V != b.Access.V {
				a.Priority, b.Priority = b.Priority, a.Priority
				break
			}
		}
	}
}

// Would the comparison notice? Each mistake must come to light within 60
// networks.
func TestComparisonNoticesMistakes(t *testing.T) {
	if err := lab.Missing(); err != nil {
		t.Skipf("NOT RUN, no packet is sent: %v", err)
	}
	for _, m := range mutations {
		t.Run(m.what, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(60) {
				found, packet, err := compare(random.New(seed), seed, sliceQuestions, m.apply, &tally{skipped: map[string]int{}})
				if err != nil {
					t.Fatal(err)
				}
				if found != nil {
					t.Logf("noticed in network %d: %v: answered %v, the interpreter says %s", seed, found.probe, packet.Answered, found.answer.Verdict)
					return
				}
			}
			t.Error("nobody noticed")
		})
	}
}
