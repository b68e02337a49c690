package azuretest

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

// NSG is a network security group, attached to the interface or else the
// subnet around it, if there is one. Rules are items of it.
func NSG(name string, rules ...Item) Item {
	return func(s *scope) {
		g := &azure.NetworkSecurityGroup{Resource: s.resource(azure.TypeNetworkSecurityGroup, resourceID(azure.TypeNetworkSecurityGroup, name))}
		s.inventory.NetworkSecurityGroups = append(s.inventory.NetworkSecurityGroups, g)
		UseNSG(name)(s)
		inner := *s
		inner.group = g
		inner.all(rules)
	}
}

// UseNSG attaches a network security group that stands elsewhere, or nowhere,
// to the interface or else the subnet around it; "?name" is a reference that
// is not known.
func UseNSG(name string) Item {
	return func(s *scope) {
		switch ref := s.reference(azure.TypeNetworkSecurityGroup, name); {
		case s.nic != nil:
			s.nic.NetworkSecurityGroup = ref
		case s.subnet != nil:
			s.subnet.NetworkSecurityGroup = ref
		}
	}
}

// UnknownRules stands for any number of rules of the group around it.
func UnknownRules(name string) Item {
	return func(s *scope) { s.group.UnknownRules = append(s.group.UnknownRules, unknown(name, s.at())) }
}

// AllowIn is an inbound rule that allows. Source and destination are "*", a
// tag, prefixes, or "asg:" groups; ports are destination ports. The rule is
// called "allow-in-100" after its priority.
func AllowIn(priority int, protocol, source, destination, ports string, with ...RuleOption) Item {
	return Rule("Inbound", "Allow", strconv.Itoa(priority), protocol, source, destination, ports, with...)
}

// DenyIn is AllowIn for a rule that denies.
func DenyIn(priority int, protocol, source, destination, ports string, with ...RuleOption) Item {
	return Rule("Inbound", "Deny", strconv.Itoa(priority), protocol, source, destination, ports, with...)
}

// AllowOut is AllowIn for an outbound rule.
func AllowOut(priority int, protocol, source, destination, ports string, with ...RuleOption) Item {
	return Rule("Outbound", "Allow", strconv.Itoa(priority), protocol, source, destination, ports, with...)
}

// DenyOut is AllowIn for an outbound rule that denies.
func DenyOut(priority int, protocol, source, destination, ports string, with ...RuleOption) Item {
	return Rule("Outbound", "Deny", strconv.Itoa(priority), protocol, source, destination, ports, with...)
}

// RuleOption changes a rule.
type RuleOption func(*scope, *azure.RuleFields)

// Named gives a rule a name of its own.
func Named(name string) RuleOption {
	return func(_ *scope, f *azure.RuleFields) { f.Name = name }
}

// Described gives a rule a description.
func Described(text string) RuleOption {
	return func(_ *scope, f *azure.RuleFields) { f.Description = text }
}

// SourcePorts limits the source ports of a rule.
func SourcePorts(ports string) RuleOption {
	return func(s *scope, f *azure.RuleFields) { f.SourcePorts = s.ports(ports) }
}

// Rule is a rule of the group around it, every field as text, so that each can
// be unknown.
func Rule(direction, access, priority, protocol, source, destination, ports string, with ...RuleOption) Item {
	return func(s *scope) {
		at := s.at()
		dir := map[string]string{"Inbound": "in", "Outbound": "out"}[direction]
		f := azure.RuleFields{
			Direction: s.text(direction), Access: s.text(access), Priority: s.text(priority), Protocol: s.text(protocol),
			Source: s.side(source), Destination: s.side(destination),
			SourcePorts: s.ports("*"), DestinationPorts: s.ports(ports),
		}
		f.Name = strings.ToLower(fmt.Sprintf("%s-%s-%s", strings.TrimPrefix(access, "?"), dir, strings.TrimPrefix(priority, "?")))
		for _, change := range with {
			change(s, &f)
		}
		f.Resource = s.resource(azure.TypeSecurityRule, string(s.group.ID)+"/securityRules/"+f.Name)
		f.At = at
		rule, problems := azure.MakeRule(f)
		s.note(problems)
		s.group.Rules = append(s.group.Rules, rule)
	}
}

