package egress_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	. "github.com/wayleave/wayleave/internal/azure/azuretest"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/egress"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/plain"
	"github.com/wayleave/wayleave/internal/plain/random"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// randomNetwork is both sides of a random network.
func randomNetwork(t *testing.T, seed uint64) (*fabric.Fabric, *plain.Twin) {
	t.Helper()
	n := random.New(seed)
	inventory, err := n.Inventory()
	if err != nil {
		t.Fatal(err)
	}
	network, problems := azure.Build(inventory)
	if network == nil {
		t.Fatal(problems)
	}
	catalogue, err := servicetag.Parse("ServiceTags_Public_20260101.json", n.ServiceTagFile())
	if err != nil {
		t.Fatal(err)
	}
	f, problems := fabric.Compile(network, catalogue, fabric.Assume())
	if f == nil {
		t.Fatal(problems)
	}
	twin, err := plain.New(network, n.Tags(), plain.Documented())
	if err != nil {
		t.Fatal(err)
	}
	return f, twin
}

// For every network the parts of a subnet are disjoint and together are all
// destinations, and each has a packet of its own.
func TestPartsAreAPartition(t *testing.T) {
	for seed := range uint64(12) {
		f, twin := randomNetwork(t, seed)
		network := f.Network()
		s := network.Subnets()[seed%uint64(len(network.Subnets()))]
		answer, err := egress.Run(f, egress.Query{
			From: []*azure.Subnet{s}, Protocols: flow.Protocols(flow.TCP), SourcePorts: flow.Ports(50000), DestinationPorts: flow.Ports(443),
		})
		if err != nil {
			t.Fatal(err)
		}
		var all flow.Space
		for _, p := range answer.Parts {
			sources := p.Sources
			if sources.IsEmpty() {
				sources = f.Addresses(s)
			}
			part := flow.SpaceOf(flow.Cube{Source: sources, Destination: p.Destinations, Protocols: p.Protocols, SourcePorts: flow.Ports(50000), DestinationPorts: p.Ports})
			if all.Overlaps(part) || !part.Contains(p.Witness) {
				t.Errorf("seed %d: the part to %s overlaps another, or %v is not in it", seed, p.Destinations.Folded(3), p.Witness)
			}
			all = all.Union(part)
			settled(t, seed, twin, s, p)
		}
		if want := flow.SpaceOf(flow.Cube{Source: f.Addresses(s), Destination: f.EveryDestination(s), Protocols: flow.Protocols(flow.TCP), SourcePorts: flow.Ports(50000), DestinationPorts: flow.Ports(443)}); !all.Equal(want) {
			t.Errorf("seed %d: the parts are not all packets: %s is missing", seed, want.Minus(all).Folded(3))
		}
	}
}

