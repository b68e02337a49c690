package report

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/document"
	"github.com/wayleave/wayleave/internal/result"
)

// numbered is a list of that many addresses, of which it counts those that are read.
func numbered(n int, read *int) result.Prefixes {
	return result.PrefixesOf(func(yield func([]byte) bool) {
		for i := range n {
			*read++
			if !yield(fmt.Appendf(nil, "10.%d.%d.%d/32", i>>16, i>>8&255, i&255)) {
				return
			}
		}
	}, func() int { return n })
}

// Of a long list of destinations only the beginning is made, and how many there are
// is told; verbose style shows all.
func TestLongListsOfDestinationsAreNotMade(t *testing.T) {
	read := 0
	for _, row := range []struct {
		n, most int // of which that many are read at most
		style   Style
		want    string
	}{
		{2, 2, Style{}, "10.0.0.0, 10.0.0.1"},
		{4, 4, Style{}, "10.0.0.0, 10.0.0.1, 10.0.0.2, 10.0.0.3"},
		{5, 4, Style{}, "10.0.0.0, 10.0.0.1, 10.0.0.2, 10.0.0.3 and 1 more"},
		{5000, 4, Style{}, "10.0.0.0, 10.0.0.1, 10.0.0.2, 10.0.0.3 and 4996 more"},
		{5, 5, Style{Verbose: true}, "10.0.0.0, 10.0.0.1, 10.0.0.2, 10.0.0.3, 10.0.0.4"},
	} {
		read = 0
		if got := row.style.foldPrefixes(numbered(row.n, &read), 4); got != row.want || read > row.most {
			t.Errorf("%d: %q after %d, want %q after %d", row.n, got, read, row.want, row.most)
		}
	}
}

// Parts that are folded name their destinations together, unless these are too many
// to be told apart.
func TestFoldedPartsNameFewDestinations(t *testing.T) {
	read := 0
	for _, row := range []struct {
		n    int
		want string
	}{
		{2, "2 parts to 10.0.0.0, 10.0.0.1: " + filtered},
		{1 << 20, "2 parts: " + filtered},
	} {
		var out strings.Builder
		p := &result.EgressPart{Destinations: numbered(row.n, &read)}
		foldedText(&out, map[string][]*result.EgressPart{filtered: {p, p}}, Style{})
		if got := strings.Split(strings.TrimSpace(out.String()), "\n")[0]; got != row.want {
			t.Errorf("%d: %q, want %q", row.n, got, row.want)
		}
	}
}

// In JSON a list is an array, also an empty one.
func TestPrefixesAreAnArray(t *testing.T) {
	read := 0
	for _, row := range []struct {
		list result.Prefixes
		want string
	}{
		{numbered(2, &read), `["10.0.0.0/32","10.0.0.1/32"]`},
		{result.Prefixes{}, `[]`},
	} {
		if got, err := document.Marshal(row.list, ""); err != nil || string(got) != row.want {
			t.Errorf("%s, %v, want %s", got, err, row.want)
		}
	}
}
