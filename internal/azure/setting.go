package azure

import "strings"

// Setting is what an input states of a resource and the model does not hold. It
// decides about no packet; who states the resource whole states it again.
type Setting struct {
	// Name is Azure's, of a property or of a member beside the properties.
	Name string
	// Value is plain, as document.Value.Any gives it; nil where it is not known.
	Value   any
	Unknown *Unknown
}

// held are the properties of a type that the model holds or Azure fills in, of
// the types that a change states whole.
var held = map[string]map[string]bool{
	TypeSubnet: folded("addressPrefix", "addressPrefixes", "networkSecurityGroup", "routeTable", "natGateway", "serviceEndpoints", "delegations",
		"privateEndpointNetworkPolicies", "defaultOutboundAccess", "purpose", "ipConfigurations", "ipConfigurationProfiles", "privateEndpoints",
		"interfaceEndpoints", "resourceNavigationLinks", "serviceAssociationLinks", "applicationGatewayIPConfigurations"),
	TypePeering: folded("remoteVirtualNetwork", "allowVirtualNetworkAccess", "allowForwardedTraffic", "allowGatewayTransit", "useRemoteGateways",
		"peeringState", "peeringSyncLevel", "localAddressSpace", "localVirtualNetworkAddressSpace", "remoteAddressSpace", "remoteVirtualNetworkAddressSpace",
		"remoteBgpCommunities", "remoteVirtualNetworkEncryption", "peerCompleteVnets", "localSubnetNames", "remoteSubnetNames", "enableOnlyIPv6Peering",
		"peeredRemoteAddressSpace", "virtualNetworkName"),
	TypeRouteTable: folded("routes", "disableBgpRoutePropagation", "subnets"),
	TypeAzureFirewall: folded("sku", "threatIntelMode", "firewallPolicy", "additionalProperties", "ipConfigurations", "managementIpConfiguration",
		"natRuleCollections", "networkRuleCollections", "applicationRuleCollections", "virtualHub", "hubIPAddresses", "ipGroups"),
	TypeRuleCollectionGroup: folded("priority", "ruleCollections", "size"),
}

// envelope is what every resource may have beside its properties, or Azure writes
// among them.
var envelope = folded("id", "name", "type", "etag", "location", "zones", "kind", "properties", "resourceGroup", "resourceGroupName", "resourceGuid",
	"provisioningState", "systemData", "subscriptionId", "tenantId", "apiVersion", "managedBy", "changedTime", "createdTime", "scope", "tags", "tag", "tagsTable",
	"extendedLocation")

func folded(names ...string) map[string]bool {
	set := map[string]bool{}
	for _, n := range names {
		set[strings.ToLower(n)] = true
	}
	return set
}

// IsSetting reports whether a property of a type is one that the model does not
// hold and a change that states the resource whole keeps.
func IsSetting(typ, name string) bool {
	name = strings.ToLower(name)
	properties := held[typ]
	return properties != nil && !properties[name] && !envelope[name]
}

// SettingsBeside are the names of what a resource of a type may have beside its
// properties and the model does not hold; none of types that are not stated whole.
func SettingsBeside(typ string) []string {
	switch typ {
	case TypeRouteTable, TypeAzureFirewall:
		return []string{"tags", "extendedLocation"}
	}
	return nil
}

// IsBeside reports whether a setting stands beside the properties.
func (s Setting) IsBeside() bool { return envelope[strings.ToLower(s.Name)] }

// completeSettings adds what only the other statement of a resource tells.
func (r *Resource) completeSettings(from *Resource) {
	have := map[string]bool{}
	for _, s := range r.Settings {
		have[strings.ToLower(s.Name)] = true
	}
	for _, s := range from.Settings {
		if !have[strings.ToLower(s.Name)] {
			r.Settings = append(r.Settings[:len(r.Settings):len(r.Settings)], s)
		}
	}
}
