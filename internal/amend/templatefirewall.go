package amend

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/document"
	"github.com/wayleave/wayleave/internal/emit"
	"github.com/wayleave/wayleave/internal/repair"
)

const restatesWhole = "a template states this resource whole, and what else that would change is not known: change it there, or deploy the change apart"

// writeChanges notes changes of resources of the template, all or none, or says
// why it does not.
func (t *template) writeChanges(steps []repair.Edit) string {
	if t.compiled() {
		return t.compiledReason()
	}
	e := &templateEdit{template: t}
	for i := range steps {
		if _, ok := steps[i].Change.(*repair.NetworkRule); ok { // below, by collection
			continue
		}
		if reason := e.setting(&steps[i]); reason != "" {
			return reason
		}
	}
	for _, of := range byCollection(networkRules(steps)) {
		if reason := e.addRules(of); reason != "" {
			return reason
		}
	}
	t.note(e)
	return ""
}

// addRules adds rules to the list of their collection, or a new collection with
// them to the list of its group or firewall.
func (e *templateEdit) addRules(rules []*repair.NetworkRule) string {
	c := rules[0]
	at := &c.Collection.Resource
	switch {
	case c.NewGroup:
		return e.addGroup(rules)
	case c.NewCollection:
		at = c.Target()
	}
	holder, ok := e.at(at.At)
	switch {
	case !ok || !holder.isA(at.Type):
		return fmt.Sprintf("%s is stated in %s by something else than an object of its own", at.Label(), e.path)
	case holder.looped():
		return fmt.Sprintf("%s comes from a copy loop of %s, and a change of it changes all", at.Label(), e.path)
	}
	in, list := holder.Value, "rules"
	switch {
	case c.NewCollection && c.Group == nil:
		in, list = in.GetFold("properties"), "networkRuleCollections"
	case c.NewCollection:
		in, list = in.GetFold("properties"), "ruleCollections"
	case c.Group == nil:
		in = in.GetFold("properties")
	}
	var texts []string
	if c.NewCollection {
		texts = append(texts, e.json(emit.CollectionBody(rules)))
	} else {
		for _, rule := range rules {
			texts = append(texts, e.json(emit.FirewallRuleBody(rule)))
		}
	}
	switch value := in.GetFold(list); {
	case in.Kind() != document.Object:
		return fmt.Sprintf("%s has no properties in %s", at.Label(), e.path)
	case value.IsZero():
		e.extend(in, []string{fmt.Sprintf("%q: [\n%s\n]", list, indented(strings.Join(texts, ",\n"), e.unit))})
	default:
		array, reason := e.listIn(value)
		if reason != "" {
			return reason
		}
		e.extend(array, texts)
	}
	return ""
}

// addGroup adds a rule collection group beside its policy, which it waits for.
func (e *templateEdit) addGroup(rules []*repair.NetworkRule) string {
	group := rules[0].Group
	policy, reason := e.holder(&group.Policy.Resource)
	if reason != "" {
		return reason
	}
	id, here, reason := e.idOf(&group.Policy.Resource, azure.TypeFirewallPolicy)
	switch {
	case reason != "":
		return reason
	case !here || len(policy.around) == 0:
		return fmt.Sprintf("%s is no resource of %s", group.Policy.Label(), e.path)
	}
	own := &templateEdit{template: e.template, parent: policy}
	version, _ := policy.GetFold("apiVersion").String()
	text := e.json(apartChild{azure.TypeRuleCollectionGroup, version, own.nameWithin(group.Name), []string{id}, groupBody{group.Priority.V, []any{emit.CollectionBody(rules)}}})
	container := policy.around[len(policy.around)-1]
	if container.Kind() == document.Object {
		text = fmt.Sprintf("%q: %s", symbol(group.Name), text)
	}
	e.extend(container, []string{text})
	return ""
}

// groupBody are the properties of a rule collection group.
type groupBody struct {
	Priority        int   `json:"priority"`
	RuleCollections []any `json:"ruleCollections"`
}

// moveCollection gives a rule collection of the template another priority.
func (e *templateEdit) moveCollection(c *repair.CollectionMove) string {
	k, ok := e.at(c.Collection.At)
	if !ok || k.looped() {
		return fmt.Sprintf("the collection %s has to make room and is no object of its own in %s", c.Collection.Name, e.path)
	}
	value := k.GetFold("priority")
	if c.Group == nil {
		value = k.GetFold("properties").GetFold("priority")
	}
	if _, literal := value.Int(); !literal {
		return fmt.Sprintf("the collection %s has to make room, and its priority is no plain number in %s", c.Collection.Name, e.path)
	}
	start := e.offset + value.Offset()
	e.insertions = append(e.insertions, insertion{start, start + len(value.Raw()), strconv.Itoa(c.Priority)})
	return ""
}

// changeRoute gives a route of the template another next hop.
func (e *templateEdit) changeRoute(c *repair.RouteChange) string {
	if leadsToUnknown(&c.Route) {
		return unknownNextHop
	}
	route, ok := e.at(c.Was.At)
	switch {
	case !ok:
		return fmt.Sprintf("the route %s has to change and is not stated in %s", c.Was.Name, e.path)
	case route.looped():
		return fmt.Sprintf("the route %s has to change and comes from a copy loop of %s", c.Was.Name, e.path)
	}
	properties := route.GetFold("properties")
	for _, x := range [][2]string{{"nextHopType", string(c.Route.NextHopType)}, {"nextHopIpAddress", c.Route.NextHopIPAddress}} {
		name, want := x[0], x[1]
		value := properties.GetFold(name)
		text, literal := value.String()
		switch {
		case value.IsZero() && want != "":
			e.extend(properties, []string{fmt.Sprintf("%q: %q", name, want)})
			continue
		case value.IsZero():
			continue
		case !literal || strings.HasPrefix(text, "["):
			return fmt.Sprintf("the route %s has to change, and its %s is no plain text in %s", c.Was.Name, name, e.path)
		}
		now := "null"
		if want != "" {
			now = strconv.Quote(want)
		}
		start := e.offset + value.Offset()
		e.insertions = append(e.insertions, insertion{start, start + len(value.Raw()), now})
	}
	return ""
}
