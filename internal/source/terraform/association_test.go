package terraform

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/wayleave/wayleave/internal/azure"
)

const nsgAssociation = "azurerm_subnet_network_security_group_association"

// attach are the values and configuration of an association of which both ends
// are known only after apply.
func attach(p *plan, text string, subnetID, groupID object, more ...part) *plan {
	parts := append([]part{unknown("id", "subnet_id", "network_security_group_id"),
		config(object{"subnet_id": subnetID, "network_security_group_id": groupID})}, more...)
	return p.with(text, object{"timeouts": nil}, parts...)
}

// groupsOf shows the security group of each subnet, by name.
func groupsOf(n *azure.Network) map[string]string {
	groups := map[string]string{}
	for _, s := range n.Subnets() {
		groups[s.Name] = show(s.NetworkSecurityGroup)
	}
	return groups
}

func wantGroups(t *testing.T, p *plan, want map[string]string) {
	t.Helper()
	if diff := cmp.Diff(want, groupsOf(p.network(t))); diff != "" {
		t.Error(diff)
	}
}

// two is a network with the subnets a and b, new ones, and the groups g and h.
func two() *plan {
	return newPlan().
		with("azurerm_virtual_network.v", vnet("v"), unknown("id", "subnet")).
		with("azurerm_subnet.a", subnet("a", "10.0.0.0/24"), unknown("id", "network_security_group_id")).
		with("azurerm_subnet.b", subnet("b", "10.0.1.0/24"), unknown("id", "network_security_group_id")).
		with("azurerm_network_security_group.g", group("g"), unknown("id", "security_rule")).
		with("azurerm_network_security_group.h", group("h"), unknown("id", "security_rule"))
}

// several is a network with the instances a, b and c of one subnet block.
func several() *plan {
	p := newPlan().
		with("azurerm_virtual_network.v", vnet("v"), unknown("id")).
		with("azurerm_network_security_group.g", group("g"), unknown("id")).
		with("azurerm_network_security_group.h", group("h"), unknown("id"))
	for name, prefix := range map[string]string{"a": "10.0.0.0/24", "b": "10.0.1.0/24", "c": "10.0.2.0/24"} {
		p.with(`azurerm_subnet.s["`+name+`"]`, subnet(name, prefix), unknown("id"))
	}
	return p
}

const g, h = "azurerm_network_security_group.g", "azurerm_network_security_group.h"

func TestAssociationByReference(t *testing.T) {
	p := attach(two(), nsgAssociation+".x", refs("azurerm_subnet.a.id"), refs(g+".id"))
	wantGroups(t, p, map[string]string{"a": g, "b": ""})
}

func TestAssociationByKnownID(t *testing.T) {
	p := newPlan().
		with("azurerm_virtual_network.v", having(vnet("v"), object{"id": sub + "virtualNetworks/v"})).
		with("azurerm_subnet.a", having(subnet("a", "10.0.0.0/24"), object{"id": sub + "virtualNetworks/v/subnets/a"})).
		with("azurerm_network_security_group.g", having(group("g"), object{"id": sub + "networkSecurityGroups/g"})).
		with(nsgAssociation+".x", object{"subnet_id": strings.ToUpper(sub) + "VIRTUALNETWORKS/V/SUBNETS/A", "network_security_group_id": sub + "networkSecurityGroups/G"})
	wantGroups(t, p, map[string]string{"a": strings.ToLower(sub) + "networksecuritygroups/g"})
}

func TestAssociationByEachKey(t *testing.T) {
	for name, expression := range map[string]object{
		"index":            refs("azurerm_subnet.s", "each.key"),
		"element of a set": refs("azurerm_subnet.s", "each.value"),
	} {
		p := several()
		for _, k := range []string{"a", "c"} {
			attach(p, nsgAssociation+`.x["`+k+`"]`, expression, refs(g+".id"))
		}
		t.Run(name, func(t *testing.T) {
			wantGroups(t, p, map[string]string{"a": g, "b": "", "c": g})
			var infos []string
			for _, d := range p.read(t).Diagnostics {
				infos = append(infos, d.Code)
			}
			if diff := cmp.Diff([]string{"matched-by-key"}, infos); diff != "" {
				t.Errorf("that keys were matched must be told once: %s", diff)
			}
		})
	}
}

func TestAssociationOverTheResourcesThemselves(t *testing.T) {
	p := several()
	for _, k := range []string{"a", "b", "c"} {
		attach(p, nsgAssociation+`.x["`+k+`"]`, refs("each.value.id"), refs(g+".id"),
			inBlock(object{"for_each_expression": refs("azurerm_subnet.s")}))
	}
	wantGroups(t, p, map[string]string{"a": g, "b": g, "c": g})
	if list := p.read(t).Diagnostics; len(list) != 0 {
		t.Errorf("nothing is assumed here, got %v", list)
	}
}

