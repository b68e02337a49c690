package amend_test

import (
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/repair"
)

// A route table with routes in its own block stays so, whatever the security
// group of the same name does: a route of its own beside them would be taken away
// by every apply.
func TestRouteTableIsNotTakenForGroupOfItsName(t *testing.T) {
	const text = `resource "azurerm_network_security_group" "app" {
  name = "app"
}

resource "azurerm_route_table" "app" {
  name = "app"

  route {
    name           = "a"
    address_prefix = "192.0.2.0/24"
    next_hop_type  = "None"
  }
}
`
	table := &azure.RouteTable{Resource: azure.Resource{ID: "azurerm_route_table.app", Type: azure.TypeRouteTable, Name: "app", Address: "azurerm_route_table.app"}}
	now, left := written(t, "main.tf", text, repair.Edit{Action: repair.Add, Table: table, Route: &repair.Route{Name: "b", AddressPrefix: "198.51.100.10/32", NextHopType: azure.VirtualAppliance, NextHopIPAddress: "10.1.9.4"}})
	if left != "" || strings.Contains(now, `"azurerm_route"`) || strings.Count(now, "route {") != 2 {
		t.Errorf("left %q\n%s", left, now)
	}
}

// A block of the right name in another resource group is another resource.
func TestBlockOfAnotherResourceGroupIsLeft(t *testing.T) {
	const id = "/subscriptions/0/resourceGroups/rg-hub/providers/Microsoft.Network/networkSecurityGroups/app"
	group := &azure.NetworkSecurityGroup{Resource: azure.Resource{ID: azure.MakeID(id), Type: azure.TypeNetworkSecurityGroup, Name: "app", Address: id}, Rules: []*azure.SecurityRule{}}
	edit := repair.Edit{Action: repair.Add, Group: group, Rule: repair.Rule{
		Name: "allow-a", Direction: azure.Inbound, Access: azure.Allow, Priority: 100, Protocol: azure.TCP, Source: []string{"*"}, Destination: []string{"*"},
		SourcePorts: []string{"*"}, DestinationPorts: []string{"443"}, Complete: true,
	}}
	const rest = "\nresource \"azurerm_network_security_group\" \"app\" {\n  name                = \"app\"\n  resource_group_name = "
	for _, row := range []struct {
		name, text string
		written    bool
	}{
		{"the same, in whatever case", rest + "\"RG-Hub\"\n}\n", true},
		{"another", rest + "\"rg-spoke\"\n}\n", false},
		{"the same by reference", "resource \"azurerm_resource_group\" \"r\" {\n  name = \"rg-hub\"\n}\n" + rest + "azurerm_resource_group.r.name\n}\n", true},
		{"another by reference", "resource \"azurerm_resource_group\" \"r\" {\n  name = \"rg-spoke\"\n}\n" + rest + "azurerm_resource_group.r.name\n}\n", false},
		{"that of another resource", "resource \"azurerm_virtual_network\" \"v\" {\n  name = \"v\"\n}\n" + rest + "azurerm_virtual_network.v.resource_group_name\n}\n", true},
		{"known after apply", rest + "var.group\n}\n", true},
		{"two, one of them in the group", rest + "\"rg-hub\"\n}\n" + strings.Replace(rest, `"app" {`, `"other" {`, 1) + "\"rg-spoke\"\n}\n", true},
	} {
		t.Run(row.name, func(t *testing.T) {
			now, left := written(t, "main.tf", row.text, edit)
			if (now != "") != row.written || (left == "") != row.written {
				t.Errorf("left %q\n%s", left, now)
			}
			if row.written && !strings.Contains(now, `azurerm_network_security_group.app.name`) {
				t.Errorf("another block has it:\n%s", now)
			}
		})
	}
}

// Every spoke calls its peering with the hub alike: only that of the network is
// meant.
func TestPeeringOfAnotherNetworkIsLeft(t *testing.T) {
	n := Net(t, VNet("v", "10.1.0.0/16", Peer("w")), VNet("w", "10.2.0.0/16", Peer("v")))
	change := repair.Edit{Action: repair.Modify, Change: &repair.PeeringChange{Link: n.VirtualNetworks[0].Peerings[0]}}
	const text = "resource \"azurerm_virtual_network\" \"x\" {\n  name = \"NAME\"\n}\n\nresource \"azurerm_virtual_network_peering\" \"p\" {\n  name                 = \"v-to-w\"\n  virtual_network_name = azurerm_virtual_network.x.name\n}\n"
	if now, left := written(t, "main.tf", strings.Replace(text, "NAME", "v", 1), change); left != "" || !strings.Contains(now, "allow_forwarded_traffic = true") {
		t.Errorf("left %q\n%s", left, now)
	}
	if now, left := written(t, "main.tf", strings.Replace(text, "NAME", "u", 1), change); left == "" {
		t.Errorf("the peering of another network is edited:\n%s", now)
	}
}

// A variable that another group uses too, however it is spaced, is not a list of
// its own.
func TestListOfTwoGroupsIsLeft(t *testing.T) {
	const text = `{
  "variables": {
    "rules": []
  },
  "resources": [
    {
      "type": "Microsoft.Network/networkSecurityGroups",
      "name": "a",
      "properties": {"securityRules": "[variables('rules')]"}
    },
    {
      "type": "Microsoft.Network/networkSecurityGroups",
      "name": "b",
      "properties": {"securityRules": "[variables( 'Rules' )]"}
    }
  ]
}
`
	group := &azure.NetworkSecurityGroup{Resource: azure.Resource{ID: "a", Type: azure.TypeNetworkSecurityGroup, Name: "a", At: azure.Position{File: "main.json", Line: 6, Column: 5}}, Rules: []*azure.SecurityRule{}}
	now, left := written(t, "main.json", text, repair.Edit{Action: repair.Add, Group: group, Rule: repair.Rule{
		Name: "allow-a", Direction: azure.Inbound, Access: azure.Allow, Priority: 100, Protocol: azure.TCP, Source: []string{"*"}, Destination: []string{"*"},
		SourcePorts: []string{"*"}, DestinationPorts: []string{"443"}, Complete: true,
	}})
	if !strings.Contains(left, "which is no list of its own") {
		t.Errorf("left %q\n%s", left, now)
	}
}

// A file keeps its line breaks.
func TestLineBreaksOfAFileAreKept(t *testing.T) {
	rule := &repair.NetworkRule{Firewall: &azure.AzureFirewall{Resource: azure.Resource{Name: "fw"}}, Collection: &azure.RuleCollection{Resource: azure.Resource{ID: "c", Name: "c", Address: "azurerm_firewall_network_rule_collection.c"}}, Rule: sftp}
	text := strings.ReplaceAll(classicText, "\n", "\r\n")
	now, left := written(t, "main.tf", text, repair.Edit{Action: repair.Add, Change: rule})
	if left != "" || strings.Count(now, "\n") != strings.Count(now, "\r\n") || strings.Contains(now, "\r\r") || !strings.Contains(now, "allow-sftp") {
		t.Errorf("left %q\n%q", left, now)
	}
}
