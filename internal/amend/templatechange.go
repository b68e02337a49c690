package amend

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/document"
	"github.com/wayleave/wayleave/internal/emit"
	"github.com/wayleave/wayleave/internal/repair"
)

const waitForEachOther = "a new firewall, its subnet and the routes to it would wait for each other in one template; deploy the change apart: --as arm"

// setting sets what a change gives an existing resource of the template, or takes
// from it, or says why it does not.
func (e *templateEdit) setting(step *repair.Edit) string {
	switch c := step.Change.(type) {
	case *repair.CollectionMove:
		return e.moveCollection(c)
	case *repair.RouteChange:
		return e.changeRoute(c)
	case *repair.PeeringChange:
		return e.set(&c.Link.Resource, "allowForwardedTraffic", true)
	case *repair.Forwarding:
		return e.set(&c.Interface.Resource, "enableIPForwarding", true)
	case *repair.PrivateRanges:
		if c.Policy != nil {
			return e.setWithin(&c.Policy.Resource, "snat", "privateRanges", c.Ranges)
		}
		return e.setWithin(&c.Firewall.Resource, "additionalProperties", "Network.SNAT.PrivateRanges", strings.Join(c.Ranges, ", "))
	case *repair.Delegation:
		return e.delegate(c)
	case *repair.Association:
		return e.attach(c)
	case *repair.Detachment:
		return e.detach(c)
	case *repair.RouteRemoval:
		return e.take(&c.Was.Resource)
	case *repair.AddressRemoval:
		return e.take(&c.Address.Resource)
	case *repair.NewRouteTable, *repair.NewSecurityGroup:
		return e.addResource(step)
	case *repair.NewSubnet, *repair.NewPublicIPAddress, *repair.NewFirewall, *repair.NewFirewallAddress:
		return waitForEachOther
	}
	return restatesWhole
}

// holder finds the object of a resource, one of its own.
func (e *templateEdit) holder(r *azure.Resource) (*found, string) {
	f, ok := e.at(r.At)
	switch {
	case !ok || !f.isA(r.Type):
		return nil, fmt.Sprintf("%s is stated in %s by something else than an object of its own", r.Label(), e.path)
	case f.looped():
		return nil, fmt.Sprintf("%s comes from a copy loop of %s, and a change of it changes all", r.Label(), e.path)
	}
	return f, ""
}

// propertiesOf finds those of a resource.
func (e *templateEdit) propertiesOf(r *azure.Resource) (*found, document.Value, string) {
	f, reason := e.holder(r)
	if reason != "" {
		return nil, document.Value{}, reason
	}
	p := f.GetFold("properties")
	if p.Kind() != document.Object {
		return nil, p, fmt.Sprintf("%s has no properties in %s", r.Label(), e.path)
	}
	return f, p, ""
}

// set gives a property of a resource a value, in place of a literal one.
func (e *templateEdit) set(r *azure.Resource, name string, value any) string {
	_, p, reason := e.propertiesOf(r)
	if reason != "" {
		return reason
	}
	return e.setIn(p, r, name, value)
}

// setWithin does that within an object that the property outer is, which is made
// where it is not there.
func (e *templateEdit) setWithin(r *azure.Resource, outer, name string, value any) string {
	_, p, reason := e.propertiesOf(r)
	if reason != "" {
		return reason
	}
	switch in := p.GetFold(outer); {
	case in.IsZero():
		e.extend(p, []string{fmt.Sprintf("%q: %s", outer, e.json(map[string]any{name: value}))})
		return ""
	case in.Kind() != document.Object:
		return fmt.Sprintf("%s of %s comes from an expression", outer, r.Label())
	default:
		return e.setIn(in, r, name, value)
	}
}

func (e *templateEdit) setIn(in document.Value, r *azure.Resource, name string, value any) string {
	was := in.GetFold(name)
	text, isText := was.String()
	switch {
	case was.IsZero() && was.Exists(), isText && strings.HasPrefix(text, "[") && !strings.HasPrefix(text, "[["), was.Kind() == document.Object:
		return fmt.Sprintf("%s of %s is an expression in %s", name, r.Label(), e.path)
	case was.IsZero():
		e.extend(in, []string{fmt.Sprintf("%q: %s", name, e.json(value))})
		return ""
	}
	start := e.offset + was.Offset()
	now := strings.TrimLeft(indented(e.json(value), indentation(e.data, start)), " \t")
	e.insertions = append(e.insertions, insertion{start, start + len(was.Raw()), now})
	return ""
}

func (e *templateEdit) delegate(c *repair.Delegation) string {
	_, p, reason := e.propertiesOf(&c.Subnet.Resource)
	if reason != "" {
		return reason
	}
	text := e.json(child{c.Service[strings.LastIndexByte(c.Service, '/')+1:], map[string]string{"serviceName": c.Service}})
	list := p.GetFold("delegations")
	if list.IsZero() {
		e.extend(p, []string{"\"delegations\": [\n" + indented(text, e.unit) + "\n]"})
		return ""
	}
	array, reason := e.listIn(list)
	if reason == "" {
		e.extend(array, []string{text})
	}
	return reason
}

// attach gives a subnet a route table or a security group, and lets its resource
// wait for one of the same template.
func (e *templateEdit) attach(c *repair.Association) string {
	f, p, reason := e.propertiesOf(&c.Subnet.Resource)
	if reason != "" {
		return reason
	}
	name, typ := "routeTable", azure.TypeRouteTable
	if c.Kind == azure.SubnetToNetworkSecurityGroup {
		name, typ = "networkSecurityGroup", azure.TypeNetworkSecurityGroup
	}
	if !p.GetFold(name).IsZero() {
		return fmt.Sprintf("%s of %s is stated in %s already", name, c.Subnet.Label(), e.path)
	}
	id, here, reason := e.idOf(c.To, typ)
	if reason != "" {
		return reason
	}
	e.extend(p, []string{fmt.Sprintf("%q: %s", name, e.json(map[string]string{"id": id}))})
	if owner := e.owner(f); here && owner != nil {
		e.waitFor(owner.Value, id)
	}
	return ""
}