func TestAssociationByCount(t *testing.T) {
	p := newPlan().
		with("azurerm_virtual_network.v", vnet("v"), unknown("id")).
		with("azurerm_network_security_group.g[0]", group("g"), unknown("id")).
		with("azurerm_network_security_group.g[1]", group("h"), unknown("id")).
		with("azurerm_subnet.s[0]", subnet("a", "10.0.0.0/24"), unknown("id")).
		with("azurerm_subnet.s[1]", subnet("b", "10.0.1.0/24"), unknown("id"))
	for _, k := range []string{"[0]", "[1]"} {
		attach(p, nsgAssociation+".x"+k, refs("azurerm_subnet.s", "count.index"), refs(g, "count.index"))
	}
	wantGroups(t, p, map[string]string{"a": g + "[0]", "b": g + "[1]"})
}

func TestAssociationsThatCannotBeToldApartButAreAllTheSame(t *testing.T) {
	p := two()
	forEach := inBlock(object{"for_each_expression": refs("azurerm_subnet.a.id", "azurerm_subnet.b.id")})
	attach(p, nsgAssociation+`.x["one"]`, refs("each.value"), refs(g+".id"), forEach)
	attach(p, nsgAssociation+`.x["two"]`, refs("each.value"), refs(g+".id"), forEach)
	wantGroups(t, p, map[string]string{"a": g, "b": g})
}

func TestAssociationsThatCannotBeToldApartAreUnknown(t *testing.T) {
	p := two()
	forEach := inBlock(object{"for_each_expression": refs("azurerm_subnet.a.id", g+".id", "azurerm_subnet.b.id", h+".id")})
	attach(p, nsgAssociation+`.x["one"]`, refs("each.value.subnet"), refs("each.value.group"), forEach)
	attach(p, nsgAssociation+`.x["two"]`, refs("each.value.subnet"), refs("each.value.group"), forEach)
	const why = "? known only after apply; it is one of azurerm_subnet.a, azurerm_subnet.b"
	wantGroups(t, p, map[string]string{"a": why, "b": why})
}

func TestAssociationChosenByConstantOfForEach(t *testing.T) {
	p := several()
	forEach := inBlock(object{"for_each_expression": constant(object{"one": object{"subnet": "c"}, "two": object{"subnet": "b"}})})
	attach(p, nsgAssociation+`.x["one"]`, refs("azurerm_subnet.s", "each.value.subnet"), refs(g+".id"), forEach)
	attach(p, nsgAssociation+`.x["two"]`, refs("azurerm_subnet.s", "each.value.subnet"), refs(g+".id"), forEach)
	wantGroups(t, p, map[string]string{"a": "", "b": g, "c": g})
}

func TestAssociationChosenByVariable(t *testing.T) {
	p := several()
	p.variables["which"] = object{"value": "b"}
	attach(p, nsgAssociation+".x", refs("azurerm_subnet.s", "var.which"), refs(g+".id"))
	wantGroups(t, p, map[string]string{"a": "", "b": g, "c": ""})
}

func TestAssociationThroughLocalValueIsUnknown(t *testing.T) {
	p := attach(two(), nsgAssociation+".x", refs("azurerm_subnet.a.id"), refs("local.group"))
	wantGroups(t, p, map[string]string{"a": "? known only after apply; it comes from local.group, whose value a plan does not hold", "b": ""})

	// The near end is a local value: any new subnet may be meant.
	p = attach(two(), nsgAssociation+".x", refs("local.subnet"), refs(g+".id"))
	const why = "? known only after apply; it comes from local.subnet, whose value a plan does not hold"
	wantGroups(t, p, map[string]string{"a": why, "b": why})
}

func TestAssociationByConditionOverKnownThings(t *testing.T) {
	// One branch is new and unknown, the other exists and is known: an unknown
	// value is the new one.
	p := two().with("azurerm_network_security_group.old", having(group("old"), object{"id": sub + "networkSecurityGroups/old"}), doing(nil, "no-op"))
	p.variables["new"] = object{"value": true}
	attach(p, nsgAssociation+".x", refs("azurerm_subnet.a.id"), refs("var.new", g+".id", "azurerm_network_security_group.old.id"))
	wantGroups(t, p, map[string]string{"a": g, "b": ""})

	p = attach(two(), nsgAssociation+".x", refs("azurerm_subnet.a.id"), refs("var.new", g+".id", h+".id"))
	wantGroups(t, p, map[string]string{"a": "? known only after apply; it is one of " + g + ", " + h, "b": ""})
}

