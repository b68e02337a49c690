package azuretest

import (
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
)

// T-55, T-56: a firewall stands in AzureFirewallSubnet, a /26 at least. A template
// that says otherwise is refused; what exists is only remarked on.
func TestFirewallSubnet(t *testing.T) {
	for _, row := range []struct {
		id, prefix string
		found      int
	}{
		{"R-06 large enough", "10.0.0.0/26", 0},
		{"T-55 too small", "10.0.0.0/27", 1},
	} {
		for _, rank := range []azure.Rank{azure.RankTemplate, azure.RankExport} {
			network, list := azure.Build(Inventory(rank, VNet("v", "10.0.0.0/16", Subnet(FirewallSubnetName, row.prefix)), Firewall("fw", "v", "10.0.0.4", Egress("pip", "203.0.113.10"))))
			found := 0
			for _, d := range list {
				if d.Code == "firewall-subnet" {
					found++
				}
			}
			if found != row.found || (network == nil) != (row.found > 0 && rank.Planned()) {
				t.Errorf("%s, rank %v: %d problems, %v", row.id, rank, found, list)
			}
		}
	}
	inventory := Inventory(azure.RankTemplate, VNet("v", "10.0.0.0/16", Subnet("azurefirewallsubnet2", "10.0.0.0/26")), Firewall("fw", "v", "10.0.0.4", Egress("pip", "203.0.113.10")))
	inventory.AzureFirewalls[0].IPConfigurations[0].Subnet = azure.Ref(string(SubnetID("v", "azurefirewallsubnet2")), azure.Position{})
	if network, list := azure.Build(inventory); network != nil || !list.HasErrors() {
		t.Errorf("T-56 another name: %v", list)
	}
}
