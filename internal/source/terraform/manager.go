package terraform

import (
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

// managerConnectivity reads azurerm_network_manager_connectivity_configuration: which
// networks a network manager may connect (RT-7).
func (r *reader) managerConnectivity(i *instance) {
	m := &azure.ManagerConfiguration{Resource: r.resource(i, azure.TypeConnectivity)}
	m.Direct = !strings.EqualFold(i.get("connectivity_topology").known(), "HubAndSpoke")
	groups := i.get("applies_to_group").elements()
	for index, f := range groups {
		written := blockAt(i.expression("applies_to_group"), index, len(groups))
		m.Groups = append(m.Groups, r.nestedReference(i, f.get("network_group_id"), written, "network_group_id", typeNetworkGroup))
		m.Direct = m.Direct || !strings.EqualFold(f.get("group_connectivity").known(), "None")
	}
	hubs := i.get("hub").elements()
	for index, f := range hubs {
		written := blockAt(i.expression("hub"), index, len(hubs))
		m.Hubs = append(m.Hubs, r.nestedReference(i, f.get("resource_id"), written, "resource_id", "azurerm_virtual_network"))
	}
	r.inventory.ManagerConfigurations = append(r.inventory.ManagerConfigurations, m)
}

// managerRouting reads azurerm_network_manager_routing_rule_collection: to which
// networks a network manager may add routes.
func (r *reader) managerRouting(i *instance) {
	const groups = "network_group_ids"
	r.inventory.ManagerConfigurations = append(r.inventory.ManagerConfigurations, &azure.ManagerConfiguration{
		Resource: r.resource(i, azure.TypeRoutingCollection), Routes: true,
		Groups: r.references(i, i.get(groups), groups, typeNetworkGroup),
	})
}
