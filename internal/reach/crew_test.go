package reach_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// fromBoth is what becomes of HTTPS from subnets a and b, which go together.
func fromBoth(t *testing.T, network *azure.Network, to string) []reach.Group {
	t.Helper()
	f, problems := fabric.Compile(network, servicetag.Symbolic(), fabric.Assume())
	if f == nil {
		t.Fatal(problems)
	}
	q := question{protocol: "tcp/443", from: "v/a", to: to}.query(t)
	q.From, q.BySeen, q.FirstBlocker = reach.Subnets(SubnetID("v", "a"), SubnetID("v", "b")), true, true
	groups, _, err := reach.Together(f, q)
	if err != nil {
		t.Fatal(err)
	}
	return groups
}

// Of two subnets whose packets go together, those of either are stopped under its own
// name where nothing translates them.
func TestCrewsAreToldApart(t *testing.T) {
	network := Net(t, VNet("v", "10.1.0.0/16",
		Subnet("a", "10.1.1.0/24", NSG("g"), NoDefaultOutbound()), Subnet("b", "10.1.2.0/24", UseNSG("g"), NoDefaultOutbound())))
	told := map[string]string{}
	for _, g := range fromBoth(t, network, "198.51.100.10") {
		if g.Reserved {
			continue
		}
		for _, c := range g.Packets {
			for _, h := range g.Blockers {
				told[c.Source.Folded(1)] += h.Name
			}
		}
	}
	want := map[string]string{"10.1.1.4/30 and 11 more": "a", "10.1.2.4/30 and 11 more": "b"}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("who stops there (-want +got):\n%s", diff)
	}
}

// What is to be done differs where nothing else does: each is told the remedy of its own.
func TestCrewsAreToldTheirOwnRemedies(t *testing.T) {
	network := Net(t, VNet("v", "10.1.0.0/16",
		Subnet("a", "10.1.1.0/24", Routes("there", Route("10.1.3.0/24", "10.1.9.4"))), Subnet("b", "10.1.2.0/24", UseRoutes("there")),
		Subnet("db", "10.1.3.0/24"), Subnet("AzureFirewallSubnet", "10.1.9.0/26")),
		Firewall("fw", "v", "10.1.9.4", Egress("one", "20.1.1.1"), Collection("net", 200, azure.FirewallAllow, NetworkRule("all", "TCP", "*", "*", "*"))))
	told := map[string]string{}
	for _, g := range fromBoth(t, network, "10.1.3.4") {
		for _, c := range g.Packets {
			for _, h := range g.Blockers {
				first, _, _ := strings.Cut(h.Remedy, " with next hop")
				told[c.Source.Folded(1)] += first
			}
		}
	}
	for source, prefix := range map[string]string{"10.1.1.4/30 and 11 more": "10.1.1.0/24", "10.1.2.4/30 and 11 more": "10.1.2.0/24"} {
		if got := told[source]; got != "add a route for "+prefix {
			t.Errorf("%s are told %q, want the prefix %s; all %q", source, got, prefix, told)
		}
	}
}
