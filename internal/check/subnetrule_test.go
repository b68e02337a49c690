package check_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/result"
	"github.com/wayleave/wayleave/internal/service"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// profileWith is a profile of one row whose subnets must meet one rule.
func profileWith(t *testing.T, rule string) *service.Profile {
	t.Helper()
	p, problems := service.Parse("p.yaml", fmt.Appendf(nil, `schema: wayleave.profile/v1
service: example
edition: "2026-01-01"
title: Example
status: {state: active}
sources: [{id: page, title: Page, path: example/page.md, date: "2026-01-01"}]
confidence: {level: documented}
resources: [{type: Microsoft.Example/services}]
subnets: {rules: [{id: rule, consequence: it fails, %s}]}
requirements:
  - {id: web, row: "1", purpose: Web, direction: inbound, source: {text: Internet, tag: Internet}, destination: {text: subnet, is: subnet}, sourcePorts: ["*"], destinationPorts: ["443"], protocols: [tcp], capability: runtime-inbound}
`, rule))
	if problems.HasErrors() {
		t.Fatalf("%s: %v", rule, problems)
	}
	return p
}

// Each kind of rule about a subnet, on both sides of its edge and where the
// input leaves it open.
func TestSubnetRulesOnBothSidesOfTheirEdge(t *testing.T) {
	const internet = "route: {destination: {text: Internet, tag: Internet}, not: [VirtualAppliance, None], defaultRoute: true}"
	const via = "route: {destination: {text: Internet, tag: Internet}, via: [Internet]}"
	for _, row := range []struct {
		rule, what, prefix string
		with               []Item
		want               result.Verdict
	}{
		{"name: S", "the name folds case", "10.0.0.0/24", nil, result.Allowed},
		{"name: other", "another name", "10.0.0.0/24", nil, result.Blocked},
		{"count: 1", "as many", "10.0.0.0/24", nil, result.Allowed},
		{"count: 2", "one too few", "10.0.0.0/24", nil, result.Blocked},
		{"smallestPrefix: 27", "just large enough", "10.0.0.0/27", nil, result.Allowed},
		{"smallestPrefix: 27", "half of it", "10.0.0.0/28", nil, result.Blocked},
		{"smallestPrefix: 27", "not known", "?var.prefix", nil, result.Undecided},
		{"addresses: {fixed: 11}", "eleven beside the five reserved", "10.0.0.0/28", nil, result.Allowed},
		{"addresses: {fixed: 12}", "one more", "10.0.0.0/28", nil, result.Blocked},
		{"delegation: Microsoft.Web/serverFarms", "to it", "10.0.0.0/24", []Item{Delegate("microsoft.web/serverfarms")}, result.Allowed},
		{"delegation: Microsoft.Web/serverFarms", "to another", "10.0.0.0/24", []Item{Delegate("Microsoft.Sql/managedInstances")}, result.Blocked},
		{"delegation: Microsoft.Web/serverFarms", "to nobody", "10.0.0.0/24", nil, result.Blocked},
		{"delegation: none", "to nobody", "10.0.0.0/24", nil, result.Allowed},
		{"delegation: none", "to somebody", "10.0.0.0/24", []Item{Delegate("Microsoft.Web/serverFarms")}, result.Blocked},
		{"dedicated: instance", "empty", "10.0.0.0/24", nil, result.Allowed},
		{"dedicated: instance", "an interface in it", "10.0.0.0/24", []Item{NIC("vm", "10.0.0.4")}, result.Blocked},
		{"dedicated: instance", "a private endpoint in it", "10.0.0.0/24", []Item{PrivateEndpoint("pe", "")}, result.Blocked},
		{"securityGroup: required", "one", "10.0.0.0/24", []Item{NSG("g")}, result.Allowed},
		{"securityGroup: required", "none", "10.0.0.0/24", nil, result.Blocked},
		{"securityGroup: required", "not known", "10.0.0.0/24", []Item{UseNSG("?module.nsg.id")}, result.Undecided},
		{"securityGroup: forbidden", "none", "10.0.0.0/24", nil, result.Allowed},
		{"securityGroup: forbidden", "one", "10.0.0.0/24", []Item{NSG("g")}, result.Blocked},
		{"routeTable: required", "one", "10.0.0.0/24", []Item{Routes("rt")}, result.Allowed},
		{"routeTable: required", "none", "10.0.0.0/24", nil, result.Blocked},
		{"routeTable: forbidden", "none", "10.0.0.0/24", nil, result.Allowed},
		{"routeTable: forbidden", "one", "10.0.0.0/24", []Item{Routes("rt")}, result.Blocked},
		{"natGateway: forbidden", "none", "10.0.0.0/24", nil, result.Allowed},
		{"natGateway: forbidden", "one", "10.0.0.0/24", []Item{NATGateway("nat")}, result.Blocked},
		{"propagation: required", "no table", "10.0.0.0/24", nil, result.Allowed},
		{"propagation: forbidden", "no table", "10.0.0.0/24", nil, result.Blocked},
		{"propagation: required", "a table that no input states", "10.0.0.0/24", []Item{UseRoutes("elsewhere")}, result.Undecided},
		{via, "the platform's routes", "10.0.0.0/24", nil, result.Allowed},
		{via, "a part to None", "10.0.0.0/24", []Item{Routes("rt", Route("20.0.0.0/8", "None"))}, result.Blocked},
		{internet, "a part to None is not meant", "10.0.0.0/24", []Item{Routes("rt", Route("20.0.0.0/8", "None"))}, result.Allowed},
		{internet, "everything to None", "10.0.0.0/24", []Item{Routes("rt", Route("0.0.0.0/0", "None"))}, result.Blocked},
		{internet, "half of everything to None", "10.0.0.0/24", []Item{Routes("rt", Route("128.0.0.0/1", "None"))}, result.Blocked},
		{internet, "a table that no input states", "10.0.0.0/24", []Item{UseRoutes("elsewhere")}, result.Undecided},
	} {
		got := ruleOn(t, row.rule, Net(t, VNet("v", "10.0.0.0/16", Subnet("s", row.prefix, row.with...))))
		if got.Verdict != row.want {
			t.Errorf("%s, %s: %s (%s), want %s", row.rule, row.what, got.Verdict, got.Found, row.want)
		}
		outcome := map[result.Verdict]result.Outcome{result.Allowed: result.Pass, result.Blocked: result.Fail, result.Undecided: result.UndecidedOutcome}[row.want]
		if got.Outcome != outcome {
			t.Errorf("%s, %s: outcome %s, want %s", row.rule, row.what, got.Outcome, outcome)
		}
		placed := !strings.HasPrefix(row.rule, "count")
		if row.want == result.Blocked && (len(got.BlockedBy) != 1 || placed && got.BlockedBy[0].At == nil) {
			t.Errorf("%s, %s: blocked by %+v, want one blocker with its place", row.rule, row.what, got.BlockedBy)
		}
	}
}

