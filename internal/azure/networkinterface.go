package azure

import "net/netip"

// NetworkInterface is a Microsoft.Network/networkInterfaces resource.
type NetworkInterface struct {
	Resource
	// NetworkSecurityGroup attached to the interface, if any (NSG-23).
	NetworkSecurityGroup Reference
	// EnableIPForwarding turns the source and destination check off (RT-40).
	EnableIPForwarding Value[bool]
	// DisableTCPStateTracking is disableTcpStateTracking (NSG-38).
	DisableTCPStateTracking Value[bool]
	// VirtualMachine the interface belongs to, where the input tells.
	VirtualMachine Reference
	// DefaultOutbound is defaultOutboundConnectivityEnabled: whether Azure lends
	// the interface an address (RT-34).
	DefaultOutbound Value[bool]
	// IPConfigurations in input order.
	IPConfigurations []*IPConfiguration
}

// IPConfiguration is one address of a network interface.
type IPConfiguration struct {
	Resource
	// Interface holds the configuration; set by Build.
	Interface *NetworkInterface
	// PrivateIPAddress may be unknown (dynamic allocation).
	PrivateIPAddress Value[netip.Addr]
	Subnet           Reference
	PublicIPAddress  Reference
	// ApplicationSecurityGroups the configuration is a member of (ASG-1).
	ApplicationSecurityGroups []Reference
	// BackendPools and InboundNATRules of load balancers that lead here.
	BackendPools    []Reference
	InboundNATRules []Reference
	Primary         Value[bool]
}

// PublicIPAddress is a Microsoft.Network/publicIPAddresses resource.
type PublicIPAddress struct {
	Resource
	IPAddress Value[netip.Addr]
	// SKU is Basic, Standard or StandardV2 as written (PIP-1).
	SKU Value[string]
	// Allocation is publicIPAllocationMethod, Static or Dynamic as written.
	Allocation Value[string]
}
