package egress

import (
	"slices"
	"strconv"
	"strings"

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

// key is equal for parts of different subnets that fare alike. Each has a route
// table of its own: that routes say the same is enough.
func (x *parts) key(p Part) string {
	var k strings.Builder
	write(&k, string(p.Verdict), strconv.Itoa(x.number(p.Destinations)), p.Protocols.String(), p.Ports.String(), strconv.Itoa(x.number(p.Sources)), p.Seen.Key())
	write(&k, p.Reasons...)
	for _, h := range p.Via() {
		if h.Kind == fabric.KindRoute || h.Kind == fabric.KindSystemRoute {
			h.Resource = azure.ID(h.Note)
		}
		writeHop(&k, h)
	}
	for _, h := range p.Blockers {
		writeHop(&k, h)
	}
	return k.String()
}

// key is equal for hops that are one decision.
func key(h reach.Hop) string {
	var k strings.Builder
	writeHop(&k, h)
	return k.String()
}

func writeHop(k *strings.Builder, h reach.Hop) {
	write(k, string(h.Kind), string(h.Resource), h.Name, string(h.Decision), strconv.FormatBool(h.Return))
}

// write writes texts as one line.
func write(k *strings.Builder, texts ...string) {
	for _, t := range texts {
		k.WriteString(t)
		k.WriteByte('\t')
	}
	k.WriteByte('\n')
}
