package plain

import "github.com/wayleave/wayleave/internal/azure"

// ranked is a rule collection with the place of its policy: 0 for the parent
// of all, or for classic rules.
type ranked struct {
	*azure.RuleCollection
	generation int
}

// ruleset is what the rules of a firewall say, in the order in which its
// policies and collections are listed.
type ruleset struct {
	network     *azure.Network
	tags        Tags
	firewall    *azure.AzureFirewall
	collections []ranked
	// own is the generation of the firewall's own policy.
	own int
	// host is the name that the client asks for, empty where nobody tells;
	// resolves tells that it resolves names at the firewall.
	host     string
	resolves bool
	// dnsProxy tells whether names in network rules are resolved at all (P-36).
	dnsProxy match
	// parentProxy is what it is if a policy has its parent's, which is asked by on
	// where that matters.
	parentProxy match
	on          func(Option) bool
	// anyIsThree is the older reading of protocol Any (P-31).
	anyIsThree bool
}

// rulesOf collects the rules of a firewall: the parent policy's before the
// child's (P-04, P-13). The text says what leaves all of them open, if
// anything does.
func rulesOf(network *azure.Network, tags Tags, firewall *azure.AzureFirewall) (*ruleset, string) {
	r := &ruleset{network: network, tags: tags, firewall: firewall, dnsProxy: flag(firewall.DNSProxy)}
	switch policy := firewall.Policy; {
	case firewall.Stub:
		return nil, "no input states the firewall"
	case inHub(firewall):
		return nil, "a firewall in a virtual hub is not modelled (F-17)"
	case policy.IsSet():
		if why := r.inherit(policy); why != "" {
			return nil, why
		}
	case len(firewall.UnknownCollections) > 0:
		return nil, "there may be further rule collections"
	default:
		for _, c := range firewall.RuleCollections {
			r.collections = append(r.collections, ranked{c, 0})
		}
	}
	return r, r.unknown()
}

func inHub(firewall *azure.AzureFirewall) bool {
	return firewall.SKU.Or("") == azure.FirewallInHub || firewall.VirtualHub.IsSet()
}

// flag is what a value says that is false where it is not set.
func flag(v azure.Value[bool]) match {
	switch on, known := v.Known(); {
	case v.IsSet() && !known:
		return maybe
	case on:
		return yes
	}
	return no
}

// inherit collects the rules of a policy and its ancestors. The policy alone
// counts where a firewall has rules of its own as well.
func (r *ruleset) inherit(at azure.Reference) string {
	var line []*azure.FirewallPolicy
	for at.IsSet() {
		policy, found := r.network.FirewallPolicy(at.ID)
		if !found || policy.Stub || len(policy.UnknownGroups) > 0 {
			return "the rules of a firewall policy are not known"
		}
		for _, seen := range line {
			if seen == policy {
				return "a firewall policy is its own parent"
			}
		}
		line = append(line, policy)
		at = policy.Base
	}
	r.dnsProxy = flag(line[0].DNSProxy)
	told := line[0].DNSProxy.IsSet()
	for i, policy := range line {
		if i > 0 && !told && policy.DNSProxy.IsSet() {
			told, r.parentProxy = true, flag(policy.DNSProxy) // whether a child has it is open
		}
		for _, g := range policy.Groups {
			if _, known := g.Priority.Known(); g.Stub || !known || len(g.UnknownCollections) > 0 {
				return "the rules of a firewall policy are not known"
			}
		}
	}
	r.own = len(line) - 1
	for i := len(line) - 1; i >= 0; i-- {
		for _, g := range line[i].Groups {
			for _, c := range g.Collections {
				r.collections = append(r.collections, ranked{c, len(line) - 1 - i})
			}
		}
	}
	return ""
}

// unknown says what the collections themselves leave open.
func (r *ruleset) unknown() string {
	for _, c := range r.collections {
		_, priority := c.Priority.Known()
		_, action := c.Action.Known()
		if !priority || !action || len(c.UnknownRules) > 0 {
			return "rule collection " + c.Name + " is not known in full"
		}
		if c.Action.V == azure.FirewallSNAT {
			return "what the action Snat does is published nowhere (R-15)"
		}
	}
	return ""
}

// before reports whether one collection certainly comes before another of its
// kind. Nobody says in which order equal priorities come: of two collections in
// one group, or of two groups in one policy (P-12).
func (a ranked) before(b ranked) bool {
	switch {
	case a.generation != b.generation:
		return a.generation < b.generation // P-13
	case a.Group != b.Group:
		return a.Group.Priority.V < b.Group.Priority.V
	}
	return a.Priority.V < b.Priority.V
}
