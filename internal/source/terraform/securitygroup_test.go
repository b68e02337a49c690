package terraform

import (
	gocmp "cmp"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/wayleave/wayleave/internal/azure"
)

// rulesOf shows the rules of a group as "name priority access", in order of
// evaluation.
func rulesOf(t *testing.T, n *azure.Network, id string) []string {
	t.Helper()
	g, ok := n.NetworkSecurityGroup(azure.MakeID(id))
	if !ok {
		t.Fatalf("no group %s", id)
	}
	var list []string
	for _, r := range g.Rules {
		text := r.Name + " ?"
		if p, ok := r.Priority.Known(); ok {
			text = fmt.Sprintf("%s %d", r.Name, p)
		}
		list = append(list, text+" "+gocmp.Or(string(r.Access.Or("")), "?"))
	}
	return list
}

func wantRules(t *testing.T, n *azure.Network, id string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, rulesOf(t, n, id)); diff != "" {
		t.Error(diff)
	}
}

func codes(t *testing.T, p *plan) []string {
	t.Helper()
	_, problems := azure.Build(p.read(t))
	var list []string
	for _, d := range problems {
		list = append(list, d.Code)
	}
	return list
}

func TestRulesInlineAndSeparate(t *testing.T) {
	// A dynamic block leaves no trace in the configuration: the list of a new
	// group is its own all the same.
	p := newPlan().with(g, having(group("g"), object{"security_rule": []object{inline("one", 100), inline("two", 200)}}), unknown("id"))
	wantRules(t, p.network(t), g, "one 100 Allow", "two 200 Allow")

	p = newPlan().
		with(g, group("g"), unknown("id", "security_rule"), config(object{"name": constant("g")})).
		with("azurerm_network_security_rule.one", rule("one", "G", 100), unknown("id")).
		with("azurerm_network_security_rule.two", rule("two", "g", 200), unknown("id"))
	wantRules(t, p.network(t), g, "one 100 Allow", "two 200 Allow")
	if got := codes(t, p); got != nil {
		t.Errorf("unexpected %v", got)
	}
}

func TestJSON8BothWaysTogetherAreAUnionWithAWarning(t *testing.T) {
	p := newPlan().
		with(g, having(group("g"), object{"security_rule": []object{inline("one", 100)}}), unknown("id"), config(object{"security_rule": constant(1)})).
		with("azurerm_network_security_rule.two", rule("two", "g", 200), unknown("id"))
	wantRules(t, p.network(t), g, "one 100 Allow", "two 200 Allow")
	if diff := cmp.Diff([]string{"mixed-children"}, codes(t, p)); diff != "" {
		t.Error(diff)
	}
}

// existing is a group that was refreshed: its list has copies of its rules.
func existing(copies ...object) *plan {
	return newPlan().with(g, having(group("g"), object{"id": sub + "networkSecurityGroups/g", "security_rule": copies}), doing(nil, "no-op"))
}

func TestTheSeparateRuleCountsOverItsOldCopy(t *testing.T) {
	p := existing(inline("changed", 100), inline("deleted", 200), inline("by-hand", 300)).
		with("azurerm_network_security_rule.changed", having(rule("changed", "g", 100), object{"access": "Deny"}), doing(nil, "update")).
		deleted("azurerm_network_security_rule.deleted", rule("deleted", "g", 200))
	wantRules(t, p.network(t), sub+"networkSecurityGroups/g", "changed 100 Deny", "by-hand 300 Allow")
	if got := codes(t, p); got != nil {
		t.Errorf("copies are no conflict, got %v", got)
	}
	// The last separate rule goes; its copy must not stay.
	p = existing(inline("deleted", 200), inline("by-hand", 300)).deleted("azurerm_network_security_rule.deleted", rule("deleted", "g", 200))
	wantRules(t, p.network(t), sub+"networkSecurityGroups/g", "by-hand 300 Allow")
}

func TestForgottenRuleStaysInAzure(t *testing.T) {
	p := existing().with("azurerm_network_security_rule.old", nil, doing(rule("old", "g", 100), "forget"))
	wantRules(t, p.network(t), sub+"networkSecurityGroups/g", "old 100 Allow")
}

