package compare

import (
	"errors"
	"fmt"
	"net/netip"
	"sync/atomic"
	"testing"

	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/plain"
	"github.com/wayleave/wayleave/internal/reach"
)

// lookup finds the part that holds a packet. Many packets between few addresses
// are looked up, so that the cubes between two addresses are found once.
type lookup struct {
	answer reach.Answer
	cubes  []partCube
	to     map[netip.Addr][]partCube
	pairs  map[[2]netip.Addr][]partCube
}

// partCube is a cube of the part with the number.
type partCube struct {
	flow.Cube
	part int
}

func newLookup(a reach.Answer) *lookup {
	l := &lookup{answer: a, to: map[netip.Addr][]partCube{}, pairs: map[[2]netip.Addr][]partCube{}}
	for i, p := range a.Parts {
		for _, c := range p.Space.Cubes() {
			l.cubes = append(l.cubes, partCube{c, i})
		}
	}
	return l
}

// find returns the parts that hold a packet; of a partition it is one.
func (l *lookup) find(p plain.Packet) []int {
	pair := [2]netip.Addr{p.Source, p.Destination}
	between, known := l.pairs[pair]
	if !known {
		to, known := l.to[p.Destination]
		if !known {
			for _, c := range l.cubes {
				if c.Destination.ContainsAddr(p.Destination) {
					to = append(to, c)
				}
			}
			l.to[p.Destination] = to
		}
		for _, c := range to {
			if c.Source.ContainsAddr(p.Source) {
				between = append(between, c)
			}
		}
		l.pairs[pair] = between
	}
	var parts []int
	ported := flow.HasPorts(p.Protocol)
	for _, c := range between {
		if c.Protocols.Contains(p.Protocol) && (!ported || c.SourcePorts.Contains(p.SourcePort) && c.DestinationPorts.Contains(p.DestinationPort)) {
			parts = append(parts, c.part)
		}
	}
	return parts
}

// decide explains a space once and puts every question about it to the
// interpreter.
func (p *pair) decide(qs []plain.Question, narrow func(flow.Cube) flow.Cube, decisions *atomic.Uint64) (*disagreement, error) {
	answer, err := reach.Explore(p.settled, wide(qs, narrow))
	if errors.Is(err, reach.ErrNoPackets) {
		return nil, nil // of a family that the subnet does not have
	}
	if err != nil {
		return &disagreement{question: qs[0], what: "the fast side fails: " + err.Error()}, nil
	}
	find := newLookup(answer)
	for _, q := range qs {
		parts := find.find(q.Packet)
		if len(parts) == 0 && !answer.Packets.Contains(flowPacket(q.Packet)) {
			continue
		}
		d := &disagreement{question: q}
		if d.what = fmt.Sprintf("a packet of a wide query is in %d parts", len(parts)); len(parts) == 1 {
			d.fast = answer.Parts[parts[0]]
			if d.slow, err = p.slow.Follow(q); err != nil {
				return nil, err
			}
			d.what = differ(d.fast, d.slow)
		}
		if d.what != "" {
			return d, nil
		}
		decisions.Add(1)
	}
	return nil, nil
}

// TestSoakDecisions compares a million decisions, or as many as fit in
// WAYLEAVE_SOAK: verdict, first blocker and the address seen of packets of few
// networks.
func TestSoakDecisions(t *testing.T) {
	r := plan(t, 50, 25000)
	wanted := uint64(1e6)
	if r.time > 0 {
		r.questions = 100000 // most of the work is that of a network
	}
	if testing.Short() {
		r.networks, wanted = 2, 1
	}
	var decisions atomic.Uint64
	r.each(t, func(seed uint64) bool {
		n := networkOf(seed)
		p, err := newPair(n, nil)
		if err != nil {
			t.Errorf("seed %d: %v", seed, err)
			return false
		}
		qs := n.Questions(seed).Alike(r.questions)
		for i := range qs {
			qs[i] = sentBy(seed, qs[i])
		}
		narrow := narrowings[int(seed)%len(narrowings)]
		d, err := p.decide(qs, narrow, &decisions)
		if d == nil && err == nil {
			return true
		}
		if err == nil && d.fast.Verdict != "" {
			qs = []plain.Question{d.question} // enough to see it again
		}
		report(t, n, seed, d, err, func(p *pair) (*disagreement, error) { return p.decide(qs, narrow, new(atomic.Uint64)) })
		return false
	})
	t.Logf("%d decisions", decisions.Load())
	if got := decisions.Load(); got < wanted && r.time == 0 && !t.Failed() {
		t.Errorf("%d decisions were compared, want %d", got, wanted)
	}
}
