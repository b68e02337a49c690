package reach

import (
	"slices"
	"sync/atomic"

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

// Ways are the [Traces] of single packets of a query for what comes first and their
// [Blockers], for which they go but once.
func Ways(f *fabric.Fabric, q Query, packets []flow.Packet) (traces, blockers [][]Hop) {
	f = q.mention(f)
	traces, blockers = make([][]Hop, len(packets)), make([][]Hop, len(packets))
	told, stopped := make([]bool, len(packets)), make([]bool, len(packets))
	both := q
	both.ByRule, both.FirstBlocker = true, false
	var probed atomic.Bool
	both.run(f, packets, &walk{apart: true, forks: &probed}, func(i int, p piece) {
		if p.fork != onward {
			told[i], traces[i] = true, p.trace.hops(0)
		}
		if p.fork != first && !(p.chosen && p.verdict() == Blocked) {
			stopped[i], blockers[i] = true, p.blockers
		}
	})
	if probed.Load() {
		return Traces(f, q, packets), Blockers(f, q, packets)
	}
	for i := range packets {
		one := packets[i : i+1]
		if !told[i] {
			traces[i] = Traces(f, q, one)[0]
		}
		if !stopped[i] {
			blockers[i] = Blockers(f, q, one)[0]
		}
	}
	return traces, blockers
}

// singles are the pieces that packets become. They go on together, never joined with
// what is merely like them; those of which that tells what concerns others go alone.
func singles(f *fabric.Fabric, q Query, packets []flow.Packet) []piece {
	f = q.mention(f)
	out, known := make([]piece, len(packets)), make([]bool, len(packets))
	q.run(f, packets, &walk{apart: true}, func(i int, p piece) { out[i], known[i] = p, true })
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

// mention is the fabric that knows of the tags of the query.
func (q Query) mention(f *fabric.Fabric) *fabric.Fabric {
	if names := slices.Concat(q.From.tags, q.To.tags); len(names) > 0 {
		return f.Mention(names...)
	}
	return f
}

// run takes single packets on together and visits the pieces that they become, but for
// those of which that tells what concerns others.
func (q Query) run(f *fabric.Fabric, packets []flow.Packet, w *walk, visit func(int, piece)) {
	if len(packets) == 0 {
		return
	}
	at := make(map[flow.Packet][]int, len(packets))
	cubes := make([]flow.Cube, 0, len(packets))
	for i, p := range packets {
		if at[p] = append(at[p], i); len(at[p]) == 1 {
			cubes = append(cubes, single(p))
		}
	}
	w.fabric, w.query = f, q
	pieces, _ := w.run(cubes)
	for _, p := range pieces {
		if p.toldTogether() {
			continue
		}
		for _, c := range p.packets {
			packet, _ := c.Single()
			for _, i := range at[packet] {
				visit(i, p)
			}
		}
	}
}

// toldTogether reports whether the way of a piece is told in words about all pieces that
// took it: what is not certain, and one of the private endpoints that they are for.
func (p piece) toldTogether() bool {
	return len(p.reasons) > 0 || p.trace.any(func(h Hop) bool {
		return h.Decision == fabric.Unknown || h.Kind == fabric.KindPrivateEndpoint
	})
}
