package reach_test

import (
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
	for _, row := range []struct {
		note    string
		address string
		want    reach.Verdict
		says    string
	}{
		{"its own", "10.1.5.4", reach.Blocked, "no rule of the firewall allows it"},
		{"another's", "10.1.5.9", reach.Blocked, "nobody within reach owns the next hop 10.1.5.4"},
		{"known after apply", "?fw.address", reach.Undecided, "whether the firewall fw has the next hop 10.1.5.4 is not known"},
	} {
		network := Net(t, VNet("v", "10.1.0.0/16",
			Subnet("app", "10.1.1.0/24", NIC("vma", "10.1.1.4"), Routes("rt", Route("0.0.0.0/0", "10.1.5.4"))),
			Subnet("AzureFirewallSubnet", "10.1.5.0/26")),
			Firewall("fw", "v", row.address))
		a := explore(t, compile(t, network, servicetag.Symbolic()), in("tcp/443", "nic:vma", "8.8.8.8"))
		if a.Verdict() != row.want || !strings.Contains(strings.Join(reasons(a), ";"), row.says) {
			t.Errorf("%s: want %s because %q, got %s, %v", row.note, row.want, row.says, describe(a), reasons(a))
		}
		if strings.Contains(strings.Join(reasons(a), ";"), "appliances.yaml") {
			t.Errorf("%s: no file of appliances is for a firewall: %v", row.note, reasons(a))
		}
	}
}

// What a firewall gives a service by an endpoint of its subnet is told as delivered
// there (F-27).
func TestF27AServiceTakesWhatAFirewallSends(t *testing.T) {
	network := Net(t, VNet("v", "10.1.0.0/16",
		Subnet("app", "10.1.1.0/24", NIC("vma", "10.1.1.4"), Routes("rt", Route("0.0.0.0/0", "10.1.5.4"))),
		Subnet("AzureFirewallSubnet", "10.1.5.0/26", Endpoint("Microsoft.Storage"))),
		Firewall("fw", "v", "10.1.5.4", Egress("ip", "20.1.2.3"), Collection("c", 200, azure.FirewallAllow, NetworkRule("r", "TCP", "*", "*", "443"))))
	a := explore(t, compile(t, network, servicetag.Symbolic()), in("tcp/443", "nic:vma", "Storage"))
	delivered := 0
	for _, p := range a.Parts {
		if p.Verdict != reach.Allowed { // to the firewall's own address, which may be in the tag
			continue
		}
		delivered++
		if h := p.Trace[len(p.Trace)-1]; h.Kind != fabric.KindServiceEndpoint || h.Decision != fabric.Deliver {
			t.Errorf("it ends with %v, want the service to take it from the firewall", h)
		}
	}
	if delivered != 1 {
		t.Errorf("%d parts are delivered, want one: %s", delivered, describe(a))
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