func (s *scope) side(text string) azure.SideFields {
	f := azure.SideFields{At: s.at()}
	items := list(text)
	for _, item := range items {
		if name, ok := strings.CutPrefix(item, "asg:"); ok {
			f.Groups = append(f.Groups, s.reference(azure.TypeApplicationSecurityGroup, name))
		} else if len(items) == 1 {
			f.Singular = s.text(item)
		} else {
			f.Plural = append(f.Plural, s.text(item))
		}
	}
	return f
}

func (s *scope) ports(text string) azure.PortFields {
	f := azure.PortFields{At: s.at()}
	items := list(text)
	if len(items) == 1 {
		f.Singular = s.text(items[0])
		return f
	}
	for _, item := range items {
		f.Plural = append(f.Plural, s.text(item))
	}
	return f
}

// Routes is a route table, attached to the subnet around it, if there is one.
func Routes(name string, routes ...Item) Item {
	return func(s *scope) {
		t := &azure.RouteTable{Resource: s.resource(azure.TypeRouteTable, resourceID(azure.TypeRouteTable, name))}
		s.inventory.RouteTables = append(s.inventory.RouteTables, t)
		UseRoutes(name)(s)
		inner := *s
		inner.table = t
		inner.all(routes)
	}
}

// UseRoutes attaches a route table that stands elsewhere, or nowhere, to the
// subnet around it; "?name" is a reference that is not known.
func UseRoutes(name string) Item {
	return func(s *scope) {
		if s.subnet != nil {
			s.subnet.RouteTable = s.reference(azure.TypeRouteTable, name)
		}
	}
}

// UnknownRoutes stands for any number of routes of the table around it.
func UnknownRoutes(name string) Item {
	return func(s *scope) { s.table.UnknownRoutes = append(s.table.UnknownRoutes, unknown(name, s.at())) }
}

// NoPropagation disables gateway route propagation of the table around it
// (RT-12).
func NoPropagation() Item {
	return func(s *scope) { s.table.DisableBGPRoutePropagation = azure.Of(true, s.at()) }
}

// Route is a route of the table around it. The hop is a next hop type of the
// API, or the address of a virtual appliance. The route is called
// "to-10.0.0.0-8" after its destination.
func Route(destination, hop string) Item {
	return func(s *scope) {
		name := "to-" + strings.NewReplacer("/", "-", ":", "-", "?", "").Replace(destination)
		f := azure.RouteFields{Resource: s.resource(azure.TypeRoute, string(s.table.ID)+"/routes/"+name), AddressPrefix: s.text(destination)}
		if strings.ContainsAny(hop, ".:") || strings.HasPrefix(hop, "?") {
			f.NextHopType, f.NextHopIPAddress = s.text("VirtualAppliance"), s.text(hop)
		} else {
			f.NextHopType = s.text(hop)
		}
		route, problems := azure.MakeRoute(f)
		s.note(problems)
		s.table.Routes = append(s.table.Routes, route)
	}
}

// OverridesLearnt sets hasBgpOverride of the route before it (RT-20).
func OverridesLearnt() Item {
	return func(s *scope) { s.table.Routes[len(s.table.Routes)-1].HasBGPOverride = azure.Of(true, s.at()) }
}

// RouteOfUnknownType is a route whose next hop type is not known.
func RouteOfUnknownType(destination, name string) Item {
	return func(s *scope) {
		f := azure.RouteFields{Resource: s.resource(azure.TypeRoute, string(s.table.ID)+"/routes/"+name), AddressPrefix: s.text(destination)}
		f.NextHopType = s.text("?" + name)
		route, problems := azure.MakeRoute(f)
		s.note(problems)
		s.table.Routes = append(s.table.Routes, route)
	}
}
