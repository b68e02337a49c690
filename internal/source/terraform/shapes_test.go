package terraform

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/wayleave/wayleave/internal/azure"
)

// The shapes that a reader meets in real plans, by their numbers in the README
// of the corpus, each shown by what is read of a file that has it. Facts are
// written as in facts_test.go.

func after(t *testing.T, name string) *facts { return factsOf(t, "own__"+name+".json", Options{}) }

func TestShape01UnknownIsAbsence(t *testing.T) {
	f := after(t, "unknown-prefixes.plan")
	f.has("rule nsg-mixed/allocated ? Outbound ? * ?:* > *:?",
		"rule nsg-mixed/deny-sql 200 Outbound Deny Tcp *:* > Sql:1433", // false in after_unknown means known
		"route rt-allocated/client-direct ? VnetLocal -")
	f.lacks("rule nsg-mixed/ 0")
	after(t, "hub-classic.plan").has("public pip-fw-hub ?", "route rt-erp/default 0.0.0.0/0 VirtualAppliance ?", "route rt-erp/own-range 10.2.0.0/16 VnetLocal -")
}

func TestShape02UnknownHiddenAsNull(t *testing.T) {
	after(t, "unknown-prefixes.plan").has(
		"subnet snet-ise-0 ? group=azurerm_network_security_group.opaque table= nat=",
		"subnet snet-client ? group=azurerm_network_security_group.mixed table= nat=",
		"network vnet-pooled ?")
	after(t, "unknown-prefixes.state").has("network vnet-pooled 10.128.0.0/22", "subnet snet-client 10.200.4.0/24 group=nsg-mixed table= nat=")
}

func TestShape03OnePlaceholderForAnyNumberOfRules(t *testing.T) {
	after(t, "unknown-prefixes.plan").has("group nsg-opaque rules=0 unknown=1")
	after(t, "unknown-prefixes.state").has("group nsg-opaque rules=1 unknown=0", "rule nsg-opaque/port-1433 100 Outbound Deny * *:* > *:1433")
}

func TestShape04WhatBelongsTogetherFollowsFromReferences(t *testing.T) {
	after(t, "ise-inline.plan").has(
		"subnet snet-compute 10.30.0.0/27 group=azurerm_network_security_group.ise table= nat=",
		"subnet snet-cache 10.30.0.96/27 group= table= nat=",
		"says matched-by-key")
	// Over the subnets themselves (each.value.id), by a constant key, by a
	// number, through a variable of a module.
	after(t, "hub-classic.plan").has("subnet snet-ise-gateway 10.1.0.64/27 group=azurerm_network_security_group.ise table=azurerm_route_table.ise nat=")
	after(t, "hub-policy.plan").has(`subnet snet-portal 10.102.1.0/24 group= table=azurerm_route_table.spoke["portal"] nat=`)
	after(t, "hub-policy.plan").has(`subnet snet-ise-3 10.101.0.96/27 group= table=azurerm_route_table.spoke["ise"] nat=`)
	// By name.
	after(t, "ise-rules.plan").has("group nsg-ise-prod rules=24 unknown=0")
}

func TestShape05ReferencesAreAFlatList(t *testing.T) {
	got := wholeReferences(mustParse(t, `["azurerm_subnet.this", "each.key", "azurerm_virtual_network.v[0].name", "azurerm_virtual_network.v[0]", "azurerm_virtual_network.v"]`).Root())
	var texts []string
	for _, r := range got {
		texts = append(texts, r.text)
	}
	if diff := cmp.Diff([]string{"azurerm_subnet.this", "each.key", "azurerm_virtual_network.v[0].name"}, texts); diff != "" {
		t.Error(diff)
	}
	// azurerm_subnet.this[each.key].id is cut off to azurerm_subnet.this.
	after(t, "tiers.plan").has("subnet snet-app 10.40.2.0/24 group=azurerm_network_security_group.tiers table= nat=azurerm_nat_gateway.out",
		"subnet snet-db 10.40.3.0/24 group=azurerm_network_security_group.tiers table= nat=")
}

func TestShape06LocalValuesAreNotInThePlan(t *testing.T) {
	f := after(t, "spokes-big.plan")
	f.has(`subnet snet-s17-app 10.144.2.0/24 group=azurerm_network_security_group.spoke["s17"] table=azurerm_route_table.spoke["s17"] nat=`,
		"rule nsg-s17/no-databases 105 Outbound Deny * *:* > Internet:1400-1500",
		"rule nsg-s29/sql 160 Outbound Allow * *:* > Sql.WestEurope:1433",
		"rule nsg-s16/sql 160 Outbound Allow * *:* > Sql:1433")
	f.counts("says deduced-key", 1)
	f.counts("subnet ", 120)
	f.counts("rule nsg-", 1001)
	for _, line := range f.beginning("subnet ") {
		if strings.Contains(line, "?") || strings.Contains(line, "group= ") || strings.Contains(line, "table= ") {
			t.Error(line)
		}
	}
}

