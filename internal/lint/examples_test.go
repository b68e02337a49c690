package lint_test

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/lint"
)

// written is a rule as the examples of docs/lint.md write it: "outbound, 100 Deny * from
// * to 168.63.129.16 53".
var written = regexp.MustCompile(`^(outbound, )?(\d+) (Allow|Deny) (\S+) from (\S+)(?: port (\S+))? to (\S+)(?: (?:port )?(\S+))?$`)

// example is the network of an example, 10.0.1.0/24 behind a public load balancer for
// 443; false for one that is about more than rules.
func example(text string) ([]Item, bool) {
	var rules []Item
	text, _, _ = strings.Cut(text, ", and ")
	for part := range strings.SplitSeq(text, "; ") {
		m := written.FindStringSubmatch(part)
		if m == nil {
			return nil, false
		}
		priority, _ := strconv.Atoi(m[2])
		source, port := "*", "*"
		if m[6] != "" {
			source = m[6]
		}
		if m[8] != "" {
			port = m[8]
		}
		rule := map[string]func(int, string, string, string, string, ...RuleOption) Item{"Allow": AllowIn, "Deny": DenyIn, "outbound, Allow": AllowOut, "outbound, Deny": DenyOut}[m[1]+m[3]]
		rules = append(rules, rule(priority, m[4], m[5], m[7], port, SourcePorts(source)))
	}
	return []Item{
		VNet("v", "10.0.0.0/16", Subnet("app", "10.0.1.0/24", NSG("g", rules...), NIC("a", "10.0.1.4", Behind("lb")))),
		Balancer("lb", "Standard", "20.1.2.3", Balance("Tcp", 443, 443, 0)),
	}, true
}

// What the page says to avoid is found, and what it prefers is not.
func TestExamplesOfThePageDoWhatTheyShow(t *testing.T) {
	tried := 0
	for _, c := range lint.Checks() {
		avoid, ok := example(c.Avoid)
		prefer, too := example(c.Prefer)
		if !ok || !too {
			continue
		}
		tried++
		isIt := func(f lint.Finding) bool { return f.Code == c.Code }
		if a, _ := run(t, avoid, "defaults"); !slices.ContainsFunc(a.Findings, isIt) {
			t.Errorf("%s: %q is not found, but %q", c.Code, c.Avoid, told(a))
		}
		if a, _ := run(t, prefer, "defaults"); slices.ContainsFunc(a.Findings, isIt) {
			t.Errorf("%s: %q is found: %q", c.Code, c.Prefer, told(a))
		}
	}
	if tried < 8 {
		t.Errorf("only %d examples are rules", tried)
	}
}
