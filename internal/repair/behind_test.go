package repair_test

import (
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/repair"
)

// An interface's public address that is not known yet, or not stated, is nobody's
// destination: it stands in the way of no rule.
func TestMakeBesideUnknownAddresses(t *testing.T) {
	for _, x := range []struct{ name, public, private string }{
		{"both known", "20.1.2.3", "10.1.2.4"},
		{"the public one is allocated later", "?pip.address", "10.1.2.4"},
		{"it is not stated", "", "10.1.2.4"},
		{"the private one is allocated later", "20.1.2.3", "?nic.address"},
		{"both are", "?pip.address", "?nic.address"},
	} {
		t.Run(x.name, func(t *testing.T) {
			f := compile(t, Inventory(azure.RankPlan, NSG("g", DenyIn(200, "*", "*", "*", "*")), VNet("v", "10.1.0.0/16",
				Subnet("app", "10.1.1.0/24", UseNSG("g")), Subnet("db", "10.1.2.0/24", NIC("vm", x.private, PublicIP("Standard", x.public))))))
			plan := repair.Make(f, []repair.Need{need(t, f, "in app 8.8.8.0/24 tcp 443")}, repair.Keep{})
			if got, want := lines(plan), "+g Inbound 190 Allow Tcp 8.8.8.0/24 -> 10.1.1.0/24 port 443"; got != want {
				t.Errorf("got %s\nwant %s", got, want)
			}
		})
	}
}