func TestShape07DynamicBlocksAreNotInTheConfiguration(t *testing.T) {
	after(t, "hub-policy.plan").has("firewall fw-hub-ne/ipcfg-0 ? in ? public=?", "firewall fw-hub-ne/ipcfg-1 ? in  public=?", "subnet AzureFirewallSubnet 10.100.0.0/26 group= table= nat=")
	// The rules of a dynamic block are there, in the planned values.
	after(t, "spoke-modules.plan").has("group nsg-orders-jobs rules=6 unknown=0",
		"rule nsg-orders-data/sql-in 300 Inbound Allow Tcp 10.50.0.16/28,10.50.1.0/24:* > *:1433")
}

func TestShape08BlocksThatAreAttributesHaveOneListOfReferences(t *testing.T) {
	f := after(t, "tiers.plan")
	f.has("rule nsg-shop-tiers/internet-to-web 100 Inbound Allow Tcp Internet:* > ?:443,80",
		"rule nsg-shop-tiers/jump-everywhere 130 Inbound Allow Tcp ?:* > VirtualNetwork:22,3389",
		"rule nsg-shop-tiers/rest 4096 Inbound Deny * *:* > *:*",
		`address nic-db 10.40.3.11 in azurerm_subnet.this["db"] asg=azurerm_application_security_group.tier["data"]`)
	after(t, "tiers.state").has("rule nsg-shop-tiers/jump-everywhere 130 Inbound Allow Tcp asg-jump:* > VirtualNetwork:22,3389")
	// Where all blocks refer to one thing it is known.
	after(t, "hub-classic.plan").has("subnet snet-erp 10.2.1.0/24 group=azurerm_network_security_group.erp table=azurerm_route_table.erp nat=",
		"subnet snet-erp-backup 10.2.2.0/24 group= table= nat=")
}

func TestShape09WriteOnlyArguments(t *testing.T) {
	after(t, "unknown-prefixes.plan").has(
		"subnet snet-policy 10.199.2.0/24 group=azurerm_network_security_group.mixed table=azurerm_route_table.this nat=")
}

func TestShape10SetsHaveNoOrderOfTheSource(t *testing.T) {
	// Rules are in order of evaluation whatever their order in the set.
	f := after(t, "ise-inline.plan")
	if got := f.beginning("rule nsg-ise-test/"); len(got) != 21 || !strings.Contains(got[9], "deny-tds 200") {
		t.Errorf("%q", got)
	}
	// Two writings of one plan are one network.
	if diff := cmp.Diff(f.lines, after(t, "ise-inline.pretty.plan").lines); diff != "" {
		t.Error(diff)
	}
}

func TestShape11ManyFormsOfNotSet(t *testing.T) {
	// "" in a state, missing in a plan.
	f := after(t, "hub-classic.state")
	f.has("subnet snet-shared 10.0.2.0/24 group= table= nat=", "route rt-ise/direct-apimanagement ApiManagement Internet -")
	f.lacks("elsewhere", "route rt-ise/direct-apimanagement ApiManagement Internet ?")
	if diff := cmp.Diff(f.lines, factsOf(t, "own__hub-classic.tfstate", Options{}).lines); diff != "" {
		t.Errorf("both forms of the state: %s", diff)
	}
}

func TestShape12RulesAppearTwice(t *testing.T) {
	// Straight after apply, with an empty list in the group; and refreshed, with
	// copies in it.
	after(t, "ise-rules.state").has("group nsg-ise-prod rules=24 unknown=0")
	f := after(t, "existing-network-before.state")
	f.has("group nsg-core rules=13 unknown=0", "table rt-core routes=1 unknown=0")
	f.counts("subnet ", 8)
}

