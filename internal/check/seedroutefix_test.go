package check_test

import (
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/check"
	"github.com/wayleave/wayleave/internal/result"
)

// The seed's own recipe sends one destination to the firewall. A row of the page
// that names the internet takes its rule as without the route, and is met but for the
// calls from that address, whose replies go there (decisions 9 and 12). A default
// route takes all of the internet: no rule helps.
func TestSeedRowsAreRepairedBesideASpecificRoute(t *testing.T) {
	network := func(route string) *azure.Inventory {
		return Inventory(azure.RankExport, NSG("nsg", AllowOut(4000, "*", "*", "*", "*")),
			VNet("v", "10.0.0.0/16",
				Subnet("a", iseSubnets["a"], UseNSG("nsg"), Routes("rt", Route(route, "10.0.9.4"))), Subnet("b", iseSubnets["b"], UseNSG("nsg")),
				Subnet("c", iseSubnets["c"], UseNSG("nsg")), Subnet("d", iseSubnets["d"], UseNSG("nsg")),
				Subnet("AzureFirewallSubnet", "10.0.9.0/26")),
			Firewall("fw", "v", "10.0.9.4", Egress("out", "20.103.7.7"),
				Collection("sftp", 200, azure.FirewallAllow, NetworkRule("sftp", "TCP", "10.0.0.0/16", "198.51.100.10", "22"))))
	}
	for _, x := range []struct {
		route, unfixable string
		onA              result.Outcome
	}{
		{"198.51.100.10/32", "", result.Warning},
		{"198.51.100.0/24", "", result.Warning},
		{"0.0.0.0/0", "route to-0.0.0.0-0 of rt takes what the requirement needs of the internet as a whole; it has to go, or its subnet another table", result.Fail},
	} {
		t.Run(x.route, func(t *testing.T) {
			_, after, plan := repaired(t, network(x.route), tagData(t))
			reasons := map[string]string{}
			for _, u := range plan.Unfixable {
				reasons[u.Requirement+" "+u.Subnet] = u.Reason
			}
			answer, _ := check.Run(after, bind(t, after.Network()))
			asked := 0
			for _, r := range answer.Requirements {
				if r.ID != "la-comm-in" && r.ID != "la-run-history" && r.ID != "designer-dynamic-props" {
					continue
				}
				want, reason := result.Pass, ""
				if r.Subnet == "a" {
					want, reason = x.onA, x.unfixable
				}
				asked++
				if got := reasons[r.ID+" "+r.Subnet]; r.Outcome != want || got != reason {
					t.Errorf("%s on %s is %s after the change, want %s; it is not fixed for %q, want %q", r.ID, r.Subnet, r.Outcome, want, got, reason)
				}
			}
			if asked != 12 {
				t.Errorf("%d rows are of the internet, want 3 of each subnet", asked)
			}
		})
	}
}
