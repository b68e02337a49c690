package expect_test

import (
	"slices"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/expect"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// A firewall's rule is asked about by a protocol that it is for; one that looks at
// names has no expectation, and that is said. The route is met by the way. A ping to the
// internet meets its rule, and is not translated.
func TestRulesOfFirewallsAreProposedByTheirProtocol(t *testing.T) {
	network := Net(t, VNet("v", "10.1.0.0/16",
		Subnet("app", "10.1.1.0/24", Routes("rt", Route("0.0.0.0/0", "10.1.9.4"))), Subnet(FirewallSubnetName, "10.1.9.0/26")),
		Firewall("fw", "v", "10.1.9.4", Egress("ip", "20.1.2.3"),
			Collection("net", 200, azure.FirewallAllow,
				NetworkRule("dns", "UDP", "10.1.0.0/16", "8.8.8.8", "53"), NetworkRule("web", "TCP", "10.1.0.0/16", "8.8.4.4", "443"), NetworkRule("any", "Any", "10.1.0.0/16", "9.9.9.9", "853"),
				NetworkRule("ping", "ICMP", "10.1.0.0/16", "9.9.9.10", "*")),
			Collection("app", 300, azure.FirewallAllow, ApplicationRule("names", "10.1.1.0/24", "Https:443", "example.com"))))
	f, problems := fabric.Compile(network, servicetag.Symbolic(), fabric.Assume())
	if f == nil {
		t.Fatal(problems)
	}
	coverage := expect.NewCoverage(network)
	p := &expect.Proposer{Fabric: f, Coverage: coverage, SourcePorts: flow.PortRange(49152, 65535)}
	var got []string
	for _, e := range coverage.Propose(p) {
		got = append(got, e.Name)
	}
	for _, want := range []string{"allow udp 53 from app to 8.8.8.8", "allow tcp 443 from 10.1.1.4 to 8.8.4.4", "allow tcp 853 from app to 9.9.9.9", "deny icmp from app to 9.9.9.10"} {
		if !slices.Contains(got, want) {
			t.Errorf("%q is not proposed, but %q", want, got)
		}
	}
	left := map[string]string{}
	for _, u := range coverage.Count(p, 10).Untouched {
		left[u.Name] = u.Note
	}
	if left["names"] != "they decide about names, which an expectation does not state" {
		t.Errorf("left out: %q", left)
	}
}
