package plain

import "github.com/wayleave/wayleave/internal/azure"

// collections are those of a firewall in the order of their evaluation: the
// parent policy's before the child's (P-04, P-13). The mode is the strictest
// of threat intelligence and intrusion detection on the way. The text
// says what is not known, if anything.
func (f *firewallPass) collections(firewall *azure.AzureFirewall) ([]*azure.RuleCollection, azure.InspectionMode, string) {
	policy := firewall.Policy
	switch {
	case firewall.Stub:
		return nil, "", "no input states the firewall"
	case firewall.SKU.Or("") == azure.FirewallInHub || firewall.VirtualHub.Text != "" || firewall.VirtualHub.Unknown != nil:
		return nil, "", "a firewall in a virtual hub is not modelled"
	case len(firewall.UnknownCollections) > 0:
		return nil, "", "there may be further rule collections"
	case policy.ID == "" && policy.Unknown == nil:
		return firewall.RuleCollections, modeOf(firewall.ThreatIntelMode, azure.InspectionAlert), ""
	case len(firewall.RuleCollections) > 0:
		return nil, "", "a firewall has a policy or rules of its own, not both (R-12)"
	}
	return f.policyCollections(policy)
}

func (f *firewallPass) policyCollections(at azure.Reference) ([]*azure.RuleCollection, azure.InspectionMode, string) {
	var all []*azure.RuleCollection
	mode := azure.InspectionOff
	seen := map[azure.ID]bool{}
	for at.ID != "" || at.Unknown != nil {
		policy, found := f.network.FirewallPolicy(at.ID)
		if !found || policy.Stub || len(policy.UnknownGroups) > 0 || seen[at.ID] {
			return nil, "", "the rules of a firewall policy are not known"
		}
		seen[at.ID] = true
		var own []*azure.RuleCollection
		for _, g := range policy.Groups {
			if _, known := g.Priority.Known(); g.Stub || !known || len(g.UnknownCollections) > 0 {
				return nil, "", "the rules of a firewall policy are not known"
			}
			own = append(own, g.Collections...)
		}
		all = append(own, all...)
		for _, m := range []azure.InspectionMode{modeOf(policy.ThreatIntelMode, azure.InspectionAlert), modeOf(policy.IntrusionDetection, azure.InspectionOff)} {
			if m == azure.InspectionDeny {
				mode = m
			}
		}
		at = policy.Base
	}
	return all, mode, ""
}

// modeOf takes an unknown mode for the strictest.
func modeOf(v azure.Value[azure.InspectionMode], otherwise azure.InspectionMode) azure.InspectionMode {
	if v.Unknown != nil {
		return azure.InspectionDeny
	}
	return v.Or(otherwise)
}

// unknownIn says what the collections themselves leave open.
func unknownIn(all []*azure.RuleCollection) string {
	for _, c := range all {
		_, priority := c.Priority.Known()
		_, action := c.Action.Known()
		if !priority || !action || len(c.UnknownRules) > 0 {
			return "rule collection " + c.Name + " is not known in full"
		}
	}
	return ""
}

// sameRank reports whether the order of two collections is not documented:
// equal priorities in one group, or groups of equal priority in one policy (P-12).
func sameRank(a, b *azure.RuleCollection) bool {
	switch {
	case a.Group == b.Group:
		return a.Priority.V == b.Priority.V
	case a.Group == nil || b.Group == nil:
		return false
	}
	return a.Group.Policy == b.Group.Policy && a.Group.Priority.V == b.Group.Priority.V
}
