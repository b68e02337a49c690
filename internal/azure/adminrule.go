package azure

// AdminAccess is what a security admin rule does (ADM-2).
type AdminAccess string

// Accesses of security admin rules.
const (
	// AdminAllow leaves the decision to the security groups.
	AdminAllow AdminAccess = "Allow"
	// AdminDeny drops, whatever the security groups say.
	AdminDeny AdminAccess = "Deny"
	// AdminAlwaysAllow passes, whatever the security groups say.
	AdminAlwaysAllow AdminAccess = "AlwaysAllow"
)

// AdminRule is a Microsoft.Network/networkManagers/securityAdminConfigurations/
// ruleCollections/rules resource: it comes before the security groups (ADM-1).
type AdminRule struct {
	Resource
	// Collection the rule belongs to; that tells the network groups it is for.
	Collection Reference
	Direction  Value[Direction]
	Access     Value[AdminAccess]
	// Priority is 1 to 4096; smaller is evaluated earlier (ADM-3).
	Priority Value[int]
	// Protocol is Tcp, Udp, Icmp, Esp, Ah or Any, as written (ADM-8).
	Protocol Value[string]
	// Sources and Destinations are prefixes, service tags and network groups.
	Sources, Destinations         []AdminAddress
	SourcePorts, DestinationPorts Ports
	// Match is what the rule matches, as fields of a security rule; its Access
	// counts for nothing. Set by Build.
	Match *SecurityRule
}

// AdminAddress is an element of an admin rule's source or destination (ADM-8).
type AdminAddress struct {
	// Kind is IPPrefix, ServiceTag or NetworkGroup, as written.
	Kind Value[string]
	Text Value[string]
	At   Position
}

// AdminConfiguration is a Microsoft.Network/networkManagers/
// securityAdminConfigurations resource.
type AdminConfiguration struct {
	Resource
	// Manager the configuration belongs to.
	Manager Reference
	// IntentPolicies is applyOnNetworkIntentPolicyBasedServices: None,
	// AllowRulesOnly, All; empty means None (ADM-6).
	IntentPolicies []Value[string]
}

// AdminCollection is a Microsoft.Network/networkManagers/
// securityAdminConfigurations/ruleCollections resource.
type AdminCollection struct {
	Resource
	Configuration Reference
	// NetworkGroups the rules are for (ADM-1).
	NetworkGroups []Reference
}

// NetworkGroup is a Microsoft.Network/networkManagers/networkGroups resource.
type NetworkGroup struct {
	Resource
}

// NetworkGroupMember is a Microsoft.Network/networkManagers/networkGroups/
// staticMembers resource: a virtual network or a subnet.
type NetworkGroupMember struct {
	Resource
	Group, Member Reference
}

// AppliedAdminRule is a security admin rule that comes before the security
// groups of a subnet.
type AppliedAdminRule struct {
	Rule *AdminRule
	// Doubt says why it is not known whether the rule applies; nil if it does.
	Doubt *Unknown
}
