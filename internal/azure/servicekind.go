package azure

import "strings"

// ServiceKind says where a resource of a managed service states its subnets
// and the facts that profiles use, as property paths of Resource Manager.
//
// A path is names with dots between them, "[]" after a name stands for each
// element of a list: "agentPoolProfiles[].vnetSubnetID". The member
// "properties" of an object is left out of paths (JSON-2). What is not among
// the properties is looked for beside them: "kind", "sku.name".
type ServiceKind struct {
	// Type in Azure's spelling.
	Type string
	// Subnets are paths to references.
	Subnets []string
	// Named are subnets told by their network and their name.
	Named []NamedSubnet
	// Properties are paths to scalars; those of a list are joined by commas.
	Properties []string
	// Addresses are paths to addresses or prefixes the service has as its own.
	Addresses []string
	// Outside says that an instance need not stand in a virtual network: one
	// without a subnet is no matter of the network.
	Outside bool
}

// NamedSubnet are the paths to a network's reference and a subnet's name.
type NamedSubnet struct{ Network, Subnet string }

// ServiceKinds are the types of managed services that stand in subnets, by
// type. Paths are those of the REST reference of each provider
// (learn.microsoft.com/rest/api), read 2026-11.
var ServiceKinds = []ServiceKind{
	{
		Type:       "Microsoft.AAD/domainServices",
		Subnets:    []string{"replicaSets[].subnetId", "subnetId"},
		Properties: []string{"ldapsSettings.ldaps", "ldapsSettings.externalAccess"},
		Outside:    true,
	},
	{
		Type:       "Microsoft.ApiManagement/service",
		Subnets:    []string{"virtualNetworkConfiguration.subnetResourceId", "additionalLocations[].virtualNetworkConfiguration.subnetResourceId"},
		Properties: []string{"virtualNetworkType", "sku.name", "sku.capacity", "platformVersion"},
		Outside:    true,
	},
	{
		Type:       "Microsoft.App/managedEnvironments",
		Subnets:    []string{"vnetConfiguration.infrastructureSubnetId"},
		Properties: []string{"location", "vnetConfiguration.internal", "workloadProfiles[].workloadProfileType"},
		Outside:    true,
	},
	{
		Type:       "Microsoft.AppPlatform/Spring",
		Subnets:    []string{"networkProfile.serviceRuntimeSubnetId", "networkProfile.appSubnetId"},
		Properties: []string{"sku.name", "networkProfile.outboundType"},
		Outside:    true,
	},
	{
		Type:       "Microsoft.Batch/batchAccounts/pools",
		Subnets:    []string{"networkConfiguration.subnetId"},
		Properties: []string{"location", "targetNodeCommunicationMode", "networkConfiguration.publicIPAddressConfiguration.provision"},
		Outside:    true,
	},
	{
		Type:       "Microsoft.Cache/Redis",
		Subnets:    []string{"subnetId"},
		Properties: []string{"sku.name", "shardCount"},
		Outside:    true,
	},
	{
		Type:       "Microsoft.ContainerInstance/containerGroups",
		Subnets:    []string{"subnetIds[]"},
		Properties: []string{"osType"},
		Outside:    true,
	},
	{
		Type:    "Microsoft.ContainerService/managedClusters",
		Subnets: []string{"agentPoolProfiles[].vnetSubnetID"},
		Properties: []string{
			"location", "apiServerAccessProfile.enablePrivateCluster", "networkProfile.outboundType", "networkProfile.networkPlugin",
			"agentPoolProfiles[].enableNodePublicIP",
		},
		Outside: true,
	},
	{
		Type:       "Microsoft.ContainerService/managedClusters/agentPools",
		Subnets:    []string{"vnetSubnetID"},
		Properties: []string{"osType"},
		Outside:    true,
	},
	{
		Type:    "Microsoft.Databricks/workspaces",
		Subnets: nil,
		Named: []NamedSubnet{
			{"parameters.customVirtualNetworkId.value", "parameters.customPublicSubnetName.value"},
			{"parameters.customVirtualNetworkId.value", "parameters.customPrivateSubnetName.value"},
		},
		Properties: []string{"parameters.enableNoPublicIp.value", "requiredNsgRules"},
		Outside:    true,
	},
	{
		Type:    "Microsoft.DataFactory/factories/integrationRuntimes",
		Subnets: []string{"typeProperties.computeProperties.vNetProperties.subnetId", "typeProperties.customerVirtualNetwork.subnetId"},
		Named: []NamedSubnet{
			{"typeProperties.computeProperties.vNetProperties.vNetId", "typeProperties.computeProperties.vNetProperties.subnet"},
		},
		Properties: []string{"location", "type", "typeProperties.customerVirtualNetwork.subnetId"},
		Outside:    true,
	},
	{
		Type:       "Microsoft.DBforMySQL/flexibleServers",
		Subnets:    []string{"network.delegatedSubnetResourceId"},
		Properties: []string{"highAvailability.mode"},
		Outside:    true,
	},
	{
		Type:       "Microsoft.DBforPostgreSQL/flexibleServers",
		Subnets:    []string{"network.delegatedSubnetResourceId"},
		Properties: []string{"highAvailability.mode"},
		Outside:    true,
	},
	{
		Type:       "Microsoft.HDInsight/clusters",
		Subnets:    []string{"computeProfile.roles[].virtualNetworkProfile.subnet"},
		Properties: []string{"location", "networkProperties.resourceProviderConnection", "clusterDefinition.kind", "securityProfile.directoryType"},
		Outside:    true,
	},
	{
		Type:    TypeIntegrationServiceEnv,
		Subnets: []string{"networkConfiguration.subnets[]"},
		Properties: []string{
			"networkConfiguration.accessEndpoint.type", "networkConfiguration.virtualNetworkAddressSpace", "sku.name",
		},
		Addresses: []string{
			"endpointsConfiguration.workflow.outgoingIpAddresses[].address",
			"endpointsConfiguration.workflow.accessEndpointIpAddresses[].address",
			"endpointsConfiguration.connector.outgoingIpAddresses[].address",
			"endpointsConfiguration.connector.accessEndpointIpAddresses[].address",
		},
	},
	{
		Type:       "Microsoft.MachineLearningServices/workspaces/computes",
		Subnets:    []string{"subnet"},
		Properties: []string{"location", "computeType", "enableNodePublicIp"},
		Outside:    true,
	},
	{
		Type:       "Microsoft.NetApp/netAppAccounts/capacityPools/volumes",
		Subnets:    []string{"subnetId"},
		Properties: []string{"networkFeatures", "protocolTypes[]"},
	},
	{
		Type:       "Microsoft.Network/applicationGateways",
		Subnets:    []string{"gatewayIPConfigurations[].subnet"},
		Properties: []string{"sku.tier", "frontendPorts[].port", "frontendIPConfigurations[].publicIPAddress.id", "enableFips"},
		Outside:    true,
	},
	{
		Type:       "Microsoft.Network/bastionHosts",
		Subnets:    []string{"ipConfigurations[].subnet"},
		Properties: []string{"sku.name", "enablePrivateOnlyBastion"},
		Outside:    true,
	},
	{
		Type:       "Microsoft.Sql/managedInstances",
		Subnets:    []string{"subnetId"},
		Properties: []string{"proxyOverride", "publicDataEndpointEnabled", "location"},
	},
	{
		Type:       "Microsoft.VirtualMachineImages/imageTemplates",
		Subnets:    []string{"vmProfile.vnetConfig.subnetId"},
		Properties: []string{"vmProfile.vnetConfig.containerInstanceSubnetId"},
		Outside:    true,
	},
	{
		Type:       "Microsoft.Web/hostingEnvironments",
		Subnets:    []string{"virtualNetwork.id"},
		Named:      []NamedSubnet{{"virtualNetwork.id", "virtualNetwork.subnet"}},
		Properties: []string{"kind", "internalLoadBalancingMode"},
	},
	{
		Type:       "Microsoft.Web/sites",
		Subnets:    []string{"virtualNetworkSubnetId"},
		Properties: []string{"kind"},
		Outside:    true,
	},
}

