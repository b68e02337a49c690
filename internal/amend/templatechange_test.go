package amend_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/repair"
)

const networkTemplate = `{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "parameters": {"location": {"type": "string", "defaultValue": "westeurope"}},
  "resources": [
    { // the network
      "type": "Microsoft.Network/virtualNetworks", "apiVersion": "2024-05-01", "name": "v", "location": "[parameters('location')]",
      "properties": {
        "addressSpace": {"addressPrefixes": ["10.1.0.0/16"]},
        "subnets": [
          {"name": "app", "properties": {"addressPrefix": "10.1.1.0/24"}}, // machines
          {"name": "gate", "properties": {
            "addressPrefix": "10.1.2.0/24",
            "routeTable": {"id": "[resourceId('Microsoft.Network/routeTables', 'rt')]"}, // by mistake
            "natGateway": {"id": "[resourceId('Microsoft.Network/natGateways', 'nat')]"}
          }},
          {"name": "AzureFirewallSubnet", "properties": {"addressPrefix": "10.1.9.0/26"}}
        ],
        "virtualNetworkPeerings": [
          {"name": "w", "properties": {"remoteVirtualNetwork": {"id": "[resourceId('Microsoft.Network/virtualNetworks', 'w')]"}, "allowForwardedTraffic": false /* for now */}}
        ]
      },
      "dependsOn": ["[resourceId('Microsoft.Network/routeTables', 'rt')]", "[resourceId('Microsoft.Network/natGateways', 'nat')]"]
    },
    {"type": "Microsoft.Network/virtualNetworks", "apiVersion": "2024-05-01", "name": "w", "properties": {"addressSpace": {"addressPrefixes": ["10.2.0.0/16"]}, "subnets": []}},
    {
      "type": "Microsoft.Network/virtualNetworks/subnets", "apiVersion": "2024-05-01", "name": "w/own", // of its own
      "properties": {
        "addressPrefix": "10.2.1.0/24"
      },
      "dependsOn": ["[resourceId('Microsoft.Network/virtualNetworks', 'w')]"]
    },
    {"type": "Microsoft.Network/virtualNetworks/virtualNetworkPeerings", "apiVersion": "2024-05-01", "name": "w/v", "properties": {"remoteVirtualNetwork": {"id": "[resourceId('Microsoft.Network/virtualNetworks', 'v')]"}}},
    {"type": "Microsoft.Network/natGateways", "apiVersion": "2024-05-01", "name": "nat", "sku": {"name": "Standard"}, "properties": {}},
    {"type": "Microsoft.Network/networkInterfaces", "apiVersion": "2024-05-01", "name": "nva", "properties": {
      "ipConfigurations": [{"name": "c", "properties": {"privateIPAddress": "10.1.1.4", "subnet": {"id": "[resourceId('Microsoft.Network/virtualNetworks/subnets', 'v', 'app')]"}}}]
    }},
    {"type": "Microsoft.Network/azureFirewalls", "apiVersion": "2024-05-01", "name": "fw", "properties": {
      "ipConfigurations": [
        {"name": "one", "properties": {"subnet": {"id": "[resourceId('Microsoft.Network/virtualNetworks/subnets', 'v', 'AzureFirewallSubnet')]"}, "privateIPAddress": "10.1.9.4", "publicIPAddress": {"id": "[resourceId('Microsoft.Network/publicIPAddresses', 'a')]"}}},
        {"name": "two", "properties": {"publicIPAddress": {"id": "[resourceId('Microsoft.Network/publicIPAddresses', 'b')]"}}} // the other one
      ],
      "networkRuleCollections": [], "natRuleCollections": [], "applicationRuleCollections": []
    }},
    {"type": "Microsoft.Network/publicIPAddresses", "apiVersion": "2024-05-01", "name": "a", "sku": {"name": "Standard"}, "properties": {"publicIPAllocationMethod": "Static"}},
    {"type": "Microsoft.Network/publicIPAddresses", "apiVersion": "2024-05-01", "name": "b", "sku": {"name": "Standard"}, "properties": {"publicIPAllocationMethod": "Static"}},
    {"type": "Microsoft.Network/firewallPolicies", "apiVersion": "2024-05-01", "name": "p", "properties": {"snat": {"privateRanges": ["10.0.0.0/8", "0.0.0.0/0"]}}},
    {
      "type": "Microsoft.Network/routeTables", "apiVersion": "2024-05-01", "name": "rt",
      "properties": {"routes": [
        // first
        {"name": "a", "properties": {"addressPrefix": "192.0.2.0/26", "nextHopType": "None"}}, // a
        {"name": "b", "properties": {"addressPrefix": "192.0.2.64/26", "nextHopType": "None"}}, {"name": "c", "properties": {"addressPrefix": "192.0.2.128/26", "nextHopType": "None"}},
        {
          "name": "d",
          "properties": {"addressPrefix": "192.0.2.192/26", "nextHopType": "None"}
        }
        // last
      ]}
    }
  ]
}
`

