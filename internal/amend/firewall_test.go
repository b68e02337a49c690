package amend_test

import (
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/amend"
	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/repair"
)

var sftp = repair.FirewallRule{Name: "allow-sftp", Description: "needed by x", Protocols: []string{"TCP"}, Source: []string{"10.1.1.0/24"}, Destination: []string{"198.51.100.10"}, Ports: []string{"22"}}

// written writes a change into one file: its text afterwards, and why it is left.
func written(t *testing.T, path, text string, edits ...repair.Edit) (now, left string) {
	t.Helper()
	changes, rest, err := amend.Write(edits, []amend.File{{Path: path, Data: []byte(text)}})
	if err != nil {
		t.Fatal(err)
	}
	if len(changes) == 1 {
		now = string(changes[0].New)
	}
	if len(rest) > 0 {
		left = rest[0].Reason
	}
	return now, left
}

const (
	classicText = `resource "azurerm_firewall_network_rule_collection" "c" {
  name                = "c"
  azure_firewall_name = "fw"
  priority            = 200
  action              = "Allow"

  rule { # ours
    name                  = "dns"
    source_addresses      = ["10.1.0.0/16"]
    destination_ports     = ["53"]
    destination_addresses = ["192.0.2.1"]
    protocols             = ["UDP"]
  }
  # the end
}
`
	classicRule = `
  rule {
    name                  = "allow-sftp"
    description           = "needed by x"
    protocols             = ["TCP"]
    source_addresses      = ["10.1.1.0/24"]
    destination_addresses = ["198.51.100.10"]
    destination_ports     = ["22"]
  }
`
	groupText = `resource "azurerm_firewall_policy" "p" {
  name = "p"
}

resource "azurerm_firewall_policy_rule_collection_group" "g" {
  name               = "g"
  firewall_policy_id = azurerm_firewall_policy.p.id
  priority           = 300

  network_rule_collection {
    name     = "c"
    priority = 200
    action   = "Allow"
    rule {
      name                  = "dns"
      protocols             = ["UDP"]
      source_addresses      = ["10.1.0.0/16"]
      destination_addresses = ["192.0.2.1"]
      destination_ports     = ["53"]
    }
  }
}
`
	groupRule = `
    rule {
      name                  = "allow-sftp"
      protocols             = ["TCP"]
      source_addresses      = ["10.1.1.0/24"]
      destination_addresses = ["198.51.100.10"]
      destination_ports     = ["22"]
    }
`
)

