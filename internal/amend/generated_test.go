package amend_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/wayleave/wayleave/internal/amend"
	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/repair"
	"github.com/wayleave/wayleave/internal/source"
)

// rule is a security rule as a generated file states it.
type rule struct {
	name, direction string
	priority        int
	ports           []string
}

// line is what is compared of a rule.
func (r rule) line(group string) string {
	return fmt.Sprintf("%s %s %s %d %v", group, r.name, r.direction, r.priority, r.ports)
}

// some are rules of one group, some of them in a row.
func some(r *rand.Rand, most int) []rule {
	used := map[string]bool{}
	var list []rule
	for len(list) < r.IntN(most+1) {
		x := rule{name: fmt.Sprintf("rule-%d", len(list)), direction: []string{"Inbound", "Outbound"}[r.IntN(2)], priority: 100 + r.IntN(8), ports: []string{"443"}}
		if key := fmt.Sprint(x.direction, x.priority); !used[key] {
			used[key] = true
			list = append(list, x)
		}
	}
	return list
}

// change is a random change of a group as the planner makes it: rules that are
// added, and where the priority is taken, a run of rules that moves on by one.
func change(r *rand.Rand, g *azure.NetworkSecurityGroup) []repair.Edit {
	taken := map[string]*azure.SecurityRule{}
	for _, x := range g.Rules {
		taken[fmt.Sprint(x.Direction.V, x.Priority.V)] = x
	}
	direction := []azure.Direction{azure.Inbound, azure.Outbound}[r.IntN(2)]
	at := 100 + r.IntN(8)
	var edits []repair.Edit
	for p := at; taken[fmt.Sprint(direction, p)] != nil; p++ {
		was := taken[fmt.Sprint(direction, p)]
		edits = append(edits, repair.Edit{Action: repair.Modify, Group: g, Was: was, Rule: repair.Rule{Name: was.Name, Direction: direction, Priority: p + 1, Complete: true}})
	}
	add := repair.Rule{
		Name: "allow-new", Direction: direction, Access: azure.Allow, Priority: at, Protocol: azure.TCP, Source: []string{"10.0.0.0/24"}, Destination: []string{"Sql"},
		SourcePorts: []string{"*"}, DestinationPorts: []string{"1433", "11000-11999"}[:1+r.IntN(2)], Description: "needed by a service: \"sql\"", Complete: true,
	}
	return append(edits, repair.Edit{Action: repair.Add, Group: g, Rule: add})
}

// lines are all rules of groups, sorted.
func lines(groups []*azure.NetworkSecurityGroup) []string {
	var list []string
	for _, g := range groups {
		for _, x := range g.Rules {
			r := rule{x.Name, string(x.Direction.V), x.Priority.V, nil}
			for _, p := range x.DestinationPorts.Terms {
				r.ports = append(r.ports, p.Text)
			}
			list = append(list, r.line(g.Name))
		}
	}
	slices.Sort(list)
	return list
}

func pick(r *rand.Rand, texts ...string) string { return texts[r.IntN(len(texts))] }

// templateText states groups as people and tools write templates.
func templateText(r *rand.Rand, groups [][]rule) string {
	var resources, variables []string
	version := `"apiVersion": "2024-05-01"`
	for i, rules := range groups {
		name := fmt.Sprintf("nsg-%d", i)
		var texts []string
		for _, x := range rules {
			texts = append(texts, fmt.Sprintf(`{ "name": %q, "properties": { "direction": %q, "priority": %d, /* kept */ "access": "Deny", "protocol": "Tcp",
        "sourceAddressPrefix": "*", "sourcePortRange": "*", "destinationAddressPrefix": "*", "destinationPortRange": "443" } }`, x.name, x.direction, x.priority))
		}
		list := "[" + strings.Join(texts, pick(r, ", ", ",\n          ", ", // why\n          ")) + pick(r, "", "\n        ", " // the end\n        ") + "]"
		if len(texts) > 0 {
			list = pick(r, list, "[\n          "+strings.Join(texts, ",\n          ")+pick(r, "", ",", " // last")+"\n        ]")
		}
		properties := fmt.Sprintf(`"securityRules": %s`, list)
		switch r.IntN(4) {
		case 0:
			variables = append(variables, fmt.Sprintf(`"rules%d": %s`, i, list))
			properties = fmt.Sprintf(`"securityRules": "[variables('rules%d')]"`, i)
		case 1:
			properties = ""
			for j, x := range rules {
				resources = append(resources, fmt.Sprintf(`{ "type": "Microsoft.Network/networkSecurityGroups/securityRules", %s, "name": "%s/%s",
      "dependsOn": [ "[resourceId('Microsoft.Network/networkSecurityGroups', '%s')]" ], "properties": %s }`,
					version, name, x.name, name, texts[j][strings.Index(texts[j], `"properties": `)+len(`"properties": `):len(texts[j])-2]))
			}
		}
		resources = append(resources, fmt.Sprintf(`{ // group %d
      "type": "Microsoft.Network/networkSecurityGroups", %s, "name": %q,
      "properties": { %s }
    }`, i, version, name, properties))
	}
	return fmt.Sprintf(`{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0", // %s
  "variables": { %s },
  "resources": [
    %s
  ]
}
`, pick(r, "a", "b"), strings.Join(variables, ", "), strings.Join(resources, ",\n    "))
}

