package report

import (
	"testing"

	"github.com/wayleave/wayleave/internal/result"
)

// A network with many rules can leave a packet open for many reasons: the text
// has the first few, the JSON all of them.
func TestReasonsAreFolded(t *testing.T) {
	list := []string{"a", "b", "c", "d", "e"}
	for _, x := range []struct {
		reasons []string
		style   Style
		want    string
	}{
		{list[:3], Style{}, "a; b; c"}, {list[:4], Style{}, "a; b; c; and 1 more reason"}, {list, Style{}, "a; b; c; and 2 more reasons"},
		{list, Style{Verbose: true}, "a; b; c; d; e"},
	} {
		if got := reasonText(x.reasons, x.style); got != x.want {
			t.Errorf("got %q, want %q", got, x.want)
		}
	}
}

// Two subnets have the same route of Azure's own: it is named once.
func TestCausesThatReadAlikeAreNamedOnce(t *testing.T) {
	cause := func(in, name string) result.DiffCause {
		return result.DiffCause{In: in, Hop: result.Hop{Blocker: result.Blocker{Kind: "systemRoute", Name: name}, Decision: "forward"}}
	}
	got := causeTexts(&result.DiffChange{Because: []result.DiffCause{cause("new", "10.0.0.0/16"), cause("new", "10.0.0.0/16"), cause("old", "10.0.0.0/16"), cause("new", "0.0.0.0/0")}})
	if len(got) != 3 {
		t.Errorf("got %q", got)
	}
}
