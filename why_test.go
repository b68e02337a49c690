package wayleave_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/wayleave/wayleave"
	"github.com/wayleave/wayleave/internal/result"
)

// whyNetwork is a network with a firewall, whose NAT rule publishes port 22 of its
// public address as port 2222 of web, and which translates everything; an
// appliance takes the replies of plain to web.
const whyNetwork = `{"value": [
{"id": "ID/virtualNetworks/v", "name": "v", "type": "Microsoft.Network/virtualNetworks", "properties": {
  "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}, "subnets": [
  {"id": "ID/virtualNetworks/v/subnets/AzureFirewallSubnet", "name": "AzureFirewallSubnet", "properties": {"addressPrefix": "10.0.0.0/26"}},
  {"id": "ID/virtualNetworks/v/subnets/web", "name": "web", "properties": {"addressPrefix": "10.0.1.0/24",
   "networkSecurityGroup": {"id": "ID/networkSecurityGroups/web"}, "routeTable": {"id": "ID/routeTables/web"}}},
  {"id": "ID/virtualNetworks/v/subnets/app", "name": "app", "properties": {"addressPrefix": "10.0.2.0/24", "routeTable": {"id": "ID/routeTables/app"}}},
  {"id": "ID/virtualNetworks/v/subnets/plain", "name": "plain", "properties": {"addressPrefix": "10.0.3.0/24"}},
  {"id": "ID/virtualNetworks/v/subnets/nva", "name": "nva", "properties": {"addressPrefix": "10.0.9.0/24",
   "networkSecurityGroup": {"id": "ID/networkSecurityGroups/nva"}}}]}},
{"id": "ID/networkSecurityGroups/web", "name": "web", "type": "Microsoft.Network/networkSecurityGroups", "properties": {"securityRules": [
  RULE(client, 100, Allow, 203.0.113.0/24, 2222), RULE(sender, 110, Allow, 10.0.2.0/24, *), RULE(published, 120, Allow, 10.0.0.0/26, 22),
  RULE(firewall, 130, Allow, 10.0.0.0/26, *)]}},
{"id": "ID/networkSecurityGroups/nva", "name": "nva", "type": "Microsoft.Network/networkSecurityGroups", "properties": {"securityRules": [
  RULE(requests, 100, Deny, 10.0.3.0/24, *), RULE(server, 110, Deny, *, 443)]}},
{"id": "ID/routeTables/app", "name": "app", "type": "Microsoft.Network/routeTables", "properties": {"routes": [
  {"name": "web", "properties": {"addressPrefix": "10.0.1.0/24", "nextHopType": "VirtualAppliance", "nextHopIpAddress": "10.0.0.4"}}]}},
{"id": "ID/routeTables/web", "name": "web", "type": "Microsoft.Network/routeTables", "properties": {"routes": [
  {"name": "plain", "properties": {"addressPrefix": "10.0.3.0/24", "nextHopType": "VirtualAppliance", "nextHopIpAddress": "10.0.9.4"}}]}},
{"id": "ID/networkInterfaces/nva", "name": "nva", "type": "Microsoft.Network/networkInterfaces", "properties": {"enableIPForwarding": true, "ipConfigurations": [
  {"name": "c", "properties": {"privateIPAddress": "10.0.9.4", "subnet": {"id": "ID/virtualNetworks/v/subnets/nva"}}}]}},
{"id": "ID/publicIPAddresses/fw", "name": "fw", "type": "Microsoft.Network/publicIPAddresses", "sku": {"name": "Standard"}, "properties": {"ipAddress": "20.50.1.10"}},
{"id": "ID/azureFirewalls/fw", "name": "fw", "type": "Microsoft.Network/azureFirewalls", "properties": {
  "provisioningState": "Succeeded", "sku": {"name": "AZFW_VNet", "tier": "Standard"}, "threatIntelMode": "Alert",
  "additionalProperties": {"Network.SNAT.PrivateRanges": "255.255.255.255/32"},
  "ipConfigurations": [{"name": "c", "properties": {"privateIPAddress": "10.0.0.4",
   "subnet": {"id": "ID/virtualNetworks/v/subnets/AzureFirewallSubnet"}, "publicIPAddress": {"id": "ID/publicIPAddresses/fw"}}}],
  "natRuleCollections": [{"name": "in", "properties": {"priority": 100, "action": {"type": "Dnat"}, "rules": [
   {"name": "ssh", "protocols": ["TCP"], "sourceAddresses": ["*"], "destinationAddresses": ["20.50.1.10"], "destinationPorts": ["22"],
    "translatedAddress": "10.0.1.4", "translatedPort": "2222"}]}}],
  "networkRuleCollections": [{"name": "net", "properties": {"priority": 100, "action": {"type": "Allow"}, "rules": [
   {"name": "all", "protocols": ["TCP"], "sourceAddresses": ["*"], "destinationAddresses": ["*"], "destinationPorts": ["*"]}]}}]}}
]}`

