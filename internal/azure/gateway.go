package azure

import "net/netip"

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
