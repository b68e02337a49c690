package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/result"
)

// suppressed is sample with one subnet of one row accepted, one acceptance
// that has ended and one that nothing needs.
func suppressed() *result.Check {
	c := sample()
	at := &diagnostic.Position{File: "wayleave.yaml", Line: 4, Column: 5}
	q := &c.Services[0].Requirements[0]
	q.Suppressed = &result.Suppressed{Outcome: result.Fail, Reason: "no <SQL> connector is used", Until: "2027-03-31", At: at}
	q.Outcome, q.OutcomeReason = result.Warning, "suppressed until 2027-03-31: no <SQL> connector is used"
	c.Suppressions = []result.Suppression{
		{State: result.SuppressionUsed, Requirement: "sql", Subnet: "a", Reason: "no <SQL> connector is used", Until: "2027-03-31", At: at},
		{State: result.SuppressionVoid, Requirement: "aad", Reason: "until the move", Until: "2026-01-31", At: at},
		{State: result.SuppressionUnused, Requirement: "storage", Reason: "x", Until: "2027-03-31", At: at},
		{State: result.SuppressionUnused, Requirement: "sql", Subnet: "c", Reason: "x", Until: "2027-03-31", Note: "no subnet is called \"c\""},
	}
	return c
}

// Every report shows what was accepted, why and until when, and which
// acceptance has ended.
func TestEveryReportShowsSuppressions(t *testing.T) {
	c := suppressed()
	var text, markdown, junit bytes.Buffer
	for _, err := range []error{CheckText(&text, c, Style{}), Markdown(&markdown, c), JUnit(&junit, c)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	golden(t, "check-suppressed.txt", text.Bytes())
	data, log := printSARIF(t, c, nil)
	if err := validateSARIF(t, data); err != nil {
		t.Error(err)
	}
	for name, out := range map[string]string{"text": text.String(), "Markdown": markdown.String(), "JUnit": junit.String(), "SARIF": string(data)} {
		for _, want := range []string{"connector is used", "2027-03-31", "ended on 2026-01-31 and is void"} {
			if !strings.Contains(out, want) {
				t.Errorf("%s does not show %q:\n%s", name, want, out)
			}
		}
	}
	if !strings.Contains(junit.String(), `<skipped message="suppressed: no`) {
		t.Errorf("JUnit does not skip the case:\n%s", junit.String())
	}
	accepted := 0
	for _, r := range log.Runs[0].Results {
		if r.Suppressions == nil {
			t.Errorf("%s does not say whether it is suppressed: all results of a run do or none", r.RuleID)
		}
		if len(r.Suppressions) > 0 {
			accepted++
			if r.Level != "error" || r.RuleID != "logic-apps-ise/sql" {
				t.Errorf("%s is suppressed at level %s", r.RuleID, r.Level)
			}
		}
	}
	if accepted != 1 {
		t.Errorf("%d results are suppressed", accepted)
	}
}

// A row that is accepted on one subnet is not shown as accepted on another, where it
// fares alike.
func TestRowsAreJoinedOnlyWithRowsAcceptedAlike(t *testing.T) {
	accepted := &result.Suppressed{Outcome: result.Fail, Reason: "x", Until: "2027-03-31"}
	row := func(subnet string, s *result.Suppressed) result.Requirement {
		return result.Requirement{ID: "sql", Subnet: subnet, Verdict: result.Partial, Outcome: result.Warning, Severity: "required", Suppressed: s}
	}
	rows := gather(&result.Service{Subnets: []string{"a", "b", "c"}, Requirements: []result.Requirement{row("a", accepted), row("b", nil), row("c", accepted)}})
	if len(rows) != 2 || len(rows[0].subnets) != 2 || len(rows[1].subnets) != 1 || rows[1].first.Suppressed != nil {
		t.Errorf("got %d rows", len(rows))
	}
}