func TestAssociationByConditionThatDecidesACount(t *testing.T) {
	p := two()
	// local.create is a choice, since it decides how many there are.
	attach(p, nsgAssociation+".x[0]", refs("azurerm_subnet.a.id"), refs("local.create", g+".id"),
		inBlock(object{"count_expression": refs("local.create")}))
	wantGroups(t, p, map[string]string{"a": g, "b": ""})
}

func TestAssociationByIdOfAnotherAssociation(t *testing.T) {
	// The id of a subnet association is the id of its subnet.
	p := two().
		with("azurerm_route_table.t", group("t"), unknown("id", "route")).
		with("azurerm_subnet_route_table_association.r", object{}, unknown("id", "subnet_id", "route_table_id"),
			config(object{"subnet_id": refs("azurerm_subnet.b.id"), "route_table_id": refs("azurerm_route_table.t.id")}))
	attach(p, nsgAssociation+".x", refs("azurerm_subnet_route_table_association.r.subnet_id"), refs(g+".id"))
	wantGroups(t, p, map[string]string{"a": "", "b": g})
	p = attach(p, nsgAssociation+".y", refs("azurerm_subnet_route_table_association.r.id"), refs(g+".id"))
	wantGroups(t, p, map[string]string{"a": "", "b": g})
}

func TestAssociationThroughModules(t *testing.T) {
	const spoke = `module.spoke["x"].`
	p := newPlan().
		with("azurerm_network_security_group.g", group("g"), unknown("id")).
		with(spoke+"azurerm_virtual_network.v", vnet("v"), unknown("id")).
		with(spoke+"azurerm_subnet.s[0]", subnet("a", "10.0.0.0/24"), unknown("id")).
		with(spoke+"azurerm_subnet.s[1]", subnet("b", "10.0.1.0/24"), unknown("id")).
		call("module.spoke", object{"group": refs("azurerm_network_security_group.g.id")}, nil).
		output("module.spoke", "subnets", refs("azurerm_subnet.s")).
		output("module.spoke", "network", refs("azurerm_virtual_network.v.id"))
	// A variable leads out to the caller, an output of a sibling back in.
	attach(p, spoke+nsgAssociation+".x", refs("azurerm_subnet.s[0].id"), refs("var.group"))
	attach(p, nsgAssociation+".y", refs(`module.spoke["x"].subnets[1].id`), refs("azurerm_network_security_group.g.id"))
	p.with("azurerm_virtual_network.hub", having(vnet("hub"), object{"address_space": []string{"10.9.0.0/16"}}), unknown("id")).
		with(`azurerm_virtual_network_peering.p["x"]`, object{"name": "p", "resource_group_name": "rg", "virtual_network_name": "hub"}, unknown("remote_virtual_network_id"),
			config(object{"remote_virtual_network_id": refs("each.value")}), inBlock(object{"for_each_expression": refs("module.spoke")}))
	wantGroups(t, p, map[string]string{"a": g, "b": g})
	n := p.network(t)
	for _, v := range n.VirtualNetworks {
		for _, peering := range v.Peerings {
			if got := show(peering.Remote); got != spoke+"azurerm_virtual_network.v" {
				t.Errorf("the peering leads to %s", got)
			}
		}
	}
}

func TestObjectPassedToAModule(t *testing.T) {
	p := two().call("module.m", object{"subnet": refs("azurerm_subnet.b"), "groups": refs("azurerm_network_security_group.g", "azurerm_network_security_group.h")}, nil)
	attach(p, "module.m."+nsgAssociation+".x", refs("var.subnet.id"), refs("var.groups.g.id"))
	wantGroups(t, p, map[string]string{"a": "", "b": "? known only after apply; it is one of " + g + ", " + h})
}

func TestCyclicConfigurationEnds(t *testing.T) {
	p := two().call("module.m", object{"x": refs("module.m.y")}, nil).output("module.m", "y", refs("var.x", "module.m.y"))
	attach(p, nsgAssociation+".x", refs("module.m.y"), refs(g+".id"))
	p.with("module.m.azurerm_network_security_group.i", group("i"))
	groupsOf(p.network(t))
}