// Templates of many shapes, edited and read again, hold the change and all that
// they held (decisions 33), comments with it.
func TestGeneratedTemplatesAreReadBack(t *testing.T) {
	moved := 0
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 1))
		old := templateText(r, [][]rule{some(r, 5), some(r, 5)})
		before := load(t, old)
		edits := slices.Concat(change(r, before.NetworkSecurityGroups[0]), change(r, before.NetworkSecurityGroups[1]))
		changes, left, err := amend.Write(edits, []amend.File{{Path: "main.json", Data: []byte(old)}})
		if err != nil || len(left) > 0 || len(changes) != 1 {
			t.Fatalf("seed %d: %v, left %+v of\n%s", seed, err, left, old)
		}
		after := load(t, string(changes[0].New))
		planned := build(t, must(repair.Apply(read(t, old), edits))...)
		if diff := cmp.Diff(lines(planned.NetworkSecurityGroups), lines(after.NetworkSecurityGroups)); diff != "" {
			t.Fatalf("seed %d (-planned +read back)\n%s\n%s", seed, diff, changes[0].Unified())
		}
		if want, got := comments(old), comments(string(changes[0].New)); !slices.Equal(want, got) {
			t.Fatalf("seed %d: comments were %q, are %q", seed, want, got)
		}
		if len(edits) > 2 {
			moved++
		} else if strings.Contains(old, "\n        ]") && strings.Count(changes[0].Unified(), "\n-") > 4 {
			t.Fatalf("seed %d: the diff takes lines away that stay\n%s", seed, changes[0].Unified())
		}
	}
	if moved < 50 {
		t.Errorf("only %d changes moved a rule", moved)
	}
}

var commented = regexp.MustCompile(`//[^\n]*|/\*.*?\*/|#[^\n]*`)

func comments(text string) []string {
	var list []string
	for _, c := range commented.FindAllString(text, -1) {
		if !strings.HasPrefix(c, "//schema") { // of the address of a schema
			list = append(list, strings.TrimSpace(c))
		}
	}
	return list
}

func read(t *testing.T, text string) []*azure.Inventory {
	t.Helper()
	list, problems := source.Load(nil, source.Options{Documents: []source.Input{{Name: "main.json", Data: []byte(text)}}})
	if problems.HasErrors() {
		t.Fatalf("%v\n%s", problems, text)
	}
	return list
}

func load(t *testing.T, text string) *azure.Network {
	t.Helper()
	return build(t, read(t, text)...)
}

func build(t *testing.T, list ...*azure.Inventory) *azure.Network {
	t.Helper()
	n, problems := azure.Build(list...)
	if n == nil {
		t.Fatal(problems)
	}
	return n
}

func must[T any](x T, err error) T {
	if err != nil {
		panic(err)
	}
	return x
}

// terraformText states a group in blocks of its own or in resources.
func terraformText(r *rand.Rand, rules []rule, inline bool) string {
	body := func(x rule, indent string, first ...string) string {
		text := ""
		for _, line := range append(first, fmt.Sprintf("name = %q", x.name), fmt.Sprintf("priority = %d # kept", x.priority), fmt.Sprintf("direction = %q", x.direction),
			`access = "Deny"`, `protocol = "Tcp"`, `source_port_range = "*"`, `destination_port_range = "443"`, `source_address_prefix = "*"`, `destination_address_prefix = "*"`) {
			text += indent + line + "\n"
		}
		return text
	}
	var b strings.Builder
	b.WriteString("# The group.\nresource \"azurerm_network_security_group\" \"app\" {\n  name = \"nsg-0\"\n  resource_group_name = \"rg\"\n  location = var.location\n")
	if inline {
		if len(rules) == 0 {
			b.WriteString("\n  dynamic \"security_rule\" {\n    for_each = var.rules\n    content {\n      name = security_rule.key\n    }\n  }\n")
		}
		for _, x := range rules {
			b.WriteString(pick(r, "", "\n", "\n  # why\n") + "  security_rule {\n" + body(x, "    ") + "  }\n")
		}
	}
	b.WriteString(pick(r, "", "\n  tags = { a = 1 }\n", "\n  # the end\n") + "}\n")
	if inline {
		return b.String()
	}
	for i, x := range rules {
		fmt.Fprintf(&b, "\nresource \"azurerm_network_security_rule\" \"r%d\" {\n%s}\n", i, body(x, "  ",
			"resource_group_name = azurerm_network_security_group.app.resource_group_name", "network_security_group_name = azurerm_network_security_group.app.name"))
	}
	return b.String()
}

