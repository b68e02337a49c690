package check_test

import (
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/result"
	"github.com/wayleave/wayleave/internal/service"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// targets is a service in the subnet s that connects to other machines of the
// network, of which some are enough.
const targets = `schema: wayleave.profile/v1
service: jump
edition: "1"
title: Jump
sources: [{id: page, title: Page, path: somewhere, date: "2020-01-01"}]
requirements:
  - {id: out, row: "1", purpose: Targets, direction: outbound, protocols: [tcp], sourcePorts: ["*"], source: {text: s, is: subnet}, destination: {text: VirtualNetwork, is: elsewhere}, destinationPorts: ["22"], capability: runtime-outbound, narrower: {side: destination, quote: the targets}}
`

func targetsOn(t *testing.T, subnets ...Item) result.Requirement {
	t.Helper()
	p, problems := service.Parse("jump.yaml", []byte(targets))
	if p == nil {
		t.Fatal(problems)
	}
	network := Net(t, VNet("v", "10.0.0.0/16", subnets...))
	s, err := service.FindSubnet(network, "s")
	if err != nil {
		t.Fatal(err)
	}
	b, err := service.Bind(p, nil, []*azure.Subnet{s}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return runOn(t, b, network, servicetag.Symbolic()).Requirements[0]
}

// No target stands in a subnet that Azure keeps for its own appliances: what
// becomes of packets to a firewall itself does not matter.
func TestTargetsStandInNoSubnetOfAnAppliance(t *testing.T) {
	open := Subnet("open", "10.0.1.0/24")
	closed := Subnet("closed", "10.0.2.0/24", NSG("g", DenyIn(100, "*", "*", "*", "*")))
	if got := targetsOn(t, Subnet("s", "10.0.0.0/24"), open, Subnet("GatewaySubnet", "10.0.9.0/27"), Subnet("AzureFirewallSubnet", "10.0.8.0/26")); got.Verdict != result.Allowed {
		t.Errorf("verdict %s, want allowed: %v", got.Verdict, got.Reasons)
	}
	if got := targetsOn(t, Subnet("s", "10.0.0.0/24"), open, closed); got.Outcome != result.Warning {
		t.Errorf("outcome %s (%s), want a warning: some targets are enough", got.Outcome, got.OutcomeReason)
	}
	if got := targetsOn(t, Subnet("s", "10.0.0.0/24"), closed); got.Outcome != result.Fail {
		t.Errorf("outcome %s, want fail: no target is left", got.Outcome)
	}
}

// What is blocked is excused, and it is not known whether the rest passes: that
// is no failure, nor is it settled.
func TestExcusedBlocksBesideWhatIsNotKnownAreUndecided(t *testing.T) {
	got := targetsOn(t,
		Subnet("s", "10.0.0.0/24", Routes("rt", Route("10.0.3.0/24", "10.0.1.4"))),
		Subnet("open", "10.0.1.0/24", NIC("nva", "10.0.1.4", Forwarding())), Subnet("behind", "10.0.3.0/24"),
		Subnet("closed", "10.0.2.0/24", NSG("g", DenyIn(100, "*", "*", "*", "*"))))
	if got.Verdict != result.Partial || got.Outcome != result.UndecidedOutcome {
		t.Errorf("verdict %s, outcome %s (%s), want partial and undecided", got.Verdict, got.Outcome, got.OutcomeReason)
	}
}
