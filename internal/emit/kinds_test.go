package emit_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/emit"
	"github.com/wayleave/wayleave/internal/repair"
	"github.com/wayleave/wayleave/internal/source"
)

const provider = "/subscriptions/" + subscription + "/resourceGroups/" + group + "/providers/Microsoft.Network/"

// kindsNetwork has one of everything that a change of a setting is about, with the
// addresses of one resource group.
func kindsNetwork() *azure.Inventory {
	allow := Collection("c", 200, azure.FirewallAllow, NetworkRule("r", "TCP", "10.1.1.0/24", "192.0.2.1", "22"))
	inv := Inventory(azure.RankExport,
		VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24", NIC("nva", "10.1.1.4"), Routes("rt", Route("10.2.0.0/16", "None"))), Subnet("bare", "10.1.2.0/24", NATGateway("nat")), Subnet(FirewallSubnetName, "10.1.9.0/26"), Peer("w")),
		VNet("w", "10.2.0.0/16", Peer("v")),
		Gateway("nat", "20.1.2.9", ""),
		Firewall("classic", "v", "10.1.9.4", Egress("ip", "20.1.2.3"), Egress("second", "20.1.2.4"), PrivateRanges("10.0.0.0/8"), allow),
		Policy("p", Group("g", 300, allow)))
	for _, v := range inv.VirtualNetworks {
		v.Address = provider + "virtualNetworks/" + v.Name
		for _, s := range v.Subnets {
			s.Address = v.Address + "/subnets/" + s.Name
		}
		for _, link := range v.Peerings {
			link.Address = v.Address + "/virtualNetworkPeerings/" + link.Name
		}
	}
	inv.AzureFirewalls[0].Address = provider + "azureFirewalls/classic"
	inv.FirewallPolicies[0].Address = provider + "firewallPolicies/p"
	for _, child := range inv.RuleCollectionGroups {
		child.Resource.Address = provider + "firewallPolicies/p/ruleCollectionGroups/" + child.Resource.Name
	}
	inv.NetworkInterfaces[0].Address = provider + "networkInterfaces/nva"
	inv.RouteTables[0].Address = provider + "routeTables/rt"
	inv.NATGateways[0].Address = provider + "natGateways/nat"
	return inv
}

// settings are what the network holds of what changes, in words.
func settings(n *azure.Network) []string {
	var list []string
	say := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	ranges := func(terms []azure.FirewallTerm) string {
		var texts []string
		for _, t := range terms {
			texts = append(texts, t.Text)
		}
		return strings.Join(texts, " ")
	}
	collections := func(of string, all []*azure.RuleCollection) {
		for _, k := range all {
			say("%s collection %s %d %s", of, k.Name, k.Priority.Or(0), k.Action.Or("?"))
			for _, r := range k.Rules {
				say("%s/%s rule %s %v %s -> %s %v", of, k.Name, r.Name, r.Protocols[0].V, ranges(r.Source.Terms), ranges(r.Destination.Terms), r.DestinationPorts.Terms[0].Text)
			}
		}
	}
	for _, v := range n.VirtualNetworks {
		for _, link := range v.Peerings {
			say("peering %s %v", link.Name, link.AllowForwardedTraffic.Or(false))
		}
		for _, s := range v.Subnets {
			say("subnet %s group %s table %s gateway %s delegations %d", s.Name, s.NetworkSecurityGroup.ID.Name(), s.RouteTable.ID.Name(), s.NATGateway.ID.Name(), len(s.Delegations))
		}
	}
	for _, f := range n.AzureFirewalls {
		say("firewall %s ranges %s", f.Name, ranges(f.PrivateRanges))
		say("firewall %s addresses %d", f.Name, len(f.IPConfigurations))
		collections(f.Name, f.RuleCollections)
	}
	for _, p := range n.FirewallPolicies {
		for _, g := range p.Groups {
			say("policy %s group %s %d", p.Name, g.Name, g.Priority.Or(0))
			collections(p.Name+"/"+g.Name, g.Collections)
		}
	}
	for _, nic := range n.NetworkInterfaces {
		say("interface %s forwards %v", nic.Name, nic.EnableIPForwarding.Or(false))
	}
	for _, g := range n.NetworkSecurityGroups {
		for _, r := range g.Rules {
			say("group %s rule %s %d %s", g.Name, r.Name, r.Priority.V, r.Access.V)
		}
	}
	for _, x := range n.RouteTables {
		say("table %s routes %d", x.Name, len(x.Routes))
	}
	return list
}