// terraformLines reads the literal rules of a file.
func terraformLines(t *testing.T, text string) []string {
	t.Helper()
	file, problems := hclsyntax.ParseConfig([]byte(text), "main.tf", hcl.InitialPos)
	if problems.HasErrors() {
		t.Fatalf("%v in\n%s", problems, text)
	}
	var list []string
	one := func(b *hclsyntax.Body) {
		r := rule{}
		for name, a := range b.Attributes {
			v, _ := a.Expr.Value(nil)
			switch name {
			case "name":
				r.name = v.AsString()
			case "direction":
				r.direction = v.AsString()
			case "priority":
				n, _ := v.AsBigFloat().Int64()
				r.priority = int(n)
			case "destination_port_range":
				r.ports = append(r.ports, v.AsString())
			case "destination_port_ranges":
				for _, x := range v.AsValueSlice() {
					r.ports = append(r.ports, x.AsString())
				}
			}
		}
		list = append(list, r.line("nsg-0"))
	}
	for _, b := range file.Body.(*hclsyntax.Body).Blocks {
		if b.Labels[0] == "azurerm_network_security_rule" {
			one(b.Body)
		}
		for _, inner := range b.Body.Blocks {
			if inner.Type == "security_rule" {
				one(inner.Body)
			}
		}
	}
	slices.Sort(list)
	return list
}

// The same of Terraform, with rules in blocks of the group and in resources of
// their own. Resources that have to change one after the other wait for each
// other.
func TestGeneratedConfigurationsAreReadBack(t *testing.T) {
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 2))
		rules, inline := some(r, 5), r.IntN(2) == 0
		old := terraformText(r, rules, inline)
		g := group(t, rules, inline)
		edits := change(r, g)
		changes, left, err := amend.Write(edits, []amend.File{{Path: filepath.ToSlash("net/main.tf"), Data: []byte(old)}})
		if err != nil || len(left) > 0 || len(changes) != 1 {
			t.Fatalf("seed %d: %v, left %+v of\n%s", seed, err, left, old)
		}
		now := string(changes[0].New)
		planned := build(t, must(repair.Apply([]*azure.Inventory{{NetworkSecurityGroups: []*azure.NetworkSecurityGroup{g}}}, edits))...)
		if diff := cmp.Diff(lines(planned.NetworkSecurityGroups), terraformLines(t, now)); diff != "" {
			t.Fatalf("seed %d (-planned +read back)\n%s\n%s", seed, diff, changes[0].Unified())
		}
		if want, got := comments(old), comments(now); !slices.Equal(want, got) {
			t.Fatalf("seed %d: comments were %q, are %q", seed, want, got)
		}
		if n := strings.Count(now, "depends_on"); !inline && n != len(edits)-1 || inline && n > 0 {
			t.Fatalf("seed %d: %d resources wait, %d steps:\n%s", seed, n, len(edits), now)
		}
	}
}

// group is the group of a generated configuration, as a plan has it.
func group(t *testing.T, rules []rule, inline bool) *azure.NetworkSecurityGroup {
	t.Helper()
	const address = "azurerm_network_security_group.app"
	at := azure.Position{File: "plan.json", Line: 1, Column: 1}
	g := &azure.NetworkSecurityGroup{Resource: azure.Resource{ID: address, Type: azure.TypeNetworkSecurityGroup, Name: "nsg-0", Address: address, At: at}, Rules: []*azure.SecurityRule{}}
	given := func(s string) azure.Value[string] { return azure.Given(s, at) }
	for i, x := range rules {
		f := azure.RuleFields{
			Resource:  azure.Resource{ID: azure.MakeID(address + "/securityRules/" + x.name), Type: azure.TypeSecurityRule, Name: x.name, Address: fmt.Sprintf("azurerm_network_security_rule.r%d", i), At: at},
			Direction: given(x.direction), Access: given("Deny"), Priority: given(fmt.Sprint(x.priority)), Protocol: given("Tcp"),
			Source: azure.SideFields{Singular: given("*"), At: at}, Destination: azure.SideFields{Singular: given("*"), At: at},
			SourcePorts: azure.PortFields{Singular: given("*"), At: at}, DestinationPorts: azure.PortFields{Singular: given("443"), At: at},
		}
		if inline {
			f.Address = address + `.security_rule["` + x.name + `"]`
		}
		r, problems := azure.MakeRule(f)
		if problems.HasErrors() {
			t.Fatal(problems)
		}
		g.Rules = append(g.Rules, r)
	}
	return g
}
