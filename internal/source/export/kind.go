package export

import (
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/document"
)

// kind is a type of resource.
type kind struct {
	// name in Azure's spelling; of types that are not modelled, as written.
	name string
	// shape are property sets of which one tells the kind where neither type
	// nor id does; all names of a set must be there.
	shape [][]string
	// child tells that the resource belongs to another one.
	child bool
	// empty tells that the resource has no properties worth reading.
	empty bool
	// command lists resources of this kind.
	command string
}

// kinds are the modelled types. Their shapes are tried in this order: an
// earlier one is the more special.
var kinds = []kind{
	{name: azure.TypeNetworkSecurityGroup, command: "az network nsg list",
		shape: [][]string{{"securityRules"}, {"defaultSecurityRules"}}},
	{name: azure.TypeVirtualNetwork, command: "az network vnet list",
		shape: [][]string{{"addressSpace", "subnets"}, {"addressSpace", "virtualNetworkPeerings"}, {"addressSpace", "dhcpOptions"}}},
	{name: azure.TypeRouteTable, command: "az network route-table list",
		shape: [][]string{{"routes", "disableBgpRoutePropagation"}, {"routes", "subnets"}, {"routes", "name"}}},
	{name: azure.TypeNetworkInterface, command: "az network nic list",
		shape: [][]string{{"ipConfigurations", "enableIPForwarding"}, {"ipConfigurations", "macAddress"}, {"ipConfigurations", "nicType"}}},
	{name: azure.TypeSecurityRule, child: true, command: "az network nsg rule list",
		shape: [][]string{{"direction", "access", "priority", "protocol"}}},
	{name: azure.TypeDefaultSecurityRule, child: true, command: "az network nsg rule list --include-default"},
	{name: azure.TypePeering, child: true, command: "az network vnet peering list",
		shape: [][]string{{"remoteVirtualNetwork"}}},
	{name: azure.TypeRoute, child: true, command: "az network route-table route list",
		shape: [][]string{{"addressPrefix", "nextHopType"}}},
	{name: azure.TypePublicIPAddress, command: "az network public-ip list",
		shape: [][]string{{"publicIPAllocationMethod"}}},
	{name: azure.TypeIntegrationServiceEnv, command: "az resource show --ids ID",
		shape: [][]string{{"networkConfiguration", "integrationServiceEnvironmentId"}}},
	{name: azure.TypeAzureFirewall, command: "az network firewall list",
		shape: [][]string{{"natRuleCollections"}, {"networkRuleCollections"}, {"applicationRuleCollections"}, {"threatIntelMode", "ipConfigurations"}}},
	{name: azure.TypeFirewallPolicy, command: "az network firewall policy list",
		shape: [][]string{{"ruleCollectionGroups"}, {"childPolicies", "firewalls"}}},
	{name: azure.TypeRuleCollectionGroup, child: true, command: "az network firewall policy rule-collection-group list",
		shape: [][]string{{"ruleCollections"}}},
	{name: azure.TypeRuleGroup, child: true, command: "az network firewall policy rule-collection-group list"},
	{name: azure.TypeIPGroup, command: "az network ip-group list",
		shape: [][]string{{"ipAddresses", "firewalls"}, {"ipAddresses", "firewallPolicies"}}},
	{name: azure.TypeNATGateway, command: "az network nat gateway list",
		shape: [][]string{{"publicIpAddresses", "idleTimeoutInMinutes"}, {"publicIpPrefixes", "idleTimeoutInMinutes"}}},
	{name: azure.TypePublicIPPrefix, command: "az network public-ip prefix list",
		shape: [][]string{{"ipPrefix", "prefixLength"}}},
	{name: azure.TypePrivateEndpoint, command: "az network private-endpoint list",
		shape: [][]string{{"privateLinkServiceConnections", "manualPrivateLinkServiceConnections"}, {"privateLinkServiceConnections", "customDnsConfigs"}}},
	{name: azure.TypeGateway, command: "az network vnet-gateway list -g RG",
		shape: [][]string{{"gatewayType", "vpnType"}, {"gatewayType", "activeActive"}}},
	{name: azure.TypeLocalGateway, command: "az network local-gateway list -g RG",
		shape: [][]string{{"localNetworkAddressSpace"}}},
	{name: azure.TypeGatewayConnection, command: "az network vpn-connection list -g RG",
		shape: [][]string{{"connectionType", "virtualNetworkGateway1"}}},
	{name: azure.TypeHubConnection, child: true, command: "az network vhub connection list -g RG --vhub-name HUB",
		shape: [][]string{{"remoteVirtualNetwork", "routingConfiguration"}, {"remoteVirtualNetwork", "enableInternetSecurity"}}},
	{name: azure.TypeLoadBalancer, command: "az network lb list",
		shape: [][]string{{"frontendIPConfigurations", "backendAddressPools"}, {"frontendIPConfigurations", "loadBalancingRules"}}},
	{name: azure.TypeInboundNATRule, child: true, command: "az network lb inbound-nat-rule list -g RG --lb-name LB",
		shape: [][]string{{"frontendIPConfiguration", "frontendPort"}, {"frontendIPConfiguration", "frontendPortRangeStart"}}},
	{name: azure.TypeBackendPool, child: true, command: "az network lb address-pool list -g RG --lb-name LB",
		shape: [][]string{{"loadBalancerBackendAddresses"}}},
	{name: azure.TypeAdminRule, child: true, command: "az network manager security-admin-config rule-collection rule list",
		shape: [][]string{{"access", "direction", "sources", "destinations"}}},
	{name: azure.TypeAdminCollection, child: true, command: "az network manager security-admin-config rule-collection list",
		shape: [][]string{{"appliesToGroups"}}},
	{name: azure.TypeAdminConfiguration, child: true, command: "az network manager security-admin-config list",
		shape: [][]string{{"applyOnNetworkIntentPolicyBasedServices"}}},
	{name: azure.TypeConnectivity, child: true, command: "az network manager connect-config list",
		shape: [][]string{{"connectivityTopology"}}},
	{name: azure.TypeRoutingCollection, child: true, command: "az network manager routing-config rule-collection list",
		shape: [][]string{{"appliesTo", "disableBgpRoutePropagation"}}},
	{name: azure.TypeNetworkGroup, child: true, command: "az network manager group list"},
	{name: azure.TypeNetworkGroupMember, child: true, command: "az network manager group static-member list",
		shape: [][]string{{"resourceId", "region"}}},
	{name: azure.TypeSubnet, child: true, command: "az network vnet subnet list",
		shape: [][]string{{"addressPrefix", "name"}, {"addressPrefixes", "name"}}},
	{name: azure.TypeScaleSet, empty: true, command: "az vmss list",
		shape: [][]string{{"virtualMachineProfile"}, {"orchestrationMode"}}},
	{name: azure.TypeApplicationSecurityGroup, empty: true, command: "az network asg list"},
}

