package emit_test

import (
	"strings"
	"testing"

	"github.com/wayleave/wayleave"
)

const hubTemplate = `{"type": "Microsoft.Network/virtualNetworks", "apiVersion": "2024-05-01", "name": "Hub", "location": "westeurope", "properties": {
  "addressSpace": {"addressPrefixes": ["10.1.0.0/16"]}, "subnets": [{"name": "snet-compute", "properties": {"addressPrefix": "10.1.0.0/24"}}FIREWALLSUBNET]}}FIREWALL`

// What a template states has no id yet: commands say names, and Terraform looks it
// up by them.
func TestWhatTemplatesStateIsFoundByItsNames(t *testing.T) {
	const (
		subnet = `, {"name": "AzureFirewallSubnet", "properties": {"addressPrefix": "10.1.1.0/26"}}`
		ip     = `, {"type": "Microsoft.Network/publicIPAddresses", "apiVersion": "2024-05-01", "name": "Pip", "sku": {"name": "Standard"}, "properties": {"publicIPAllocationMethod": "Static"}}`
		stands = `"ipConfigurations": [{"name": "ip", "properties": {"subnet": {"id": "[resourceId('Microsoft.Network/virtualNetworks/subnets', 'Hub', 'AzureFirewallSubnet')]"},
      "publicIPAddress": {"id": "[resourceId('Microsoft.Network/publicIPAddresses', 'Pip')]"}}}]`
	)
	firewall := func(properties string) string {
		return ip + `, {"type": "Microsoft.Network/azureFirewalls", "apiVersion": "2024-05-01", "name": "Fw", "properties": {"sku": {"name": "AZFW_VNet", "tier": "Standard"}` + properties + `}}`
	}
	found := func(typ, label, names string) string {
		return "data \"" + typ + "\" \"" + label + "\" {\n" + names + "  resource_group_name  = var.resource_group_name\n}"
	}
	compute := found("azurerm_subnet", "snet_compute", "  name                 = \"snet-compute\"\n  virtual_network_name = \"Hub\"\n")
	for _, row := range []struct {
		name, subnet, firewall string
		// az and terraform are what the forms say.
		az, terraform []string
	}{
		{"no firewall", "", "", []string{"--vnet-name Hub \\\n  --public-ip-address pip-fw-Hub"}, []string{compute, "data.azurerm_subnet.snet_compute.id"}},
		{"a stopped firewall", subnet, firewall(""), []string{"--vnet-name Hub \\\n  --public-ip-address Pip"}, []string{
			compute, "data.azurerm_subnet.snet_compute.id", "subnet_id            = data.azurerm_subnet.AzureFirewallSubnet.id", "public_ip_address_id = data.azurerm_public_ip.Pip.id",
			"data.azurerm_firewall.Fw.ip_configuration[0].private_ip_address",
		}},
		{"a firewall that stands", subnet, firewall(", " + stands), nil, []string{compute, "data.azurerm_firewall.Fw.ip_configuration[0].private_ip_address", `data "azurerm_firewall" "Fw" {`}},
	} {
		t.Run(row.name, func(t *testing.T) {
			text := template(strings.NewReplacer("FIREWALLSUBNET", row.subnet, "FIREWALL", row.firewall).Replace(hubTemplate))
			n := load(t, []wayleave.Document{{Name: "main.json", Data: []byte(text)}})
			for form, want := range map[string][]string{"az": row.az, "terraform": row.terraform} {
				f, err := n.Fix(wayleave.FixOptions{As: form, CheckOptions: wayleave.CheckOptions{
					Services: []string{"senders"}, Subnets: []string{"snet-compute"}, Settings: []string{"egress=single-ip", "destinations=198.51.100.10:22"},
				}})
				if err != nil {
					t.Fatal(err)
				}
				for _, w := range want {
					if !strings.Contains(f.Code, w) {
						t.Errorf("%s does not say %q, cannot fix %v:\n%s", form, w, f.Unfixable, f.Code)
					}
				}
				if strings.Contains(f.Code, "''") || strings.Contains(f.Code, `_id = "`) {
					t.Errorf("%s names nothing:\n%s", form, f.Code)
				}
			}
		})
	}
}

// A resource of a module has an id that only its configuration tells: it is asked
// for. One with an index is referred to.
func TestResourcesOfModulesAreAskedFor(t *testing.T) {
	plan := func(address string) string {
		resource := `{"address": "` + strings.ReplaceAll(address, `"`, `\"`) + `", "mode": "managed", "type": "azurerm_subnet", "name": "s", "values": {"name": "s", "resource_group_name": "rg", "virtual_network_name": "v", "address_prefixes": ["10.1.0.0/24"]}}`
		network := `{"address": "azurerm_virtual_network.v", "mode": "managed", "type": "azurerm_virtual_network", "name": "v", "values": {"name": "v", "resource_group_name": "rg", "location": "westeurope", "address_space": ["10.1.0.0/16"]}}`
		module := `{"resources": [` + network + `, ` + resource + `]}`
		if strings.HasPrefix(address, "module.") {
			module = `{"resources": [` + network + `], "child_modules": [{"address": "module.net", "resources": [` + resource + `]}]}`
		}
		return `{"format_version": "1.2", "terraform_version": "1.9.0", "planned_values": {"root_module": ` + module + `}}`
	}
	for address, want := range map[string][]string{
		"azurerm_subnet.s":            {"subnet_id      = azurerm_subnet.s.id"},
		`azurerm_subnet.s["x"]`:       {`subnet_id      = azurerm_subnet.s["x"].id`},
		"module.net.azurerm_subnet.s": {"subnet_id      = var.s_id", "variable \"s_id\" {\n  type        = string\n  description = \"the id of module.net.azurerm_subnet.s\"\n}"},
	} {
		n := load(t, []wayleave.Document{{Name: "plan.json", Data: []byte(plan(address))}})
		f, err := n.Fix(wayleave.FixOptions{As: "terraform", CheckOptions: wayleave.CheckOptions{
			Services: []string{"senders"}, Subnets: []string{"s"}, Settings: []string{"egress=single-ip", "destinations=198.51.100.10:22"},
		}})
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range want {
			if !strings.Contains(f.Code, w) {
				t.Errorf("%s: does not say %q, cannot fix %v:\n%s", address, w, f.Unfixable, f.Code)
			}
		}
	}
}