// idOf is the id of a resource as the template says it; here tells whether the
// template states it, or will.
func (e *templateEdit) idOf(r *azure.Resource, typ string) (id string, here bool, reason string) {
	if e.fresh[r.ID] {
		return fmt.Sprintf("[resourceId('%s', %s)]", typ, quoted(r.Name)), true, ""
	}
	if f, ok := e.at(r.At); ok && r.At.File == e.path && f.isA(typ) {
		if f.looped() {
			return "", false, fmt.Sprintf("%s comes from a copy loop of %s", r.Label(), e.path)
		}
		own := &templateEdit{template: e.template, parent: f}
		return fmt.Sprintf("[resourceId('%s', %s)]", typ, own.parentName()), true, ""
	}
	if strings.HasPrefix(r.Address, "/subscriptions/") && !strings.ContainsAny(r.Address, "{}") {
		return r.Address, false, ""
	}
	return "", false, fmt.Sprintf("the id of %s is not known in %s", r.Label(), e.path)
}

// owner is the resource that an object is, or is a part of.
func (e *templateEdit) owner(f *found) *found {
	for i := len(f.around); i >= 0; i-- {
		v := f.Value
		if i < len(f.around) {
			v = f.around[i]
		}
		if v.GetFold("type").Exists() && v.GetFold("apiVersion").Exists() {
			return &found{v, f.around[:i:i], f.keys[:i:i]}
		}
	}
	return nil
}

// waitFor adds to what a resource depends on.
func (e *templateEdit) waitFor(resource document.Value, id string) {
	list := resource.GetFold("dependsOn")
	for v := range list.Elements() {
		if s, _ := v.String(); strings.EqualFold(s, id) {
			return
		}
	}
	if slices.ContainsFunc(e.extensions, func(x extension) bool {
		return slices.ContainsFunc(x.texts, func(text string) bool {
			return strings.Contains(text, strconv.Quote(id)) && (x.container.Offset() == list.Offset() || strings.HasPrefix(text, `"dependsOn"`) && x.container.Offset() == resource.Offset())
		})
	}) {
		return
	}
	if list.Kind() == document.Array {
		e.extend(list, []string{strconv.Quote(id)})
		return
	}
	e.extend(resource, []string{fmt.Sprintf("\"dependsOn\": [\n%s%s\n]", e.unit, strconv.Quote(id))})
}

// detach takes a route table or a NAT gateway from a subnet.
func (e *templateEdit) detach(c *repair.Detachment) string {
	_, p, reason := e.propertiesOf(&c.Subnet.Resource)
	if reason != "" {
		return reason
	}
	name := "natGateway"
	if c.Kind == azure.SubnetToRouteTable {
		name = "routeTable"
	}
	i := 0
	for key := range p.Members() {
		if key.EqualFold(name) {
			e.removals = append(e.removals, removal{p, []int{i}})
			return ""
		}
		i++
	}
	return fmt.Sprintf("%s of %s is not stated in %s", name, c.Subnet.Label(), e.path)
}

// take takes a resource away: an element of a list of its parent, or a resource of
// its own that nothing waits for.
func (e *templateEdit) take(r *azure.Resource) string {
	f, reason := e.holder(r)
	if reason != "" {
		return reason
	}
	in := f.around[len(f.around)-1]
	if f.GetFold("type").Exists() && strings.Count(strings.ToLower(string(e.data)), strings.ToLower(quoted(r.Name))) > 0 {
		return fmt.Sprintf("%s is a resource of its own in %s that others name", r.Label(), e.path)
	}
	if in.Kind() != document.Array {
		return fmt.Sprintf("%s is no element of a list in %s", r.Label(), e.path)
	}
	i := 0
	for v := range in.Elements() {
		if v.Offset() == f.Offset() {
			e.removals = append(e.removals, removal{in, []int{i}})
			return ""
		}
		i++
	}
	return fmt.Sprintf("%s is no element of a list in %s", r.Label(), e.path)
}

// addResource adds a new resource beside the virtual network that it is for, in its
// region.
func (e *templateEdit) addResource(step *repair.Edit) string {
	typ, name, properties, reason := emit.NewBody(step)
	if reason != "" {
		return reason
	}
	network, ok := e.at(step.Target().At)
	if !ok {
		return fmt.Sprintf("what %s stands beside is no resource of %s", name, e.path)
	}
	owner := e.owner(network)
	if owner == nil || len(owner.around) == 0 || owner.looped() {
		return fmt.Sprintf("what %s stands beside is no resource of %s", name, e.path)
	}
	version, _ := owner.GetFold("apiVersion").String()
	location, _ := owner.GetFold("location").String()
	if location == "" {
		location = "[resourceGroup().location]"
	}
	text := e.json(freshResource{typ, version, name, location, properties})
	container := owner.around[len(owner.around)-1]
	if container.Kind() == document.Object {
		text = fmt.Sprintf("%q: %s", symbol(name), text)
	}
	e.extend(container, []string{text})
	e.fresh[step.Target().ID] = true
	return ""
}

// freshResource is a new resource of a template.
type freshResource struct {
	Type       string `json:"type"`
	APIVersion string `json:"apiVersion"`
	Name       string `json:"name"`
	Location   string `json:"location"`
	Properties any    `json:"properties"`
}
