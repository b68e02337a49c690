package live

import (
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/source/live/snapshot"
)

// kind is a type of resource that a snapshot holds, and how Azure lists it.
type kind struct {
	// name is the type, in Azure's spelling.
	name string
	// versions of the API, the first that the cloud serves is used.
	versions []string
	// groupOnly types can be listed by resource group but not by subscription.
	groupOnly bool
	// parent is the type of which each resource holds a list of this one. The
	// parents are known from their own list, or from that of all resources.
	parent string
	// found types are read only where the list of all resources shows one: most
	// subscriptions have none.
	found bool
	// members are the properties that are kept, all of them where there are none.
	members []string
}

// Versions of the API. Clouds other than the public one are some months
// behind.
var (
	networkVersions  = []string{"2025-01-01", "2024-05-01", "2023-09-01"}
	logicVersions    = []string{"2019-05-01"}
	resourceVersions = []string{"2021-04-01"}
)

// typeFirewallPolicy is a type whose list leads to others.
const typeFirewallPolicy = "Microsoft.Network/firewallPolicies"

// kinds are read in full, in the order in which they are asked for, those of
// managed services after those of the network.
//
// https://learn.microsoft.com/rest/api/virtualnetwork, .../networkmanager and
// .../logic, read 2026-11.
var kinds = append([]kind{
	{name: "Microsoft.Network/virtualNetworks", versions: networkVersions},
	{name: "Microsoft.Network/networkSecurityGroups", versions: networkVersions},
	{name: "Microsoft.Network/routeTables", versions: networkVersions},
	{name: "Microsoft.Network/networkInterfaces", versions: networkVersions},
	{name: "Microsoft.Network/applicationSecurityGroups", versions: networkVersions},
	{name: "Microsoft.Network/publicIPAddresses", versions: networkVersions},
	{name: "Microsoft.Network/publicIPPrefixes", versions: networkVersions},
	{name: "Microsoft.Network/natGateways", versions: networkVersions},
	{name: "Microsoft.Network/azureFirewalls", versions: networkVersions},
	{name: typeFirewallPolicy, versions: networkVersions},
	{name: "Microsoft.Network/firewallPolicies/ruleCollectionGroups", versions: networkVersions, parent: typeFirewallPolicy},
	{name: "Microsoft.Network/ipGroups", versions: networkVersions},
	{name: "Microsoft.Network/privateEndpoints", versions: networkVersions},
	{name: "Microsoft.Network/loadBalancers", versions: networkVersions},
	{name: "Microsoft.Network/virtualHubs", versions: networkVersions},
	{name: "Microsoft.Network/virtualNetworkGateways", versions: networkVersions, groupOnly: true},
	{name: "Microsoft.Network/localNetworkGateways", versions: networkVersions, groupOnly: true},
	{name: "Microsoft.Network/connections", versions: networkVersions, groupOnly: true},
	{name: snapshot.TypeNetworkManager, versions: networkVersions},
	{name: snapshot.TypeAdminSettings, versions: networkVersions, parent: snapshot.TypeNetworkManager},
	{name: snapshot.TypeAdminCollection, versions: networkVersions, parent: snapshot.TypeAdminSettings},
	{name: azure.TypeAdminRule, versions: networkVersions, parent: snapshot.TypeAdminCollection},
	{name: snapshot.TypeNetworkGroup, versions: networkVersions, parent: snapshot.TypeNetworkManager},
	{name: snapshot.TypeNetworkGroup + "/staticMembers", versions: networkVersions, parent: snapshot.TypeNetworkGroup},
	{name: "Microsoft.Logic/integrationServiceEnvironments", versions: logicVersions},
}, services()...)

// all is the list of all resources, of which the network's other types are
// kept by name.
var all = kind{name: snapshot.TypeAll, versions: resourceVersions}

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

// kept reports whether a kind is read, and its resources stand in the snapshot.
func kept(name string) bool {
	_, ok := kindNamed(name)
	return ok
}

// isParent reports whether each resource of a type holds a list of a kind.
func isParent(typ string) bool {
	return slices.ContainsFunc(kinds, func(k kind) bool { return strings.EqualFold(k.parent, typ) })
}

// depth is how many lists lead to that of the kind.
func (k kind) depth() int {
	if k.parent == "" {
		return 0
	}
	if of, ok := kindNamed(k.parent); ok {
		return of.depth() + 1
	}
	return 1
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
