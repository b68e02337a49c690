package plain

import (
	"net/netip"

	"github.com/wayleave/wayleave/internal/azure"
)

// listed is the end of a packet that a firewall's threat intelligence drops before
// any rule (P-17), or nil: what is on its list is published nowhere, and is nothing
// unless the switches say otherwise (P-20).
func (a *asking) listed(f *azure.AzureFirewall, p Packet) *Answer {
	if _, open := a.rulesFor(f); open != "" || p.Source.Is6() || !a.given(DestinationsListed) || a.sparedByThreat(f, p.Destination) || !a.isPublic(p.Destination) {
		return nil
	}
	hop := Hop{Kind: FirewallBox, Name: f.Name, Resource: f.ID, Decision: Denies, Why: "threat intelligence drops it, as is assumed (P-17)"}
	switch a.threatens(f) {
	case no:
		return nil
	case maybe:
		hop.Decision, hop.Why = Unknowable, "the mode of threat intelligence is not known (P-17)"
		return a.end(Undecided, hop)
	}
	return a.end(Deny, hop)
}

// isPublic reports whether an address is one that the internet has (TAG-21, RT-3).
func (a *asking) isPublic(address netip.Addr) bool {
	return address.Is4() && address != hostAddress && address != metadataAddress &&
		!within(address, a.switches.NotInternet) && !within(address, a.switches.PlatformNoneRoutes) && !within(address, a.switches.LaterNoneRoutes)
}

// threatens tells whether threat intelligence drops anything, by the strictest mode
// of a firewall's policies, or by its own where it has none; that of the tier
// Basic only alerts.
func (a *asking) threatens(f *azure.AzureFirewall) match {
	if f.Tier.Or("") == azure.FirewallBasic {
		return no
	}
	modes := []azure.Value[azure.InspectionMode]{f.ThreatIntelMode}
	if f.Policy.IsSet() {
		modes = nil
		for _, policy := range a.policies(f) {
			modes = append(modes, policy.ThreatIntelMode)
		}
	}
	m := no
	for _, mode := range modes {
		switch {
		case mode.Unknown != nil:
			m = max(m, maybe)
		case mode.V == azure.InspectionDeny:
			m = yes
		}
	}
	return m
}

// sparedByThreat reports whether a policy of a firewall lists an address as
// allowed, which skips threat intelligence and no rule (P-18).
func (a *asking) sparedByThreat(f *azure.AzureFirewall, address netip.Addr) bool {
	for _, policy := range a.policies(f) {
		for _, term := range policy.ThreatIntelAllowed {
			if inRange(term, address) == yes {
				return true
			}
		}
	}
	return false
}

// policies are those of a firewall, the child's first.
func (a *asking) policies(f *azure.AzureFirewall) []*azure.FirewallPolicy {
	var line []*azure.FirewallPolicy
	for at := f.Policy; at.IsSet() && len(line) <= len(a.network.FirewallPolicies); {
		policy, ok := a.network.FirewallPolicy(at.ID)
		if !ok {
			break
		}
		line, at = append(line, policy), policy.Base
	}
	return line
}
