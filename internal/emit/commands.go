package emit

import (
	"fmt"
	"strings"

	"github.com/wayleave/wayleave/internal/repair"
)

// commands writes the change for the command line of Azure, one command a rule or route.
func commands(steps []repair.Edit) (string, error) {
	var b strings.Builder
	b.WriteString("set -e\n")
	unplaced := false
	for i := range steps {
		unplaced = unplaced || placeOf(steps[i].Target()).resourceGroup == ""
	}
	if unplaced {
		b.WriteString(": \"${RESOURCE_GROUP:?the resource group of what is changed}\"\n")
	}
	for i := range steps {
		if steps[i].Change != nil {
			b.WriteString(changeCommands(&steps[i]))
			continue
		}
		b.WriteString(command(&steps[i]))
	}
	return b.String(), nil
}

// command writes one rule or route.
func command(e *repair.Edit) string {
	if r := e.Route; r != nil {
		return az("route-table route create", &e.Table.Resource).add("route-table-name", e.Table.Name).add("name", r.Name).
			add("address-prefix", r.AddressPrefix).add("next-hop-type", string(r.NextHopType)).nextHop(r).String()
	}
	verb, r := "nsg rule create", &e.Rule
	if e.Action == repair.Modify {
		verb = "nsg rule update"
	}
	c := az(verb, &e.Group.Resource).add("nsg-name", e.Group.Name).add("name", r.Name).add("priority", fmt.Sprint(r.Priority))
	if e.Action == repair.Modify {
		return c.String()
	}
	return c.add("direction", string(r.Direction)).add("access", string(r.Access)).add("protocol", string(r.Protocol)).
		add("source-address-prefixes", r.Source...).add("source-port-ranges", r.SourcePorts...).
		add("destination-address-prefixes", r.Destination...).add("destination-port-ranges", r.DestinationPorts...).
		add("description", r.Description).String()
}

// quote makes a text one word for a shell.
func quote(text string) string {
	plain := strings.IndexFunc(text, func(c rune) bool {
		return !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.ContainsRune("-_./:,", c))
	}) < 0
	if plain && text != "" {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
