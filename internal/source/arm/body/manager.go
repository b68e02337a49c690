package body

import (
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

// managerConnectivity states which networks a network manager may connect (RT-7).
func (r reader) managerConnectivity(res Resource, o object) {
	m := &azure.ManagerConfiguration{Resource: res.Resource}
	topology, known := o.text("connectivityTopology").Known()
	m.Direct = !known || !strings.EqualFold(topology, "HubAndSpoke")
	for _, e := range elements(o.get("appliesToGroups")) {
		m.Groups = append(m.Groups, o.referenceOf(e.Get("networkGroupId"), []string{"appliesToGroups"}))
		connected, known := o.textOf(e.Get("groupConnectivity"), []string{"groupConnectivity"}).Known()
		m.Direct = m.Direct || !known && o.textOf(e.Get("groupConnectivity"), nil).IsSet() || strings.EqualFold(connected, "DirectlyConnected")
	}
	for _, e := range elements(o.get("hubs")) {
		m.Hubs = append(m.Hubs, o.referenceOf(e.Get("resourceId"), []string{"hubs"}))
	}
	r.inventory.ManagerConfigurations = append(r.inventory.ManagerConfigurations, m)
}

// managerRouting states to which networks a network manager may add routes.
func (r reader) managerRouting(res Resource, o object) {
	m := &azure.ManagerConfiguration{Resource: res.Resource, Routes: true}
	for _, e := range elements(o.get("appliesTo")) {
		m.Groups = append(m.Groups, o.referenceOf(e.Get("networkGroupId"), []string{"appliesTo"}))
	}
	r.inventory.ManagerConfigurations = append(r.inventory.ManagerConfigurations, m)
}
