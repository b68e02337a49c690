package live

import "strings"

// kind is a type of resource that a snapshot holds, and how Azure lists it.
type kind struct {
	// name is the type, in Azure's spelling.
	name string
	// versions of the API, the first that the cloud serves is used.
	versions []string
	// groupOnly types can be listed by resource group but not by subscription.
	groupOnly bool
	// parent is the type of which each resource holds a list of this one.
	parent string
	// effect says what verdicts leave out where the list is missing.
	effect string
}

// Versions of the API. Clouds other than the public one are some months
// behind.
var (
	networkVersions  = []string{"2025-01-01", "2024-05-01", "2023-09-01"}
	logicVersions    = []string{"2019-05-01"}
	resourceVersions = []string{"2021-04-01"}
)

// typeAll stands for the list of all resources of a scope, which tells what
// there is beside the kinds.
const typeAll = "Microsoft.Resources/resources"

// Types whose lists lead to others.
const (
	typeFirewallPolicy = "Microsoft.Network/firewallPolicies"
	typeInterface      = "Microsoft.Network/networkInterfaces"
)

const effectLearned = "the routes learned from a gateway are not known"

// kinds are read in full, in the order in which they are asked for.
//
// https://learn.microsoft.com/rest/api/virtualnetwork and .../logic, read
// 2026-11.
var kinds = []kind{
	{name: "Microsoft.Network/virtualNetworks", versions: networkVersions,
		effect: "the networks, subnets and peerings there are not known"},
	{name: "Microsoft.Network/networkSecurityGroups", versions: networkVersions,
		effect: "what meets a security group there is undecided"},
	{name: "Microsoft.Network/routeTables", versions: networkVersions,
		effect: "what leaves a subnet with a route table there is undecided"},
	{name: typeInterface, versions: networkVersions,
		effect: "security groups of network interfaces there, their addresses and the members of application security groups are not known"},
	{name: "Microsoft.Network/applicationSecurityGroups", versions: networkVersions,
		effect: "rules that name an application security group there are undecided"},
	{name: "Microsoft.Network/publicIPAddresses", versions: networkVersions,
		effect: "public addresses there and whether they are Standard are not known"},
	{name: "Microsoft.Network/publicIPPrefixes", versions: networkVersions,
		effect: "the public address of outbound traffic is not known"},
	{name: "Microsoft.Network/natGateways", versions: networkVersions,
		effect: "the public address of outbound traffic is not known"},
	{name: "Microsoft.Network/azureFirewalls", versions: networkVersions,
		effect: "traffic routed to a firewall is followed up to it"},
	{name: typeFirewallPolicy, versions: networkVersions,
		effect: "the rules of firewalls are not known"},
	{name: "Microsoft.Network/firewallPolicies/ruleCollectionGroups", versions: networkVersions, parent: typeFirewallPolicy,
		effect: "the rules of the firewall policy are not known"},
	{name: "Microsoft.Network/ipGroups", versions: networkVersions,
		effect: "firewall rules that name an IP group are undecided"},
	{name: "Microsoft.Network/privateEndpoints", versions: networkVersions,
		effect: "the routes of private endpoints are not known"},
	{name: "Microsoft.Network/loadBalancers", versions: networkVersions,
		effect: "frontends and outbound rules of load balancers are not known"},
	{name: "Microsoft.Network/virtualHubs", versions: networkVersions,
		effect: "the routes of a virtual hub are not known"},
	{name: "Microsoft.Network/virtualNetworkGateways", versions: networkVersions, groupOnly: true, effect: effectLearned},
	{name: "Microsoft.Network/localNetworkGateways", versions: networkVersions, groupOnly: true, effect: effectLearned},
	{name: "Microsoft.Network/connections", versions: networkVersions, groupOnly: true, effect: effectLearned},
	{name: "Microsoft.Logic/integrationServiceEnvironments", versions: logicVersions,
		effect: "integration service environments there are not found by themselves: name them with --service and --subnet"},
}

// all is the list of all resources, of which the network's other types are
// kept by name.
var all = kind{name: typeAll, versions: resourceVersions,
	effect: "what else there is, such as application gateways, network managers and gateways, is not known"}

// kindNamed finds a kind by its type, with case folded; all among them.
func kindNamed(name string) (kind, bool) {
	if strings.EqualFold(name, all.name) {
		return all, true
	}
	for _, k := range kinds {
		if strings.EqualFold(k.name, name) {
			return k, true
		}
	}
	return kind{}, false
}

// keptByName reports whether a resource of the list of all resources stands in
// the snapshot as listed, without its properties: the types of the network that
// are not read in full.
func keptByName(typ string) bool {
	_, full := kindNamed(typ)
	return !full && strings.HasPrefix(strings.ToLower(typ), "microsoft.network/")
}

// last is the last part of a type: "routeTables".
func (k kind) last() string { return k.name[strings.LastIndexByte(k.name, '/')+1:] }

// action is the permission that the list of a scope needs.
//
// https://learn.microsoft.com/azure/role-based-access-control/permissions/networking
// and .../management-and-governance, read 2026-11.
func (k kind) action(s scope) string {
	switch {
	case k.name != all.name:
		return k.name + "/read"
	case s.group == "":
		return "Microsoft.Resources/subscriptions/resources/read"
	}
	return "Microsoft.Resources/subscriptions/resourceGroups/resources/read"
}
