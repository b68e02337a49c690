package compare

import (
	"fmt"
	"slices"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/egress"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/reach"
)

// TestSoakSubnetsTogether compares what becomes of the packets of all subnets at once,
// which go on together from a firewall, with the answer about each subnet.
func TestSoakSubnetsTogether(t *testing.T) {
	asked := []flow.ProtocolSet{flow.Protocols(flow.TCP), flow.Protocols(flow.TCP, flow.ICMP), flow.AllProtocols()}
	plan(t, 16, 0).each(t, func(seed uint64) bool {
		p, err := newPair(networkOf(seed), nil)
		if err != nil {
			t.Errorf("seed %d: %v", seed, err)
			return false
		}
		f := p.settled
		if seed%4 == 0 {
			f = p.open
		}
		q := egress.Query{From: f.Network().Subnets(), Protocols: asked[seed%3], SourcePorts: flow.Ports(50000), DestinationPorts: flow.AllPorts()}
		if what := together(f, q); what != "" {
			t.Errorf("seed %d: %s", seed, what)
			return false
		}
		return true
	})
}

// together says what differs.
func together(f *fabric.Fabric, q egress.Query) string {
	answer, err := egress.Run(f, q)
	if err != nil {
		return err.Error()
	}
	for _, s := range q.From {
		alone, err := reach.Explore(f, reach.Query{From: reach.Subnet(s.ID), To: reach.Addresses(f.EveryDestination(s)), Protocols: q.Protocols,
			SourcePorts: q.SourcePorts, DestinationPorts: q.DestinationPorts, Managed: f.IsManaged(s), BySeen: true})
		if err != nil {
			return err.Error()
		}
		want, got := fates{}, fates{}
		for _, p := range alone.Counted() {
			want.add(p, p.Space)
		}
		for _, p := range answer.Parts {
			got.add(p.Part, sent(f.Addresses(s), s, p, q))
		}
		for fate, space := range want {
			if !got[fate].Equal(space) {
				return fmt.Sprintf("%s is %s alone and not together: %s", s.Label(), fate, space.Minus(got[fate]).Folded(2))
			}
			delete(got, fate)
		}
		for fate, space := range got {
			if !space.IsEmpty() {
				return fmt.Sprintf("%s is %s together and not alone: %s", s.Label(), fate, space.Folded(2))
			}
		}
	}
	return ""
}

// TestSoakExamplesTogether compares the ways of packets that go on together with those
// of each of them alone, hop by hop, and what blocks them.
func TestSoakExamplesTogether(t *testing.T) {
	plan(t, 16, 0).each(t, func(seed uint64) bool {
		p, err := newPair(networkOf(seed), nil)
		if err != nil {
			t.Errorf("seed %d: %v", seed, err)
			return false
		}
		f := p.settled
		if seed%2 == 0 {
			f = p.open
		}
		for _, s := range f.Network().Subnets() {
			if what := examplesTogether(f, s, seed%3 == 0); what != "" {
				t.Errorf("seed %d: from %s: %s", seed, s.Label(), what)
				return false
			}
		}
		return true
	})
}

// examplesTogether says what differs of examples of all that becomes of a subnet's packets.
func examplesTogether(f *fabric.Fabric, s *azure.Subnet, first bool) string {
	q := reach.Query{From: reach.Subnets(s.ID), To: reach.Addresses(f.EveryDestination(s)), Protocols: flow.AllProtocols(),
		SourcePorts: flow.Ports(50000), DestinationPorts: flow.AllPorts(), Managed: f.IsManaged(s), BySeen: true, FirstBlocker: first}
	answer, err := reach.Explore(f, q)
	if err != nil {
		return err.Error()
	}
	var packets []flow.Packet
	for _, p := range answer.Parts {
		packets = append(packets, p.Witness)
	}
	ways, blockers := reach.Traces(f, q, packets), reach.Blockers(f, q, packets)
	if first {
		ways, blockers = reach.Ways(f, q, packets)
	}
	for i, p := range packets {
		one := []flow.Packet{p}
		if way := reach.Traces(f, q, one)[0]; !slices.Equal(ways[i], way) {
			return fmt.Sprintf("%v goes %v together and %v alone", p, ways[i], way)
		}
		if what := reach.Blockers(f, q, one)[0]; !slices.Equal(blockers[i], what) {
			return fmt.Sprintf("%v is blocked by %v together and by %v alone", p, blockers[i], what)
		}
	}
	return ""
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
