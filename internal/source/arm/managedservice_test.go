package arm

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Managed services are found wherever their type states its subnets; what
// cannot be evaluated is unknown and stops nothing.
func TestManagedServicesAreFoundInTemplates(t *testing.T) {
	const id = `[resourceId('Microsoft.Network/virtualNetworks/subnets', 'v', 's')]`
	n := network(t, text("", vnet("v", subnet("s", "10.0.0.0/26", "")),
		`{"type": "Microsoft.Network/applicationGateways", "name": "g", "properties": {"sku": {"tier": "Standard_v2"},
		  "gatewayIPConfigurations": [{"name": "c", "properties": {"subnet": {"id": "`+id+`"}}}],
		  "frontendPorts": [{"name": "p", "properties": {"port": 443}}], "sslCertificates": "[contoso.unheardOf()]"}}`,
		`{"type": "Microsoft.Web/hostingEnvironments", "name": "e", "kind": "ASEV3", "properties": {"virtualNetwork": {"id": "`+id+`"}}}`,
		`{"type": "Microsoft.Databricks/workspaces", "name": "d", "properties": {"parameters": {
		  "customVirtualNetworkId": {"value": "[resourceId('Microsoft.Network/virtualNetworks', 'v')]"}, "customPublicSubnetName": {"value": "s"}}}}`,
		`{"type": "Microsoft.Cache/Redis", "name": "r", "properties": {"sku": {"name": "Basic"}}}`))
	type found struct {
		Subnets    int
		Properties map[string]string
	}
	got := map[string]found{}
	for _, m := range n.ManagedServices {
		f := found{Properties: map[string]string{}}
		for _, ref := range m.Subnets {
			if s, ok := n.Subnet(ref.ID); ok && s.Name == "s" {
				f.Subnets++
			}
		}
		for path, v := range m.Properties {
			f.Properties[path] = v.Or("?")
		}
		got[m.Name] = f
	}
	want := map[string]found{
		"g": {1, map[string]string{"sku.tier": "Standard_v2", "frontendPorts.port": "443"}},
		"e": {1, map[string]string{"kind": "ASEV3"}},
		"d": {1, map[string]string{}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
