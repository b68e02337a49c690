package amend_test

import (
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/repair"
)

// What goes is taken out of Terraform with its lines, as long as nothing names it;
// every other byte stays.
func TestRemovalsAreWrittenIntoTerraform(t *testing.T) {
	n := Net(t,
		VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24", Routes("rt", Route("192.0.2.0/24", "None")), NATGateway("nat")), Subnet(FirewallSubnetName, "10.1.9.0/26")),
		Gateway("nat", "20.1.2.9", ""), Firewall("fw", "v", "10.1.9.4", Egress("ip", "20.1.2.3"), Egress("second", "20.1.2.4")))
	subnet, table, fw := n.Subnets()[0], n.RouteTables[0], n.AzureFirewalls[0]
	subnet.Address = "azurerm_subnet.app"
	was := table.Routes[0]
	was.Name = "out"
	second := fw.IPConfigurations[1]
	second.Name = "second"
	route := &repair.RouteRemoval{Table: table, Was: was}
	const (
		head   = "resource \"azurerm_route_table\" \"rt\" {\n  name = \"rt\"\n"
		inner  = "\n  route {\n    name           = \"out\"\n    next_hop_type  = \"None\"\n    address_prefix = \"192.0.2.0/24\"\n  }\n"
		other  = "\n  # kept\n  route {\n    name           = \"other\"\n    next_hop_type  = \"None\"\n    address_prefix = \"192.0.3.0/24\"\n  }\n"
		own    = "\n# why it was there\nresource \"azurerm_route\" \"out\" {\n  name             = \"out\"\n  route_table_name = azurerm_route_table.rt.name\n  next_hop_type    = \"None\"\n}\n"
		after  = "\nresource \"azurerm_subnet\" \"app\" {\n  name = \"app\" # machines\n}\n"
		nat    = "\nresource \"azurerm_subnet_nat_gateway_association\" \"app\" {\n  subnet_id      = azurerm_subnet.app.id\n  nat_gateway_id = azurerm_nat_gateway.nat.id\n}\n"
		wall   = "resource \"azurerm_firewall\" \"fw\" {\n  name = \"fw\"\n\n  ip_configuration {\n    name = \"first\"\n  }\n"
		config = "\n  ip_configuration {\n    name = \"second\"\n  }\n"
	)
	for _, row := range []struct {
		name   string
		change repair.Change
		text   string
		want   string
		left   string
	}{
		{"a route in a block", route, head + inner + other + "}\n", head + other + "}\n", ""},
		{"the last block", route, head + other + inner + "}\n", head + other + "}\n", ""},
		{"the only one", route, head + inner + "}\n", head + "\n  route = []\n}\n", ""},
		{"a route of its own", route, head + "}\n" + own + after, head + "}\n\n# why it was there\n" + after, ""},
		{"at the end", route, head + "}\n" + after + own, head + "}\n" + after + "\n# why it was there\n", ""},
		{"one that something waits for", route, head + "}\n" + own + strings.Replace(after, "  name", "  depends_on = [azurerm_route.out]\n  name", 1), "", "azurerm_route.out has to go, and main.tf names it"},
		{"one of several", route, head + "}\n" + strings.Replace(own, "  name ", "  for_each = var.all\n  name ", 1), "", "it is one of several that azurerm_route.out makes"},
		{"a NAT gateway of a subnet", &repair.Detachment{Subnet: subnet, Kind: azure.SubnetToNATGateway, From: &n.NATGateways[0].Resource}, after[1:] + nat, after[1:], ""},
		{"that of another subnet", &repair.Detachment{Subnet: subnet, Kind: azure.SubnetToNATGateway, From: &n.NATGateways[0].Resource}, after[1:] + strings.Replace(nat, "azurerm_subnet.app.id", "azurerm_subnet.b.id", 1), "", "no azurerm_subnet_nat_gateway_association in the files given is of azurerm_subnet.app"},
		{"an address of a firewall", &repair.AddressRemoval{Firewall: fw, Address: second}, wall + config + "}\n", wall + "}\n", ""},
		{"one that dynamic makes", &repair.AddressRemoval{Firewall: fw, Address: second}, wall + "}\n", "", "the address second of azurerm_firewall.fw stands in no block of its own"},
		{"a delegation", &repair.Delegation{Subnet: subnet, Service: "Microsoft.Sql/managedInstances"}, after[1:],
			"resource \"azurerm_subnet\" \"app\" {\n  name = \"app\" # machines\n\n  delegation {\n    name = \"managedInstances\"\n    service_delegation {\n      name = \"Microsoft.Sql/managedInstances\"\n    }\n  }\n}\n", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			now, left := written(t, "main.tf", row.text, repair.Edit{Action: repair.Remove, Change: row.change})
			if now != row.want || row.left == "" && left != "" || !strings.Contains(left, row.left) {
				t.Errorf("left %q, got\n%s\nwant\n%s", left, now, row.want)
			}
		})
	}
}

