package reach_test

import (
	"testing"

	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// NSG-31: ICMPv6 between IPv4 addresses does not exist, nor ICMP between those of IPv6:
// who asks about every protocol does not ask about them, and who names one does.
func TestQueriesLeaveOutPacketsThatDoNotExist(t *testing.T) {
	const v4, v6 = "10.1.0.0/16", "fd00:db8:1::/48"
	network := Net(t, VNet("v", v4+","+v6,
		Subnet("four", "10.1.1.0/24"), Subnet("six", "fd00:db8:1:1::/64"), Subnet("both", "10.1.2.0/24,fd00:db8:1:2::/64"),
		Subnet("shut", "10.1.3.0/24", NSG("g", DenyIn(100, "*", "*", "*", "*")))))
	f := compile(t, network, servicetag.Symbolic())
	find := func(name string) reach.Endpoint {
		for _, s := range network.Subnets() {
			if s.Name == name {
				return reach.Subnet(s.ID)
			}
		}
		t.Fatalf("there is no subnet %s", name)
		return reach.Endpoint{}
	}
	packet := func(protocol uint8, from, to string) flow.Packet {
		return flow.Packet{Protocol: protocol, Source: host(from), Destination: host(to)}
	}
	four, six := [2]string{"10.1.1.9", "10.1.2.9"}, [2]string{"fd00:db8:1:1::9", "fd00:db8:1:2::9"}
	every := flow.AllProtocols()
	for _, row := range []struct {
		from      string
		protocols flow.ProtocolSet
		protocol  uint8
		ends      [2]string
		want      bool
	}{
		{"four", every, flow.ICMP, four, true},
		{"four", every, flow.ICMPv6, four, false},
		{"four", every, flow.ESP, four, true},
		{"four", flow.Protocols(flow.ICMPv6), flow.ICMPv6, four, true},
		{"six", every, flow.ICMP, six, false},
		{"six", every, flow.ICMPv6, six, true},
		{"six", flow.Protocols(flow.ICMP), flow.ICMP, six, true},
		{"both", every, flow.ICMPv6, [2]string{"10.1.2.8", "10.1.2.9"}, false},
		{"both", every, flow.ICMP, [2]string{"10.1.2.8", "10.1.2.9"}, true},
		{"both", every, flow.ICMP, [2]string{"fd00:db8:1:2::8", "fd00:db8:1:2::9"}, false},
		{"both", every, flow.ICMPv6, [2]string{"fd00:db8:1:2::8", "fd00:db8:1:2::9"}, true},
		{"both", every, flow.ESP, [2]string{"fd00:db8:1:2::8", "fd00:db8:1:2::9"}, true},
	} {
		answer, err := reach.Explore(f, reach.Query{From: find(row.from), To: find("both"), Protocols: row.protocols, SourcePorts: flow.AllPorts(), DestinationPorts: flow.AllPorts()})
		if err != nil {
			t.Fatal(err)
		}
		if got := answer.Packets.Contains(packet(row.protocol, row.ends[0], row.ends[1])); got != row.want {
			t.Errorf("from %s, protocol %d between %v is asked about: %v, want %v", row.from, row.protocol, row.ends, got, row.want)
		}
	}
	answer, err := reach.Explore(f, reach.Query{From: find("four"), To: find("shut"), Protocols: every, SourcePorts: flow.AllPorts(), DestinationPorts: flow.AllPorts()})
	if err != nil || answer.Verdict() != reach.Blocked {
		t.Errorf("behind a group that denies everything: %v, %v", answer.Verdict(), err)
	}
}
