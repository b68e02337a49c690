package azure

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// validateFirewallName asks for the form that a firewall's name has, or
// that of a group of its policy. A name that holds an expression is not
// known yet.
func (b *builder) validateFirewallName(r *Resource, what string, most int) {
	if r.Stub || r.Name == "" || strings.ContainsAny(r.Name, "[]${}()") || isName(r.Name, most) {
		return
	}
	b.topology(r.Rank, diagnostic.Errorf("firewall-name", r.At, "the name %q of a %s is not valid", shown(r.Name), what).
		WithHint("use 1 to %d letters, digits, '_', '.' and '-', first a letter or digit, last a letter, digit or '_'", most))
}

// validateFirewallPlace asks for one firewall in a virtual network; first
// holds the first one of each.
func (b *builder) validateFirewallPlace(f *AzureFirewall, first map[ID]*AzureFirewall) {
	for _, c := range f.IPConfigurations {
		s, ok := b.network.Subnet(c.Subnet.ID)
		if !ok {
			continue
		}
		network := s.VirtualNetwork.ID
		if other := first[network]; other != nil && other != f {
			b.report(diagnostic.Warningf("second-firewall", f.At, "the firewall %q stands in the virtual network %q, which has the firewall %q already; Azure takes one (R-08)", f.title(), s.VirtualNetwork.Name, other.title()).
				WithRelated(other.At, "the other firewall").
				WithHint("send the traffic of both to one firewall, or give the second a virtual network of its own"))
		} else {
			first[network] = f
		}
	}
}

// validatePolicyGroups counts the groups of a policy.
func (b *builder) validatePolicyGroups(p *FirewallPolicy) {
	switch n := len(p.Groups); {
	case n > maxPolicyGroupsLater:
		b.topology(p.Rank, diagnostic.Errorf("limit", p.At, "the firewall policy %q has %d rule collection groups; Azure takes up to %d (R-40)", p.title(), n, maxPolicyGroups).
			WithHint("put more collections into one group"))
	case n > maxPolicyGroups:
		b.report(diagnostic.Warningf("limit", p.At, "the firewall policy %q has %d rule collection groups; documented are %d, on a later page %d (R-40)", p.title(), n, maxPolicyGroups, maxPolicyGroupsLater).
			WithHint("put more collections into one group"))
	}
}

// validateSQLRedirect asks for rules without the ports to which SQL redirects
// where the policy follows the redirection itself. Every port is no port
// that a rule names.
func (b *builder) validateSQLRedirect(p *FirewallPolicy) {
	if !p.AllowSQLRedirect.Or(false) {
		return
	}
	for _, k := range p.collections() {
		for _, r := range k.Rules {
			for _, t := range r.DestinationPorts.Terms {
				if t.Unknown == nil && t.Last >= firstRedirectPort && t.First <= lastRedirectPort && !(t.First <= 1 && t.Last == 65535) {
					b.topology(p.Rank, diagnostic.Errorf("sql-redirect", r.DestinationPorts.At, "the rule %q names ports from %d to %d, and the policy %q allows SQL redirection, which wants no rule for them (R-35)", r.Name, firstRedirectPort, lastRedirectPort, p.title()).
						WithRelated(p.AllowSQLRedirect.At, "SQL redirection").
						WithHint("leave the ports out of the rule, or turn SQL redirection off"))
					break
				}
			}
		}
	}
}

// collections are those of all groups of a policy.
func (p *FirewallPolicy) collections() []*RuleCollection {
	var all []*RuleCollection
	for _, g := range p.Groups {
		all = append(all, g.Collections...)
	}
	return all
}

// validateFirewallLimits counts what a firewall's rules hold together: its own, or
// those of its policy and the policy's ancestors. The figures are those of today
// and were others before, so that more than they say is a warning.
func (b *builder) validateFirewallLimits(f *AzureFirewall) {
	collections := f.RuleCollections
	if f.Policy.IsSet() {
		collections = nil
		seen := map[ID]bool{}
		for at := f.Policy.ID; !seen[at]; {
			seen[at] = true
			p, ok := b.network.FirewallPolicy(at)
			if !ok {
				break
			}
			collections, at = append(collections, p.collections()...), p.Base.ID
		}
	}
	pairs, names, translated := 0, map[string]bool{}, map[string]bool{}
	for _, k := range collections {
		for _, r := range k.Rules {
			switch r.Kind {
			case NetworkRule:
				pairs += distinct(r.Source) * distinct(r.Destination)
				for _, t := range r.Destination.Terms {
					if t.Kind == FirewallName {
						names[strings.ToLower(t.Name)] = true
					}
				}
			case NATRule:
				for _, d := range r.Destination.Terms {
					for _, p := range r.Protocols {
						for _, t := range r.DestinationPorts.Terms {
							translated[d.key()+valueText(p)+strconv.Itoa(int(t.First))] = true
						}
					}
				}
			}
		}
	}
	for _, row := range []struct {
		n, most int
		what    string
		hint    string
	}{
		{pairs, maxFirewallPairs, "pairs of source and destination in network rules", "put addresses into IP groups, each of which counts as one"},
		{len(names), maxFirewallNames, "names in network rules", "use application rules, or service tags"},
		{len(f.IPConfigurations) + len(translated), maxFirewallTranslations, "public addresses and destinations of NAT rules together", "translate fewer ports, or use a second firewall"},
	} {
		if row.n > row.most && len(collections) > 0 {
			b.report(diagnostic.Warningf("limit", f.At, "the firewall %q has %d %s; documented are %d (R-40, R-41)", f.title(), row.n, row.what, row.most).WithHint("%s", row.hint))
		}
	}
}

// distinct counts the terms of a side, each once, an IP group as one.
func distinct(s FirewallSide) int {
	keys := map[string]bool{}
	for _, t := range s.Terms {
		keys[t.key()] = true
	}
	return len(keys)
}

// validateNATPorts asks for ports that NAT rules take; of the last one pages say
// either (U-14).
func (b *builder) validateNATPorts(rank Rank, rules []*FirewallRule) {
	for _, r := range rules {
		if r.Kind != NATRule {
			continue
		}
		for _, t := range r.DestinationPorts.Terms {
			hint := fmt.Sprintf("choose a port up to %d", maxNATPort)
			switch {
			case t.Unknown != nil || t.Last <= maxNATPort || t.First == 0 && t.Last == 65535:
			case t.Last == maxNATPortDisputed:
				b.report(diagnostic.Warningf("nat-port", r.DestinationPorts.At, "the NAT rule %q is for port %d; by some pages the last one is %d (U-14)", r.Name, t.Last, maxNATPort).WithHint("%s", hint))
			default:
				b.topology(rank, diagnostic.Errorf("nat-port", r.DestinationPorts.At, "the NAT rule %q is for port %d; a NAT rule takes ports up to %d (U-14)", r.Name, t.Last, maxNATPort).WithHint("%s", hint))
			}
		}
	}
}