// Several subnets at once fare as each alone.
func TestSubnetsTogetherFareAsEachAlone(t *testing.T) {
	for seed := range uint64(8) {
		f, _ := randomNetwork(t, seed)
		q := egress.Query{From: f.Network().Subnets(), Protocols: flow.Protocols(flow.TCP), SourcePorts: flow.Ports(50000), DestinationPorts: flow.AllPorts()}
		together, err := egress.Run(f, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range q.From {
			alone := q
			alone.From = []*azure.Subnet{s}
			own, err := egress.Run(f, alone)
			if err != nil {
				t.Fatal(err)
			}
			same := 0
			for _, p := range own.Parts {
				if slices.ContainsFunc(together.Parts, func(o egress.Part) bool {
					return slices.Contains(o.From, s) && o.Verdict == p.Verdict && o.Destinations.Equal(p.Destinations) && o.Sources.Equal(p.Sources) &&
						o.Ports.Equal(p.Ports) && o.Seen.Key() == p.Seen.Key() && slices.Equal(o.Reasons, p.Reasons)
				}) {
					same++
				}
			}
			if same != len(own.Parts) {
				t.Errorf("seed %d: %d of %d parts of %s are those of all subnets together", seed, same, len(own.Parts), s.Name)
			}
		}
	}
}

// The way told of a part whose packets were not followed rule by rule is that of
// its packet followed by itself.
func TestTraceOfAPartIsThatOfItsPacket(t *testing.T) {
	for seed := range uint64(8) {
		f, _ := randomNetwork(t, seed)
		for _, s := range f.Network().Subnets() {
			q := reach.Query{From: reach.Subnet(s.ID), To: reach.Addresses(f.EveryDestination(s)), Protocols: flow.Protocols(flow.TCP),
				SourcePorts: flow.Ports(50000), DestinationPorts: flow.AllPorts(), BySeen: true, FirstBlocker: true}
			answer, err := reach.Explore(f, q)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range answer.Parts {
				one := q
				one.From, one.To = reach.SubnetAddresses(s.ID, flow.Points(p.Witness.Source)), reach.Addresses(flow.Points(p.Witness.Destination))
				one.DestinationPorts, one.ByRule = flow.Ports(p.Witness.DestinationPort), true
				alone, err := reach.Explore(f, one)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(alone.Parts[0].Trace, p.Trace); diff != "" {
					t.Fatalf("seed %d, %v (-alone +as part):\n%s", seed, p.Witness, diff)
				}
			}
		}
	}
}

// settled asks the interpreter about the witness of a part.
func settled(t *testing.T, seed uint64, twin *plain.Twin, s *azure.Subnet, p egress.Part) {
	t.Helper()
	q := plain.Question{From: s.ID, Packet: plain.Packet{Protocol: 6, Source: p.Witness.Source.Addr(), Destination: p.Witness.Destination.Addr(), SourcePort: 50000, DestinationPort: 443}}
	got, err := twin.Settled(q)
	if err != nil {
		t.Fatal(err)
	}
	want := map[plain.Verdict]reach.Verdict{plain.Allow: reach.Allowed, plain.Deny: reach.Blocked, plain.Undecided: reach.Undecided}[got.Verdict]
	if p.Verdict != want {
		t.Errorf("seed %d: %v is %s, the interpreter says %v", seed, p.Witness, p.Verdict, got)
	}
}

// Two subnets that see the same address are one part; one that its route leaves
// out is another (C-02).
func TestSubnetsThatFareAlikeAreOnePart(t *testing.T) {
	routes := Routes("rt", Route("198.51.100.10/32", "10.0.0.4"))
	network := Net(t, routes, VNet("v", "10.0.0.0/16",
		Subnet("AzureFirewallSubnet", "10.0.0.0/26"),
		Subnet("a", "10.0.1.0/27", UseRoutes("rt")), Subnet("b", "10.0.1.32/27", UseRoutes("rt")), Subnet("c", "10.0.1.64/27")),
		Firewall("fw", "v", "10.0.0.4", Egress("pip", "203.0.113.10"),
			Collection("c", 200, azure.FirewallAllow, NetworkRule("r", "TCP", "10.0.1.0/24", "198.51.100.10", "22"))))
	f, problems := fabric.Compile(network, servicetag.Symbolic(), fabric.Assume())
	if f == nil {
		t.Fatal(problems)
	}
	to := reach.Addresses(addresses(t, "198.51.100.10"))
	ask := func(names ...string) egress.Answer {
		q := egress.Query{To: &to, Protocols: flow.Protocols(flow.TCP), SourcePorts: flow.Ports(50000), DestinationPorts: flow.Ports(22)}
		for _, name := range names {
			s, _ := network.Subnet(SubnetID("v", name))
			q.From = append(q.From, s)
		}
		answer, err := egress.Run(f, q)
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
	if a := ask("a", "b"); len(a.Parts) != 1 || len(a.Parts[0].From) != 2 {
		t.Errorf("a and b: %d parts", len(a.Parts))
	} else if ip, ok := a.Predictable(); !ok || ip != "203.0.113.10" {
		t.Errorf("a and b are seen as %q, %v", ip, ok)
	}
	if a := ask("a", "b", "c"); len(a.Parts) != 2 {
		t.Errorf("a, b and c: %d parts", len(a.Parts))
	} else if ip, ok := a.Predictable(); ok {
		t.Errorf("a, b and c are all seen as %q", ip)
	}
}

func addresses(t *testing.T, text string) flow.AddressSet {
	t.Helper()
	terms, problems := azure.MakeFirewallTerms([]azure.Value[string]{azure.Of(text, azure.Position{})})
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	return flow.Range(terms[0].First, terms[0].Last)
}

// What leaves a subnet that Azure lends an address is seen with that one, unless the
// service there may have one of its own: then nobody tells which.
func TestWhoMayHaveAnAddressOfHisOwnIsSeenWithEither(t *testing.T) {
	network := Net(t, VNet("v", "10.0.0.0/16", Subnet("a", "10.0.1.0/24")))
	f, problems := fabric.Compile(network, servicetag.Symbolic(), fabric.Assume())
	if f == nil {
		t.Fatal(problems)
	}
	to := reach.Addresses(addresses(t, "198.51.100.10"))
	for _, row := range []struct {
		own  *azure.OwnAddress
		want string
	}{
		{nil, "default outbound access"},
		{&azure.OwnAddress{Has: azure.HasNone}, "default outbound access"},
		{&azure.OwnAddress{Has: azure.MayHaveOwn, Why: "nobody tells"}, "the service's own public address or one that Azure lends"},
	} {
		answer, err := egress.Run(f, egress.Query{From: network.Subnets(), To: &to, Own: row.own, Protocols: flow.Protocols(flow.TCP), SourcePorts: flow.Ports(50000), DestinationPorts: flow.Ports(22)})
		if err != nil {
			t.Fatal(err)
		}
		if len(answer.Parts) != 1 || !strings.Contains(answer.Parts[0].Seen.Origin, row.want) || len(answer.Parts[0].Seen.Addresses) != 0 {
			t.Errorf("own address %v: %+v, want one part seen with %s", row.own, answer.Parts[0].Seen, row.want)
		}
	}
}
