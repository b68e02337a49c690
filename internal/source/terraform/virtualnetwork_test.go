package terraform

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/wayleave/wayleave/internal/azure"
)

// prefixesOf shows prefixes, "?" for those that are not known.
func prefixesOf(values []azure.Value[netip.Prefix]) string {
	var list []string
	for _, v := range values {
		if p, ok := v.Known(); ok {
			list = append(list, p.String())
		} else {
			list = append(list, "?")
		}
	}
	return strings.Join(list, " ")
}

func TestPrefixesOfNetworksAndSubnets(t *testing.T) {
	pool := object{"number_of_ip_addresses": "32"}
	for _, row := range []struct {
		name   string
		subnet object
		part   part
		want   string
	}{
		{"a list", object{"address_prefixes": []string{"10.0.1.0/24", "fd00::/64"}}, part{}, "10.0.1.0/24 fd00::/64"},
		{"one, in old providers", object{"address_prefix": "10.0.1.0/24", "address_prefixes": nil}, part{}, "10.0.1.0/24"},
		{"both, in old providers", object{"address_prefix": "10.0.1.0/24", "address_prefixes": []string{"10.0.1.0/24"}}, part{}, "10.0.1.0/24"},
		{"unknown", nil, unknown("address_prefixes"), "?"},
		{"partly unknown", object{"address_prefixes": []any{"10.0.1.0/24", nil}}, marks(object{"address_prefixes": []bool{false, true}}), "10.0.1.0/24 ?"},
		{"from a pool, not marked as unknown", object{"address_prefixes": nil, "ip_address_pool": []object{pool}},
			marks(object{"ip_address_pool": []object{{"allocated_ip_address_prefixes": true}}}), "?"},
		{"from a pool, allocated", object{"address_prefixes": nil, "ip_address_pool": []object{having(pool, object{"allocated_ip_address_prefixes": []string{"10.0.1.0/27"}})}},
			part{}, "10.0.1.0/27"},
		{"from a pool, hidden", object{"address_prefixes": nil, "ip_address_pool": []object{pool}}, part{}, "?"},
	} {
		values := having(without(subnet("s", ""), "address_prefixes"), row.subnet)
		n := newPlan().with("azurerm_virtual_network.v", vnet("v")).with("azurerm_subnet.s", values, row.part).network(t)
		if got := prefixesOf(n.Subnets()[0].Prefixes); got != row.want {
			t.Errorf("%s: got %s, want %s", row.name, got, row.want)
		}
	}
	n := newPlan().with("azurerm_virtual_network.v", without(vnet("v"), "address_space"), unknown("address_space", "dns_servers"), config(object{"name": constant("v")})).network(t)
	if got := prefixesOf(n.VirtualNetworks[0].AddressSpace); got != "?" || len(n.VirtualNetworks[0].DNSServers) != 0 {
		t.Errorf("space %s, name servers %v", got, n.VirtualNetworks[0].DNSServers)
	}
}

// The region of a network is that of its service endpoints (RT-9).
func TestRegionsOfNetworks(t *testing.T) {
	body := object{"properties": object{"addressSpace": object{"addressPrefixes": []string{"10.0.0.0/16"}}}}
	for _, row := range []struct {
		what string
		plan *plan
		want string
	}{
		{"stated", newPlan().with("azurerm_virtual_network.v", having(vnet("v"), object{"location": "West Europe"})), "westeurope"},
		{"not stated", newPlan().with("azurerm_virtual_network.v", vnet("v")), "not set"},
		{"known after apply", newPlan().with("azurerm_virtual_network.v", vnet("v"), unknown("location")), "?"},
		{"of azapi", newPlan().with("azapi_resource.v", having(azapi("Microsoft.Network/virtualNetworks", "v", body), object{"location": "eastus"})), "eastus"},
		{"in its body", newPlan().with("azapi_resource.v", azapi("Microsoft.Network/virtualNetworks", "v", having(body, object{"location": "East US"}))), "eastus"},
	} {
		v := row.plan.network(t).VirtualNetworks[0].Location
		got, known := v.Known()
		switch {
		case !v.IsSet():
			got = "not set"
		case !known:
			got = "?"
		}
		if got != row.want {
			t.Errorf("%s: got %s, want %s", row.what, got, row.want)
		}
	}
}

