package emit_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/emit"
	"github.com/wayleave/wayleave/internal/repair"
	"github.com/wayleave/wayleave/internal/source"
)

// stateAgain is a change of an input as a template and as Bicep, or why it is not.
func stateAgain(t *testing.T, text string, change func(*azure.Network) repair.Change) map[string]string {
	t.Helper()
	read := func() []*azure.Inventory {
		list, found := source.Load(nil, source.Options{Documents: []source.Input{{Name: "main.json", Data: []byte(text)}}})
		if err := found.Err(); err != nil {
			t.Fatal(err)
		}
		return list
	}
	old, problems := azure.Build(read()...)
	if old == nil {
		t.Fatal(problems)
	}
	edits := []repair.Edit{{Action: repair.Modify, Change: change(old)}}
	list, err := repair.Apply(read(), edits)
	if err != nil {
		t.Fatal(err)
	}
	now, problems := azure.Build(list...)
	if now == nil {
		t.Fatal(problems)
	}
	repair.Settle(edits, now)
	forms := map[string]string{}
	for _, form := range []string{"arm", "bicep"} {
		var code strings.Builder
		if err := emit.Write(&code, form, edits, func(*azure.Resource) bool { return false }); err != nil {
			forms[form] = err.Error()
		} else {
			forms[form] = code.String()
		}
	}
	return forms
}

func template(resource string) string {
	return `{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0",
  "parameters": {"owner": {"type": "string"}}, "resources": [` + resource + `]}`
}

