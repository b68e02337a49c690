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

func command(e *repair.Edit) string {
	p, r := placeOf(e.Target()), &e.Rule
	verb, parent := "nsg rule create", "nsg-name"
	switch {
	case e.Route != nil:
		verb, parent = "route-table route create", "route-table-name"
	case e.Action == repair.Modify:
		verb = "nsg rule update"
	}
	words := []string{"az network " + verb}
	add := func(flag string, values ...string) {
		var quoted []string
		for _, v := range values {
			quoted = append(quoted, quote(v))
		}
		words = append(words, "--"+flag+" "+strings.Join(quoted, " "))
	}
	if p.subscription != "" {
		add("subscription", p.subscription)
	}
	if p.resourceGroup != "" {
		add("resource-group", p.resourceGroup)
	} else {
		words = append(words, `--resource-group "$RESOURCE_GROUP"`)
	}
	add(parent, p.name)
	_, name := child(e)
	add("name", name)
	switch {
	case e.Route != nil:
		add("address-prefix", e.Route.AddressPrefix)
		add("next-hop-type", string(e.Route.NextHopType))
		words = (&azCommand{words}).nextHop(e.Route).words
	case e.Action == repair.Modify:
		add("priority", fmt.Sprint(r.Priority))
	default:
		add("priority", fmt.Sprint(r.Priority))
		add("direction", string(r.Direction))
		add("access", string(r.Access))
		add("protocol", string(r.Protocol))
		add("source-address-prefixes", r.Source...)
		add("source-port-ranges", r.SourcePorts...)
		add("destination-address-prefixes", r.Destination...)
		add("destination-port-ranges", r.DestinationPorts...)
		add("description", r.Description)
	}
	return strings.Join(words, " \\\n  ") + "\n"
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
