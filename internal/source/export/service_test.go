package export

import "testing"

// Managed services are read as Resource Manager prints them and as az lifts
// them; a list without properties tells nothing of subnets.
func TestManagedServicesInExports(t *testing.T) {
	const subnet = `"/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/b"`
	for name, text := range map[string]string{
		"resource manager": `{"id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/bastionHosts/b", "sku": {"name": "Standard"},
			"properties": {"ipConfigurations": [{"name": "c", "properties": {"subnet": {"id": ` + subnet + `}}}]}}`,
		"az": `{"id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/bastionHosts/b", "sku": {"name": "Standard"},
			"ipConfigurations": [{"name": "c", "subnet": {"id": ` + subnet + `}}]}`,
	} {
		inventory := Read(parse(t, text))
		if len(inventory.ManagedServices) != 1 || len(inventory.Diagnostics) > 0 {
			t.Fatalf("%s: services %v, %v", name, inventory.ManagedServices, inventory.Diagnostics)
		}
		m := inventory.ManagedServices[0]
		if len(m.Subnets) != 1 || m.Subnets[0].ID.Name() != "b" || m.Properties["sku.name"].V != "Standard" {
			t.Errorf("%s: got %+v", name, m)
		}
	}
	listed := Read(parse(t, `[{"id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Sql/managedInstances/m", "name": "m",
		"type": "Microsoft.Sql/managedInstances", "location": "westeurope", "sku": {"name": "GP_Gen5"}, "tags": {"a": "b"}}]`))
	if len(listed.ManagedServices) != 0 || len(listed.NotModelled) != 1 {
		t.Errorf("a listed name: services %v, not modelled %v", listed.ManagedServices, listed.NotModelled)
	}
	outside := Read(parse(t, `{"id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Cache/Redis/r", "hostName": "r.redis.cache.windows.net", "subnetId": null}`))
	if len(outside.ManagedServices)+len(outside.NotModelled) != 0 {
		t.Errorf("a cache outside of networks: %+v", outside)
	}
}
