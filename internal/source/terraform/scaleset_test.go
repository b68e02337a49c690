package terraform

import "testing"

func TestScaleSetsStateTheirInterfaces(t *testing.T) {
	addressed := []object{{"name": "c", "primary": true, "public_ip_address": []object{{"name": "p"}}}}
	marked := object{"ip_configuration": []object{{"subnet_id": true}}, "network_security_group_id": true}
	written := object{"ip_configuration": []object{{"subnet_id": refs("azurerm_subnet.b.id")}}, "network_security_group_id": refs(h + ".id")}
	for typ, attribute := range map[string]string{
		"azurerm_linux_virtual_machine_scale_set":        "network_interface",
		"azurerm_windows_virtual_machine_scale_set":      "network_interface",
		"azurerm_orchestrated_virtual_machine_scale_set": "network_interface",
		"azurerm_virtual_machine_scale_set":              "network_profile",
	} {
		p := two().with(typ+".s", object{"name": "s", attribute: []object{{"name": "n", "ip_configuration": addressed}}},
			marks(object{"id": true, attribute: []object{marked}}), config(object{attribute: []object{written}}))
		n := p.network(t)
		if len(n.NetworkInterfaces) != 1 || len(n.NotModelled) != 1 {
			t.Fatalf("%s: interfaces %v, not modelled %v", typ, n.NetworkInterfaces, n.NotModelled)
		}
		nic := n.NetworkInterfaces[0]
		c := nic.IPConfigurations[0]
		if show(nic.NetworkSecurityGroup) != h || show(c.Subnet) != "azurerm_subnet.b" || c.PrivateIPAddress.Unknown == nil || c.PublicIPAddress.Unknown == nil {
			t.Errorf("%s: %+v with %+v", typ, nic, c)
		}
	}
	p := two().with("azurerm_linux_virtual_machine_scale_set.s", object{"name": "s"}, unknown("id", "network_interface"))
	if nic := p.network(t).NetworkInterfaces[0]; nic.NetworkSecurityGroup.Unknown == nil || nic.IPConfigurations[0].Subnet.Unknown == nil {
		t.Errorf("of an unknown model: %+v", nic)
	}
}
