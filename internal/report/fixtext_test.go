package report

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/result"
)

// fixText is a change in words.
func fixText(t *testing.T, f *result.Fix, style Style) string {
	t.Helper()
	var b strings.Builder
	if err := FixText(&b, f, style); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func ruleChange(name, summary string) *result.Fix {
	return &result.Fix{FixEffect: result.FixEffect{Changes: []result.FixChange{{
		Action: "add", Resource: "/x/networkSecurityGroups/nsg-a", Direction: "Outbound", Priority: 100, Body: result.FixBody{Name: name}, Summary: summary, Why: []string{"sql"},
	}}}}
}

// What the prose names cannot command the terminal; a diff keeps its bytes.
func TestFixTextIsHarmless(t *testing.T) {
	f := ruleChange("evil\x1b[2J", "Allow Tcp * -> Sql port 1433")
	f.Unfixable = []result.FixUnfixable{{Requirement: "aad", Reason: "the rule \x1b]0;x\a is kept"}}
	f.Files = []result.FixFile{{Path: "main\x1b[2J.tf", Diff: "+ name = \"evil\x1b[2J\"\n"}}
	f.Written = true
	for _, style := range []Style{{}, {Color: true}} {
		if got := fixText(t, f, style); strings.Contains(got, "\x1b[2J") || strings.Contains(got, "\x1b]") || !strings.Contains(got, `evil\x1b[2J`) || !strings.Contains(got, `written to main\x1b[2J.tf`) {
			t.Errorf("got %q", got)
		}
	}
	var code strings.Builder
	if FixCode(&code, f); code.String() != f.Files[0].Diff {
		t.Errorf("the diff is %q", code.String())
	}
}

// A rule for many prefixes is told in a line that people read.
func TestFixTextFoldsLongLists(t *testing.T) {
	var prefixes []string
	for i := range 40 {
		prefixes = append(prefixes, fmt.Sprintf("20.0.%d.0/24", 2*i))
	}
	f := ruleChange("allow", "Allow Tcp 10.0.0.0/24, 10.0.1.0/24 -> "+strings.Join(prefixes, ", ")+" port 80, 443")
	if got, want := fixText(t, f, Style{}), "allow: Allow Tcp 10.0.0.0/24, 10.0.1.0/24 -> 20.0.0.0/24, 20.0.2.0/24, 20.0.4.0/24, 20.0.6.0/24 and 36 more port 80, 443\n"; !strings.Contains(got, want) {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if got := fixText(t, f, Style{Verbose: true}); !strings.Contains(got, "20.0.78.0/24 port 80, 443\n") {
		t.Errorf("--verbose shows %s", got)
	}
}

// A row that failed and is undecided after the change is named with its reason.
func TestFixTextNamesWhatIsNotKnownAfterTheChange(t *testing.T) {
	f := ruleChange("allow", "Allow Tcp * -> Sql port 1433")
	f.Unproved = []result.FixUnfixable{{Requirement: "sql", Subnet: "/x/subnets/a", Reason: "no tag data"}, {Requirement: "sql", Subnet: "/x/subnets/b", Reason: "no tag data"}}
	if got := fixText(t, f, Style{}); !strings.Contains(got, "not known after the change: sql on a, b: no tag data\n") {
		t.Errorf("got %s", got)
	}
}

// ASY-12: that routes change is said once below what they open, and of rules alone
// nothing.
func TestFixTextOfOpenConnections(t *testing.T) {
	f := ruleChange("sql", "Allow Tcp * -> Sql port 1433")
	for moves, want := range map[bool]int{false: 0, true: 1} {
		f.MovesOpenConnections = moves
		if got := strings.Count(fixText(t, f, Style{}), "open connections that the routes lead another way break at once (ASY-12)"); got != want {
			t.Errorf("routes change %v: said %d times, want %d", moves, got, want)
		}
	}
}
