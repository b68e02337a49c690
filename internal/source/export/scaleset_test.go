package export

import "testing"

const scaleSetID = `"id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachineScaleSets/s", "name": "s"`

func TestScaleSetsStateTheirInterfaces(t *testing.T) {
	const subnet = `"subnet": {"id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/b"}`
	const group = `"networkSecurityGroup": {"id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/networkSecurityGroups/x"}`
	for name, text := range map[string]string{
		"resource manager": `{` + scaleSetID + `, "properties": {"virtualMachineProfile": {"networkProfile": {"networkInterfaceConfigurations": [
			{"name": "n", "properties": {` + group + `, "ipConfigurations": [{"name": "c", "properties": {"publicIPAddressConfiguration": {"name": "p"}, ` + subnet + `}}]}}]}}}}`,
		"az": `{` + scaleSetID + `, "virtualMachineProfile": {"networkProfile": {"networkInterfaceConfigurations": [
			{"name": "n", ` + group + `, "ipConfigurations": [{"name": "c", "publicIPAddressConfiguration": {"name": "p"}, ` + subnet + `}]}]}}}`,
	} {
		inventory := Read(parse(t, text))
		if len(inventory.NetworkInterfaces) != 1 || len(inventory.NotModelled) != 1 || len(inventory.Diagnostics) > 0 {
			t.Fatalf("%s: interfaces %v, not modelled %v, %v", name, inventory.NetworkInterfaces, inventory.NotModelled, inventory.Diagnostics)
		}
		nic := inventory.NetworkInterfaces[0]
		c := nic.IPConfigurations[0]
		if nic.NetworkSecurityGroup.ID.Name() != "x" || c.Subnet.ID.Name() != "b" || c.PrivateIPAddress.Unknown == nil || c.PublicIPAddress.Unknown == nil {
			t.Errorf("%s: %+v with %+v", name, nic, c)
		}
	}
	listed := Read(parse(t, `[{`+scaleSetID+`, "type": "Microsoft.Compute/virtualMachineScaleSets", "location": "westeurope"}]`))
	if len(listed.NetworkInterfaces) != 0 || len(listed.NotModelled) != 1 || len(listed.Diagnostics) != 1 {
		t.Errorf("a listed name: interfaces %v, not modelled %v, %v", listed.NetworkInterfaces, listed.NotModelled, listed.Diagnostics)
	}
}
