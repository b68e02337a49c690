package arm

import (
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/azure/azuretest"
)

const classicFirewall = `
	"sku": {"name": "AZFW_VNet", "tier": "Standard"},
	"threatIntelMode": "Deny",
	"additionalProperties": {"Network.SNAT.PrivateRanges": "IANAPrivateRanges, 203.0.113.0/24", "Network.DNS.EnableProxy": "true"},
	"ipConfigurations": [
		{"name": "one", "properties": {"subnet": {"id": "[resourceId('Microsoft.Network/virtualNetworks/subnets', 'v', 'AzureFirewallSubnet')]"},
			"publicIPAddress": {"id": "[resourceId('Microsoft.Network/publicIPAddresses', 'p')]"}}},
		{"name": "two", "properties": {"publicIPAddress": {"id": "[resourceId('Microsoft.Network/publicIPAddresses', 'q')]"}}}],
	"natRuleCollections": [{"name": "in", "properties": {"priority": 100, "action": {"type": "Dnat"}, "rules": [
		{"name": "ssh", "protocols": ["TCP"], "sourceAddresses": ["*"], "destinationAddresses": ["198.51.100.1"], "destinationPorts": ["2222"],
			"translatedAddress": "10.0.0.4", "translatedPort": "22"}]}}],
	"networkRuleCollections": [{"name": "out", "properties": {"priority": 200, "action": {"type": "Allow"}, "rules": [
		{"name": "time", "protocols": ["UDP", "Any"], "sourceAddresses": ["10.0.0.0-10.0.0.9"], "destinationAddresses": ["AzureCloud"],
			"destinationFqdns": ["time.example"], "destinationIpGroups": ["[resourceId('Microsoft.Network/ipGroups', 'g')]"], "destinationPorts": ["123"]}]}}],
	"applicationRuleCollections": [{"name": "web", "properties": {"priority": 300, "action": {"type": "Deny"}, "rules": [
		{"name": "site", "sourceIpGroups": ["[resourceId('Microsoft.Network/ipGroups', 'g')]"], "protocols": [{"protocolType": "Https", "port": 8443}], "targetFqdns": ["*.example"]},
		{"name": "tag", "sourceAddresses": ["*"], "fqdnTags": ["WindowsUpdate"]}]}}]`

// a classic firewall with its three kinds of collections.
func TestClassicFirewall(t *testing.T) {
	n := network(t, text("", res("azureFirewalls", "fw", classicFirewall)))
	f := n.AzureFirewalls[0]
	if f.SKU.V != azure.FirewallInNetwork || f.Tier.V != azure.FirewallStandard || f.ThreatIntelMode.V != azure.InspectionDeny || !f.DNSProxy.V {
		t.Errorf("firewall %+v", f)
	}
	if len(f.PrivateRanges) != 2 || f.PrivateRanges[0].Name != "IANAPrivateRanges" || f.PrivateRanges[1].Kind != azure.FirewallRange {
		t.Errorf("private ranges %+v", f.PrivateRanges)
	}
	if one, two := f.IPConfigurations[0], f.IPConfigurations[1]; one.PrivateIPAddress.Unknown == nil || one.Subnet.ID.Name() != "azurefirewallsubnet" || two.PrivateIPAddress.IsSet() || two.PublicIPAddress.ID.Name() != "q" {
		t.Errorf("configurations %+v, %+v", one, two)
	}
	if len(f.RuleCollections) != 3 {
		t.Fatalf("%d collections", len(f.RuleCollections))
	}
	nat, out, web := f.RuleCollections[0], f.RuleCollections[1], f.RuleCollections[2]
	if r := nat.Rules[0]; nat.Kind != azure.NATRule || nat.Action.V != azure.FirewallDNAT || r.TranslatedAddress.V.String() != "10.0.0.4" || r.TranslatedPort.V != 22 || r.DestinationPorts.Terms[0].First != 2222 {
		t.Errorf("NAT %+v", r)
	}
	if r := out.Rules[0]; out.Priority.V != 200 || len(r.Protocols) != 2 || terms(r.Source) != "range" || terms(r.Destination) != "tag group name" {
		t.Errorf("network %+v", r)
	}
	if r := web.Rules[0]; web.Action.V != azure.FirewallDeny || terms(r.Source) != "group" || r.ApplicationProtocols[0].Port.V != 8443 || r.TargetFQDNs[0].V != "*.example" {
		t.Errorf("application %+v", r)
	}
	if r := web.Rules[1]; terms(r.Source) != "any" || r.FQDNTags[0].V != "WindowsUpdate" || r.At.Line == 0 {
		t.Errorf("application %+v", r)
	}
}

