package arm

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
)

// scaleSet is a scale set whose network profile is text.
func scaleSet(profile string) string {
	return `{"type": "Microsoft.Compute/virtualMachineScaleSets", "apiVersion": "2023-09-01", "name": "s", "properties": {
		"virtualMachineProfile": {"osProfile": "[contoso.unheardOf()]", "networkProfile": ` + profile + `}}}`
}

const instances = `{"networkInterfaceConfigurations": [{"name": "n", "properties": {
	"networkSecurityGroup": {"id": "[resourceId('Microsoft.Network/networkSecurityGroups', 'g')]"},
	"ipConfigurations": [{"name": "c", "properties": {
		"subnet": {"id": "[resourceId('Microsoft.Network/virtualNetworks/subnets', 'v', 's')]"}%s}}]}}]}`

func TestScaleSetsStateTheirInterfaces(t *testing.T) {
	for name, more := range map[string]string{"private": "", "public": `, "publicIPAddressConfiguration": {"name": "p"}`} {
		n := network(t, text("", group("g"), vnet("v", subnet("s", "10.0.0.0/24", "")), scaleSet(fmt.Sprintf(instances, more))))
		if len(n.NetworkInterfaces) != 1 || len(n.NotModelled) != 1 || n.NotModelled[0].Effect != azure.ScaleSetEffect {
			t.Fatalf("%s: interfaces %v, not modelled %v", name, n.NetworkInterfaces, n.NotModelled)
		}
		nic := n.NetworkInterfaces[0]
		c := nic.IPConfigurations[0]
		if nic.NetworkSecurityGroup.ID.Name() != "g" || c.Subnet.ID.Name() != "s" || c.PrivateIPAddress.Unknown == nil || !nic.Stub {
			t.Errorf("%s: %+v with %+v", name, nic, c)
		}
		if (c.PublicIPAddress.Unknown != nil) != (name == "public") {
			t.Errorf("%s: public address %+v", name, c.PublicIPAddress)
		}
	}
}

// Of a model that is not known any subnet may have instances, with any group.
func TestScaleSetsOfUnknownModel(t *testing.T) {
	for _, profile := range []string{`"[contoso.unheardOf()]"`, `{"networkInterfaceConfigurations": "[contoso.unheardOf()]"}`} {
		n := network(t, text("", vnet("v", subnet("s", "10.0.0.0/24", "")), scaleSet(profile)))
		if len(n.NetworkInterfaces) != 1 || n.NetworkInterfaces[0].NetworkSecurityGroup.Unknown == nil || n.NetworkInterfaces[0].IPConfigurations[0].Subnet.Unknown == nil {
			t.Errorf("%s: interfaces %v", profile, n.NetworkInterfaces)
		}
	}
	n := network(t, text("", `{"type": "Microsoft.Compute/virtualMachineScaleSets", "name": "s", "properties": {"orchestrationMode": "Flexible"}}`))
	if len(n.NetworkInterfaces) != 0 || len(n.NotModelled) != 1 || !strings.Contains(n.NotModelled[0].Type, "virtualMachineScaleSets") {
		t.Errorf("interfaces %v, not modelled %v", n.NetworkInterfaces, n.NotModelled)
	}
}
