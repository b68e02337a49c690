package service

import "strings"

// KeptFor is the service that Azure keeps a subnet of this name for, in which
// nothing else can stand; empty for any other name.
//
// https://learn.microsoft.com/azure/virtual-network/virtual-network-for-azure-services
// (services that can be deployed into a virtual network), and the page of each.
func KeptFor(name string) string {
	for kept, owner := range map[string]string{
		"GatewaySubnet": "VPN and ExpressRoute gateways", "AzureFirewallSubnet": "Azure Firewall",
		"AzureFirewallManagementSubnet": "the management of Azure Firewall", "AzureBastionSubnet": "Azure Bastion",
		"RouteServerSubnet": "Azure Route Server",
	} {
		if strings.EqualFold(name, kept) {
			return owner
		}
	}
	return ""
}
