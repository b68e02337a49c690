package azure

// What Azure takes of a network security group (LIM-1) and of a rule (NSG-1,
// NSG-2). Names of rules, tables and the like have at most MaxName characters.
const (
	MaxRulesPerGroup    = 1000
	MaxPrefixesPerGroup = 4000 // as sources of all rules, and as destinations
	MinPriority         = 100
	MaxPriority         = 4096
	MaxName             = 80
	MaxDescription      = 140

	maxGroupsPerSide = 10
)

// What Azure takes of a route table (LIM-2, RT-15).
const (
	MaxRoutesPerTable    = 400
	MaxTagRoutesPerTable = 25
)

// What Azure takes of a firewall: priorities of rule collections and their groups
// and the longest prefix of its subnet.
const (
	MinCollectionPriority  = 100
	MaxCollectionPriority  = 65000
	SmallestFirewallSubnet = 26
)

// What a firewall has at most.
const (
	maxFirewallName      = 50
	maxFirewallAddresses = 250
	// maxFirewallPairs counts sources times destinations of network rules, an IP
	// group as one of them.
	maxFirewallPairs = 20000
	// maxFirewallTranslations counts public addresses and what NAT rules are for.
	maxFirewallTranslations = 250
	// maxFirewallNames counts names in network rules.
	maxFirewallNames = 1000
	// A policy made after July 2022 has as many groups; a later page says more.
	maxPolicyGroups      = 60
	maxPolicyGroupsLater = 90
	// The last port that a NAT rule takes for certain, and the one that only some
	// pages allow.
	maxNATPort         = 63999
	maxNATPortDisputed = 64000
)

// SQL redirects its clients to these ports.
const firstRedirectPort, lastRedirectPort = 11000, 11999
