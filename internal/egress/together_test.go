package egress_test

import (
	"slices"
	"testing"

	. "github.com/wayleave/wayleave/internal/azure/azuretest"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/egress"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// Subnets that are asked about at once keep what is theirs: each row is what becomes
// of a TCP packet of the subnet to port 22 of 198.51.100.10, a host of that name.
func TestSubnetsAtOnceKeepWhatIsTheirs(t *testing.T) {
	behind := func(items ...Item) []Item {
		return append(items, Firewall("fw", "v", "10.0.0.4", Egress("pip", "203.0.113.10"), UsePolicy("p")))
	}
	firewallSubnet := Subnet("AzureFirewallSubnet", "10.0.0.0/26")
	policy := func(source, destination string) Item {
		return Policy("p", DNSProxy(), Group("g", 200, Collection("c", 200, azure.FirewallAllow, NetworkRule("r", "TCP", source, destination, "22"))))
	}
	for _, row := range []struct {
		note  string
		host  string
		items []Item
		want  map[string]reach.Verdict
	}{
		{"a route that may be shorter than that to the firewall is told of its subnet alone", "", behind(policy("*", "198.51.100.10"),
			VNet("v", "10.0.0.0/16", firewallSubnet,
				Subnet("a", "10.0.1.0/24", Routes("rt", Route("0.0.0.0/0", "10.0.0.4"), Route("?var.partner", "None"))),
				Subnet("b", "10.0.2.0/24", Routes("rt2", Route("0.0.0.0/0", "10.0.0.4"))))),
			map[string]reach.Verdict{"v/a": reach.Undecided, "v/b": reach.Allowed}},
		{"equal addresses in two networks are two senders", "", behind(policy("*", "198.51.100.10"),
			VNet("v", "10.0.0.0/16", firewallSubnet, Subnet("a", "10.0.1.0/24", Routes("rt", Route("0.0.0.0/0", "10.0.0.4")))),
			VNet("w", "10.0.0.0/16", Subnet("a", "10.0.1.0/24", NoDefaultOutbound()))),
			map[string]reach.Verdict{"v/a": reach.Allowed, "w/a": reach.Blocked}},
		{"who asks the firewall for the name knows its address, and who does not may know another", "sftp.example", behind(policy("*", "fqdn:sftp.example"),
			VNet("v", "10.0.0.0/16", DNS("10.0.0.4"), Peer("w"), firewallSubnet, Subnet("a", "10.0.1.0/24", Routes("rt", Route("0.0.0.0/0", "10.0.0.4")))),
			VNet("w", "10.1.0.0/16", Peer("v", Forwarded()), Subnet("a", "10.1.1.0/24", Routes("rt2", Route("0.0.0.0/0", "10.0.0.4"))))),
			map[string]reach.Verdict{"v/a": reach.Allowed, "w/a": reach.Undecided}},
		{"an open point of one group is asked about its own packets", "", behind(policy("*", "198.51.100.10"),
			VNet("v", "10.0.0.0/16", firewallSubnet,
				Subnet("a", "10.0.1.0/24", Routes("rt", Route("0.0.0.0/0", "10.0.0.4")), NSG("g", DenyOut(100, "*", "*", "Internet", "22"))),
				Subnet("b", "10.0.2.0/24", UseRoutes("rt")))),
			map[string]reach.Verdict{"v/a": reach.Undecided, "v/b": reach.Allowed}},
		{"the firewall's rule is for one of them", "", behind(policy("10.0.1.0/24", "198.51.100.10"),
			VNet("v", "10.0.0.0/16", firewallSubnet,
				Subnet("a", "10.0.1.0/24", Routes("rt", Route("0.0.0.0/0", "10.0.0.4"))),
				Subnet("b", "10.0.2.0/24", UseRoutes("rt")))),
			map[string]reach.Verdict{"v/a": reach.Allowed, "v/b": reach.Blocked}},
	} {
		network := Net(t, row.items...)
		f, problems := fabric.Compile(network, servicetag.Symbolic(), fabric.Assume())
		if f == nil {
			t.Fatal(problems)
		}
		q := egress.Query{Protocols: flow.Protocols(flow.TCP), SourcePorts: flow.Ports(50000), DestinationPorts: flow.Ports(22), Host: row.host}
		got := map[string]reach.Verdict{}
		for _, s := range network.Subnets() {
			if s.Name != "AzureFirewallSubnet" {
				q.From = append(q.From, s)
			}
		}
		answer, err := egress.Run(f, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range answer.Parts {
			for _, s := range p.From {
				if name := s.VirtualNetwork.Name + "/" + s.Name; p.Destinations.Overlaps(addresses(t, "198.51.100.10")) {
					if got[name] != "" {
						t.Errorf("%s: %s has two parts", row.note, name)
					}
					got[name] = p.Verdict
				}
			}
		}
		for name, want := range row.want {
			if got[name] != want {
				t.Errorf("%s: %s is %q, want %s", row.note, name, got[name], want)
			}
		}
	}
}

// What no guest can send is told where nothing else is asked about (FAB-3), of each
// subnet.
func TestReservedPacketsAreToldWhereThereIsNothingElse(t *testing.T) {
	network := Net(t, VNet("v", "10.0.0.0/16", Subnet("a", "10.0.1.0/24"), Subnet("b", "10.0.2.0/24")))
	f, problems := fabric.Compile(network, servicetag.Symbolic(), fabric.Assume())
	if f == nil {
		t.Fatal(problems)
	}
	to := reach.Addresses(addresses(t, "198.51.100.10"))
	for _, row := range []struct {
		from flow.PortSet
		want int // subnets
	}{{flow.Ports(65330), 2}, {flow.PortRange(65330, 65331), 0}} {
		answer, err := egress.Run(f, egress.Query{From: network.Subnets(), To: &to, Protocols: flow.Protocols(flow.UDP), SourcePorts: row.from, DestinationPorts: flow.Ports(53)})
		if err != nil {
			t.Fatal(err)
		}
		senders := map[*azure.Subnet]bool{}
		for _, p := range answer.Parts {
			for _, s := range p.From {
				senders[s] = senders[s] || p.Reserved
			}
		}
		told := 0
		for _, reserved := range senders {
			if reserved {
				told++
			}
		}
		if told != row.want || len(senders) != 2 {
			t.Errorf("from port %v: told of %d subnets of %d, want %d of 2", row.from, told, len(senders), row.want)
		}
	}
}

// A part names its subnets in the order of the question, also where two of them have
// the same addresses and are asked about by themselves.
func TestSubnetsOfAPartAreInTheOrderOfTheQuestion(t *testing.T) {
	network := Net(t, VNet("v", "10.0.0.0/16", Subnet("a", "10.0.1.0/24"), Subnet("b", "10.0.2.0/24")), VNet("w", "10.0.0.0/16", Subnet("a", "10.0.1.0/24")))
	f, problems := fabric.Compile(network, servicetag.Symbolic(), fabric.Assume())
	if f == nil {
		t.Fatal(problems)
	}
	to := reach.Addresses(addresses(t, "198.51.100.10"))
	q := egress.Query{To: &to, Protocols: flow.Protocols(flow.TCP), SourcePorts: flow.Ports(50000), DestinationPorts: flow.Ports(22)}
	for _, at := range [][2]string{{"v", "a"}, {"w", "a"}, {"v", "b"}} {
		s, _ := network.Subnet(SubnetID(at[0], at[1]))
		q.From = append(q.From, s)
	}
	answer, err := egress.Run(f, q)
	if err != nil {
		t.Fatal(err)
	}
	if len(answer.Parts) != 1 || !slices.Equal(answer.Parts[0].From, q.From) {
		t.Errorf("%d parts, the first of %d subnets, want one of all, in their order", len(answer.Parts), len(answer.Parts[0].From))
	}
}

// Parts of the same destinations come by their first sender, then by their lowest port.
func TestPartsOfTheSameDestinationsAreInOrder(t *testing.T) {
	network := Net(t, VNet("v", "10.0.0.0/16",
		Subnet("a", "10.0.1.0/24", NSG("g", DenyOut(100, "Tcp", "*", "*", "22-23"))), Subnet("b", "10.0.2.0/24", NSG("h", DenyOut(100, "Tcp", "*", "*", "22")))))
	f, problems := fabric.Compile(network, servicetag.Symbolic(), fabric.Assume())
	if f == nil {
		t.Fatal(problems)
	}
	to := reach.Addresses(addresses(t, "198.51.100.10"))
	q := egress.Query{To: &to, Protocols: flow.Protocols(flow.TCP), SourcePorts: flow.Ports(50000), DestinationPorts: flow.PortRange(22, 24)}
	for _, order := range [][2]string{{"a", "b"}, {"b", "a"}} {
		q.From = nil
		for _, name := range order {
			s, _ := network.Subnet(SubnetID("v", name))
			q.From = append(q.From, s)
		}
		answer, err := egress.Run(f, q)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range answer.Parts {
			got = append(got, p.From[0].Name+" "+p.Ports.String())
		}
		want := map[string][]string{"a": {"a 22-23", "a 24", "b 22", "b 23-24"}, "b": {"b 22", "b 23-24", "a 22-23", "a 24"}}[order[0]]
		if !slices.Equal(got, want) {
			t.Errorf("asked about %v: %q, want %q", order, got, want)
		}
	}
}
