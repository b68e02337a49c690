package terraform

import (
	"github.com/wayleave/wayleave/internal/azure"
)

const inlineRules = "security_rule"

// securityGroup reads azurerm_network_security_group. Its security_rule list
// is what the configuration states inline, or, for a group that exists, what
// was last read from Azure, copies of separate rules included.
func (r *reader) securityGroup(i *instance) {
	g := &azure.NetworkSecurityGroup{Resource: r.resource(i, azure.TypeNetworkSecurityGroup)}
	list := i.given(inlineRules)
	claim := r.claimOf(g.ID, "azurerm_network_security_rule")
	owned := r.ownsList(i, inlineRules)
	complete := owned || !claim.hasSeparate()
	for _, f := range list.elements() {
		if isPlaceholder(f, "name", "priority", "direction", "access") {
			g.UnknownRules = append(g.UnknownRules, f.openBecause(notYet+"; it stands for any number of rules"))
			continue
		}
		name := f.get("name").known()
		if claim.deleted[fold(name)] || claim.covers(name) && !owned {
			continue
		}
		rule := r.inlineRule(i, g, f)
		if complete {
			g.Rules = append(g.Rules, rule)
			continue
		}
		// A rule that was made by other means and stays.
		if u := r.perhapsGone(rule.Resource); u != nil {
			rule.Access = azure.NotKnown[azure.Access](u)
		}
		r.inventory.SecurityRules = append(r.inventory.SecurityRules, azure.Child[*azure.SecurityRule]{Parent: ref(g.Resource), Resource: rule})
	}
	r.inventory.NetworkSecurityGroups = append(r.inventory.NetworkSecurityGroups, g)
}

// ownsList reports whether a list of children is written in the configuration,
// so that it will be as it stands here: an expression of a resource block, or
// any content in a list of a new resource (dynamic blocks leave no trace in the
// configuration).
func (r *reader) ownsList(i *instance, attribute string) bool {
	return i.expression(attribute).Exists() || i.created() && i.get(attribute).isSet() && !i.computed(attribute)
}

// isPlaceholder reports whether an element stands for any number of elements:
// a dynamic block over a list that is not known gives one block of which
// nothing is known.
func isPlaceholder(f field, attributes ...string) bool {
	for _, a := range attributes {
		if !f.get(a).isUnknown() {
			return false
		}
	}
	return true
}

// mayBeOld reports whether what a resource says of others may be older than
// these: straight after an apply a state is as it was before. A plan is
// refreshed, and tells of deletions.
func (r *reader) mayBeOld() bool { return r.inventory.Rank == azure.RankState && !r.refreshed }

// outdated is the unknown that stands for something that a state has only in a
// resource beside those that would tell it now.
func (r *reader) outdated(name, why string, at azure.Position) *azure.Unknown {
	if !r.isOld[at] {
		r.isOld[at] = true
		r.old = append(r.old, at)
	}
	return &azure.Unknown{Name: name + " may be gone", Why: why, At: at}
}

// perhapsGone is the unknown that stands for the effect of a child which only
// the list of its parent has, beside separate children; nil where the list is
// up to date.
func (r *reader) perhapsGone(resource azure.Resource) *azure.Unknown {
	if !r.mayBeOld() {
		return nil
	}
	return r.outdated(resource.Address, "only the list of its parent has it, which may be older than the resources beside it", resource.At)
}

// ref is a reference to a resource of this reader.
func ref(resource azure.Resource) azure.Reference {
	return azure.Reference{ID: resource.ID, Text: resource.Address, At: resource.At}
}

func (r *reader) inlineRule(i *instance, g *azure.NetworkSecurityGroup, f field) *azure.SecurityRule {
	name := f.get("name").known()
	resource := azure.Resource{
		ID: childID(g.ID, "securityRules", name, f), Type: azure.TypeSecurityRule, Name: name,
		Address: childAddress(i, inlineRules, name, f), At: f.at(), Rank: r.inventory.Rank,
	}
	return r.rule(i, f, resource, func(string) string { return inlineRules })
}