// typeServiceTags is what the service-tag API calls its answer (TAG-41). It is
// data for --tags, not a resource of the network.
const typeServiceTags = "Microsoft.Network/serviceTags"

// kindOf tells what a row is: by its type, else its id, else its shape. The
// name is empty when it is no resource of Azure.
func kindOf(row document.Value) kind {
	if row.Kind() != document.Object {
		return kind{}
	}
	if text, _ := row.GetFold("type").String(); strings.EqualFold(text, typeServiceTags) {
		return kind{}
	} else if isType(text) {
		return named(text)
	}
	if name := effectiveKind(row); name != "" {
		return kind{name: name}
	}
	if _, refused := shapeOfAnswer(row); refused {
		return kind{}
	}
	if id, _ := row.GetFold("id").String(); id != "" {
		if text := typeInID(id); text != "" {
			return named(text)
		}
	}
	properties := propertiesOf(row)
	for _, k := range kinds {
		for _, names := range k.shape {
			if hasAll(row, properties, names) {
				return k
			}
		}
	}
	return kind{}
}

func named(text string) kind {
	for _, k := range kinds {
		if strings.EqualFold(k.name, text) {
			return k
		}
	}
	return kind{name: text}
}

// isType tells the form of a resource type: a provider with a dot, and at
// least one type.
func isType(text string) bool {
	provider, rest, ok := strings.Cut(text, "/")
	return ok && rest != "" && strings.Contains(provider, ".") && !strings.ContainsAny(text, " []")
}

// typeInID is the resource type that an ARM id spells, empty when it is none:
// .../providers/Microsoft.Network/virtualNetworks/v/subnets/s is a
// Microsoft.Network/virtualNetworks/subnets.
func typeInID(id string) string {
	const providers = "/providers/"
	i := strings.LastIndex(strings.ToLower("/"+id), providers)
	if i < 0 {
		return ""
	}
	segments := strings.Split(strings.Trim(("/" + id)[i+len(providers):], "/"), "/")
	if len(segments)%2 == 0 || len(segments) < 3 {
		return ""
	}
	t := segments[0]
	for i := 1; i < len(segments); i += 2 {
		t += "/" + segments[i]
	}
	if !isType(t) {
		return ""
	}
	return t
}

// hasAll reports whether all names stand among the properties, or beside them.
func hasAll(row, properties document.Value, names []string) bool {
	for _, name := range names {
		if properties.GetFold(name).IsZero() && row.GetFold(name).IsZero() {
			return false
		}
	}
	return true
}

// propertiesOf is the object that holds the properties: "properties" as ARM
// writes them, else the row itself, as az and PowerShell lift them (JSON-2).
func propertiesOf(row document.Value) document.Value {
	if p := row.GetFold("properties"); p.Kind() == document.Object {
		return p
	}
	return row
}