func TestDeposedObjectsDoNotCount(t *testing.T) {
	p := existing().with("azurerm_network_security_rule.a", rule("new", "g", 100), unknown("id"))
	p.changes = append(p.changes, object{
		"address": "azurerm_network_security_rule.a", "deposed": "4c3a", "type": "azurerm_network_security_rule",
		"change": object{"actions": []string{"delete"}, "before": rule("old", "g", 100), "after_unknown": object{"priority": true}},
	})
	wantRules(t, p.network(t), sub+"networkSecurityGroups/g", "new 100 Allow")
}

func TestUnknownNumberOfRules(t *testing.T) {
	every := object{}
	for name := range inline("", 0) {
		every[name] = true
	}
	for name, p := range map[string]*plan{
		"dynamic block over an unknown list": newPlan().
			with(g, having(group("g"), object{"security_rule": []object{{"description": ""}}}), marks(object{"security_rule": []object{every}})),
		"the whole list is given and unknown": newPlan().
			with(g, group("g"), unknown("security_rule"), config(object{"security_rule": refs("local.rules")})),
		"an existing list that may change": newPlan().
			with(g, group("g"), unknown("security_rule"), config(object{"name": constant("g")}), doing(group("g"), "update")),
		"a new group without configuration": func() *plan {
			p := newPlan().with(g, group("g"), unknown("security_rule"))
			p.configuration = object{}
			return p
		}(),
	} {
		group, _ := p.network(t).NetworkSecurityGroup(azure.MakeID(g))
		if len(group.UnknownRules) != 1 || len(group.Rules) != 0 {
			t.Errorf("%s: %d unknown, %d known rules", name, len(group.UnknownRules), len(group.Rules))
		}
	}
	// Nothing is given: the provider fills in the empty list.
	p := newPlan().with(g, group("g"), unknown("security_rule"), config(object{"name": constant("g")}))
	group, _ := p.network(t).NetworkSecurityGroup(azure.MakeID(g))
	if len(group.UnknownRules) != 0 {
		t.Errorf("a new group without rules has %v", group.UnknownRules)
	}
}

func TestUnknownFieldsOfARule(t *testing.T) {
	fields := []string{"priority", "access", "source_address_prefixes", "destination_port_range"}
	values := having(without(rule("r", "g", 100), append(fields, "source_address_prefix")...), object{"destination_port_ranges": nil})
	p := newPlan().with(g, group("g"), unknown("id")).
		with("azurerm_network_security_rule.r", values, unknown(fields...))
	r := p.network(t).NetworkSecurityGroups[0].Rules[0]
	const address = "azurerm_network_security_rule.r."
	for name, u := range map[string]*azure.Unknown{
		"priority": r.Priority.Unknown, "access": r.Access.Unknown,
		"source_address_prefixes": r.Source.Term(0).Unknown, "destination_port_range": r.DestinationPorts.Terms[0].Unknown,
	} {
		if u == nil || u.Name != address+name || u.Why != "known only after apply" || u.At.Line == 0 {
			t.Errorf("%s: %+v", name, u)
		}
	}
	if d, ok := r.Direction.Known(); !ok || d != azure.Inbound {
		t.Error("the direction is known")
	}
}

func TestPartlyUnknownList(t *testing.T) {
	values := having(without(rule("r", "g", 100), "source_address_prefix"), object{"source_address_prefixes": []any{"10.1.0.0/16", nil}})
	p := newPlan().with(g, group("g"), unknown("id")).
		with("azurerm_network_security_rule.r", values, marks(object{"source_address_prefixes": []bool{false, true}}))
	source := p.network(t).NetworkSecurityGroups[0].Rules[0].Source
	if source.Len() != 2 || source.Term(0).Text != "10.1.0.0/16" || source.Term(1).Unknown == nil || source.Term(1).Unknown.Name != "azurerm_network_security_rule.r.source_address_prefixes[1]" {
		t.Errorf("got %+v", source)
	}
}

func TestValueTheConfigurationGivesAndThePlanShowsAsNull(t *testing.T) {
	values := having(rule("r", "g", 100), object{"source_address_prefix": nil, "source_address_prefixes": nil, "destination_port_range": ""})
	given := config(object{"source_address_prefixes": refs("azurerm_subnet.pooled[0].address_prefixes"), "destination_port_ranges": refs("local.ports")})
	r := newPlan().with(g, group("g"), unknown("id")).with("azurerm_network_security_rule.r", values, given).network(t).NetworkSecurityGroups[0].Rules[0]
	if r.Source.Len() != 1 || r.Source.Term(0).Unknown == nil || len(r.DestinationPorts.Terms) != 1 || r.DestinationPorts.Terms[0].Unknown == nil {
		t.Errorf("source %+v, ports %+v", r.Source, r.DestinationPorts)
	}
	// The same in an inline rule, whose configuration is one list for all.
	list := having(group("g"), object{"security_rule": []object{having(inline("r", 100), object{"source_address_prefix": ""})}})
	r = newPlan().with(g, list, config(object{"security_rule": refs("local.x")})).network(t).NetworkSecurityGroups[0].Rules[0]
	if r.Source.Len() != 1 || r.Source.Term(0).Unknown == nil {
		t.Errorf("source %+v", r.Source)
	}
}