func terms(side azure.FirewallSide) string {
	names := map[azure.FirewallTermKind]string{
		azure.FirewallAnyAddress: "any", azure.FirewallRange: "range", azure.FirewallTag: "tag",
		azure.FirewallIPGroup: "group", azure.FirewallName: "name", azure.FirewallUnknown: "unknown",
	}
	var list []string
	for _, t := range side.Terms {
		list = append(list, names[t.Kind])
	}
	return strings.Join(list, " ")
}

// a policy, its group and collections, whose kinds their
// rules tell; the rule of a type that nobody knows is an unknown one.
func TestFirewallPolicy(t *testing.T) {
	n := network(t, text("",
		res("firewallPolicies", "p", `"sku": {"tier": "Premium"}, "basePolicy": {"id": "[resourceId('Microsoft.Network/firewallPolicies', 'base')]"},
			"snat": {"privateRanges": ["10.0.0.0/8"], "autoLearnPrivateRanges": "Enabled"}, "dnsSettings": {"enableProxy": true, "servers": ["10.0.0.10"]},
			"threatIntelWhitelist": {"ipAddresses": ["192.0.2.1"], "fqdns": ["ok.example"]}`),
		res("firewallPolicies/ruleCollectionGroups", "p/g", `"priority": 300, "ruleCollections": [
			{"ruleCollectionType": "FirewallPolicyFilterRuleCollection", "name": "web", "priority": 200, "action": {"type": "Allow"}, "rules": [
				{"ruleType": "ApplicationRule", "name": "a", "sourceAddresses": ["*"], "targetUrls": ["site.example/x"], "webCategories": ["News"], "terminateTLS": true,
					"protocols": [{"protocolType": "Http", "port": 80}]}]},
			{"ruleCollectionType": "FirewallPolicyNatRuleCollection", "name": "in", "priority": 100, "action": {"type": "DNAT"}, "rules": [
				{"ruleType": "NatRule", "name": "n", "ipProtocols": ["TCP"], "sourceAddresses": ["*"], "destinationAddresses": ["198.51.100.1"], "destinationPorts": ["443"],
					"translatedFqdn": "host.example", "translatedPort": "443"}]},
			{"ruleCollectionType": "FirewallPolicyFilterRuleCollection", "name": "new", "priority": 300, "action": {"type": "Deny"}, "rules": [
				{"ruleType": "QuantumRule", "name": "q"}]}]`)))
	p, ok := n.FirewallPolicy(n.FirewallPolicies[0].ID)
	if !ok || p.Tier.V != azure.FirewallPremium || p.Base.ID.Name() != "base" || !p.AutoLearnPrivateRanges.V || !p.DNSProxy.V || len(p.DNSServers) != 1 || len(p.ThreatIntelAllowed) != 1 || len(p.PrivateRanges) != 1 {
		t.Errorf("policy %+v", p)
	}
	if len(p.Groups) != 1 || p.Groups[0].Priority.V != 300 || len(p.Groups[0].Collections) != 3 {
		t.Fatalf("groups %+v", p.Groups)
	}
	in, web, later := p.Groups[0].Collections[0], p.Groups[0].Collections[1], p.Groups[0].Collections[2]
	if r := in.Rules[0]; in.Kind != azure.NATRule || in.Action.V != azure.FirewallDNAT || r.Protocols[0].V != azure.FirewallTCP || r.TranslatedFQDN.V != "host.example" {
		t.Errorf("NAT %+v", r)
	}
	if r := web.Rules[0]; web.Kind != azure.ApplicationRule || !r.TerminateTLS.V || r.TargetURLs[0].V != "site.example/x" || r.WebCategories[0].V != "News" {
		t.Errorf("application %+v", r)
	}
	if len(later.Rules) != 0 || len(later.UnknownRules) != 1 {
		t.Errorf("the collection with an unknown rule %+v", later)
	}
}