func TestSettingsOfSubnetsUnderAllTheirNames(t *testing.T) {
	for _, row := range []struct {
		name                       string
		values                     object
		policies                   string
		private                    bool
		endpoints, delegations     string
		unknownPolicies, unknownEP bool
	}{
		{name: "version 5", values: object{
			"private_endpoint_network_policies": "NetworkSecurityGroupEnabled", "default_outbound_access_enabled": false,
			"service_endpoint": []object{{"service": "Microsoft.Storage"}, {"service": "Microsoft.Sql"}},
			"delegation":       []object{{"name": "d", "service_delegation": []object{{"name": "Microsoft.Web/hostingEnvironments"}}}},
		}, policies: "NetworkSecurityGroupEnabled", private: true, endpoints: "Microsoft.Storage Microsoft.Sql", delegations: "Microsoft.Web/hostingEnvironments"},
		{name: "version 3", values: object{"private_endpoint_network_policies_enabled": true, "service_endpoints": []string{"Microsoft.Storage"}}, policies: "Enabled", endpoints: "Microsoft.Storage"},
		{name: "version 3, off", values: object{"private_endpoint_network_policies_enabled": false}, policies: "Disabled"},
		{name: "version 2", values: object{"enforce_private_link_endpoint_network_policies": true}, policies: "Disabled"},
		{name: "version 2, off", values: object{"enforce_private_link_endpoint_network_policies": false}, policies: "Enabled"},
	} {
		n := newPlan().with("azurerm_virtual_network.v", vnet("v")).with("azurerm_subnet.s", having(subnet("s", "10.0.0.0/24"), row.values)).network(t)
		s := n.Subnets()[0]
		var endpoints, delegations []string
		for _, e := range s.ServiceEndpoints {
			endpoints = append(endpoints, e.Service.V)
		}
		for _, d := range s.Delegations {
			delegations = append(delegations, d.V)
		}
		out, known := s.DefaultOutboundAccess.Known()
		if s.PrivateEndpointNetworkPolicies.V != row.policies || !known || out == row.private ||
			strings.Join(endpoints, " ") != row.endpoints || strings.Join(delegations, " ") != row.delegations {
			t.Errorf("%s: %v %v %v %v", row.name, s.PrivateEndpointNetworkPolicies.V, out, endpoints, delegations)
		}
	}
}

func TestInlineSubnets(t *testing.T) {
	network := func(configured object) *plan {
		return newPlan().
			with(g, group("g"), unknown("id")).
			with("azurerm_route_table.t", group("t"), unknown("id", "route"), config(object{"name": constant("t")})).
			with("azurerm_virtual_network.v", having(vnet("v"), object{"subnet": []object{
				{"name": "a", "address_prefixes": []string{"10.0.0.0/24"}},
				{"name": "b", "address_prefixes": []string{"10.0.1.0/24"}, "security_group": "", "route_table_id": ""},
			}}), marks(object{"id": true, "subnet": []object{{"id": true, "security_group": true, "route_table_id": true}, {"id": true}}}), config(configured))
	}
	n := network(object{"subnet": refs(g+".id", "azurerm_route_table.t.id")}).network(t)
	if diff := cmp.Diff(map[string]string{"a": g, "b": ""}, groupsOf(n)); diff != "" {
		t.Error(diff)
	}
	if got := show(n.Subnets()[0].RouteTable); got != "azurerm_route_table.t" {
		t.Errorf("the table of a is %s", got)
	}
	// References to an inline subnet, when there is no doubt which.
	p := network(object{"subnet": refs(g + ".id")})
	attach(p, nsgAssociation+".x", refs("azurerm_virtual_network.v.subnet"), refs(g+".id"))
	wantGroups(t, p, map[string]string{
		"a": g,
		"b": `? known only after apply; it is one of azurerm_virtual_network.v.subnet["a"], azurerm_virtual_network.v.subnet["b"]`,
	})
}

