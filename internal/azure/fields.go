package azure

import (
	"math"
	"net/netip"
	"slices"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// SideFields are the three properties of which a rule gives exactly one for
// its source and one for its destination (NSG-14). Values that are not set may
// stand in Plural and are skipped.
type SideFields struct {
	// Singular is sourceAddressPrefix or destinationAddressPrefix.
	Singular Value[string]
	// Plural is sourceAddressPrefixes or destinationAddressPrefixes. A list of
	// which nothing is known is one unknown element. Of a list that may be long,
	// hand the elements to Add instead.
	Plural []Value[string]
	// Groups is sourceApplicationSecurityGroups or
	// destinationApplicationSecurityGroups.
	Groups []Reference
	// At is the place to name when nothing is given: the rule.
	At Position

	added    []AddressTerm
	plain    plainPrefixes // in place of added
	problems diagnostic.List
}

// Expect makes room for n calls of AddPrefix with offsets in a text, in which the
// plural property begins at an offset.
func (f *SideFields) Expect(n int, text Places, begin int) {
	f.plain = plainPrefixes{slices.Grow(f.plain.list, n), text, begin}
}

// AddPrefix adds an element of the plural property that begins at an offset of
// the text given to Expect, if it is an IPv4 prefix and nothing else was added
// before; otherwise it returns false, and the element is for Add.
func (f *SideFields) AddPrefix(text string, offset int) bool {
	from := offset - f.plain.begin
	if f.plain.places == nil || len(f.added) > 0 || from < 0 || from > math.MaxUint32 {
		return false
	}
	p, ok := plainIPv4(text)
	if ok {
		p.offset = uint32(from)
		f.plain.list = append(f.plain.list, p)
	}
	return ok
}

// PrefixLists are the lists of prefixes that were read, by the text of each: rules
// repeat those that spell out a service tag.
type PrefixLists map[string][]plainPrefix

// Keep keeps the plural property for Repeat if all its elements, n of them, were added
// by AddPrefix and are many; written is its whole text, the space in it included.
func (l PrefixLists) Keep(written string, f *SideFields, n int) {
	const many = 32
	if written != "" && n >= many && len(f.plain.list) == n {
		f.plain.list = slices.Clip(f.plain.list)
		l[written] = f.plain.list
	}
}

// Repeat adds all elements of the plural property, which begins at an offset of a text,
// if a list written like it was kept; otherwise it returns false.
func (l PrefixLists) Repeat(written string, f *SideFields, text Places, begin int) bool {
	list, ok := l[written]
	if ok {
		f.plain = plainPrefixes{list, text, begin}
	}
	return ok
}

// Add adds an element of the plural property and reads it at once.
func (f *SideFields) Add(v Value[string]) {
	if v.IsSet() {
		f.spell()
		f.added = append(f.added, AddressTerm{})
		f.added[len(f.added)-1].read(&v, true, &f.problems) // in place: a term is large
	}
}

// spell turns plain prefixes into terms.
func (f *SideFields) spell() {
	if len(f.plain.list) > 0 {
		f.added, f.plain.list = f.plain.terms(), nil
	}
}

// MakeSide assembles the source or the destination of a rule; what is "source"
// or "destination". A side with nothing given has no terms: [Build] refuses
// it. The same single prefix in both the singular and the plural property
// counts once.
func MakeSide(what string, f SideFields) (Side, diagnostic.List) {
	for _, v := range f.Plural {
		f.Add(v)
	}
	if len(f.plain.list) > 0 && !f.Singular.IsSet() && len(f.Groups) == 0 {
		return Side{plain: f.plain, At: f.plain.place(0)}, f.problems
	}
	f.spell()
	plural, list := f.added, f.problems
	var singular, groups []AddressTerm
	if f.Singular.IsSet() {
		singular = make([]AddressTerm, 1)
		singular[0].read(&f.Singular, false, &list)
	}
	for _, g := range f.Groups {
		if g.IsSet() {
			groups = append(groups, groupTerm(g))
		}
	}
	if len(singular) == 1 && len(plural) == 1 && singular[0].Kind == PrefixAddress && singular[0].Prefix == plural[0].Prefix {
		plural = nil
	}
	side := NewSide(joinTerms(joinTerms(singular, plural), groups)...)
	if side.Len() == 0 {
		side.At = f.At
	}
	return side, append(list, exactlyOne(what,
		given{"a prefix", firstKnown(singular)},
		given{"a list of prefixes", firstKnown(plural)},
		given{"application security groups", firstKnown(groups)},
	)...)
}

// joinTerms is both lists; mostly one of them is empty.
func joinTerms(a, b []AddressTerm) []AddressTerm {
	switch {
	case len(a) == 0:
		return b
	case len(b) == 0:
		return a
	}
	return slices.Concat(a, b)
}

// read makes t, which is zero, the term that a value states.
func (t *AddressTerm) read(v *Value[string], plural bool, list *diagnostic.List) {
	if t.At = v.At; v.Unknown != nil {
		t.Kind, t.Unknown = UnknownAddress, v.Unknown
		return
	}
	t.Text = v.V
	if d, bad := t.parse(plural); bad {
		*list = append(*list, d)
	}
}

func groupTerm(g Reference) AddressTerm {
	if g.Unknown != nil {
		return AddressTerm{Kind: UnknownAddress, Unknown: g.Unknown, Text: g.Text, At: g.At}
	}
	return AddressTerm{Kind: GroupAddress, groupAddress: &groupAddress{g}, Text: g.Text, At: g.At}
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
	terms := make([]PortTerm, 0, 1+len(f.Plural))
	if f.Singular.IsSet() {
		terms = append(terms, portTerm(f.Singular, &list))
	}
	singular := len(terms)
	for _, v := range f.Plural {
		if v.IsSet() {
			terms = append(terms, portTerm(v, &list))
		}
	}
	if singular == 1 && len(terms) == 2 && terms[0].Unknown == nil && terms[1].Unknown == nil &&
		terms[0].First == terms[1].First && terms[0].Last == terms[1].Last {
		terms = terms[:1]
	}
	ports := Ports{At: f.At}
	if len(terms) > 0 {
		ports = Ports{Terms: terms, At: terms[0].At}
	}
	list = append(list, exactlyOne(what,
		given{"a range", firstKnownPort(terms[:singular])}, given{"a list of ranges", firstKnownPort(terms[singular:])},
	)...)
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

// given is one of several ways to state a property, with the place of the
// first term whose value is known; nil where there is none.
type given struct {
	how string
	at  *Position
}

// exactlyOne refuses a property that is stated in two ways (NSG-14). Unknown
// terms are left out: they may turn out to be empty.
func exactlyOne(what string, ways ...given) diagnostic.List {
	var first given
	for _, w := range ways {
		switch {
		case w.at == nil:
		case first.at == nil:
			first = w
		default:
			return diagnostic.List{diagnostic.Errorf("given-twice", *w.at, "the rule gives its %s twice, as %s and as %s", what, first.how, w.how).
				WithRelated(*first.at, "given as %s here", first.how).
				WithHint("keep one of the two")}
		}
	}
	return nil
}

func firstKnown(terms []AddressTerm) *Position {
	for i := range terms {
		if terms[i].Kind != UnknownAddress {
			return &terms[i].At
		}
	}
	return nil
}

func firstKnownPort(terms []PortTerm) *Position {
	for i := range terms {
		if terms[i].Unknown == nil {
			return &terms[i].At
		}
	}
	return nil
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
