package amend_test

import (
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/amend"
	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/repair"
)

var anyRule = repair.Rule{
	Name: "allow-a", Direction: azure.Inbound, Access: azure.Allow, Priority: 100, Protocol: azure.TCP, Source: []string{"*"}, Destination: []string{"*"},
	SourcePorts: []string{"*"}, DestinationPorts: []string{"443"}, Complete: true,
}

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
	edit := repair.Edit{Action: repair.Add, Group: group, Rule: anyRule}
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

// A variable that another group uses too, however it is spaced, or that two
// templates have is not a list of its own.
func TestListOfTwoGroupsIsLeft(t *testing.T) {
	const group = `{"type": "Microsoft.Network/networkSecurityGroups", "name": "NAME", "properties": {"securityRules": "[variables(LIST)]"}}`
	named := func(name, list string) string { return strings.NewReplacer("NAME", name, "LIST", list).Replace(group) }
	for _, row := range []struct {
		name, more, left string
	}{
		{"its own", ``, ""},
		{"of two groups", `,` + named("b", ` 'Rules' `), "which is no list of its own"},
		{"of two templates", `,{"type": "Microsoft.Resources/deployments", "name": "d", "properties": {"template": {"variables": {"rules": []}, "resources": []}}}`, "which is no list of its own"},
	} {
		text := "{\n  \"variables\": {\n    \"rules\": []\n  },\n  \"resources\": [\n    " + named("a", "'rules'") + row.more + "\n  ]\n}\n"
		at := &azure.NetworkSecurityGroup{Resource: azure.Resource{ID: "a", Type: azure.TypeNetworkSecurityGroup, Name: "a", At: azure.Position{File: "main.json", Line: 6, Column: 5}}, Rules: []*azure.SecurityRule{}}
		now, left := written(t, "main.json", text, repair.Edit{Action: repair.Add, Group: at, Rule: anyRule})
		if (row.left == "") != (left == "") || !strings.Contains(left, row.left) || (row.left == "") != strings.Contains(now, "allow-a") {
			t.Errorf("%s: left %q\n%s", row.name, left, now)
		}
	}
}

// The removal of a rule is not taken for a rule to add.
func TestRemovalOfRuleIsLeft(t *testing.T) {
	const text = "resource \"azurerm_network_security_group\" \"app\" {\n  name = \"app\"\n}\n"
	group := &azure.NetworkSecurityGroup{Resource: azure.Resource{ID: "app", Type: azure.TypeNetworkSecurityGroup, Name: "app", Address: "azurerm_network_security_group.app"}}
	if now, left := written(t, "main.tf", text, repair.Edit{Action: repair.Remove, Group: group, Rule: anyRule}); now != "" || !strings.Contains(left, "removal of a rule") {
		t.Errorf("left %q\n%s", left, now)
	}
}

// A file keeps its line breaks.
func TestLineBreaksOfAFileAreKept(t *testing.T) {
	rule := &repair.NetworkRule{Firewall: &azure.AzureFirewall{Resource: azure.Resource{Name: "fw"}}, Collection: &azure.RuleCollection{Resource: azure.Resource{ID: "c", Name: "c", Address: "azurerm_firewall_network_rule_collection.c"}}, Rule: sftp}
	empty := "resource \"azurerm_firewall_network_rule_collection\" \"c\" {\n  name = \"c\"\n}\n"
	for _, text := range []string{classicText, empty} {
		now, left := written(t, "main.tf", strings.ReplaceAll(text, "\n", "\r\n"), repair.Edit{Action: repair.Add, Change: rule})
		if left != "" || strings.Count(now, "\n") != strings.Count(now, "\r\n") || strings.Contains(now, "\r\r") || !strings.Contains(now, "allow-sftp") {
			t.Errorf("left %q\n%q", left, now)
		}
	}
}

// A block on one line has no place for another one in it.
func TestBlockOnOneLineIsLeft(t *testing.T) {
	rule := &repair.NetworkRule{Firewall: &azure.AzureFirewall{Resource: azure.Resource{Name: "fw"}}, Collection: &azure.RuleCollection{Resource: azure.Resource{ID: "c", Name: "c", Address: "azurerm_firewall_network_rule_collection.c"}}, Rule: sftp}
	now, left := written(t, "main.tf", "resource \"azurerm_firewall_network_rule_collection\" \"c\" { name = \"c\" }\n", repair.Edit{Action: repair.Add, Change: rule})
	if now != "" || left != "azurerm_firewall_network_rule_collection.c stands on one line" {
		t.Errorf("left %q\n%s", left, now)
	}
}