func TestApplicationSecurityGroupsOfRules(t *testing.T) {
	const source = "source_application_security_group_ids"
	asgs := func() *plan {
		return newPlan().with(g, group("g"), unknown("id")).
			with("azurerm_application_security_group.a", group("a"), unknown("id")).
			with("azurerm_application_security_group.b", group("b"), unknown("id"))
	}
	values := without(rule("r", "g", 100), "source_address_prefix")
	show := func(p *plan) string {
		var list []string
		for _, term := range p.network(t).NetworkSecurityGroups[0].Rules[0].Source.Terms() {
			if term.Kind == azure.GroupAddress {
				list = append(list, string(term.Group.ID))
			} else {
				list = append(list, "? "+term.Unknown.Why)
			}
		}
		return strings.Join(list, ", ")
	}
	for _, row := range []struct {
		marks any
		refs  object
		want  string
	}{
		{true, refs("azurerm_application_security_group.a.id"), "azurerm_application_security_group.a"},
		{[]bool{true, true}, refs("azurerm_application_security_group.a.id", "azurerm_application_security_group.b.id"),
			"azurerm_application_security_group.a, azurerm_application_security_group.b"},
		{true, refs("azurerm_application_security_group.a.id", "azurerm_application_security_group.b.id"),
			"? known only after apply; it is one of azurerm_application_security_group.a, azurerm_application_security_group.b"},
		{true, refs("local.x"), "? known only after apply; it comes from local.x, whose value a plan does not hold"},
	} {
		p := asgs().with("azurerm_network_security_rule.r", values, marks(object{source: row.marks}), config(object{source: row.refs}))
		if got := show(p); got != row.want {
			t.Errorf("got  %s\nwant %s", got, row.want)
		}
	}
	p := asgs().with("azurerm_network_security_rule.r", having(values, object{source: []string{sub + "applicationSecurityGroups/k"}}))
	if got := show(p); got != strings.ToLower(sub)+"applicationsecuritygroups/k" {
		t.Errorf("got %s", got)
	}
}

func TestGroupOfARuleIsFoundByNameAndResourceGroup(t *testing.T) {
	elsewhere := having(group("g"), object{"resource_group_name": "other"})
	p := newPlan().with(g, group("g"), unknown("id")).with(h, elsewhere, unknown("id")).
		with("azurerm_network_security_rule.r", having(rule("r", "g", 100), object{"resource_group_name": "OTHER"}))
	n := p.network(t)
	wantRules(t, n, g)
	wantRules(t, n, h, "r 100 Allow")
}

func TestGroupOfARuleAmongGroupsOfOneName(t *testing.T) {
	// Two providers, two subscriptions, the same names.
	named := config(object{"network_security_group_name": refs(h + ".name")})
	p := newPlan().with(g, group("g"), unknown("id")).with(h, group("g"), unknown("id")).
		with("azurerm_network_security_rule.r", rule("r", "g", 100), named)
	n := p.network(t)
	wantRules(t, n, g)
	wantRules(t, n, h, "r 100 Allow")

	p = newPlan().with(g, group("g"), unknown("id")).with(h, group("g"), unknown("id")).
		with("azurerm_network_security_rule.r", rule("r", "g", 100))
	for _, group := range p.network(t).NetworkSecurityGroups {
		if len(group.UnknownRules) != 1 {
			t.Errorf("%s may have the rule", group.Address)
		}
	}
}

