package terraform

import (
	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/document"
)

// scaleSet states the network interfaces of the model of a scale set, which stand
// for those of its instances.
func (r *reader) scaleSet(i *instance) {
	r.inventory.NotModelled = append(r.inventory.NotModelled, azure.NotModelled{
		Type: i.typ, Address: i.text, Effect: azure.ScaleSetEffect, At: i.at,
	})
	// azurerm_virtual_machine_scale_set calls its blocks network_profile.
	for _, attribute := range []string{"network_interface", "network_profile"} {
		list := i.get(attribute).elements()
		for index, f := range list {
			if f.isUnknown() {
				r.inventory.NetworkInterfaces = append(r.inventory.NetworkInterfaces, azure.InstancesAnywhere(r.resource(i, azure.TypeScaleSet), f.open()))
				continue
			}
			r.instanceInterface(i, attribute, f, blockAt(i.expression(attribute), index, len(list)))
		}
	}
}

func (r *reader) instanceInterface(i *instance, attribute string, f field, written document.Value) {
	name := f.get("name").known()
	n := &azure.NetworkInterface{
		Resource: azure.Resource{
			ID: childID(i.id, "networkInterfaceConfigurations", name, f), Type: azure.TypeNetworkInterface, Name: name,
			Address: childAddress(i, attribute, name, f), At: f.at(), Rank: r.inventory.Rank,
		},
		NetworkSecurityGroup: r.nestedReference(i, f.get("network_security_group_id"), written, "network_security_group_id", "azurerm_network_security_group"),
	}
	for _, attribute := range []string{"ip_forwarding_enabled", "enable_ip_forwarding", "ip_forwarding"} {
		if v := f.get(attribute).boolean(); v.IsSet() {
			n.EnableIPForwarding = v
		}
	}
	configurations := f.get("ip_configuration").elements()
	for index, c := range configurations {
		n.IPConfigurations = append(n.IPConfigurations, r.instanceConfiguration(i, n, c, blockAt(written.Get("ip_configuration"), index, len(configurations))))
	}
	n.StandForInstances()
	r.inventory.NetworkInterfaces = append(r.inventory.NetworkInterfaces, n)
}

func (r *reader) instanceConfiguration(i *instance, n *azure.NetworkInterface, f field, written document.Value) *azure.IPConfiguration {
	name := f.get("name").known()
	c := &azure.IPConfiguration{
		Resource: azure.Resource{
			ID: childID(n.ID, "ipConfigurations", name, f), Type: azure.TypeIPConfiguration, Name: name,
			Address: n.Address + "." + name, At: f.at(), Rank: r.inventory.Rank,
		},
		Subnet: r.nestedReference(i, f.get("subnet_id"), written, "subnet_id", "azurerm_subnet"),
	}
	for _, list := range []struct {
		attribute, want string
		into            *[]azure.Reference
	}{
		{"application_security_group_ids", "azurerm_application_security_group", &c.ApplicationSecurityGroups},
		{"load_balancer_backend_address_pool_ids", typeBackendPool, &c.BackendPools},
	} {
		*list.into = r.referencesIn(i, f.get(list.attribute), written.Get(list.attribute), list.want)
	}
	for _, attribute := range []string{"public_ip_address", "public_ip_address_configuration"} {
		if v := f.get(attribute); v.isSet() {
			c.PublicIPAddress = azure.Reference{Unknown: v.openBecause("each instance of a scale set gets a public address of its own"), At: v.at()}
		}
	}
	return c
}
