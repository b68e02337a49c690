package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

var firewallIgnored = Check{
	Code:   "firewall-ignored",
	Title:  "a setting of a firewall that does nothing",
	Text:   "A rule whose IP groups are empty is skipped (R-38). A network rule that names its destination matches nothing while the DNS proxy is off (P-36). The private ranges of a firewall do not count beside a policy, which has its own (R-13).",
	Avoid:  "a network rule to sftp.example, and the DNS proxy off",
	Prefer: "the DNS proxy on, and the firewall as DNS server of the networks; or addresses",
}

func runFirewallIgnored(r *run) {
	for _, f := range r.fabric.Network().AzureFirewalls {
		if f.Policy.IsSet() && len(f.PrivateRanges) > 0 {
			r.add(Finding{
				Code: firewallIgnored.Code, Resource: f.Label(), At: f.PrivateRanges[0].At,
				Message: fmt.Sprintf("the private ranges of firewall %s do not count: it has the policy %s", f.Name, f.Policy.ID.Name()),
				Hint:    "state them in the policy (snat.privateRanges), or remove them",
			})
		}
		if f.Policy.IsSet() {
			continue
		}
		r.skippedRules(f.RuleCollections, f.DNSProxy)
	}
	for _, p := range r.fabric.Network().FirewallPolicies {
		proxy := p.DNSProxy
		if p.Base.IsSet() { // it may have its parent's
			proxy = azure.Of(true, p.At)
		}
		for _, g := range p.Groups {
			r.skippedRules(g.Collections, proxy)
		}
	}
}

// skippedRules reports the rules that match nothing.
func (r *run) skippedRules(collections []*azure.RuleCollection, proxy azure.Value[bool]) {
	for _, k := range collections {
		for _, rule := range k.Rules {
			why, hint := "", ""
			switch groups := append(r.emptyGroups(rule.Source), r.emptyGroups(rule.Destination)...); {
			case len(groups) > 0:
				why, hint = fmt.Sprintf("IP group %s is empty", strings.Join(groups, ", ")), "fill the group; an empty one is no any"
			case rule.Kind == azure.NetworkRule && onlyNames(rule.Destination) && proxy.Unknown == nil && !proxy.Or(false):
				why, hint = "it names its destination, and the DNS proxy is off", "turn the DNS proxy on and make the firewall the DNS server of the networks, or name addresses"
			default:
				continue
			}
			r.add(Finding{
				Code: firewallIgnored.Code, Resource: rule.Label(), Name: rule.Name, At: rule.At,
				Message: fmt.Sprintf("rule %s of collection %s matches nothing: %s", rule.Name, k.Name, why), Hint: hint,
			})
		}
	}
}

// emptyGroups are the names of the IP groups that a side consists of, where all
// are empty.
func (r *run) emptyGroups(side azure.FirewallSide) []string {
	var names []string
	for _, t := range side.Terms {
		if t.Kind != azure.FirewallIPGroup {
			return nil
		}
		g, ok := r.fabric.Network().IPGroup(t.Group.ID)
		if !ok || g.Stub || len(g.Addresses) > 0 {
			return nil
		}
		names = append(names, g.Name)
	}
	return names
}

func onlyNames(side azure.FirewallSide) bool {
	return len(side.Terms) > 0 && !slices.ContainsFunc(side.Terms, func(t azure.FirewallTerm) bool { return t.Kind != azure.FirewallName })
}
