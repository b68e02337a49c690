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
