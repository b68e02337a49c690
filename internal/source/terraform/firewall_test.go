package terraform

import (
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/azure/azuretest"
)

// R-21, hub-classic: three kinds of classic collections find their firewall.
func TestClassicFirewall(t *testing.T) {
	f := after(t, "hub-classic.plan")
	f.has("firewall fw-hub AZFW_VNet Alert policy= ranges=",
		"firewall fw-hub/primary ? in azurerm_subnet.firewall public=azurerm_public_ip.firewall",
		"collection fw-hub/Inbound_Shared nat 200 Dnat rules=1 unknown=0",
		"filter Inbound_Shared/jump-host TCP 203.0.113.64/26 > ?:4022  to 10.0.2.10-:22",
		"filter LogicApp_ISE_SFTP_Outbound/ISE_SFTP_Outbound TCP,UDP 10.1.0.96/27,10.1.0.0/27,10.1.0.32/27,10.1.0.64/27 > 198.51.100.7:22  to --:-",
		"filter ISE_Web_Outbound/partners Https:443,Http:80 10.1.0.0/24 > : api.partner.example,*.logic.azure.com to --:-",
		"filter ISE_Web_Outbound/environment  10.1.0.0/24 > : AppServiceEnvironment,WindowsUpdate to --:-")
	f.counts("collection fw-hub/", 5)
	f.counts("filter ", 11)
	f = after(t, "hub-classic.state")
	f.has("firewall fw-hub/primary 10.0.1.4 in azurefirewallsubnet public=pip-fw-hub",
		"filter Inbound_Shared/jump-host TCP 203.0.113.64/26 > 203.0.113.10:4022  to 10.0.2.10-:22")
	f.counts("filter ", 11)
}

// hub-policy: a NAT rule has one destination and one port; groups find their policy although its id is not known yet, rules
// their IP groups, and an address apart its group.
func TestFirewallPolicy(t *testing.T) {
	f := after(t, "hub-policy.plan")
	f.has("firewall fw-hub-ne AZFW_VNet - policy=azurerm_firewall_policy.hub ranges=",
		"policy fwpol-hub-ne base= Deny proxy=true ranges=10.0.0.0/8,172.16.0.0/12,192.168.0.0/16 groups=2 unknown=0",
		"collections fwpol-hub-ne/rcg-baseline 200 known=2 unknown=0",
		"collections fwpol-hub-ne/rcg-ise 300 known=3 unknown=0",
		"filter publish/portal TCP * > ?:8443  to 10.102.1.10-:443",
		"filter ise-outbound/ISE_SFTP_Outbound TCP,UDP azurerm_ip_group.ise > azurerm_ip_group.partners:22  to --:-",
		"filter ise-outbound/time UDP azurerm_ip_group.ise > time.windows.com:123  to --:-",
		"addresses ipg-partners 198.51.100.7/32,203.0.113.128/27,192.0.2.192/28")
	f.counts("filter ", 9)
	after(t, "hub-policy.state").has("firewall fw-hub-ne/ipcfg-0 10.100.0.4 in azurefirewallsubnet public=pip-fw-hub-01",
		"firewall fw-hub-ne/ipcfg-1 - in  public=pip-fw-hub-02",
		"filter ise-outbound/ISE_SFTP_Outbound TCP,UDP ipg-ise > ipg-partners:22  to --:-")
}

// tiers: associations give the NAT gateway its address and its prefix.
func TestNATGatewayAddresses(t *testing.T) {
	after(t, "tiers.plan").has("nat ng-shop azurerm_public_ip.out,azurerm_public_ip_prefix.out")
}

// A route to an address known only after apply points at the firewall that has
// the address.
func TestNextHopIsTheFirewall(t *testing.T) {
	doc, _ := load(t, corpus(t, "own__hub-classic.plan.json")[0])
	n, problems := azure.Build(Read(doc, Options{}))
	if n == nil {
		t.Fatal(problems)
	}
	address := n.AzureFirewalls[0].IPConfigurations[0].PrivateIPAddress
	for _, table := range n.RouteTables {
		for _, route := range table.Routes {
			if route.Name == "default" && (address.Unknown == nil || route.NextHopIPAddress.Unknown.Name != address.Unknown.Name) {
				t.Errorf("%s goes to %s, the firewall is %s", route.Label(), route.NextHopIPAddress.Unknown.Name, address.Unknown.Name)
			}
		}
	}
}

// A data source tells neither the private ranges of a firewall nor its rules.
func TestLookedUpFirewallHasUnknownRules(t *testing.T) {
	n := newPlan().looked("data.azurerm_firewall.f", object{"name": "f", "resource_group_name": "rg", "threat_intel_mode": "Alert"}).network(t)
	if f := n.AzureFirewalls[0]; len(f.UnknownCollections) != 1 || len(f.PrivateRanges) != 1 || f.PrivateRanges[0].Unknown == nil {
		t.Errorf("firewall %+v", f)
	}
}

