package reach_test

import (
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// P-29d: intrusion detection drops after the rules what a signature matches, which
// is for the user to say: what the rules let through names the assumption, what
// they deny and what is left alone does not. The strictest policy counts, a
// signature may have a mode of its own, and only Premium has any.
func TestP29dIntrusionDetection(t *testing.T) {
	const matched = "intrusionDetection.signatures=matched"
	text := func(s string) []azure.Value[string] { return []azure.Value[string]{azure.Of(s, azure.Position{})} }
	alone := azure.BypassFields{Name: "alone", Protocol: azure.Of("TCP", azure.Position{}), Sources: text("*"), Destinations: text("9.9.9.0/24"), Ports: text("443")}
	open := alone
	open.Ports = nil
	deny, alert := azure.InspectionDeny, azure.InspectionAlert
	for _, row := range []struct {
		id     string
		tier   azure.FirewallTier
		policy []Item
		parent []Item
		to     string
		assume string
		want   reach.Verdict
		names  bool
	}{
		{"P-29d taken not to match", azure.FirewallPremium, []Item{Detection(deny)}, nil, "8.8.8.8", "", reach.Allowed, true},
		{"P-29d a signature matches", azure.FirewallPremium, []Item{Detection(deny)}, nil, "8.8.8.8", matched, reach.Blocked, true},
		{"P-29d the tier is not told", "", []Item{Detection(deny)}, nil, "8.8.8.8", matched, reach.Blocked, true},
		{"P-29d alert", azure.FirewallPremium, []Item{Detection(alert)}, nil, "8.8.8.8", matched, reach.Allowed, false},
		{"P-29d alert, but for one signature", azure.FirewallPremium, []Item{Detection(alert), SignatureMode(alert), SignatureMode(deny)}, nil, "8.8.8.8", matched, reach.Blocked, true},
		{"P-29d off, whatever the signatures", azure.FirewallPremium, []Item{Detection(azure.InspectionOff), SignatureMode(deny)}, nil, "8.8.8.8", matched, reach.Allowed, false},
		{"P-29d off", azure.FirewallPremium, nil, nil, "8.8.8.8", matched, reach.Allowed, false},
		{"R-11 Standard has none", azure.FirewallStandard, []Item{Detection(deny)}, nil, "8.8.8.8", matched, reach.Allowed, false},
		{"R-32 the parent is stricter", azure.FirewallPremium, []Item{Detection(alert)}, []Item{Detection(deny)}, "8.8.8.8", matched, reach.Blocked, true},
		{"P-29d left alone", azure.FirewallPremium, []Item{Detection(deny, alone)}, nil, "9.9.9.9", matched, reach.Allowed, false},
		{"P-29d beside what is left alone", azure.FirewallPremium, []Item{Detection(deny, alone)}, nil, "9.9.8.9", matched, reach.Blocked, true},
		{"P-29d an entry without ports", azure.FirewallPremium, []Item{Detection(deny, open)}, nil, "9.9.9.9", matched, reach.Undecided, true},
		{"P-29d what no rule lets through", azure.FirewallPremium, []Item{Detection(deny)}, nil, "7.7.7.7", "", reach.Blocked, false},
	} {
		rules := Group("g", 200, Collection("no", 100, azure.FirewallDeny, NetworkRule("no", "Any", "*", "7.7.7.7", "*")), anyOut)
		n := Net(t,
			VNet("v", "10.1.0.0/16",
				Subnet("app", "10.1.1.0/24", NIC("vma", "10.1.1.4"), Routes("rt", Route("0.0.0.0/0", "10.1.5.4"))),
				Subnet("AzureFirewallSubnet", "10.1.5.0/26")),
			Policy("parent", row.parent...), Policy("p", append(row.policy, UsePolicy("parent"), rules)...),
			Firewall("fw", "v", "10.1.5.4", Egress("pip", "203.0.113.10"), UsePolicy("p")))
		if row.tier != "" {
			n.AzureFirewalls[0].Tier = azure.Of(row.tier, azure.Position{})
		}
		var assume []string
		if row.assume != "" {
			assume = append(assume, row.assume)
		}
		a := explore(t, compile(t, n, servicetag.Symbolic(), assume...), in("tcp/443", "nic:vma", row.to))
		if named := strings.Contains(assumedNames(a), "intrusionDetection.signatures"); a.Verdict() != row.want || named != row.names {
			t.Errorf("%s: want %s (named %v), got %s, assuming %s", row.id, row.want, row.names, describe(a), assumedNames(a))
		}
	}
}

// P-29d: what a NAT rule has let in is looked at as well.
func TestP29dInboundThroughNAT(t *testing.T) {
	publish := Collection("in", 200, azure.FirewallDNAT, NATRule("web", "TCP", "*", "203.0.113.10", "443", "10.1.1.4:443"))
	n := Net(t,
		VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24", NIC("vma", "10.1.1.4")), Subnet("AzureFirewallSubnet", "10.1.5.0/26")),
		Policy("p", Detection(azure.InspectionDeny), Group("g", 200, publish)),
		Firewall("fw", "v", "10.1.5.4", Egress("pip", "203.0.113.10"), UsePolicy("p")))
	for assume, want := range map[string]reach.Verdict{"intrusionDetection.signatures=matched": reach.Blocked, "intrusionDetection.signatures=unmatched": reach.Allowed} {
		a := explore(t, compile(t, n, servicetag.Symbolic(), assume), in("tcp/443", "198.51.100.9", "203.0.113.10"))
		if a.Verdict() != want || !strings.Contains(assumedNames(a), "intrusionDetection.signatures") {
			t.Errorf("P-29d, %s: want %s, got %s, assuming %s", assume, want, describe(a), assumedNames(a))
		}
	}
}