// A group is written where its block makes no other group, and left else, with the
// reason.
func TestBlocksThatStandForSeveralAreLeft(t *testing.T) {
	const block = "resource \"azurerm_network_security_group\" \"app\" {\n  name = \"app\"\n  MORE\n}\n"
	file := func(path, text string) amend.File { return amend.File{Path: path, Data: []byte(text)} }
	call := func(name, more string) string {
		return "module \"" + name + "\" {\n  source = \"./net\"\n  " + more + "\n}\n"
	}
	plain := strings.Replace(block, "  MORE\n", "", 1)
	for _, row := range []struct {
		name, address string
		files         []amend.File
		left          string
	}{
		{"one block", "app", []amend.File{file("main.tf", plain)}, ""},
		{"one module", "app", []amend.File{file("main.tf", call("a", "")), file("net/main.tf", plain)}, ""},
		{"a module that is called twice", "app", []amend.File{file("main.tf", call("a", "")+call("b", "")), file("net/main.tf", plain)}, "the module net is called 2 times"},
		{"one of its addresses", "module.a.azurerm_network_security_group.app", []amend.File{file("main.tf", call("a", "")+call("b", "")), file("net/main.tf", plain)}, "the module net is called 2 times"},
		{"a module for each", "module.a.azurerm_network_security_group.app", []amend.File{file("main.tf", call("a", "for_each = toset([\"x\"])")), file("net/main.tf", plain)}, "the module net is called with for_each"},
		{"a count that chooses", "azurerm_network_security_group.app", []amend.File{file("main.tf", strings.Replace(block, "MORE", "count = var.on ? 1 : 0", 1))}, ""},
		{"a count of two", "azurerm_network_security_group.app", []amend.File{file("main.tf", strings.Replace(block, "MORE", "count = 2", 1))}, "has count"},
		{"a copy below", "azurerm_network_security_group.app", []amend.File{file("main.tf", plain), file("examples/main.tf", plain)}, ""},
		{"two folders", "azurerm_network_security_group.app", []amend.File{file("a/main.tf", plain), file("b/main.tf", plain)}, "several folders given have a block"},
	} {
		t.Run(row.name, func(t *testing.T) {
			group := &azure.NetworkSecurityGroup{Resource: azure.Resource{ID: azure.MakeID(row.address), Type: azure.TypeNetworkSecurityGroup, Name: "app", Address: row.address}, Rules: []*azure.SecurityRule{}}
			changes, left, err := amend.Write([]repair.Edit{{Action: repair.Add, Group: group, Rule: anyRule}}, row.files)
			if err != nil {
				t.Fatal(err)
			}
			reason := ""
			if len(left) > 0 {
				reason = left[0].Reason
			}
			if (row.left == "") != (len(changes) == 1) || !strings.Contains(reason, row.left) || row.left == "" && reason != "" {
				t.Errorf("%d files, left %q", len(changes), reason)
			}
		})
	}
}

// A rule makes room only if the file has the priority that the input had.
func TestRoomIsMadeOnlyFromTheKnownPriority(t *testing.T) {
	const text = "resource \"azurerm_network_security_group\" \"app\" {\n  name = \"app\"\n\n  security_rule {\n    name     = \"deny\"\n    priority = 100\n  }\n}\n"
	group := &azure.NetworkSecurityGroup{Resource: azure.Resource{ID: "app", Type: azure.TypeNetworkSecurityGroup, Name: "app", Address: "azurerm_network_security_group.app"}}
	move := func(from int) repair.Edit {
		was := &azure.SecurityRule{Resource: azure.Resource{Name: "deny"}, Group: group, Priority: azure.Of(from, azure.Position{})}
		return repair.Edit{Action: repair.Modify, Group: group, Was: was, Rule: repair.Rule{Name: "deny", Priority: 101, Complete: true}}
	}
	if now, left := written(t, "main.tf", text, move(100)); left != "" || !strings.Contains(now, "priority = 101") {
		t.Errorf("left %q\n%s", left, now)
	}
	if now, left := written(t, "main.tf", text, move(200)); now != "" || !strings.Contains(left, "its priority is no number in the file") {
		t.Errorf("left %q\n%s", left, now)
	}
}

// Of the changes of one table all are written or none: half of them could be an
// outage.
func TestChangesOfOneTableGoTogether(t *testing.T) {
	const text = "resource \"azurerm_route_table\" \"rt\" {\n  name = \"rt\"\n\n  route {\n    name                   = \"a\"\n    address_prefix         = \"10.2.0.0/16\"\n    next_hop_type          = \"VirtualAppliance\"\n    next_hop_in_ip_address = \"10.1.9.9\"\n  }\n}\n"
	table := &azure.RouteTable{Resource: azure.Resource{ID: "rt", Type: azure.TypeRouteTable, Name: "rt", Address: "azurerm_route_table.rt"}}
	change := func(name string) repair.Edit {
		return repair.Edit{Action: repair.Modify, Change: &repair.RouteChange{Table: table, Was: &azure.Route{Resource: azure.Resource{Name: name}}, Route: repair.Route{Name: name, NextHopType: azure.VnetLocal}}}
	}
	if now, left := written(t, "main.tf", text, change("a")); left != "" || !strings.Contains(now, `"VnetLocal"`) {
		t.Errorf("left %q\n%s", left, now)
	}
	if now, left := written(t, "main.tf", text, change("a"), change("b")); now != "" || left == "" {
		t.Errorf("left %q\n%s", left, now)
	}
}
