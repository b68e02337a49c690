package egress_test

import (
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/egress"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// C-28, C-29: how many ports a shared address has, and how long a connection may be
// silent, are switches: other values turn what is said of the same facts.
func TestSwitchesOfSharedAddresses(t *testing.T) {
	network := Net(t,
		VNet("v", "10.1.0.0/16",
			Subnet("app", "10.1.1.0/24", NIC("vma", "10.1.1.4"), Routes("rt", Route("0.0.0.0/0", "10.1.5.4"))),
			Subnet("AzureFirewallSubnet", "10.1.5.0/26")),
		Firewall("fw", "v", "10.1.5.4", Egress("pip", "203.0.113.10"), Collection("any", 200, azure.FirewallAllow, NetworkRule("any", "Any", "*", "*", "*"))))
	for _, row := range []struct {
		id, assume string
		facts      egress.Facts
		want       egress.Severity
		says       string
	}{
		{"C-28", "snatPortsPerIpInstance=2496", egress.Facts{Connections: 4500}, egress.Information, "at least 4992 connections"},
		{"C-28", "snatPortsPerIpInstance=2048", egress.Facts{Connections: 4500}, egress.Unsure, "at least 4096 connections"},
		{"C-29", "idleTimeoutSeconds=240", egress.Facts{Idle: 300}, egress.Unsure, "after 240 seconds"},
		{"C-29", "idleTimeoutSeconds=900", egress.Facts{Idle: 300}, egress.Information, "after 900 seconds"},
	} {
		setting, err := fabric.ParseAssumption(row.assume)
		if err != nil {
			t.Fatal(err)
		}
		f, problems := fabric.Compile(network, servicetag.Symbolic(), fabric.Assume(setting))
		if f == nil {
			t.Fatal(problems)
		}
		s, _ := network.Subnet(SubnetID("v", "app"))
		to := reach.Addresses(addresses(t, "198.51.100.10"))
		answer, err := egress.Run(f, egress.Query{From: []*azure.Subnet{s}, To: &to, Protocols: flow.Protocols(flow.TCP), SourcePorts: flow.Ports(50000), DestinationPorts: flow.Ports(22)})
		if err != nil {
			t.Fatal(err)
		}
		row.facts.Destinations = true
		found := false
		for _, x := range answer.Findings(f, row.facts) {
			if x.Check == row.id {
				found = x.Severity == row.want && strings.Contains(x.Found, row.says)
			}
		}
		if !found {
			t.Errorf("%s %s: want %s that says %q, got %+v", row.id, row.assume, row.want, row.says, answer.Findings(f, row.facts))
		}
	}
}