// settings are what the network holds of what changes, in words.
func settings(n *azure.Network) []string {
	var list []string
	say := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	for _, v := range n.VirtualNetworks {
		for _, s := range v.Subnets {
			say("subnet %s/%s group %s table %s gateway %s delegations %v", v.Name, s.Name, s.NetworkSecurityGroup.ID.Name(), s.RouteTable.ID.Name(), s.NATGateway.ID.Name(), len(s.Delegations))
		}
		for _, p := range v.Peerings {
			say("peering %s/%s %v", v.Name, p.Name, p.AllowForwardedTraffic.Or(false))
		}
	}
	for _, nic := range n.NetworkInterfaces {
		say("interface %s forwards %v", nic.Name, nic.EnableIPForwarding.Or(false))
	}
	terms := func(all []azure.FirewallTerm) (texts []string) {
		for _, t := range all {
			texts = append(texts, t.Text)
		}
		return texts
	}
	for _, f := range n.AzureFirewalls {
		say("firewall %s ranges %v", f.Name, terms(f.PrivateRanges))
		for _, c := range f.IPConfigurations {
			say("firewall %s address %s", f.Name, c.Name)
		}
	}
	for _, p := range n.FirewallPolicies {
		say("policy %s ranges %v", p.Name, terms(p.PrivateRanges))
	}
	for _, g := range n.NetworkSecurityGroups {
		say("group %s", g.Name)
		for _, r := range g.Rules {
			say("group %s rule %s %s %d", g.Name, r.Name, r.Direction.V, r.Priority.V)
		}
	}
	for _, x := range n.RouteTables {
		say("table %s", x.Name)
		for _, r := range x.Routes {
			say("table %s route %s %s %s", x.Name, r.Name, r.Destination.Text, r.NextHopType.V)
		}
	}
	slices.Sort(list)
	return list
}

