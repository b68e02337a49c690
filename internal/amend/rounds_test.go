package amend_test

import (
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/amend"
	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/repair"
)

// A change is found round by round: a group of the second round holds the rules of
// the first, which stand in no file yet. They do not count as neighbours.
func TestRulesOfAnEarlierRoundAreNoNeighbours(t *testing.T) {
	const old = `{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "resources": [
    { "type": "Microsoft.Network/networkSecurityGroups", "apiVersion": "2024-05-01", "name": "nsg", "properties": {} }
  ]
}
`
	add := func(g *azure.NetworkSecurityGroup, name string, priority int) repair.Edit {
		return repair.Edit{Action: repair.Add, Group: g, Rule: repair.Rule{
			Name: name, Direction: azure.Inbound, Access: azure.Allow, Priority: priority, Protocol: azure.TCP, Source: []string{"Sql"}, Destination: []string{"*"},
			SourcePorts: []string{"*"}, DestinationPorts: []string{"443"}, Complete: true,
		}}
	}
	before := load(t, old)
	first := add(before.NetworkSecurityGroups[0], "one", 110)
	between := build(t, must(repair.Apply(read(t, old), []repair.Edit{first}))...)
	second := add(between.NetworkSecurityGroups[0], "two", 100)
	changes, left, err := amend.Write([]repair.Edit{second, first}, []amend.File{{Path: "main.json", Data: []byte(old)}})
	if err != nil || len(left) > 0 || len(changes) != 1 {
		t.Fatalf("%v, left %+v", err, left)
	}
	after := load(t, string(changes[0].New))
	if got := lines(after.NetworkSecurityGroups); len(got) != 2 || !strings.Contains(string(changes[0].New), `"securityRules": [`) {
		t.Errorf("%v in\n%s", got, changes[0].New)
	}
}

// Resource Manager changes resources at the same time, and two rules of a direction
// never have one priority: what makes room goes first, from the last on, and each
// waits for the one before it.
func TestRulesThatMakeRoomGoInTurn(t *testing.T) {
	const rule = `    { "type": "Microsoft.Network/networkSecurityGroups/securityRules", "apiVersion": "2024-05-01", "name": "nsg/NAME",
      "properties": { "priority": PRIORITY, "direction": "Inbound", "access": "Deny", "protocol": "*", "sourceAddressPrefix": "*", "sourcePortRange": "*", "destinationAddressPrefix": "*", "destinationPortRange": "443" } }`
	named := func(name, priority string) string {
		return strings.NewReplacer("NAME", name, "PRIORITY", priority).Replace(rule)
	}
	old := `{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "resources": [
    { "type": "Microsoft.Network/networkSecurityGroups", "apiVersion": "2024-05-01", "name": "nsg", "properties": {} },
` + named("first", "100") + ",\n" + named("second", "101") + "\n  ]\n}\n"
	g := load(t, old).NetworkSecurityGroups[0]
	var edits []repair.Edit
	for _, was := range g.Rules {
		edits = append(edits, repair.Edit{Action: repair.Modify, Group: g, Was: was, Rule: repair.Rule{Name: was.Name, Direction: azure.Inbound, Priority: was.Priority.V + 1}})
	}
	edits = append(edits, repair.Edit{Action: repair.Add, Group: g, Rule: anyRule})
	changes, left, err := amend.Write(edits, []amend.File{{Path: "main.json", Data: []byte(old)}})
	if err != nil || len(left) > 0 || len(changes) != 1 {
		t.Fatalf("%v, left %+v", err, left)
	}
	now := string(changes[0].New)
	id := func(name string) string {
		return "[resourceId('Microsoft.Network/networkSecurityGroups/securityRules', 'nsg', '" + name + "')]"
	}
	waits := func(name string) string {
		_, of, _ := strings.Cut(now, `"nsg/`+name+`"`)
		of, _, _ = strings.Cut(of, `"type"`)
		return of
	}
	if strings.Contains(waits("second"), "dependsOn") || !strings.Contains(waits("first"), id("second")) || !strings.Contains(waits("allow-a"), id("first")) {
		t.Errorf("they do not go in turn:\n%s", now)
	}
}

// What a template would take back, or where it leaves an order open, is left with
// the reason.
func TestTemplatesThatTakeNoChange(t *testing.T) {
	const group = `{ "type": "Microsoft.Network/networkSecurityGroups", "apiVersion": "2024-05-01", "name": "nsg", "properties": {} }`
	rule := func(name, priority, more string) string {
		return `{ "type": "Microsoft.Network/networkSecurityGroups/securityRules", "apiVersion": "2024-05-01", "name": "nsg/` + name + `", ` + more + `
      "properties": { "priority": ` + priority + `, "direction": "Inbound", "access": "Deny", "protocol": "*", "sourceAddressPrefix": "*", "sourcePortRange": "*", "destinationAddressPrefix": "*", "destinationPortRange": "443" } }`
	}
	const head = `"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0",`
	for _, row := range []struct{ name, text, left string }{
		{"as people write it", `{` + head + ` "resources": [` + group + `, ` + rule("first", "100", "") + `]}`, ""},
		{"compiled", `{` + head + ` "metadata": {"_generator": {"name": "bicep", "version": "1"}}, "resources": [` + group + `, ` + rule("first", "100", "") + `]}`, "is what bicep build makes"},
		{"a rule of a loop", `{` + head + ` "resources": [` + group + `, ` + rule("first", "100", `"copy": {"name": "c", "count": 1},`) + `, ` + rule("second", "200", "") + `]}`, "comes from a copy loop"},
		{"symbolic names", `{` + head + ` "languageVersion": "2.0", "resources": {"g": ` + group + `, "r": ` + rule("first", "100", "") + `}}`, "leave that open"},
	} {
		t.Run(row.name, func(t *testing.T) {
			g := load(t, row.text).NetworkSecurityGroups[0]
			was := g.Rules[0]
			edits := []repair.Edit{
				{Action: repair.Modify, Group: g, Was: was, Rule: repair.Rule{Name: was.Name, Direction: azure.Inbound, Priority: 101}},
				{Action: repair.Add, Group: g, Rule: anyRule},
			}
			changes, left, err := amend.Write(edits, []amend.File{{Path: "main.json", Data: []byte(row.text)}})
			if err != nil {
				t.Fatal(err)
			}
			if row.left == "" {
				if len(left) > 0 || len(changes) != 1 {
					t.Errorf("%d files, left %+v", len(changes), left)
				}
				return
			}
			if len(changes) > 0 || len(left) != 1 || !strings.Contains(left[0].Reason, row.left) {
				t.Errorf("%d files, left %+v", len(changes), left)
			}
		})
	}
}
