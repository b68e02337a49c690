package reach_test

import (
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// RT-42, META-1: a plan, a template or a state may leave the link back of a peering to
// whoever owns the other network, so what needs it is undecided both ways. What Azure
// prints is all there is.
func TestPeeringWithoutALinkBack(t *testing.T) {
	one := []Item{
		VNet("v", "10.1.0.0/16", Subnet("a", "10.1.1.0/24"), Peer("w")),
		VNet("w", "10.2.0.0/16", Subnet("b", "10.2.1.0/24")),
		VNet("x", "10.3.0.0/16", Subnet("c", "10.3.1.0/24")),
	}
	both := []Item{one[0], VNet("w", "10.2.0.0/16", Subnet("b", "10.2.1.0/24"), Peer("v")), one[2]}
	for _, row := range []struct {
		what     string
		rank     azure.Rank
		items    []Item
		from, to string
		want     reach.Verdict
	}{
		{"plan", azure.RankPlan, one, "a", "b", reach.Undecided},
		{"plan, the other way", azure.RankPlan, one, "b", "a", reach.Undecided},
		{"template", azure.RankTemplate, one, "a", "b", reach.Undecided},
		{"state", azure.RankState, one, "b", "a", reach.Undecided},
		{"export", azure.RankExport, one, "a", "b", reach.Blocked},
		{"export, the other way", azure.RankExport, one, "b", "a", reach.Blocked},
		{"plan with both", azure.RankPlan, both, "a", "b", reach.Allowed},
		{"plan with none", azure.RankPlan, one, "a", "c", reach.Blocked},
	} {
		network, problems := azure.Build(Inventory(row.rank, row.items...))
		if network == nil {
			t.Fatal(problems)
		}
		end := func(name string) reach.Endpoint {
			for _, s := range network.Subnets() {
				if s.Name == name {
					return reach.Subnet(s.ID)
				}
			}
			t.Fatalf("there is no subnet %s", name)
			return reach.Endpoint{}
		}
		answer, err := reach.Explore(compile(t, network, servicetag.Symbolic()), reach.Query{From: end(row.from), To: end(row.to),
			Protocols: flow.Protocols(flow.TCP), SourcePorts: flow.AllPorts(), DestinationPorts: flow.Ports(443)})
		if err != nil || answer.Verdict() != row.want {
			t.Errorf("%s: %v %v, want %v", row.what, answer.Verdict(), err, row.want)
		}
	}
}
