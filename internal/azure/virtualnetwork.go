package azure

import "net/netip"

// VirtualNetwork is a Microsoft.Network/virtualNetworks resource.
type VirtualNetwork struct {
	Resource
	// AddressSpace holds the prefixes of addressSpace.addressPrefixes in input
	// order; an element may be unknown.
	AddressSpace []Value[netip.Prefix]
	// Subnets in input order. In an Inventory nil says that the input does not
	// list them here; an empty list that is not nil says that there are none.
	// A list is complete: what an input of lower rank has beyond it is gone.
	Subnets []*Subnet
	// UnknownSubnets are what may be subnets of the network that no list holds; none
	// of them has addresses of a subnet that is listed.
	UnknownSubnets []*Unknown
	// Peerings are the local links, in input order; nil and empty as in Subnets.
	Peerings []*Peering
	// DNSServers are the custom DNS servers of dhcpOptions, in input order.
	DNSServers []Value[netip.Addr]
	// Location is the region, as ParseLocation spells it.
	Location Value[string]
	// APIVersion of the input, where it states one; RT-34 depends on it.
	APIVersion string
	// LearnedRoutes are what a gateway has told the network, where effective
	// routes tell it; nil when that is not known.
	LearnedRoutes *LearnedRoutes
	// HubConnections join the network to virtual hubs, or may; set by Build.
	HubConnections []*HubConnection
}

// Subnet is a Microsoft.Network/virtualNetworks/subnets resource.
type Subnet struct {
	Resource
	// VirtualNetwork holds the subnet; set by Build, never nil afterwards.
	VirtualNetwork *VirtualNetwork
	// Prefixes of addressPrefix or addressPrefixes (JSON-6), in input order.
	Prefixes []Value[netip.Prefix]
	// NetworkSecurityGroup attached to the subnet, if any (NSG-23).
	NetworkSecurityGroup Reference
	// RouteTable attached to the subnet, if any (RT-11).
	RouteTable Reference
	// NATGateway attached to the subnet, if any.
	NATGateway Reference
	// ServiceEndpoints enabled on the subnet, in input order.
	ServiceEndpoints []ServiceEndpoint
	// Delegations are the service names the subnet is delegated to.
	Delegations []Value[string]
	// DelegationNames are what the first delegations are called, not set where the
	// input does not tell; they decide nothing.
	DelegationNames []Value[string]
	// PrivateEndpointNetworkPolicies as written (PE-1); not set means Disabled.
	PrivateEndpointNetworkPolicies Value[string]
	// DefaultOutboundAccess (RT-33); what "not set" means depends on RT-34.
	DefaultOutboundAccess Value[bool]
	// AdminRules come before the security group, by priority; set by Build.
	AdminRules []AppliedAdminRule
	// Occupants are the IP configurations that Azure lists in the subnet, whether
	// an input states whose they are or not; no fact of the subnet.
	Occupants []ID
}

// ServiceEndpoint is an element of a subnet's serviceEndpoints.
type ServiceEndpoint struct {
	// Service as Azure spells it: "Microsoft.Storage".
	Service Value[string]
	// Locations the endpoint covers, as ParseLocation spells them, "*" for all;
	// empty where the input states none, and then the network's own counts (RT-9).
	Locations []Value[string]
	// Policies limit what it lets through to accounts that they name.
	Policies []Reference
	At       Position
}

// Peering is a Microsoft.Network/virtualNetworks/virtualNetworkPeerings
// resource: one side's link.
type Peering struct {
	Resource
	// VirtualNetwork holds the link; set by Build.
	VirtualNetwork *VirtualNetwork
	// Remote is the peered network.
	Remote Reference
	// AllowVirtualNetworkAccess defaults to true (RT-44).
	AllowVirtualNetworkAccess Value[bool]
	// AllowForwardedTraffic defaults to false (RT-44).
	AllowForwardedTraffic Value[bool]
	// AllowGatewayTransit defaults to false (RT-44).
	AllowGatewayTransit Value[bool]
	// UseRemoteGateways defaults to false (RT-44).
	UseRemoteGateways Value[bool]
	// State is peeringState: Initiated, Connected or Disconnected; not set in
	// plans and templates.
	State Value[string]
	// RemoteAddressSpace is the space that was synchronised (RT-43); empty
	// when the input does not state it.
	RemoteAddressSpace []Value[netip.Prefix]
	// PeerCompleteVnets is false for subnet peering (RT-47); default true.
	PeerCompleteVnets Value[bool]
	// LocalSubnetNames and RemoteSubnetNames limit a subnet peering (RT-47).
	LocalSubnetNames, RemoteSubnetNames []Value[string]
	// OnlyIPv6 is enableOnlyIPv6Peering (RT-47); default false.
	OnlyIPv6 Value[bool]
}
