package azure_test

import (
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
)

// What a gateway has learnt is used for a network that exists, and for a planned
// one unless the plan has a gateway, which may learn more.
func TestLearnedRoutesOfAPlannedNetwork(t *testing.T) {
	for _, row := range []struct {
		rank    azure.Rank
		gateway bool
		used    bool
	}{
		{azure.RankLive, false, true}, {azure.RankLive, true, true}, {azure.RankPlan, false, true}, {azure.RankPlan, true, false}, {azure.RankTemplate, true, false},
	} {
		network := Inventory(row.rank, VNet("v", "10.0.0.0/16", Learned("172.20.0.0/16")))
		if row.gateway {
			network.Gateways = []*azure.Gateway{{Resource: azure.Resource{ID: "gw", Name: "gw"}}}
		}
		n, list := azure.Build(network)
		if n == nil {
			t.Fatal(list)
		}
		if used := n.VirtualNetworks[0].LearnedRoutes != nil; used != row.used || len(list) != 1 {
			t.Errorf("%v, gateway %v: used %v, want %v: %v", row.rank, row.gateway, used, row.used, list)
		}
	}
}
