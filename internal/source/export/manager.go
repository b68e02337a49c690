package export

import (
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

// managerConnectivity states which networks a network manager may connect (RT-7).
func (r *reader) managerConnectivity(o *object, id azure.Resource) {
	m := &azure.ManagerConfiguration{Resource: id}
	topology, _ := o.get("connectivityTopology").String()
	m.Direct = !strings.EqualFold(topology, "HubAndSpoke")
	for _, g := range o.elements(o.get("appliesToGroups")) {
		m.Groups = append(m.Groups, refer(r.text(g.get("networkGroupId"))))
		connected, _ := g.get("groupConnectivity").String()
		m.Direct = m.Direct || strings.EqualFold(connected, "DirectlyConnected")
	}
	for _, h := range o.elements(o.get("hubs")) {
		m.Hubs = append(m.Hubs, refer(r.text(h.get("resourceId"))))
	}
	r.managed(m)
}

// managerRouting states to which networks a network manager may add routes.
func (r *reader) managerRouting(o *object, id azure.Resource) {
	m := &azure.ManagerConfiguration{Resource: id, Routes: true}
	for _, g := range o.elements(o.get("appliesTo")) {
		m.Groups = append(m.Groups, refer(r.text(g.get("networkGroupId"))))
	}
	r.managed(m)
}

func (r *reader) managed(m *azure.ManagerConfiguration) {
	r.inventory.ManagerConfigurations = append(r.inventory.ManagerConfigurations, m)
	r.inventory.NotModelled = append(r.inventory.NotModelled, azure.NotModelled{
		Type: m.Type, Address: m.Label(), Effect: azure.ManagerConfigurationEffect, At: m.At,
	})
}
