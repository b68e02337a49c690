package terraform

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/wayleave/wayleave/internal/azure"
)

func TestT101PropagationIsInvertedSinceVersion4(t *testing.T) {
	for _, row := range []struct {
		values object
		part   part
		want   string
	}{
		{object{"bgp_route_propagation_enabled": true}, part{}, "false"},
		{object{"bgp_route_propagation_enabled": false}, part{}, "true"},
		{object{"disable_bgp_route_propagation": true}, part{}, "true"},
		{object{"disable_bgp_route_propagation": false}, part{}, "false"},
		{object{"disable_bgp_route_propagation": false, "bgp_route_propagation_enabled": false}, part{}, "true"},
		{nil, unknown("bgp_route_propagation_enabled"), "unknown"},
		{nil, part{}, "not set"},
	} {
		n := newPlan().with("azurerm_route_table.t", having(group("t"), row.values), row.part).network(t)
		v := n.RouteTables[0].DisableBGPRoutePropagation
		got := "not set"
		if b, ok := v.Known(); ok {
			got = map[bool]string{true: "true", false: "false"}[b]
		} else if v.IsSet() {
			got = "unknown"
		}
		if got != row.want {
			t.Errorf("%v: disableBgpRoutePropagation is %s, want %s", row.values, got, row.want)
		}
	}
}

func TestRoutes(t *testing.T) {
	route := func(name, prefix string, more object) object {
		return having(object{"name": name, "address_prefix": prefix, "next_hop_type": "VirtualAppliance"}, more)
	}
	p := newPlan().
		with("azurerm_route_table.t", having(group("t"), object{"route": []object{
			route("fw", "0.0.0.0/0", nil),
			route("tag", "Sql.WestEurope", object{"next_hop_type": "Internet", "next_hop_in_ip_address": ""}),
			{},
		}}), marks(object{"route": []object{{"next_hop_in_ip_address": true}, {}, {"name": true, "address_prefix": true, "next_hop_type": true}}})).
		with("azurerm_route_table.u", group("u"), unknown("route"), config(object{"name": constant("u")})).
		with("azurerm_route.r", having(route("r", "10.0.0.0/8", object{"next_hop_in_ip_address": "10.9.0.4"}), object{"route_table_name": "u", "resource_group_name": "rg"})).
		with("azurerm_route.open", object{"name": "open", "route_table_name": "u", "resource_group_name": "rg"}, unknown("address_prefix", "next_hop_type"))
	n := p.network(t)
	table, _ := n.RouteTable("azurerm_route_table.t")
	if len(table.Routes) != 2 || len(table.UnknownRoutes) != 1 {
		t.Fatalf("%d routes, %d unknown", len(table.Routes), len(table.UnknownRoutes))
	}
	fw := table.Routes[0]
	if u := fw.NextHopIPAddress.Unknown; u == nil || u.Name != `azurerm_route_table.t.route["fw"].next_hop_in_ip_address` {
		t.Errorf("next hop of fw: %+v", fw.NextHopIPAddress)
	}
	if table.Routes[1].Destination.Tag != "Sql.WestEurope" || table.Routes[1].NextHopIPAddress.IsSet() {
		t.Errorf("tag: %+v", table.Routes[1])
	}
	table, _ = n.RouteTable("azurerm_route_table.u")
	if len(table.Routes) != 2 || table.Routes[0].Destination.Unknown == nil || table.Routes[1].NextHopIPAddress.V.String() != "10.9.0.4" {
		t.Errorf("table u: %+v", table.Routes)
	}
}

