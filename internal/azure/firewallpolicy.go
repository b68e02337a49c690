package azure

import "net/netip"

// FirewallPolicy is a Microsoft.Network/firewallPolicies resource.
type FirewallPolicy struct {
	Resource
	// Base is the parent policy, whose groups come before this policy's own
	// whatever their priorities.
	Base Reference
	Tier Value[FirewallTier]
	// ThreatIntelMode; default Alert. A child's may only be stricter.
	ThreatIntelMode Value[InspectionMode]
	// ThreatIntelAllowed and ThreatIntelAllowedFQDNs are the allow-list.
	ThreatIntelAllowed      []FirewallTerm
	ThreatIntelAllowedFQDNs []Value[string]
	// IntrusionDetection is what a Premium firewall looks for in what its rules let
	// through (P-29d).
	IntrusionDetection IntrusionDetection
	// DNS settings; whether a child has its parent's is a switch.
	DNSProxy   Value[bool]
	DNSServers []Value[netip.Addr]
	// PrivateRanges are the destinations that are not translated (snat); empty
	// when not set, and then the default holds (S-04).
	PrivateRanges []FirewallTerm
	// AutoLearnPrivateRanges adds learned routes to them; default false.
	AutoLearnPrivateRanges Value[bool]
	// AllowSQLRedirect is sql.allowSqlRedirect; default false.
	AllowSQLRedirect Value[bool]
	// Groups are the rule collection groups; set by Build, by priority and id.
	Groups []*RuleCollectionGroup
	// GroupReferences are the read-only ruleCollectionGroups. One that no input
	// states becomes a Stub of Groups.
	GroupReferences []Reference
	// UnknownGroups stand for any number of groups of which the input tells
	// nothing.
	UnknownGroups []*Unknown
}

// IntrusionDetection of a policy.
type IntrusionDetection struct {
	// Mode; default Off. A child's is at least as strict as its parent's.
	Mode Value[InspectionMode]
	// Signatures are the modes of those signatures that have one of their own.
	Signatures []Value[InspectionMode]
	// Bypass holds what is left alone, as network rules; nil where nothing is.
	Bypass *RuleCollection
}

// MayDeny reports whether what a signature matches is dropped: by the mode of the
// policy, or by that of a signature alone. certain is false where the input does
// not tell.
func (d IntrusionDetection) MayDeny() (may, certain bool) {
	mode, known := d.Mode.Known()
	switch {
	case d.Mode.IsSet() && !known:
		return true, false
	case mode == InspectionDeny:
		return true, true
	case mode != InspectionAlert:
		return false, true
	}
	certain = true
	for _, v := range d.Signatures {
		own, known := v.Known()
		if own == InspectionDeny {
			return true, true
		}
		may, certain = may || !known, certain && known
	}
	return may, certain
}

// RuleCollectionGroup is a
// Microsoft.Network/firewallPolicies/ruleCollectionGroups resource.
type RuleCollectionGroup struct {
	Resource
	// Policy holds the group; set by Build.
	Policy *FirewallPolicy
	// Priority is 100 to 65000; smaller is evaluated earlier.
	Priority Value[int]
	// Collections in input order; by priority and id after Build.
	Collections []*RuleCollection
	// UnknownCollections stand for any number of collections of which the input
	// tells nothing.
	UnknownCollections []*Unknown
}

// IPGroup is a Microsoft.Network/ipGroups resource.
type IPGroup struct {
	Resource
	// Addresses are ranges or unknown, in input order. A rule that names a group
	// without any is skipped.
	Addresses []FirewallTerm
}

// IPGroupAddress is an address that the input adds to an IP group apart from
// it, as Terraform's azurerm_ip_group_cidr does.
type IPGroupAddress struct {
	Group Reference
	Term  FirewallTerm
}
