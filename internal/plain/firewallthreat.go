package plain

import (
	"net/netip"

	"github.com/wayleave/wayleave/internal/azure"
)

// listed is the hop of a firewall whose threat intelligence drops a packet before
// any rule (P-17), or nil: what is on its list is published nowhere, and is
// nothing unless the switches say otherwise (P-20).
func (a *asking) listed(f *azure.AzureFirewall, p Packet) *Hop {
	if _, open := a.rulesFor(f); open != "" || p.Source.Is6() || !a.given(DestinationsListed) {
		return nil
	}
	if a.threatMode(f) != azure.InspectionDeny || a.sparedByThreat(f, p.Destination) || !a.isPublic(p.Destination) {
		return nil
	}
	return &Hop{Kind: FirewallBox, Name: f.Name, Resource: f.ID, Decision: Denies, Why: "threat intelligence drops it, as is assumed (P-17)"}
}

// isPublic reports whether an address is one that the internet has (TAG-21, RT-3).
func (a *asking) isPublic(address netip.Addr) bool {
	return address.Is4() && address != hostAddress && address != metadataAddress &&
		!within(address, a.switches.NotInternet) && !within(address, a.switches.PlatformNoneRoutes) && !within(address, a.switches.LaterNoneRoutes)
}

// threatMode is the strictest mode of a firewall's policies, or its own
// where it has none; that of the tier Basic only alerts.
func (a *asking) threatMode(f *azure.AzureFirewall) azure.InspectionMode {
	rank := map[azure.InspectionMode]int{azure.InspectionOff: 0, azure.InspectionAlert: 1, azure.InspectionDeny: 2}
	mode := f.ThreatIntelMode.Or(azure.InspectionAlert)
	if f.Policy.IsSet() {
		mode = azure.InspectionOff
		for _, policy := range a.policies(f) {
			if own := policy.ThreatIntelMode.Or(azure.InspectionAlert); rank[own] > rank[mode] {
				mode = own
			}
		}
	}
	if mode == azure.InspectionDeny && f.Tier.Or("") == azure.FirewallBasic {
		return azure.InspectionAlert
	}
	return mode
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