// P-29d, R-22: intrusion detection with the modes of single signatures and what it
// leaves alone.
func TestIntrusionDetection(t *testing.T) {
	n := network(t, text("", res("firewallPolicies", "p", `"sku": {"tier": "Premium"}, "intrusionDetection": {"mode": "Alert", "configuration": {
		"signatureOverrides": [{"id": "2024897", "mode": "Deny"}, {"id": "2024898", "mode": "Off"}],
		"bypassTrafficSettings": [{"name": "b", "protocol": "TCP", "sourceAddresses": ["10.0.0.4", "10.0.0.5"], "destinationIpGroups": ["[resourceId('Microsoft.Network/ipGroups', 'g')]"], "destinationPorts": ["443"]}]}}`),
		res("ipGroups", "g", `"ipAddresses": ["192.0.2.0/24"]`)))
	d := n.FirewallPolicies[0].IntrusionDetection
	if got, want := azuretest.DetectionText(d), "Alert Deny Off; b TCP 2 to 1:1"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if may, certain := d.MayDeny(); !may || !certain {
		t.Error("a signature that denies drops, whatever the mode of the policy")
	}
	if _, ok := n.IPGroup(d.Bypass.Rules[0].Destination.Terms[0].Group.ID); !ok {
		t.Error("the IP group of what is left alone is not resolved")
	}
	open := network(t, text(`"parameters": {"mode": {"type": "string"}, "alone": {"type": "array"}}`, res("firewallPolicies", "p",
		`"intrusionDetection": {"mode": "[parameters('mode')]", "configuration": {"bypassTrafficSettings": "[parameters('alone')]"}}`))).FirewallPolicies[0].IntrusionDetection
	if may, certain := open.MayDeny(); !may || certain || len(open.Bypass.Rules) != 1 || open.Bypass.Rules[0].Source.Terms[0].Kind != azure.FirewallUnknown {
		t.Errorf("modes that nobody tells: %+v", open)
	}
}

// A firewall that may not be deployed has rules and addresses nobody knows.
func TestDoubtfulFirewall(t *testing.T) {
	n := network(t, text(`"parameters": {"on": {"type": "bool"}}`,
		res("azureFirewalls", "fw", classicFirewall, `"condition": "[parameters('on')]"`)))
	if f := n.AzureFirewalls[0]; len(f.UnknownCollections) != 1 || len(f.UnknownIPConfigurations) != 1 || f.Policy.Unknown == nil || len(f.RuleCollections) != 0 {
		t.Errorf("firewall %+v", f)
	}
}

// groups of addresses and NAT gateways.
func TestIPGroupsAndNATGateways(t *testing.T) {
	n := network(t, text("",
		res("ipGroups", "g", `"ipAddresses": ["10.0.0.4", "10.0.1.0/24", "10.0.2.1-10.0.2.5"]`),
		res("publicIPPrefixes", "x", `"prefixLength": 30`),
		res("natGateways", "n", `"publicIpAddresses": [{"id": "[resourceId('Microsoft.Network/publicIPAddresses', 'p')]"}],
			"publicIpPrefixes": [{"id": "[resourceId('Microsoft.Network/publicIPPrefixes', 'x')]"}]`, `"sku": {"name": "StandardV2"}`)))
	if g := n.IPGroups[0]; len(g.Addresses) != 3 || g.Addresses[2].Last.String() != "10.0.2.5" {
		t.Errorf("group %+v", g)
	}
	g := n.NATGateways[0]
	if g.SKU.V != "StandardV2" || len(g.PublicIPAddresses) != 1 || len(g.PublicIPPrefixes) != 1 {
		t.Errorf("gateway %+v", g)
	}
	if x, ok := n.PublicIPPrefix(g.PublicIPPrefixes[0].ID); !ok || x.Length.V != 30 || x.Prefix.IsSet() {
		t.Errorf("prefix %+v", x)
	}
}

