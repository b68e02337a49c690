package compare

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/plain"
	"github.com/wayleave/wayleave/internal/plain/random"
	"github.com/wayleave/wayleave/internal/reach"
)

// wide is a query about all that a number of questions about one subnet ask,
// and much between.
func wide(qs []plain.Question, narrow func(flow.Cube) flow.Cube) reach.Query {
	c := narrow(flow.Cube{Source: flow.AllAddresses(), Destination: flow.AllAddresses(),
		Protocols: flow.AllProtocols(), SourcePorts: flow.AllPorts(), DestinationPorts: flow.AllPorts()})
	var near, far flow.AddressSetBuilder
	for _, q := range qs {
		p := q.Packet
		if q.From == "" {
			p.Source, p.Destination = p.Destination, p.Source
		}
		near.Add(flow.AddressOf(p.Source))
		far.Add(flow.AddressOf(p.Destination))
	}
	r := reach.Query{Protocols: c.Protocols, SourcePorts: c.SourcePorts, DestinationPorts: c.DestinationPorts, Managed: qs[0].Managed, NeedsGroup: qs[0].NeedsGroup, Own: qs[0].Own, BySeen: true}
	if qs[0].From != "" {
		r.From, r.To = reach.SubnetAddresses(qs[0].From, near.Set()), reach.Addresses(c.Destination)
	} else {
		// Addresses that a network holds are inside, not outside: ask about
		// those of the questions alone.
		r.From, r.To = reach.Addresses(far.Set()), reach.SubnetAddresses(qs[0].To, near.Set())
	}
	return r
}

// askWide puts one query to the fast side and its questions to the slow side:
// the parts must be a partition, and each question's packet in a part with the
// interpreter's verdict.
func (p *pair) askWide(qs []plain.Question, open bool, narrow func(flow.Cube) flow.Cube) (*disagreement, error) {
	f, slow := p.settled, p.slow.Follow
	if open {
		f, slow = p.open, p.slow.Settled
	}
	answer, err := reach.Explore(f, wide(qs, narrow))
	if err != nil {
		return &disagreement{question: qs[0], what: "the fast side fails: " + err.Error()}, nil
	}
	if what := partition(answer); what != "" {
		return &disagreement{question: qs[0], what: what}, nil
	}
	for _, q := range qs {
		packet := flowPacket(q.Packet)
		if !answer.Packets.Contains(packet) {
			continue
		}
		d := &disagreement{question: q}
		holding := 0
		for _, part := range answer.Parts {
			if part.Space.Contains(packet) {
				d.fast, holding = part, holding+1
			}
		}
		if d.slow, err = slow(q); err != nil {
			return nil, err
		}
		if d.what = fmt.Sprintf("a packet of a wide query is in %d parts", holding); holding == 1 {
			d.what = differ(d.fast, d.slow)
		}
		if d.what != "" {
			return d, nil
		}
	}
	return nil, nil
}

// partition says what is wrong with parts that should be disjoint and together
// all packets, each with a witness of its own.
func partition(a reach.Answer) string {
	var all flow.Space
	for i, part := range a.Parts {
		if part.Space.IsEmpty() || !part.Space.Contains(part.Witness) {
			return fmt.Sprintf("part %d is empty, or %v is not in it", i, part.Witness)
		}
		if all.Overlaps(part.Space) {
			return fmt.Sprintf("part %d overlaps the parts before it", i)
		}
		all = all.Union(part.Space)
	}
	if !all.Equal(a.Packets) {
		return "the parts together are not what was asked"
	}
	return ""
}

func flowPacket(p plain.Packet) flow.Packet {
	return flow.Packet{Protocol: p.Protocol, Source: flow.AddressOf(p.Source), Destination: flow.AddressOf(p.Destination),
		SourcePort: p.SourcePort, DestinationPort: p.DestinationPort}
}

// narrowings are the shapes of wide queries: everything, one service, a range
// of ports, one family, an odd cut through the addresses.
var narrowings = []func(flow.Cube) flow.Cube{
	func(c flow.Cube) flow.Cube { return c },
	func(c flow.Cube) flow.Cube { c.Protocols = flow.Protocols(flow.TCP); return c },
	func(c flow.Cube) flow.Cube {
		c.Protocols, c.DestinationPorts = flow.Protocols(flow.TCP, flow.UDP), flow.PortRange(1, 1500)
		return c
	},
	func(c flow.Cube) flow.Cube { c.Destination = c.Destination.Only(flow.IPv4); return c },
	func(c flow.Cube) flow.Cube {
		c.Destination = c.Destination.Minus(flow.Prefix(must("10.0.0.0/15")).Union(flow.Prefix(must("2603::/16"))))
		return c
	},
}

// TestSoakPartsPartition compares the parts of wide queries (P-40).
func TestSoakPartsPartition(t *testing.T) {
	r := plan(t, 30, 400)
	var packets atomic.Uint64
	r.each(t, func(seed uint64) bool {
		n := random.New(seed)
		p, err := newPair(n, nil)
		if err != nil {
			t.Errorf("seed %d: %v", seed, err)
			return false
		}
		questions := n.Questions(seed)
		for i := range 3 {
			open := i == 2 && seed%8 == 0 // many readings: dear
			qs := questions.Alike(r.questions)
			packets.Add(uint64(len(qs)))
			narrow := narrowings[(int(seed)+i)%len(narrowings)]
			if d, err := p.askWide(qs, open, narrow); d != nil || err != nil {
				if err == nil && d.fast.Verdict != "" {
					qs = []plain.Question{d.question} // enough to see it again
				}
				report(t, n, seed, d, err, func(p *pair) (*disagreement, error) { return p.askWide(qs, open, narrow) })
				return false
			}
		}
		return true
	})
	t.Logf("%d packets", packets.Load())
}
