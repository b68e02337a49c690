package terraform

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayleave/wayleave/internal/azure"
)

// azapi are the values of an azapi_resource.
func azapi(typ, name string, body any) object {
	return object{"type": typ + "@2023-04-01", "name": name, "body": body}
}

func TestAzapiResources(t *testing.T) {
	rules := []object{{"name": "one", "properties": object{
		"priority": 100, "direction": "Inbound", "access": "Allow", "protocol": "Tcp", "sourceAddressPrefix": "*", "sourcePortRange": "*",
		"destinationAddressPrefix": "*", "destinationPortRange": "443"}}}
	p := newPlan().
		with("azapi_resource.v", azapi("Microsoft.Network/virtualNetworks", "v", object{"properties": object{"addressSpace": object{"addressPrefixes": []string{"10.0.0.0/16"}}}}), unknown("id")).
		with("azapi_resource.g", azapi("microsoft.network/networksecuritygroups", "g", object{"properties": object{"securityRules": rules}}), unknown("id")).
		with("azapi_resource.s", azapi("Microsoft.Network/virtualNetworks/subnets", "s", object{"properties": object{"addressPrefix": "10.0.0.0/24"}}),
			unknown("id", "parent_id"), config(object{"parent_id": refs("azapi_resource.v.id")})).
		with("azurerm_network_security_group.h", group("h"), unknown("id")).
		with("azurerm_virtual_network.w", having(vnet("w"), object{"address_space": []string{"10.1.0.0/16"}}), unknown("id")).
		with("azurerm_subnet.t", having(subnet("t", "10.1.0.0/24"), object{"virtual_network_name": "w"}), unknown("id"))
	attach(p, nsgAssociation+".x", refs("azapi_resource.s.id"), refs("azurerm_network_security_group.h.id"))
	n := p.network(t)
	wantRules(t, n, "azapi_resource.g", "one 100 Allow")
	v, ok := n.VirtualNetwork("azapi_resource.v")
	if !ok || len(v.Subnets) != 1 || v.APIVersion != "2023-04-01" {
		t.Fatalf("network %+v", v)
	}
	wantGroups(t, p, map[string]string{"s": h, "t": ""})
}

func TestAzapiReferencesAreResolved(t *testing.T) {
	p := newPlan().
		with("azurerm_virtual_network.v", vnet("v"), unknown("id")).
		with(g, group("g"), unknown("id")).
		with("azapi_resource.s", azapi("Microsoft.Network/virtualNetworks/subnets", "s", object{"properties": object{"addressPrefix": "10.0.0.0/24"}}),
			marks(object{"id": true, "parent_id": true, "body": object{"properties": object{"networkSecurityGroup": object{"id": true}, "routeTable": object{"id": true}}}}),
			config(object{"parent_id": refs("azurerm_virtual_network.v.id"), "body": refs(g + ".id")}))
	s, ok := p.network(t).Subnet("azapi_resource.s")
	if !ok || show(s.NetworkSecurityGroup) != g || s.VirtualNetwork.Name != "v" {
		t.Fatalf("subnet %+v", s)
	}
	if s.RouteTable.Unknown == nil {
		t.Error("no route table is referred to; which one it is cannot be known")
	}
}

func TestAzapiBodyAsText(t *testing.T) {
	p := newPlan().with("azapi_resource.t", azapi("Microsoft.Network/routeTables", "t",
		`{"properties":{"routes":[{"name":"r","properties":{"addressPrefix":"0.0.0.0/0","nextHopType":"None"}}]}}`), unknown("id"))
	table := p.network(t).RouteTables[0]
	if len(table.Routes) != 1 || table.Routes[0].NextHopType.V != azure.NoneNextHop || table.Routes[0].At.File != "plan.json" {
		t.Errorf("table %+v", table)
	}
	p = newPlan().with("azapi_resource.t", azapi("Microsoft.Network/routeTables", "t", `{"properties":`))
	if list := Read(parse(t, p.json()), Options{}).Diagnostics; len(list) != 1 || list[0].Code != "wrong-type" {
		t.Errorf("got %v", list)
	}
}

func TestAzapiBodyThatIsUnknown(t *testing.T) {
	p := newPlan().
		with("azapi_resource.g", without(azapi("Microsoft.Network/networkSecurityGroups", "g", nil), "body"), unknown("body")).
		with("azapi_resource.x", azapi("Microsoft.Network/virtualNetworkGateways", "x", object{})).
		with("azapi_resource.y", azapi("Microsoft.Storage/storageAccounts", "y", object{})).
		with("azapi_update_resource.z", object{})
	n := p.network(t)
	if group := n.NetworkSecurityGroups[0]; len(group.UnknownRules) != 1 {
		t.Errorf("group %+v", group)
	}
	var left []string
	for _, m := range n.NotModelled {
		left = append(left, m.Address)
	}
	if diff := cmp.Diff([]string{"azapi_update_resource.z", "azapi_resource.x"}, left); diff != "" {
		t.Error(diff)
	}
}
