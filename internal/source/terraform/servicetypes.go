package terraform

import "github.com/wayleave/wayleave/internal/azure"

// serviceType says where a Terraform type of a managed service states its
// subnets and facts. Attribute paths lead through nested blocks, of which each
// is looked at: "ip_configuration.subnet_id".
type serviceType struct {
	armType string
	// subnets are paths to ids of subnets.
	subnets []string
	// named are paths to a network's id and a subnet's name.
	named [][2]string
	// properties lead from Azure's property paths to attribute paths. "#0" and
	// "#1" at the end are the parts of a text before and after "_":
	// "Premium_2". Between "|" are the names of one attribute in versions of the
	// provider.
	properties map[string]string
	// constants are properties that the type itself tells.
	constants map[string]string
	// addresses lead from Azure's property paths to lists of addresses.
	addresses map[string]string
	// count is the number of subnets of an instance, where it is always the same.
	count int
}

func hdinsight(kind string) serviceType {
	return serviceType{
		armType: "Microsoft.HDInsight/clusters",
		subnets: []string{
			"roles.head_node.subnet_id", "roles.worker_node.subnet_id", "roles.zookeeper_node.subnet_id",
			"roles.kafka_management_node.subnet_id",
		},
		constants: map[string]string{"clusterDefinition.kind": kind},
		properties: map[string]string{
			"location": "location",
			"networkProperties.resourceProviderConnection": "network.connection_direction",
			"securityProfile.directoryType":                "security_profile.aadds_resource_id",
		},
	}
}

