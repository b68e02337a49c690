package export

import (
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
)

func (r *reader) group(o *object, id azure.Resource) {
	g := &azure.NetworkSecurityGroup{Resource: id}
	if rules := o.elements(o.get("securityRules")); rules != nil {
		g.Rules = make([]*azure.SecurityRule, 0, len(rules))
		for i := range rules {
			g.Rules = append(g.Rules, r.rule(&rules[i], rules[i].partIdentity(azure.TypeSecurityRule)))
		}
	} else {
		g.UnknownRules = append(g.UnknownRules, r.unstated(id, "securityRules"))
	}
	for _, rule := range o.elements(o.get("defaultSecurityRules")) {
		d := r.rule(&rule, rule.partIdentity(azure.TypeDefaultSecurityRule))
		d.Default = true
		g.EchoedDefaults = append(g.EchoedDefaults, d)
	}
	g.FlushConnection = parsed(o, azure.ParseBool, "flushConnection")
	g.Subnets = o.references(o.get("subnets"))
	g.NetworkInterfaces = o.references(o.get("networkInterfaces"))
	r.inventory.NetworkSecurityGroups = append(r.inventory.NetworkSecurityGroups, g)
}

// unstated is the unknown for a list that a resource does not have: what is
// not there is not empty.
func (r *reader) unstated(id azure.Resource, property string) *azure.Unknown {
	r.report(diagnostic.Warningf("unstated", id.At, "%q is given without %s, so they are not known", id.Name, property).
		WithHint("give it as az or the REST API print it, without --query"))
	return &azure.Unknown{Name: id.Label() + " " + property, Why: "the input does not state them", At: id.At}
}

func (r *reader) separateRule(o *object, id azure.Resource) {
	rule := r.rule(o, id)
	rule.Default = strings.EqualFold(id.Type, azure.TypeDefaultSecurityRule)
	r.inventory.SecurityRules = append(r.inventory.SecurityRules, azure.Child[*azure.SecurityRule]{Parent: parentOf(id), Resource: rule})
}

// The properties of a rule, in the order of ruleNames.
const (
	ruleDirection = iota
	ruleAccess
	rulePriority
	ruleProtocol
	ruleDescription
	ruleSource      // the first of what an end has
	ruleDestination = ruleSource + endCount
	ruleCount       = ruleDestination + endCount
)

// The properties of an end of a rule.
const (
	endPrefix = iota
	endPrefixes
	endGroups
	endPort
	endPorts
	endCount
)

var ruleNames = document.NamesOf("direction", "access", "priority", "protocol", "description",
	"sourceAddressPrefix", "sourceAddressPrefixes", "sourceApplicationSecurityGroups", "sourcePortRange", "sourcePortRanges",
	"destinationAddressPrefix", "destinationAddressPrefixes", "destinationApplicationSecurityGroups", "destinationPortRange", "destinationPortRanges")

func (r *reader) rule(o *object, id azure.Resource) *azure.SecurityRule {
	var p [ruleCount]document.Value
	o.properties.Pick(ruleNames, p[:])
	fields := azure.RuleFields{
		Resource:  id,
		Direction: r.text(p[ruleDirection]), Access: r.text(p[ruleAccess]),
		Priority: r.text(p[rulePriority]), Protocol: r.text(p[ruleProtocol]),
	}
	fields.Description, _ = p[ruleDescription].String()
	r.side(o, p[ruleSource:], &fields.Source)
	r.side(o, p[ruleDestination:], &fields.Destination)
	fields.SourcePorts = r.ports(o, p[ruleSource:])
	fields.DestinationPorts = r.ports(o, p[ruleDestination:])
	rule, list := azure.MakeRule(fields)
	r.reportAll(list)
	return rule
}

// side reads the addresses of an end of a rule.
func (r *reader) side(o *object, p []document.Value, side *azure.SideFields) {
	side.At = o.at
	side.Singular, side.Plural = r.singularOrList(p[endPrefix])
	if list := p[endPrefixes]; list.Kind() == document.Array {
		r.prefixes(list, side)
	} else {
		side.Add(r.text(list))
	}
	side.Groups = o.references(p[endGroups])
}

// prefixes reads a list of addresses of an end of a rule.
func (r *reader) prefixes(list document.Value, side *azure.SideFields) {
	written, begin := list.Raw(), list.Offset()
	if r.lists.Repeat(written, side, list.Document(), begin) {
		return
	}
	n := list.Len()
	side.Expect(n, list.Document(), begin)
	for element := range list.Elements() {
		if text, _ := element.String(); !side.AddPrefix(text, element.Offset()) {
			side.Add(r.text(element))
		}
	}
	r.lists.Keep(written, side, n)
}

// ports reads the ports of an end of a rule.
func (r *reader) ports(o *object, p []document.Value) azure.PortFields {
	one, several := r.singularOrList(p[endPort])
	return azure.PortFields{Singular: one, Plural: append(several, r.texts(p[endPorts])...), At: o.at}
}

func (r *reader) routeTable(o *object, id azure.Resource) {
	t := &azure.RouteTable{Resource: o.withSettings(id)}
	if routes := o.elements(o.get("routes")); routes != nil {
		t.Routes = []*azure.Route{}
		for _, route := range routes {
			t.Routes = append(t.Routes, r.route(&route, route.partIdentity(azure.TypeRoute)))
		}
	} else {
		t.UnknownRoutes = append(t.UnknownRoutes, r.unstated(id, "routes"))
	}
	t.DisableBGPRoutePropagation = parsed(o, azure.ParseBool, "disableBgpRoutePropagation")
	t.Subnets = o.references(o.get("subnets"))
	r.inventory.RouteTables = append(r.inventory.RouteTables, t)
}

func (r *reader) separateRoute(o *object, id azure.Resource) {
	r.inventory.Routes = append(r.inventory.Routes, azure.Child[*azure.Route]{Parent: parentOf(id), Resource: r.route(o, id)})
}

func (r *reader) route(o *object, id azure.Resource) *azure.Route {
	route, list := azure.MakeRoute(azure.RouteFields{
		Resource:         id,
		AddressPrefix:    r.text(o.get("addressPrefix")),
		NextHopType:      r.text(o.get("nextHopType")),
		NextHopIPAddress: r.text(o.get("nextHopIpAddress")),
		HasBGPOverride:   r.text(o.get("hasBgpOverride")),
	})
	r.reportAll(list)
	return route
}
