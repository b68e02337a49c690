package egress

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
)

// parts finds the part that another one fares like.
type parts struct {
	at map[string]int // by key
	// known are the sets of addresses met so far, by size.
	known map[flow.Count][]numbered
	sets  int
}

type numbered struct {
	set    flow.AddressSet
	number int
}

// number is equal for equal sets: those of all destinations are too long to be
// compared as texts.
func (x *parts) number(s flow.AddressSet) int {
	size := s.Count()
	i := slices.IndexFunc(x.known[size], func(n numbered) bool { return n.set.Equal(s) })
	if i >= 0 {
		return x.known[size][i].number
	}
	if x.known == nil {
		x.known = map[flow.Count][]numbered{}
	}
	x.sets++
	x.known[size] = append(x.known[size], numbered{s, x.sets})
	return x.sets
}

// key is equal for parts of different subnets that fare alike. Each has a route
// table of its own: that routes say the same is enough.
func (x *parts) key(p Part) string {
	var k strings.Builder
	fmt.Fprintln(&k, p.Verdict, x.number(p.Destinations), p.Protocols, p.Ports, x.number(p.Sources), p.Seen.Key(), p.Reasons)
	for _, h := range p.Via() {
		if h.Kind == fabric.KindRoute || h.Kind == fabric.KindSystemRoute {
			h.Resource = azure.ID(h.Note)
		}
		k.WriteString(key(h))
	}
	for _, h := range p.Blockers {
		k.WriteString(key(h))
	}
	return k.String()
}
