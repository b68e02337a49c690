package terraform

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayleave/wayleave/internal/azure"
)

// Every type leads to a kind, with paths that the kind knows, so that profiles
// find the same facts whatever the input.
func TestServiceTypesAgreeWithTheKindsOfAzure(t *testing.T) {
	for typ, s := range serviceTypes {
		kind, ok := azure.ServiceKindOf(s.armType)
		if !ok {
			t.Errorf("%s: no kind is called %s", typ, s.armType)
			continue
		}
		known := map[string]bool{}
		for _, path := range kind.Properties {
			known[strings.ReplaceAll(path, "[]", "")] = true
		}
		for path := range s.properties {
			if !known[path] {
				t.Errorf("%s: %s is no property of %s", typ, path, s.armType)
			}
		}
		for path := range s.constants {
			if !known[path] {
				t.Errorf("%s: %s is no property of %s", typ, path, s.armType)
			}
		}
	}
}

// Version 4 of the provider has renamed an attribute of version 3.
func TestAttributesHaveTheNamesOfEachVersion(t *testing.T) {
	for _, name := range []string{"enable_node_public_ip", "node_public_ip_enabled"} {
		n := newPlan().with("azurerm_virtual_network.v", vnet("v"), unknown("id")).with("azurerm_subnet.a", subnet("a", "10.0.0.0/24"), unknown("id")).
			with("azurerm_kubernetes_cluster.k", having(group("k"), object{"default_node_pool": []object{{name: true}}}), marks(object{"default_node_pool": []object{{"vnet_subnet_id": true}}}),
				config(object{"default_node_pool": []object{{"vnet_subnet_id": refs("azurerm_subnet.a.id", "azurerm_subnet.a")}}})).network(t)
		if got := n.ManagedServices[0].Properties["agentPoolProfiles.enableNodePublicIP"]; got.V != "true" {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestManagedServicesAreFoundInPlans(t *testing.T) {
	p := newPlan().with("azurerm_virtual_network.v", vnet("v"), unknown("id"))
	for name, prefix := range map[string]string{"gateway": "10.0.0.0/27", "public": "10.0.1.0/27", "private": "10.0.2.0/27"} {
		p.with("azurerm_subnet."+name, subnet(name, prefix), unknown("id"))
	}
	// A nested block whose id is known after apply.
	p.with("azurerm_application_gateway.g", having(group("g"), object{
		"sku":                      []object{{"tier": "WAF_v2"}},
		"gateway_ip_configuration": []object{{"name": "a"}},
		"frontend_port":            []object{{"port": 80}, {"port": 443}},
	}), marks(object{"gateway_ip_configuration": []object{{"subnet_id": true}}, "id": true}),
		config(object{"gateway_ip_configuration": []object{{"subnet_id": refs("azurerm_subnet.gateway.id", "azurerm_subnet.gateway")}}}))
	// Subnets told by name, beside their network.
	p.with("azurerm_databricks_workspace.d", having(group("d"), object{
		"custom_parameters": []object{{"no_public_ip": true, "public_subnet_name": "public", "private_subnet_name": "private"}},
	}), marks(object{"custom_parameters": []object{{"virtual_network_id": true}}}),
		config(object{"custom_parameters": []object{{
			"virtual_network_id": refs("azurerm_virtual_network.v.id", "azurerm_virtual_network.v"),
			"public_subnet_name": refs("azurerm_subnet.public.name", "azurerm_subnet.public"),
		}}}))
	p.with("azurerm_app_service_environment_v3.e", having(group("e"), object{"internal_load_balancing_mode": "Web, Publishing"}),
		unknown("subnet_id"), config(object{"subnet_id": refs("azurerm_subnet.gateway.id", "azurerm_subnet.gateway")}))
	// azapi, with an id known after apply.
	p.with("azapi_resource.s", azapi("Microsoft.Sql/managedInstances", "s", object{"properties": object{"proxyOverride": "Proxy"}}),
		marks(object{"body": object{"properties": object{"subnetId": true}}}), config(object{"body": refs("azurerm_subnet.private.id", "azurerm_subnet.private")}))
	// One that does not stand in a network is no matter of it.
	p.with("azurerm_redis_cache.r", having(group("r"), object{"sku_name": "Basic", "subnet_id": ""}))

	type found struct {
		Subnets    []string
		Properties map[string]string
	}
	got := map[string]found{}
	for _, m := range p.network(t).ManagedServices {
		f := found{Properties: map[string]string{}}
		for _, s := range m.Subnets {
			f.Subnets = append(f.Subnets, show(s))
		}
		for path, v := range m.Properties {
			f.Properties[path] = v.Or("?")
		}
		got[m.Type+" "+m.Name] = f
	}
	want := map[string]found{
		"Microsoft.Network/applicationGateways g": {[]string{"azurerm_subnet.gateway"}, map[string]string{"sku.tier": "WAF_v2", "frontendPorts.port": "80,443"}},
		"Microsoft.Databricks/workspaces d": {[]string{"azurerm_subnet.public", "azurerm_subnet.private"},
			map[string]string{"parameters.enableNoPublicIp.value": "true"}},
		"Microsoft.Web/hostingEnvironments e": {[]string{"azurerm_subnet.gateway"}, map[string]string{"kind": "ASEV3", "internalLoadBalancingMode": "Web, Publishing"}},
		"Microsoft.Sql/managedInstances s":    {[]string{"azurerm_subnet.private"}, map[string]string{"proxyOverride": "Proxy"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
