package body

import (
	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/source/arm/value"
)

// scaleSet states the network interfaces of the model of a scale set, which stand
// for those of its instances.
func (r reader) scaleSet(res Resource, o object) {
	r.inventory.NotModelled = append(r.inventory.NotModelled, azure.NotModelled{
		Type: res.Type, Address: res.Label(), Effect: azure.ScaleSetEffect, At: res.At,
	})
	profile := o
	profile.value = o.value.Get("virtualMachineProfile").Get("networkProfile")
	if profile.value == nil {
		return
	}
	configurations, open := profile.children("networkInterfaceConfigurations", "networkInterfaceConfigurations", azure.TypeNetworkInterface)
	for _, c := range configurations {
		n, open := r.interfaceOf(c)
		n.StandForInstances()
		r.inventory.NetworkInterfaces = append(r.inventory.NetworkInterfaces, n)
		for _, u := range open {
			r.inventory.NetworkInterfaces = append(r.inventory.NetworkInterfaces, azure.InstancesAnywhere(c.resource, u))
		}
	}
	for _, u := range open {
		r.inventory.NetworkInterfaces = append(r.inventory.NetworkInterfaces, azure.InstancesAnywhere(res.Resource, u))
	}
}

// instanceAddress is the public address that each instance of a scale set gets.
func (o object) instanceAddress() azure.Reference {
	v := o.get("publicIPAddressConfiguration")
	if v.IsNull() {
		return azure.Reference{}
	}
	u := &azure.Unknown{Name: o.resource.Label() + " publicIPAddressConfiguration", Why: "each instance of a scale set gets a public address of its own", At: v.At}
	if v.Kind() == value.Unknown {
		u = unknown(v)
	}
	return azure.Reference{Unknown: u, At: u.At}
}
