package azure

// Resource types of Azure, in Azure's spelling. Compare with case folded
// (META-3): Resource Graph writes them in lower case (JSON-2).
const (
	TypeVirtualNetwork           = "Microsoft.Network/virtualNetworks"
	TypeSubnet                   = "Microsoft.Network/virtualNetworks/subnets"
	TypePeering                  = "Microsoft.Network/virtualNetworks/virtualNetworkPeerings"
	TypeNetworkSecurityGroup     = "Microsoft.Network/networkSecurityGroups"
	TypeSecurityRule             = "Microsoft.Network/networkSecurityGroups/securityRules"
	TypeDefaultSecurityRule      = "Microsoft.Network/networkSecurityGroups/defaultSecurityRules"
	TypeApplicationSecurityGroup = "Microsoft.Network/applicationSecurityGroups"
	TypeRouteTable               = "Microsoft.Network/routeTables"
	TypeRoute                    = "Microsoft.Network/routeTables/routes"
	TypeNetworkInterface         = "Microsoft.Network/networkInterfaces"
	TypeIPConfiguration          = "Microsoft.Network/networkInterfaces/ipConfigurations"
	TypePublicIPAddress          = "Microsoft.Network/publicIPAddresses"
	TypePublicIPPrefix           = "Microsoft.Network/publicIPPrefixes"
	TypeNATGateway               = "Microsoft.Network/natGateways"
	TypeAzureFirewall            = "Microsoft.Network/azureFirewalls"
	TypeFirewallIPConfiguration  = "Microsoft.Network/azureFirewalls/azureFirewallIpConfigurations"
	TypeRuleCollection           = "Microsoft.Network/azureFirewalls/ruleCollections"
	TypeFirewallRule             = "Microsoft.Network/azureFirewalls/ruleCollections/rules"
	TypeFirewallPolicy           = "Microsoft.Network/firewallPolicies"
	TypeRuleCollectionGroup      = "Microsoft.Network/firewallPolicies/ruleCollectionGroups"
	// TypeRuleGroup is what rule collection groups were called in the preview.
	TypeRuleGroup             = "Microsoft.Network/firewallPolicies/ruleGroups"
	TypeIPGroup               = "Microsoft.Network/ipGroups"
	TypePrivateEndpoint       = "Microsoft.Network/privateEndpoints"
	TypeGateway               = "Microsoft.Network/virtualNetworkGateways"
	TypeLocalGateway          = "Microsoft.Network/localNetworkGateways"
	TypeGatewayConnection     = "Microsoft.Network/connections"
	TypeLoadBalancer          = "Microsoft.Network/loadBalancers"
	TypeFrontend              = "Microsoft.Network/loadBalancers/frontendIPConfigurations"
	TypeAdminRule             = "Microsoft.Network/networkManagers/securityAdminConfigurations/ruleCollections/rules"
	TypeIntegrationServiceEnv = "Microsoft.Logic/integrationServiceEnvironments"
)
