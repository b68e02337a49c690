package azure

import (
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// groupTags are the service tags that only security groups know (PLAT-5,
// P-34).
var groupTags = []string{"VirtualNetwork", "Internet", "AzureLoadBalancer", "AzurePlatformDNS", "AzurePlatformIMDS", "AzurePlatformLKM"}

// validateFirewallTags refuses service tags where a firewall's rule takes none:
// as source (TAG-52), and as destination those of security groups.
func (b *builder) validateFirewallTags(rank Rank, rules []*FirewallRule) {
	for _, rule := range rules {
		if len(rule.FQDNTags) > 0 && rule.Kind != ApplicationRule {
			b.topology(rank, diagnostic.Errorf("firewall-tag", rule.FQDNTags[0].At, "the firewall rule %q names FQDN tags; only application rules take them (P-29a)", rule.Name).
				WithHint("make it an application rule, or name the service tag as destination"))
		}
		for _, t := range rule.Source.Terms {
			if t.Kind == FirewallTag {
				b.topology(rank, diagnostic.Errorf("firewall-tag", t.At, "the firewall rule %q has the source %q; a firewall takes service tags as destination only", rule.Name, t.Name).
					WithHint("write the prefixes, or an IP group that holds them"))
			}
		}
		for _, t := range rule.Destination.Terms {
			if t.Kind == FirewallTag && slices.ContainsFunc(groupTags, func(name string) bool { return strings.EqualFold(name, t.Name) }) {
				b.topology(rank, diagnostic.Errorf("firewall-tag", t.At, "the firewall rule %q has the destination %q, a service tag of security groups alone", rule.Name, t.Name).
					WithHint("write the prefixes, or * for every address"))
			}
		}
	}
}
