package lab_test

import (
	"testing"

	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/lab"
	"github.com/wayleave/wayleave/internal/plain"
)

// With which public address the packets of an interface leave, if any.
func TestWaysOut(t *testing.T) {
	app := SubnetID("v", "app")
	out, echo := tcp(app, "10.1.1.4", "8.8.8.8", 443), icmp(app, "10.1.1.4", "8.8.8.8")
	const lb, pool = "20.7.7.7", "192.0.0.16"
	for _, c := range []struct {
		what        string
		subnet, nic []Item
		beside      []Item
		probe       lab.Probe
		seen        string
	}{
		{"RT-33: with what Azure lends", nil, nil, nil, out, pool},
		{"RT-33: which is for TCP and UDP", nil, nil, nil, echo, ""},
		{"RT-33: not from a private subnet", []Item{NoDefaultOutbound()}, nil, nil, out, ""},
		{"RT-34: but where the interface says so", []Item{NoDefaultOutbound()}, []Item{DefaultOutbound(true)}, nil, out, pool},
		{"RT-34: and not where it says otherwise", nil, []Item{DefaultOutbound(false)}, nil, out, ""},
		{"RT-31: with the address of a load balancer", []Item{NoDefaultOutbound()}, []Item{Behind("lb")}, []Item{Balancer("lb", "Standard", lb, Balance("Tcp", 80, 80, 0))}, out, lb},
		{"RT-31: by an outbound rule for the protocol", nil, []Item{Behind("lb")}, []Item{Balancer("lb", "Standard", lb, BalanceOut("Tcp"))}, out, lb},
		{"RT-31: not by one for another", nil, []Item{Behind("lb")}, []Item{Balancer("lb", "Standard", lb, BalanceOut("Udp"))}, out, ""},
		{"RT-36: behind a Standard one that translates nothing", nil, []Item{Behind("lb")}, []Item{Balancer("lb", "Standard", lb, Balance("Tcp", 80, 80, 0, NoOutboundSNAT()))}, out, ""},
		{"RT-36: behind such a Basic one", nil, []Item{Behind("lb")}, []Item{Balancer("lb", "Basic", lb, Balance("Tcp", 80, 80, 0, NoOutboundSNAT()))}, out, pool},
		{"RT-31: a NAT gateway comes first", []Item{NATGateway("g")}, []Item{Behind("lb")}, []Item{Gateway("g", "20.8.8.8", ""), Balancer("lb", "Standard", lb, BalanceOut("All"))}, out, "20.8.8.8"},
		{"RT-31: and an address of its own before the load balancer's", nil, []Item{Behind("lb"), PublicIP("Standard", "20.9.9.9")}, []Item{Balancer("lb", "Standard", lb, BalanceOut("All"))}, out, "20.9.9.9"},
	} {
		n := Net(t, append([]Item{VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24", append(c.subnet, NIC("vma", "10.1.1.4", c.nic...))...))}, c.beside...)...)
		r := start(t, lab.Compile(n, nil, plain.Documented()))
		if got := ask(t, r, c.probe, c.seen != ""); seenText(got) != c.seen || got.Answered != (c.seen != "") {
			t.Errorf("%s: answered %v, seen %q, want %q", c.what, got.Answered, seenText(got), c.seen)
		}
		r.Close()
	}
}
