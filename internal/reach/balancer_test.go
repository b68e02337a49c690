package reach_test

import (
	"net/netip"
	"testing"

	. "github.com/wayleave/wayleave/internal/azure/azuretest"

	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// Whom a load balancer gives a flow turns on the probes of all its members: where it
// is open whether a rule lets in those of another one, that is an open point of the
// flow, wherever the other stands in the list (PLAT-6).
func TestProbesOfOtherMembersAreOpenPointsOfAFlow(t *testing.T) {
	// Of the one the reply comes back, of the other, which has a route to nobody, not.
	one := Subnet("one", "10.1.2.0/25", NIC("n1", "10.1.2.4", Behind("lb"), UseNSG("g"), PublicIP("Standard", "51.103.2.10")))
	other := Subnet("other", "10.1.3.0/29", Routes("rt", Route("0.0.0.0/0", "10.2.3.4")), NSG("g", DenyIn(313, "*", "128.0.0.0/1", "VirtualNetwork", "*")), NIC("n2", "10.1.3.5", Behind("lb")))
	for _, row := range []struct {
		note    string
		subnets []Item
		assume  []string
		want    reach.Verdict
	}{
		{"the open one last", []Item{one, other}, nil, reach.Undecided},
		{"the open one first", []Item{other, one}, nil, reach.Undecided},
		{"settled, the other is dead", []Item{one, other}, []string{"internet.minusVnetTag=true"}, reach.Allowed},
		{"settled the other way it may get the flow", []Item{one, other}, []string{"internet.minusVnetTag=false"}, reach.Undecided},
	} {
		network := Net(t, Admin("admin", "v", AdminRule("AlwaysAllow", "Inbound", 6, "Tcp", "Internet", "*", "*")),
			VNet("v", "10.1.0.0/16", row.subnets...), Balancer("lb", "Standard", "51.104.0.2", Balance("Tcp", 80, 80, 80)))
		f := compile(t, network, servicetag.Symbolic(), row.assume...)
		host := func(text string) reach.Endpoint {
			return reach.Addresses(flow.Host(netip.MustParseAddr(text)))
		}
		answer, err := reach.Explore(f, reach.Query{From: host("20.42.89.143"), To: host("51.104.0.2"), Protocols: flow.Protocols(flow.TCP), SourcePorts: flow.Ports(51000), DestinationPorts: flow.Ports(80)})
		if err != nil {
			t.Fatal(err)
		}
		if got := answer.Verdict(); got != row.want {
			t.Errorf("%s: %s, want %s", row.note, got, row.want)
		}
	}
}