func TestShape13TheCopyInsideIsTheOldOne(t *testing.T) {
	f := after(t, "rules-update.plan")
	f.has("group nsg-data rules=4 unknown=0",
		"rule nsg-data/sql 100 Inbound Deny Tcp 10.80.0.0/24:* > 10.80.10.0/24:1433",
		"rule nsg-data/backup 130 Inbound Allow Tcp 10.80.0.0/24:* > 10.80.10.0/24:10000-10100",
		"rule nsg-data/vendor 105 Inbound Allow * 192.0.2.0/26:* > *:*")
	f.lacks("rule nsg-data/legacy", "rule nsg-data/sql 100 Inbound Allow")
	// In the state after it the list is still the old one: what only the list
	// has may be gone.
	f = after(t, "rules-update.state")
	f.has("rule nsg-data/sql 100 Inbound Deny Tcp 10.80.0.0/24:* > 10.80.10.0/24:1433",
		"rule nsg-data/legacy 120 Inbound ? Tcp 10.80.0.0/24:* > 10.80.10.0/24:445",
		"rule nsg-data/vendor 105 Inbound ? * 192.0.2.0/26:* > *:*", "says state-may-be-old")
	f.lacks("subnet snet-tools")
}

func TestShape14TheAssociationCountsForASubnet(t *testing.T) {
	f := after(t, "rules-update.plan")
	f.has("subnet snet-ise-2 10.80.0.64/27 group=nsg-ise table=rt-ise nat=", "subnet snet-ise-3 10.80.0.96/27 group= table=rt-ise nat=")
	// A state does not tell of the association that is gone.
	after(t, "rules-update.state").has("subnet snet-ise-3 10.80.0.96/27 group=? table=rt-ise nat=", "subnet snet-ise-2 10.80.0.64/27 group=nsg-ise table=rt-ise nat=")
}

func TestShape15WhichNetwork(t *testing.T) {
	after(t, "rules-update.refresh-only.plan").has("says terraform-plan-refresh-only", "rule nsg-ise/hotfix 150 Outbound Deny * *:* > EventHub:5672")
	f := after(t, "ise-inline.targeted.plan")
	f.has("says terraform-plan-partial", "group nsg-ise-test rules=21 unknown=0")
	f.lacks("network ", "subnet ")
	for file, code := range refused {
		doc, _ := load(t, corpus(t, file)[0])
		if list := Read(doc, Options{}).Diagnostics; len(list) != 1 || list[0].Code != code || !list.HasErrors() {
			t.Errorf("%s: %v", file, list)
		}
	}
	// What is destroyed has a network before.
	factsOf(t, "own__rules-update.destroy.plan.json", Options{Before: true}).has("group nsg-tools rules=5 unknown=0")
}

func TestShape16DataSources(t *testing.T) {
	f := after(t, "existing-network.plan")
	f.has("network vnet-core 10.10.0.0/16",
		"subnet snet-ise-3 10.10.16.96/27 group=nsg-core table= nat=",
		"subnet snet-ise-2 10.10.16.64/27 group=nsg-core table=rt-core nat=",
		"subnet snet-shared ? group=? table=? nat=?", // named, not described
		"group nsg-core rules=13 unknown=0",
		"group nsg-orphan rules=1 unknown=0",
		"rule nsg-orphan/inside 100 Inbound Allow * VirtualNetwork:* > VirtualNetwork:*",
		"peering core-to-integration to azurerm_virtual_network.spoke forwarded=false",
		"firewall fw-core AZFW_VNet - policy= ranges=?",
		"firewall fw-core/primary 10.10.1.4 in azurefirewallsubnet public=pip-core-firewall",
		"addresses ipg-core-ise 10.10.16.0/25")
	f.lacks("rule nsg-orphan/everything")
	f = after(t, "existing-network.state")
	f.has("group nsg-core rules=13 unknown=0", "subnet snet-ise-2 10.10.16.64/27 group=nsg-core table=rt-core nat=")
}

func TestShape17ForgottenResourcesStay(t *testing.T) {
	after(t, "rules-update.plan").has("public pip-spare 203.0.113.10",
		// replaced, either order
		"subnet snet-build-tools 10.80.9.0/25 group=azurerm_network_security_group.tools table= nat=", "group nsg-build-tools rules=5 unknown=0")
	after(t, "rules-update.plan").lacks("group nsg-tools", "subnet snet-tools")
}

func TestShape18DeposedObjectsDoNotCount(t *testing.T) {
	for _, name := range []string{"rules-update-halfway.state", "rules-update-halfway.plan"} {
		f := after(t, name)
		f.counts("group nsg-build-tools", 1)
		f.lacks("group nsg-tools")
	}
}

func TestShape19DriftIsMostlyNoise(t *testing.T) {
	// Deleted by hand, and not planned again.
	after(t, "rules-update-before.state").has("route rt-ise/management AppServiceManagement Internet -")
	for _, o := range []Options{{}, {Before: true}} {
		f := factsOf(t, "own__rules-update.plan.json", o)
		f.lacks("route rt-ise/management")
		f.has("table rt-ise routes=1 unknown=0")
	}
	// Made by hand, and taken away.
	after(t, "rules-update.plan").lacks("rule nsg-ise/hotfix")
	factsOf(t, "own__rules-update.plan.json", Options{Before: true}).has("rule nsg-ise/hotfix 150 Outbound Deny * *:* > EventHub:5672")
}

