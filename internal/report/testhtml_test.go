package report

import (
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/result"
)

// expectations are one that fails, one that is undecided and one that holds.
func expectations() *result.Test {
	return &result.Test{
		Results: []result.TestResult{
			{Name: "web <b>to</b> data", Expected: "deny", Verdict: result.Partial, Outcome: result.Fail, Reason: "PCI", Packets: "tcp from snet-web to snet-data",
				At: diagnostic.Position{File: "wayleave.test.yaml", Line: 3, Column: 5},
				Decided: []result.Hop{{Blocker: result.Blocker{Kind: "nsgRule", Resource: "nsg-web", Name: "allow-all", Priority: 100,
					At: &diagnostic.Position{File: "nsgs.json", Line: 7, Column: 3}}, Decision: "allow"}},
				Trace: []result.Hop{{Blocker: result.Blocker{Kind: "nsgRule", Resource: "nsg-web", Name: "allow-all", Priority: 100}, Decision: "allow"}}},
			{Name: "who knows", Expected: "allow", Verdict: result.Undecided, Outcome: result.UndecidedOutcome, Reasons: []string{"the tag is not known"},
				At: diagnostic.Position{File: "wayleave.test.yaml", Line: 9, Column: 5}},
			{Name: "app to data", Expected: "allow", Verdict: result.Allowed, Outcome: result.Pass, At: diagnostic.Position{File: "wayleave.test.yaml", Line: 12, Column: 5}},
		},
		Coverage: result.Coverage{SecurityRules: result.CoverageCount{Total: 7, Touched: 3}, Untouched: []result.Untouched{{Kind: "nsgRule", Resource: "nsg-web", Name: "old", Priority: 200}}},
	}
}

func TestThePageOfExpectations(t *testing.T) {
	var out strings.Builder
	if err := TestHTML(&out, expectations()); err != nil {
		t.Fatal(err)
	}
	open, all, _ := strings.Cut(out.String(), `<section id="requirements">`)
	for _, want := range []string{"1 failed", "1 undecided", "1 hold", "web &lt;b&gt;to&lt;/b&gt; data", "allow-all", "nsgs.json:7:3", "the way of this packet", "the tag is not known"} {
		if !strings.Contains(open, want) {
			t.Errorf("what does not hold lacks %q", want)
		}
	}
	for _, want := range []string{"app to data", "wayleave.test.yaml:12:5", "3 of 7 security rules", "rule old (200) of nsg-web"} {
		if !strings.Contains(all, want) || strings.Contains(open, want) {
			t.Errorf("%q does not stand in the rest of the page alone", want)
		}
	}
	for _, banned := range []string{"<b>to", "<script", "http://", "https://", " style="} {
		if strings.Contains(out.String(), banned) {
			t.Errorf("the page holds %q", banned)
		}
	}
}

func TestExpectationsAsSARIF(t *testing.T) {
	var out strings.Builder
	if err := TestSARIF(&out, expectations(), nil); err != nil {
		t.Fatal(err)
	}
	if err := validateSARIF(t, []byte(out.String())); err != nil {
		t.Error(err)
	}
	for _, want := range []string{`"level": "error"`, `"level": "warning"`, `"startLine": 3`, `"startLine": 7`, `"ruleId": "expectation"`, "decided by allow-all"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %s in\n%s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "app to data") {
		t.Error("what holds is a result")
	}
}

func TestFindingsAsSARIF(t *testing.T) {
	for name, l := range map[string]*result.Lint{
		"none": {},
		"one": {Findings: []result.LintFinding{{Code: "shadowed", Message: "rule a never decides", Hint: "remove it", Resource: "nsg-web", Name: "a",
			At:      &diagnostic.Position{File: "nsgs.json", Line: 7, Column: 3},
			Related: []result.LintRelated{{Resource: "nsg-web", Name: "b", At: &diagnostic.Position{File: "nsgs.json", Line: 4, Column: 3}, Note: "matches all its packets"}}}}},
		"without a place": {Findings: []result.LintFinding{{Code: "shadowed", Message: "rule a never decides", Hint: "remove it", Resource: "nsg-web"}}},
	} {
		var out strings.Builder
		if err := LintSARIF(&out, l, nil); err != nil {
			t.Fatal(err)
		}
		if err := validateSARIF(t, []byte(out.String())); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if want := "b: matches all its packets"; strings.Contains(out.String(), want) != (name == "one") {
			t.Errorf("%s: related %q", name, want)
		}
	}
}
