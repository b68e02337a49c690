package azure

import "net/netip"

// PrivateEndpoint is a Microsoft.Network/privateEndpoints resource (PE-3).
type PrivateEndpoint struct {
	Resource
	// Subnet it has its addresses in.
	Subnet Reference
	// PrivateAddresses it has, as far as the input states them; Azure chooses
	// the others.
	PrivateAddresses []Value[netip.Addr]
	// NetworkInterfaces that Azure made for it (read-only).
	NetworkInterfaces []Reference
	// Services are the resources it leads to, of automatic and manual
	// connections, in input order.
	Services []PrivateLink
	// ApplicationSecurityGroups it is a member of (ASG-1).
	ApplicationSecurityGroups []Reference
}

// PrivateLink is one connection of a private endpoint.
type PrivateLink struct {
	// Service is the resource, or an alias of it as Text.
	Service Reference
	// GroupIDs are the parts of the service: "blob", "vault".
	GroupIDs []Value[string]
	At       Position
}
