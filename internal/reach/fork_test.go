package reach_test

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// The way of a packet ends where it is stopped, and what else would stop it is known
// all the same; also where it is stopped because probes are.
func TestWaysAreTracesAndBlockers(t *testing.T) {
	for _, row := range []struct {
		note, to string
		items    []Item
	}{
		{"both groups", "10.1.2.9", []Item{VNet("v", "10.1.0.0/16",
			Subnet("a", "10.1.1.0/24", NSG("out", DenyOut(100, "Tcp", "*", "*", "22"))),
			Subnet("b", "10.1.2.0/24", NSG("in", DenyIn(100, "Tcp", "*", "*", "22"))))}},
		{"both groups stop the probes", "10.1.2.10", []Item{
			VNet("v", "10.1.0.0/16", Subnet("a", "10.1.1.0/24"),
				Subnet("b", "10.1.2.0/24", NSG("in", DenyIn(100, "*", "*", "*", "*")), NIC("n", "10.1.2.4", Behind("lb"), NSG("nic", DenyIn(100, "*", "*", "*", "*"))),
					Balancer("lb", "Standard", "10.1.2.10", Balance("Tcp", 22, 22, 22))))}},
	} {
		f := compile(t, Net(t, row.items...), servicetag.Symbolic())
		q := question{protocol: "tcp", from: "v/a", to: row.to}.query(t)
		q.From, q.BySeen, q.FirstBlocker = reach.Subnets(SubnetID("v", "a")), true, true
		var packets []flow.Packet
		for _, port := range []uint16{22, 443} {
			packets = append(packets, flow.Packet{Source: host("10.1.1.9"), Destination: host(row.to), Protocol: flow.TCP, SourcePort: 50000, DestinationPort: port})
		}
		traces, blockers := reach.Ways(f, q, packets)
		if len(blockers[0]) == 0 || len(traces[0]) == 0 {
			t.Errorf("%s: nothing stops the first packet", row.note)
		}
		if diff := cmp.Diff(reach.Traces(f, q, packets), traces); diff != "" {
			t.Errorf("%s: traces (-want +got):\n%s", row.note, diff)
		}
		if diff := cmp.Diff(reach.Blockers(f, q, packets), blockers); diff != "" {
			t.Errorf("%s: blockers (-want +got):\n%s", row.note, diff)
		}
	}
}

func host(text string) flow.Address { return flow.AddressOf(netip.MustParseAddr(text)) }
