package azure

import (
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// validateFirewalls reports what Azure would refuse of firewalls and policies.
func (b *builder) validateFirewalls() {
	first := map[ID]*AzureFirewall{}
	for _, f := range b.network.AzureFirewalls {
		if f.Policy.ID != "" && len(f.RuleCollections) > 0 {
			b.topology(f.Rank, diagnostic.Errorf("policy-and-classic-rules", f.RuleCollections[0].At, "the firewall %q has a policy and classic rule collections, which exclude each other (R-12)", f.title()).
				WithRelated(f.Policy.At, "the policy").
				WithHint("move the rules to the policy; of the two, only the policy is used"))
		}
		b.validateFirewallItself(f)
		b.validateFirewallName(&f.Resource, "firewall", maxFirewallName)
		b.validateFirewallPlace(f, first)
		b.validateFirewallLimits(f)
		for _, c := range f.IPConfigurations {
			b.validateFirewallSubnet(f, c)
			b.validateFirewallAddress(f, c)
		}
		for _, k := range f.RuleCollections {
			b.validateFirewallPriority(&k.Resource, k.Priority)
			b.validateFirewallTags(f.Rank, k.Rules)
			b.validateNATPorts(f.Rank, k.Rules)
		}
	}
	for _, p := range b.network.FirewallPolicies {
		b.validatePolicyGroups(p)
		b.validateSQLRedirect(p)
		for _, g := range p.Groups {
			b.validateFirewallPriority(&g.Resource, g.Priority)
			b.validateFirewallName(&g.Resource, "rule collection group", MaxName)
			for _, k := range g.Collections {
				b.validateFirewallPriority(&k.Resource, k.Priority)
				b.validateFirewallTags(g.Rank, k.Rules)
				b.validateNATPorts(g.Rank, k.Rules)
			}
		}
	}
}

// validateFirewallSubnet asks for a subnet of the one name that firewalls stand in,
// and room for their instances.
func (b *builder) validateFirewallSubnet(f *AzureFirewall, c *FirewallIPConfiguration) {
	s, ok := b.network.Subnet(c.Subnet.ID)
	if !ok || s.Stub {
		return
	}
	if !strings.EqualFold(s.Name, "AzureFirewallSubnet") {
		b.topology(f.Rank, diagnostic.Errorf("firewall-subnet", c.Subnet.At, "the firewall %q stands in the subnet %q; firewalls stand in AzureFirewallSubnet alone (R-06)", f.title(), s.Name).
			WithHint("call the subnet AzureFirewallSubnet"))
	}
	for _, v := range s.Prefixes {
		if p, known := v.Known(); known && p.Addr().Is4() && p.Bits() > SmallestFirewallSubnet {
			b.topology(f.Rank, diagnostic.Errorf("firewall-subnet", v.At, "the subnet %q of the firewall %q is a /%d; Azure wants /26 or larger (R-06)", s.Name, f.title(), p.Bits()).
				WithHint("give it a /26, so that the firewall can grow"))
		}
	}
}

// validateFirewallPriority asks for 100 to 65000.
func (b *builder) validateFirewallPriority(r *Resource, priority Value[int]) {
	switch n, known := priority.Known(); {
	case !priority.IsSet():
		b.report(diagnostic.Errorf("missing-property", r.At, "%q has no priority", r.title()).WithHint("write a number from 100 to 65000"))
	case known && (n < MinCollectionPriority || n > MaxCollectionPriority):
		b.topology(r.Rank, diagnostic.Errorf("firewall-priority", priority.At, "the priority %d of %q is not between 100 and 65000", n, r.title()).
			WithHint("choose a number from 100 to 65000; smaller is evaluated earlier"))
	}
}

// validateFirewallItself checks the number of its addresses and that its
// policy asks for no more than it can.
func (b *builder) validateFirewallItself(f *AzureFirewall) {
	if n := len(f.IPConfigurations); n > maxFirewallAddresses {
		b.topology(f.Rank, diagnostic.Errorf("firewall-address", f.At, "the firewall %q has %d public addresses; Azure takes up to %d (R-10)", f.title(), n, maxFirewallAddresses).
			WithHint("put a NAT gateway on its subnet instead"))
	}
	policy, ok := b.network.FirewallPolicy(f.Policy.ID)
	if !ok {
		return
	}
	own, known := f.Tier.Known()
	asked, also := policy.Tier.Known()
	if known && also && slices.Index(firewallTiers, asked) > slices.Index(firewallTiers, own) {
		b.topology(f.Rank, diagnostic.Errorf("firewall-tier", f.Policy.At, "the firewall %q is %s and its policy %q is %s; a policy is of no higher tier (R-33)", f.title(), own, policy.title(), asked).
			WithHint("make the firewall %s, or the policy %s", asked, own))
	}
}

// validateFirewallAddress asks for a Standard, static public address.
func (b *builder) validateFirewallAddress(f *AzureFirewall, c *FirewallIPConfiguration) {
	ip, ok := b.network.PublicIPAddress(c.PublicIPAddress.ID)
	if !ok || ip.Stub {
		return
	}
	for _, v := range []Value[string]{ip.SKU, ip.Allocation} {
		if text, known := v.Known(); known && (strings.EqualFold(text, "Basic") || strings.EqualFold(text, "Dynamic")) {
			b.topology(f.Rank, diagnostic.Errorf("firewall-address", v.At, "the public IP address %q of the firewall %q is %s; Azure wants Standard and Static (R-09)", ip.title(), f.title(), text).
				WithHint("make it Standard and Static"))
		}
	}
}
