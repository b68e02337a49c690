package reach_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// The way of a packet ends where it is stopped, and what else would stop it is known
// all the same.
func TestWaysAreTracesAndBlockers(t *testing.T) {
	network := Net(t,
		VNet("v", "10.1.0.0/16", Subnet("a", "10.1.1.0/24", NSG("out", DenyOut(100, "Tcp", "*", "*", "22"))), Subnet("b", "10.1.2.0/24", NSG("in", DenyIn(100, "Tcp", "*", "*", "22")))))
	f, problems := fabric.Compile(network, servicetag.Symbolic(), fabric.Assume())
	if f == nil {
		t.Fatal(problems)
	}
	q := question{protocol: "tcp", from: "v/a", to: "v/b"}.query(t)
	q.From, q.BySeen, q.FirstBlocker = reach.Subnets(SubnetID("v", "a")), true, true
	var packets []flow.Packet
	for _, port := range []uint16{22, 443} {
		from, _ := addressSet("10.1.1.9")
		to, _ := addressSet("10.1.2.9")
		packet, _ := flow.SpaceOf(flow.Cube{Source: from, Destination: to, Protocols: flow.Protocols(flow.TCP), SourcePorts: flow.Ports(50000), DestinationPorts: flow.Ports(port)}).Witness(flow.Preference{})
		packets = append(packets, packet)
	}
	traces, blockers := reach.Ways(f, q, packets)
	if n := len(blockers[0]); n != 2 || len(traces[0]) != 1 || len(blockers[1]) != 0 {
		t.Errorf("%d hops stop a packet that both groups deny, after %d hops, and %d one that they let through", n, len(traces[0]), len(blockers[1]))
	}
	if diff := cmp.Diff(reach.Traces(f, q, packets), traces); diff != "" {
		t.Errorf("traces (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(reach.Blockers(f, q, packets), blockers); diff != "" {
		t.Errorf("blockers (-want +got):\n%s", diff)
	}
}