// The address of a firewall is one unknown, however an expression names it, so
// that a route is known to lead there.
func TestARouteToAFirewallOfTheTemplate(t *testing.T) {
	firewall := res("azureFirewalls", "fw", `"ipConfigurations": [{"name": "one", "properties": {"subnet": {"id": "[resourceId('Microsoft.Network/virtualNetworks/subnets', 'v', 'AzureFirewallSubnet')]"}}}]`)
	for _, hop := range []string{
		"reference('fw').ipConfigurations[0].properties.privateIPAddress",
		"reference(resourceId('Microsoft.Network/azureFirewalls', 'fw'), '2023-09-01').ipconfigurations[0].Properties.privateIpAddress",
		"reference('fw', '2023-09-01', 'Full').properties.ipConfigurations[0].properties.privateIPAddress",
	} {
		n := network(t, text("", firewall, res("routeTables", "t", `"routes": [{"name": "d", "properties": {"addressPrefix": "0.0.0.0/0", "nextHopType": "VirtualAppliance", "nextHopIpAddress": "[`+hop+`]"}}]`)))
		own, next := n.AzureFirewalls[0].IPConfigurations[0].PrivateIPAddress.Unknown, n.RouteTables[0].Routes[0].NextHopIPAddress.Unknown
		if own == nil || next == nil || own.Name != next.Name {
			t.Errorf("%s: %+v and %+v", hop, own, next)
		}
	}
}

// A public address, too, is one unknown where it is asked for.
func TestAPublicAddressOfTheTemplate(t *testing.T) {
	n := network(t, text("", res("publicIPAddresses", "p", ""), res("azureFirewalls", "fw", `"natRuleCollections": [{"name": "in", "properties": {"priority": 100, "action": {"type": "Dnat"},
		"rules": [{"name": "ssh", "protocols": ["TCP"], "sourceAddresses": ["*"], "destinationAddresses": ["[reference('p', '2023-09-01').IPAddress]"], "destinationPorts": ["22"],
			"translatedAddress": "10.0.0.4", "translatedPort": "22"}]}}]`)))
	own, asked := n.PublicIPAddresses[0].IPAddress.Unknown, n.AzureFirewalls[0].RuleCollections[0].Rules[0].Destination.Terms[0].Unknown
	if own == nil || asked == nil || own.Name != asked.Name {
		t.Errorf("%+v and %+v", own, asked)
	}
}

// What a group of the preview says is not read: the policy may have any rules
// there.
func TestRuleGroupsOfThePreview(t *testing.T) {
	n := network(t, text("", res("firewallPolicies", "p", ""), res("firewallPolicies/ruleGroups", "p/g", `"priority": 200, "rules": []`)))
	if p := n.FirewallPolicies[0]; len(p.UnknownGroups) != 1 || !strings.Contains(p.UnknownGroups[0].Why, "preview") {
		t.Errorf("policy %+v", p)
	}
	if len(n.NotModelled) != 0 {
		t.Errorf("left alone: %+v", n.NotModelled)
	}
}

// json() of a text with an unknown piece is not known only there.
func TestJSONOfATextThatIsKnownInPart(t *testing.T) {
	n := network(t, text("", res("virtualNetworks", "v", `"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}, "subnets": [{"name": "a",
		"properties": {"addressPrefix": "10.0.0.0/24", "networkSecurityGroup": "[json(concat('{\"id\": \"', resourceId('Microsoft.Network/networkSecurityGroups', 'g'), '\"}'))]"}}]`),
		res("networkSecurityGroups", "g", `"securityRules": []`)))
	s := n.Subnets()[0]
	if _, ok := n.NetworkSecurityGroup(s.NetworkSecurityGroup.ID); !ok {
		t.Errorf("the group of the subnet is %+v", s.NetworkSecurityGroup)
	}
}

// a NAT gateway has no address where a template states none, and may have some
// where the list is not known.
func TestNATGatewayWithoutAddress(t *testing.T) {
	for properties, empty := range map[string]bool{
		`"idleTimeoutInMinutes": 4`:                                                                   true,
		`"publicIpAddresses": [], "publicIpPrefixes": null`:                                           true,
		`"publicIpAddresses": "[parameters('ips')]"`:                                                  false,
		`"publicIpPrefixes": [{"id": "[parameters('prefix')]"}]`:                                      false,
		`"publicIpAddressesV6": [{"id": "[resourceId('Microsoft.Network/publicIPAddresses', 'p')]"}]`: false,
	} {
		n := network(t, text(`"parameters": {"ips": {"type": "array"}, "prefix": {"type": "string"}}`, res("natGateways", "n", properties)))
		if got := n.NATGateways[0].Empty(); got != empty {
			t.Errorf("%s: empty is %v", properties, got)
		}
	}
}
