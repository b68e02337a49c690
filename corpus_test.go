package wayleave_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wayleave/wayleave"
	"github.com/wayleave/wayleave/internal/result"
)

// corpus is the folder of real inputs, or skips the test.
func corpus(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("WAYLEAVE_CORPUS")
	if dir == "" {
		t.Skip("WAYLEAVE_CORPUS is not set: the real inputs are not tested")
	}
	return dir
}

// finding is a row that does not pass in whole, on the subnets named.
type finding struct {
	row      string
	verdict  result.Verdict
	outcome  result.Outcome
	blockers string // names of the blockers, in order
	subnets  string // short names, sorted; empty for all that were asked
}

// What a right analysis finds in the plans whose findings were worked out by
// hand; every other required row is allowed.
func TestCorpusPlans(t *testing.T) {
	for _, tt := range []struct {
		plan, subnets string
		findings      []finding
	}{
		{"own__ise-rules.plan.json", "snet-ise-compute,snet-ise-connectors,snet-ise-gateway,snet-ise-cache", nil},
		{"own__ise-rules.state.json", "snet-ise-compute,snet-ise-connectors,snet-ise-gateway,snet-ise-cache", nil},
		{"own__ise-inline.plan.json", "snet-compute,snet-connectors,snet-gateway,snet-cache", iseInline},
		{"own__ise-inline.pretty.plan.json", "snet-compute,snet-connectors,snet-gateway,snet-cache", iseInline},
		{"own__ise-inline.state.json", "snet-compute,snet-connectors,snet-gateway,snet-cache", iseInline},
		{"own__rules-update-before.state.json", "snet-ise-0,snet-ise-1,snet-ise-2,snet-ise-3", []finding{
			// 198.51.100.0/24 goes to an appliance that nobody owns (decisions 12).
			{"la-comm-out", result.Partial, result.Warning, "partner", ""},
			{"la-comm-in", result.Partial, result.Warning, "partner", ""},
			{"la-run-history", result.Partial, result.Warning, "partner", ""},
			{"designer-dynamic-props", result.Partial, result.Warning, "partner", ""},
		}},
		{"own__spokes-big.plan.json", "snet-s16-web,snet-s16-app,snet-s16-data", spokesBig},
		{"own__spokes-big.plan.json", "snet-s17-web,snet-s17-app,snet-s17-data",
			append([]finding{{"sql", result.Blocked, result.Fail, "no-databases", ""}}, spokesBig...)},
		{"own__spokes-big.plan.json", "snet-s29-web,snet-s29-app,snet-s29-data",
			append([]finding{{"sql", result.Partial, result.Fail, "rest-out", ""}}, spokesBig...)},
	} {
		t.Run(tt.plan+" "+tt.subnets, func(t *testing.T) {
			answer := checkCorpus(t, filepath.Join("tfplan", tt.plan), tt.subnets)
			expect(t, answer.Services[0].Requirements, tt.findings)
		})
	}
}

var iseInline = []finding{
	{"sql", result.Blocked, result.Fail, "deny-tds", "compute connectors gateway"},
	{"connector-deploy", result.Blocked, result.Fail, "DenyAllInBound", "compute connectors gateway"},
	{"apim-mgmt", result.Partial, result.Fail, "DenyAllInBound", "compute connectors gateway"},
	{"eventhub-log", result.Partial, result.Warning, "deny-internet", "compute connectors gateway"},
	{"designer-dynamic-props", result.Partial, result.Warning, "DenyAllInBound", "compute connectors gateway"},
}

// In every spoke 198.51.100.0/24 goes to an appliance that nobody owns, as
// above.
var spokesBig = []finding{
	{"la-comm-out", result.Partial, result.Warning, "partners", ""},
	{"la-comm-in", result.Partial, result.Warning, "partners", ""},
	{"la-run-history", result.Partial, result.Warning, "partners", ""},
	{"designer-dynamic-props", result.Partial, result.Warning, "partners", ""},
}

func checkCorpus(t *testing.T, path, subnets string, assume ...string) *result.Check {
	t.Helper()
	dir := corpus(t)
	tags, err := filepath.Glob(filepath.Join(dir, "servicetags", "*Public_20251028.json"))
	if err != nil || len(tags) != 1 {
		t.Fatalf("service tags: %v %v", tags, err)
	}
	n, err := wayleave.Load(wayleave.LoadOptions{
		Paths: []string{filepath.Join(dir, path)}, Tags: tags[0], Assume: assume, Getenv: func(string) string { return "" },
	})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := n.Check(wayleave.CheckOptions{
		Services: []string{"logic-apps-ise@2019-11-06"}, Subnets: strings.Split(subnets, ","),
	})
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// expect compares the required rows with the findings, both ways.
func expect(t *testing.T, rows []result.Requirement, findings []finding) {
	t.Helper()
	seen := map[string]bool{}
	for _, r := range rows {
		if r.Severity != "required" {
			continue
		}
		i := slices.IndexFunc(findings, func(f finding) bool { return f.row == r.ID && f.on(r.Subnet) })
		if i < 0 {
			if r.Verdict != result.Allowed || r.Outcome != result.Pass {
				t.Errorf("%s on %s is %s (%s), want allowed: %v %v", r.ID, r.Subnet, r.Verdict, r.Outcome, r.BlockedBy, strings.Join(r.Reasons, "; "))
			}
			continue
		}
		f := findings[i]
		seen[f.row] = true
		var names []string
		for _, b := range r.BlockedBy {
			names = append(names, b.Name)
		}
		if r.Verdict != f.verdict || r.Outcome != f.outcome || f.blockers != "" && strings.Join(names, " ") != f.blockers {
			t.Errorf("%s on %s is %s (%s) by %v, want %+v", r.ID, r.Subnet, r.Verdict, r.Outcome, names, f)
		}
	}
	for _, f := range findings {
		if !seen[f.row] {
			t.Errorf("%s was not asked", f.row)
		}
	}
}

func (f finding) on(subnet string) bool {
	if f.subnets == "" {
		return true
	}
	return slices.ContainsFunc(strings.Fields(f.subnets), func(s string) bool { return strings.Contains(subnet, s) })
}
