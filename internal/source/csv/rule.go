package csv

import (
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

// rules makes a security group of the rows, or one for each name in the nsg
// column.
func (t *table) rules(inventory *azure.Inventory) {
	groups := map[string]*azure.NetworkSecurityGroup{}
	for _, row := range t.rows {
		name := t.title()
		if v := t.field(row, columnGroup); v.V != "" {
			name = v.V
		}
		g, ok := groups[strings.ToLower(name)]
		if !ok {
			g = &azure.NetworkSecurityGroup{
				Resource: t.resource(azure.TypeNetworkSecurityGroup, name, row.at[0]),
				Rules:    []*azure.SecurityRule{},
			}
			groups[strings.ToLower(name)] = g
			inventory.NetworkSecurityGroups = append(inventory.NetworkSecurityGroups, g)
		}
		g.Rules = append(g.Rules, t.rule(inventory, g, row))
	}
}

// resource is something that has no id in the file.
func (t *table) resource(typ, name string, at azure.Position) azure.Resource {
	return azure.Resource{ID: azure.MakeID("providers/" + typ + "/" + name), Type: typ, Name: name, Address: name, At: at, Rank: azure.RankExport}
}

func (t *table) rule(inventory *azure.Inventory, g *azure.NetworkSecurityGroup, row record) *azure.SecurityRule {
	name := t.field(row, columnName)
	source, sources := t.list(row, columnSource)
	destination, destinations := t.list(row, columnDestination)
	sourcePort, sourcePorts := t.list(row, columnSourcePorts)
	port, ports := t.list(row, columnDestinationPorts)
	rule, problems := azure.MakeRule(azure.RuleFields{
		Resource: azure.Resource{
			ID: azure.MakeID(string(g.ID) + "/securityRules/" + name.V), Type: azure.TypeSecurityRule,
			Name: name.V, Address: name.V, At: row.at[0], Rank: azure.RankExport,
		},
		Direction:        t.field(row, columnDirection),
		Access:           t.field(row, columnAccess),
		Priority:         t.field(row, columnPriority),
		Protocol:         t.field(row, columnProtocol),
		Source:           azure.SideFields{Singular: source, Plural: sources, At: row.at[0]},
		Destination:      azure.SideFields{Singular: destination, Plural: destinations, At: row.at[0]},
		SourcePorts:      azure.PortFields{Singular: sourcePort, Plural: sourcePorts, At: row.at[0]},
		DestinationPorts: azure.PortFields{Singular: port, Plural: ports, At: row.at[0]},
		Description:      t.field(row, columnDescription).V,
	})
	if name.V == "" {
		inventory.Diagnostics = append(inventory.Diagnostics, *t.refuse(row, "the rule has no name"))
	}
	inventory.Diagnostics = append(inventory.Diagnostics, problems...)
	return rule
}

// field is a scalar of a row; not set where it is empty or has no column.
func (t *table) field(row record, column int) azure.Value[string] {
	i := t.columns[column]
	if i < 0 || i >= len(row.fields) {
		return azure.Value[string]{}
	}
	return azure.Given(strings.TrimSpace(row.fields[i]), row.at[i])
}

// list is a field of one value or of several.
func (t *table) list(row record, column int) (one azure.Value[string], several []azure.Value[string]) {
	v := t.field(row, column)
	if !strings.ContainsAny(v.V, ",;") {
		return v, nil
	}
	for part := range strings.FieldsFuncSeq(v.V, func(r rune) bool { return r == ',' || r == ';' }) {
		if text := strings.TrimSpace(part); text != "" {
			several = append(several, azure.Given(text, v.At))
		}
	}
	if len(several) == 1 {
		return several[0], nil
	}
	return azure.Value[string]{}, several
}

// ipGroup makes an IP group of a list of prefixes.
func (t *table) ipGroup(inventory *azure.Inventory) *azure.IPGroup {
	var values []azure.Value[string]
	for _, row := range t.rows[1:] {
		values = append(values, azure.Given(strings.TrimSpace(row.fields[0]), row.at[0]))
	}
	terms, problems := azure.MakeFirewallTerms(values)
	inventory.Diagnostics = append(inventory.Diagnostics, problems...)
	return &azure.IPGroup{Resource: t.resource(azure.TypeIPGroup, t.title(), t.rows[0].at[0]), Addresses: terms}
}
