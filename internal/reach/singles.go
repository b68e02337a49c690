package reach

import (
	"slices"

	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
)

// Traces are the ways of single packets of a query, rule by rule, under the fabric's
// own reading.
func Traces(f *fabric.Fabric, q Query, packets []flow.Packet) [][]Hop {
	q.ByRule = true
	traces := make([][]Hop, len(packets))
	for i, p := range singles(f, q, packets) {
		traces[i] = p.trace.hops(0)
	}
	return traces
}

// Blockers lists all that stops single packets of a query on their way there and back,
// also where the query asks for what comes first; nothing of those that are not blocked
// for certain.
func Blockers(f *fabric.Fabric, q Query, packets []flow.Packet) [][]Hop {
	q.FirstBlocker = false
	blockers := make([][]Hop, len(packets))
	for i, p := range singles(f, q, packets) {
		blockers[i] = p.blockers
	}
	return blockers
}

// singles are the pieces that packets become. They go on together, never joined with
// what is merely like them; those of which that tells what concerns others go alone.
func singles(f *fabric.Fabric, q Query, packets []flow.Packet) []piece {
	if names := slices.Concat(q.From.tags, q.To.tags); len(names) > 0 {
		f = f.Mention(names...)
	}
	if len(packets) == 0 {
		return nil
	}
	out, known := make([]piece, len(packets)), make([]bool, len(packets))
	at := map[flow.Packet][]int{}
	var cubes []flow.Cube
	for i, p := range packets {
		if at[p] = append(at[p], i); len(at[p]) == 1 {
			cubes = append(cubes, single(p))
		}
	}
	pieces, _ := (&walk{fabric: f, query: q, apart: true}).run(cubes)
	for _, p := range pieces {
		if p.toldTogether() {
			continue
		}
		for _, c := range p.packets {
			packet, _ := c.Single()
			for _, i := range at[packet] {
				out[i], known[i] = p, true
			}
		}
	}
	for i, p := range packets {
		if known[i] {
			continue
		}
		if pieces, err := (&walk{fabric: f, query: q}).run([]flow.Cube{single(p)}); err == nil && len(pieces) > 0 {
			out[i] = pieces[0]
		}
	}
	return out
}

// toldTogether reports whether the way of a piece is told in words about all pieces that
// took it: what is not certain, and one of the private endpoints that they are for.
func (p piece) toldTogether() bool {
	return len(p.reasons) > 0 || p.trace.any(func(h Hop) bool {
		return h.Decision == fabric.Unknown || h.Kind == fabric.KindPrivateEndpoint
	})
}
