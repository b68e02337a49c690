package compare

import (
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/plain"
	"github.com/wayleave/wayleave/internal/plain/random"
	"github.com/wayleave/wayleave/internal/reach"
)

// askWitnesses explains a space, as wayleave explain does, and follows the
// witness of each part in the interpreter: the parts are a partition, and each
// witness fares as its part says and takes the way that its part tells.
func (p *pair) askWitnesses(q plain.Question, r reach.Query, asked *atomic.Uint64) (*disagreement, error) {
	answer, err := reach.Explore(p.settled, r)
	if errors.Is(err, reach.ErrNoPackets) {
		return nil, nil // of a family that the subnet does not have
	}
	if err != nil {
		return &disagreement{question: q, what: "the fast side fails: " + err.Error()}, nil
	}
	if what := partition(answer); what != "" {
		return &disagreement{question: q, what: what}, nil
	}
	for _, part := range answer.Parts {
		w := part.Witness
		if w.Source.IsOpaque() || w.Destination.IsOpaque() {
			return &disagreement{question: q, fast: part, what: fmt.Sprintf("the witness %v has no addresses", w)}, nil
		}
		d := &disagreement{question: q, fast: part}
		d.question.Packet = plain.Packet{Protocol: w.Protocol, Source: w.Source.Addr(), Destination: w.Destination.Addr(),
			SourcePort: w.SourcePort, DestinationPort: w.DestinationPort}
		if d.slow, err = p.slow.Follow(d.question); err != nil {
			return nil, err
		}
		asked.Add(1)
		if !r.BySeen {
			part.Seen, d.slow.Seen = fabric.Seen{}, plain.Seen{Kind: plain.SeenPrivate} // not asked for
		}
		if d.what = differ(part, d.slow); d.what == "" {
			d.what = passed(part, d.slow)
		}
		if d.what == "" {
			d.what = routed(part, d.slow)
		}
		if d.what != "" {
			return d, nil
		}
	}
	return nil, nil
}

// routed says in which user routes the ways forward differ, up to the first
// blocker.
func routed(fast reach.Part, slow plain.Answer) string {
	var ours, theirs []string
	for _, h := range fast.Trace {
		if h.Kind == fabric.KindRoute && h.Decision == fabric.Forward && !h.Return {
			ours = append(ours, h.Name)
		}
	}
	for _, h := range slow.Hops {
		if h.Kind == plain.UserRoute && h.Decision == plain.Forwards && !h.Return {
			theirs = append(theirs, h.Name)
		}
	}
	if len(ours) < len(theirs) || !slices.Equal(ours[:len(theirs)], theirs) {
		return fmt.Sprintf("routes taken: %q, %q", ours, theirs)
	}
	return ""
}

// spaces are the shapes of what is explained from the subnet of a question: a
// neighbour, everything, everything by its rule, a service, some destinations.
func spaces(q plain.Question, i int) reach.Query {
	r := wide([]plain.Question{q}, narrowings[i%len(narrowings)])
	r.ByRule, r.BySeen = i%2 == 0, i%3 != 0
	if q.From != "" && i%4 == 1 {
		near, _ := flow.AddressOf(q.Packet.Destination).Addr().Prefix(24)
		r.To = reach.Addresses(flow.Prefix(near))
	}
	return r
}

// TestSoakWitnessesTakeTheWayOfTheirPart explains spaces of random networks (P-42).
func TestSoakWitnessesTakeTheWayOfTheirPart(t *testing.T) {
	r := plan(t, 25, 4)
	if testing.Short() {
		r.networks = 5
	}
	var witnesses, explained atomic.Uint64
	r.each(t, func(seed uint64) bool {
		n := random.New(seed)
		p, err := newPair(n, nil)
		if err != nil {
			t.Errorf("seed %d: %v", seed, err)
			return false
		}
		questions := n.Questions(seed)
		for i := range r.questions {
			q := questions.Next()
			if q.From == "" && q.To == "" {
				continue
			}
			explained.Add(1)
			space := spaces(q, int(seed)+i)
			if d, err := p.askWitnesses(q, space, &witnesses); d != nil || err != nil {
				report(t, n, seed, d, err, func(p *pair) (*disagreement, error) { return p.askWitnesses(q, space, new(atomic.Uint64)) })
				return false
			}
		}
		return true
	})
	t.Logf("%d spaces, %d witnesses", explained.Load(), witnesses.Load())
}