// The kinds of change that set something of what exists, in each language: read
// back, they say what is new in the changed network. A template states the resource
// whole and says so; Terraform says where to put what.
func TestKindsAreReadBack(t *testing.T) {
	rule := repair.FirewallRule{Name: "allow-x", Protocols: []string{"TCP"}, Source: []string{"10.1.1.0/24"}, Destination: []string{"198.51.100.10"}, Ports: []string{"443"}}
	collection := func(parent, name string) *azure.RuleCollection {
		return &azure.RuleCollection{
			Resource: azure.Resource{ID: azure.MakeID(provider + parent + "/" + name), Name: name, Type: azure.TypeRuleCollection}, Kind: azure.NetworkRule,
			Priority: azure.Of(150, azure.Position{}), Action: azure.Of(azure.FirewallAllow, azure.Position{}),
		}
	}
	for _, x := range []struct {
		name   string
		action repair.Action
		change func(n *azure.Network) repair.Change
		// refused are the forms that cannot state it, terraform what that says.
		refused   []string
		terraform []string
	}{
		{"a rule in a collection of a policy", repair.Add, func(n *azure.Network) repair.Change {
			p := n.FirewallPolicies[0]
			return &repair.NetworkRule{Firewall: n.AzureFirewalls[0], Group: p.Groups[0], Collection: p.Groups[0].Collections[0], Rule: rule}
		}, nil, []string{"# Add to the collection c of " + provider + "firewallPolicies/p/ruleCollectionGroups/g:", "rule {", `destination_ports     = ["443"]`}},
		{"a new collection in a group", repair.Add, func(n *azure.Network) repair.Change {
			return &repair.NetworkRule{Firewall: n.AzureFirewalls[0], Group: n.FirewallPolicies[0].Groups[0], Collection: collection("p/g", "new"), NewCollection: true, Rule: rule}
		}, nil, []string{"# Add to the rule collection group g of", "network_rule_collection {", "priority = 150"}},
		{"a rule of a classic firewall", repair.Add, func(n *azure.Network) repair.Change {
			return &repair.NetworkRule{Firewall: n.AzureFirewalls[0], Collection: n.AzureFirewalls[0].RuleCollections[0], Rule: rule}
		}, nil, []string{"# Add to the collection c of"}},
		{"a classic collection that makes room", repair.Modify, func(n *azure.Network) repair.Change {
			return &repair.CollectionMove{Firewall: n.AzureFirewalls[0], Collection: n.AzureFirewalls[0].RuleCollections[0], Priority: 201}
		}, nil, []string{"# Set in the collection c of", "and apply it before what follows: of two of one priority nobody says which comes first (P-12).", "priority = 201"}},
		{"one of a policy", repair.Modify, func(n *azure.Network) repair.Change {
			g := n.FirewallPolicies[0].Groups[0]
			return &repair.CollectionMove{Firewall: n.AzureFirewalls[0], Group: g, Collection: g.Collections[0], Priority: 201}
		}, nil, []string{"# Set in the collection c of " + provider + "firewallPolicies/p/ruleCollectionGroups/g:", "priority = 201"}},
		{"private ranges of a classic firewall", repair.Modify, func(n *azure.Network) repair.Change {
			return &repair.PrivateRanges{Firewall: n.AzureFirewalls[0], Ranges: []string{"10.0.0.0/9", "192.0.2.0/25"}}
		}, nil, []string{`private_ip_ranges = ["10.0.0.0/9", "192.0.2.0/25"]`}},
		{"private ranges of a policy", repair.Modify, func(n *azure.Network) repair.Change {
			return &repair.PrivateRanges{Firewall: n.AzureFirewalls[0], Policy: n.FirewallPolicies[0], Ranges: []string{"192.0.2.0/25"}}
		}, []string{"arm", "bicep"}, []string{`private_ip_ranges = ["192.0.2.0/25"]`}},
		{"a flag of a peering", repair.Modify, func(n *azure.Network) repair.Change {
			return &repair.PeeringChange{Link: n.VirtualNetworks[0].Peerings[0]}
		}, nil, []string{"# Set in the peering v-to-w of", "allow_forwarded_traffic = true"}},
		{"IP forwarding", repair.Modify, func(n *azure.Network) repair.Change { return &repair.Forwarding{Interface: n.NetworkInterfaces[0]} },
			[]string{"arm", "bicep"}, []string{"ip_forwarding_enabled = true"}},
		{"a delegation", repair.Modify, func(n *azure.Network) repair.Change {
			return &repair.Delegation{Subnet: n.VirtualNetworks[0].Subnets[1], Service: "Microsoft.Sql/managedInstances"}
		}, nil, []string{"service_delegation {", `name = "Microsoft.Sql/managedInstances"`}},
		{"a table that a subnet uses no longer", repair.Modify, func(n *azure.Network) repair.Change {
			return &repair.Detachment{Subnet: n.VirtualNetworks[0].Subnets[0], Kind: azure.SubnetToRouteTable, From: &n.RouteTables[0].Resource}
		}, nil, []string{"# Remove the azurerm_subnet_route_table_association of subnet " + provider + "virtualNetworks/v/subnets/app with " + provider + "routeTables/rt."}},
		{"a NAT gateway that a subnet uses no longer", repair.Modify, func(n *azure.Network) repair.Change {
			return &repair.Detachment{Subnet: n.VirtualNetworks[0].Subnets[1], Kind: azure.SubnetToNATGateway, From: &n.NATGateways[0].Resource}
		}, nil, []string{"# Remove the azurerm_subnet_nat_gateway_association of subnet"}},
		{"an address of a firewall that goes", repair.Remove, func(n *azure.Network) repair.Change {
			return &repair.AddressRemoval{Firewall: n.AzureFirewalls[0], Address: n.AzureFirewalls[0].IPConfigurations[1]}
		}, []string{"az"}, []string{"# Remove the ip_configuration " + "second"}},
		{"a route that goes", repair.Remove, func(n *azure.Network) repair.Change {
			return &repair.RouteRemoval{Table: n.RouteTables[0], Was: n.RouteTables[0].Routes[0]}
		}, []string{"az"}, []string{"# Remove the route to-10.2.0.0-16 (10.2.0.0/16) of"}},
	} {
		t.Run(x.name, func(t *testing.T) {
			before := kindsNetwork()
			old, problems := azure.Build(before)
			if old == nil {
				t.Fatal(problems)
			}
			edits := []repair.Edit{{Action: x.action, Change: x.change(old), Why: []string{"x"}}}
			list, err := repair.Apply([]*azure.Inventory{kindsNetwork()}, edits)
			if err != nil {
				t.Fatal(err)
			}
			now, problems := azure.Build(list...)
			if now == nil {
				t.Fatal(problems)
			}
			repair.Settle(edits, now)
			var fresh []string
			for _, line := range settings(now) {
				if !slices.Contains(settings(old), line) {
					fresh = append(fresh, line)
				}
			}
			for _, form := range emit.Formats {
				var text strings.Builder
				err := emit.Write(&text, form, edits, func(*azure.Resource) bool { return false })
				switch {
				case form == "terraform":
					for _, want := range x.terraform {
						if !strings.Contains(text.String(), want) {
							t.Errorf("terraform does not say %q:\n%s", want, text.String())
						}
					}
				case x.action == repair.Remove && form == "az":
					if !strings.Contains(text.String(), "az network route-table route delete") && !strings.Contains(text.String(), "az network firewall ip-config delete") {
						t.Errorf("az: %s", text.String())
					}
				case slices.Contains(x.refused, form) && form != "az":
					if err == nil || !strings.Contains(err.Error(), "use --as az or terraform") {
						t.Errorf("%s: %v", form, err)
					}
				case err != nil:
					t.Errorf("%s: %v", form, err)
				default:
					readKind(t, form, text.String(), fresh)
				}
				if (form == "arm" || form == "bicep") && err == nil && !strings.Contains(text.String(), "az deployment group what-if") {
					t.Errorf("%s does not say that it states a resource whole:\n%s", form, text.String())
				}
			}
		})
	}
}

// readKind reads a form and looks for what is new.
func readKind(t *testing.T, form, code string, fresh []string) {
	t.Helper()
	inventories, found := source.Load(nil, source.Options{Documents: []source.Input{{Name: "fix.json", Data: document(t, form, code)}}})
	if err := found.Err(); err != nil {
		t.Fatalf("%s: %v\n%s", form, err, code)
	}
	n, problems := azure.Build(inventories...)
	if n == nil {
		t.Fatalf("%s: %v\n%s", form, problems, code)
	}
	got := settings(n)
	for _, line := range fresh {
		if !slices.Contains(got, line) {
			t.Errorf("%s, read back, does not say %q:\n%s\n%s", form, line, strings.Join(got, "\n"), code)
		}
	}
}