// What an input states of a resource beyond the model stays as it is where a
// template states the resource whole.
func TestSettingsAreStatedAgain(t *testing.T) {
	const (
		network = "/subscriptions/0/resourceGroups/rg/providers/Microsoft.Network/"
		vnet    = network + "virtualNetworks/v"
		subnet  = `"addressPrefix": "10.1.0.0/26", "privateLinkServiceNetworkPolicies": "Disabled", "sharingScope": "Tenant", "provisioningState": "Succeeded",
      "delegations": [{"name": "d", "properties": {"serviceName": "Microsoft.Web/serverFarms"}}]`
		stated = `{"addressPrefix": "10.1.0.0/26", "defaultOutboundAccess": DEFAULT, "delegations": [
        {"name": "d", "properties": {"serviceName": "Microsoft.Web/serverFarms"}}, {"name": "delegation2", "properties": {"serviceName": "Microsoft.Sql/managedInstances"}}],
      "privateLinkServiceNetworkPolicies": "Disabled", "serviceEndpointPolicies": [{"id": ID}], "sharingScope": "Tenant"}`
	)
	delegate := func(n *azure.Network) repair.Change {
		return &repair.Delegation{Subnet: n.VirtualNetworks[0].Subnets[0], Service: "Microsoft.Sql/managedInstances"}
	}
	like := func(id, byDefault string) string {
		return strings.NewReplacer(`"ID"`, id, "ID", id, `"defaultOutboundAccess": DEFAULT, `, byDefault).Replace(stated)
	}
	for _, row := range []struct {
		name, input string
		change      func(*azure.Network) repair.Change
		// properties, and what stands beside them, of the template; else the reason.
		properties, beside, reason string
	}{
		{"a subnet of a template", template(`{"type": "Microsoft.Network/virtualNetworks", "apiVersion": "2024-05-01", "name": "v", "properties": {
      "addressSpace": {"addressPrefixes": ["10.1.0.0/16"]}, "subnets": [{"name": "s", "properties": {` + subnet + `,
      "serviceEndpointPolicies": [{"id": "[resourceId('Microsoft.Network/serviceEndpointPolicies', 'sep')]"}]}}]}}`), delegate,
			like(`"[resourceId('Microsoft.Network/serviceEndpointPolicies', 'sep')]"`, ""), "", ""},
		{"what refers to another resource group", template(`{"type": "Microsoft.Network/virtualNetworks", "apiVersion": "2024-05-01", "name": "v", "properties": {
      "addressSpace": {"addressPrefixes": ["10.1.0.0/16"]}, "subnets": [{"name": "s", "properties": {` + subnet + `,
      "serviceEndpointPolicies": [{"id": "[resourceId('other', 'Microsoft.Network/serviceEndpointPolicies', 'sep')]"}]}}]}}`), delegate,
			like(`"[resourceId('other', 'Microsoft.Network/serviceEndpointPolicies', 'sep')]"`, ""), "", ""},
		{"a subnet as the REST interface answers", `[{"id": "` + vnet + `", "name": "v", "type": "Microsoft.Network/virtualNetworks", "properties": {
      "addressSpace": {"addressPrefixes": ["10.1.0.0/16"]}, "subnets": [{"id": "` + vnet + `/subnets/s", "name": "s", "etag": "W/1", "properties": {` + subnet + `,
      "serviceEndpointPolicies": [{"id": "` + network + `serviceEndpointPolicies/sep"}]}}]}}]`, delegate, like(`"`+network+`serviceEndpointPolicies/sep"`, ""), "", ""},
		{"a subnet as az prints it", `[{"id": "` + vnet + `", "name": "v", "type": "Microsoft.Network/virtualNetworks", "resourceGroup": "rg",
      "addressSpace": {"addressPrefixes": ["10.1.0.0/16"]}, "subnets": [{"id": "` + vnet + `/subnets/s", "name": "s", "etag": "W/1", "resourceGroup": "rg", "type": "x", ` + subnet + `,
      "ipConfigurations": [{"id": "x"}], "applicationGatewayIPConfigurations": null, "ipAllocations": [],
      "serviceEndpointPolicies": [{"id": "` + network + `serviceEndpointPolicies/sep", "resourceGroup": "rg"}]}]}]`, delegate, like(`"`+network+`serviceEndpointPolicies/sep"`, ""), "", ""},
		{"a subnet of a plan", `{"format_version": "1.2", "terraform_version": "1.9.0", "planned_values": {"root_module": {"resources": [
      {"address": "azurerm_virtual_network.v", "mode": "managed", "type": "azurerm_virtual_network", "name": "v", "values": {"name": "v", "resource_group_name": "rg", "address_space": ["10.1.0.0/16"], "id": "` + vnet + `"}},
      {"address": "azurerm_subnet.s", "mode": "managed", "type": "azurerm_subnet", "name": "s", "values": {"name": "s", "resource_group_name": "rg", "virtual_network_name": "v", "address_prefixes": ["10.1.0.0/26"],
       "id": "` + vnet + `/subnets/s", "private_link_service_network_policies_enabled": false, "sharing_scope": "Tenant", "service_endpoint_policy_ids": ["` + network + `serviceEndpointPolicies/sep"],
       "delegation": [{"name": "d", "service_delegation": [{"name": "Microsoft.Web/serverFarms", "actions": []}]}]}}]}}}`, delegate,
			like(`"`+network+`serviceEndpointPolicies/sep"`, `"defaultOutboundAccess": true, `), "", ""},
		{"a value that is not known", template(`{"type": "Microsoft.Network/virtualNetworks", "apiVersion": "2024-05-01", "name": "v", "properties": {
      "addressSpace": {"addressPrefixes": ["10.1.0.0/16"]}, "subnets": [{"name": "s", "properties": {"addressPrefix": "10.1.0.0/26", "sharingScope": "[parameters('owner')]"}}]}}`), delegate,
			"", "", "sharingScope of s cannot be stated again: "},
		{"more of a service endpoint", template(`{"type": "Microsoft.Network/virtualNetworks", "apiVersion": "2024-05-01", "name": "v", "properties": {
      "addressSpace": {"addressPrefixes": ["10.1.0.0/16"]}, "subnets": [{"name": "s", "properties": {"addressPrefix": "10.1.0.0/26",
      "serviceEndpoints": [{"service": "Microsoft.Storage", "networkIdentifier": {"id": "x"}}]}}]}}`), delegate,
			"", "", "serviceEndpoints.networkIdentifier of s cannot be stated again: it is not modelled"},
		{"tags of a route table", template(`{"type": "Microsoft.Network/routeTables", "apiVersion": "2024-05-01", "name": "rt", "tags": {"owner": "me", "cost": "[concat('c', '1')]"}, "properties": {
      "routes": [{"name": "r", "properties": {"addressPrefix": "0.0.0.0/0", "nextHopType": "None"}}]}}`), func(n *azure.Network) repair.Change {
			return &repair.RouteRemoval{Table: n.RouteTables[0], Was: n.RouteTables[0].Routes[0]}
		}, `{"disableBgpRoutePropagation": false, "routes": []}`, `{"cost": "c1", "owner": "me"}`, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			forms := stateAgain(t, row.input, row.change)
			if row.reason != "" {
				for form, text := range forms {
					if !strings.Contains(text, row.reason) || !strings.Contains(text, "use --as az or terraform") {
						t.Errorf("%s: got %s, want %q", form, text, row.reason)
					}
				}
				return
			}
			var whole struct {
				Resources []struct{ Properties, Tags any }
			}
			if err := json.Unmarshal([]byte(forms["arm"]), &whole); err != nil {
				t.Fatal(err, forms["arm"])
			}
			var want, beside any
			if err := json.Unmarshal([]byte(row.properties), &want); err != nil {
				t.Fatal(err, row.properties)
			}
			if row.beside != "" {
				if err := json.Unmarshal([]byte(row.beside), &beside); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(want, whole.Resources[0].Properties); diff != "" {
				t.Errorf("properties, want - got +\n%s", diff)
			}
			if diff := cmp.Diff(beside, whole.Resources[0].Tags); diff != "" {
				t.Errorf("tags, want - got +\n%s", diff)
			}
			inBicep := bicepTemplate(t, forms["bicep"])["resources"].([]any)[0].(object)
			if diff := cmp.Diff(any(inBicep["properties"]), want); diff != "" {
				t.Errorf("Bicep differs\n%s", diff)
			}
		})
	}
}

