package reach_test

import (
	"strings"
	"testing"

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
