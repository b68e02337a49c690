package terraform

import (
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

// describeFirewalls adds what is read of firewalls, policies and NAT gateways.
func (f *facts) describeFirewalls(n *azure.Network) {
	for _, w := range n.AzureFirewalls {
		f.add("firewall %s %s %s policy=%s ranges=%s", w.Name, word(w.SKU), word(w.ThreatIntelMode), to(w.Policy), firewallSide(w.PrivateRanges))
		for _, c := range w.IPConfigurations {
			f.add("firewall %s/%s %s in %s public=%s", w.Name, c.Name, word(c.PrivateIPAddress), to(c.Subnet), to(c.PublicIPAddress))
		}
		for _, k := range w.RuleCollections {
			f.describeCollection(w.Name, k)
		}
	}
	for _, p := range n.FirewallPolicies {
		f.add("policy %s base=%s %s proxy=%s ranges=%s groups=%d unknown=%d", p.Name, to(p.Base), word(p.ThreatIntelMode), word(p.DNSProxy), firewallSide(p.PrivateRanges), len(p.Groups), len(p.UnknownGroups))
		for _, g := range p.Groups {
			f.add("collections %s/%s %s known=%d unknown=%d", p.Name, g.Name, word(g.Priority), len(g.Collections), len(g.UnknownCollections))
			for _, k := range g.Collections {
				f.describeCollection(g.Name, k)
			}
		}
	}
	for _, g := range n.IPGroups {
		f.add("addresses %s %s", g.Name, firewallSide(g.Addresses))
	}
	for _, g := range n.NATGateways {
		var public []string
		for _, r := range append(g.PublicIPAddresses, g.PublicIPPrefixes...) {
			public = append(public, to(r))
		}
		f.add("nat %s %s", g.Name, strings.Join(public, ","))
	}
}

func (f *facts) describeCollection(holder string, k *azure.RuleCollection) {
	kind := map[azure.FirewallRuleKind]string{azure.NATRule: "nat", azure.NetworkRule: "network", azure.ApplicationRule: "application"}
	f.add("collection %s/%s %s %s %s rules=%d unknown=%d", holder, k.Name, kind[k.Kind], word(k.Priority), word(k.Action), len(k.Rules), len(k.UnknownRules))
	for _, r := range k.Rules {
		var words []string
		for _, p := range r.Protocols {
			words = append(words, word(p))
		}
		for _, p := range r.ApplicationProtocols {
			words = append(words, word(p.Type)+":"+word(p.Port))
		}
		var targets []string
		for _, t := range append(append(append(r.TargetFQDNs, r.FQDNTags...), r.TargetURLs...), r.WebCategories...) {
			targets = append(targets, word(t))
		}
		f.add("filter %s/%s %s %s > %s:%s %s to %s:%s", k.Name, r.Name, strings.Join(words, ","), firewallSide(r.Source.Terms), firewallSide(r.Destination.Terms),
			ports(r.DestinationPorts), strings.Join(targets, ","), word(r.TranslatedAddress)+word(r.TranslatedFQDN), word(r.TranslatedPort))
	}
}

func firewallSide(terms []azure.FirewallTerm) string {
	var words []string
	for _, t := range terms {
		switch t.Kind {
		case azure.FirewallUnknown:
			words = append(words, "?")
		case azure.FirewallIPGroup:
			words = append(words, to(t.Group))
		default:
			words = append(words, t.Text)
		}
	}
	return strings.Join(words, ",")
}
