package amend_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/repair"
)

const firewallTemplate = `{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "resources": [
    {
      "type": "Microsoft.Network/azureFirewalls", "apiVersion": "2024-05-01", "name": "fw",
      "properties": {
        "networkRuleCollections": [
          // ours
          {"name": "c", "properties": {"priority": 200, "action": {"type": "Allow"}, "rules": [
            {"name": "dns", "protocols": ["UDP"], "sourceAddresses": ["10.1.0.0/16"], "destinationAddresses": ["192.0.2.1"], "destinationPorts": ["53"]}
          ]}}
        ]
      }
    },
    {"type": "Microsoft.Network/firewallPolicies", "apiVersion": "2024-05-01", "name": "p", "properties": {}},
    {
      "type": "Microsoft.Network/firewallPolicies/ruleCollectionGroups", "apiVersion": "2024-05-01", "name": "p/g",
      "dependsOn": ["[resourceId('Microsoft.Network/firewallPolicies', 'p')]"],
      "properties": {
        "priority": 300,
        "ruleCollections": [
          {
            "ruleCollectionType": "FirewallPolicyFilterRuleCollection", "name": "c", "priority": 200, "action": {"type": "Allow"},
            "rules": [
              {"ruleType": "NetworkRule", "name": "dns", "ipProtocols": ["UDP"], "sourceAddresses": ["10.1.0.0/16"], "destinationAddresses": ["192.0.2.1"], "destinationPorts": ["53"]} // kept
            ]
          }
        ]
      }
    },
    {
      "type": "Microsoft.Network/routeTables", "apiVersion": "2024-05-01", "name": "rt",
      "properties": {"routes": [
        {"name": "out", "properties": {"addressPrefix": "192.0.2.0/24", "nextHopType": "None"}},
        {"name": "via", "properties": {"addressPrefix": "198.51.100.0/24", "nextHopType": "VirtualAppliance", "nextHopIpAddress": "10.1.9.4"}}
      ]}
    }
  ]
}
`

// ways are the rules of firewalls and the routes of a network, in words.
func ways(n *azure.Network) []string {
	var list []string
	of := func(where string, all []*azure.RuleCollection) {
		for _, k := range all {
			list = append(list, fmt.Sprintf("%s %s %d %s %d", where, k.Name, k.Priority.Or(0), k.Action.Or("?"), k.Kind))
			for _, r := range k.Rules {
				list = append(list, fmt.Sprintf("%s %s %s %s %v %v %v %v", where, k.Name, r.Name, r.Description, r.Protocols[0].V, r.Source.Terms[0].Text, r.Destination.Terms[0].Text, r.DestinationPorts.Terms[0].Text))
			}
		}
	}
	for _, f := range n.AzureFirewalls {
		of(f.Name, f.RuleCollections)
	}
	for _, p := range n.FirewallPolicies {
		for _, g := range p.Groups {
			of(p.Name+"/"+g.Name, g.Collections)
		}
	}
	for _, table := range n.RouteTables {
		for _, r := range table.Routes {
			address, _ := r.NextHopIPAddress.Known()
			list = append(list, fmt.Sprintf("%s %s %s %s %v", table.Name, r.Name, r.Destination.Text, r.NextHopType.Or("?"), address))
		}
	}
	slices.Sort(list)
	return list
}