// Routes that go make room for one that comes, and of a table that loses all of them
// Terraform is told so: without any route in it, it would leave alone what is there.
func TestRoutesComeAndGoTogetherInTerraform(t *testing.T) {
	n := Net(t, VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24", Routes("rt", Route("198.51.100.0/24", "None"), Route("203.0.113.0/24", "None")))))
	table := n.RouteTables[0]
	table.Routes[0].Name, table.Routes[1].Name = "a", "b"
	const (
		head  = "resource \"azurerm_route_table\" \"rt\" {\n  name = \"rt\"\n"
		a     = "\n  route {\n    name           = \"a\"\n    address_prefix = \"198.51.100.0/24\"\n    next_hop_type  = \"None\"\n  }\n"
		b     = "\n  route {\n    name           = \"b\"\n    address_prefix = \"203.0.113.0/24\"\n    next_hop_type  = \"None\"\n  }\n"
		c     = "\n  route {\n    name           = \"c\"\n    address_prefix = \"192.0.2.0/24\"\n    next_hop_type  = \"Internet\"\n  }\n"
		ownA  = "\nresource \"azurerm_route\" \"a\" {\n  name                = \"a\"\n  resource_group_name = azurerm_route_table.rt.resource_group_name\n  route_table_name    = azurerm_route_table.rt.name\n  address_prefix      = \"198.51.100.0/24\"\n  next_hop_type       = \"None\"\n}\n"
		ownB  = "\nresource \"azurerm_route\" \"b\" {\n  name                = \"b\"\n  resource_group_name = azurerm_route_table.rt.resource_group_name\n  route_table_name    = azurerm_route_table.rt.name\n  address_prefix      = \"203.0.113.0/24\"\n  next_hop_type       = \"None\"\n}\n"
		ownC  = "\nresource \"azurerm_route\" \"c\" {\n  name                = \"c\"\n  resource_group_name = azurerm_route_table.rt.resource_group_name\n  route_table_name    = azurerm_route_table.rt.name\n  address_prefix      = \"192.0.2.0/24\"\n  next_hop_type       = \"Internet\"\n}\n"
		later = "\nresource \"azurerm_resource_group\" \"r\" {\n  name = \"r\"\n}\n"
	)
	gone := func(i int) repair.Edit {
		return repair.Edit{Action: repair.Remove, Change: &repair.RouteRemoval{Table: table, Was: table.Routes[i]}}
	}
	added := repair.Edit{Action: repair.Add, Table: table, Route: &repair.Route{Name: "c", AddressPrefix: "192.0.2.0/24", NextHopType: azure.InternetNextHop}}
	for _, row := range []struct {
		name, text string
		edits      []repair.Edit
		want       string
	}{
		{"both go", head + a + b + "}\n", []repair.Edit{gone(0), gone(1)}, head + "\n  route = []\n}\n"},
		{"the other way round", head + a + b + "}\n", []repair.Edit{gone(1), gone(0)}, head + "\n  route = []\n}\n"},
		{"one comes in the place of the last", head + a + b + "}\n", []repair.Edit{gone(1), added}, head + a + c + "}\n"},
		{"and of the first", head + a + b + "}\n", []repair.Edit{added, gone(0)}, head + b + c + "}\n"},
		{"of both", head + a + b + "}\n", []repair.Edit{gone(0), added, gone(1)}, head + c + "}\n"},
		{"of both, with other line breaks", strings.ReplaceAll(head+a+b+"}\n", "\n", "\r\n"), []repair.Edit{gone(0), gone(1), added}, strings.ReplaceAll(head+c+"}\n", "\n", "\r\n")},
		{"of one of its own", head + "}\n" + ownA + ownB + later, []repair.Edit{gone(1), added}, head + "}\n" + ownA + ownC + later},
		{"of all of their own", head + "}\n" + ownA + ownB + later, []repair.Edit{gone(1), gone(0), added}, head + "}\n" + ownC + later},
	} {
		t.Run(row.name, func(t *testing.T) {
			if now, left := written(t, "main.tf", row.text, row.edits...); left != "" || now != row.want {
				t.Errorf("left %q, got\n%s\nwant\n%s", left, now, row.want)
			}
		})
	}
}
