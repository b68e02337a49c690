package egress_test

import (
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/egress"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/reach"
)

// The packets of several subnets that go on together from a firewall fare as a
// question about each subnet says.
func TestPacketsOfSeveralSubnetsFareAsThoseOfOne(t *testing.T) {
	for seed := range uint64(12) {
		f, _ := randomNetwork(t, seed)
		q := egress.Query{From: f.Network().Subnets(), Protocols: flow.Protocols(flow.TCP, flow.ICMP), SourcePorts: flow.Ports(50000), DestinationPorts: flow.AllPorts()}
		together, err := egress.Run(f, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range q.From {
			alone, err := reach.Explore(f, reach.Query{From: reach.Subnet(s.ID), To: reach.Addresses(f.EveryDestination(s)), Protocols: q.Protocols,
				SourcePorts: q.SourcePorts, DestinationPorts: q.DestinationPorts, Managed: f.IsManaged(s), BySeen: true})
			if err != nil {
				t.Fatal(err)
			}
			want, got := fates{}, fates{}
			for _, p := range alone.Counted() {
				want.add(p, p.Space)
			}
			for _, p := range together.Parts {
				got.add(p.Part, sent(f.Addresses(s), s, p, q))
			}
			for fate, space := range want {
				if !got[fate].Equal(space) {
					t.Errorf("seed %d, %s of %s: %s alone and not together: %s", seed, s.Name, s.VirtualNetwork.Name, fate, space.Minus(got[fate]).Folded(2))
				}
				delete(got, fate)
			}
			for fate, space := range got {
				if !space.IsEmpty() {
					t.Errorf("seed %d, %s of %s: %s together and not alone: %s", seed, s.Name, s.VirtualNetwork.Name, fate, space.Folded(2))
				}
			}
		}
	}
}

// fates are packets by verdict and by what their receivers see.
type fates map[string]flow.Space

func (f fates) add(p reach.Part, space flow.Space) {
	fate := string(p.Verdict)
	if p.Verdict == reach.Allowed {
		fate += " seen as " + p.Seen.Key()
	}
	f[fate] = f[fate].Union(space)
}

// sent is what a subnet sends of a part.
func sent(all flow.AddressSet, s *azure.Subnet, p egress.Part, q egress.Query) flow.Space {
	var space flow.Space
	for _, from := range p.From {
		if from != s {
			continue
		}
		sources := p.Sources
		if sources.IsEmpty() {
			sources = all
		}
		ported := flow.Cube{Source: sources, Destination: p.Destinations, Protocols: p.Protocols.Intersect(flow.PortProtocols()), SourcePorts: q.SourcePorts, DestinationPorts: p.Ports}
		portless := flow.Cube{Source: sources, Destination: p.Destinations, Protocols: p.Protocols.Minus(flow.PortProtocols()), SourcePorts: flow.AllPorts(), DestinationPorts: flow.AllPorts()}
		space = space.Union(flow.SpaceOf(ported, portless))
	}
	return space
}
