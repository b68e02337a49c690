package amend_test

import (
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/amend"
	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/repair"
)

// A flag of an existing resource is set in its block, in place of the value that is
// there; comments and the other attributes stay.
func TestFlagsAreSetInTheirBlock(t *testing.T) {
	n := Net(t,
		VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24", NIC("nva", "10.1.1.4")), Subnet(FirewallSubnetName, "10.1.9.0/26"), Peer("w")), VNet("w", "10.2.0.0/16", Peer("v")),
		Firewall("fw", "v", "10.1.9.4", Egress("ip", "20.1.2.3")))
	link := &repair.PeeringChange{Link: n.VirtualNetworks[0].Peerings[0]}
	nic := &repair.Forwarding{Interface: n.NetworkInterfaces[0]}
	ranges := &repair.PrivateRanges{Firewall: n.AzureFirewalls[0], Ranges: []string{"IANAPrivateRanges", "192.0.2.0/25"}}
	const peering = "resource \"azurerm_virtual_network_peering\" \"a\" {\n  name = \"v-to-w\"\n  # ours\n  allow_forwarded_traffic = false # for now\n}\n"
	for _, row := range []struct {
		name   string
		change repair.Change
		text   string
		want   string
		left   string
	}{
		{"a value is replaced", link, peering, strings.Replace(peering, "= false", "= true", 1), ""},
		{"an attribute is added", link, strings.Replace(peering, "  allow_forwarded_traffic = false # for now\n", "", 1),
			"resource \"azurerm_virtual_network_peering\" \"a\" {\n  name = \"v-to-w\"\n  allow_forwarded_traffic = true\n  # ours\n}\n", ""},
		{"an expression is left", link, strings.Replace(peering, "= false", "= var.open", 1), "", "is an expression"},
		{"one of several is left", link, strings.Replace(peering, "  # ours", "  for_each = toset([\"a\"])", 1), "", "has for_each"},
		{"under the name of an earlier provider", nic, "resource \"azurerm_network_interface\" \"nva\" {\n  name                 = \"nva\"\n  enable_ip_forwarding = false\n}\n",
			"resource \"azurerm_network_interface\" \"nva\" {\n  name                 = \"nva\"\n  enable_ip_forwarding = true\n}\n", ""},
		{"a list", ranges, "resource \"azurerm_firewall\" \"fw\" {\n  name = \"fw\"\n  tags = {}\n}\n",
			"resource \"azurerm_firewall\" \"fw\" {\n  name = \"fw\"\n  private_ip_ranges = [\"IANAPrivateRanges\", \"192.0.2.0/25\"]\n  tags = {}\n}\n", ""},
		{"no block has it", link, "resource \"azurerm_virtual_network\" \"v\" {\n  name = \"v\"\n}\n", "", `no azurerm_virtual_network_peering in the files given has the name "v-to-w"`},
	} {
		t.Run(row.name, func(t *testing.T) {
			changes, left, err := amend.Write([]repair.Edit{{Action: repair.Modify, Change: row.change}}, []amend.File{{Path: "main.tf", Data: []byte(row.text)}})
			if err != nil {
				t.Fatal(err)
			}
			got, reason := "", ""
			if len(changes) == 1 {
				got = string(changes[0].New)
			}
			if len(left) == 1 {
				reason = left[0].Reason
			}
			if got != row.want || row.left == "" && reason != "" || !strings.Contains(reason, row.left) {
				t.Errorf("got\n%s\nleft %q", got, reason)
			}
		})
	}
}

// What is new goes to the end of the file that states the virtual network, unless
// something there has its name or it would have to be named from outside a module.
func TestNewResourcesGoBesideTheirNetwork(t *testing.T) {
	n := Net(t, VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24")))
	subnet := n.Subnets()[0]
	subnet.Address, subnet.VirtualNetwork.Address = "azurerm_subnet.app", "azurerm_virtual_network.v"
	table := &azure.RouteTable{Resource: azure.Resource{ID: "rt", Name: "rt-app", Address: "azurerm_route_table.rt_app", Type: azure.TypeRouteTable}}
	edits := []repair.Edit{
		{Action: repair.Add, Change: &repair.NewRouteTable{Table: table}},
		{Action: repair.Add, Table: table, Route: &repair.Route{Name: "out", AddressPrefix: "198.51.100.10/32", NextHopType: azure.VirtualAppliance, NextHopIPAddress: "10.1.9.4"}},
		{Action: repair.Modify, Change: &repair.Association{Subnet: subnet, Kind: azure.SubnetToRouteTable, To: &table.Resource}},
	}
	const own = "resource \"azurerm_virtual_network\" \"v\" {\n  name = \"v\"\n}\n\nresource \"azurerm_subnet\" \"app\" {\n  name = \"app\"\n}\n"
	for _, row := range []struct {
		name, path, text string
		more             []amend.File
		want, left       string
	}{
		{"at the end", "net.tf", own, nil, "azurerm_subnet.app.id", ""},
		{"a name that is taken", "net.tf", own + "\nresource \"azurerm_route_table\" \"rt_app\" {\n  name = \"other\"\n}\n", nil, "", "azurerm_route_table.rt_app is there already"},
		{"a module has it", "net/main.tf", own, []amend.File{{Path: "main.tf", Data: []byte("module \"a\" {\n  source = \"./net\"\n}\n")}}, "", "stands in a module"},
		{"nothing states the network", "net.tf", "locals {}\n", nil, "", "have no block for azurerm_subnet.app"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if subnet.Address = "azurerm_subnet.app"; len(row.more) > 0 {
				subnet.Address = "module.a.azurerm_subnet.app"
			}
			changes, left, err := amend.Write(edits, append(row.more, amend.File{Path: row.path, Data: []byte(row.text)}))
			if err != nil {
				t.Fatal(err)
			}
			if row.left != "" {
				if len(changes) > 0 || len(left) == 0 || !strings.Contains(left[0].Reason, row.left) {
					t.Errorf("changes %d, left %+v", len(changes), left)
				}
				return
			}
			if len(left) > 0 || len(changes) != 1 || !strings.HasPrefix(string(changes[0].New), row.text) {
				t.Fatalf("left %+v, changes %d", left, len(changes))
			}
			added := strings.TrimPrefix(string(changes[0].New), row.text)
			for _, want := range []string{row.want, `resource "azurerm_route_table" "rt_app"`, "azurerm_route_table.rt_app.id", "10.1.9.4"} {
				if !strings.Contains(added, want) {
					t.Errorf("%q is missing in\n%s", want, added)
				}
			}
		})
	}
}
