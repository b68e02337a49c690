package egress_test

import (
	"fmt"
	"slices"
	"testing"

	. "github.com/wayleave/wayleave/internal/azure/azuretest"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/egress"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// decisions are hops in words, each once and in order.
func decisions(hops ...reach.Hop) []string {
	list := []string{}
	for _, h := range hops {
		list = append(list, fmt.Sprint(h.Kind, " ", h.Resource, " ", h.Name, " ", h.Return))
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// Of all destinations a part names what blocks first, and what else blocks its
// witness: a group, and behind it the firewall that the route leads to.
func TestPartsNameWhatElseBlocks(t *testing.T) {
	network := Net(t, VNet("v", "10.0.0.0/16",
		Subnet("a", "10.0.1.0/24", NSG("g", DenyOut(200, "*", "*", "*", "22")), Routes("rt", Route("0.0.0.0/0", "10.0.0.4"))), Subnet("AzureFirewallSubnet", "10.0.0.0/26")),
		Firewall("fw", "v", "10.0.0.4", Egress("pip", "203.0.113.10"), Collection("c", 200, azure.FirewallAllow, NetworkRule("r", "TCP", "10.0.1.0/24", "198.51.100.10", "22"))))
	f, problems := fabric.Compile(network, servicetag.Symbolic(), fabric.Assume())
	if f == nil {
		t.Fatal(problems)
	}
	s, _ := network.Subnet(SubnetID("v", "a"))
	for _, row := range []struct {
		to             string
		port           uint16
		first, further string
	}{
		{"198.51.100.11", 22, "deny-out-200", "fw"},
		{"198.51.100.11", 443, "fw", ""},
	} {
		answer, err := egress.Run(f, egress.Query{From: []*azure.Subnet{s}, Protocols: flow.Protocols(flow.TCP), SourcePorts: flow.Ports(50000), DestinationPorts: flow.Ports(row.port)})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range answer.Parts {
			if !p.Destinations.Overlaps(addresses(t, row.to)) {
				continue
			}
			further := ""
			if len(p.Further) > 0 {
				further = p.Further[0].Name
			}
			if len(p.Blockers) != 1 || p.Blockers[0].Name != row.first || len(p.Further) > 1 || further != row.further {
				t.Errorf("to %s port %d: blocked by %v, further %v, want %s and %q", row.to, row.port, decisions(p.Blockers...), decisions(p.Further...), row.first, row.further)
			}
		}
	}
}

// What blocks first and what blocks besides are all that blocks the witness.
func TestFurtherBlockersAreAllThatBlockTheWitness(t *testing.T) {
	met := 0
	for seed := range uint64(6) {
		f, _ := randomNetwork(t, seed)
		s := f.Network().Subnets()[0]
		answer, err := egress.Run(f, egress.Query{From: []*azure.Subnet{s}, Protocols: flow.Protocols(flow.TCP), SourcePorts: flow.Ports(50000), DestinationPorts: flow.Ports(443)})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range answer.Parts {
			if p.Verdict != reach.Blocked {
				if len(p.Further) > 0 {
					t.Errorf("seed %d: the part to %s is %s, and something blocks it", seed, p.Destinations.Folded(3), p.Verdict)
				}
				continue
			}
			a, err := reach.Explore(f, reach.Query{
				From: reach.SubnetAddresses(s.ID, flow.Points(p.Witness.Source)), To: reach.Addresses(flow.Points(p.Witness.Destination)),
				Protocols: flow.Protocols(p.Witness.Protocol), SourcePorts: flow.Ports(50000), DestinationPorts: flow.Ports(443), Managed: f.IsManaged(s),
			})
			if err != nil {
				t.Fatal(err)
			}
			got, want := decisions(append(slices.Clone(p.Blockers), p.Further...)...), decisions(a.Counted()[0].Blockers...)
			if !slices.Equal(got, want) {
				t.Errorf("seed %d: %v is blocked by %v, want %v", seed, p.Witness, got, want)
			}
			if len(p.Further) > 0 {
				met++
			}
		}
	}
	if met == 0 {
		t.Error("no part is blocked twice")
	}
}