// Networks and groups of one name in two subscriptions, each with a provider of
// its own: names alone do not tell them apart.
func TestSeveralSubscriptions(t *testing.T) {
	in := func(provider string) part { return inBlock(object{"provider_config_key": provider}) }
	other := strings.Replace(sub, "000000000001", "000000000002", 1)
	p := newPlan().
		with(g, having(group("g"), object{"id": sub + "networkSecurityGroups/g", "security_rule": []object{inline("one", 100), inline("gone", 110)}}), doing(nil, "no-op")).
		with(h, having(group("g"), object{"id": other + "networkSecurityGroups/g"}), doing(nil, "no-op"), in("azurerm.other")).
		with("azurerm_network_security_rule.new", rule("two", "g", 200), unknown("id"), in("azurerm.other")).
		with("azurerm_network_security_rule.old", having(rule("three", "g", 300), object{"id": sub + "networkSecurityGroups/g/securityRules/three"}), doing(nil, "no-op"), in("azurerm.other")).
		deleted("azurerm_network_security_rule.gone", having(rule("gone", "g", 110), object{"id": other + "networkSecurityGroups/g/securityRules/gone"}))
	n := p.network(t)
	wantRules(t, n, sub+"networkSecurityGroups/g", "one 100 Allow", "gone 110 Allow", "three 300 Allow")
	wantRules(t, n, other+"networkSecurityGroups/g", "two 200 Allow")
}

func TestGroupOfARuleWhoseNameIsKnownAfterApply(t *testing.T) {
	p := newPlan().with(g, without(group("g"), "name"), unknown("id", "name")).
		with("azurerm_network_security_rule.r", without(rule("r", "", 100), "network_security_group_name"), unknown("network_security_group_name"),
			config(object{"network_security_group_name": refs(g + ".name")}))
	wantRules(t, p.network(t), g, "r 100 Allow")
}

func TestGroupThatIsNotInThePlan(t *testing.T) {
	p := newPlan().with("azurerm_network_security_rule.r", having(rule("r", "k", 100), object{"id": sub + "networkSecurityGroups/k/securityRules/r"}))
	wantRules(t, p.network(t), sub+"networkSecurityGroups/k", "r 100 Allow")
	// Without an id the subscription of the provider tells it.
	p = newPlan().with("azurerm_network_security_rule.r", rule("r", "k", 100), unknown("id"))
	p.provider["azurerm"] = object{"expressions": object{"subscription_id": refs("var.subscription")}}
	p.variables["subscription"] = object{"value": "00000000-0000-0000-0000-000000000001"}
	wantRules(t, p.network(t), sub+"networkSecurityGroups/k", "r 100 Allow")
	// Without either it is a group of its own, not one of the others.
	p = newPlan().with(g, group("g"), unknown("id")).with("azurerm_network_security_rule.r", rule("r", "k", 100), unknown("id"))
	n := p.network(t)
	wantRules(t, n, g)
	if len(n.NetworkSecurityGroups) != 2 {
		t.Errorf("%d groups", len(n.NetworkSecurityGroups))
	}
}

func TestPositionsOfRules(t *testing.T) {
	p := newPlan().
		with(g, having(group("g"), object{"security_rule": []object{inline("one", 100)}}), unknown("id")).
		with("azurerm_network_security_rule.two", rule("two", "g", 200), unknown("id"))
	text := strings.Split(p.json(), "\n")
	for _, r := range p.network(t).NetworkSecurityGroups[0].Rules {
		line := text[r.Priority.At.Line-1]
		if !strings.HasPrefix(line[r.Priority.At.Column-1:], map[string]string{"one": "100", "two": "200"}[r.Name]) {
			t.Errorf("the priority of %s is said to stand in %q", r.Name, line)
		}
		if line := text[r.At.Line-1]; line[r.At.Column-1] != '{' {
			t.Errorf("%s is said to stand in %q", r.Name, line)
		}
		if want := map[string]string{"one": g + `.security_rule["one"]`, "two": "azurerm_network_security_rule.two"}[r.Name]; r.Address != want {
			t.Errorf("address %s, want %s", r.Address, want)
		}
	}
}

func TestWrongFieldsAreErrorsWithTheirPlace(t *testing.T) {
	for _, row := range []struct {
		field string
		value any
		code  string
	}{
		{"priority", "first", "invalid-priority"},
		{"priority", []int{1}, "wrong-type"},
		{"source_address_prefix", "10.0.0.1/8", "host-bits"},
		{"destination_port_range", "90-80", "port-range"},
	} {
		p := newPlan().with(g, group("g")).with("azurerm_network_security_rule.r", having(rule("r", "g", 100), object{row.field: row.value}))
		list := Read(parse(t, p.json()), Options{}).Diagnostics
		if len(list) != 1 || list[0].Code != row.code || list[0].At.Line == 0 {
			t.Errorf("%s: %v", row.field, list)
		}
	}
}
