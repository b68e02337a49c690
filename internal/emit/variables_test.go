package emit_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/wayleave/wayleave"
	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/emit"
	"github.com/wayleave/wayleave/internal/repair"
	"github.com/wayleave/wayleave/internal/source"
)

// What is new beside a network in a module cannot name the module's resource group
// and region: variables ask for them, each once, and read back with their values it
// is what was planned.
func TestTerraformAsksForItsPlace(t *testing.T) {
	n := Net(t, VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24")))
	v := n.VirtualNetworks[0]
	v.Address, n.Subnets()[0].Address = "module.net.azurerm_virtual_network.v", "module.net.azurerm_subnet.app"
	table := &azure.RouteTable{Resource: azure.Resource{ID: "azurerm_route_table.rt", Type: azure.TypeRouteTable, Name: "rt", Address: "azurerm_route_table.rt"}}
	group := &azure.NetworkSecurityGroup{Resource: azure.Resource{ID: "azurerm_network_security_group.nsg", Type: azure.TypeNetworkSecurityGroup, Name: "nsg", Address: "azurerm_network_security_group.nsg"}}
	edits := []repair.Edit{
		{Action: repair.Add, Change: &repair.NewRouteTable{Table: table}},
		{Action: repair.Add, Change: &repair.NewSecurityGroup{Group: group}},
		{Action: repair.Add, Table: table, Route: &repair.Route{Name: "out", AddressPrefix: "198.51.100.10/32", NextHopType: azure.VirtualAppliance, NextHopIPAddress: "10.1.9.4"}},
	}
	var text strings.Builder
	if err := emit.Write(&text, "terraform", edits, func(*azure.Resource) bool { return false }); err != nil {
		t.Fatal(err)
	}
	for _, used := range regexp.MustCompile(`var\.(\w+)`).FindAllStringSubmatch(text.String(), -1) {
		if strings.Count(text.String(), `variable "`+used[1]+`" {`) != 1 {
			t.Errorf("the variable %s is used and not declared once:\n%s", used[1], text.String())
		}
	}
	if !strings.Contains(text.String(), "resource_group_name = var.resource_group_name") {
		t.Errorf("the resource group is not asked for:\n%s", text.String())
	}
	inventories, found := source.Load(nil, source.Options{Documents: []source.Input{{Name: "plan.json", Data: document(t, "terraform", text.String())}}})
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	now, problems := azure.Build(inventories...)
	if now == nil {
		t.Fatal(problems)
	}
	if len(now.RouteTables) != 1 || len(now.RouteTables[0].Routes) != 1 || len(now.NetworkSecurityGroups) != 1 {
		t.Errorf("read back: %d tables, %d groups\n%s", len(now.RouteTables), len(now.NetworkSecurityGroups), text.String())
	}
}

// variables is a configuration whose names and resource groups come from variables.
const variables = `variable "resource_group_name" {
  type    = string
  default = "rg-integration"
}

variable "prefix" {
  type    = string
  default = "app"
}

resource "azurerm_virtual_network" "main" {
  name                = var.prefix
  resource_group_name = var.resource_group_name
  location            = "westeurope"
  address_space       = ["10.1.0.0/16"]
}

resource "azurerm_subnet" "app" {
  name                 = var.prefix
  resource_group_name  = var.resource_group_name
  virtual_network_name = azurerm_virtual_network.main.name
  address_prefixes     = ["10.1.1.0/24"]
}

resource "azurerm_network_security_group" "app" {
  name                = var.prefix # as the network
  resource_group_name = var.resource_group_name
  location            = "westeurope"
}

resource "azurerm_network_security_rule" "deny" {
  name                        = "deny"
  resource_group_name         = var.resource_group_name
  network_security_group_name = azurerm_network_security_group.app.name
  priority                    = 200
  direction                   = "Outbound"
  access                      = "Deny"
  protocol                    = "*"
  source_address_prefix       = "*"
  source_port_range           = "*"
  destination_address_prefix  = "*"
  destination_port_range      = "*"
}

resource "azurerm_subnet_network_security_group_association" "app" {
  subnet_id                 = azurerm_subnet.app.id
  network_security_group_id = azurerm_network_security_group.app.id
}
`

// A change is written beside what variables name, and the plan that Terraform then
// makes needs no other.
func TestVariablesNameWhatIsEdited(t *testing.T) {
	file := filepath.Join(t.TempDir(), "main.tf")
	if err := os.WriteFile(file, []byte(variables), 0o600); err != nil {
		t.Fatal(err)
	}
	fix := func(text string, o wayleave.FixOptions) (changes []string, unmet int) {
		t.Helper()
		plan, err := json.Marshal(terraformPlan(t, text))
		if err != nil {
			t.Fatal(err)
		}
		o.CheckOptions = wayleave.CheckOptions{Services: []string{"senders"}, Subnets: []string{"app/app"}}
		f, err := load(t, []wayleave.Document{{Name: "plan.json", Data: plan}}).Fix(o)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range f.Changes {
			changes = append(changes, c.Summary)
		}
		return changes, len(f.Unfixable) + len(f.NotWritten)
	}
	changes, unmet := fix(variables, wayleave.FixOptions{Sources: []string{file}, Write: true})
	if strings.Join(changes, "; ") != "Allow Tcp 10.1.1.0/24 -> Internet port 443" && strings.Join(changes, "; ") != "Allow Tcp * -> Internet port 443" || unmet > 0 {
		t.Fatalf("the changes are %q, %d are not met or written", changes, unmet)
	}
	now, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"name                = var.prefix # as the network", "resource_group_name         = var.resource_group_name\n  network_security_group_name = azurerm_network_security_group.app.name\n  priority                    = 190"} {
		if !strings.Contains(string(now), want) {
			t.Errorf("%q is missing in\n%s", want, now)
		}
	}
	if changes, unmet := fix(string(now), wayleave.FixOptions{}); len(changes)+unmet > 0 {
		t.Errorf("the plan of what was written still needs %q (%d not met)", changes, unmet)
	}
}