// ServiceKindOf finds the kind of a type, with case folded.
func ServiceKindOf(typ string) (*ServiceKind, bool) {
	for i := range ServiceKinds {
		if strings.EqualFold(ServiceKinds[i].Type, typ) {
			return &ServiceKinds[i], true
		}
	}
	return nil, false
}

// Members lists the first names of all paths, each once: what must be read of
// a resource of this kind.
func (k *ServiceKind) Members() []string {
	var names []string
	seen := map[string]bool{}
	add := func(path string) {
		name, _, _ := strings.Cut(path, ".")
		name = strings.TrimSuffix(name, "[]")
		if !seen[strings.ToLower(name)] {
			seen[strings.ToLower(name)] = true
			names = append(names, name)
		}
	}
	for _, list := range [][]string{k.Subnets, k.Properties, k.Addresses} {
		for _, path := range list {
			add(path)
		}
	}
	for _, n := range k.Named {
		add(n.Network)
		add(n.Subnet)
	}
	return names
}

// SubnetOf is the reference to the subnet of a name in a network that is
// referred to.
func SubnetOf(network Reference, name Value[string]) Reference {
	switch {
	case !network.IsSet() || !name.IsSet():
		return Reference{}
	case network.Unknown != nil, strings.Contains(strings.ToLower(string(network.ID)), "/subnets/"):
		return network
	case name.Unknown != nil:
		return Reference{Unknown: name.Unknown, At: name.At}
	}
	return Ref(network.Text+"/subnets/"+name.V, name.At)
}

// AddSubnet adds a subnet to the service, each once. What is not set, or is no
// subnet but a whole network, is left out.
func (m *ManagedService) AddSubnet(ref Reference) {
	if !ref.IsSet() {
		return
	}
	if strings.Contains(strings.ToLower(string(ref.ID)), "/providers/microsoft.network/virtualnetworks/") &&
		!strings.Contains(strings.ToLower(string(ref.ID)), "/subnets/") {
		return
	}
	for _, have := range m.Subnets {
		if ref.Unknown == nil && have.ID == ref.ID || ref.Unknown != nil && have.Unknown == ref.Unknown {
			return
		}
	}
	m.Subnets = append(m.Subnets, ref)
}
