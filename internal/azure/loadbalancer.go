package azure

import "net/netip"

// LoadBalancer is a Microsoft.Network/loadBalancers resource.
type LoadBalancer struct {
	Resource
	// SKU is Basic, Standard or Gateway, as written.
	SKU Value[string]
	// Frontends in input order.
	Frontends []*Frontend
	// BackendPools, by name.
	BackendPools []Value[string]
	// Rules, OutboundRules and InboundNATRules count what it distributes and
	// translates.
	Rules, OutboundRules, InboundNATRules int
}

// Frontend is one address of a load balancer: public, or in a subnet.
type Frontend struct {
	Resource
	PublicIPAddress  Reference
	PublicIPPrefix   Reference
	Subnet           Reference
	PrivateIPAddress Value[netip.Addr]
}