func TestDeletedAssociationCountsOverTheCopyInTheSubnet(t *testing.T) {
	old := object{"subnet_id": sub + "virtualNetworks/v/subnets/a", "network_security_group_id": sub + "networkSecurityGroups/g"}
	existing := func(more object) *plan {
		return newPlan().
			with("azurerm_virtual_network.v", having(vnet("v"), object{"id": sub + "virtualNetworks/v"}), doing(nil, "no-op")).
			with("azurerm_subnet.a", having(having(subnet("a", "10.0.0.0/24"), object{"id": old["subnet_id"], "network_security_group_id": old["network_security_group_id"]}), more), doing(nil, "no-op"))
	}
	wantGroups(t, existing(nil), map[string]string{"a": strings.ToLower(sub) + "networksecuritygroups/g"})
	wantGroups(t, existing(nil).deleted(nsgAssociation+".x", old), map[string]string{"a": ""})
	// A new association to another group counts too.
	p := existing(nil).with("azurerm_network_security_group.h", group("h"), unknown("id")).
		with(nsgAssociation+".x", object{"subnet_id": old["subnet_id"]}, unknown("network_security_group_id"),
			config(object{"network_security_group_id": refs(h + ".id")}), doing(old, "delete", "create"))
	wantGroups(t, p, map[string]string{"a": h})
}

func TestWriteOnlyGroupStandsInTheConfigurationAlone(t *testing.T) {
	wo := func(expression object) *plan {
		return two().with("azurerm_subnet.w", having(subnet("w", "10.0.2.0/24"), object{"network_security_group_id_wo": nil}),
			unknown("id", "network_security_group_id"), config(object{"network_security_group_id_wo": expression}))
	}
	for _, row := range []struct {
		expression object
		want       string
	}{
		{refs(g + ".id"), g},
		{constant(sub + "networkSecurityGroups/k"), strings.ToLower(sub) + "networksecuritygroups/k"},
		{constant(nil), ""},
		{refs("local.x"), "? a write-only argument; a plan does not hold its value"},
	} {
		wantGroups(t, wo(row.expression), map[string]string{"a": "", "b": "", "w": row.want})
	}
}

func TestRouteTableAndNATGatewayAssociations(t *testing.T) {
	p := two().
		with("azurerm_route_table.t", group("t"), unknown("id", "route")).
		with("azurerm_nat_gateway.n", group("n"), unknown("id")).
		with("azurerm_subnet_route_table_association.r", object{}, unknown("subnet_id", "route_table_id"),
			config(object{"subnet_id": refs("azurerm_subnet.a.id"), "route_table_id": refs("azurerm_route_table.t.id")})).
		with("azurerm_subnet_nat_gateway_association.n", object{}, unknown("subnet_id", "nat_gateway_id"),
			config(object{"subnet_id": refs("azurerm_subnet.a.id"), "nat_gateway_id": refs("azurerm_nat_gateway.n.id")}))
	s, ok := p.network(t).Subnet("azurerm_subnet.a")
	if !ok || show(s.RouteTable) != "azurerm_route_table.t" || show(s.NATGateway) != "azurerm_nat_gateway.n" {
		t.Errorf("subnet a has the table %q and the gateway %q", show(s.RouteTable), show(s.NATGateway))
	}
}

// A NAT gateway has no address only where no association may give it one.
func TestNATGatewayWithoutAddress(t *testing.T) {
	const address, prefix = "azurerm_nat_gateway_public_ip_association", "azurerm_nat_gateway_public_ip_prefix_association"
	two := func() *plan {
		return newPlan().with("azurerm_nat_gateway.n", group("n"), unknown("id")).with("azurerm_nat_gateway.m", group("m"), unknown("id"))
	}
	give := func(typ, to string, gateways ...string) *plan {
		return two().with(typ+".x", object{}, unknown("nat_gateway_id", to), config(object{"nat_gateway_id": refs(gateways...), to: refs("azurerm_other.p.id")}))
	}
	for _, row := range []struct {
		plan *plan
		n, m bool
	}{
		{two(), true, true},
		{give(address, "public_ip_address_id", "azurerm_nat_gateway.n.id"), false, true},
		{give(prefix, "public_ip_prefix_id", "azurerm_nat_gateway.n.id"), false, true},
		{give(address, "public_ip_address_id", "azurerm_nat_gateway.n.id", "azurerm_nat_gateway.m.id"), false, false},
		{give(prefix, "public_ip_prefix_id", "azurerm_nat_gateway.n.id", "azurerm_nat_gateway.m.id"), false, false},
		{give(address, "public_ip_address_id", "var.gateway"), false, false},
	} {
		network := row.plan.network(t)
		n, _ := network.NATGateway("azurerm_nat_gateway.n")
		m, _ := network.NATGateway("azurerm_nat_gateway.m")
		if n.Empty() != row.n || m.Empty() != row.m {
			t.Errorf("n is empty: %v, m: %v; want %v, %v", n.Empty(), m.Empty(), row.n, row.m)
		}
	}
}
