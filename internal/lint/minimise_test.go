package lint_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	. "github.com/wayleave/wayleave/internal/azure/azuretest"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/difference"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/lint"
	"github.com/wayleave/wayleave/internal/servicetag"
)

func compiled(t *testing.T, list ...*azure.Inventory) *fabric.Fabric {
	t.Helper()
	network, problems := azure.Build(list...)
	if network == nil {
		t.Fatal(problems)
	}
	f, problems := fabric.Compile(network, servicetag.Symbolic(), fabric.Assume())
	if f == nil {
		t.Fatal(problems)
	}
	return f
}

// Fewer rules decide alike: what is left, and the steps there, each of which
// leaves every packet of the network as it was.
func TestFewerRulesDecideAlike(t *testing.T) {
	for _, row := range []struct {
		says  string
		rules []Item
		left  string
		steps []string
	}{
		{"a shadowed rule goes", []Item{DenyIn(100, "Tcp", "10.1.0.0/16", "*", "*"), AllowIn(200, "Tcp", "10.1.2.0/24", "*", "443")}, "deny-in-100", []string{"- allow-in-200"}},
		{"a rule that a default repeats goes, the one before a probe stays", []Item{AllowOut(100, "*", "*", "Internet", "*"), DenyIn(4096, "*", "Internet", "*", "*")}, "deny-in-4096", []string{"- allow-out-100"}},
		{"two sources become one list", []Item{AllowIn(100, "Tcp", "198.51.100.0/25", "*", "443"), AllowIn(110, "Tcp", "203.0.113.0/24", "*", "443")},
			"allow-in-100", []string{"~ allow-in-100 source 198.51.100.0/25, 203.0.113.0/24", "- allow-in-110"}},
		{"no prefix of a list holds another, for Azure takes none that does", []Item{AllowIn(100, "Tcp", "198.51.100.0/25,203.0.113.0/24", "*", "443"), AllowIn(110, "Tcp", "198.51.100.0/24,192.0.2.0/24", "*", "443")},
			"allow-in-100", []string{"~ allow-in-100 source 203.0.113.0/24, 198.51.100.0/24, 192.0.2.0/24", "- allow-in-110"}},
		{"no range of a list holds another", []Item{AllowIn(100, "Tcp", "198.51.100.0/25", "*", "443,8000-8010"), AllowIn(110, "Tcp", "198.51.100.0/25", "*", "8005-8020")},
			"allow-in-100", []string{"~ allow-in-100 destination ports 443, 8000-8020", "- allow-in-110"}},
		{"two ports become one list", []Item{AllowIn(100, "Tcp", "198.51.100.0/25", "*", "80"), AllowIn(110, "Tcp", "198.51.100.0/25", "*", "443")},
			"allow-in-100", []string{"~ allow-in-100 destination ports 80, 443", "- allow-in-110"}},
		{"a Deny between them stays between them", []Item{AllowIn(100, "Tcp", "198.51.100.0/25", "*", "443"), DenyIn(105, "Tcp", "198.51.0.0/16", "*", "*"), AllowIn(110, "Tcp", "198.51.100.128/25,203.0.113.0/24", "*", "443")},
			"allow-in-100 deny-in-105 allow-in-110", nil},
		{"a Deny between them that meets only one", []Item{AllowIn(100, "Tcp", "198.51.100.0/25", "*", "443"), DenyIn(105, "Tcp", "198.51.100.0/24", "*", "*"), AllowIn(110, "Tcp", "203.0.113.0/24", "*", "443")},
			"allow-in-100", []string{"- deny-in-105", "~ allow-in-100 source 198.51.100.0/25, 203.0.113.0/24", "- allow-in-110"}},
		{"what matches nothing waits for the members of its group", []Item{AllowIn(100, "Tcp", "*", "asg:web", "443"), AllowIn(110, "Tcp", "198.51.100.0/25", "*", "443"), ASG("web")},
			"allow-in-100 allow-in-110", nil},
		{"two families cannot be one list", []Item{AllowIn(100, "Tcp", "198.51.100.0/25", "*", "443"), AllowIn(110, "Tcp", "2001:db8::/32", "*", "443")}, "allow-in-100 allow-in-110", nil},
		{"two protocols cannot be one rule", []Item{AllowIn(100, "Tcp", "198.51.100.0/25", "*", "443"), AllowIn(110, "Udp", "198.51.100.0/25", "*", "443")}, "allow-in-100 allow-in-110", nil},
		{"what is marked as deliberate stays", []Item{DenyIn(100, "Tcp", "10.1.0.0/16", "*", "*"), AllowIn(200, "Tcp", "10.1.2.0/24", "*", "443", Described("wayleave:keep"))}, "deny-in-100 allow-in-200", nil},
		{"also where it could be joined with the one before", []Item{AllowIn(100, "Tcp", "198.51.100.0/25", "*", "443"), AllowIn(110, "Tcp", "203.0.113.0/24", "*", "443", Described("Wayleave:KEEP"))}, "allow-in-100 allow-in-110", nil},
		{"or with the one behind", []Item{AllowIn(100, "Tcp", "198.51.100.0/25", "*", "443", Described("wayleave:keep")), AllowIn(110, "Tcp", "203.0.113.0/24", "*", "443")}, "allow-in-100 allow-in-110", nil},
		{"what is not known is left alone", []Item{DenyIn(100, "Tcp", "10.1.0.0/16", "*", "*"), AllowIn(200, "Tcp", "10.1.2.0/24", "*", "443"), AllowIn(300, "Tcp", "Sql", "*", "443")},
			"deny-in-100 allow-in-200 allow-in-300", nil},
	} {
		t.Run(row.says, func(t *testing.T) {
			inventory := Inventory(azure.RankExport, rules(row.rules...)...)
			before := compiled(t, inventory)
			smaller, _ := lint.Minimise(before)
			after := compiled(t, lint.Apply([]*azure.Inventory{inventory}, smaller)...)
			var left, steps []string
			for _, r := range after.Network().NetworkSecurityGroups[0].Rules {
				left = append(left, r.Name)
			}
			for _, g := range smaller {
				for _, s := range g.Steps {
					step := "- " + s.Rule.Name
					if s.Extends != "" {
						step = fmt.Sprintf("~ %s %s %s", s.Rule.Name, s.Extends, strings.Join(s.Texts, ", "))
					}
					steps = append(steps, step)
				}
			}
			if got := strings.Join(left, " "); got != row.left || !slices.Equal(steps, row.steps) {
				t.Errorf("left %q by %q", got, steps)
			}
			if d, err := difference.Compare(before, after, difference.Options{}); err != nil || !d.Equal() {
				t.Errorf("it decides otherwise: %v %v %v", d.OpenedSpace(), d.ClosedSpace(), err)
			}
		})
	}
}
