package service

import (
	"slices"

	"github.com/wayleave/wayleave/internal/document"
)

// resources checks how the service is found.
func (v *validator) resources(list document.Value) {
	for i := range v.p.Resources {
		r, at := &v.p.Resources[i], list.Index(i)
		v.required(at, "type", r.Type)
		v.form(at.Get("type"), "type", r.Type, typeForm)
		for _, path := range sortedKeys(r.Where) {
			if len(r.Where[path]) == 0 {
				v.errorf(at.Get("where").Get(path), "%s has no value, so nothing can match; expected a list of patterns", path)
			}
		}
	}
}

// subnetRule checks that a rule asks exactly one thing, in known words.
func (v *validator) subnetRule(r *SubnetRule, at document.Value) {
	v.required(at, "id", r.ID)
	given := 0
	for _, is := range []bool{
		r.Name != "", r.Count != 0, r.SmallestPrefix != 0, r.Addresses != nil, r.Delegation != "", r.Dedicated != "",
		r.SecurityGroup != "", r.RouteTable != "", r.NATGateway != "", r.Propagation != "", r.Route != nil,
	} {
		if is {
			given++
		}
	}
	if given != 1 {
		v.errorf(at, "a subnet rule asks exactly one of name, count, smallestPrefix, addresses, delegation, dedicated, securityGroup, routeTable, natGateway, propagation and route; found %d of them", given)
	}
	if r.Severity != "" {
		v.word(at.Get("severity"), "severity", r.Severity, Required, Optional, Advice)
	}
	v.uncertain(at, r.Uncertain, r.Severity)
	if r.Capability != "" {
		v.word(at.Get("capability"), "capability", r.Capability, Capabilities...)
	}
	v.source(at.Get("from"), r.From)
	v.conditions(at.Get("when"), r.When)
	if r.SmallestPrefix != 0 && (r.SmallestPrefix < 8 || r.SmallestPrefix > 29) {
		v.errorf(at.Get("smallestPrefix"), "expected the length of a prefix from 8 to 29, found %d", r.SmallestPrefix)
	}
	if r.Count < 0 {
		v.errorf(at.Get("count"), "a number of subnets is at least 1, found %d", r.Count)
	}
	if r.Dedicated != "" {
		v.word(at.Get("dedicated"), "dedicated", r.Dedicated, "instance", "service")
	}
	for name, value := range map[string]string{
		"securityGroup": r.SecurityGroup, "routeTable": r.RouteTable, "natGateway": r.NATGateway, "propagation": r.Propagation,
	} {
		if value != "" {
			v.word(at.Get(name), name, value, "required", "forbidden")
		}
	}
	if r.Addresses != nil {
		v.addressNeed(r.Addresses, at.Get("addresses"))
	}
	if r.Route != nil {
		v.routeNeed(r.Route, at.Get("route"))
	}
}

func (v *validator) addressNeed(n *AddressNeed, at document.Value) {
	if n.Fixed < 0 || n.PerUnit < 0 || n.Fixed+n.PerUnit == 0 {
		v.errorf(at, "expected a positive number of addresses in fixed or perUnit")
	}
	if (n.PerUnit == 0) != (n.Units == "") {
		v.errorf(at, "perUnit and units belong together")
	}
	if q, ok := v.p.Parameter(n.Units); n.Units != "" && (!ok || q.Format != "number") {
		v.errorf(at.Get("units"), "parameter %q is not defined with format: number", n.Units)
	}
}

// nextHops are the words of Azure's effective routes.
var nextHops = []string{
	"VnetLocal", "VNetPeering", "Internet", "None", "VirtualAppliance", "VirtualNetworkGateway", "VirtualNetworkServiceEndpoint",
}

