package emit

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/document"
	"github.com/wayleave/wayleave/internal/repair"
)

// hasChanges reports whether a change is about more than security rules and
// routes whose next hop is known.
func hasChanges(steps []repair.Edit) bool {
	return slices.ContainsFunc(steps, func(e repair.Edit) bool {
		return e.Change != nil || e.Route != nil && e.Route.NextHopType == azure.VirtualAppliance && e.Route.NextHopIPAddress == ""
	})
}

// unit is a statement with its symbolic name.
type unit struct {
	statement
	symbol string
	// note is for who deploys it.
	note string
}

const restatedText = "It exists, and is stated as the input tells it: what the input does not tell would be taken away. Compare first: az deployment group what-if"

// restated is the name of the existing resource that a template states whole for
// an edit; empty where it states a new one, or a child alone.
func restated(e *repair.Edit) string {
	switch e.Change.(type) {
	case nil, *repair.RouteChange, *repair.NewSubnet, *repair.NewPublicIPAddress, *repair.NewFirewall, *repair.NewRouteTable, *repair.NewSecurityGroup:
		return ""
	case *repair.NetworkRule:
		if c := e.Change.(*repair.NetworkRule); c.NewGroup {
			return ""
		}
	}
	return e.Target().Name
}

// Restated are the existing resources that a template, and Bicep, state whole for
// a change, each once in order.
func Restated(edits []repair.Edit) []string {
	made := map[azure.ID]bool{}
	for i := range edits {
		if e := &edits[i]; e.Change != nil && restated(e) == "" {
			made[e.Target().ID] = true
		}
	}
	var list []string
	for i := range edits {
		if name := restated(&edits[i]); name != "" && !made[edits[i].Target().ID] && !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	return list
}

// units are the resources that a change states, each once, in the order in which
// they are deployed: each waits for the one before.
func units(steps []repair.Edit) ([]unit, error) {
	w := &writer{made: map[azure.ID]string{}, firewalls: map[string]*azure.AzureFirewall{}}
	for i := range steps {
		w.learn(&steps[i])
	}
	var list []unit
	done := map[azure.ID]bool{}
	for i := range steps {
		e := &steps[i]
		s, id, ok := w.stateOf(e, done)
		if !ok {
			return nil, fmt.Errorf("%s is one resource with settings that the input does not tell; use --as az or terraform, which change one setting alone", e.Target().Name)
		}
		if done[id] {
			continue
		}
		done[id] = true
		u := unit{statement: s, symbol: w.made[id]}
		if restated(e) != "" && w.made[id] == "" {
			u.note = restatedText
		}
		if u.symbol == "" {
			u.symbol = fmt.Sprintf("change%d", len(list)+1)
		}
		list = append(list, u)
	}
	if w.missing != "" {
		return nil, errors.New(w.missing + ", and a template states a resource whole; use --as az or terraform, which change one setting alone")
	}
	return list, nil
}

// learn notes what is new, and the firewalls that routes refer to.
func (w *writer) learn(e *repair.Edit) {
	noteFirewall := func(f *azure.AzureFirewall) {
		if f == nil {
			return
		}
		for _, c := range f.IPConfigurations {
			if u := c.PrivateIPAddress.Unknown; u != nil {
				w.firewalls[u.Name] = f
			}
		}
	}
	switch c := e.Change.(type) {
	case *repair.NewSubnet:
		w.call(c.Subnet.ID, "firewallSubnet")
	case *repair.NewPublicIPAddress:
		w.call(c.Address.ID, "publicAddress")
	case *repair.NewFirewall:
		w.call(c.Firewall.ID, "firewall")
		noteFirewall(c.Firewall)
	case *repair.NewFirewallAddress:
		w.call(c.Firewall.ID, "firewall")
		noteFirewall(c.Firewall)
	case *repair.NewRouteTable:
		w.call(c.Table.ID, "routeTable")
	case *repair.NewSecurityGroup:
		w.call(c.Group.ID, "securityGroup")
	case *repair.RouteChange:
		noteFirewall(c.Route.Firewall)
	}
	if e.Route != nil {
		noteFirewall(e.Route.Firewall)
	}
}

// call gives a new resource a symbolic name; a second one of a kind gets a
// number.
func (w *writer) call(id azure.ID, base string) {
	used := map[string]bool{}
	for other, symbol := range w.made {
		used[symbol] = other != id
	}
	symbol := base
	for n := 2; used[symbol]; n++ {
		symbol = fmt.Sprintf("%s%d", base, n)
	}
	w.made[id] = symbol
}

// stateOf is what a step states, with an id that is equal for steps of which one
// statement is enough.
func (w *writer) stateOf(e *repair.Edit, done map[azure.ID]bool) (statement, azure.ID, bool) {
	target := e.Target()
	w.target = target.ID
	child := func(name string) azure.ID { return azure.MakeID(string(target.ID) + "/" + name) }
	switch c := e.Change.(type) {
	case nil:
	case *repair.RouteChange:
		return statement{typ: azure.TypeRoute, names: []string{target.Name, c.Was.Name}, properties: w.newRoute(&c.Route)}, child(c.Was.Name), true
	default:
		s, ok := w.state(e.After)
		return s, target.ID, ok
	}
	if e.Route != nil {
		if done[target.ID] { // a new table has its routes with it
			return statement{}, target.ID, true
		}
		return statement{typ: azure.TypeRoute, names: []string{target.Name, e.Route.Name}, properties: w.newRoute(e.Route)}, child(e.Route.Name), true
	}
	if done[target.ID] { // so does a new group its rules
		return statement{}, target.ID, true
	}
	if e.Action == repair.Modify && !e.Rule.Complete {
		w.lack("the rule %s of %s makes room and holds values that the input does not tell", e.Rule.Name, target.Name)
	}
	return statement{typ: azure.TypeSecurityRule, names: []string{target.Name, e.Rule.Name}, properties: w.securityRule(&e.Rule)}, child(e.Rule.Name), true
}

func (w *writer) newRoute(r *repair.Route) tree {
	p := tree{{"addressPrefix", r.AddressPrefix}, {"nextHopType", string(r.NextHopType)}}
	switch {
	case r.NextHopIPAddress != "":
		p = p.with("nextHopIpAddress", r.NextHopIPAddress)
	case r.Firewall != nil:
		for _, c := range r.Firewall.IPConfigurations {
			if c.PrivateIPAddress.Unknown != nil {
				return p.with("nextHopIpAddress", w.nextHop(c.PrivateIPAddress))
			}
		}
	}
	return p
}

func (w *writer) securityRule(r *repair.Rule) tree {
	p := Properties(r)
	t := tree{}.with("description", p.Description).with("protocol", p.Protocol)
	t = t.with("sourcePortRange", p.SourcePortRange).with("sourcePortRanges", texts(p.SourcePortRanges))
	t = t.with("destinationPortRange", p.DestinationPortRange).with("destinationPortRanges", texts(p.DestinationPortRanges))
	t = t.with("sourceAddressPrefix", p.SourceAddressPrefix).with("sourceAddressPrefixes", texts(p.SourceAddressPrefixes))
	t = t.with("destinationAddressPrefix", p.DestinationAddressPrefix).with("destinationAddressPrefixes", texts(p.DestinationAddressPrefixes))
	for _, x := range []struct {
		name string
		ids  []string
	}{{"sourceApplicationSecurityGroups", r.SourceGroups}, {"destinationApplicationSecurityGroups", r.DestinationGroups}} {
		var list []any
		for _, id := range x.ids {
			list = append(list, w.link(azure.Ref(id, azure.Position{})))
		}
		t = t.with(x.name, list)
	}
	return append(t.with("access", p.Access), member{"priority", p.Priority}, member{"direction", p.Direction})
}

// ChangeBody is the resource of a Change as it is afterwards, in the shape of
// Resource Manager; a *repair.NetworkRule or *repair.RouteChange is the rule or
// the route alone. What refers to something new holds an expression of a template.
func ChangeBody(e *repair.Edit) (name string, properties any) {
	w := &writer{made: map[azure.ID]string{}, firewalls: map[string]*azure.AzureFirewall{}, target: e.Target().ID}
	w.learn(e)
	switch c := e.Change.(type) {
	case *repair.NetworkRule:
		return c.Rule.Name, tree{
			{"collection", c.Collection.Name}, {"priority", c.Collection.Priority.V}, {"ruleType", "NetworkRule"}, {"ipProtocols", texts(c.Rule.Protocols)},
			{"sourceAddresses", texts(c.Rule.Source)}, {"destinationAddresses", texts(c.Rule.Destination)}, {"destinationPorts", texts(c.Rule.Ports)},
		}
	case *repair.CollectionMove:
		return c.Collection.Name, tree{{"priority", c.Priority}}
	case *repair.RouteChange:
		return c.Was.Name, w.newRoute(&c.Route)
	case *repair.RouteRemoval:
		return c.Was.Name, w.route(c.Was)
	case *repair.PrivateRanges:
		if c.Policy != nil {
			return c.Policy.Name, tree{{"snat", tree{{"privateRanges", texts(c.Ranges)}}}}
		}
		return c.Firewall.Name, tree{{"additionalProperties", tree{{"Network.SNAT.PrivateRanges", strings.Join(c.Ranges, ", ")}}}}
	}
	if c, ok := e.Change.(*repair.NewSecurityGroup); ok { // rules that it gets later too
		rules := []any{}
		for i := range c.Rules {
			rules = append(rules, tree{{"name", c.Rules[i].Name}, {"properties", w.securityRule(&c.Rules[i])}})
		}
		return c.Group.Name, tree{{"securityRules", rules}}
	}
	if c, ok := e.Change.(*repair.Forwarding); ok {
		return c.Interface.Name, tree{{"enableIPForwarding", true}}
	}
	if r, ok := e.After.(*azure.RouteTable); ok { // the routes are edits of their own
		bare := *r
		bare.Routes = nil
		s := w.table(&bare)
		return r.Name, s.properties
	}
	if f, ok := e.After.(*azure.AzureFirewall); ok {
		bare := *f
		bare.RuleCollections = nil
		return f.Name, w.firewall(&bare).properties
	}
	s, _ := w.state(e.After)
	return e.Target().Name, s.properties
}

const locationMeaning = "the region of the virtual network"

// wholeTemplate writes a change of any kind as a template.
func wholeTemplate(steps []repair.Edit) (string, error) {
	list, err := units(steps)
	if err != nil {
		return "", err
	}
	if len(groups(steps)) > 1 {
		return "", errors.New("the change is in several resource groups, and what is new in one is referred to from another; use --as az or terraform")
	}
	resources := []any{}
	located := false
	for i, u := range list {
		r := tree{{"type", u.typ}, {"apiVersion", apiNetwork}, {"name", strings.Join(u.names, "/")}}.with("comments", u.note)
		if u.located {
			located = true
			r = append(r, member{"location", expression{arm: "parameters('location')"}})
		}
		r = append(r.with("sku", u.sku).with("zones", u.zones), u.beside...)
		if i > 0 {
			r = append(r, member{"dependsOn", []any{resourceID(nil, list[i-1].typ, list[i-1].names...)}})
		}
		resources = append(resources, append(r, member{"properties", u.properties}))
	}
	whole := tree{{"$schema", templateSchema}, {"contentVersion", "1.0.0.0"}}
	if located {
		whole = append(whole, member{"parameters", tree{{"location", tree{
			{"type", "string"}, {"defaultValue", expression{arm: "resourceGroup().location"}}, {"metadata", tree{{"description", locationMeaning}}},
		}}}})
	}
	data, err := document.Marshal(append(whole, member{"resources", resources}), "  ")
	return string(data) + "\n", err
}

// wholeBicep writes a change of any kind as Bicep, from the same statements.
func wholeBicep(steps []repair.Edit) (string, error) {
	list, err := units(steps)
	if err != nil {
		return "", err
	}
	if len(groups(steps)) > 1 {
		return "", errors.New("a Bicep file deploys to one resource group, and the change is in several; use --as az or terraform")
	}
	var b strings.Builder
	if slices.ContainsFunc(list, func(u unit) bool { return u.located }) {
		fmt.Fprintf(&b, "@description(%s)\nparam location string = resourceGroup().location\n\n", bicepText(locationMeaning))
	}
	parents := map[string]string{}
	for _, u := range list {
		if len(u.names) == 1 {
			parents[u.names[0]+" "+u.typ] = u.symbol
		}
	}
	for i, u := range list {
		parent := ""
		if len(u.names) > 1 {
			parent = bicepParent(&b, u, parents)
		}
		if u.note != "" {
			fmt.Fprintf(&b, "// %s\n", u.note)
		}
		fmt.Fprintf(&b, "resource %s '%s@%s' = {\n", u.symbol, u.typ, apiNetwork)
		body := tree{}
		if parent != "" {
			body = append(body, member{"parent", expression{bicep: parent}})
		}
		body = append(body, member{"name", u.names[len(u.names)-1]})
		if u.located {
			body = append(body, member{"location", expression{bicep: "location"}})
		}
		body = append(body.with("sku", u.sku).with("zones", u.zones), u.beside...)
		body = append(body, member{"properties", u.properties})
		if i > 0 {
			body = append(body, member{"dependsOn", []any{expression{bicep: list[i-1].symbol}}})
		}
		for _, m := range body {
			fmt.Fprintf(&b, "  %s: %s\n", bicepName(m.name), bicepValue(m.value, "  "))
		}
		b.WriteString("}\n\n")
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}

// bicepParent is the symbol of the resource around a unit, which is written
// where it is not there yet.
func bicepParent(b *strings.Builder, u unit, parents map[string]string) string {
	typ := u.typ[:strings.LastIndexByte(u.typ, '/')]
	key := u.names[0] + " " + typ
	if parents[key] == "" {
		parents[key] = u.symbol + "Parent"
		fmt.Fprintf(b, "resource %s '%s@%s' existing = {\n  name: %s\n}\n\n", parents[key], typ, apiNetwork, bicepText(u.names[0]))
	}
	return parents[key]
}
