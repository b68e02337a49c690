package arm

import (
	"strings"
	"testing"
)

func TestRT7NetworkManagersMayConnect(t *testing.T) {
	const group = `"[resourceId('Microsoft.Network/networkManagers/networkGroups', 'm', 'g')]"`
	n := network(t, text("", vnet("v", subnet("s", "10.0.0.0/24", "")), strings.Replace(vnet("w"), "10.0.0.0/16", "10.1.0.0/16", 1), res("networkManagers/networkGroups", "m/g", ""),
		res("networkManagers/connectivityConfigurations", "m/c", `"connectivityTopology": "Mesh", "appliesToGroups": [{"networkGroupId": `+group+`, "groupConnectivity": "DirectlyConnected"}]`),
		res("networkManagers/routingConfigurations/ruleCollections", "m/r/k", `"appliesTo": [{"networkGroupId": `+group+`}]`)))
	for _, v := range n.VirtualNetworks {
		if len(v.Peerings) != 1 || v.Peerings[0].State.Unknown == nil || v.Peerings[0].Remote.ID == v.ID {
			t.Errorf("%s has the peerings %+v", v.Name, v.Peerings)
		}
	}
	if s := n.Subnets()[0]; s.RouteTable.Unknown == nil || len(n.NotModelled) != 2 {
		t.Errorf("route table %+v, not modelled %v", s.RouteTable, n.NotModelled)
	}
}

// Networks with addresses in common are not connected, whatever group they are in.
func TestRT7NetworkManagersConnectNoCommonAddresses(t *testing.T) {
	const group = `"[resourceId('Microsoft.Network/networkManagers/networkGroups', 'm', 'g')]"`
	n := network(t, text("", vnet("v"), vnet("w"), strings.Replace(vnet("x"), "10.0.0.0/16", "10.1.0.0/16", 1), res("networkManagers/networkGroups", "m/g", ""),
		res("networkManagers/connectivityConfigurations", "m/c", `"connectivityTopology": "Mesh", "appliesToGroups": [{"networkGroupId": `+group+`, "groupConnectivity": "DirectlyConnected"}]`)))
	for _, v := range n.VirtualNetworks {
		if want := map[string]int{"v": 1, "w": 1, "x": 2}[v.Name]; len(v.Peerings) != want {
			t.Errorf("%s has %d peerings, want %d", v.Name, len(v.Peerings), want)
		}
	}
}
