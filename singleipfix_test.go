package wayleave_test

import (
	"strings"
	"testing"

	"github.com/wayleave/wayleave"
	"github.com/wayleave/wayleave/internal/result"
)

// notFixed are the checks of the pattern that no change mends, each with what
// says why.
var notFixed = map[string]string{
	"C-11 a rule before it denies":          "give that one a larger priority and run fix again",
	"C-17 two addresses":                    "fix takes no address away",
	"C-18 a NAT gateway":                    "expects 203.0.113.10; fix takes no address away",
	"C-18 a NAT gateway with two addresses": "fix takes no address away",
}

// For every broken check of the pattern that fails, the change makes it met; the
// others are listed, with the reason that fix gives.
func TestSingleIPBrokenIsFixed(t *testing.T) {
	for _, row := range brokenPatterns {
		if row.outcome != result.Fail || strings.HasPrefix(row.id, "C-20") { // its default route fails rows of the service
			continue
		}
		t.Run(row.id, func(t *testing.T) {
			p := readPattern(t)
			row.edit(p)
			f, err := p.network(t).Fix(wayleave.FixOptions{CheckOptions: wayleave.CheckOptions{
				Settings: []string{"egress=single-ip", "destinations=198.51.100.10:22", "egressAddress=203.0.113.10"},
			}})
			if err != nil {
				t.Fatal(err)
			}
			var reasons []string
			for _, u := range f.Unfixable {
				reasons = append(reasons, u.Requirement+": "+u.Reason)
			}
			why := strings.Join(reasons, "\n")
			want, listed := notFixed[row.id]
			switch {
			case len(f.Unfixable) == 0 && listed:
				t.Errorf("it is fixed, and listed as what cannot be")
			case len(f.Unfixable) > 0 && (!listed || !strings.Contains(why, want)):
				t.Errorf("it is not fixed: %s", why)
			case len(f.Unfixable) == 0 && f.Proof.After[result.Blocked]+f.Proof.After[result.Undecided] > 0:
				t.Errorf("after the change %v", f.Proof.After)
			}
		})
	}
}