func TestShape20MovedResourcesKeepTheirIdentity(t *testing.T) {
	ids := func(file string) []azure.ID {
		doc, _ := load(t, corpus(t, file)[0])
		var list []azure.ID
		for _, s := range Read(doc, Options{}).Subnets {
			if strings.HasPrefix(s.Resource.Name, "snet-ise-") {
				list = append(list, s.Resource.ID)
			}
		}
		slices.Sort(list)
		return list
	}
	before, planned := ids("own__rules-update-before.state.json"), ids("own__rules-update.plan.json")
	if diff := cmp.Diff(before, planned); diff != "" || len(before) != 4 {
		t.Error(diff)
	}
}

func TestShape21RelevantAttributesAreNotUsed(t *testing.T) {
	p := two()
	p.extra["relevant_attributes"] = []object{{"resource": h, "attribute": []string{"id"}}}
	wantGroups(t, attach(p, nsgAssociation+".x", refs("azurerm_subnet.a.id"), refs(g+".id")), map[string]string{"a": g, "b": ""})
}

func TestShape22SensitiveValuesAreNotRepeated(t *testing.T) {
	doc, _ := load(t, corpus(t, "own__managed-services.plan.json")[0])
	secret, ok := doc.Root().Get("variables").Get("sql_password").Get("value").String()
	if !ok {
		t.Fatal("the sensitive variable is not there")
	}
	inventory := Read(doc, Options{})
	n, problems := azure.Build(inventory)
	if n == nil {
		t.Fatal(problems)
	}
	for _, d := range problems {
		if strings.Contains(d.Error(), secret) {
			t.Errorf("%v repeats a sensitive value", d)
		}
	}
	for _, m := range n.NotModelled {
		if strings.Contains(m.Address+m.Effect, secret) {
			t.Errorf("%v repeats a sensitive value", m)
		}
	}
}

func TestShape23ModuleConfigurationStandsOnceForAllInstances(t *testing.T) {
	f := after(t, "spoke-modules.plan")
	f.has(`subnet snet-orders-data 10.50.2.0/24 group=module.spoke["orders"].module.segment["data"].azurerm_network_security_group.this table=module.spoke["orders"].azurerm_route_table.this["inspected"] nat=`,
		`subnet snet-billing-data 10.50.17.0/24 group=module.spoke["billing"].module.segment["data"].azurerm_network_security_group.this table=module.spoke["billing"].azurerm_route_table.this["closed"] nat=`,
		`subnet snet-sandbox1-all 10.60.16.0/22 group=module.sandbox[1].module.segment["all"].azurerm_network_security_group.this table= nat=`,
		`peering to-billing to module.spoke["billing"].azurerm_virtual_network.this forwarded=true`)
	// Billing is not peered back.
	f.counts("peering to-transit", 1)
}

func TestShape24FirstPlanWithoutPriorState(t *testing.T) {
	f := after(t, "ise-rules.plan")
	f.counts("subnet ", 4)
	f = factsOf(t, "own__ise-rules.plan.json", Options{Before: true})
	f.has("says terraform-plan-first")
	f.lacks("network ", "subnet ", "group ")
}

func TestShape25OrderIsNotStable(t *testing.T) {
	plan := func(order []string) []string {
		p := newPlan().with("azurerm_virtual_network.v", vnet("v"), unknown("id")).with(g, group("g"), unknown("id"))
		for _, k := range order {
			name := `module.m["` + k + `"]`
			p.with(name+".azurerm_subnet.s", subnet("s-"+k, map[string]string{"a": "10.0.0.0/24", "b": "10.0.1.0/24"}[k]), unknown("id"))
			attach(p, nsgAssociation+`.x["`+k+`"]`, refs("module.m", "each.key"), refs(g+".id"))
		}
		p.output("module.m", "id", refs("azurerm_subnet.s.id"))
		var lines []string
		for name, group := range groupsOf(p.network(t)) {
			lines = append(lines, name+" "+group)
		}
		slices.Sort(lines)
		return lines
	}
	one, other := plan([]string{"a", "b"}), plan([]string{"b", "a"})
	if diff := cmp.Diff(one, other); diff != "" || one[0] != "s-a "+g {
		t.Errorf("%v %s", one, diff)
	}
}
