package azuretest

import (
	"fmt"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

// Admin is a collection of security admin rules for the virtual networks, a
// list of names, that are members of its network group; no name states no
// members. "other/k" is collection k of the network manager other.
func Admin(name, members string, items ...Item) Item {
	return func(s *scope) {
		manager, own, ok := strings.Cut(name, "/")
		if !ok {
			manager, own = "m", name
		}
		at := func(typ, path string) azure.Resource {
			return s.resource(typ, resourceID("Microsoft.Network/networkManagers", manager+path))
		}
		config := &azure.AdminConfiguration{Resource: at(azure.TypeAdminConfiguration, "/securityAdminConfigurations/"+own)}
		config.Manager = azure.Ref(resourceID("Microsoft.Network/networkManagers", manager), s.at())
		group := at(azure.TypeNetworkGroup, "/networkGroups/"+own)
		collection := &azure.AdminCollection{Resource: at(azure.TypeAdminCollection, "/securityAdminConfigurations/"+own+"/ruleCollections/"+own)}
		collection.Configuration = azure.Ref(string(config.ID), s.at())
		collection.NetworkGroups = []azure.Reference{azure.Ref(string(group.ID), s.at())}
		s.inventory.AdminConfigurations = append(s.inventory.AdminConfigurations, config)
		s.inventory.AdminCollections = append(s.inventory.AdminCollections, collection)
		for _, v := range list(members) {
			m := &azure.NetworkGroupMember{Resource: at(azure.TypeNetworkGroupMember, "/networkGroups/"+own+"/staticMembers/"+v)}
			m.Group, m.Member = azure.Ref(string(group.ID), s.at()), azure.Ref(string(VNetID(v)), s.at())
			s.inventory.NetworkGroupMembers = append(s.inventory.NetworkGroupMembers, m)
		}
		inner := *s
		inner.admin, inner.adminConfig, inner.networkGroups = collection, config, resourceID("Microsoft.Network/networkManagers", manager+"/networkGroups/")
		inner.all(items)
	}
}

// IntentPolicies is applyOnNetworkIntentPolicyBasedServices of the configuration
// around it.
func IntentPolicies(text string) Item {
	return func(s *scope) { s.adminConfig.IntentPolicies = []azure.Value[string]{s.text(text)} }
}

// AdminRule is a rule of the collection around it; sides are "*", or lists of
// prefixes, service tags and "group:NAME".
func AdminRule(access, direction string, priority int, protocol, source, destination, ports string) Item {
	return func(s *scope) {
		name := strings.ToLower(fmt.Sprintf("%s-%s-%d", access, direction, priority))
		r := &azure.AdminRule{Resource: s.resource(azure.TypeAdminRule, string(s.admin.ID)+"/rules/"+name), Collection: azure.Ref(string(s.admin.ID), s.at())}
		r.Direction, _ = azure.ParseDirection(direction, s.at())
		r.Access, _ = azure.ParseAdminAccess(access, s.at())
		r.Priority, r.Protocol = azure.Of(priority, s.at()), s.text(protocol)
		r.Sources, r.Destinations = s.adminSide(source), s.adminSide(destination)
		r.DestinationPorts, _ = azure.MakePorts("destination ports", azure.PortFields{Plural: s.texts(ports), At: s.at()})
		s.inventory.AdminRules = append(s.inventory.AdminRules, r)
	}
}

func (s *scope) adminSide(text string) []azure.AdminAddress {
	var side []azure.AdminAddress
	for _, item := range list(text) {
		kind := "IPPrefix"
		if name, ok := strings.CutPrefix(item, "group:"); ok {
			kind, item = "NetworkGroup", s.networkGroups+name
		} else if item != "*" && !strings.ContainsAny(item, "/.:") {
			kind = "ServiceTag"
		}
		side = append(side, azure.AdminAddress{Kind: s.text(kind), Text: s.text(item), At: s.at()})
	}
	return side
}
