package reach_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// A firewall owns the next hop of a route, or may own it; so the packets are not
// dropped (RT-17).
func TestRT17AFirewallOwnsTheNextHop(t *testing.T) {
	at := func(text string) azure.Value[netip.Addr] {
		return azure.Of(netip.MustParseAddr(text), azure.Position{})
	}
	for _, row := range []struct {
		note    string
		address azure.Value[netip.Addr]
		want    reach.Verdict
		says    string
	}{
		{"its own", at("10.1.5.4"), reach.Undecided, "firewall fw, whose rules are not followed"},
		{"another's", at("10.1.5.9"), reach.Blocked, "nobody within reach owns the next hop 10.1.5.4"},
		{"known after apply", azure.NotKnown[netip.Addr](&azure.Unknown{Name: "fw", Why: "known only after apply"}), reach.Undecided, "owns the next hop 10.1.5.4 is not known"},
	} {
		inventory := Inventory(azure.RankExport, VNet("v", "10.1.0.0/16",
			Subnet("app", "10.1.1.0/24", NIC("vma", "10.1.1.4"), Routes("rt", Route("0.0.0.0/0", "10.1.5.4"))),
			Subnet("AzureFirewallSubnet", "10.1.5.0/26")))
		inventory.AzureFirewalls = []*azure.AzureFirewall{{
			Resource: azure.Resource{ID: azure.MakeID(string(azure.TypeAzureFirewall) + "/fw"), Name: "fw", Type: azure.TypeAzureFirewall},
			IPConfigurations: []*azure.FirewallIPConfiguration{{
				Resource:         azure.Resource{ID: azure.MakeID(string(azure.TypeAzureFirewall) + "/fw/azureFirewallIpConfigurations/main"), Name: "main"},
				Subnet:           azure.Ref(string(SubnetID("v", "AzureFirewallSubnet")), azure.Position{}),
				PrivateIPAddress: row.address,
			}},
		}}
		network, list := azure.Build(inventory)
		if network == nil {
			t.Fatal(list)
		}
		a := explore(t, compile(t, network, servicetag.Symbolic()), in("tcp/443", "nic:vma", "8.8.8.8"))
		if a.Verdict() != row.want || !strings.Contains(describe(a)+strings.Join(reasons(a), ";"), row.says) {
			t.Errorf("%s: want %s because %q, got %s, %v", row.note, row.want, row.says, describe(a), reasons(a))
		}
	}
}

func reasons(a reach.Answer) []string {
	var all []string
	for _, p := range a.Parts {
		all = append(all, p.Reasons...)
		for _, h := range p.Trace {
			if h.Decision != fabric.Forward {
				all = append(all, h.Note)
			}
		}
	}
	return all
}