func TestCopiesOfSubnetsInARefreshedNetwork(t *testing.T) {
	old := func(name, prefix string) object {
		return object{"name": name, "address_prefixes": []string{prefix}, "security_group": sub + "networkSecurityGroups/old", "id": sub + "virtualNetworks/v/subnets/" + name}
	}
	p := newPlan().
		with("azurerm_virtual_network.v", having(vnet("v"), object{"id": sub + "virtualNetworks/v", "subnet": []object{
			old("kept", "10.0.0.0/24"), old("changed", "10.0.1.0/24"), old("gone", "10.0.2.0/24"),
		}}), doing(nil, "no-op")).
		with("azurerm_subnet.changed", having(subnet("changed", "10.0.9.0/24"), object{"id": sub + "virtualNetworks/v/subnets/changed"}), doing(nil, "update")).
		deleted("azurerm_subnet.gone", having(subnet("gone", "10.0.2.0/24"), object{"id": sub + "virtualNetworks/v/subnets/gone"}))
	n := p.network(t)
	got := map[string]string{}
	for _, s := range n.Subnets() {
		got[s.Name] = prefixesOf(s.Prefixes)
	}
	if diff := cmp.Diff(map[string]string{"kept": "10.0.0.0/24", "changed": "10.0.9.0/24"}, got); diff != "" {
		t.Error(diff)
	}
	wantGroups(t, p, map[string]string{"kept": strings.ToLower(sub) + "networksecuritygroups/old", "changed": ""})
}

func TestPeeringFields(t *testing.T) {
	n := newPlan().
		with("azurerm_virtual_network.v", vnet("v"), unknown("id")).
		with("azurerm_virtual_network.w", having(vnet("w"), object{"address_space": []string{"10.1.0.0/16"}}), unknown("id")).
		with("azurerm_virtual_network_peering.p", object{
			"name": "p", "resource_group_name": "rg", "virtual_network_name": "v", "allow_virtual_network_access": false, "allow_forwarded_traffic": true,
			"allow_gateway_transit": true, "use_remote_gateways": true, "peer_complete_virtual_networks_enabled": false,
			"local_subnet_names": []string{"a"}, "remote_subnet_names": []string{"b", "c"}, "only_ipv6_peering_enabled": nil,
		}, unknown("remote_virtual_network_id"), config(object{"remote_virtual_network_id": refs("azurerm_virtual_network.w.id")})).network(t)
	v, _ := n.VirtualNetwork("azurerm_virtual_network.v")
	p := v.Peerings[0]
	if p.AllowVirtualNetworkAccess.Or(true) || !p.AllowForwardedTraffic.V || !p.AllowGatewayTransit.V || !p.UseRemoteGateways.V ||
		p.PeerCompleteVnets.Or(true) || len(p.LocalSubnetNames) != 1 || len(p.RemoteSubnetNames) != 2 || p.OnlyIPv6.IsSet() || p.State.IsSet() ||
		show(p.Remote) != "azurerm_virtual_network.w" {
		t.Errorf("got %+v", p)
	}
}

