package reach_test

import (
	"net/netip"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// The interfaces of a private endpoint tell its addresses only where all of
// them do: the group of its subnet does not see what is for it (PE-2).
func TestInterfacesOfPrivateEndpoint(t *testing.T) {
	known := azure.Of(netip.MustParseAddr("10.1.2.9"), azure.Position{})
	later := azure.NotKnown[netip.Addr](&azure.Unknown{Name: "ip", Why: "known only after apply"})
	for _, row := range []struct {
		what       string
		interfaces [][]azure.Value[netip.Addr]
		to         string
		want       reach.Verdict
	}{
		{"the address of its interface", [][]azure.Value[netip.Addr]{{known}}, "10.1.2.9", reach.Allowed},
		{"an address its interface has not", [][]azure.Value[netip.Addr]{{known}}, "10.1.2.10", reach.Blocked},
		{"of an interface nothing is stated", [][]azure.Value[netip.Addr]{{}}, "10.1.2.10", reach.Undecided},
		{"one address is not known", [][]azure.Value[netip.Addr]{{later, known}}, "10.1.2.10", reach.Undecided},
		{"nor that of the first interface", [][]azure.Value[netip.Addr]{{later}, {known}}, "10.1.2.10", reach.Undecided},
		{"the known one is the endpoint's all the same", [][]azure.Value[netip.Addr]{{later}, {known}}, "10.1.2.9", reach.Allowed},
	} {
		inventory := Inventory(azure.RankExport, VNet("v", "10.1.0.0/16",
			Subnet("app", "10.1.1.0/24", NIC("vma", "10.1.1.4")), Subnet("db", "10.1.2.0/24", UseNSG("db"), PrivateEndpoint("pe", ""))),
			NSG("db", DenyIn(100, "*", "*", "*", "*")))
		e := inventory.PrivateEndpoints[0]
		for i, addresses := range row.interfaces {
			id := "/subscriptions/0/resourceGroups/g/providers/Microsoft.Network/networkInterfaces/pe" + string(rune('a'+i))
			nic := &azure.NetworkInterface{Resource: azure.Resource{ID: azure.MakeID(id), Name: "pe", Type: azure.TypeNetworkInterface}}
			for j, address := range addresses {
				c := &azure.IPConfiguration{Resource: azure.Resource{ID: azure.MakeID(id + "/ipConfigurations/" + string(rune('a'+j))), Type: azure.TypeIPConfiguration}}
				c.PrivateIPAddress, c.Subnet = address, e.Subnet
				nic.IPConfigurations = append(nic.IPConfigurations, c)
			}
			inventory.NetworkInterfaces = append(inventory.NetworkInterfaces, nic)
			e.NetworkInterfaces = append(e.NetworkInterfaces, azure.Ref(id, azure.Position{}))
		}
		network, problems := azure.Build(inventory)
		if network == nil {
			t.Fatal(problems)
		}
		a := explore(t, compile(t, network, servicetag.Symbolic(), "defaults"), in("tcp/443", "nic:vma", row.to))
		if a.Verdict() != row.want {
			t.Errorf("%s, to %s: want %s, got %s", row.what, row.to, row.want, describe(a))
		}
	}
}

// TestPrivateEndpointTraps are the traps and statements about private endpoints.
func TestPrivateEndpointTraps(t *testing.T) {
	pe := func(policies string, more ...Item) []Item {
		return append(more, PrivateEndpoint("pe", "10.1.2.10"), EndpointPolicies(policies))
	}
	guarded := func(policies, ports string) lab {
		return lab{db: pe(policies, NSG("db", DenyIn(100, "Tcp", "*", "*", ports)))}
	}
	routed := func(policies, to, hop string) lab {
		return lab{app: items(Routes("rt", Route(to, hop))), db: pe(policies)}
	}
	for _, row := range []trap{
		{"T77", "PE-2: groups of its subnet do not see it", guarded("Disabled", "*"), question{}, reach.Allowed, "pe", ""},
		{"T77", "PE-2: policies for routes are none for groups", guarded("RouteTableEnabled", "*"), question{}, reach.Allowed, "pe", ""},
		{"T78", "PE-2", guarded("NetworkSecurityGroupEnabled", "*"), question{}, reach.Blocked, "deny-in-100", ""},
		{"T78", "PE-1: all policies", guarded("Enabled", "*"), question{}, reach.Blocked, "deny-in-100", ""},
		{"T78", "PE-1: a value that is not documented", guarded("Perhaps", "*"), question{}, reach.Undecided, "", ""},
		{"T79", "PE-4: with the policy a subnet's prefix goes to the appliance", routed("RouteTableEnabled", "10.1.2.0/24", "10.1.9.4"), question{}, reach.Undecided, "to-10.1.2.0-24", ""},
		{"T79", "PE-4: a default route does not", routed("RouteTableEnabled", "0.0.0.0/0", "10.1.9.4"), question{}, reach.Allowed, "pe", ""},
		{"T79", "PE-4: nor does the prefix without the policy", routed("Disabled", "10.1.2.0/24", "10.1.9.4"), question{}, reach.Allowed, "pe", ""},
		{"PE-4", "a route to the address alone", routed("Disabled", "10.1.2.10/32", "None"), question{}, reach.Blocked, "to-10.1.2.10-32", ""},
		{"PE-4", "with policies that nobody knows", routed("Perhaps", "10.1.2.0/24", "None"), question{}, reach.Undecided, "", ""},
		{"PE-5", "the reply asks no route", lab{db: pe("Disabled", Routes("rt", Route("10.1.1.0/24", "None")))}, question{}, reach.Allowed, "pe", ""},
		{"PE-6", "several ranges of ports", guarded("Enabled", "22,3389"), question{}, reach.Allowed, "pe", "privateEndpoint.portRanges"},
		{"PE-3", "over a peering that carries nothing", lab{vnet: items(Peer("w", State("Disconnected"))),
			more: items(VNet("w", "10.2.0.0/16", Subnet("pe", "10.2.0.0/24", PrivateEndpoint("pe", "10.2.0.10")), Peer("v")))},
			in("tcp/443", "nic:vma", "10.2.0.10"), reach.Blocked, "v-to-w", ""},
		{"PE-3", "over one that works", lab{vnet: items(Peer("w")),
			more: items(VNet("w", "10.2.0.0/16", Subnet("pe", "10.2.0.0/24", NSG("g", DenyIn(100, "*", "*", "*", "*")), PrivateEndpoint("pe", "10.2.0.10")), Peer("v")))},
			in("tcp/443", "nic:vma", "10.2.0.10"), reach.Allowed, "pe", ""},
	} {
		if row.ask.protocol == "" {
			row.ask = in("tcp/443", "nic:vma", "10.1.2.10")
		}
		t.Run(row.id+" "+row.note, func(t *testing.T) { checkTrap(t, row, servicetag.Symbolic()) })
	}
}

// A private endpoint answers straight to the source (PE-5): a firewall on the way
// there has to translate the request, or it does not see the reply (ASY-2).
func TestPE5PrivateEndpointBehindAFirewall(t *testing.T) {
	for ranges, want := range map[string]reach.Verdict{"10.1.0.0/16": reach.Blocked, "0.0.0.0/0": reach.Blocked, "255.255.255.255/32": reach.Allowed} {
		network := Net(t, VNet("v", "10.1.0.0/16",
			Subnet("app", "10.1.1.0/24", NIC("vma", "10.1.1.4"), Routes("rt", Route("10.1.2.0/24", "10.1.9.4"))),
			Subnet("db", "10.1.2.0/24", PrivateEndpoint("pe", "10.1.2.10"), EndpointPolicies("RouteTableEnabled")),
			Subnet("AzureFirewallSubnet", "10.1.9.0/26")),
			Firewall("fw", "v", "10.1.9.4", Egress("one", "20.1.1.1"), PrivateRanges(ranges), Collection("net", 200, azure.FirewallAllow, NetworkRule("all", "TCP", "*", "*", "*"))))
		a := explore(t, compile(t, network, servicetag.Symbolic(), "defaults"), in("tcp/443", "nic:vma", "10.1.2.10"))
		if a.Verdict() != want {
			t.Errorf("private ranges %s: want %s, got %s", ranges, want, describe(a))
		}
	}
}
