package azure

import (
	"net/netip"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// SideFields are the three properties of which a rule gives exactly one for
// its source and one for its destination (NSG-14). Values that are not set may
// stand in Plural and are skipped.
type SideFields struct {
	// Singular is sourceAddressPrefix or destinationAddressPrefix.
	Singular Value[string]
	// Plural is sourceAddressPrefixes or destinationAddressPrefixes. A list of
	// which nothing is known is one unknown element.
	Plural []Value[string]
	// Groups is sourceApplicationSecurityGroups or
	// destinationApplicationSecurityGroups.
	Groups []Reference
	// At is the place to name when nothing is given: the rule.
	At Position
}

// MakeSide assembles the source or the destination of a rule; what is "source"
// or "destination". A side with nothing given has no terms: [Build] refuses
// it. The same single prefix in both the singular and the plural property
// counts once.
func MakeSide(what string, f SideFields) (Side, diagnostic.List) {
	var list diagnostic.List
	var singular, plural, groups []AddressTerm
	if f.Singular.IsSet() {
		singular = append(singular, addressTerm(f.Singular, false, &list))
	}
	for _, v := range f.Plural {
		if v.IsSet() {
			plural = append(plural, addressTerm(v, true, &list))
		}
	}
	for _, g := range f.Groups {
		if g.IsSet() {
			groups = append(groups, groupTerm(g))
		}
	}
	if len(singular) == 1 && len(plural) == 1 && singular[0].Kind == PrefixAddress && singular[0].Prefix == plural[0].Prefix {
		plural = nil
	}
	side := Side{Terms: append(append(singular, plural...), groups...), At: f.At}
	if len(side.Terms) > 0 {
		side.At = side.Terms[0].At
	}
	list = append(list, exactlyOne(what, []given{
		{"a prefix", positions(singular)}, {"a list of prefixes", positions(plural)}, {"application security groups", positions(groups)},
	})...)
	return side, list
}

func addressTerm(v Value[string], plural bool, list *diagnostic.List) AddressTerm {
	if v.Unknown != nil {
		return AddressTerm{Kind: UnknownAddress, Unknown: v.Unknown, At: v.At}
	}
	term, more := ParseAddressTerm(v.V, v.At, plural)
	*list = append(*list, more...)
	return term
}

func groupTerm(g Reference) AddressTerm {
	if g.Unknown != nil {
		return AddressTerm{Kind: UnknownAddress, Unknown: g.Unknown, Text: g.Text, At: g.At}
	}
	return AddressTerm{Kind: GroupAddress, Group: g, Text: g.Text, At: g.At}
}

// PortFields are the two properties of which a rule gives exactly one for its
// source ports and one for its destination ports (NSG-14).
type PortFields struct {
	// Singular is sourcePortRange or destinationPortRange.
	Singular Value[string]
	// Plural is sourcePortRanges or destinationPortRanges. A list of which
	// nothing is known is one unknown element.
	Plural []Value[string]
	// At is the place to name when nothing is given: the rule.
	At Position
}

// MakePorts assembles the ports of a rule; what is "source ports" or
// "destination ports". Ports with nothing given have no terms: [Build] refuses
// them. The same single range in both properties counts once.
func MakePorts(what string, f PortFields) (Ports, diagnostic.List) {
	var list diagnostic.List
	var singular, plural []PortTerm
	if f.Singular.IsSet() {
		singular = append(singular, portTerm(f.Singular, &list))
	}
	for _, v := range f.Plural {
		if v.IsSet() {
			plural = append(plural, portTerm(v, &list))
		}
	}
	if len(singular) == 1 && len(plural) == 1 && singular[0].Unknown == nil && plural[0].Unknown == nil &&
		singular[0].First == plural[0].First && singular[0].Last == plural[0].Last {
		plural = nil
	}
	ports := Ports{Terms: append(singular, plural...), At: f.At}
	if len(ports.Terms) > 0 {
		ports.At = ports.Terms[0].At
	}
	list = append(list, exactlyOne(what, []given{
		{"a range", portPositions(singular)}, {"a list of ranges", portPositions(plural)},
	})...)
	return ports, list
}

func portTerm(v Value[string], list *diagnostic.List) PortTerm {
	if v.Unknown != nil {
		return PortTerm{Unknown: v.Unknown, At: v.At}
	}
	term, more := ParsePortTerm(v.V, v.At)
	*list = append(*list, more...)
	return term
}

// given is one of several ways to state a property, with the places of the
// terms whose values are known.
type given struct {
	how string
	at  []Position
}

// exactlyOne refuses a property that is stated in two ways (NSG-14). Unknown
// terms are left out: they may turn out to be empty.
func exactlyOne(what string, ways []given) diagnostic.List {
	var first *given
	for i, w := range ways {
		if len(w.at) == 0 {
			continue
		}
		if first == nil {
			first = &ways[i]
			continue
		}
		return diagnostic.List{diagnostic.Errorf("given-twice", w.at[0], "the rule gives its %s twice, as %s and as %s", what, first.how, w.how).
			WithRelated(first.at[0], "given as %s here", first.how).
			WithHint("keep one of the two")}
	}
	return nil
}

func positions(terms []AddressTerm) []Position {
	var at []Position
	for _, t := range terms {
		if t.Kind != UnknownAddress {
			at = append(at, t.At)
		}
	}
	return at
}

func portPositions(terms []PortTerm) []Position {
	var at []Position
	for _, t := range terms {
		if t.Unknown == nil {
			at = append(at, t.At)
		}
	}
	return at
}

// RuleFields are the properties of a security rule as a reader found them.
type RuleFields struct {
	Resource
	Direction, Access, Priority, Protocol Value[string]
	Source, Destination                   SideFields
	SourcePorts, DestinationPorts         PortFields
	Description                           string
}

// MakeRule parses the properties of a security rule. The rule is complete even
// where a diagnostic is an error: what could not be read is an Unknown.
func MakeRule(f RuleFields) (*SecurityRule, diagnostic.List) {
	rule := &SecurityRule{Resource: f.Resource, Description: f.Description}
	var list, more diagnostic.List
	rule.Direction, more = Parsed(f.Direction, ParseDirection)
	list = append(list, more...)
	rule.Access, more = Parsed(f.Access, ParseAccess)
	list = append(list, more...)
	rule.Priority, more = Parsed(f.Priority, ParsePriority)
	list = append(list, more...)
	rule.Protocol, more = Parsed(f.Protocol, ParseProtocol)
	list = append(list, more...)
	rule.Source, more = MakeSide("source", f.Source)
	list = append(list, more...)
	rule.SourcePorts, more = MakePorts("source ports", f.SourcePorts)
	list = append(list, more...)
	rule.Destination, more = MakeSide("destination", f.Destination)
	list = append(list, more...)
	rule.DestinationPorts, more = MakePorts("destination ports", f.DestinationPorts)
	return rule, append(list, more...)
}

// RouteFields are the properties of a route as a reader found them.
type RouteFields struct {
	Resource
	AddressPrefix, NextHopType, NextHopIPAddress, HasBGPOverride Value[string]
}

// MakeRoute parses the properties of a route. The route is complete even where
// a diagnostic is an error: what could not be read is an Unknown.
func MakeRoute(f RouteFields) (*Route, diagnostic.List) {
	route := &Route{Resource: f.Resource}
	var list, more diagnostic.List
	switch p := f.AddressPrefix; {
	case !p.IsSet():
		more = diagnostic.List{diagnostic.Errorf("missing-property", f.At, "the route %q has no addressPrefix", f.title()).
			WithHint("a route needs one prefix or one service tag")}
		route.Destination = AddressTerm{Kind: UnknownAddress, Unknown: invalid("", f.At), At: f.At}
	case p.Unknown != nil:
		route.Destination = AddressTerm{Kind: UnknownAddress, Unknown: p.Unknown, At: p.At}
	default:
		route.Destination, more = ParseRouteDestination(p.V, p.At)
	}
	list = append(list, more...)
	route.NextHopType, more = Parsed(f.NextHopType, ParseNextHopType)
	list = append(list, more...)
	route.NextHopIPAddress, more = Parsed(f.NextHopIPAddress, ParseAddr)
	list = append(list, more...)
	route.HasBGPOverride, more = Parsed(f.HasBGPOverride, ParseBool)
	return route, append(list, more...)
}

// MakePrefixes assembles the prefixes of a subnet from addressPrefix and
// addressPrefixes (JSON-6). Both may be given when the one is among the
// others.
func MakePrefixes(singular Value[string], plural []Value[string]) ([]Value[netip.Prefix], diagnostic.List) {
	var prefixes []Value[netip.Prefix]
	var list diagnostic.List
	for _, text := range plural {
		v, more := Parsed(text, ParsePrefix)
		list = append(list, more...)
		if v.IsSet() {
			prefixes = append(prefixes, v)
		}
	}
	one, more := Parsed(singular, ParsePrefix)
	list = append(list, more...)
	if !one.IsSet() {
		return prefixes, list
	}
	if len(prefixes) == 0 {
		return []Value[netip.Prefix]{one}, list
	}
	wanted, ok := one.Known()
	if !ok {
		return prefixes, list
	}
	for _, p := range prefixes {
		if have, ok := p.Known(); !ok || have == wanted {
			return prefixes, list
		}
	}
	return prefixes, append(list, diagnostic.Errorf("given-twice", one.At, "addressPrefix is %s, which addressPrefixes does not have", wanted).
		WithRelated(prefixes[0].At, "addressPrefixes").
		WithHint("keep one of the two properties"))
}
