package azure

import "net/netip"

// Direction of a security rule.
type Direction string

// Directions (NSG-5).
const (
	Inbound  Direction = "Inbound"
	Outbound Direction = "Outbound"
)

// Access is what a security rule does with the packets it matches.
type Access string

// Accesses (NSG-5).
const (
	Allow Access = "Allow"
	Deny  Access = "Deny"
)

// Protocol of a security rule, in Azure's spelling.
type Protocol string

// Protocols a security rule can name (NSG-5, NSG-6).
const (
	AnyProtocol Protocol = "*"
	TCP         Protocol = "Tcp"
	UDP         Protocol = "Udp"
	ICMP        Protocol = "Icmp"
	ESP         Protocol = "Esp"
	AH          Protocol = "Ah"
)

// Number returns the protocol's number in the IP header, or false if it names no
// single protocol.
func (p Protocol) Number() (uint8, bool) {
	switch p {
	case ICMP:
		return 1, true
	case TCP:
		return 6, true
	case UDP:
		return 17, true
	case ESP:
		return 50, true
	case AH:
		return 51, true
	}
	return 0, false
}

// NetworkSecurityGroup is a Microsoft.Network/networkSecurityGroups resource.
type NetworkSecurityGroup struct {
	Resource
	// Rules are the user's rules, both directions, by direction and priority
	// after Build. The six default rules are not among them (NSG-19, NSG-21).
	// Nil and empty as in VirtualNetwork.Subnets.
	Rules []*SecurityRule
	// UnknownRules stand for any number of rules (none, one or many) of which
	// the input tells nothing.
	UnknownRules []*Unknown
	// EchoedDefaults are the default rules the input states (NSG-21).
	EchoedDefaults []*SecurityRule
	// Subnets and NetworkInterfaces are the read-only back-references (JSON-4).
	Subnets, NetworkInterfaces []Reference
	// FlushConnection is flushConnection (NSG-35).
	FlushConnection Value[bool]
}

// SecurityRule is one rule of a network security group. It matches a packet
// when direction, protocol, source, source port, destination and destination
// port all match; each list is a union (NSG-16).
type SecurityRule struct {
	Resource
	// Group holds the rule; set by Build. Nil for a default rule made by
	// DefaultRules.
	Group     *NetworkSecurityGroup
	Direction Value[Direction]
	Access    Value[Access]
	// Priority is 100 to 4096 for a user's rule; smaller is evaluated
	// earlier (NSG-2).
	Priority    Value[int]
	Protocol    Value[Protocol]
	Source      Side
	Destination Side
	SourcePorts Ports
	// DestinationPorts are matched like source ports (NSG-8).
	DestinationPorts Ports
	Description      string
	// Default marks one of the six default rules (NSG-19).
	Default bool
}

// AddressKind tells what an address term names.
type AddressKind uint8

// Kinds of address terms.
const (
	// AnyAddress is "*": every address of both families.
	AnyAddress AddressKind = iota
	// PrefixAddress is a prefix; a bare address is a /32 or /128 (NSG-11).
	PrefixAddress
	// TagAddress is a service tag by name (TAG-1, TAG-2).
	TagAddress
	// GroupAddress is an application security group (ASG-2).
	GroupAddress
	// UnknownAddress is a set of addresses the input does not tell.
	UnknownAddress
)

// AddressTerm is one element of a rule's source or destination.
type AddressTerm struct {
	Kind AddressKind
	// Prefix with its host bits zero, for PrefixAddress.
	Prefix netip.Prefix
	// Tag as written, for TagAddress; compare with case folded (TAG-5).
	Tag string
	// Group, for GroupAddress; there is none to read in a term of another kind.
	*groupAddress
	// Unknown, for UnknownAddress.
	Unknown *Unknown
	// Text is the term as written.
	Text string
	At   Position
}

// groupAddress is apart from AddressTerm because it is as large as the rest:
// rules have few groups and many prefixes.
type groupAddress struct {
	// Group is the application security group.
	Group Reference
}

// PortTerm is one element of a rule's source or destination ports.
type PortTerm struct {
	// First and Last port, both inclusive; "*" is 0 to 65535 (NSG-7).
	First, Last uint16
	// Unknown is not nil when the input does not tell the ports.
	Unknown *Unknown
	// Text is the term as written.
	Text string
	At   Position
}

// Ports is the union of its terms. Ports without terms were not given.
type Ports struct {
	Terms []PortTerm
	At    Position
}

// Any reports whether one of the terms is every port.
func (p Ports) Any() bool {
	for _, t := range p.Terms {
		if t.Unknown == nil && t.First == 0 && t.Last == 65535 {
			return true
		}
	}
	return false
}

// ApplicationSecurityGroup is a Microsoft.Network/applicationSecurityGroups
// resource; its members are IP configurations that refer to it (ASG-1).
type ApplicationSecurityGroup struct {
	Resource
}
