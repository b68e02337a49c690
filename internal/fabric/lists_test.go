package fabric

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/flow"
)

// Long lists of prefixes are united once, and each side gets its own all the same.
func TestPrefixesOfLongListsInCommon(t *testing.T) {
	side := func(last string) azure.Side {
		fields := azure.SideFields{}
		fields.Expect(longList, anywhere{}, 0)
		for i := range longList - 1 {
			fields.AddPrefix(fmt.Sprintf("10.0.%d.0/24", 2*i), 0)
		}
		fields.AddPrefix(last, 0)
		s, problems := azure.MakeSide("source", fields)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		return s
	}
	f := &Fabric{}
	for _, last := range []string{"10.9.0.0/24", "10.9.0.0/24", "10.9.0.0/25", "10.8.0.0/24", "0.0.0.0/0", "10.9.0.0/24"} {
		got := f.prefixesOf(side(last))
		want := unitePrefixes(side(last))
		if !got.set.Equal(want.set) || len(got.all) != len(want.all) {
			t.Errorf("with %s: %v and %v, want %v and %v", last, got.set, got.all, want.set, want.all)
		}
	}
	// Where two lists have one digest the one that is not kept is united by itself.
	s := side("10.9.0.0/24")
	digest, _ := s.PlainList()
	other := &Fabric{}
	other.lists.of(digest, func() sidePrefixes { return unitePrefixes(side("10.7.0.0/24")) })
	if got := other.prefixesOf(s).set; !got.Equal(unitePrefixes(s).set) || got.Overlaps(flow.Prefix(netip.MustParsePrefix("10.7.0.0/24"))) {
		t.Errorf("%v", got)
	}
}

type anywhere struct{}

func (anywhere) Position(int) diagnostic.Position { return diagnostic.Position{} }