func (v *validator) routeNeed(n *RouteNeed, at document.Value) {
	if len(n.Via)+len(n.Not) == 0 || len(n.Via) > 0 && len(n.Not) > 0 {
		v.errorf(at, "a route says either via or not, the next hops allowed or those forbidden")
	}
	for name, list := range map[string][]string{"via": n.Via, "not": n.Not} {
		for i, hop := range list {
			v.word(at.Get(name).Index(i), "next hop", hop, nextHops...)
		}
	}
	v.peer(&n.Destination, at.Get("destination"), at, "destination")
}

// uncertain checks that what is not certain never fails a check.
func (v *validator) uncertain(at document.Value, why, severity string) {
	if why != "" && severity != Advice {
		v.errorf(at, "an uncertain row is advice; expected severity: advice")
	}
}

// destinationPorts checks that the ports are given in exactly one way.
func (v *validator) destinationPorts(r *Requirement, at document.Value) {
	v.ports(at.Get("destinationPorts"), r.DestinationPorts)
	given := 0
	for _, is := range []bool{len(r.DestinationPorts) > 0, r.PortsBy != nil, r.PortsParameter != ""} {
		if is {
			given++
		}
	}
	switch {
	case given == 0:
		v.errorf(at, "destinationPorts is missing")
	case given > 1:
		v.errorf(at, "ports are exactly one of destinationPorts, portsBy and portsParameter; found %d of them", given)
	}
	if r.PortsParameter != "" {
		if q, ok := v.p.Parameter(r.PortsParameter); !ok || q.Format != "ports" {
			v.errorf(at.Get("portsParameter"), "parameter %q is not defined with format: ports", r.PortsParameter)
		}
	}
	if r.PortsBy != nil {
		v.portsBy(r.PortsBy, at.Get("portsBy"))
	}
}

func (v *validator) portsBy(p *PortsBy, at document.Value) {
	q, ok := v.p.Parameter(p.By)
	if !ok {
		v.errorf(at.Get("by"), "parameter %q is not defined", p.By)
		return
	}
	cases := at.Get("cases")
	for _, value := range q.Values {
		if len(p.Cases[value]) == 0 {
			v.errorf(cases, "there is no case for %s: %s", q.Name, value)
		}
	}
	for _, name := range sortedKeys(p.Cases) {
		if !slices.Contains(q.Values, name) {
			v.errorf(cases.Get(name), "%q is not a value of %s", name, q.Name)
		}
		v.ports(cases.Get(name), p.Cases[name])
	}
}

// rest checks contradictions, additions and names of firewalls.
func (v *validator) rest(root document.Value) {
	for i, c := range v.p.Contradictions {
		at := root.Get("contradictions").Index(i)
		v.required(at, "about", c.About)
		v.required(at, "says", c.Says)
		v.required(at, "used", c.Used)
	}
	for i := range v.p.Adds {
		a, at := &v.p.Adds[i], root.Get("adds").Index(i)
		v.required(at, "names", a.Names)
		v.word(at.Get("where"), "place", a.Where, "securityGroup", "routeTable")
		v.conditions(at.Get("when"), a.When)
		v.source(at.Get("from"), a.From)
		for j, id := range a.Covers {
			if _, ok := v.ids[id]; !ok {
				v.errorf(at.Get("covers").Index(j), "no requirement and no subnet rule has the id %q", id)
			}
		}
	}
	for i := range v.p.Outbound {
		c, at := &v.p.Outbound[i], root.Get("outbound").Index(i)
		v.word(at.Get("address"), "address", c.Address, OutboundAddresses...)
		v.conditions(at.Get("when"), c.When)
		v.source(at.Get("from"), c.From)
	}
	for i := range v.p.FQDNs {
		g, at := &v.p.FQDNs[i], root.Get("fqdns").Index(i)
		v.required(at, "purpose", g.Purpose)
		v.ports(at.Get("ports"), g.Ports)
		v.conditions(at.Get("when"), g.When)
		v.source(at.Get("from"), g.From)
		if len(g.Names)+len(g.Tags) == 0 {
			v.errorf(at, "names is missing: the group names nothing")
		}
	}
}