// serviceTypes are the managed services of the azurerm provider that stand in
// subnets.
//
// https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs,
// versions 3 and 4, read 2026-11.
var serviceTypes = map[string]serviceType{
	"azurerm_active_directory_domain_service": {
		armType: "Microsoft.AAD/domainServices", subnets: []string{"initial_replica_set.subnet_id"},
		properties: map[string]string{
			"ldapsSettings.ldaps": "secure_ldap.enabled", "ldapsSettings.externalAccess": "secure_ldap.external_access_enabled",
		},
	},
	"azurerm_api_management": {
		armType: "Microsoft.ApiManagement/service",
		subnets: []string{"virtual_network_configuration.subnet_id", "additional_location.virtual_network_configuration.subnet_id"},
		properties: map[string]string{
			"virtualNetworkType": "virtual_network_type", "sku.name": "sku_name#0", "sku.capacity": "sku_name#1",
		},
	},
	"azurerm_app_service_environment": {
		armType: "Microsoft.Web/hostingEnvironments", subnets: []string{"subnet_id"},
		properties: map[string]string{"internalLoadBalancingMode": "internal_load_balancing_mode"},
		constants:  map[string]string{"kind": "ASEV2"},
	},
	"azurerm_app_service_environment_v3": {
		armType: "Microsoft.Web/hostingEnvironments", subnets: []string{"subnet_id"},
		properties: map[string]string{"internalLoadBalancingMode": "internal_load_balancing_mode"},
		constants:  map[string]string{"kind": "ASEV3"},
	},
	"azurerm_application_gateway": {
		armType: "Microsoft.Network/applicationGateways", subnets: []string{"gateway_ip_configuration.subnet_id"},
		properties: map[string]string{
			"sku.tier": "sku.tier", "frontendPorts.port": "frontend_port.port",
			"frontendIPConfigurations.publicIPAddress.id": "frontend_ip_configuration.public_ip_address_id",
		},
	},
	"azurerm_bastion_host": {
		armType: "Microsoft.Network/bastionHosts", subnets: []string{"ip_configuration.subnet_id"},
		properties: map[string]string{"sku.name": "sku"},
	},
	"azurerm_batch_pool": {
		armType: "Microsoft.Batch/batchAccounts/pools", subnets: []string{"network_configuration.subnet_id"},
		properties: map[string]string{
			"targetNodeCommunicationMode":                                 "target_node_communication_mode",
			"networkConfiguration.publicIPAddressConfiguration.provision": "network_configuration.public_address_provisioning_type",
		},
	},
	"azurerm_container_app_environment": {
		armType: "Microsoft.App/managedEnvironments", subnets: []string{"infrastructure_subnet_id"},
		properties: map[string]string{
			"location": "location", "vnetConfiguration.internal": "internal_load_balancer_enabled", "workloadProfiles.workloadProfileType": "workload_profile.workload_profile_type",
		},
	},
	"azurerm_container_group": {
		armType: "Microsoft.ContainerInstance/containerGroups", subnets: []string{"subnet_ids"},
		properties: map[string]string{"osType": "os_type"},
	},
	"azurerm_data_factory_integration_runtime_azure_ssis": {
		armType: "Microsoft.DataFactory/factories/integrationRuntimes",
		subnets: []string{"vnet_integration.subnet_id", "express_vnet_integration.subnet_id"},
		named:   [][2]string{{"vnet_integration.vnet_id", "vnet_integration.subnet_name"}},
		properties: map[string]string{
			"location": "location", "typeProperties.customerVirtualNetwork.subnetId": "express_vnet_integration.subnet_id",
		},
		constants: map[string]string{"type": "Managed"},
	},
	"azurerm_databricks_workspace": {
		armType: "Microsoft.Databricks/workspaces",
		named: [][2]string{
			{"custom_parameters.virtual_network_id", "custom_parameters.public_subnet_name"},
			{"custom_parameters.virtual_network_id", "custom_parameters.private_subnet_name"},
		},
		properties: map[string]string{
			"parameters.enableNoPublicIp.value": "custom_parameters.no_public_ip",
			"requiredNsgRules":                  "network_security_group_rules_required",
		},
	},
	"azurerm_hdinsight_hadoop_cluster":            hdinsight("hadoop"),
	"azurerm_hdinsight_hbase_cluster":             hdinsight("hbase"),
	"azurerm_hdinsight_interactive_query_cluster": hdinsight("interactivehive"),
	"azurerm_hdinsight_kafka_cluster":             hdinsight("kafka"),
	"azurerm_hdinsight_spark_cluster":             hdinsight("spark"),
	"azurerm_integration_service_environment": {
		armType: azure.TypeIntegrationServiceEnv, subnets: []string{"virtual_network_subnet_ids"}, count: 4,
		properties: map[string]string{
			"networkConfiguration.accessEndpoint.type": "access_endpoint_type", "sku.name": "sku_name",
		},
		addresses: map[string]string{
			"endpointsConfiguration.workflow.accessEndpointIpAddresses":  "workflow_endpoint_ip_addresses",
			"endpointsConfiguration.workflow.outgoingIpAddresses":        "workflow_outbound_ip_addresses",
			"endpointsConfiguration.connector.accessEndpointIpAddresses": "connector_endpoint_ip_addresses",
			"endpointsConfiguration.connector.outgoingIpAddresses":       "connector_outbound_ip_addresses",
		},
	},
	"azurerm_kubernetes_cluster": {
		armType: "Microsoft.ContainerService/managedClusters", subnets: []string{"default_node_pool.vnet_subnet_id"},
		properties: map[string]string{
			"location": "location",
			"apiServerAccessProfile.enablePrivateCluster": "private_cluster_enabled",
			"networkProfile.outboundType":                 "network_profile.outbound_type",
			"networkProfile.networkPlugin":                "network_profile.network_plugin",
			"agentPoolProfiles.enableNodePublicIP":        "default_node_pool.node_public_ip_enabled|default_node_pool.enable_node_public_ip",
		},
	},
	"azurerm_kubernetes_cluster_node_pool": {
		armType: "Microsoft.ContainerService/managedClusters/agentPools", subnets: []string{"vnet_subnet_id"},
		properties: map[string]string{"osType": "os_type"},
	},
	"azurerm_logic_app_standard": {
		armType: "Microsoft.Web/sites", subnets: []string{"virtual_network_subnet_id"},
		constants: map[string]string{"kind": "functionapp,workflowapp"},
	},
	"azurerm_machine_learning_compute_cluster": {
		armType: "Microsoft.MachineLearningServices/workspaces/computes", subnets: []string{"subnet_resource_id"},
		properties: map[string]string{"enableNodePublicIp": "node_public_ip_enabled", "location": "location"},
		constants:  map[string]string{"computeType": "AmlCompute"},
	},
	"azurerm_machine_learning_compute_instance": {
		armType: "Microsoft.MachineLearningServices/workspaces/computes", subnets: []string{"subnet_resource_id"},
		properties: map[string]string{"enableNodePublicIp": "node_public_ip_enabled"},
		constants:  map[string]string{"computeType": "ComputeInstance"},
	},
	"azurerm_mssql_managed_instance": {
		armType: "Microsoft.Sql/managedInstances", subnets: []string{"subnet_id"},
		properties: map[string]string{
			"proxyOverride": "proxy_override", "publicDataEndpointEnabled": "public_data_endpoint_enabled", "location": "location",
		},
	},
	"azurerm_mysql_flexible_server": {
		armType: "Microsoft.DBforMySQL/flexibleServers", subnets: []string{"delegated_subnet_id"},
		properties: map[string]string{"highAvailability.mode": "high_availability.mode"},
	},
	"azurerm_netapp_volume": {
		armType: "Microsoft.NetApp/netAppAccounts/capacityPools/volumes", subnets: []string{"subnet_id"},
		properties: map[string]string{"networkFeatures": "network_features", "protocolTypes": "protocols"},
	},
	"azurerm_postgresql_flexible_server": {
		armType: "Microsoft.DBforPostgreSQL/flexibleServers", subnets: []string{"delegated_subnet_id"},
		properties: map[string]string{"highAvailability.mode": "high_availability.mode"},
	},
	"azurerm_redis_cache": {
		armType: "Microsoft.Cache/Redis", subnets: []string{"subnet_id"},
		properties: map[string]string{"sku.name": "sku_name", "shardCount": "shard_count"},
	},
	"azurerm_spring_cloud_service": {
		armType: "Microsoft.AppPlatform/Spring", subnets: []string{"network.service_runtime_subnet_id", "network.app_subnet_id"},
		properties: map[string]string{"sku.name": "sku_name", "networkProfile.outboundType": "network.outbound_type"},
	},
}

func init() {
	for typ, t := range serviceTypes {
		converters[typ] = func(r *reader, i *instance) { r.managedService(i, t) }
		if _, nested := parentOf[t.armType]; !nested {
			kinds[typ] = kind{armType: t.armType}
		}
	}
}

// parentOf lists the types whose names are not their own alone; instances of
// them go by their address.
var parentOf = map[string]bool{
	"Microsoft.Batch/batchAccounts/pools":                   true,
	"Microsoft.ContainerService/managedClusters/agentPools": true,
	"Microsoft.DataFactory/factories/integrationRuntimes":   true,
	"Microsoft.MachineLearningServices/workspaces/computes": true,
	"Microsoft.NetApp/netAppAccounts/capacityPools/volumes": true,
}