func TestDataSources(t *testing.T) {
	network := object{
		"id": sub + "virtualNetworks/v", "name": "v", "resource_group_name": "rg", "address_space": []string{"10.0.0.0/16"},
		"subnets": []string{"described", "named", "managed"}, "vnet_peerings": object{"hub": sub + "virtualNetworks/hub"},
	}
	described := having(subnet("described", "10.0.0.0/24"), object{
		"id": sub + "virtualNetworks/v/subnets/described", "network_security_group_id": sub + "networkSecurityGroups/g", "route_table_id": "",
	})
	p := newPlan().
		looked("data.azurerm_virtual_network.v", network).
		looked("data.azurerm_virtual_network.again", network).
		looked("data.azurerm_subnet.s[0]", described).
		looked("data.azurerm_network_security_group.g", having(group("g"), object{"id": sub + "networkSecurityGroups/g", "security_rule": []object{inline("old", 100)}})).
		with("azurerm_subnet.managed", having(subnet("managed", "10.0.1.0/24"), object{"id": sub + "virtualNetworks/v/subnets/managed"}), doing(nil, "no-op")).
		with("azurerm_network_security_rule.new", rule("new", "g", 200), unknown("id"))
	n := p.network(t)
	if len(n.VirtualNetworks) != 1 {
		t.Fatalf("%d networks; both data sources look up the same", len(n.VirtualNetworks))
	}
	wantRules(t, n, sub+"networkSecurityGroups/g", "old 100 Allow", "new 200 Allow")
	open := "? the data source names the subnet and does not describe it"
	wantGroups(t, p, map[string]string{"described": strings.ToLower(sub) + "networksecuritygroups/g", "named": open, "managed": ""})
	v, _ := n.VirtualNetwork(azure.MakeID(sub + "virtualNetworks/v"))
	if len(v.Peerings) != 1 || v.Peerings[0].AllowForwardedTraffic.Unknown == nil || show(v.Peerings[0].Remote) != strings.ToLower(sub)+"virtualnetworks/hub" {
		t.Errorf("peerings %+v", v.Peerings)
	}
	// An association in the plan counts over what the data source has read.
	p.with("azurerm_subnet_network_security_group_association.x", object{"subnet_id": described["id"]}, unknown("network_security_group_id"),
		config(object{"network_security_group_id": refs(h + ".id")})).with(h, group("h"), unknown("id"))
	wantGroups(t, p, map[string]string{"described": h, "named": open, "managed": ""})
}

func TestDataSourceOfAManagedResource(t *testing.T) {
	p := two().
		with("data.azurerm_subnet.a", without(subnet("a", ""), "address_prefixes"), unknown("id", "address_prefixes", "network_security_group_id"), doing(nil, "read"))
	attach(p, nsgAssociation+".x", refs("data.azurerm_subnet.a.id"), refs(g+".id"))
	wantGroups(t, p, map[string]string{"a": g, "b": ""})
	if got := prefixesOf(p.network(t).Subnets()[0].Prefixes); got != "10.0.0.0/24" {
		t.Errorf("the managed subnet is known, got %s", got)
	}
}

func TestReplacedResourceKeepsItsIdentity(t *testing.T) {
	before := having(subnet("a", "10.0.0.0/25"), object{"id": sub + "virtualNetworks/v/subnets/a"})
	n := newPlan().
		with("azurerm_virtual_network.v", having(vnet("v"), object{"id": sub + "virtualNetworks/v"}), doing(nil, "no-op")).
		with("azurerm_subnet.a", subnet("a", "10.0.0.0/24"), unknown("id"), doing(before, "delete", "create")).
		with("azurerm_subnet.b", subnet("new-name", "10.0.1.0/24"), unknown("id"), doing(having(before, object{"name": "old-name"}), "delete", "create")).network(t)
	var ids []string
	for _, s := range n.Subnets() {
		ids = append(ids, string(s.ID))
	}
	if diff := cmp.Diff([]string{strings.ToLower(sub) + "virtualnetworks/v/subnets/a", "azurerm_subnet.b"}, ids); diff != "" {
		t.Error(diff)
	}
}

func TestIdentityFollowsFromTheSubscriptionOfTheProvider(t *testing.T) {
	for name, row := range map[string]struct {
		expression object
		key, want  string
	}{
		"constant":          {constant("00000000-0000-0000-0000-000000000001"), "azurerm", strings.ToLower(sub) + "virtualnetworks/v"},
		"not a GUID":        {constant("x"), "azurerm", "azurerm_virtual_network.v"},
		"a local value":     {refs("local.x"), "azurerm", "azurerm_virtual_network.v"},
		"another provider":  {constant("00000000-0000-0000-0000-000000000001"), "azurerm.alias", "azurerm_virtual_network.v"},
		"in another module": {constant("00000000-0000-0000-0000-000000000001"), "module.m:azurerm", "azurerm_virtual_network.v"},
	} {
		p := newPlan().with("azurerm_virtual_network.v", vnet("v"), unknown("id"))
		p.provider[row.key] = object{"expressions": object{"subscription_id": row.expression}}
		if got := string(p.network(t).VirtualNetworks[0].ID); got != row.want {
			t.Errorf("%s: got %s, want %s", name, got, row.want)
		}
	}
}
