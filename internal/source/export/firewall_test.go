package export

import (
	"fmt"
	"slices"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/azure/azuretest"
)

// every field of a classic firewall.
func TestEveryFieldOfAFirewallIsRead(t *testing.T) {
	n := mustRead(t, load(t, "ok/firewall.json"))
	f := n.AzureFirewalls[0]
	if f.SKU.V != azure.FirewallInNetwork || f.Tier.V != azure.FirewallPremium || f.ThreatIntelMode.V != azure.InspectionOff || len(f.Zones) != 2 {
		t.Errorf("firewall %+v", f)
	}
	if len(f.PrivateRanges) != 1 || !f.DNSProxy.V || len(f.DNSServers) != 2 || f.DNSServers[1].V.String() != "10.0.0.11" || len(f.AdditionalProperties) != 3 {
		t.Errorf("additional properties %+v", f)
	}
	if len(f.IPConfigurations) != 2 || f.IPConfigurations[0].PrivateIPAddress.V.String() != "10.0.0.4" || f.IPConfigurations[1].Subnet.IsSet() || f.ManagementIPConfiguration.PublicIPAddress.ID.Name() != "m" {
		t.Errorf("configurations %+v", f.IPConfigurations)
	}
	if len(f.RuleCollections) != 3 || len(f.UnknownCollections) != 0 {
		t.Fatalf("%d collections, %d unknown", len(f.RuleCollections), len(f.UnknownCollections))
	}
	in, out, web := f.RuleCollections[0], f.RuleCollections[1], f.RuleCollections[2]
	if r := in.Rules[0]; in.Kind != azure.NATRule || r.TranslatedAddress.V.String() != "10.0.1.4" || r.TranslatedPort.V != 22 || r.Source.Terms[0].Kind != azure.FirewallAnyAddress {
		t.Errorf("NAT rule %+v", r)
	}
	r := out.Rules[0]
	if out.Action.V != azure.FirewallDeny || r.Protocols[0].V != azure.FirewallAny || r.Destination.Terms[0].Kind != azure.FirewallTag || r.Destination.Terms[1].Last.String() != "10.0.0.9" {
		t.Errorf("network rule %+v", r)
	}
	if g, ok := n.IPGroup(r.Source.Terms[0].Group.ID); !ok || len(g.Addresses) != 2 {
		t.Errorf("the IP group of the rule is %+v", g)
	}
	if r := web.Rules[0]; r.ApplicationProtocols[0].Type.V != "Mssql" || r.ApplicationProtocols[0].Port.V != 1433 || r.TargetFQDNs[0].V != "*.example" || r.At.Line == 0 {
		t.Errorf("application rule %+v", r)
	}
}

// P-29d, R-22: intrusion detection with the modes of single signatures and what it
// leaves alone.
func TestIntrusionDetection(t *testing.T) {
	n := mustRead(t, parse(t, `{"id":"/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/firewallPolicies/p","ruleCollectionGroups":[],"sku":{"tier":"Premium"},"intrusionDetection":{"mode":"Deny","configuration":{
		"signatureOverrides":[{"id":"2024897","mode":"Alert"}],
		"bypassTrafficSettings":[{"name":"b","protocol":"UDP","sourceAddresses":["*"],"destinationAddresses":["192.0.2.0/24"],"destinationPorts":["53","123"],"sourceIpGroups":[],"destinationIpGroups":[]}]}}}`))
	if got, want := azuretest.DetectionText(n.FirewallPolicies[0].IntrusionDetection), "Deny Alert; b UDP 1 to 1:2"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// What a group of the preview says is not read: the policy may have any rules
// there.
func TestRuleGroupsOfThePreview(t *testing.T) {
	n := mustRead(t, parse(t, `{"id":"/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/firewallPolicies/p/ruleGroups/r","properties":{"priority":200,"rules":[]}}`))
	if g := n.FirewallPolicies[0].Groups[0]; g.Priority.V != 200 || len(g.UnknownCollections) != 1 {
		t.Errorf("group %+v", g)
	}
}

// a policy as az prints it, a collection of the kind of its
// rules, whose protocols are called ipProtocols. A group that it names and the
// input does not give has collections nobody knows.
func TestEveryFieldOfAPolicyIsRead(t *testing.T) {
	p := mustRead(t, load(t, "ok/firewall.json")).FirewallPolicies[0]
	if p.Base.ID.Name() != "base" || p.Tier.V != azure.FirewallStandard || p.ThreatIntelMode.V != azure.InspectionDeny || !p.DNSProxy.V || p.AutoLearnPrivateRanges.V || len(p.PrivateRanges) != 1 {
		t.Errorf("policy %+v", p)
	}
	if len(p.Groups) != 2 {
		t.Fatalf("%d groups", len(p.Groups))
	}
	stub, g := p.Groups[0], p.Groups[1]
	if !stub.Stub || stub.Name != "g2" || len(stub.UnknownCollections) != 1 {
		t.Errorf("the group that is not given: %+v", stub)
	}
	k := g.Collections[0]
	if g.Priority.V != 500 || k.Kind != azure.NetworkRule || len(k.Rules) != 1 || len(k.UnknownRules) != 0 || k.Rules[0].Destination.Terms[0].Kind != azure.FirewallName {
		t.Errorf("collection %+v", k)
	}
}

// The collections of a policy have no id in what az prints, those of a classic
// firewall may have lost theirs: each gets one of its own, for the network tells
// them apart by it.
func TestCollectionsWithoutIDGetOne(t *testing.T) {
	const group = `{"id":"/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/firewallPolicies/%s/ruleCollectionGroups/r","type":"Microsoft.Network/firewallPolicies/ruleCollectionGroups",
		"properties":{"priority":200,"ruleCollections":[{"ruleCollectionType":"FirewallPolicyFilterRuleCollection","name":"a","priority":100,"action":{"type":"Deny"},"rules":[]},
		{"ruleCollectionType":"FirewallPolicyFilterRuleCollection","name":"b","priority":200,"action":{"type":"Allow"},"rules":[]}]}}`
	const firewall = `{"id":"/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/azureFirewalls/f","type":"Microsoft.Network/azureFirewalls","properties":{"sku":{"name":"AZFW_VNet","tier":"Standard"},
		"networkRuleCollections":[{"name":"a","properties":{"priority":100,"action":{"type":"Deny"},"rules":[]}}],
		"natRuleCollections":[{"name":"a","properties":{"priority":100,"action":{"type":"Dnat"},"rules":[]}}]}}`
	n := mustRead(t, parse(t, "["+fmt.Sprintf(group, "p")+","+fmt.Sprintf(group, "q")+","+firewall+"]"))
	list := slices.Clone(n.AzureFirewalls[0].RuleCollections)
	for _, p := range n.FirewallPolicies {
		for _, g := range p.Groups {
			list = append(list, g.Collections...)
		}
	}
	ids := map[azure.ID]bool{}
	for _, k := range list {
		if ids[k.ID] = true; k.ID.Name() != k.Name {
			t.Errorf("collection %s has the id %q", k.Name, k.ID)
		}
	}
	if len(list) != 6 || len(ids) != 6 {
		t.Errorf("%d collections have %d ids", len(list), len(ids))
	}
}
