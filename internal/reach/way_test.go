package reach

import (
	"testing"

	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
)

// Hashes tell where to look, and no more: ways and pieces of one hash are compared
// hop by hop.
func TestHashesOfWaysAreNotTrusted(t *testing.T) {
	var none *way
	base := none.then(Hop{Name: "a", Decision: fabric.Forward})
	one, other := base.then(Hop{Name: "b"}), base.then(Hop{Name: "c"})
	other.hash = one.hash
	if one.same(other) || !one.same(base.then(Hop{Name: "b", Address: "what the input calls it"})) || one.same(base.then(Hop{Name: "b", Remedy: "what to do"})) || one.same(base) {
		t.Error("ways are taken for one by their hashes")
	}
	by := likeness{bySeen: true}
	every := []flow.Cube{flow.AnyCube()}
	joined := join([]piece{{packets: every, trace: one}, {packets: every, trace: other}, {packets: every, trace: one}}, by)
	if len(joined) != 2 || len(joined[0].packets) != 2 || len(joined[1].packets) != 1 {
		t.Errorf("pieces of one hash are joined to %d", len(joined))
	}
	if hops := other.hops(0); len(hops) != 2 || hops[0].Name != "a" || hops[1].Name != "c" {
		t.Errorf("the way is %v", hops)
	}
}

// What was met is found again among few and among many, also where hashes are equal.
func TestMeetingsFindWhatWasMet(t *testing.T) {
	var m meetings
	var values []int
	meet := func(v int) (at int, met bool) {
		at, met = m.find(uint64(v%7), func(i int) bool { return values[i] == v })
		if !met {
			values = append(values, v)
		}
		return at, met
	}
	for v := range 3 * fewMeetings {
		if at, met := meet(v); met || at != v {
			t.Fatalf("%d is at %d: %v", v, at, met)
		}
		for w := range v + 1 {
			if at, met := meet(w); !met || at != w {
				t.Fatalf("of %d values %d is at %d: %v", v+1, w, at, met)
			}
		}
	}
}
