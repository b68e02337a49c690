package plain

import "github.com/wayleave/wayleave/internal/azure"

// signature is the end of a packet that a firewall's rules let through and its
// intrusion detection drops (P-29d), or nil: which signatures it matches stands in
// no packet that is asked about, and is none unless the switches say otherwise.
func (a *asking) signature(rules *ruleset, f *azure.AzureFirewall, p Packet) *Answer {
	if !a.given(SignaturesMatch) {
		return nil
	}
	hop := Hop{Kind: FirewallBox, Name: f.Name, Resource: f.ID, Decision: Denies, Why: "intrusion detection drops it, as is assumed (P-29d)"}
	switch min(a.detects(f), yes-a.bypasses(rules, f, p)) {
	case no:
		return nil
	case maybe:
		hop.Decision, hop.Why = Unknowable, "whether intrusion detection looks at it is not known (P-29d)"
		return a.end(Undecided, hop)
	}
	return a.end(Deny, hop)
}

// detects tells whether intrusion detection drops anything: that of the tiers
// below Premium does not exist, and the strictest policy counts.
func (a *asking) detects(f *azure.AzureFirewall) match {
	if tier := f.Tier.Or(azure.FirewallPremium); tier != azure.FirewallPremium {
		return no
	}
	m := no
	for _, policy := range a.policies(f) {
		switch may, certain := policy.IntrusionDetection.MayDeny(); {
		case may && certain:
			m = yes
		case may:
			m = max(m, maybe)
		}
	}
	return m
}

// bypasses tells whether a policy of a firewall leaves a packet alone.
func (a *asking) bypasses(rules *ruleset, f *azure.AzureFirewall, p Packet) match {
	m := no
	for _, policy := range a.policies(f) {
		if bypass := policy.IntrusionDetection.Bypass; bypass != nil {
			for _, rule := range bypass.Rules {
				m = max(m, rules.matches(rule, p))
			}
		}
	}
	return m
}
