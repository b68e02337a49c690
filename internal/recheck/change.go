package recheck

import (
	"slices"
	"strconv"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
)

// change makes the changes of an evidence file in the inventories, of which it
// is the only user.
func change(inventories []*azure.Inventory, changes []document.Value) error {
	for _, v := range changes {
		typ, _ := v.Get("type").String()
		resource, _ := v.Get("resource").String()
		action, _ := v.Get("action").String()
		var done bool
		var err error
		switch {
		case strings.EqualFold(typ, azure.TypeSecurityRule) && action == "modify":
			done, err = move(inventories, resource, v.Get("body"))
		case strings.EqualFold(typ, azure.TypeSecurityRule) && action == "add":
			done, err = addRule(inventories, resource, v.Get("body"))
		case strings.EqualFold(typ, azure.TypeRoute) && action == "add":
			done, err = addRoute(inventories, resource, v.Get("body"))
		default:
			return diagnostic.Errorf("unknown-change", v.Position(), "the change %s of a %s is not one that is checked here, expected rules and routes to add and rules to move", action, typ)
		}
		if err != nil {
			return err
		}
		if !done {
			return diagnostic.Errorf("unknown-change", v.Position(), "no input states %s", resource).WithHint("give the inputs of wayleave fix")
		}
	}
	return nil
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

func addRoute(inventories []*azure.Inventory, table string, body document.Value) (bool, error) {
	name, _ := body.Get("name").String()
	text := func(key string, at azure.Position) azure.Value[string] {
		s, ok := body.Get("properties").Get(key).String()
		if !ok {
			return azure.Value[string]{}
		}
		return azure.Given(s, at)
	}
	for _, inv := range inventories {
		for _, t := range inv.RouteTables {
			if !named(&t.Resource, table) {
				continue
			}
			route, problems := azure.MakeRoute(azure.RouteFields{
				Resource:      azure.Resource{ID: azure.MakeID(string(t.ID) + "/routes/" + name), Type: azure.TypeRoute, Name: name, At: t.At, Rank: t.Rank},
				AddressPrefix: text("addressPrefix", t.At), NextHopType: text("nextHopType", t.At), NextHopIPAddress: text("nextHopIpAddress", t.At),
			})
			if t.Routes != nil {
				t.Routes = append(slices.Clone(t.Routes), route)
			} else {
				inv.Routes = append(inv.Routes, azure.Child[*azure.Route]{Parent: azure.Reference{ID: t.ID, Text: string(t.ID), At: t.At}, Resource: route})
			}
			return true, problems.Err()
		}
	}
	return false, nil
}
