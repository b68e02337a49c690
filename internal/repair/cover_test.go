package repair

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
)

// smallGrid draws a grid of up to three sources, destinations and ports, some of
// them tags.
func smallGrid(r *rand.Rand) *grid {
	g := &grid{sources: 1 + r.IntN(3), destinations: 1 + r.IntN(3), ports: 1 + r.IntN(2)}
	g.sourceTags, g.destinationTags = r.Uint64N(1<<g.sources), r.Uint64N(1<<g.destinations)
	if r.IntN(2) == 0 {
		g.sourceTags = 0
	}
	g.may = make([][]uint64, g.sources)
	for s := range g.may {
		g.may[s] = make([]uint64, g.ports)
		for p := range g.may[s] {
			g.may[s][p] = r.Uint64N(1 << g.destinations)
			for d := range ones(g.may[s][p]) {
				if r.IntN(4) > 0 { // the rest may be allowed and need not
					g.must = append(g.must, cell{1 << s, 1 << d, p})
				}
			}
		}
	}
	return g
}

// everyBox lists all products within what may be allowed, whether they can be
// widened or not.
func everyBox(g *grid) []box {
	var list []box
	alone := func(mask, tags uint64) bool { return mask&tags == 0 || mask&(mask-1) == 0 }
	for s := uint64(1); s < 1<<g.sources; s++ {
		for d := uint64(1); d < 1<<g.destinations; d++ {
			for p := uint64(1); p < 1<<g.ports; p++ {
				inside := alone(s, g.sourceTags) && alone(d, g.destinationTags)
				for i := range ones(s) {
					for j := range ones(p) {
						inside = inside && d&^g.may[i][j] == 0
					}
				}
				if inside {
					list = append(list, box{s, d, p})
				}
			}
		}
	}
	return list
}

// enough reports whether so many of the boxes, in any choice, cover the cells.
func enough(boxes []box, left []cell, so int) bool {
	if len(left) == 0 {
		return true
	}
	if so == 0 {
		return false
	}
	for _, b := range boxes {
		if !b.covers(left[0]) {
			continue
		}
		var rest []cell
		for _, c := range left {
			if !b.covers(c) {
				rest = append(rest, c)
			}
		}
		if enough(boxes, rest, so-1) {
			return true
		}
	}
	return false
}

// Azure takes no list in which one prefix holds another.
func TestJoinedListsDoNotOverlap(t *testing.T) {
	to := func(destinations ...string) *draft {
		return &draft{protocol: azure.TCP, source: []string{"10.1.1.0/24"}, destination: destinations, sourcePorts: flow.AllPorts(), ports: flow.Ports(443), before: 200}
	}
	for _, row := range []struct {
		a, b *draft
		want string
	}{
		{to("8.8.0.0/24", "8.8.2.0/24"), to("8.8.0.0/23"), "8.8.0.0/23 8.8.2.0/24"},
		{to("8.0.0.0/8"), to("8.8.0.0/16", "9.0.0.0/8"), "8.0.0.0/8 9.0.0.0/8"},
		{to("8.8.0.0/24"), to("*"), "*"},
		{to("8.8.0.0/24"), to("8.8.1.0/24"), "8.8.0.0/24 8.8.1.0/24"},
		{to("2001:db8::/32"), to("2001:db8:1::/48", "2001:db9::/32"), "2001:db8::/32 2001:db9::/32"},
		{to("Sql", "Storage"), to("Sql"), "Sql Storage"},
		{to("Sql", "10.0.0.0/8"), to("9.0.0.0/8", "10.0.0.4", "8.8.8.8"), "8.8.8.8 9.0.0.0/8 10.0.0.0/8 Sql"},
		{to("8.8.8.8", "8.8.4.4"), to("8.8.8.8/32"), "8.8.4.4 8.8.8.8"},
	} {
		got := mergeDrafts([]*draft{row.a, row.b})
		if len(got) != 1 || strings.Join(got[0].destination, " ") != row.want {
			t.Errorf("got %v, want %s", got[0].destination, row.want)
		}
	}
}

// A rule that must come before what blocks it and one that must come behind a rule
// that is kept are no one rule, whatever they have in common.
func TestRulesOfDifferentPlacesAreNotJoined(t *testing.T) {
	at := func(after, before int, port uint16) *draft {
		return &draft{protocol: azure.TCP, source: []string{"10.1.1.0/24"}, destination: []string{"8.8.8.0/24"}, sourcePorts: flow.AllPorts(), ports: flow.Ports(port), after: after, before: before}
	}
	for _, row := range []struct {
		a, b *draft
		want int
	}{
		{at(0, 200, 80), at(150, 300, 443), 1}, // both from 151 to 199
		{at(0, 150, 80), at(150, 300, 443), 2},
		{at(150, 300, 80), at(0, 151, 443), 1}, // where the rule of 151 makes room
	} {
		if got := mergeDrafts([]*draft{row.a, row.b}); len(got) != row.want {
			t.Errorf("after %d before %d, and after %d before %d: %d rules, want %d", row.a.after, row.a.before, row.b.after, row.b.before, len(got), row.want)
		}
	}
}

// The exact search needs as many rules as trying every choice of every product,
// and what it answers covers all and stays within what may be allowed.
func TestExactCoverIsTheSmallest(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 1))
	sizes := map[int]int{}
	for i := range 3000 {
		g := smallGrid(r)
		boxes, proved := exact{}.cover(g)
		if !proved {
			t.Fatalf("grid %d: not proved: %+v", i, g)
		}
		all := everyBox(g)
		for _, c := range g.must {
			held := false
			for _, b := range boxes {
				held = held || b.covers(c)
			}
			if !held {
				t.Fatalf("grid %d: %+v is not covered by %v", i, c, boxes)
			}
		}
		for _, b := range boxes {
			found := false
			for _, x := range all {
				found = found || x == b
			}
			if !found {
				t.Fatalf("grid %d: %+v is not a product that may be allowed: %+v", i, b, g)
			}
		}
		if !enough(all, g.must, len(boxes)) || len(boxes) > 0 && enough(all, g.must, len(boxes)-1) {
			t.Fatalf("grid %d: %d boxes, and not the fewest: %+v", i, len(boxes), g)
		}
		sizes[len(boxes)]++
	}
	t.Log(fmt.Sprint(sizes))
}

// A grid that is too large is not proved, and not answered wrongly.
func TestExactCoverGivesUp(t *testing.T) {
	g := &grid{sources: 12, destinations: 1, ports: 12, may: make([][]uint64, 12)}
	for s := range g.may {
		g.may[s] = make([]uint64, 12)
		g.may[s][s] = 1
		g.must = append(g.must, cell{1 << s, 1, s})
	}
	if boxes, proved := (exact{}).cover(g); proved || boxes != nil {
		t.Errorf("%d boxes, proved %v", len(boxes), proved)
	}
}