// What changes of existing resources, what goes and what is new is written into a
// template where it stands, and says, read again, what was planned; comments stay.
func TestChangesAreWrittenIntoTemplates(t *testing.T) {
	n := load(t, networkTemplate)
	v, w := n.VirtualNetworks[0], n.VirtualNetworks[1]
	if v.Name != "v" {
		v, w = w, v
	}
	subnet := func(of *azure.VirtualNetwork, name string) *azure.Subnet {
		return of.Subnets[slices.IndexFunc(of.Subnets, func(s *azure.Subnet) bool { return s.Name == name })]
	}
	fw, table := n.AzureFirewalls[0], n.RouteTables[0]
	gone := func(name string) repair.Edit {
		i := slices.IndexFunc(table.Routes, func(r *azure.Route) bool { return r.Name == name })
		return repair.Edit{Action: repair.Remove, Change: &repair.RouteRemoval{Table: table, Was: table.Routes[i]}}
	}
	added := repair.Edit{Action: repair.Add, Table: table, Route: &repair.Route{Name: "new", AddressPrefix: "203.0.113.0/24", NextHopType: azure.InternetNextHop}}
	modify := func(c repair.Change) []repair.Edit { return []repair.Edit{{Action: repair.Modify, Change: c}} }
	fresh := func(name, typ string) azure.Resource {
		return azure.Resource{ID: v.ID.Parent() + azure.ID("/"+strings.ToLower(name)), Name: name, Type: typ, At: v.At, Rank: v.Rank, Address: name}
	}
	group := &azure.NetworkSecurityGroup{Resource: fresh("nsg-app", azure.TypeNetworkSecurityGroup), Rules: []*azure.SecurityRule{}}
	rt := &azure.RouteTable{Resource: fresh("rt-app", azure.TypeRouteTable), Routes: []*azure.Route{}}
	for _, row := range []struct {
		name, text string
		edits      []repair.Edit
		left       string
	}{
		{"a flag of a peering", networkTemplate, modify(&repair.PeeringChange{Link: v.Peerings[0]}), ""},
		{"one of a peering of its own, which has none", networkTemplate, modify(&repair.PeeringChange{Link: w.Peerings[0]}), ""},
		{"an expression", strings.Replace(networkTemplate, `"allowForwardedTraffic": false`, `"allowForwardedTraffic": "[parameters('open')]"`, 1), modify(&repair.PeeringChange{Link: v.Peerings[0]}), "is an expression"},
		{"IP forwarding", networkTemplate, modify(&repair.Forwarding{Interface: n.NetworkInterfaces[0]}), ""},
		{"private ranges of a firewall", networkTemplate, modify(&repair.PrivateRanges{Firewall: fw, Ranges: []string{"IANAPrivateRanges", "192.0.2.0/25"}}), ""},
		{"and of a policy", networkTemplate, modify(&repair.PrivateRanges{Firewall: fw, Policy: n.FirewallPolicies[0], Ranges: []string{"10.0.0.0/8"}}), ""},
		{"a delegation", networkTemplate, modify(&repair.Delegation{Subnet: subnet(v, "app"), Service: "Microsoft.Sql/managedInstances"}), ""},
		{"a table that is there", networkTemplate, modify(&repair.Association{Subnet: subnet(v, "app"), Kind: azure.SubnetToRouteTable, To: &table.Resource}), ""},
		{"of a subnet of its own", networkTemplate, modify(&repair.Association{Subnet: subnet(w, "own"), Kind: azure.SubnetToRouteTable, To: &table.Resource}), ""},
		{"a table that a subnet uses no longer", networkTemplate, modify(&repair.Detachment{Subnet: subnet(v, "gate"), Kind: azure.SubnetToRouteTable, From: &table.Resource}), ""},
		{"a NAT gateway likewise", networkTemplate, modify(&repair.Detachment{Subnet: subnet(v, "gate"), Kind: azure.SubnetToNATGateway, From: &n.NATGateways[0].Resource}), ""},
		{"both", networkTemplate, append(modify(&repair.Detachment{Subnet: subnet(v, "gate"), Kind: azure.SubnetToNATGateway, From: &n.NATGateways[0].Resource}),
			modify(&repair.Detachment{Subnet: subnet(v, "gate"), Kind: azure.SubnetToRouteTable, From: &table.Resource})...), ""},
		{"an address of a firewall", networkTemplate, []repair.Edit{{Action: repair.Remove, Change: &repair.AddressRemoval{Firewall: fw, Address: fw.IPConfigurations[1]}}}, ""},
		{"the first route", networkTemplate, []repair.Edit{gone("a")}, ""},
		{"one of two on a line", networkTemplate, []repair.Edit{gone("b")}, ""},
		{"the other", networkTemplate, []repair.Edit{gone("c")}, ""},
		{"the last", networkTemplate, []repair.Edit{gone("d")}, ""},
		{"the last two", networkTemplate, []repair.Edit{gone("d"), gone("c")}, ""},
		{"the first and the last", networkTemplate, []repair.Edit{gone("a"), gone("d")}, ""},
		{"all", networkTemplate, []repair.Edit{gone("a"), gone("b"), gone("c"), gone("d")}, ""},
		{"one in the place of the last", networkTemplate, []repair.Edit{gone("d"), added}, ""},
		{"of the first", networkTemplate, []repair.Edit{added, gone("a")}, ""},
		{"of one of two on a line", networkTemplate, []repair.Edit{gone("b"), added}, ""},
		{"of all", networkTemplate, []repair.Edit{gone("a"), gone("b"), added, gone("c"), gone("d")}, ""},
		{"a delegation in the place of a table", networkTemplate, append(modify(&repair.Detachment{Subnet: subnet(v, "gate"), Kind: azure.SubnetToRouteTable, From: &table.Resource}),
			modify(&repair.Delegation{Subnet: subnet(v, "gate"), Service: "Microsoft.Sql/managedInstances"})...), ""},
		{"and of a NAT gateway", networkTemplate, append(modify(&repair.Delegation{Subnet: subnet(v, "gate"), Service: "Microsoft.Sql/managedInstances"}),
			modify(&repair.Detachment{Subnet: subnet(v, "gate"), Kind: azure.SubnetToNATGateway, From: &n.NATGateways[0].Resource})...), ""},
		{"a new group with its rules", networkTemplate, []repair.Edit{
			{Action: repair.Add, Change: &repair.NewSecurityGroup{Group: group}},
			{Action: repair.Add, Group: group, Rule: repair.Rule{Name: "web", Direction: azure.Inbound, Access: azure.Allow, Priority: 100, Protocol: azure.TCP, Source: []string{"Internet"}, Destination: []string{"10.1.1.0/24"}, SourcePorts: []string{"*"}, DestinationPorts: []string{"443"}, Complete: true}},
			{Action: repair.Modify, Change: &repair.Association{Subnet: subnet(v, "app"), Kind: azure.SubnetToNetworkSecurityGroup, To: &group.Resource}},
		}, ""},
		{"a new table with its route", networkTemplate, []repair.Edit{
			{Action: repair.Add, Change: &repair.NewRouteTable{Table: rt}},
			{Action: repair.Add, Table: rt, Route: &repair.Route{Name: "out", AddressPrefix: "198.51.100.10/32", NextHopType: azure.VirtualAppliance, NextHopIPAddress: "10.1.9.4"}},
			{Action: repair.Modify, Change: &repair.Association{Subnet: subnet(v, "app"), Kind: azure.SubnetToRouteTable, To: &rt.Resource}},
			{Action: repair.Modify, Change: &repair.Association{Subnet: subnet(w, "own"), Kind: azure.SubnetToRouteTable, To: &rt.Resource}},
		}, ""},
		{"a route to what is not known yet", networkTemplate, []repair.Edit{
			{Action: repair.Add, Change: &repair.NewRouteTable{Table: rt}},
			{Action: repair.Add, Table: rt, Route: &repair.Route{Name: "out", AddressPrefix: "198.51.100.10/32", NextHopType: azure.VirtualAppliance, Firewall: &azure.AzureFirewall{
				IPConfigurations: []*azure.FirewallIPConfiguration{{PrivateIPAddress: azure.NotKnown[netip.Addr](&azure.Unknown{Name: "fw private address"})}}}}},
			{Action: repair.Modify, Change: &repair.Association{Subnet: subnet(v, "app"), Kind: azure.SubnetToRouteTable, To: &rt.Resource}},
		}, "the next hop fw private address is not known"},
		{"several subnets of one loop", strings.Replace(networkTemplate, `"properties": {"addressPrefix": "10.1.1.0/24"}`, `"copy": {"name": "x", "count": 2}, "properties": {"addressPrefix": "10.1.1.0/24"}`, 1),
			modify(&repair.Delegation{Subnet: subnet(v, "app"), Service: "Microsoft.Sql/managedInstances"}), "comes from a copy loop"},
	} {
		t.Run(row.name, func(t *testing.T) {
			after, err := repair.Apply(read(t, networkTemplate), row.edits)
			if err != nil {
				t.Fatal(err)
			}
			planned := build(t, after...)
			repair.Settle(row.edits, planned)
			now, left := written(t, "main.json", row.text, row.edits...)
			if row.left != "" {
				if !strings.Contains(left, row.left) || now != "" {
					t.Errorf("left %q, got\n%s", left, now)
				}
				return
			}
			if left != "" {
				t.Fatal(left)
			}
			if diff := cmp.Diff(settings(planned), settings(load(t, now))); diff != "" {
				t.Errorf("(-planned +read back)\n%s\n%s", diff, now)
			}
			if !slices.Equal(comments(row.text), comments(now)) {
				t.Errorf("comments are %q", comments(now))
			}
			if strings.Contains(now, "\n\n") || strings.Contains(now, " \n") {
				t.Errorf("lines are left empty:\n%s", now)
			}
		})
	}
}
