package lint_test

import (
	"strings"
	"testing"

	. "github.com/wayleave/wayleave/internal/azure/azuretest"
)

// The packet of a finding is one that the group is asked about: from its subnet, or to
// it. Elsewhere nobody meets the rule.
func TestWitnessesAreOfTheSubnet(t *testing.T) {
	for _, row := range []struct {
		name string
		list []Item
		want string
	}{
		{"out", []Item{DenyOut(100, "tcp", "*", "*", "*"), AllowOut(200, "tcp", "*", "8.8.8.0/24", "443")}, "tcp 10.1.1.4:49152 -> 8.8.8.4:443"},
		{"in", []Item{DenyIn(100, "tcp", "*", "*", "*"), AllowIn(200, "tcp", "8.8.8.0/24", "*", "443")}, "tcp 8.8.8.4:49152 -> 10.1.1.4:443"},
		{"nothing of the subnet", []Item{DenyIn(100, "tcp", "*", "*", "*"), AllowIn(200, "tcp", "*", "10.9.0.0/16", "443")}, "tcp 1.0.0.4:49152 -> 10.9.0.4:443"},
	} {
		answer, _ := run(t, rules(row.list...))
		found := false
		for _, f := range answer.Findings {
			if f.Code != "shadowed" {
				continue
			}
			found = true
			if got := f.Witness.String(); got != row.want {
				t.Errorf("%s: %s, want %s", row.name, got, row.want)
			}
		}
		if !found {
			t.Errorf("%s: nothing is shadowed: %v", row.name, told(answer))
		}
	}
}

// An open point with many values is not spelled out in what was not checked.
func TestNotCheckedNamesFewValues(t *testing.T) {
	answer, _ := run(t, []Item{VNet("v", "10.1.0.0/16", nva,
		Subnet("app", "10.1.1.0/24", Routes("rt", Route("0.0.0.0/0", "10.1.9.4")), NSG("g", AllowIn(100, "tcp", "Internet", "*", "443"))))})
	text := strings.Join(answer.NotChecked, "\n")
	if !strings.Contains(text, "settle it with --assume ") || strings.Contains(text, "vnetLocal+internet+none") {
		t.Errorf("not checked: %s", text)
	}
}