// What may stand in the subnet leaves it open whether it is dedicated.
func TestDedicatedSubnetWithUnknownNeighbours(t *testing.T) {
	inventory := Inventory(azure.RankPlan, VNet("v", "10.0.0.0/16", Subnet("s", "10.0.0.0/24"), Subnet("other", "10.0.1.0/24", NIC("vm", "10.0.1.4"))))
	u := &azure.Unknown{Name: "var.subnet", Why: "known only after apply"}
	inventory.NetworkInterfaces[0].IPConfigurations[0].Subnet = azure.Reference{Unknown: u}
	network, problems := azure.Build(inventory)
	if network == nil {
		t.Fatal(problems)
	}
	got := ruleOn(t, "dedicated: instance", network)
	if got.Verdict != result.Undecided || len(got.Reasons) != 1 || !strings.Contains(got.Reasons[0], "var.subnet") {
		t.Errorf("got %s %v, want it undecided by var.subnet", got.Verdict, got.Reasons)
	}
}

// ruleOn is the answer about the subnet s.
func ruleOn(t *testing.T, rule string, network *azure.Network) result.SubnetRule {
	t.Helper()
	subnets, err := service.FindSubnets(network, []string{"s"})
	if err != nil {
		t.Fatal(err)
	}
	b, err := service.Bind(profileWith(t, rule), nil, subnets, nil)
	if err != nil {
		t.Fatal(err)
	}
	rules := runOn(t, b, network, servicetag.Symbolic()).SubnetRules
	if len(rules) != 1 {
		t.Fatalf("%s: %d answers, want one", rule, len(rules))
	}
	return rules[0]
}