// A rule of a firewall stands behind the last one of its collection, a new
// collection behind the last one of its group, and every other byte stays. A
// block is taken by its name only where it tells which firewall it is of.
func TestRulesOfFirewallsAreWrittenIntoTerraform(t *testing.T) {
	n := Net(t, VNet("v", "10.1.0.0/16", Subnet(FirewallSubnetName, "10.1.9.0/26")),
		Firewall("fw", "v", "10.1.9.4", Egress("ip", "20.1.2.3"), Collection("c", 200, azure.FirewallAllow, NetworkRule("dns", "UDP", "10.1.0.0/16", "192.0.2.1", "53"))),
		Policy("p", Group("g", 300, Collection("c", 200, azure.FirewallAllow, NetworkRule("dns", "UDP", "10.1.0.0/16", "192.0.2.1", "53")))))
	fw, group := n.AzureFirewalls[0], n.FirewallPolicies[0].Groups[0]
	classic := &repair.NetworkRule{Firewall: fw, Collection: fw.RuleCollections[0], Rule: sftp}
	policy := &repair.NetworkRule{Firewall: fw, Group: group, Collection: group.Collections[0], Rule: sftp}
	fresh := &repair.NetworkRule{Firewall: fw, Group: group, NewCollection: true, Rule: sftp, Collection: &azure.RuleCollection{
		Resource: azure.Resource{ID: group.ID + "/rulecollections/new", Name: "new"}, Kind: azure.NetworkRule, Priority: azure.Of(150, group.At), Action: azure.Of(azure.FirewallAllow, group.At)}}
	collection := "\n  network_rule_collection {\n    name     = \"new\"\n    priority = 150\n    action   = \"Allow\"\n" + groupRule + "  }\n"
	dynamic := strings.Replace(strings.Replace(classicText, "  rule { # ours\n", "  dynamic \"rule\" {\n    for_each = var.rules\n    content {\n", 1), "    protocols             = [\"UDP\"]\n  }\n", "    protocols             = [\"UDP\"]\n  }\n  }\n", 1)
	for _, row := range []struct {
		name       string
		change     *repair.NetworkRule
		text       string
		want, left string
	}{
		{"a classic collection", classic, classicText, strings.Replace(classicText, "  # the end", classicRule[:len(classicRule)-1]+"\n  # the end", 1), ""},
		{"beside what dynamic makes", classic, dynamic, strings.Replace(dynamic, "  # the end", classicRule[:len(classicRule)-1]+"\n  # the end", 1), ""},
		{"a collection of a group", policy, groupText, strings.Replace(groupText, "    }\n  }\n", "    }\n"+groupRule+"  }\n", 1), ""},
		{"a new collection of a group", fresh, groupText, strings.Replace(groupText, "    }\n  }\n", "    }\n  }\n"+collection, 1), ""},
		{"a group without a collection", fresh, strings.Replace(groupText, "network_rule_c", "application_rule_c", 1), strings.Replace(strings.Replace(groupText, "network_rule_c", "application_rule_c", 1), "    }\n  }\n", "    }\n  }\n"+collection, 1), ""},
		{"of which firewall is not told", classic, strings.Replace(classicText, `= "fw"`, "= var.firewall", 1), "", "does not tell that it belongs to fw"},
		{"of another firewall", classic, strings.Replace(classicText, `= "fw"`, `= "other"`, 1), "", "does not tell that it belongs to fw"},
		{"of another policy", policy, strings.Replace(groupText, `name = "p"`, `name = "q"`, 1), "", "does not tell that it belongs to p"},
		{"one of several", classic, strings.Replace(classicText, "  priority", "  for_each = var.all\n  priority", 1), "", "has for_each"},
		{"a collection that an expression makes", policy, strings.Replace(groupText, `= "c"`, "= var.c", 1), "", "stands in no block of its own"},
	} {
		t.Run(row.name, func(t *testing.T) {
			now, left := written(t, "main.tf", row.text, repair.Edit{Action: repair.Add, Change: row.change})
			if now != row.want || row.left == "" && left != "" || !strings.Contains(left, row.left) {
				t.Errorf("left %q, got\n%s\nwant\n%s", left, now, row.want)
			}
		})
	}
}

// A collection that makes room gets its priority in place of the old one (C-11).
func TestCollectionsAreMovedInTerraform(t *testing.T) {
	n := Net(t, VNet("v", "10.1.0.0/16", Subnet(FirewallSubnetName, "10.1.9.0/26")),
		Firewall("fw", "v", "10.1.9.4", Egress("ip", "20.1.2.3"), Collection("c", 200, azure.FirewallAllow, NetworkRule("dns", "UDP", "10.1.0.0/16", "192.0.2.1", "53"))),
		Policy("p", Group("g", 300, Collection("c", 200, azure.FirewallAllow, NetworkRule("dns", "UDP", "10.1.0.0/16", "192.0.2.1", "53")))))
	fw, group := n.AzureFirewalls[0], n.FirewallPolicies[0].Groups[0]
	classic := &repair.CollectionMove{Firewall: fw, Collection: fw.RuleCollections[0], Priority: 201}
	policy := &repair.CollectionMove{Firewall: fw, Group: group, Collection: group.Collections[0], Priority: 201}
	for _, row := range []struct {
		name       string
		change     *repair.CollectionMove
		text       string
		want, left string
	}{
		{"a classic collection", classic, classicText, strings.Replace(classicText, "= 200", "= 201", 1), ""},
		{"a collection of a group", policy, groupText, strings.Replace(groupText, "= 200", "= 201", 1), ""},
		{"an expression", classic, strings.Replace(classicText, "= 200", "= var.first", 1), "", "priority of the collection c is an expression"},
		{"of another firewall", classic, strings.Replace(classicText, `= "fw"`, `= "other"`, 1), "", "does not tell that it belongs to fw"},
	} {
		t.Run(row.name, func(t *testing.T) {
			now, left := written(t, "main.tf", row.text, repair.Edit{Action: repair.Modify, Change: row.change})
			if now != row.want || row.left == "" && left != "" || !strings.Contains(left, row.left) {
				t.Errorf("left %q, got\n%s\nwant\n%s", left, now, row.want)
			}
		})
	}
}

