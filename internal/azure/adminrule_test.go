package azure_test

import (
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
)

func adminRule(access string) *azure.AdminRule {
	v, _ := azure.ParseAdminAccess(access, azure.Position{File: "admin", Line: 1})
	return &azure.AdminRule{Resource: azure.Resource{ID: azure.MakeID("rule-" + access), Name: "rule-" + access}, Access: v}
}

// ADM-1, ADM-2: rules that decide before the security groups make what the
// groups decide doubtful, on every subnet but those of the platform (ADM-7).
func TestADM1AdminRulesComeFirst(t *testing.T) {
	for access, doubt := range map[string]bool{"Deny": true, "AlwaysAllow": true, "Allow": false, "Perhaps": true} {
		network := Inventory(azure.RankExport,
			VNet("v", "10.0.0.0/16", Subnet("web", "10.0.1.0/24", UseNSG("g")), Subnet("bare", "10.0.2.0/24"), Subnet("GatewaySubnet", "10.0.3.0/27")),
			NSG("g", AllowIn(100, "Tcp", "*", "*", "443")))
		network.AdminRules = []*azure.AdminRule{adminRule(access)}
		n, list := azure.Build(network)
		if n == nil {
			t.Fatal(list)
		}
		for _, s := range n.Subnets() {
			unknown := s.NetworkSecurityGroup.Unknown
			if g, ok := n.NetworkSecurityGroup(s.NetworkSecurityGroup.ID); ok && len(g.UnknownRules) > 0 {
				unknown = g.UnknownRules[0]
			}
			want := doubt && !strings.EqualFold(s.Name, "GatewaySubnet")
			if (unknown != nil) != want || want && !strings.Contains(unknown.Why, "rule-"+access) {
				t.Errorf("%s: subnet %s has the unknown %+v, want one: %v", access, s.Name, unknown, want)
			}
		}
	}
}
