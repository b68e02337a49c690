package body

import "github.com/wayleave/wayleave/internal/azure"

func (r reader) group(res Resource, o object) {
	g := &azure.NetworkSecurityGroup{Resource: res.Resource, FlushConnection: parsed(o, azure.ParseBool, "flushConnection")}
	if o.doubt != nil {
		g.UnknownRules = append(g.UnknownRules, o.doubt)
		r.inventory.NetworkSecurityGroups = append(r.inventory.NetworkSecurityGroups, g)
		return
	}
	rules, open := o.children("securityRules", "securityRules", azure.TypeSecurityRule)
	for _, rule := range rules {
		g.Rules = append(g.Rules, r.rule(rule))
	}
	g.UnknownRules = append(g.UnknownRules, open...)
	defaults, _ := o.children("defaultSecurityRules", "defaultSecurityRules", azure.TypeDefaultSecurityRule)
	for _, rule := range defaults {
		d := r.rule(rule)
		d.Default = true
		g.EchoedDefaults = append(g.EchoedDefaults, d)
	}
	r.inventory.NetworkSecurityGroups = append(r.inventory.NetworkSecurityGroups, g)
}

// separateRule adds a rule that stands apart. A rule that may not be deployed
// counts as any number of rules of its group, which must have been added before.
func (r reader) separateRule(res Resource, o object) {
	if o.doubt != nil {
		for _, g := range r.inventory.NetworkSecurityGroups {
			if g.ID == res.Parent.ID {
				g.UnknownRules = append(g.UnknownRules, o.doubt)
				return
			}
		}
		res.Parent = azure.Reference{Unknown: o.doubt, At: res.At}
	}
	r.inventory.SecurityRules = append(r.inventory.SecurityRules, azure.Child[*azure.SecurityRule]{Parent: res.Parent, Resource: r.rule(o)})
}

func (r reader) rule(o object) *azure.SecurityRule {
	description, _ := o.get("description").Text()
	rule, problems := azure.MakeRule(azure.RuleFields{
		Resource:         o.resource,
		Direction:        o.text("direction"),
		Access:           o.text("access"),
		Priority:         o.text("priority"),
		Protocol:         o.text("protocol"),
		Source:           o.side("source"),
		Destination:      o.side("destination"),
		SourcePorts:      o.ports("source"),
		DestinationPorts: o.ports("destination"),
		Description:      description,
	})
	o.report(problems)
	return rule
}

func (o object) side(end string) azure.SideFields {
	one, several := o.singularOrList(end + "AddressPrefix")
	return azure.SideFields{
		Singular: one,
		Plural:   append(several, o.texts(end+"AddressPrefixes")...),
		Groups:   o.references(end + "ApplicationSecurityGroups"),
		At:       o.at(),
	}
}

func (o object) ports(end string) azure.PortFields {
	one, several := o.singularOrList(end + "PortRange")
	return azure.PortFields{Singular: one, Plural: append(several, o.texts(end+"PortRanges")...), At: o.at()}
}

func (r reader) routeTable(res Resource, o object) {
	t := &azure.RouteTable{Resource: o.withSettings(res.Beside), DisableBGPRoutePropagation: parsed(o, azure.ParseBool, "disableBgpRoutePropagation")}
	if o.doubt != nil {
		t.UnknownRoutes = append(t.UnknownRoutes, o.doubt)
		r.inventory.RouteTables = append(r.inventory.RouteTables, t)
		return
	}
	routes, open := o.children("routes", "routes", azure.TypeRoute)
	for _, route := range routes {
		t.Routes = append(t.Routes, r.route(route))
	}
	t.UnknownRoutes = append(t.UnknownRoutes, open...)
	r.inventory.RouteTables = append(r.inventory.RouteTables, t)
}

// separateRoute adds a route that stands apart. A route that may not be
// deployed counts as any number of routes of its table, which must have been
// added before.
func (r reader) separateRoute(res Resource, o object) {
	if o.doubt != nil {
		for _, t := range r.inventory.RouteTables {
			if t.ID == res.Parent.ID {
				t.UnknownRoutes = append(t.UnknownRoutes, o.doubt)
				return
			}
		}
		res.Parent = azure.Reference{Unknown: o.doubt, At: res.At}
	}
	r.inventory.Routes = append(r.inventory.Routes, azure.Child[*azure.Route]{Parent: res.Parent, Resource: r.route(o)})
}

func (r reader) route(o object) *azure.Route {
	route, problems := azure.MakeRoute(azure.RouteFields{
		Resource:         o.resource,
		AddressPrefix:    o.text("addressPrefix"),
		NextHopType:      o.text("nextHopType"),
		NextHopIPAddress: o.text("nextHopIpAddress"),
		HasBGPOverride:   o.text("hasBgpOverride"),
	})
	o.report(problems)
	return route
}
