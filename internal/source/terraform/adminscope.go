package terraform

import "github.com/wayleave/wayleave/internal/azure"

// The resources that tell which networks security admin rules are for.
const (
	typeAdminConfiguration = "azurerm_network_manager_security_admin_configuration"
	typeAdminCollection    = "azurerm_network_manager_admin_rule_collection"
	typeNetworkGroup       = "azurerm_network_manager_network_group"
)

// adminConfiguration reads azurerm_network_manager_security_admin_configuration.
func (r *reader) adminConfiguration(i *instance) {
	c := &azure.AdminConfiguration{
		Resource: r.resource(i, azure.TypeAdminConfiguration),
		Manager:  r.reference(i, i.get("network_manager_id"), "network_manager_id", "azurerm_network_manager"),
	}
	for _, f := range i.get("apply_on_network_intent_policy_based_services").elements() {
		c.IntentPolicies = append(c.IntentPolicies, f.text())
	}
	r.inventory.AdminConfigurations = append(r.inventory.AdminConfigurations, c)
}

// adminCollection reads azurerm_network_manager_admin_rule_collection.
func (r *reader) adminCollection(i *instance) {
	const configuration, groups = "security_admin_configuration_id", "network_group_ids"
	r.inventory.AdminCollections = append(r.inventory.AdminCollections, &azure.AdminCollection{
		Resource:      r.resource(i, azure.TypeAdminCollection),
		Configuration: r.reference(i, i.get(configuration), configuration, typeAdminConfiguration),
		NetworkGroups: r.references(i, i.get(groups), groups, typeNetworkGroup),
	})
}

// networkGroup reads azurerm_network_manager_network_group.
func (r *reader) networkGroup(i *instance) {
	r.inventory.NetworkGroups = append(r.inventory.NetworkGroups, &azure.NetworkGroup{Resource: r.resource(i, azure.TypeNetworkGroup)})
}

// networkGroupMember reads azurerm_network_manager_static_member.
func (r *reader) networkGroupMember(i *instance) {
	const group, member = "network_group_id", "target_virtual_network_id"
	r.inventory.NetworkGroupMembers = append(r.inventory.NetworkGroupMembers, &azure.NetworkGroupMember{
		Resource: r.resource(i, azure.TypeNetworkGroupMember),
		Group:    r.reference(i, i.get(group), group, typeNetworkGroup),
		Member:   r.reference(i, i.get(member), member, "azurerm_virtual_network", "azurerm_subnet"),
	})
}
