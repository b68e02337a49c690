package terraform

// convert turns the instances into resources of the inventory.
func (r *reader) convert() {
	r.readClaims()
	r.readAssociations()
	for _, i := range r.instances {
		if i.same != nil {
			continue
		}
		r.leaveOut(i)
		if convert, ok := converters[i.typ]; ok {
			convert(r, i)
		}
	}
}

// converters are the types that are followed, besides the associations.
var converters = map[string]func(*reader, *instance){
	"azurerm_virtual_network":                            (*reader).virtualNetwork,
	"azurerm_subnet":                                     (*reader).subnet,
	"azurerm_virtual_network_peering":                    (*reader).peering,
	"azurerm_network_security_group":                     (*reader).securityGroup,
	"azurerm_network_security_rule":                      (*reader).securityRule,
	"azurerm_application_security_group":                 (*reader).applicationSecurityGroup,
	"azurerm_route_table":                                (*reader).routeTable,
	"azurerm_route":                                      (*reader).separateRoute,
	"azurerm_network_interface":                          (*reader).networkInterface,
	"azurerm_public_ip":                                  (*reader).publicIPAddress,
	"azurerm_public_ip_prefix":                           (*reader).publicIPPrefix,
	"azurerm_nat_gateway":                                (*reader).natGateway,
	"azurerm_firewall":                                   (*reader).firewall,
	"azurerm_firewall_nat_rule_collection":               (*reader).classicNATRules,
	"azurerm_firewall_network_rule_collection":           (*reader).classicNetworkRules,
	"azurerm_firewall_application_rule_collection":       (*reader).classicApplicationRules,
	"azurerm_firewall_policy":                            (*reader).firewallPolicy,
	typeCollectionGroup:                                  (*reader).collectionGroup,
	"azurerm_ip_group":                                   (*reader).ipGroup,
	"azurerm_ip_group_cidr":                              (*reader).ipGroupAddress,
	"azurerm_private_endpoint":                           (*reader).privateEndpoint,
	"azurerm_virtual_network_gateway":                    (*reader).gateway,
	"azurerm_local_network_gateway":                      (*reader).localGateway,
	"azurerm_virtual_network_gateway_connection":         (*reader).gatewayConnection,
	"azurerm_virtual_hub_connection":                     (*reader).hubConnection,
	"azurerm_lb":                                         (*reader).loadBalancer,
	"azurerm_network_manager_admin_rule":                 (*reader).adminRule,
	typeAdminConfiguration:                               (*reader).adminConfiguration,
	typeAdminCollection:                                  (*reader).adminCollection,
	typeNetworkGroup:                                     (*reader).networkGroup,
	"azurerm_network_manager_static_member":              (*reader).networkGroupMember,
	"azurerm_linux_virtual_machine_scale_set":            (*reader).scaleSet,
	"azurerm_windows_virtual_machine_scale_set":          (*reader).scaleSet,
	"azurerm_orchestrated_virtual_machine_scale_set":     (*reader).scaleSet,
	"azurerm_virtual_machine_scale_set":                  (*reader).scaleSet,
	"azurerm_resource_group_template_deployment":         (*reader).deployment,
	"azurerm_subscription_template_deployment":           (*reader).deployment,
	"azurerm_management_group_template_deployment":       (*reader).deployment,
	"azurerm_tenant_template_deployment":                 (*reader).deployment,
	"azurerm_template_deployment":                        (*reader).deployment,
	"azurerm_network_manager_connectivity_configuration": (*reader).managerConnectivity,
	"azurerm_network_manager_routing_rule_collection":    (*reader).managerRouting,
	"azapi_resource":                                     (*reader).azapiResource,
	"azapi_update_resource":                              (*reader).azapiUpdate,
}
