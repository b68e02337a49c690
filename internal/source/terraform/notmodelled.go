package terraform

import (
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

// notModelled tells, by type or by the beginning of a type, what verdicts leave
// out because resources of it are not followed. The longest match counts; ""
// marks types without effect on who reaches whom.
var notModelled = map[string]string{
	"azurerm_application_gateway":                                     "what an application gateway accepts and forwards is not followed",
	"azurerm_bastion_host":                                            "connections through a bastion are not followed",
	"azurerm_express_route_":                                          "routes and connections of ExpressRoute are not known",
	"azurerm_lb_nat_pool":                                             "the inbound NAT of a scale set is not followed",
	"azurerm_local_network_gateway":                                   "routes learned from a gateway are not known",
	"azurerm_network_manager":                                         "routes and connectivity of a network manager are not followed",
	"azurerm_network_manager_connectivity_configuration":              azure.ManagerConfigurationEffect,
	"azurerm_network_manager_routing_rule_collection":                 azure.ManagerConfigurationEffect,
	"azurerm_network_manager_routing_":                                "",
	"azurerm_network_manager_admin_rule":                              "",
	"azurerm_network_manager_deployment":                              "",
	"azurerm_network_manager_network_group":                           "",
	"azurerm_network_manager_security_admin_configuration":            "",
	"azurerm_network_manager_static_member":                           "",
	"azurerm_network_manager_ipam_pool":                               "",
	"azurerm_network_manager_verifier_":                               "",
	"azurerm_network_interface_application_gateway_":                  "what an application gateway accepts and forwards is not followed",
	"azurerm_network_watcher":                                         "",
	"azurerm_network_ddos_protection_plan":                            "",
	"azurerm_private_endpoint":                                        "",
	"azurerm_private_endpoint_application_security_group_association": "",
	"azurerm_private_link_service":                                    "traffic is not followed through a private link service",
	"azurerm_route_map":                                               "routes of a virtual hub are not followed",
	"azurerm_route_server":                                            "routes learned from a route server are not known",
	"azurerm_subnet_service_endpoint_storage_policy":                  "which accounts a service endpoint policy allows is not followed",
	"azurerm_virtual_hub":                                             "routes of a virtual hub are not followed",
	"azurerm_virtual_network_dns_servers":                             "name resolution is not followed",
	"azurerm_virtual_network_gateway":                                 "routes learned from a gateway are not known",
	"azurerm_virtual_wan":                                             "routes of a virtual hub are not followed",
	"azurerm_vpn_":                                                    "routes learned from a gateway are not known",
	"azurerm_point_to_site_vpn_gateway":                               "routes learned from a gateway are not known",
	"azurerm_api_management_":                                         "",
	"azurerm_kubernetes_cluster_":                                     "",
	"azurerm_mssql_managed_instance_":                                 "",
	"azurerm_redis_cache_":                                            "",
	"azapi_resource_action":                                           "what azapi does to a resource by an action is not followed",
}

// leaveOut notes an instance that is read and not followed, where that has an
// effect.
func (r *reader) leaveOut(i *instance) {
	if _, ok := joints[i.typ]; ok {
		return
	}
	effect := effectOf(i.typ)
	if effect == "" {
		return
	}
	r.inventory.NotModelled = append(r.inventory.NotModelled, azure.NotModelled{Type: i.typ, Address: i.text, Effect: effect, At: i.at})
}

func effectOf(typ string) string {
	for end := len(typ); end > 0; end-- {
		prefix := typ[:end]
		effect, ok := notModelled[prefix]
		if ok && (end == len(typ) || strings.HasSuffix(prefix, "_") || typ[end] == '_') {
			return effect
		}
	}
	return ""
}
