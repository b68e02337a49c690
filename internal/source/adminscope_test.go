package source

import (
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
)

const (
	manager  = ids + "networkManagers/m"
	config   = manager + "/securityAdminConfigurations/s"
	netGroup = manager + "/networkGroups/prod"
)

// Which networks security admin rules are for (ADM-1) is read alike from an
// export, a template and a state: those of network v, whose group they name, and
// not those of network w.
func TestADM1AdminScopeIsReadAlike(t *testing.T) {
	const (
		rule = `"access": "Deny", "direction": "Inbound", "priority": 10, "protocol": "Tcp", "sources": [{"addressPrefix": "*", "addressPrefixType": "IPPrefix"}],
			"destinations": [{"addressPrefix": "*", "addressPrefixType": "IPPrefix"}], "sourcePortRanges": ["0-65535"], "destinationPortRanges": ["22"]`
		network = `"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}, "subnets": [{"name": "a", "properties": {"addressPrefix": "10.0.1.0/24"}}]`
	)
	var rows, resources []string
	for _, r := range [][3]string{
		{"virtualNetworks", "v", network},
		{"virtualNetworks", "w", strings.ReplaceAll(network, "10.0.", "10.2.")},
		{"networkManagers/networkGroups", "m/prod", `"description": ""`},
		{"networkManagers/networkGroups/staticMembers", "m/prod/one", `"resourceId": "` + ids + `virtualNetworks/v"`},
		{"networkManagers/securityAdminConfigurations", "m/s", `"applyOnNetworkIntentPolicyBasedServices": ["None"]`},
		{"networkManagers/securityAdminConfigurations/ruleCollections", "m/s/k", `"appliesToGroups": [{"networkGroupId": "` + netGroup + `"}]`},
		{"networkManagers/securityAdminConfigurations/ruleCollections/rules", "m/s/k/r", rule},
	} {
		types, names, path := strings.Split(r[0], "/"), strings.Split(r[1], "/"), ""
		for i := range types {
			path += "/" + types[i] + "/" + names[i]
		}
		rows = append(rows, `{"id": "`+ids+path[1:]+`", "name": "`+names[len(names)-1]+`", "type": "Microsoft.Network/`+r[0]+`", "properties": {`+r[2]+`}}`)
		text := strings.NewReplacer(netGroup, "[resourceId('Microsoft.Network/networkManagers/networkGroups', 'm', 'prod')]",
			ids+"virtualNetworks/v", "[resourceId('Microsoft.Network/virtualNetworks', 'v')]").Replace(r[2])
		resources = append(resources, `{"type": "Microsoft.Network/`+r[0]+`", "apiVersion": "2024-05-01", "name": "`+r[1]+`", "properties": {`+text+`}}`)
	}
	state := []string{
		resource("azurerm_virtual_network", "v", `"id": "`+ids+`virtualNetworks/v", "address_space": ["10.0.0.0/16"], "subnet": [{"name": "a", "address_prefixes": ["10.0.1.0/24"], "id": "`+ids+`virtualNetworks/v/subnets/a"}]`),
		resource("azurerm_virtual_network", "w", `"id": "`+ids+`virtualNetworks/w", "address_space": ["10.2.0.0/16"], "subnet": [{"name": "a", "address_prefixes": ["10.2.1.0/24"], "id": "`+ids+`virtualNetworks/w/subnets/a"}]`),
		resource("azurerm_network_manager_network_group", "prod", `"id": "`+netGroup+`"`),
		resource("azurerm_network_manager_static_member", "one", `"id": "`+netGroup+`/staticMembers/one", "network_group_id": "`+netGroup+`", "target_virtual_network_id": "`+ids+`virtualNetworks/v"`),
		resource("azurerm_network_manager_security_admin_configuration", "s", `"id": "`+config+`", "network_manager_id": "`+manager+`", "apply_on_network_intent_policy_based_services": ["None"]`),
		resource("azurerm_network_manager_admin_rule_collection", "k", `"id": "`+config+`/ruleCollections/k", "security_admin_configuration_id": "`+config+`", "network_group_ids": ["`+netGroup+`"]`),
		resource("azurerm_network_manager_admin_rule", "r", `"id": "`+config+`/ruleCollections/k/rules/r", "admin_rule_collection_id": "`+config+`/ruleCollections/k", "action": "Deny", "direction": "Inbound",
			"priority": 10, "protocol": "Tcp", "source": [{"address_prefix": "*", "address_prefix_type": "IPPrefix"}], "destination": [{"address_prefix": "*", "address_prefix_type": "IPPrefix"}], "destination_port_ranges": ["22"]`),
	}
	files := map[string]string{
		"export.json":   `[` + strings.Join(rows, ",") + `]`,
		"template.json": `{` + schema + `, "resources": [` + strings.Join(resources, ",") + `]}`,
		"state.json":    `{"format_version": "1.0", "terraform_version": "1.9.5", "values": {"root_module": {"resources": [` + strings.Join(state, ",") + `]}}}`,
	}
	tree(t, files)
	for name := range files {
		inventories, list := Load([]string{name}, Options{})
		n, more := azure.Build(inventories...)
		if n == nil {
			t.Fatal(name, list, more)
		}
		for _, s := range n.Subnets() {
			want := 0
			if s.VirtualNetwork.Name == "v" {
				want = 1
			}
			if len(s.AdminRules) != want || want == 1 && (s.AdminRules[0].Doubt != nil || s.AdminRules[0].Rule.Name != "r") {
				t.Errorf("%s: subnet %s has the admin rules %+v, want %d", name, s.ID, s.AdminRules, want)
			}
		}
		if len(n.Subnets()) != 2 {
			t.Errorf("%s: %d subnets", name, len(n.Subnets()))
		}
	}
}
