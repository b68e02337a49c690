package terraform

import (
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
)

// managed is three networks, of which the first two are members of group g, with a
// subnet each.
func managed(members ...string) *plan {
	p := newPlan().with(typeNetworkGroup+".g", object{"name": "g"}, unknown("id"))
	for name, space := range map[string]string{"a": "10.1.0.0/16", "b": "10.2.0.0/16", "c": "10.3.0.0/16"} {
		p.with("azurerm_virtual_network."+name, having(vnet(name), object{"address_space": []string{space}}), unknown("id")).
			with("azurerm_subnet."+name, having(subnet(name, space), object{"virtual_network_name": name}), unknown("id"))
	}
	for _, m := range members {
		p.with("azurerm_network_manager_static_member."+m, object{"name": m}, unknown("id", "network_group_id", "target_virtual_network_id"),
			config(object{"network_group_id": refs(typeNetworkGroup + ".g.id"), "target_virtual_network_id": refs("azurerm_virtual_network." + m + ".id")}))
	}
	return p
}

// peeringsOf shows who may be connected with whom.
func peeringsOf(n *azure.Network) string {
	var list []string
	for _, v := range n.VirtualNetworks {
		for _, p := range v.Peerings {
			if p.State.Unknown != nil && p.Stub {
				list = append(list, v.Name+"-"+strings.TrimPrefix(string(p.Remote.ID), "azurerm_virtual_network."))
			}
		}
	}
	return strings.Join(list, " ")
}

func TestRT7NetworkManagersMayConnect(t *testing.T) {
	group := object{"applies_to_group": []object{{"network_group_id": refs(typeNetworkGroup + ".g.id")}}, "hub": []object{{"resource_id": refs("azurerm_virtual_network.c.id")}}}
	connect := func(p *plan, topology, connectivity string, hubs ...object) *plan {
		return p.with("azurerm_network_manager_connectivity_configuration.c",
			object{"name": "c", "connectivity_topology": topology, "applies_to_group": []object{{"group_connectivity": connectivity}}, "hub": hubs},
			marks(object{"id": true, "applies_to_group": []object{{"network_group_id": true}}, "hub": []object{{"resource_id": true}}[:len(hubs)]}), config(group))
	}
	for _, row := range []struct {
		name, want string
		plan       *plan
	}{
		{"a mesh", "a-b b-a", connect(managed("a", "b"), "Mesh", "DirectlyConnected")},
		{"a hub", "a-c b-c c-a c-b", connect(managed("a", "b"), "HubAndSpoke", "None", object{"resource_type": "Microsoft.Network/virtualNetworks"})},
		{"a hub with direct connections", "a-b a-c b-a b-c c-a c-b", connect(managed("a", "b"), "HubAndSpoke", "DirectlyConnected", object{"resource_type": "x"})},
		{"members that no input states", "a-b a-c b-a b-c c-a c-b", connect(managed(), "Mesh", "DirectlyConnected")},
	} {
		n := row.plan.network(t)
		if got := peeringsOf(n); got != row.want {
			t.Errorf("%s: %s, want %s", row.name, got, row.want)
		}
		if len(n.NotModelled) != 1 {
			t.Errorf("%s: not modelled %v", row.name, n.NotModelled)
		}
	}
}

func TestNetworkManagersMayAddRoutes(t *testing.T) {
	p := managed("a").with("azurerm_network_manager_routing_rule_collection.k", object{"name": "k"}, marks(object{"id": true, "network_group_ids": []bool{true}}),
		config(object{"network_group_ids": refs(typeNetworkGroup + ".g.id")}))
	n := p.network(t)
	for name, open := range map[string]bool{"a": true, "b": false, "c": false} {
		if s := subnetOf(t, n, name); (s.RouteTable.Unknown != nil) != open {
			t.Errorf("the route table of %s: %+v", name, s.RouteTable)
		}
	}
}
