package azure

import "github.com/wayleave/wayleave/internal/diagnostic"

// FirewallRuleFields are the properties of a firewall rule as a reader found
// them, by their names in a policy; a classic rule has the same under other
// names. A list of which nothing is known is one unknown element.
type FirewallRuleFields struct {
	Resource
	Kind                                              FirewallRuleKind
	Description                                       string
	SourceAddresses, DestinationAddresses             []Value[string]
	SourceIPGroups, DestinationIPGroups               []Reference
	DestinationFQDNs                                  []Value[string]
	Protocols, DestinationPorts                       []Value[string]
	TranslatedAddress, TranslatedPort, TranslatedFQDN Value[string]
	ApplicationProtocols                              []ApplicationProtocolFields
	TargetFQDNs, TargetURLs, FQDNTags, WebCategories  []Value[string]
	TerminateTLS                                      Value[string]
}

// ApplicationProtocolFields are one protocol of an application rule.
type ApplicationProtocolFields struct {
	Type, Port Value[string]
	At         Position
}

// MakeFirewallRule parses the properties of a firewall rule. The rule is
// complete even where a diagnostic is an error: what could not be read is an
// Unknown.
func MakeFirewallRule(f FirewallRuleFields) (*FirewallRule, diagnostic.List) {
	rule := &FirewallRule{
		Resource: f.Resource, Kind: f.Kind, Description: f.Description, TranslatedFQDN: f.TranslatedFQDN,
		TargetFQDNs: f.TargetFQDNs, TargetURLs: f.TargetURLs, FQDNTags: f.FQDNTags, WebCategories: f.WebCategories,
	}
	var list, more diagnostic.List
	rule.Source, more = firewallSide(f.At, f.SourceAddresses, f.SourceIPGroups, nil)
	list = append(list, more...)
	rule.Destination, more = firewallSide(f.At, f.DestinationAddresses, f.DestinationIPGroups, f.DestinationFQDNs)
	list = append(list, more...)
	for _, p := range f.Protocols {
		v, more := Parsed(p, ParseFirewallProtocol)
		if list = append(list, more...); v.IsSet() {
			rule.Protocols = append(rule.Protocols, v)
		}
	}
	rule.DestinationPorts, more = MakePorts("destination ports", PortFields{Plural: f.DestinationPorts, At: f.At})
	list = append(list, more...)
	rule.TranslatedAddress, more = Parsed(f.TranslatedAddress, ParseAddr)
	list = append(list, more...)
	rule.TranslatedPort, more = Parsed(f.TranslatedPort, ParseWholeNumber)
	list = append(list, more...)
	for _, p := range f.ApplicationProtocols {
		port, more := Parsed(p.Port, ParseWholeNumber)
		list = append(list, more...)
		rule.ApplicationProtocols = append(rule.ApplicationProtocols, ApplicationProtocol{Type: p.Type, Port: port, At: p.At})
	}
	rule.TerminateTLS, more = Parsed(f.TerminateTLS, ParseBool)
	return rule, append(list, more...)
}

// BypassFields are an entry of what intrusion detection leaves alone.
type BypassFields struct {
	Name                                string
	Protocol                            Value[string]
	Sources, Destinations, Ports        []Value[string]
	SourceIPGroups, DestinationIPGroups []Reference
	At                                  Position
}

// MakeBypass reads what intrusion detection leaves alone as a collection of
// network rules, and nil where there is nothing. Whether an entry that leaves a
// field out takes every value there is published nowhere.
func MakeBypass(of Resource, list []BypassFields) (*RuleCollection, diagnostic.List) {
	if len(list) == 0 {
		return nil, nil
	}
	k := &RuleCollection{Kind: NetworkRule, Action: Of(FirewallAllow, of.At)}
	k.Resource = Resource{ID: childID(of.ID, "bypasstrafficsettings", "all"), Name: "bypassTrafficSettings", Address: of.Label() + "/bypassTrafficSettings", At: list[0].At, Rank: of.Rank}
	var problems diagnostic.List
	for _, b := range list {
		open := func(values []Value[string], what string, others ...Reference) []Value[string] {
			if len(values)+len(others) > 0 {
				return values
			}
			return []Value[string]{NotKnown[string](&Unknown{Name: k.Address + "/" + b.Name, Why: "it names no " + what, At: b.At})}
		}
		protocols := []Value[string]{b.Protocol}
		if !b.Protocol.IsSet() {
			protocols = nil
		}
		rule, more := MakeFirewallRule(FirewallRuleFields{
			Resource: Resource{ID: childID(k.ID, "rules", b.Name), Type: TypeFirewallRule, Name: b.Name, Address: k.Address + "/" + b.Name, At: b.At, Rank: of.Rank},
			Kind:     NetworkRule, Protocols: open(protocols, "protocol"),
			SourceAddresses: open(b.Sources, "sources", b.SourceIPGroups...), SourceIPGroups: b.SourceIPGroups,
			DestinationAddresses: open(b.Destinations, "destinations", b.DestinationIPGroups...), DestinationIPGroups: b.DestinationIPGroups,
			DestinationPorts: open(b.Ports, "ports"),
		})
		k.Rules, problems = append(k.Rules, rule), append(problems, more...)
	}
	return k, problems
}

func firewallSide(at Position, addresses []Value[string], groups []Reference, names []Value[string]) (FirewallSide, diagnostic.List) {
	terms, list := MakeFirewallTerms(addresses)
	for _, g := range groups {
		switch {
		case g.Unknown != nil:
			terms = append(terms, FirewallTerm{Kind: FirewallUnknown, Unknown: g.Unknown, Text: g.Text, At: g.At})
		case g.IsSet():
			terms = append(terms, FirewallTerm{Kind: FirewallIPGroup, Group: g, Text: g.Text, At: g.At})
		}
	}
	for _, n := range names {
		switch {
		case n.Unknown != nil:
			terms = append(terms, FirewallTerm{Kind: FirewallUnknown, Unknown: n.Unknown, At: n.At})
		case n.IsSet():
			terms = append(terms, FirewallTerm{Kind: FirewallName, Name: n.V, Text: n.V, At: n.At})
		}
	}
	side := FirewallSide{Terms: terms, At: at}
	if len(terms) > 0 {
		side.At = terms[0].At
	}
	return side, list
}

// MakeFirewallTerms reads the addresses of a rule, of an IP group, of an
// allow-list or of private ranges. Values that are not set are skipped.
func MakeFirewallTerms(values []Value[string]) ([]FirewallTerm, diagnostic.List) {
	var terms []FirewallTerm
	var list diagnostic.List
	for _, v := range values {
		switch {
		case v.Unknown != nil:
			terms = append(terms, FirewallTerm{Kind: FirewallUnknown, Unknown: v.Unknown, At: v.At})
		case v.IsSet():
			term, more := ParseFirewallTerm(v.V, v.At)
			terms, list = append(terms, term), append(list, more...)
		}
	}
	return terms, list
}
