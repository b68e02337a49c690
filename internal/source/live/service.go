package live

import (
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

// serviceVersions are the versions of the API of the types of managed services
// (azure.ServiceKinds), by type. All of them list their subnets; the first that
// the cloud serves is used.
//
// https://learn.microsoft.com/azure/templates, read 2026-11.
var serviceVersions = map[string][]string{
	"Microsoft.AAD/domainServices":                          {"2022-12-01", "2021-05-01"},
	"Microsoft.ApiManagement/service":                       {"2022-08-01", "2021-08-01"},
	"Microsoft.App/managedEnvironments":                     {"2024-03-01", "2023-05-01"},
	"Microsoft.AppPlatform/Spring":                          {"2023-12-01", "2022-12-01"},
	"Microsoft.Batch/batchAccounts/pools":                   {"2024-02-01", "2022-10-01"},
	"Microsoft.Cache/Redis":                                 {"2023-08-01", "2022-06-01"},
	"Microsoft.ContainerInstance/containerGroups":           {"2023-05-01", "2021-10-01"},
	"Microsoft.ContainerService/managedClusters":            {"2024-02-01", "2023-02-01"},
	"Microsoft.ContainerService/managedClusters/agentPools": {"2024-02-01", "2023-02-01"},
	"Microsoft.Databricks/workspaces":                       {"2023-02-01", "2018-04-01"},
	"Microsoft.DataFactory/factories/integrationRuntimes":   {"2018-06-01"},
	"Microsoft.DBforMySQL/flexibleServers":                  {"2023-12-30", "2021-05-01"},
	"Microsoft.DBforPostgreSQL/flexibleServers":             {"2022-12-01", "2021-06-01"},
	"Microsoft.HDInsight/clusters":                          {"2021-06-01", "2018-06-01-preview"},
	"Microsoft.MachineLearningServices/workspaces/computes": {"2024-04-01", "2022-10-01"},
	"Microsoft.NetApp/netAppAccounts/capacityPools/volumes": {"2023-11-01", "2022-05-01"},
	"Microsoft.Network/applicationGateways":                 networkVersions,
	"Microsoft.Network/bastionHosts":                        networkVersions,
	"Microsoft.Sql/managedInstances":                        {"2021-11-01"},
	"Microsoft.VirtualMachineImages/imageTemplates":         {"2022-07-01", "2022-02-14"},
	"Microsoft.Web/hostingEnvironments":                     {"2022-09-01", "2021-02-01"},
	"Microsoft.Web/sites":                                   {"2022-09-01", "2021-02-01"},
}

// services are the kinds of managed services. What they hold beside the facts
// that profiles use, such as the environment of a container, is not kept.
func services() []kind {
	var list []kind
	for _, s := range azure.ServiceKinds {
		if s.Type == azure.TypeIntegrationServiceEnv || strings.EqualFold(s.Type, "Microsoft.ContainerService/managedClusters/agentPools") {
			continue // read in full above; stated in the cluster
		}
		k := kind{name: s.Type, versions: serviceVersions[s.Type], found: true, members: s.Members()}
		if strings.Count(s.Type, "/") > 1 {
			k.parent = s.Type[:strings.LastIndexByte(s.Type, '/')]
		}
		list = append(list, k)
	}
	return list
}
