package azure

import "net/netip"

// NATGateway is a Microsoft.Network/natGateways resource.
type NATGateway struct {
	Resource
	// SKU is Standard or StandardV2 as written.
	SKU Value[string]
	// PublicIPAddresses and PublicIPPrefixes it translates to, of both families.
	PublicIPAddresses []Reference
	PublicIPPrefixes  []Reference
	// Subnets are the read-only back-references (JSON-4).
	Subnets []Reference
	// Zones as written, in input order.
	Zones []Value[string]
}

// Empty reports whether a gateway that an input states has no address to translate
// to.
func (g *NATGateway) Empty() bool {
	return !g.Stub && len(g.PublicIPAddresses) == 0 && len(g.PublicIPPrefixes) == 0
}

// PublicIPPrefix is a Microsoft.Network/publicIPPrefixes resource.
type PublicIPPrefix struct {
	Resource
	// Prefix is known once Azure has chosen it.
	Prefix Value[netip.Prefix]
	// Length of the prefix; default 28.
	Length Value[int]
	SKU    Value[string]
}