// Two routes to the address of one firewall, or card, point to the same place
// although nobody knows it yet.
func TestUnknownNextHopsKeepTheirIdentity(t *testing.T) {
	const firewall = "azurerm_firewall.f.ip_configuration[0].private_ip_address"
	card := object{"name": "n", "ip_configuration": []object{{"name": "c"}}}
	dynamic := object{"ip_configuration": []object{{"private_ip_address": true}}, "private_ip_address": true}
	hop := func(name string) object {
		return object{"name": name, "resource_group_name": "rg", "route_table_name": "t", "address_prefix": "10." + name + ".0.0/16", "next_hop_type": "VirtualAppliance"}
	}
	to := func(texts ...string) []part {
		return []part{unknown("id", "next_hop_in_ip_address"), config(object{"next_hop_in_ip_address": refs(texts...)})}
	}
	p := newPlan().
		with("azurerm_route_table.t", group("t"), unknown("id", "route")).
		with("azurerm_firewall.f", object{"name": "f", "ip_configuration": []object{{"name": "c"}}}, marks(dynamic)).
		with("azurerm_firewall.g", object{"name": "g", "ip_configuration": []object{{"name": "c"}}}, marks(dynamic)).
		with("azurerm_network_interface.n", card, marks(dynamic)).
		with("azurerm_subnet.s", object{"name": "s"}, unknown("address_prefixes")).
		with("azurerm_route.a", hop("1"), to(firewall)...).
		with("azurerm_route.b", hop("2"), to("module.m.address")...).
		with("azurerm_route.c", hop("3"), to("azurerm_network_interface.n.private_ip_address")...).
		with("azurerm_route.d", hop("4"), to("azurerm_subnet.s.address_prefixes[0]")...).
		with("azurerm_route.e", hop("5"), to(firewall, "azurerm_firewall.g.ip_configuration[0].private_ip_address")...).
		with("azurerm_route.f", hop("6"), to("local.hop")...).
		call("module.m", object{"address": refs(firewall)}, nil).
		output("module.m", "address", refs("var.address"))
	inventory := p.with("module.m.azurerm_subnet.x", subnet("x", "10.0.0.0/24")).read(t)
	got := map[string]string{}
	for _, r := range inventory.Routes {
		got[r.Resource.Name] = r.Resource.NextHopIPAddress.Unknown.Name
	}
	want := map[string]string{
		"1": firewall, "2": firewall, "3": inventory.NetworkInterfaces[0].IPConfigurations[0].PrivateIPAddress.Unknown.Name,
		"4": "azurerm_route.d.next_hop_in_ip_address", "5": "azurerm_route.e.next_hop_in_ip_address", "6": "azurerm_route.f.next_hop_in_ip_address",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestNetworkInterfaces(t *testing.T) {
	p := two().
		with("azurerm_public_ip.p", having(group("p"), object{"sku": "Standard"}), unknown("id", "ip_address")).
		with("azurerm_application_security_group.asg", group("asg"), unknown("id")).
		with("azurerm_network_interface.n", having(group("n"), object{"ip_forwarding_enabled": true, "ip_configuration": []object{
			{"name": "one", "primary": true, "private_ip_address": "10.0.0.4"},
			{"name": "two"},
		}}), marks(object{"id": true, "ip_configuration": []object{
			{"subnet_id": true, "public_ip_address_id": true}, {"subnet_id": true, "private_ip_address": true},
		}}), config(object{"ip_configuration": []object{
			{"subnet_id": refs("azurerm_subnet.a.id"), "public_ip_address_id": refs("azurerm_public_ip.p.id")},
			{"subnet_id": refs("azurerm_subnet.b.id")},
		}})).
		with("azurerm_network_interface_security_group_association.n", object{}, unknown("network_interface_id", "network_security_group_id"),
			config(object{"network_interface_id": refs("azurerm_network_interface.n.id"), "network_security_group_id": refs(g + ".id")})).
		with("azurerm_network_interface_application_security_group_association.n", object{}, unknown("network_interface_id", "application_security_group_id"),
			config(object{"network_interface_id": refs("azurerm_network_interface.n.id"), "application_security_group_id": refs("azurerm_application_security_group.asg.id")}))
	n := p.network(t)
	nic := n.NetworkInterfaces[0]
	one, two := nic.IPConfigurations[0], nic.IPConfigurations[1]
	if !nic.EnableIPForwarding.V || show(nic.NetworkSecurityGroup) != g {
		t.Errorf("interface %+v", nic)
	}
	if show(one.Subnet) != "azurerm_subnet.a" || show(one.PublicIPAddress) != "azurerm_public_ip.p" || one.PrivateIPAddress.V.String() != "10.0.0.4" || !one.Primary.V {
		t.Errorf("first configuration %+v", one)
	}
	if show(two.Subnet) != "azurerm_subnet.b" || two.PublicIPAddress.IsSet() || two.PrivateIPAddress.Unknown == nil {
		t.Errorf("second configuration %+v", two)
	}
	if members := n.Members("azurerm_application_security_group.asg"); len(members) != 2 {
		t.Errorf("%d members of the group", len(members))
	}
	if pip := n.PublicIPAddresses[0]; pip.IPAddress.Unknown == nil || pip.SKU.V != "Standard" {
		t.Errorf("public address %+v", pip)
	}
}

func TestDynamicIPConfigurationsHaveOneListOfReferences(t *testing.T) {
	p := two().with("azurerm_network_interface.n", having(group("n"), object{"enable_ip_forwarding": true, "ip_configuration": []object{{"name": "one"}, {"name": "two"}}}),
		marks(object{"ip_configuration": []object{{"subnet_id": true}, {"subnet_id": true}}}),
		config(object{"ip_configuration": []object{{"subnet_id": refs("azurerm_subnet.a.id")}}}))
	nic := p.network(t).NetworkInterfaces[0]
	if !nic.EnableIPForwarding.V || show(nic.IPConfigurations[1].Subnet) != "azurerm_subnet.a" {
		t.Errorf("got %+v", nic.IPConfigurations[1])
	}
}

// an ISE states its subnets, its access and the addresses that destinations
// see.
func TestIntegrationServiceEnvironment(t *testing.T) {
	const ise = "azurerm_integration_service_environment.ise"
	values := having(group("ise"), object{
		"access_endpoint_type": "Internal", "sku_name": "Developer_0",
		"workflow_outbound_ip_addresses": []string{"198.51.100.1", "198.51.100.16/28"},
	})
	p := newPlan().with("azurerm_virtual_network.v", vnet("v"), unknown("id"))
	for i, prefix := range []string{"10.0.0.0/27", "10.0.0.32/27", "10.0.0.64/27", "10.0.0.96/27"} {
		p.with("azurerm_subnet.s["+string(rune('0'+i))+"]", subnet("s"+string(rune('0'+i)), prefix), unknown("id"))
	}
	p.with(ise, values, unknown("id", "virtual_network_subnet_ids"), config(object{"virtual_network_subnet_ids": refs("azurerm_subnet.s")}))
	services := p.network(t).ManagedServices
	if len(services) != 1 || services[0].Type != azure.TypeIntegrationServiceEnv {
		t.Fatalf("services %+v", services)
	}
	var ids []string
	for _, s := range services[0].Subnets {
		ids = append(ids, show(s))
	}
	if diff := cmp.Diff([]string{"azurerm_subnet.s[0]", "azurerm_subnet.s[1]", "azurerm_subnet.s[2]", "azurerm_subnet.s[3]"}, ids); diff != "" {
		t.Error(diff)
	}
	if v := services[0].Properties["networkConfiguration.accessEndpoint.type"]; v.V != "Internal" {
		t.Errorf("endpoint %+v", v)
	}
	if got := prefixesOf(services[0].Addresses["endpointsConfiguration.workflow.outgoingIpAddresses"]); got != "198.51.100.1/32 198.51.100.16/28" {
		t.Errorf("addresses %s", got)
	}
	// A list of four references tells as much.
	listed := newPlan().with("azurerm_virtual_network.v", vnet("v"), unknown("id"))
	for i, name := range []string{"a", "b", "c", "d"} {
		listed.with("azurerm_subnet."+name, subnet(name, fmt.Sprintf("10.0.0.%d/27", 32*i)), unknown("id"))
	}
	listed.with(ise, having(values, object{"virtual_network_subnet_ids": []any{nil, nil, nil, nil}}),
		marks(object{"virtual_network_subnet_ids": []bool{true, true, true, true}}),
		config(object{"virtual_network_subnet_ids": refs("azurerm_subnet.a.id", "azurerm_subnet.b.id", "azurerm_subnet.c.id", "azurerm_subnet.d.id")}))
	ids = nil
	for _, s := range listed.network(t).ManagedServices[0].Subnets {
		ids = append(ids, show(s))
	}
	if diff := cmp.Diff([]string{"azurerm_subnet.a", "azurerm_subnet.b", "azurerm_subnet.c", "azurerm_subnet.d"}, ids); diff != "" {
		t.Error(diff)
	}
	// Three candidates cannot be the four subnets.
	p = newPlan().with("azurerm_virtual_network.v", vnet("v"), unknown("id")).with("azurerm_subnet.s[0]", subnet("a", "10.0.0.0/27"), unknown("id")).
		with("azurerm_subnet.s[1]", subnet("b", "10.0.0.32/27"), unknown("id")).
		with(ise, values, unknown("virtual_network_subnet_ids"), config(object{"virtual_network_subnet_ids": refs("azurerm_subnet.s")}))
	if list := p.network(t).ManagedServices[0].Subnets; len(list) != 1 || list[0].Unknown == nil {
		t.Errorf("subnets %+v", list)
	}
}

func TestWhatIsNotFollowedIsListedWithItsEffect(t *testing.T) {
	p := newPlan()
	for _, typ := range []string{
		"azurerm_lb", "azurerm_lb_rule", "azurerm_lb_nat_pool", "azurerm_virtual_hub_route_table", "azurerm_api_management",
		"azurerm_api_management_api", "azurerm_network_watcher_flow_log", "azurerm_storage_account", "azurerm_lbx", "terraform_data",
		"azurerm_subnet_nat_gateway_association", "azurerm_network_manager_admin_rule", "azurerm_network_manager_ipam_pool",
	} {
		p.with(typ+".x", object{"name": "x"})
	}
	p.looked("data.azurerm_lb.y", object{"name": "y"})
	got := map[string]string{}
	for _, m := range p.read(t).NotModelled {
		got[m.Address] = m.Effect
		if m.At.Line == 0 {
			t.Errorf("%s has no place", m.Address)
		}
	}
	want := map[string]string{
		"azurerm_lb_nat_pool.x":             "the inbound NAT of a scale set is not followed",
		"azurerm_virtual_hub_route_table.x": "routes of a virtual hub are not followed",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestPlansThatDoNotHoldTheNetwork(t *testing.T) {
	whole := func() *plan { return newPlan().with("azurerm_virtual_network.v", vnet("v")) }
	extra := func(name string, v any) *plan {
		p := whole()
		p.extra[name] = v
		return p
	}
	for name, row := range map[string]struct {
		p    *plan
		code string
	}{
		"errored":          {extra("errored", true), "terraform-plan-errored"},
		"deferred changes": {extra("deferred_changes", []object{{}}), "terraform-plan-deferred"},
		"newer format":     {extra("format_version", "2.0"), "terraform-format"},
		"destroy":          {newPlan().deleted("azurerm_virtual_network.v", vnet("v")), "terraform-plan-destroy"},
		"bad address":      {extra("planned_values", object{"root_module": object{"resources": []object{{"address": "x"}}}}), "terraform-address"},
		"no values":        {extra("planned_values", nil), "terraform-plan-incomplete"},
	} {
		inventory := Read(parse(t, row.p.json()), Options{})
		if list := inventory.Diagnostics; len(list) != 1 || list[0].Code != row.code || list.Err() == nil || list[0].At.IsZero() {
			t.Errorf("%s: %v", name, list)
		}
		if len(inventory.VirtualNetworks) != 0 {
			t.Errorf("%s: a part of the network was read", name)
		}
	}
	partial := extra("complete", false)
	if list := partial.read(t).Diagnostics; len(list) != 1 || list[0].Code != "terraform-plan-partial" {
		t.Errorf("partial: %v", list)
	}
}

func TestRefreshOnlyPlanIsReadAsTheStateItRefreshes(t *testing.T) {
	p := newPlan()
	p.looked("azurerm_virtual_network.v", having(vnet("v"), object{"id": sub + "virtualNetworks/v"}))
	inventory := p.read(t)
	if len(inventory.Diagnostics) != 1 || inventory.Diagnostics[0].Code != "terraform-plan-refresh-only" || inventory.Rank != azure.RankState || len(inventory.VirtualNetworks) != 1 {
		t.Errorf("%v, rank %v, %d networks", inventory.Diagnostics, inventory.Rank, len(inventory.VirtualNetworks))
	}
}

// The network before the apply is what prior_state has: neither the changes nor
// the new configuration count.
func TestNetworkBeforeTheApply(t *testing.T) {
	old := having(rule("r", "g", 100), object{"id": sub + "networkSecurityGroups/g/securityRules/r"})
	p := newPlan().
		with(g, having(group("g"), object{"id": sub + "networkSecurityGroups/g", "security_rule": []object{inline("by-hand", 300)}}), doing(nil, "no-op")).
		with("azurerm_network_security_rule.r", having(old, object{"access": "Deny"}), doing(old, "update")).
		with("azurerm_network_security_rule.new", rule("new", "g", 110), unknown("id")).
		deleted("azurerm_network_security_rule.gone", rule("gone", "g", 120)).
		looked(g, having(group("g"), object{"id": sub + "networkSecurityGroups/g", "security_rule": []object{inline("by-hand", 300), inline("r", 100)}})).
		looked("azurerm_network_security_rule.r", old).
		looked("azurerm_network_security_rule.gone", having(rule("gone", "g", 120), object{"id": sub + "networkSecurityGroups/g/securityRules/gone"}))
	wantRules(t, p.network(t), sub+"networkSecurityGroups/g", "r 100 Deny", "new 110 Allow", "by-hand 300 Allow")

	inventory := Read(parse(t, p.json()), Options{Before: true})
	n, problems := azure.Build(inventory)
	if len(problems) > 0 || inventory.Rank != azure.RankState {
		t.Errorf("rank %v, %v", inventory.Rank, problems)
	}
	wantRules(t, n, sub+"networkSecurityGroups/g", "r 100 Allow", "gone 120 Allow", "by-hand 300 Allow")
}

func TestPlansWithoutANetworkBefore(t *testing.T) {
	for name, row := range map[string]struct {
		p     *plan
		code  string
		fails bool
	}{
		"a first plan":               {two(), "terraform-plan-first", false},
		"a change without its state": {newPlan().with("azurerm_virtual_network.v", vnet("v"), doing(vnet("v"), "update")), "terraform-plan-no-state", true},
	} {
		inventory := Read(parse(t, row.p.json()), Options{Before: true})
		if list := inventory.Diagnostics; len(list) != 1 || list[0].Code != row.code || list.HasErrors() != row.fails || list[0].At.IsZero() {
			t.Errorf("%s: %v", name, list)
		}
		if len(inventory.VirtualNetworks) != 0 {
			t.Errorf("%s: networks were read", name)
		}
	}
	// A plan that destroys everything has one, though none after it.
	p := newPlan().deleted("azurerm_virtual_network.v", vnet("v")).looked("azurerm_virtual_network.v", vnet("v"))
	if got := len(Read(parse(t, p.json()), Options{Before: true}).VirtualNetworks); got != 1 {
		t.Errorf("%d networks before everything is destroyed", got)
	}
	errored := two()
	errored.extra["errored"] = true
	if err := Read(parse(t, errored.json()), Options{Before: true}).Diagnostics.Err(); err == nil {
		t.Error("a plan that ended with an error was read")
	}
}

const stateText = `{"format_version":"1.0","terraform_version":"1.11.4","values":{"root_module":{"resources":[
 {"address":"azurerm_network_security_group.g","mode":"managed","type":"azurerm_network_security_group","name":"g","values":
  {"id":"ID/networkSecurityGroups/g","name":"g","resource_group_name":"rg","security_rule":[RULE]}},
 {"address":"azurerm_network_security_rule.r[0]","mode":"managed","type":"azurerm_network_security_rule","name":"r","index":0,"values":
  {"id":"ID/networkSecurityGroups/g/securityRules/r","name":"r","network_security_group_name":"g","resource_group_name":"rg","priority":200,"direction":"Inbound","access":"Deny","protocol":"*",
   "source_address_prefix":"*","source_port_range":"*","destination_address_prefix":"*","destination_port_range":"*"}},
 {"address":"azurerm_network_security_group.g","deposed_key":"1","mode":"managed","type":"azurerm_network_security_group","name":"g","values":
  {"id":"ID/networkSecurityGroups/h","name":"h","resource_group_name":"rg"}}
]}}}`

const oldRule = `{"name":"old","priority":100,"direction":"Inbound","access":"Allow","protocol":"*","source_address_prefix":"*","source_port_range":"*","destination_address_prefix":"*","destination_port_range":"*"}`

func shownState() string {
	return strings.NewReplacer("ID", strings.TrimSuffix(sub, "/"), "RULE", oldRule).Replace(stateText)
}

func TestStateIsReadWithItsCopiesInDoubt(t *testing.T) {
	inventory := readText(t, shownState())
	if inventory.Rank != azure.RankState || len(inventory.Diagnostics) != 1 || inventory.Diagnostics[0].Code != "state-may-be-old" {
		t.Errorf("rank %v, %v", inventory.Rank, inventory.Diagnostics)
	}
	n, _ := azure.Build(inventory)
	if len(n.NetworkSecurityGroups) != 1 {
		t.Errorf("%d groups; the deposed one does not count", len(n.NetworkSecurityGroups))
	}
	// Whether "old" still exists is not known: what it matches is undecided.
	wantRules(t, n, sub+"networkSecurityGroups/g", "old 100 ?", "r 200 Deny")
}

// What a subnet or a network says of itself in a state may be older than the
// resources beside it, straight after an apply; a plan is refreshed.
func TestWhatASubnetStatesBesideAssociationsIsInDoubt(t *testing.T) {
	id := func(name string) string { return sub + "virtualNetworks/v/subnets/" + name }
	own := func(name, prefix string) object {
		return having(subnet(name, prefix), object{"id": id(name), "network_security_group_id": sub + "networkSecurityGroups/g"})
	}
	resources := func(withAssociation bool) *plan {
		p := newPlan().
			looked("azurerm_virtual_network.v", having(vnet("v"), object{"id": sub + "virtualNetworks/v", "subnet": []object{
				{"name": "a", "address_prefixes": []string{"10.0.0.0/24"}}, {"name": "gone", "address_prefixes": []string{"10.0.1.0/25"}}, {"name": "by-hand", "address_prefixes": []string{"10.0.2.0/24"}},
			}})).
			looked("azurerm_subnet.a", own("a", "10.0.0.0/24")).
			looked("azurerm_subnet.b", own("b", "10.0.1.0/24"))
		if withAssociation {
			p.looked(nsgAssociation+".x", object{"subnet_id": id("a"), "network_security_group_id": sub + "networkSecurityGroups/g"})
		}
		return p
	}
	const known, why = "/subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg/providers/microsoft.network/networksecuritygroups/g",
		"? only the subnet itself states it, which may be older than the associations beside it"
	read := func(p *plan) map[string]string {
		text, _ := json.Marshal(object{"format_version": "1.0", "terraform_version": "1.11.4", "values": object{"root_module": p.prior}})
		n, _ := azure.Build(readText(t, string(text)))
		return groupsOf(n)
	}
	if diff := cmp.Diff(map[string]string{"a": known, "b": why, "by-hand": ""}, read(resources(true))); diff != "" {
		t.Errorf("a state: %s", diff)
	}
	if diff := cmp.Diff(map[string]string{"a": known, "b": known, "by-hand": ""}, read(resources(false))); diff != "" {
		t.Errorf("a state without associations: %s", diff)
	}
	n, _ := azure.Build(resources(true).read(t))
	if diff := cmp.Diff(map[string]string{"a": known, "b": known, "by-hand": "", "gone": ""}, groupsOf(n)); diff != "" {
		t.Errorf("a refreshed state: %s", diff)
	}
}

func TestRawState(t *testing.T) {
	text := `{"version":4,"terraform_version":"1.11.4","serial":1,"lineage":"x","resources":[
 {"module":"module.m[\"k\"]","mode":"managed","type":"azurerm_virtual_network","name":"v","instances":[
  {"attributes":{"id":"` + sub + `virtualNetworks/v","name":"v","resource_group_name":"rg","address_space":["10.0.0.0/16"]}},
  {"deposed":"1","attributes":{"id":"` + sub + `virtualNetworks/w","name":"w"}}]},
 {"mode":"managed","type":"azurerm_subnet","name":"s","instances":[
  {"index_key":"a","attributes":{"id":"` + sub + `virtualNetworks/v/subnets/a","name":"a","resource_group_name":"rg","virtual_network_name":"v","address_prefixes":["10.0.0.0/24"]}},
  {"index_key":1,"attributes":{"id":"` + sub + `virtualNetworks/v/subnets/b","name":"b","resource_group_name":"rg","virtual_network_name":"v","address_prefixes":["10.0.1.0/24"]}}]}]}`
	inventory := readText(t, text)
	n, _ := azure.Build(inventory)
	if inventory.Rank != azure.RankState || len(n.VirtualNetworks) != 1 || n.VirtualNetworks[0].Address != `module.m["k"].azurerm_virtual_network.v` {
		t.Fatalf("networks %+v", n.VirtualNetworks)
	}
	var addresses []string
	for _, s := range n.Subnets() {
		addresses = append(addresses, s.Address)
	}
	if diff := cmp.Diff([]string{`azurerm_subnet.s["a"]`, "azurerm_subnet.s[1]"}, addresses); diff != "" {
		t.Error(diff)
	}
	for _, old := range []string{
		`{"version":3,"terraform_version":"0.11.1","modules":[]}`,
		`{"version":4,"terraform_version":"0.12.0","resources":[{"mode":"managed","type":"a","name":"b","instances":[{"attributes_flat":{}}]}]}`,
	} {
		list := Read(parse(t, old), Options{}).Diagnostics
		if len(list) != 1 || list[0].Code != "terraform-format" || !strings.Contains(list[0].Hint, "terraform show -json") {
			t.Errorf("%s: %v", old, list)
		}
	}
}

func TestOtherDocumentsAreNotRecognised(t *testing.T) {
	for _, text := range []string{`{}`, `[]`, `{"value":[]}`, `{"format_version":"1.0"}`, `{"$schema":"x","resources":[]}`, `{"version":4}`, `{"format_version":1,"values":{}}`} {
		doc := mustParse(t, text)
		if Recognise(doc) {
			t.Errorf("%s is taken for Terraform", text)
		}
		if Read(doc, Options{}).Diagnostics.Err() == nil {
			t.Errorf("%s is read without an error", text)
		}
	}
}