// Rules, collections and routes written into a template say, read again, what
// was planned; its comments stay.
func TestRulesAndRoutesAreWrittenIntoTemplates(t *testing.T) {
	n := load(t, firewallTemplate)
	fw, group, table := n.AzureFirewalls[0], n.FirewallPolicies[0].Groups[0], n.RouteTables[0]
	collection := func(of *azure.Resource, segment string) *azure.RuleCollection {
		return &azure.RuleCollection{
			Resource: azure.Resource{ID: of.ID + azure.ID("/"+segment+"/new"), Type: azure.TypeRuleCollection, Name: "new", At: of.At, Rank: of.Rank}, Kind: azure.NetworkRule,
			Priority: azure.Of(150, of.At), Action: azure.Of(azure.FirewallAllow, of.At)}
	}
	second := sftp
	second.Name = "allow-more"
	early := &azure.RuleCollectionGroup{Resource: azure.Resource{ID: n.FirewallPolicies[0].ID + "/rulecollectiongroups/early", Name: "early", Type: azure.TypeRuleCollectionGroup, At: n.FirewallPolicies[0].At, Rank: group.Rank},
		Policy: n.FirewallPolicies[0], Priority: azure.Of(200, group.At)}
	classic, policy := collection(&fw.Resource, "networkrulecollections"), collection(&group.Resource, "rulecollections")
	named := func(name string) *azure.Route {
		return table.Routes[slices.IndexFunc(table.Routes, func(r *azure.Route) bool { return r.Name == name })]
	}
	rule := func(c repair.NetworkRule) repair.Edit {
		c.Firewall = fw
		if c.Rule.Name == "" {
			c.Rule = sftp
		}
		return repair.Edit{Action: repair.Add, Change: &c}
	}
	for _, row := range []struct {
		name  string
		text  string
		edits []repair.Edit
		left  string
	}{
		{"a classic collection", firewallTemplate, []repair.Edit{rule(repair.NetworkRule{Collection: fw.RuleCollections[0]})}, ""},
		{"a new classic collection", firewallTemplate, []repair.Edit{rule(repair.NetworkRule{Collection: classic, NewCollection: true}), rule(repair.NetworkRule{Collection: classic, Rule: second})}, ""},
		{"a collection of a group", firewallTemplate, []repair.Edit{rule(repair.NetworkRule{Group: group, Collection: group.Collections[0]})}, ""},
		{"a new collection of a group", firewallTemplate, []repair.Edit{rule(repair.NetworkRule{Group: group, Collection: policy, NewCollection: true})}, ""},
		{"a route", firewallTemplate, []repair.Edit{{Action: repair.Add, Table: table, Route: &repair.Route{Name: "new", AddressPrefix: "203.0.113.0/24", NextHopType: azure.VirtualAppliance, NextHopIPAddress: "10.1.9.4"}}}, ""},
		{"another next hop", firewallTemplate, []repair.Edit{{Action: repair.Modify, Change: &repair.RouteChange{Table: table, Was: named("out"), Route: repair.Route{Name: "out", AddressPrefix: "192.0.2.0/24", NextHopType: azure.VirtualAppliance, NextHopIPAddress: "10.1.9.4"}}}}, ""},
		{"no address any more", firewallTemplate, []repair.Edit{{Action: repair.Modify, Change: &repair.RouteChange{Table: table, Was: named("via"), Route: repair.Route{Name: "via", AddressPrefix: "198.51.100.0/24", NextHopType: azure.InternetNextHop}}}}, ""},
		{"a classic collection that makes room", firewallTemplate, []repair.Edit{{Action: repair.Modify, Change: &repair.CollectionMove{Firewall: fw, Collection: fw.RuleCollections[0], Priority: 201}}}, ""},
		{"one of a group, and what it makes room for", firewallTemplate, []repair.Edit{
			{Action: repair.Modify, Change: &repair.CollectionMove{Firewall: fw, Group: group, Collection: group.Collections[0], Priority: 201}},
			rule(repair.NetworkRule{Group: group, Collection: policy, NewCollection: true}),
		}, ""},
		{"a priority that an expression makes", strings.Replace(firewallTemplate, `"properties": {"priority": 200`, `"properties": {"priority": "[parameters('first')]"`, 1),
			[]repair.Edit{{Action: repair.Modify, Change: &repair.CollectionMove{Firewall: fw, Collection: fw.RuleCollections[0], Priority: 201}}}, "its priority is no plain number"},
		{"a new group", firewallTemplate, []repair.Edit{rule(repair.NetworkRule{Group: early, Collection: collection(&early.Resource, "rulecollections"), NewCollection: true, NewGroup: true}), rule(repair.NetworkRule{Group: early, Collection: collection(&early.Resource, "rulecollections"), Rule: second})}, ""},
		{"of a policy whose name is a parameter", strings.Replace(strings.ReplaceAll(firewallTemplate, `"name": "p",`, `"name": "[parameters('policy')]",`), `"resources": [`, `"parameters": {"policy": {"type": "string", "defaultValue": "p"}}, "resources": [`, 1),
			[]repair.Edit{rule(repair.NetworkRule{Group: early, Collection: collection(&early.Resource, "rulecollections"), NewCollection: true, NewGroup: true})}, ""},
		{"made by bicep", strings.Replace(firewallTemplate, `"resources": [`, `"metadata": {"_generator": {"name": "bicep"}}, "resources": [`, 1), []repair.Edit{rule(repair.NetworkRule{Group: group, Collection: group.Collections[0]})},
			"is what bicep build makes, and its next run would take the change back; --as bicep prints what the .bicep file needs"},
		{"rules from an expression", strings.Replace(firewallTemplate, `"rules": [
              {"ruleType": "NetworkRule", "name": "dns", "ipProtocols": ["UDP"], "sourceAddresses": ["10.1.0.0/16"], "destinationAddresses": ["192.0.2.1"], "destinationPorts": ["53"]} // kept
            ]`, `"rules": "[parameters('rules')]"`, 1), []repair.Edit{rule(repair.NetworkRule{Group: group, Collection: group.Collections[0]})}, "comes from an expression"},
	} {
		t.Run(row.name, func(t *testing.T) {
			now, left := written(t, "main.json", row.text, row.edits...)
			if row.left != "" {
				if now != "" || !strings.Contains(left, row.left) {
					t.Errorf("left %q, got\n%s", left, now)
				}
				return
			}
			if left != "" {
				t.Fatal(left)
			}
			planned := build(t, must(repair.Apply(read(t, firewallTemplate), row.edits))...)
			if diff := cmp.Diff(ways(planned), ways(load(t, now))); diff != "" {
				t.Errorf("(-planned +read back)\n%s\n%s", diff, now)
			}
			if !slices.Equal(comments(row.text), comments(now)) {
				t.Errorf("comments are %q", comments(now))
			}
		})
	}
}
