package azure

import (
	"net/netip"
	"strings"
)

// Gateway is a Microsoft.Network/virtualNetworkGateways resource.
type Gateway struct {
	Resource
	// Kind is Vpn or ExpressRoute, as written.
	Kind Value[string]
	SKU  Value[string]
	// Subnets of its IP configurations: the GatewaySubnet of its network.
	Subnets           []Reference
	PublicIPAddresses []Reference
	// EnableBGP default false; ASN is its own.
	EnableBGP Value[bool]
	ASN       Value[int]
	// ClientAddresses are the pools of point-to-site clients.
	ClientAddresses []Value[netip.Prefix]
}

// LocalGateway is a Microsoft.Network/localNetworkGateways resource: a device on
// premises.
type LocalGateway struct {
	Resource
	// AddressSpace are the prefixes behind it (RT-8, TAG-19).
	AddressSpace []Value[netip.Prefix]
	Address      Value[netip.Addr]
	// ASN is not set where there is no BGP.
	ASN Value[int]
}

// GatewayConnection is a Microsoft.Network/connections resource: what joins a
// gateway to a local gateway, another gateway or a circuit.
type GatewayConnection struct {
	Resource
	// Kind is IPsec, Vnet2Vnet, ExpressRoute or VPNClient, as written.
	Kind Value[string]
	// Gateway is the near end, Peer the far one.
	Gateway, Peer Reference
	EnableBGP     Value[bool]
}

// HubConnection is a Microsoft.Network/virtualHubs/hubVirtualNetworkConnections
// resource: what joins a virtual network to a hub of a virtual WAN, whose routes
// the network gets as from a gateway (RT-55). What routes the hub has is not
// followed.
type HubConnection struct {
	Resource
	// Hub is its name, and empty where the input does not tell it.
	Hub     string
	Network Reference
}

// HubName is the name of a hub that a reference leads to: the last part of its id,
// or of its address where it has no id yet.
func HubName(r Reference) string {
	name := r.ID.Name()
	return name[strings.LastIndexByte(name, '.')+1:]
}

// attachHubs gives each virtual network its connections to hubs. One to a network
// that is not known may be of any.
func (b *builder) attachHubs() {
	for _, c := range b.network.HubConnections {
		for _, v := range b.network.VirtualNetworks {
			if c.Network.Unknown != nil || c.Network.ID == v.ID {
				v.HubConnections = append(v.HubConnections, c)
			}
		}
	}
}

// Hub is the name of the virtual hub that a peering leads to, and empty where it
// leads to a network: Azure makes such a peering in each network that it connects
// to a hub, with a network of its own behind it, "HV_" with the name of the hub.
func (p *Peering) Hub() string {
	const link, network = "remotevnettohubpeering_", "hv_"
	remote := p.Remote.ID.Name()
	if !strings.HasPrefix(strings.ToLower(p.Name), link) && !(strings.HasPrefix(remote, network) && strings.Contains(string(p.Remote.ID), "/resourcegroups/rg_")) {
		return ""
	}
	name, _ := strings.CutPrefix(remote, network)
	if i := strings.LastIndexByte(name, '_'); i > 0 {
		name = name[:i]
	}
	if name == "" {
		return p.Name
	}
	return name
}
