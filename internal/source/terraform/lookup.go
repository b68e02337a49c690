package terraform

import (
	"net/netip"

	"github.com/wayleave/wayleave/internal/azure"
)

// lookedUp completes a network that is known from a data source alone: it
// names its subnets and peerings but does not describe them. Those that
// nothing else describes are there with everything unknown.
func (r *reader) lookedUp(i *instance, v *azure.VirtualNetwork) {
	subnets := r.claimOf(v.ID, "azurerm_subnet")
	for _, f := range i.get("subnets").elements() {
		name := f.text()
		if n, known := name.Known(); known && subnets.covers(n) || !name.IsSet() {
			continue
		}
		s := r.undescribed(v, f)
		r.inventory.Subnets = append(r.inventory.Subnets, azure.Child[*azure.Subnet]{Parent: ref(v.Resource), Resource: s})
	}
	peerings := r.claimOf(v.ID, "azurerm_virtual_network_peering")
	for name := range i.get("vnet_peerings").value.Members() {
		if peerings.covers(name.String()) {
			continue
		}
		f := i.get("vnet_peerings").get(name.String())
		u := f.openBecause("the data source does not tell it")
		open := func() azure.Value[bool] { return azure.NotKnown[bool](u) }
		p := &azure.Peering{
			Resource: azure.Resource{
				ID: childID(v.ID, "virtualNetworkPeerings", name.String(), f), Type: azure.TypePeering, Name: name.String(),
				Address: i.text + `.vnet_peerings` + key{kind: textKey, text: name.String()}.String(), At: f.at(), Rank: r.inventory.Rank,
			},
			Remote:                    r.reference(i, f, "vnet_peerings", "azurerm_virtual_network"),
			AllowVirtualNetworkAccess: open(),
			AllowForwardedTraffic:     open(),
			AllowGatewayTransit:       open(),
			UseRemoteGateways:         open(),
			State:                     azure.NotKnown[string](u),
			PeerCompleteVnets:         open(),
			OnlyIPv6:                  open(),
		}
		r.inventory.Peerings = append(r.inventory.Peerings, azure.Child[*azure.Peering]{Parent: ref(v.Resource), Resource: p})
	}
}

// undescribed is a subnet of which only the name is known.
func (r *reader) undescribed(v *azure.VirtualNetwork, f field) *azure.Subnet {
	name := f.known()
	u := &azure.Unknown{Name: f.name, Why: "the data source names the subnet and does not describe it", At: f.at()}
	open := azure.Reference{Unknown: u, At: u.At}
	return &azure.Subnet{
		Resource: azure.Resource{
			ID: childID(v.ID, "subnets", name, f), Type: azure.TypeSubnet, Name: name, Address: f.name, At: f.at(), Rank: r.inventory.Rank,
		},
		Prefixes:                       []azure.Value[netip.Prefix]{azure.NotKnown[netip.Prefix](u)},
		NetworkSecurityGroup:           open,
		RouteTable:                     open,
		NATGateway:                     open,
		ServiceEndpoints:               []azure.ServiceEndpoint{{Service: azure.NotKnown[string](u), At: u.At}},
		Delegations:                    []azure.Value[string]{azure.NotKnown[string](u)},
		PrivateEndpointNetworkPolicies: azure.NotKnown[string](u),
		DefaultOutboundAccess:          azure.NotKnown[bool](u),
	}
}
