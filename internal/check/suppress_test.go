package check_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wayleave/wayleave/internal/check"
	"github.com/wayleave/wayleave/internal/result"
)

func day(text string) time.Time {
	d, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return d
}

// rows are required rows "id subnet outcome" of one service.
func rows(list ...[3]string) []result.Service {
	s := result.Service{Service: "svc", Verdict: result.Blocked, Outcome: result.Fail}
	for _, r := range list {
		s.Requirements = append(s.Requirements, result.Requirement{ID: r[0], Subnet: r[1], Severity: "required", Verdict: result.Blocked, Outcome: result.Outcome(r[2])})
	}
	return []result.Service{s}
}

func outcomes(s []result.Service) []string {
	var list []string
	for _, r := range s[0].Requirements {
		list = append(list, r.ID+" "+r.Subnet+" "+string(r.Outcome))
	}
	return append(list, "service "+string(s[0].Outcome)+" "+string(s[0].Verdict))
}

func TestASuppressionTurnsTheOutcomeNotTheVerdict(t *testing.T) {
	got := rows([3]string{"sql", "a", "fail"}, [3]string{"sql", "b", "fail"}, [3]string{"dns", "a", "undecided"}, [3]string{"web", "a", "pass"})
	states := check.Suppress(got, []check.Suppression{
		{Requirement: "SQL", Subnet: "a", Reason: "unused", Until: day("2027-03-31")},
		{Requirement: "svc/dns", Reason: "known", Until: day("2027-03-31")},
		{Requirement: "web", Reason: "x", Until: day("2027-03-31")},
		{Requirement: "other/sql", Reason: "x", Until: day("2027-03-31")},
		{Requirement: "sql", Name: "c", Note: "no subnet is called c", Reason: "x", Until: day("2027-03-31")},
	}, day("2027-01-01"))
	if diff := cmp.Diff([]string{"sql a warning", "sql b fail", "dns a warning", "web a pass", "service fail blocked"}, outcomes(got)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	var words []string
	for _, s := range states {
		words = append(words, string(s.State))
	}
	if diff := cmp.Diff([]string{"used", "used", "unused", "unused", "unused"}, words); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if r := got[0].Requirements[0]; r.Suppressed.Outcome != result.Fail || r.Suppressed.Until != "2027-03-31" || r.OutcomeReason != "suppressed until 2027-03-31: unused" {
		t.Errorf("got %+v %q", r.Suppressed, r.OutcomeReason)
	}
	check.Suppress(got, []check.Suppression{{Requirement: "sql", Reason: "both", Until: day("2027-03-31")}}, day("2027-01-01"))
	if diff := cmp.Diff([]string{"sql a warning", "sql b warning", "dns a warning", "web a pass", "service warning blocked"}, outcomes(got)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got[0].Requirements[0].Suppressed.Reason != "unused" {
		t.Error("the first suppression that fits counts")
	}
}

func TestASuppressionIsVoidAfterItsDay(t *testing.T) {
	for now, want := range map[string]result.SuppressionState{
		"2027-03-30T12:00:00Z": result.SuppressionUsed, "2027-03-31T23:59:59Z": result.SuppressionUsed,
		"2027-04-01T00:00:00Z": result.SuppressionVoid, "2027-04-01T01:00:00+02:00": result.SuppressionUsed,
	} {
		at, err := time.Parse(time.RFC3339, now)
		if err != nil {
			t.Fatal(err)
		}
		got := rows([3]string{"sql", "a", "fail"})
		states := check.Suppress(got, []check.Suppression{{Requirement: "sql", Reason: "x", Until: day("2027-03-31")}}, at)
		if states[0].State != want || (got[0].Outcome == result.Fail) != (want == result.SuppressionVoid) {
			t.Errorf("at %s it is %s and the service %s", now, states[0].State, got[0].Outcome)
		}
	}
}

// What is advice never counts, so there is nothing to suppress in it.
func TestAdviceNeedsNoSuppression(t *testing.T) {
	got := rows([3]string{"smb", "a", "pass"})
	got[0].Requirements[0].Severity = "advice"
	if states := check.Suppress(got, []check.Suppression{{Requirement: "smb", Until: day("2027-03-31")}}, day("2027-01-01")); states[0].State != result.SuppressionUnused {
		t.Errorf("got %+v", states)
	}
}
