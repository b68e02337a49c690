package reach

import (
	"slices"

	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
)

// Hop is one decision on the way.
type Hop = fabric.Hop

// Verdict says what becomes of packets.
type Verdict string

// Verdicts. A part is never Partial.
const (
	Allowed   Verdict = "allowed"
	Blocked   Verdict = "blocked"
	Partial   Verdict = "partial"
	Undecided Verdict = "undecided"
)

// Part is a part of the packets of a query that fares alike.
type Part struct {
	Space   flow.Space
	Verdict Verdict
	// Blockers of a blocked part: everything on the way, forward and back,
	// that would stop its packets by itself, in the order of the way. Where
	// very many rules block, a part joins what hops of the same kinds block:
	// each of its packets is then stopped by some of the hops of each kind.
	Blockers []Hop
	// Reasons of an undecided part: what is missing, in words, sorted.
	Reasons []string
	// TurnsOn are the open points on whose reading an undecided part turns;
	// Default is then its verdict under the reading in use.
	TurnsOn []fabric.Assumption
	Default Verdict
	// Reserved marks packets no guest can send (FAB-3): they do not count in
	// the verdict of the whole.
	Reserved bool
	// Seen is the source address that the other end sees, where something on the
	// way changes it.
	Seen fabric.Seen
	// Witness is the natural packet of the part, and Trace its way: every
	// decision in order, the reply's marked Return. After a hop that drops the
	// packet the way goes on as if it had passed.
	Witness flow.Packet
	Trace   []Hop
}

// Answer to a query.
type Answer struct {
	// Packets the query asks about.
	Packets flow.Space
	// Parts are disjoint and together are all packets: blocked ones first,
	// then undecided, then allowed, each in the order of the way.
	Parts []Part
	// Assumptions the answer rests on, beside those it turns on.
	Assumptions []fabric.Assumption
}

// Verdict is that of the whole (decisions 1): allowed or blocked if all parts
// are, undecided if none is blocked and one is undecided, else partial. What
// no guest can send does not count unless there is nothing else.
func (a Answer) Verdict() Verdict {
	count := map[Verdict]int{}
	total := 0
	for _, p := range a.Counted() {
		count[p.Verdict]++
		total++
	}
	switch {
	case total == 0: // nothing was asked, or it got lost: never allowed
		return Undecided
	case count[Allowed] == total:
		return Allowed
	case count[Blocked] == total:
		return Blocked
	case count[Blocked] == 0:
		return Undecided
	}
	return Partial
}

// Counted are the parts that count in the verdict.
func (a Answer) Counted() []Part {
	if !slices.ContainsFunc(a.Parts, func(p Part) bool { return p.Reserved }) {
		return a.Parts
	}
	var list []Part
	for _, p := range a.Parts {
		if !p.Reserved {
			list = append(list, p)
		}
	}
	if len(list) == 0 {
		return a.Parts
	}
	return list
}

// Of is the packets that count and have the verdict.
func (a Answer) Of(v Verdict) flow.Space {
	var all flow.Space
	for _, p := range a.Counted() {
		if p.Verdict == v {
			all = all.Union(p.Space)
		}
	}
	return all
}

// Blockers are those of all parts that count, each once, in order.
func (a Answer) Blockers() []Hop {
	var list []Hop
	for _, p := range a.Counted() {
		list = addHops(list, p.Blockers)
	}
	return list
}

// Find is the part a packet belongs to.
func (a Answer) Find(p flow.Packet) (Part, bool) {
	for _, part := range a.Parts {
		if part.Space.Contains(p) {
			return part, true
		}
	}
	return Part{}, false
}