// childID is the id of a child that stands in its parent's list.
func childID(parent azure.ID, segment, name string, f field) azure.ID {
	if name == "" {
		return azure.MakeID(f.name)
	}
	return azure.MakeID(string(parent) + "/" + segment + "/" + name)
}

// childAddress names a child that stands in its parent's list: by its name,
// since the order of the list has no meaning.
func childAddress(i *instance, attribute, name string, f field) string {
	if name == "" {
		return f.name
	}
	return i.text + "." + attribute + key{kind: textKey, text: name}.String()
}

// securityRule reads azurerm_network_security_rule.
func (r *reader) securityRule(i *instance) {
	rule := r.rule(i, i.values, r.resource(i, azure.TypeSecurityRule), func(attribute string) string { return attribute })
	r.inventory.SecurityRules = append(r.inventory.SecurityRules, azure.Child[*azure.SecurityRule]{Parent: r.parentOf(i), Resource: rule})
}

// rule reads the fields of a rule, inline or separate. written gives the
// attribute of the configuration that an attribute of the rule is written in.
func (r *reader) rule(i *instance, f field, resource azure.Resource, written func(string) string) *azure.SecurityRule {
	f.name = resource.Address
	rr := ruleReader{r: r, i: i, f: f, written: written}
	rule, problems := azure.MakeRule(azure.RuleFields{
		Resource:         resource,
		Direction:        f.get("direction").text(),
		Access:           f.get("access").text(),
		Priority:         f.get("priority").text(),
		Protocol:         f.get("protocol").text(),
		Source:           rr.side("source"),
		Destination:      rr.side("destination"),
		SourcePorts:      rr.ports("source"),
		DestinationPorts: rr.ports("destination"),
		Description:      f.get("description").known(),
	})
	r.inventory.Diagnostics = append(r.inventory.Diagnostics, problems...)
	return rule
}

// ruleReader reads the sides and ports of one rule.
type ruleReader struct {
	r       *reader
	i       *instance
	f       field
	written func(string) string
}

func (rr ruleReader) side(end string) azure.SideFields {
	singular, plural, groups := end+"_address_prefix", end+"_address_prefixes", end+"_application_security_group_ids"
	side := azure.SideFields{
		Singular: rr.f.get(singular).text(),
		Plural:   rr.f.get(plural).texts(),
		Groups:   rr.r.references(rr.i, rr.f.get(groups), rr.written(groups), "azurerm_application_security_group"),
		At:       rr.f.at(),
	}
	if !side.Singular.IsSet() && len(side.Plural) == 0 && len(side.Groups) == 0 {
		side.Plural = rr.hidden(plural, singular, plural, groups)
	}
	return side
}

func (rr ruleReader) ports(end string) azure.PortFields {
	singular, plural := end+"_port_range", end+"_port_ranges"
	ports := azure.PortFields{Singular: rr.f.get(singular).text(), Plural: rr.f.get(plural).texts(), At: rr.f.at()}
	if !ports.Singular.IsSet() && len(ports.Plural) == 0 {
		ports.Plural = rr.hidden(plural, singular, plural)
	}
	return ports
}

// hidden is what stands for a value that the plan shows as null although the
// configuration gives one: the provider knows it only after apply and does not
// say so.
func (rr ruleReader) hidden(name string, attributes ...string) []azure.Value[string] {
	for _, a := range attributes {
		if len(references(rr.i.expression(rr.written(a)))) > 0 {
			u := rr.f.get(name).openBecause("the configuration gives a value and the plan shows none")
			return []azure.Value[string]{azure.NotKnown[string](u)}
		}
	}
	return nil
}

// applicationSecurityGroup reads azurerm_application_security_group.
func (r *reader) applicationSecurityGroup(i *instance) {
	r.inventory.ApplicationSecurityGroups = append(r.inventory.ApplicationSecurityGroups,
		&azure.ApplicationSecurityGroup{Resource: r.resource(i, azure.TypeApplicationSecurityGroup)})
}
