package check_test

import (
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/result"
	"github.com/wayleave/wayleave/internal/service"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// PIP-1, decisions 14: where the profile asks for a security group the frontends of the
// service are closed without one; those of others are exempt.
func TestFrontendsOfServicesThatNeedAGroup(t *testing.T) {
	for _, row := range []struct {
		what, rule string
		with       []Item
		want       result.Verdict
		by         string
	}{
		{"none is asked for", "securityGroup: forbidden", nil, result.Allowed, ""},
		{"none", "securityGroup: required", nil, result.Blocked, "PIP-1"},
		{"a rule for them", "securityGroup: required", []Item{NSG("g", AllowIn(100, "tcp", "*", "*", "443"))}, result.Allowed, ""},
		{"the default rules", "securityGroup: required", []Item{NSG("g")}, result.Blocked, "DenyAllInBound"},
		{"one that is not known", "securityGroup: required", []Item{UseNSG("?module.nsg.id")}, result.Undecided, ""},
		{"one is only advised", "securityGroup: required, severity: advice", nil, result.Allowed, ""},
	} {
		network := Net(t, VNet("v", "10.0.0.0/16", Subnet("s", "10.0.0.0/24", row.with...)))
		s, err := service.FindSubnet(network, "s")
		if err != nil {
			t.Fatal(err)
		}
		b, err := service.Bind(profileWith(t, row.rule), nil, []*azure.Subnet{s}, nil)
		if err != nil {
			t.Fatal(err)
		}
		got := entry(t, runOn(t, b, network, servicetag.Symbolic()), "web", "s")
		by := ""
		if len(got.BlockedBy) > 0 {
			by = got.BlockedBy[0].Name
		}
		if got.Verdict != row.want || by != row.by {
			t.Errorf("%s: %s by %q (%v), want %s by %q", row.what, got.Verdict, by, got.Reasons, row.want, row.by)
		}
	}
}
