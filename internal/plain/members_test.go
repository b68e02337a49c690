package plain_test

import (
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/plain"
)

// ASG-1: who is in a group is not known where Azure lists a network interface that no
// input states; without rules for groups that does not matter.
func TestRefusesGroupsWithMembersThatNoInputStates(t *testing.T) {
	for _, row := range []struct {
		source, occupant string
		refused          bool
	}{
		{"asg:web", "", false},
		{"asg:web", string(NICID("other")) + "/ipconfigurations/a", true},
		{"198.51.100.1", string(NICID("other")) + "/ipconfigurations/a", false},
	} {
		inv := Inventory(azure.RankExport, ASG("web"), VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24", NSG("g", AllowIn(100, "Tcp", row.source, "*", "443")))))
		if row.occupant != "" {
			inv.VirtualNetworks[0].Subnets[0].Occupants = []azure.ID{azure.ID(row.occupant)}
		}
		n, problems := azure.Build(inv)
		if n == nil {
			t.Fatal(problems)
		}
		if _, err := plain.New(n, plain.Tags{}, plain.Documented()); (err != nil) != row.refused {
			t.Errorf("a rule for %s, in the subnet %q: %v", row.source, row.occupant, err)
		}
	}
}
