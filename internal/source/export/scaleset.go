package export

import (
	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
)

// scaleSet states the network interfaces of the model of a scale set, which stand
// for those of its instances.
func (r *reader) scaleSet(o *object, id azure.Resource) {
	r.inventory.NotModelled = append(r.inventory.NotModelled, azure.NotModelled{
		Type: id.Type, Address: id.Label(), Effect: azure.ScaleSetEffect, At: o.at,
	})
	if !o.tellsMore() {
		r.report(diagnostic.Warningf("no-properties", o.at, "%q is listed without its properties and is not read", id.Name).
			WithHint("az resource list does not tell them; use az vmss list"))
	}
	for _, c := range o.elements(o.get("virtualMachineProfile", "networkProfile", "networkInterfaceConfigurations")) {
		part := c.partIdentity(azure.TypeNetworkInterface)
		part.ID = azure.MakeID(string(id.ID) + "/networkInterfaceConfigurations/" + part.Name)
		part.Address = id.Label() + "/" + part.Name
		n := r.interfaceOf(&c, part)
		for i, config := range c.elements(c.get("ipConfigurations")) {
			n.IPConfigurations[i].Address = part.Address + "/" + n.IPConfigurations[i].Name
			if v := config.get("publicIPAddressConfiguration"); !v.IsZero() {
				u := &azure.Unknown{Name: part.Address + " publicIPAddressConfiguration", Why: "each instance of a scale set gets a public address of its own", At: r.at(v)}
				n.IPConfigurations[i].PublicIPAddress = azure.Reference{Unknown: u, At: u.At}
			}
		}
		n.StandForInstances()
		r.inventory.NetworkInterfaces = append(r.inventory.NetworkInterfaces, n)
	}
}
