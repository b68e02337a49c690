package plain_test

import (
	"net/netip"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/plain"
)

// P-13: a parent's rules come before its child's, whatever the priorities.
func TestParentPolicyComesFirst(t *testing.T) {
	const id = "/subscriptions/s/resourceGroups/hub/providers/Microsoft.Network/firewallPolicies/"
	ask := func(parent, child azure.FirewallAction, mode azure.InspectionMode) plain.Verdict {
		inventory := &azure.Inventory{}
		policy := func(name string, priority int, action azure.FirewallAction) *azure.FirewallPolicy {
			c := fwRule(azure.NetworkRule, 100, action, azure.FirewallTCP, spokes, 22)
			g := &azure.RuleCollectionGroup{
				Resource: azure.Resource{ID: azure.MakeID(id + name + "/ruleCollectionGroups/g"), Name: "g"},
				Priority: known(priority), Collections: []*azure.RuleCollection{c},
			}
			inventory.RuleCollectionGroups = append(inventory.RuleCollectionGroups, azure.Child[*azure.RuleCollectionGroup]{
				Parent: azure.Ref(id+name, azure.Position{}), Resource: g,
			})
			return &azure.FirewallPolicy{Resource: azure.Resource{ID: azure.MakeID(id + name), Name: name}, ThreatIntelMode: known(mode)}
		}
		below := policy("child", 100, child)
		below.Base = azure.Ref(id+"parent", azure.Position{})
		inventory.FirewallPolicies = []*azure.FirewallPolicy{policy("parent", 900, parent), below}
		network, list := azure.Build(inventory)
		if list.HasErrors() {
			t.Fatal(list)
		}
		p := plain.Packet{Protocol: 6, Source: netip.MustParseAddr("10.0.0.4"), Destination: netip.MustParseAddr("10.0.9.4"), DestinationPort: 22}
		return plain.AskFirewall(network, &azure.AzureFirewall{Policy: azure.Ref(id+"child", azure.Position{})}, nil, p).Verdict
	}
	if got := ask(azure.FirewallDeny, azure.FirewallAllow, azure.InspectionAlert); got != plain.Deny {
		t.Errorf("the parent denies: %s", got)
	}
	if got := ask(azure.FirewallAllow, azure.FirewallDeny, azure.InspectionAlert); got != plain.Allow {
		t.Errorf("the parent allows: %s", got)
	}
	if got := ask(azure.FirewallAllow, azure.FirewallDeny, azure.InspectionDeny); got != plain.Allow {
		t.Errorf("threat intelligence is taken to know nothing of the address (P-20): %s", got)
	}
}
