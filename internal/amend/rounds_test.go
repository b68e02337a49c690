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
