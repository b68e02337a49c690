package fabric_test

import (
	"testing"

	"github.com/wayleave/wayleave/internal/fabric"
)

// The note of a rule that decides is its direction or kind, and no reason.
func TestReasonsOfHops(t *testing.T) {
	for _, row := range []struct {
		hop  fabric.Hop
		want string
	}{
		{fabric.Hop{Kind: fabric.KindAdminRule, Name: "no-sql", Decision: fabric.Deny, Note: "Inbound"}, ""},
		{fabric.Hop{Kind: fabric.KindNSGRule, Name: "deny-tds", Decision: fabric.Deny, Note: "Outbound"}, ""},
		{fabric.Hop{Kind: fabric.KindNSGDefaultRule, Name: "DenyAllInBound", Decision: fabric.Deny, Note: "Inbound"}, ""},
		{fabric.Hop{Kind: fabric.KindFirewallRule, Name: "no", Decision: fabric.Deny, Note: "network rule"}, ""},
		{fabric.Hop{Kind: fabric.KindNSGDefaultRule, Decision: fabric.Deny, Note: "no rule matches"}, "no rule matches"},
		{fabric.Hop{Kind: fabric.KindAdminRule, Decision: fabric.Unknown, Note: "which rule comes first is not documented"}, "which rule comes first is not documented"},
		{fabric.Hop{Kind: fabric.KindRoute, Name: "r", Decision: fabric.Drop, Note: "next hop None"}, "next hop None"},
	} {
		if got := row.hop.Reason(); got != row.want {
			t.Errorf("%+v: %q", row.hop, got)
		}
	}
}