// whyRule writes a rule of the network: RULE(name, priority, access, source, port).
func whyRule(fields string) string {
	f := strings.Split(strings.TrimSuffix(fields, ")"), ", ")
	return fmt.Sprintf(`{"name": %q, "properties": {"priority": %s, "direction": "Inbound", "access": %q, "protocol": "Tcp", "sourceAddressPrefix": %q,
	 "sourcePortRange": "*", "destinationAddressPrefix": "*", "destinationPortRange": %q}}`, f[0], f[1], f[2], f[3], f[4])
}

func whyInput() []byte {
	text := strings.ReplaceAll(whyNetwork, "ID/", "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/g/providers/Microsoft.Network/")
	for {
		before, rest, ok := strings.Cut(text, "RULE(")
		if !ok {
			return []byte(text)
		}
		fields, after, _ := strings.Cut(rest, ")")
		text = before + whyRule(fields) + after
	}
}

// Why earlier rules do not match is told of the packet as the group sees it: behind
// a NAT rule, behind a translated source, and of the reply at an appliance.
func TestWhyBehindTranslationsAndOnTheWayBack(t *testing.T) {
	n, problems := wayleave.Load(wayleave.LoadOptions{Documents: []wayleave.Document{{Name: "network.json", Data: whyInput()}}, Getenv: func(string) string { return "" }})
	if n == nil {
		t.Fatal(problems)
	}
	for _, row := range []struct {
		from, to, port, decides, leg string
		want                         []string
	}{
		{"203.0.113.9", "20.50.1.10", "22", "firewall", "forward", []string{
			"client: source 203.0.113.0/24", "sender: source 10.0.2.0/24", "published: destination port 22"}},
		{"app", "10.0.1.4", "443", "firewall", "forward", []string{
			"client: source 203.0.113.0/24, destination port 2222", "sender: source 10.0.2.0/24", "published: destination port 22"}},
		{"plain", "10.0.1.4", "443", "AllowVnetInBound", "return", []string{
			"requests: source 10.0.3.0/24", "server: destination port 443"}},
	} {
		got, err := n.Explain(wayleave.ExplainOptions{From: row.from, To: row.to, Protocol: "tcp", Port: row.port, Why: true})
		if err != nil {
			t.Fatalf("%s to %s: %v", row.from, row.to, err)
		}
		hop := slices.IndexFunc(got.Parts[0].Trace, func(h result.Hop) bool { return h.Name == row.decides && h.Leg == row.leg })
		if hop < 0 {
			t.Errorf("%s to %s: %s decides nothing %s: %+v", row.from, row.to, row.decides, row.leg, got.Parts[0].Trace)
			continue
		}
		var why []string
		for _, s := range got.Parts[0].Trace[hop].Why {
			why = append(why, s.Name+": "+strings.Join(s.Misses, ", "))
		}
		if !slices.Equal(why, row.want) {
			t.Errorf("%s to %s: before %s\n got %q\nwant %q", row.from, row.to, row.decides, why, row.want)
		}
	}
}
