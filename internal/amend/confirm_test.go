package amend

import (
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/repair"
)

// A change that the written text does not state, or states otherwise, is an error.
func TestWhatTheFileDoesNotStateIsNotConfirmed(t *testing.T) {
	const allow = "  security_rule {\n    name     = \"allow\"\n    priority = 100\n  }\n"
	group := &azure.NetworkSecurityGroup{Resource: azure.Resource{ID: "nsg", Type: azure.TypeNetworkSecurityGroup, Name: "nsg"}}
	rule := repair.Rule{Name: "allow", Priority: 100, Complete: true}
	moved := repair.Rule{Name: "allow", Priority: 101}
	for _, row := range []struct {
		name, text string
		edit       repair.Edit
		confirmed  bool
	}{
		{"as it was meant", allow, repair.Edit{Action: repair.Add, Group: group, Rule: rule}, true},
		{"nothing", "", repair.Edit{Action: repair.Add, Group: group, Rule: rule}, false},
		{"twice", allow + allow, repair.Edit{Action: repair.Add, Group: group, Rule: rule}, false},
		{"more than was meant", strings.Replace(allow, "100\n", "100\n    source_address_prefix = \"*\"\n", 1), repair.Edit{Action: repair.Add, Group: group, Rule: rule}, false},
		{"a rule that did not move", allow, repair.Edit{Action: repair.Modify, Group: group, Rule: moved}, false},
	} {
		w, err := newWriter([]File{{Path: "main.tf", Data: []byte("resource \"azurerm_network_security_group\" \"a\" {\n  name = \"nsg\"\n" + row.text + "}\n")}})
		if err != nil {
			t.Fatal(err)
		}
		err = w.confirm([]repair.Edit{row.edit}, nil)
		if list := diagnostic.Of(err, ""); row.confirmed != (err == nil) || err != nil && list[0].Code != "not-confirmed" {
			t.Errorf("%s: got %v", row.name, err)
		}
	}
}

// What should be gone and is there still, or should be there and is not, is an error.
func TestWhatIsThereStillIsNotConfirmed(t *testing.T) {
	named := func(typ, name string) azure.Resource {
		return azure.Resource{ID: azure.MakeID(name), Type: typ, Name: name}
	}
	const (
		address  = "  ip_configuration {\n    name = \"second\"\n  }\n"
		to       = "  delegation {\n    name = \"sql\"\n    service_delegation {\n      name = \"Microsoft.Sql/managedInstances\"\n    }\n  }\n"
		route    = "  route {\n    name = \"out\"\n  }\n"
		uses     = "resource \"azurerm_subnet_route_table_association\" \"a\" {\n  subnet_id = azurerm_subnet.a.id\n}\n"
		firewall = "resource \"azurerm_firewall\" \"a\" {\n  name = \"fw\"\n"
		subnet   = "resource \"azurerm_subnet\" \"a\" {\n  name = \"app\"\n"
		table    = "resource \"azurerm_route_table\" \"a\" {\n  name = \"rt\"\n"
	)
	app, rt := &azure.Subnet{Resource: named(azure.TypeSubnet, "app")}, &azure.RouteTable{Resource: named(azure.TypeRouteTable, "rt")}
	removal := &repair.AddressRemoval{Firewall: &azure.AzureFirewall{Resource: named(azure.TypeAzureFirewall, "fw")}, Address: &azure.FirewallIPConfiguration{Resource: azure.Resource{Name: "second"}}}
	delegation := &repair.Delegation{Subnet: app, Service: "Microsoft.Sql/managedInstances"}
	gone := &repair.RouteRemoval{Table: rt, Was: &azure.Route{Resource: azure.Resource{Name: "out"}}}
	detached := &repair.Detachment{Subnet: app, Kind: azure.SubnetToRouteTable, From: &rt.Resource}
	for _, row := range []struct {
		name, text string
		change     repair.Change
		confirmed  bool
	}{
		{"an address that is gone", firewall + "}\n", removal, true},
		{"one that is there", firewall + address + "}\n", removal, false},
		{"a delegation", subnet + to + "}\n", delegation, true},
		{"none", subnet + "}\n", delegation, false},
		{"another", subnet + strings.Replace(to, ".Sql", ".Web", 1) + "}\n", delegation, false},
		{"a route that is gone", table + "}\n", gone, true},
		{"one that is there", table + route + "}\n", gone, false},
		{"an association that is gone", subnet + "}\n", detached, true},
		{"one that is there", subnet + "}\n" + uses, detached, false},
	} {
		w, err := newWriter([]File{{Path: "main.tf", Data: []byte(row.text)}})
		if err != nil {
			t.Fatal(err)
		}
		err = w.confirm([]repair.Edit{{Action: repair.Modify, Change: row.change}}, nil)
		if list := diagnostic.Of(err, ""); row.confirmed != (err == nil) || err != nil && list[0].Code != "not-confirmed" {
			t.Errorf("%s: got %v", row.name, err)
		}
	}
}
