package wayleave

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/repair"
	"github.com/wayleave/wayleave/internal/result"
)

// An address that Azure chooses has an example only where the prefix of its subnet is
// known.
func TestEvidenceNeedsThePrefixOfTheSubnet(t *testing.T) {
	for _, row := range []struct {
		name     string
		prefixes []azure.Value[netip.Prefix]
		why      string
	}{
		{"known", []azure.Value[netip.Prefix]{azure.Of(netip.MustParsePrefix("10.1.9.0/26"), azure.Position{})}, ""},
		{"not known", []azure.Value[netip.Prefix]{azure.NotKnown[netip.Prefix](&azure.Unknown{Name: "var.prefix"})}, "there is no evidence of the change of fw: the prefix of the subnet that it stands in is not known"},
		{"not stated", nil, "there is no evidence of the change of fw: the prefix of the subnet"},
	} {
		n := Net(t, VNet("v", "10.1.0.0/16", Subnet(FirewallSubnetName, "10.1.9.0/26")), Firewall("fw", "v", "10.1.9.4", Egress("ip", "20.1.2.3")))
		n.Subnets()[0].Prefixes = row.prefixes
		fw := n.AzureFirewalls[0]
		edits := []repair.Edit{{Action: repair.Modify, Change: &repair.NewFirewallAddress{Firewall: fw, Address: fw.IPConfigurations[0]}}}
		changes, err := evidenceChanges(edits, []result.FixChange{{}}, examplesFor(edits, n))
		switch {
		case row.why == "" && (err != nil || changes[0].Set["privateAddress"][0] != "10.1.9.4"):
			t.Errorf("%s: %+v %v", row.name, changes, err)
		case row.why != "" && (err == nil || !strings.HasPrefix(err.Error(), row.why)):
			t.Errorf("%s: %v", row.name, err)
		}
	}
}
