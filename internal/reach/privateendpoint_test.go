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
// them do (PE-2).
func TestInterfacesOfPrivateEndpoint(t *testing.T) {
	known := azure.Of(netip.MustParseAddr("10.1.2.9"), azure.Position{})
	later := azure.NotKnown[netip.Addr](&azure.Unknown{Name: "ip", Why: "known only after apply"})
	for _, row := range []struct {
		what       string
		interfaces [][]azure.Value[netip.Addr]
		to         string
		want       reach.Verdict
	}{
		{"the address of its interface", [][]azure.Value[netip.Addr]{{known}}, "10.1.2.9", reach.Undecided},
		{"an address its interface has not", [][]azure.Value[netip.Addr]{{known}}, "10.1.2.10", reach.Allowed},
		{"of an interface nothing is stated", [][]azure.Value[netip.Addr]{{}}, "10.1.2.10", reach.Undecided},
		{"one address is not known", [][]azure.Value[netip.Addr]{{later, known}}, "10.1.2.10", reach.Undecided},
		{"nor that of the first interface", [][]azure.Value[netip.Addr]{{later}, {known}}, "10.1.2.10", reach.Undecided},
		{"the known one is the endpoint's all the same", [][]azure.Value[netip.Addr]{{later}, {known}}, "10.1.2.9", reach.Undecided},
	} {
		inventory := Inventory(azure.RankExport, VNet("v", "10.1.0.0/16",
			Subnet("app", "10.1.1.0/24", NIC("vma", "10.1.1.4")), Subnet("db", "10.1.2.0/24", PrivateEndpoint("pe", ""))))
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
