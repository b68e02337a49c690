package recheck

import (
	"slices"
	"strconv"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
)

// edit is one change of an evidence file.
type edit struct {
	document.Value
	kind, action, resource, id, name string
}

func editOf(v document.Value) edit {
	text := func(key string) string { s, _ := v.Get(key).String(); return s }
	e := edit{Value: v, kind: text("kind"), action: text("action"), resource: text("resource"), id: text("id")}
	e.name, _ = v.Get("body").Get("name").String()
	return e
}

// refers is the id of another resource by what it is to this one.
func (e *edit) refers(role string) string {
	s, _ := e.Get("refers").Get(role).String()
	return s
}

// values are the texts that are set under a name, as they would be given.
func (e *edit) values(name string) []azure.Value[string] {
	var list []azure.Value[string]
	for v := range e.Get("set").Get(name).Elements() {
		s, _ := v.String()
		list = append(list, azure.Given(s, v.Position()))
	}
	return list
}

// value is the first of values, empty where there is none.
func (e *edit) value(name string) string {
	for _, v := range e.values(name) {
		return v.V
	}
	return ""
}

// is reports whether a resource is the one with an id, or called as the evidence
// calls what it changes.
func (e *edit) is(r *azure.Resource) bool {
	return strings.EqualFold(string(r.ID), e.id) || strings.EqualFold(r.Label(), e.resource)
}

// change makes the changes of an evidence file in the inventories, of which it
// is the only user.
func change(inventories []*azure.Inventory, changes []document.Value) error {
	for _, v := range changes {
		e := editOf(v)
		make := changeKinds[e.kind]
		if make == nil {
			return diagnostic.Errorf("unknown-change", v.Position(), "the change %q of a resource is not one that is checked here", e.kind).WithHint("take the program of the same release as wayleave")
		}
		done, err := make(inventories, &e)
		if err != nil {
			return err
		}
		if !done {
			return diagnostic.Errorf("unknown-change", v.Position(), "no input states %s", e.resource).WithHint("give the inputs of wayleave fix")
		}
	}
	return nil
}

func changeRule(inventories []*azure.Inventory, e *edit) (bool, error) {
	switch e.action {
	case "modify":
		return move(inventories, e.resource, e.Get("body"))
	case "add":
		return addRule(inventories, e.resource, e.Get("body"))
	}
	return false, nil
}

func named(r *azure.Resource, label string) bool { return strings.EqualFold(r.Label(), label) }

func addRule(inventories []*azure.Inventory, group string, body document.Value) (bool, error) {
	for _, inv := range inventories {
		for _, g := range inv.NetworkSecurityGroups {
			if !named(&g.Resource, group) {
				continue
			}
			rule, err := ruleOf(g, body)
			if err != nil {
				return false, err
			}
			if g.Rules != nil {
				g.Rules = append(slices.Clone(g.Rules), rule)
			} else {
				inv.SecurityRules = append(inv.SecurityRules, azure.Child[*azure.SecurityRule]{Parent: azure.Reference{ID: g.ID, Text: string(g.ID), At: g.At}, Resource: rule})
			}
			return true, nil
		}
	}
	return false, nil
}

// move gives a rule of a group, by its name, another priority.
func move(inventories []*azure.Inventory, group string, body document.Value) (bool, error) {
	name, _ := body.Get("name").String()
	n, ok := body.Get("properties").Get("priority").Int()
	if !ok {
		return false, body.Get("properties").Get("priority").Mismatch("a priority")
	}
	done := false
	for _, inv := range inventories {
		for _, g := range inv.NetworkSecurityGroups {
			if !named(&g.Resource, group) {
				continue
			}
			for _, r := range g.Rules {
				if strings.EqualFold(r.Name, name) {
					r.Priority, done = azure.Of(int(n), r.Priority.At), true
				}
			}
			for _, c := range inv.SecurityRules {
				if c.Parent.ID == g.ID && strings.EqualFold(c.Resource.Name, name) {
					c.Resource.Priority, done = azure.Of(int(n), c.Resource.Priority.At), true
				}
			}
		}
	}
	return done, nil
}

func ruleOf(g *azure.NetworkSecurityGroup, body document.Value) (*azure.SecurityRule, error) {
	name, _ := body.Get("name").String()
	p := body.Get("properties")
	text := func(key string) azure.Value[string] {
		s, ok := p.Get(key).String()
		if n, isNumber := p.Get(key).Int(); isNumber {
			s, ok = strconv.FormatInt(n, 10), true
		}
		if !ok {
			return azure.Value[string]{}
		}
		return azure.Given(s, g.At)
	}
	list := func(key string) []azure.Value[string] {
		var out []azure.Value[string]
		for v := range p.Get(key).Elements() {
			s, _ := v.String()
			out = append(out, azure.Given(s, g.At))
		}
		return out
	}
	side := func(end string) azure.SideFields {
		f := azure.SideFields{Singular: text(end + "AddressPrefix"), Plural: list(end + "AddressPrefixes"), At: g.At}
		for v := range p.Get(end + "ApplicationSecurityGroups").Elements() {
			id, _ := v.Get("id").String()
			f.Groups = append(f.Groups, azure.Ref(id, g.At))
		}
		return f
	}
	rule, problems := azure.MakeRule(azure.RuleFields{
		Resource:  azure.Resource{ID: azure.MakeID(string(g.ID) + "/securityRules/" + name), Type: azure.TypeSecurityRule, Name: name, At: g.At, Rank: g.Rank},
		Direction: text("direction"), Access: text("access"), Priority: text("priority"), Protocol: text("protocol"),
		Source: side("source"), Destination: side("destination"),
		SourcePorts:      azure.PortFields{Singular: text("sourcePortRange"), Plural: list("sourcePortRanges"), At: g.At},
		DestinationPorts: azure.PortFields{Singular: text("destinationPortRange"), Plural: list("destinationPortRanges"), At: g.At},
	})
	return rule, problems.Err()
}
