package workload

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/wayleave/wayleave/internal/flow/workload/interval"
)

// Kind names a family of adversarial workloads.
type Kind string

// The kinds of adversarial workloads.
const (
	// Subset2: every rule takes a random half of some hosts as source and a
	// random half of others as destination. Decision diagrams explode.
	Subset2 Kind = "subset2"
	// Subset3 is Subset2 with a random list of a hundred ports in every rule.
	Subset3 Kind = "subset3"
	// Diag: rule i lets host i reach host i on port i; no two rules meet.
	Diag Kind = "diag"
	// Stairs: rule i takes sources 0 to i and destinations 0 to n-i, so that
	// every rule meets every other and none holds another; actions alternate.
	Stairs Kind = "stairs"
	// Grid: half the rules are stripes by source, half by destination; actions
	// alternate.
	Grid Kind = "grid"
)

// Kinds lists the adversarial kinds.
func Kinds() []Kind { return []Kind{Subset2, Subset3, Diag, Stairs, Grid} }

// Adversarial makes a workload of the kind with n >= 1 rules. In the subset
// kinds the halves are taken of m >= 1 hosts; others ignore m.
func Adversarial(kind Kind, n, m int, seed uint64) *Workload {
	a := &adversary{kind, n, m, rand.New(rand.NewPCG(seed, 77)), book{}}
	w := &Workload{Name: fmt.Sprintf("%s n=%d m=%d", kind, n, m)}
	for i := range n {
		w.Rules = append(w.Rules, a.rule(i))
	}
	w.Rules = append(w.Rules, Rule{Match: a.match(interval.Source.Any(), interval.Destination.Any())})
	w.Edited = slices.Clone(w.Rules)
	for range max(1, n/50) {
		i := a.rand.IntN(n)
		w.Edited[i].Allow = !w.Edited[i].Allow
	}
	for range 3 {
		i := a.rand.IntN(n)
		x := w.Rules[i]
		x.Allow = !x.Allow
		w.Edits = append(w.Edits, Edit{i, x})
	}
	for range 5 {
		w.Requirements = append(w.Requirements, a.rule(a.rand.IntN(n)).Match)
	}
	return w
}

type adversary struct {
	kind Kind
	n, m int
	rand *rand.Rand
	book book
}

// The first source and destination; hosts are two apart, so that neighbours
// never merge.
const (
	sourceBase      = 10 << 24
	destinationBase = 10<<24 | 128<<16
)

func host(base uint32, i int) uint32 { return base + 2*uint32(i) }

func (a *adversary) rule(i int) Rule {
	upTo := func(base uint32, n int) interval.Set { return interval.Range(base, base+uint32(n)) }
	x := Rule{Allow: i%2 == 0}
	switch a.kind {
	case Subset2:
		x.Match = a.match(a.half(sourceBase), a.half(destinationBase))
	case Subset3:
		x.Match = a.match(a.half(sourceBase), a.half(destinationBase))
		x.Protocols, x.DestinationPorts = tcp, a.ports(100)
	case Diag:
		x.Match = a.match(interval.Values(host(sourceBase, i)), interval.Values(host(destinationBase, i)))
		x.Protocols, x.DestinationPorts = tcp, interval.Values(uint32(i))
		x.Allow = true
	case Stairs:
		x.Match = a.match(upTo(sourceBase, i), upTo(destinationBase, a.n-i))
	case Grid:
		if i < a.n/2 {
			x.Match = a.match(interval.Values(host(sourceBase, i)), upTo(destinationBase, 4*a.n))
		} else {
			x.Match = a.match(upTo(sourceBase, 4*a.n), interval.Values(host(destinationBase, i)))
		}
		x.DestinationPorts = a.ports(3)
	}
	return x
}

func (a *adversary) match(source, destination interval.Set) Match {
	return Match{
		a.book.list(source), a.book.list(destination),
		interval.Protocol.Any(), interval.SourcePort.Any(), interval.DestinationPort.Any(),
	}
}

// half is each of m hosts with probability 1/2, but never none.
func (a *adversary) half(base uint32) interval.Set {
	v := []uint32{host(base, a.rand.IntN(a.m))}
	for i := range a.m {
		if a.rand.IntN(2) == 0 {
			v = append(v, host(base, i))
		}
	}
	return interval.Values(v...)
}

func (a *adversary) ports(n int) interval.Set {
	var v []uint32
	for range n {
		v = append(v, 2*a.rand.Uint32N(2000))
	}
	return interval.Values(v...)
}
