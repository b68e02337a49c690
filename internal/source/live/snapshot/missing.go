package snapshot

import (
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
)

// Schema is the name and version of the document.
const Schema = "wayleave.snapshot/v1"

// TypeAll stands for the list of all resources of a scope, which tells what
// there is beside the types that are read in full.
const TypeAll = "Microsoft.Resources/resources"

// Missing is a list of resources that is not in a snapshot.
type Missing struct {
	// Type of the resources, in Azure's spelling, or TypeAll.
	Type string `json:"type"`
	// Scope is the id of the subscription, resource group or parent resource.
	Scope string `json:"scope"`
	// Reason says in words why.
	Reason string `json:"reason"`
}

// Diagnostic is the warning about what is missing, at a place.
func (m Missing) Diagnostic(at diagnostic.Position) diagnostic.Diagnostic {
	d := diagnostic.Warningf("missing-from-snapshot", at, "%s of %s could not be read: %s", m.Type, m.Scope, m.Reason).
		WithDetail("%s", m.Effect())
	if strings.Contains(m.Reason, "permission") {
		d = d.WithHint("give the sign-in the role of docs/reader-role.json, or Reader, and pull again")
	}
	return d
}

// Effect says what verdicts leave out because of it.
func (m Missing) Effect() string {
	if e, ok := effects[strings.ToLower(m.Type)]; ok {
		return e
	}
	if _, ok := azure.ServiceKindOf(m.Type); ok {
		return "services of this type there are not found by themselves: name them with --service and --subnet"
	}
	return "what depends on them is not known"
}

// Types of network managers, their security admin rules and what those are for.
const (
	TypeNetworkManager  = "Microsoft.Network/networkManagers"
	TypeAdminSettings   = TypeNetworkManager + "/securityAdminConfigurations"
	TypeAdminCollection = TypeAdminSettings + "/ruleCollections"
	TypeNetworkGroup    = TypeNetworkManager + "/networkGroups"
)

const (
	adminRules = "security admin rules of the network manager, which come before security groups, are not known: what they may decide is undecided"
	members    = "for which networks security admin rules are is not known"
)

const learned = "the routes learned from a gateway are not known"

// effects of missing lists, by type in lower case.
var effects = folded(map[string]string{
	TypeAll:                                                   "what else there is, such as managed services and gateways, is not known",
	azure.TypeVirtualNetwork:                                  "the networks, subnets and peerings there are not known",
	azure.TypeNetworkSecurityGroup:                            "what meets a security group there is undecided",
	azure.TypeRouteTable:                                      "what leaves a subnet with a route table there is undecided",
	azure.TypeNetworkInterface:                                "security groups of network interfaces there, their addresses and the members of application security groups are not known",
	azure.TypeApplicationSecurityGroup:                        "rules that name an application security group there are undecided",
	azure.TypePublicIPAddress:                                 "public addresses there and whether they are Standard are not known",
	azure.TypeIntegrationServiceEnv:                           "integration service environments there are not found by themselves: name them with --service and --subnet",
	"Microsoft.Network/publicIPPrefixes":                      "the public address of outbound traffic is not known",
	"Microsoft.Network/natGateways":                           "the public address of outbound traffic is not known",
	"Microsoft.Network/azureFirewalls":                        "traffic routed to a firewall is followed up to it",
	"Microsoft.Network/firewallPolicies":                      "the rules of firewalls are not known",
	"Microsoft.Network/firewallPolicies/ruleCollectionGroups": "the rules of the firewall policy are not known",
	"Microsoft.Network/ipGroups":                              "firewall rules that name an IP group are undecided",
	"Microsoft.Network/privateEndpoints":                      "the routes of private endpoints are not known",
	"Microsoft.Network/loadBalancers":                         "frontends and outbound rules of load balancers are not known",
	"Microsoft.Network/virtualHubs":                           "the routes of a virtual hub are not known",
	"Microsoft.Network/virtualNetworkGateways":                learned,
	"Microsoft.Network/localNetworkGateways":                  learned,
	"Microsoft.Network/connections":                           learned,
	TypeNetworkManager:                                        "security admin rules, which come before security groups, are not known: verdicts hold where no network manager has a say",
	TypeAdminSettings:                                         adminRules,
	TypeAdminCollection:                                       adminRules,
	azure.TypeAdminRule:                                       adminRules,
	TypeNetworkGroup:                                          members,
	TypeNetworkGroup + "/staticMembers":                       members,
})

func folded(m map[string]string) map[string]string {
	lower := map[string]string{}
	for name, text := range m {
		lower[strings.ToLower(name)] = text
	}
	return lower
}
