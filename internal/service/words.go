package service

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Words is a peer as the page has it; a chosen peer tells its cases:
// "internal: VirtualNetwork; external: Internet".
func (p *Peer) Words() string {
	if p.By == "" {
		return p.Text
	}
	var cases []string
	for _, name := range sortedKeys(p.Cases) {
		chosen := p.Cases[name]
		cases = append(cases, name+": "+chosen.Words())
	}
	return strings.Join(cases, "; ")
}

// PortsWords are the destination ports of a row, with the cases of a parameter
// that chooses them.
func (r *Requirement) PortsWords() []string {
	switch {
	case r.PortsBy != nil:
		var cases []string
		for _, name := range sortedKeys(r.PortsBy.Cases) {
			cases = append(cases, fmt.Sprintf("%s %s: %s", r.PortsBy.By, name, strings.Join(r.PortsBy.Cases[name], ", ")))
		}
		return cases
	case r.PortsParameter != "":
		return []string{"as " + r.PortsParameter + " says"}
	}
	return r.DestinationPorts
}

// ProtocolsOf are the protocols of a row, its own or those of the profile.
func (p *Profile) ProtocolsOf(r *Requirement) []string {
	return orDefault(r.Protocols, p.Defaults.Protocols)
}

// SourcePortsOf are the source ports of a row, its own or those of the profile.
func (p *Profile) SourcePortsOf(r *Requirement) []string {
	return orDefault(r.SourcePorts, p.Defaults.SourcePorts)
}

// Words says what a resource is told by: its type, and values of properties.
func (m *ResourceMatch) Words() string {
	text := m.Type
	for _, path := range sortedKeys(m.Where) {
		var values []string
		for _, v := range m.Where[path] {
			values = append(values, cmp.Or(v, "not set"))
		}
		text += fmt.Sprintf(", %s %s", path, strings.Join(values, " or "))
	}
	return text
}

// ConditionWords are parameter values in the order of the names:
// "mode=a, region=westeurope".
func ConditionWords(when map[string]string) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(when)) {
		parts = append(parts, name+"="+when[name])
	}
	return strings.Join(parts, ", ")
}

// RuleKind tells what a subnet rule is about.
type RuleKind string

// Kinds of subnet rules.
const (
	// RuleSubnet: name, number, size, delegation, what must be attached.
	RuleSubnet RuleKind = "subnet"
	// RuleRouting: where packets must go or must not, and learnt routes.
	RuleRouting RuleKind = "routing"
	// RuleForbidden: what must not be attached.
	RuleForbidden RuleKind = "forbidden"
)

// Kind tells what the rule is about.
func (r *SubnetRule) Kind() RuleKind {
	switch {
	case r.Route != nil || r.Propagation != "":
		return RuleRouting
	case slices.Contains([]string{r.SecurityGroup, r.RouteTable, r.NATGateway}, "forbidden"):
		return RuleForbidden
	}
	return RuleSubnet
}

// Words are what the advice asks for, one thing each.
func (a SubnetAdvice) Words() []string {
	var list []string
	if a.Count > 0 {
		list = append(list, fmt.Sprintf("%d subnets", a.Count))
	}
	if a.SmallestPrefix > 0 {
		list = append(list, fmt.Sprintf("each a /%d or larger", a.SmallestPrefix))
	}
	return list
}
