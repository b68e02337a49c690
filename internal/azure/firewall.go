package azure

import "net/netip"

// FirewallSKU is the sku.name of a firewall.
type FirewallSKU string

// Firewall SKUs.
const (
	// FirewallInNetwork stands in a subnet of a virtual network.
	FirewallInNetwork FirewallSKU = "AZFW_VNet"
	// FirewallInHub stands in a virtual hub.
	FirewallInHub FirewallSKU = "AZFW_Hub"
)

// FirewallTier is the sku.tier of a firewall or a firewall policy.
type FirewallTier string

// Firewall tiers, from the least to the most capable.
const (
	FirewallBasic    FirewallTier = "Basic"
	FirewallStandard FirewallTier = "Standard"
	FirewallPremium  FirewallTier = "Premium"
)

// InspectionMode is what threat intelligence, or intrusion detection, does
// with what it finds.
type InspectionMode string

// Inspection modes, from the mildest to the strictest.
const (
	InspectionOff   InspectionMode = "Off"
	InspectionAlert InspectionMode = "Alert"
	InspectionDeny  InspectionMode = "Deny"
)

// AzureFirewall is a Microsoft.Network/azureFirewalls resource.
type AzureFirewall struct {
	Resource
	SKU  Value[FirewallSKU]
	Tier Value[FirewallTier]
	// ThreatIntelMode of a firewall without policy; default Alert.
	ThreatIntelMode Value[InspectionMode]
	// Policy attached to the firewall, if any; there are no classic rules then
	//
	Policy Reference
	// IPConfigurations in input order; only one has a subnet.
	IPConfigurations []*FirewallIPConfiguration
	// UnknownIPConfigurations stand for any number of configurations of which
	// the input tells nothing.
	UnknownIPConfigurations []*Unknown
	// ManagementIPConfiguration is nil where there is none; its public address
	// is never an egress source.
	ManagementIPConfiguration *FirewallIPConfiguration
	// RuleCollections are the classic ones of all three kinds; nil and empty as
	// in VirtualNetwork.Subnets. After Build they are sorted by kind, priority
	// and id.
	RuleCollections []*RuleCollection
	// UnknownCollections stand for any number of classic rule collections of
	// which the input tells nothing.
	UnknownCollections []*Unknown
	// PrivateRanges are the destinations that are not translated, as the classic
	// property Network.SNAT.PrivateRanges states them; ignored where there
	// is a policy. "IANAPrivateRanges" is a FirewallTag. Empty when not set.
	PrivateRanges []FirewallTerm
	// DNSProxy and DNSServers are the classic properties Network.DNS.EnableProxy
	// and Network.DNS.Servers.
	DNSProxy   Value[bool]
	DNSServers []Value[netip.Addr]
	// AdditionalProperties are all of additionalProperties, by key as written.
	AdditionalProperties map[string]Value[string]
	// VirtualHub, and the addresses there, of a firewall in a hub.
	VirtualHub           Reference
	HubPrivateIPAddress  Value[netip.Addr]
	HubPublicIPAddresses []Value[netip.Addr]
	// Zones as written, in input order.
	Zones []Value[string]
}

// FirewallIPConfiguration is one address of a firewall.
type FirewallIPConfiguration struct {
	Resource
	// Firewall holds the configuration; set by Build.
	Firewall *AzureFirewall
	// Subnet is set in one configuration of a firewall.
	Subnet          Reference
	PublicIPAddress Reference
	// PrivateIPAddress is the next hop that routes name; unknown before the
	// firewall exists, not set in a configuration without subnet.
	PrivateIPAddress Value[netip.Addr]
}
