package report_test

import (
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/report"
	"github.com/wayleave/wayleave/internal/result"
)

func TestExpectationsAsMarkdown(t *testing.T) {
	answer := &result.Test{
		Results: []result.TestResult{
			{Name: "web to data", Expected: "deny", Verdict: result.Partial, Outcome: result.Fail, Reason: "PCI", Packets: "tcp from snet-web | to snet-data",
				At:      diagnostic.Position{File: "wayleave.test.yaml", Line: 3, Column: 5},
				Decided: []result.Hop{{Blocker: result.Blocker{Kind: "nsgRule", Resource: "nsg-web", Name: "allow-all", Priority: 100, Note: "Outbound"}, Decision: "allow"}}},
			{Name: "app to data", Expected: "allow", Verdict: result.Allowed, Outcome: result.Pass},
			{Name: "who knows", Expected: "allow", Verdict: result.Undecided, Outcome: result.UndecidedOutcome, Reasons: []string{"the tag is not known"}},
		},
		Coverage: result.Coverage{SecurityRules: result.CoverageCount{Total: 7, Touched: 3}},
	}
	var out strings.Builder
	if err := report.TestMarkdown(&out, answer); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"| FAIL | web to data | ", "allow-all", "snet-web &#124; to snet-data", "| UNDECIDED | who knows | ",
		"3 expectations: 1 hold, 1 failed, 1 undecided", "* 3 of 7 security rules are tested",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "app to data") {
		t.Errorf("what holds is not listed:\n%s", out.String())
	}
}