// Blocks over a list that is not known stand for any number of them.
func TestFirewallPlaceholders(t *testing.T) {
	open := object{"name": true, "priority": true, "action": true, "source_addresses": true}
	n := newPlan().
		with("azurerm_firewall.f", group("f"), marks(object{"ip_configuration": []object{open}})).
		with("azurerm_firewall_network_rule_collection.k", object{"name": "k", "azure_firewall_name": "f", "resource_group_name": "rg", "priority": 100, "action": "Allow"},
			marks(object{"rule": []object{open}})).
		with("azurerm_firewall_policy.p", group("p"), unknown("id")).
		with("azurerm_firewall_policy_rule_collection_group.g", object{"name": "g", "priority": 100}, marks(object{"firewall_policy_id": true, "nat_rule_collection": []object{open}}),
			config(object{"firewall_policy_id": refs("azurerm_firewall_policy.p.id", "azurerm_firewall_policy.p")})).
		network(t)
	if f := n.AzureFirewalls[0]; len(f.UnknownIPConfigurations) != 1 || len(f.RuleCollections) != 1 || len(f.RuleCollections[0].UnknownRules) != 1 {
		t.Errorf("firewall %+v", f)
	}
	if p := n.FirewallPolicies[0]; len(p.Groups) != 1 || len(p.Groups[0].UnknownCollections) != 1 {
		t.Errorf("policy %+v", p)
	}
}

// P-29d, R-23: intrusion detection with the modes of single signatures and what it
// leaves alone.
func TestIntrusionDetection(t *testing.T) {
	detection := func(mode string) object {
		return object{"intrusion_detection": []object{{"mode": mode, "signature_overrides": []object{{"id": "2024897", "state": "Deny"}},
			"traffic_bypass": []object{{"name": "b", "protocol": "ANY", "source_addresses": []string{"*"}, "destination_addresses": []string{"192.0.2.0/24", "192.0.3.1"}, "destination_ports": []string{"1-1023"}}}}}}
	}
	n := newPlan().with("azurerm_firewall_policy.p", having(group("p"), detection("Deny"))).
		with("azurerm_firewall_policy.q", having(group("q"), detection("")), marks(object{"intrusion_detection": []object{{"mode": true}}})).network(t)
	if got, want := azuretest.DetectionText(n.FirewallPolicies[0].IntrusionDetection), "Deny Deny; b Any 1 to 2:1"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if may, certain := n.FirewallPolicies[1].IntrusionDetection.MayDeny(); !may || certain {
		t.Errorf("a mode known after apply: %v, certain %v", may, certain)
	}
}

// T-74, R-23: the provider takes no tag among the private ranges of a policy.
func TestPrivateRangesOfAPolicyAreAddresses(t *testing.T) {
	for text, want := range map[string]int{"IANAPrivateRanges": 1, "10.0.0.0/8": 0} {
		p := newPlan().with("azurerm_firewall_policy.p", having(group("p"), object{"private_ip_ranges": []string{text}}))
		list := Read(parse(t, p.json()), Options{}).Diagnostics
		if len(list) != want || want > 0 && list[0].Code != "invalid-firewall-address" {
			t.Errorf("%s: %v", text, list)
		}
	}
}

// of the subnets that a condition chooses from, a firewall stands in the one
// of the name that Azure asks for; of two such it is not known which.
func TestConditionalSubnetOfAFirewall(t *testing.T) {
	for name, want := range map[string]string{"other": "azurerm_subnet.a", "AzureFirewallSubnet": ""} {
		n := newPlan().with("azurerm_virtual_network.v", vnet("v"), unknown("id")).with("azurerm_virtual_network.w", vnet("w"), unknown("id")).
			with("azurerm_subnet.a", subnet("AzureFirewallSubnet", "10.0.0.0/26"), unknown("id")).
			with("azurerm_subnet.b", having(subnet(name, "10.0.1.0/26"), object{"virtual_network_name": "w"}), unknown("id")).
			with("azurerm_firewall.f", having(group("f"), object{"ip_configuration": []object{{"name": "one"}}}), marks(object{"ip_configuration": []object{{"subnet_id": true}}}),
				config(object{"ip_configuration": []object{{"subnet_id": refs("var.first", "azurerm_subnet.a.id", "azurerm_subnet.a", "azurerm_subnet.b.id", "azurerm_subnet.b")}}})).
			network(t)
		ref := n.AzureFirewalls[0].IPConfigurations[0].Subnet
		if want == "" && ref.Unknown == nil || want != "" && show(ref) != want {
			t.Errorf("with a subnet %s: %+v", name, ref)
		}
	}
}