// A firewall that is stated again keeps its zones, its tags and what its rules
// insert.
func TestFirewallsAreStatedWithTheirSettings(t *testing.T) {
	text := template(`{"type": "Microsoft.Network/azureFirewalls", "apiVersion": "2024-05-01", "name": "fw", "zones": ["1", "2"], "tags": {"owner": "me"}, "properties": {
    "sku": {"name": "AZFW_VNet", "tier": "Standard"}, "autoscaleConfiguration": {"minCapacity": 3},
    "ipConfigurations": [{"name": "ip", "properties": {"privateIPAddress": "10.1.9.4", "subnet": {"id": "[resourceId('Microsoft.Network/virtualNetworks/subnets', 'v', 'AzureFirewallSubnet')]"},
      "publicIPAddress": {"id": "[resourceId('Microsoft.Network/publicIPAddresses', 'p')]"}}}],
    "applicationRuleCollections": [{"name": "web", "properties": {"priority": 200, "action": {"type": "Allow"}, "rules": [{"name": "r", "protocols": [{"protocolType": "Https", "port": 443}],
      "sourceAddresses": ["*"], "targetFqdns": ["example.com"], "httpHeadersToInsert": [{"headerName": "h", "headerValue": "v"}]}]}}]}}`)
	forms := stateAgain(t, text, func(n *azure.Network) repair.Change {
		return &repair.PrivateRanges{Firewall: n.AzureFirewalls[0], Ranges: []string{"10.0.0.0/8"}}
	})
	for form, wanted := range map[string][]string{
		"arm":   {`"zones": [`, `"owner": "me"`, `"minCapacity": 3`, `"headerName": "h"`},
		"bicep": {"zones: [", "owner: 'me'", "minCapacity: 3", "headerName: 'h'"},
	} {
		for _, want := range wanted {
			if !strings.Contains(forms[form], want) {
				t.Errorf("%s does not say %q:\n%s", form, want, forms[form])
			}
		}
	}
}
