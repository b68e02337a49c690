package azure

import "net/netip"

// FirewallRuleKind tells the three kinds of firewall rules, which are
// processed in this order (P-01).
type FirewallRuleKind uint8

// Kinds of firewall rules.
const (
	NATRule FirewallRuleKind = iota
	NetworkRule
	ApplicationRule
)

// FirewallAction is what a rule collection does with what its rules match.
type FirewallAction string

// Firewall actions.
const (
	FirewallAllow FirewallAction = "Allow"
	FirewallDeny  FirewallAction = "Deny"
	FirewallDNAT  FirewallAction = "Dnat"
	// FirewallSNAT can be written, but its meaning is published nowhere.
	FirewallSNAT FirewallAction = "Snat"
)

// RuleCollection is a classic rule collection of a firewall or one of a
// rule collection group of a policy.
type RuleCollection struct {
	Resource
	// Firewall holds a classic collection, Group one of a policy; set by Build.
	Firewall *AzureFirewall
	Group    *RuleCollectionGroup
	// Kind of its rules. A filter collection of a policy is of the kind of its
	// first rule, and a network collection without one.
	Kind FirewallRuleKind
	// Priority is 100 to 65000; smaller is evaluated earlier.
	Priority Value[int]
	Action   Value[FirewallAction]
	// Rules in input order, which is the order of their evaluation.
	Rules []*FirewallRule
	// UnknownRules stand for any number of rules of which the input tells
	// nothing.
	UnknownRules []*Unknown
}

// FirewallRule is a rule of a classic collection or a policy's. Each list is a
// union and different fields are intersected; there is no source port (R-17,
//
type FirewallRule struct {
	Resource
	// Collection holds the rule; set by Build.
	Collection  *RuleCollection
	Kind        FirewallRuleKind
	Description string
	// Source is the union of addresses and IP groups. Without terms it matches
	// nothing.
	Source FirewallSide
	// Destination is the union of addresses, tags, IP groups and names. Without
	// terms a network or NAT rule matches nothing; an application rule
	// (which has one in policies only, R-26) is then not limited by it.
	Destination FirewallSide
	// Protocols and DestinationPorts of a network or NAT rule.
	Protocols        []Value[FirewallProtocol]
	DestinationPorts Ports
	// Translated* are where a NAT rule sends what it matches: an address or a
	// name, and a port.
	TranslatedAddress Value[netip.Addr]
	TranslatedFQDN    Value[string]
	TranslatedPort    Value[int]
	// The fields of an application rule. Tags and categories are
	// names of lists that Azure keeps.
	ApplicationProtocols []ApplicationProtocol
	TargetFQDNs          []Value[string]
	TargetURLs           []Value[string]
	FQDNTags             []Value[string]
	WebCategories        []Value[string]
	TerminateTLS         Value[bool]
}

// FirewallProtocol of a network or NAT rule.
type FirewallProtocol string

// Firewall protocols.
const (
	FirewallTCP  FirewallProtocol = "TCP"
	FirewallUDP  FirewallProtocol = "UDP"
	FirewallICMP FirewallProtocol = "ICMP"
	FirewallAny  FirewallProtocol = "Any"
)

// ApplicationProtocol is an element of the protocols of an application rule.
type ApplicationProtocol struct {
	// Type is Http, Https or Mssql, as written.
	Type Value[string]
	// Port is not set where the protocol's own holds.
	Port Value[int]
	At   Position
}

// FirewallTermKind tells what a term of a firewall names.
type FirewallTermKind uint8

// Kinds of firewall terms.
const (
	// FirewallAnyAddress is "*".
	FirewallAnyAddress FirewallTermKind = iota
	// FirewallRange is an address, a prefix or a range of addresses.
	FirewallRange
	// FirewallTag is a service tag, or a literal such as "IANAPrivateRanges".
	FirewallTag
	// FirewallIPGroup refers to an IP group.
	FirewallIPGroup
	// FirewallName is a domain name, resolved by the firewall.
	FirewallName
	// FirewallUnknown is a set of addresses the input does not tell.
	FirewallUnknown
)

// FirewallTerm is one element of the source or destination of a firewall rule,
// of an IP group or of a list of addresses of a policy.
type FirewallTerm struct {
	Kind FirewallTermKind
	// First and Last address, both inclusive and of one family, for
	// FirewallRange.
	First, Last netip.Addr
	// Name is the tag or the domain name, as written.
	Name string
	// Group, for FirewallIPGroup.
	Group Reference
	// Unknown, for FirewallUnknown.
	Unknown *Unknown
	// Text is the term as written.
	Text string
	At   Position
}

// FirewallSide is the source or the destination of a firewall rule: the union
// of its terms.
type FirewallSide struct {
	Terms []FirewallTerm
	At    Position
}
