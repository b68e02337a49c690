package egress

import (
	"slices"
	"strconv"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/reach"
)

// parts finds the part that another one fares like.
type parts struct {
	at map[string]int // by key
	// known are the sets of addresses met so far, by size; byPlace finds those that
	// are the same in memory.
	known   map[flow.Count][]numbered
	byPlace map[flow.AddressSet]int
	sets    int
	text    []byte // of the last key
}

func newParts() *parts {
	return &parts{at: map[string]int{}, known: map[flow.Count][]numbered{}, byPlace: map[flow.AddressSet]int{}}
}

type numbered struct {
	set    flow.AddressSet
	number int
}

// number is equal for equal sets: those of all destinations are too long to be
// compared as texts.
func (x *parts) number(s flow.AddressSet) int {
	if n, ok := x.byPlace[s]; ok {
		return n
	}
	size := s.Count()
	i := slices.IndexFunc(x.known[size], func(n numbered) bool { return n.set.Equal(s) })
	if i < 0 {
		x.sets++
		i = len(x.known[size])
		x.known[size] = append(x.known[size], numbered{s, x.sets})
	}
	x.byPlace[s] = x.known[size][i].number
	return x.byPlace[s]
}

// find is the place of a part of the same key, or a new one, the last.
func (x *parts) find(p *Part) (i int, met bool) {
	x.text = x.key(x.text[:0], p)
	if i, met = x.at[string(x.text)]; !met {
		i = len(x.at)
		x.at[string(x.text)] = i
	}
	return i, met
}

// key is equal for parts of different subnets that fare alike. Each has a route
// table of its own: that routes say the same is enough.
func (x *parts) key(k []byte, p *Part) []byte {
	k = write(k, string(p.Verdict), p.Protocols.String(), p.Ports.String(), p.Seen.Key())
	k = append(strconv.AppendInt(k, int64(x.number(p.Destinations)), 10), '\t')
	k = append(strconv.AppendInt(k, int64(x.number(p.Sources)), 10), '\t')
	k = write(k, p.Reasons...)
	for h := range via(p.Trace) {
		if h.Kind == fabric.KindRoute || h.Kind == fabric.KindSystemRoute {
			h.Resource = azure.ID(h.Note)
		}
		k = writeHop(k, h)
	}
	for _, h := range p.Blockers {
		k = write(writeHop(k, h), h.Remedy)
	}
	return k
}

// sameHop reports whether hops are one decision.
func sameHop(a, b reach.Hop) bool {
	return a.Kind == b.Kind && a.Resource == b.Resource && a.Name == b.Name && a.Decision == b.Decision && a.Return == b.Return
}

func writeHop(k []byte, h reach.Hop) []byte {
	return write(k, string(h.Kind), string(h.Resource), h.Name, string(h.Decision), strconv.FormatBool(h.Return))
}

// write adds texts as one line.
func write(k []byte, texts ...string) []byte {
	for _, t := range texts {
		k = append(append(k, t...), '\t')
	}
	return append(k, '\n')
}