// Another next hop is written into the route, inline or of its own.
func TestRoutesAreChangedInTerraform(t *testing.T) {
	n := Net(t, VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24", Routes("rt", Route("192.0.2.0/24", "None")))))
	table := n.RouteTables[0]
	was := table.Routes[0]
	was.Name = "out"
	to := func(typ azure.NextHopType, address string) *repair.RouteChange {
		return &repair.RouteChange{Table: table, Was: was, Route: repair.Route{Name: "out", AddressPrefix: "192.0.2.0/24", NextHopType: typ, NextHopIPAddress: address}}
	}
	const (
		head   = "resource \"azurerm_route_table\" \"rt\" {\n  name = \"rt\"\n"
		inline = head + "\n  route {\n    name           = \"out\"\n    next_hop_type  = \"None\" # why\n    address_prefix = \"192.0.2.0/24\"\n  }\n}\n"
		apart  = head + "}\n\nresource \"azurerm_route\" \"out\" {\n  name = \"out\"\n  route_table_name = azurerm_route_table.rt.name\n  next_hop_type = \"VirtualAppliance\"\n  next_hop_in_ip_address = \"10.1.9.4\" # why\n}\n"
	)
	for _, row := range []struct {
		name       string
		change     *repair.RouteChange
		text       string
		want, left string
	}{
		{"in the block of the table", to(azure.VirtualAppliance, "10.1.9.4"), inline,
			strings.Replace(strings.Replace(inline, `"None"`, `"VirtualAppliance"`, 1), "\"192.0.2.0/24\"\n", "\"192.0.2.0/24\"\n    next_hop_in_ip_address = \"10.1.9.4\"\n", 1), ""},
		{"of its own", to(azure.InternetNextHop, ""), apart, strings.Replace(strings.Replace(apart, `"VirtualAppliance"`, `"Internet"`, 1), `"10.1.9.4"`, "null", 1), ""},
		{"an expression", to(azure.InternetNextHop, ""), strings.Replace(apart, `"VirtualAppliance"`, "var.hop", 1), "", "next_hop_type of the route out is an expression"},
		{"an address not known yet", to(azure.VirtualAppliance, ""), inline, "", "is known once it exists"},
		{"no block of its own", to(azure.InternetNextHop, ""), strings.Replace(inline, `"out"`, "var.name", 1), "", "is in no block of its own"},
		{"no resource", to(azure.InternetNextHop, ""), head + "}\n", "", "no resource in the files given is it"},
	} {
		t.Run(row.name, func(t *testing.T) {
			now, left := written(t, "main.tf", row.text, repair.Edit{Action: repair.Modify, Change: row.change})
			if now != row.want || row.left == "" && left != "" || !strings.Contains(left, row.left) {
				t.Errorf("left %q, got\n%s\nwant\n%s", left, now, row.want)
			}
		})
	}
}

// What the file has already was planned from something older: nothing is written.
func TestAFileThatIsAheadIsLeft(t *testing.T) {
	n := Net(t, VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24", NSG("nsg")), Subnet(FirewallSubnetName, "10.1.9.0/26")),
		Firewall("fw", "v", "10.1.9.4", Egress("ip", "20.1.2.3"), Collection("c", 200, azure.FirewallAllow, NetworkRule("dns", "UDP", "10.1.0.0/16", "192.0.2.1", "53"))))
	fw := n.AzureFirewalls[0]
	rule := repair.Edit{Action: repair.Add, Change: &repair.NetworkRule{Firewall: fw, Collection: fw.RuleCollections[0], Rule: sftp}}
	security := repair.Edit{Action: repair.Add, Group: n.NetworkSecurityGroups[0], Rule: repair.Rule{Name: "allow-sftp", Direction: azure.Inbound, Priority: 100}}
	const head = "resource \"azurerm_network_security_group\" \"nsg\" {\n  name = \"nsg\"\n"
	for _, row := range []struct {
		name, text string
		edit       repair.Edit
		line       int
	}{
		{"a rule of a firewall", strings.Replace(classicText, `"dns"`, `"Allow-SFTP"`, 1), rule, 7},
		{"a security rule", head + "  security_rule {\n    name = \"allow-sftp\"\n  }\n}\n", security, 3},
		{"a security rule of its own", head + "}\nresource \"azurerm_network_security_rule\" \"r\" {\n  name = \"allow-sftp\"\n  network_security_group_name = azurerm_network_security_group.nsg.name\n}\n", security, 4},
	} {
		t.Run(row.name, func(t *testing.T) {
			changes, _, err := amend.Write([]repair.Edit{row.edit}, []amend.File{{Path: "main.tf", Data: []byte(row.text)}})
			list := diagnostic.Of(err, "")
			if len(changes) > 0 || len(list) != 1 || list[0].Code != "outdated-input" || list[0].At.Line != row.line {
				t.Errorf("got %v, %d changes", err, len(changes))
			}
		})
	}
}
