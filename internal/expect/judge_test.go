package expect_test

import (
	"net/netip"
	"strings"
	"testing"

	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/expect"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/result"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// sql is a service whose requirement sql fares so on each subnet.
func sql(rows map[string]result.Requirement) []result.Service {
	s := result.Service{Service: "svc"}
	for _, subnet := range []string{"a", "b"} {
		if r, ok := rows[subnet]; ok {
			r.ID, r.Subnet = "sql", subnet
			s.Requirements = append(s.Requirements, r)
		}
	}
	return []result.Service{s}
}

func expectation(want expect.Expect) *expect.Expectation {
	return &expect.Expectation{Name: "x", Requirement: expect.Text{Value: "sql"}, Expect: want}
}

// The verdict alone makes the outcome: an answer that names no blocker, no packet
// and no reason is no success.
func TestRequirementIsNotMetByDefault(t *testing.T) {
	packet := &result.Packet{Protocol: "tcp"}
	for _, row := range []struct {
		name string
		is   result.Requirement
		want map[expect.Expect]result.Outcome
	}{
		{"allowed", result.Requirement{Verdict: result.Allowed}, map[expect.Expect]result.Outcome{expect.Allow: result.Pass, expect.Deny: result.Fail}},
		{"blocked", result.Requirement{Verdict: result.Blocked}, map[expect.Expect]result.Outcome{expect.Allow: result.Fail, expect.Deny: result.Pass}},
		{"undecided", result.Requirement{Verdict: result.Undecided}, map[expect.Expect]result.Outcome{expect.Allow: result.UndecidedOutcome, expect.Deny: result.UndecidedOutcome}},
		{"some allowed, some open", result.Requirement{Verdict: result.Undecided, AllowedWitness: packet}, map[expect.Expect]result.Outcome{expect.Allow: result.UndecidedOutcome, expect.Deny: result.Fail}},
		{"some blocked, some open", result.Requirement{Verdict: result.Partial}, map[expect.Expect]result.Outcome{expect.Allow: result.Fail, expect.Deny: result.UndecidedOutcome}},
		{"some blocked, some allowed", result.Requirement{Verdict: result.Partial, AllowedWitness: packet}, map[expect.Expect]result.Outcome{expect.Allow: result.Fail, expect.Deny: result.Fail}},
	} {
		for want, outcome := range row.want {
			j, err := expect.JudgeRequirement(sql(map[string]result.Requirement{"a": row.is}), expectation(want), nil)
			if err != nil || j.Result.Outcome != outcome {
				t.Errorf("%s, expected %s: %s, want %s (%v)", row.name, want, j.Result.Outcome, outcome, err)
			}
		}
	}
}

// What is not known is neither kept nor broken, unless a packet that is known breaks
// it.
func TestPacketsOfWhichItIsNotKnown(t *testing.T) {
	n := Net(t, VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24", NSG("g", AllowIn(100, "Tcp", "?later", "*", "443"), AllowIn(110, "Tcp", "198.51.100.2", "*", "443")))))
	f, problems := fabric.Compile(n, servicetag.Symbolic(), fabric.Assume())
	if f == nil {
		t.Fatal(problems)
	}
	from := func(prefix string) []reach.Query {
		return []reach.Query{{
			From: reach.Addresses(flow.Prefix(netip.MustParsePrefix(prefix))), To: reach.Subnet(SubnetID("v", "app")), ByRule: true,
			Protocols: flow.Protocols(flow.TCP), SourcePorts: flow.PortRange(49152, 65535), DestinationPorts: flow.Ports(443),
		}}
	}
	for _, row := range []struct {
		prefix      string
		allow, deny result.Outcome
	}{
		{"198.51.100.1/32", result.UndecidedOutcome, result.UndecidedOutcome},
		{"198.51.100.2/32", result.Pass, result.Fail},
		{"198.51.100.0/30", result.UndecidedOutcome, result.Fail},
	} {
		for want, outcome := range map[expect.Expect]result.Outcome{expect.Allow: row.allow, expect.Deny: row.deny} {
			j, err := expect.Judge(f, &expect.Expectation{Name: "x", Expect: want}, from(row.prefix))
			if err != nil || j.Result.Outcome != outcome || (outcome == result.UndecidedOutcome) != (len(j.Result.Reasons) > 0) {
				t.Errorf("%s from %s: %s %q, want %s (%v)", want, row.prefix, j.Result.Outcome, j.Result.Reasons, outcome, err)
			}
		}
	}
}

// One subnet that fails is a failure, whatever comes before and behind it.
func TestOneSubnetThatFailsIsEnough(t *testing.T) {
	allowed, blocked, open := result.Requirement{Verdict: result.Allowed}, result.Requirement{Verdict: result.Blocked}, result.Requirement{Verdict: result.Undecided, Reasons: []string{"why"}}
	for _, rows := range []map[string]result.Requirement{{"a": blocked, "b": open}, {"a": open, "b": blocked}, {"a": allowed, "b": blocked}} {
		j, err := expect.JudgeRequirement(sql(rows), expectation(expect.Allow), nil)
		if err != nil || j.Result.Outcome != result.Fail || len(j.Result.Reasons) > 0 {
			t.Errorf("%v: %s %v %v", rows, j.Result.Outcome, j.Result.Reasons, err)
		}
	}
}

// A subnet that the service is not in is not silently left out.
func TestEverySubnetNamedIsJudged(t *testing.T) {
	services := sql(map[string]result.Requirement{"a": {Verdict: result.Allowed}, "b": {Verdict: result.Blocked}})
	for _, row := range []struct {
		subnets []string
		want    result.Outcome
		wrong   string
	}{
		{[]string{"a"}, result.Pass, ""},
		{[]string{"b"}, result.Fail, ""},
		{[]string{"a", "c"}, "", `no managed service of the input has the requirement "sql" on c`},
	} {
		j, err := expect.JudgeRequirement(services, expectation(expect.Allow), row.subnets)
		if row.wrong != "" {
			if err == nil || !strings.Contains(err.Error(), row.wrong) {
				t.Errorf("%v: got %v", row.subnets, err)
			}
			continue
		}
		if err != nil || j.Result.Outcome != row.want {
			t.Errorf("%v: %s %v", row.subnets, j.Result.Outcome, err)
		}
	}
}
