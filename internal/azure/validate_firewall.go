package azure

import "github.com/wayleave/wayleave/internal/diagnostic"

// validateFirewalls reports what Azure would refuse of firewalls and policies.
func (b *builder) validateFirewalls() {
	for _, f := range b.network.AzureFirewalls {
		if f.Policy.ID != "" && len(f.RuleCollections) > 0 {
			b.topology(f.Rank, diagnostic.Errorf("policy-and-classic-rules", f.RuleCollections[0].At, "the firewall %q has a policy and classic rule collections, which exclude each other (R-12)", f.title()).
				WithRelated(f.Policy.At, "the policy").
				WithHint("move the rules to the policy; of the two, only the policy is used"))
		}
		for _, k := range f.RuleCollections {
			b.validateFirewallPriority(&k.Resource, k.Priority)
			b.validateFirewallTags(f.Rank, k.Rules)
		}
	}
	for _, p := range b.network.FirewallPolicies {
		for _, g := range p.Groups {
			b.validateFirewallPriority(&g.Resource, g.Priority)
			for _, k := range g.Collections {
				b.validateFirewallPriority(&k.Resource, k.Priority)
				b.validateFirewallTags(g.Rank, k.Rules)
			}
		}
	}
}

// validateFirewallPriority asks for 100 to 65000.
func (b *builder) validateFirewallPriority(r *Resource, priority Value[int]) {
	switch n, known := priority.Known(); {
	case !priority.IsSet():
		b.report(diagnostic.Errorf("missing-property", r.At, "%q has no priority", r.title()).WithHint("write a number from 100 to 65000"))
	case known && (n < 100 || n > 65000):
		b.topology(r.Rank, diagnostic.Errorf("firewall-priority", priority.At, "the priority %d of %q is not between 100 and 65000", n, r.title()).
			WithHint("choose a number from 100 to 65000; smaller is evaluated earlier"))
	}
}
