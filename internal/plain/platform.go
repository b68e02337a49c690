package plain

import (
	"net/netip"

	"github.com/wayleave/wayleave/internal/azure"
)

// toPlatform answers for a packet to one of the platform's virtual addresses,
// which neither rules nor routes touch (PLAT-1, RT-25), except for an outbound
// rule that names the tag of the service (PLAT-3, PLAT-4).
func (a *asking) toPlatform(at place, p Packet) *Answer {
	if tag := platformTag(p); tag != "" {
		for _, group := range []*azure.NetworkSecurityGroup{a.interfaceGroup(at, p.Source), at.group} {
			if group == nil {
				continue
			}
			if rule := a.firstNaming(group, tag, at, p); rule != nil {
				hop := ruleHop(group, rule)
				if rule.Access.V == azure.Deny {
					return a.end(Deny, hop)
				}
				a.pass(hop)
			}
		}
	}
	return a.end(Allow, Hop{Kind: Platform, Name: "PLAT-1", Decision: Delivers, Why: "the host answers"})
}

// platformTag is the tag that can filter a packet to the platform, or "".
// The agent's ports and everything else but DNS are never filtered (PLAT-2,
// PLAT-3).
func platformTag(p Packet) string {
	switch {
	case p.Protocol == protoICMPv6: // which no IPv4 address receives
		return ""
	case p.Destination == metadataAddress:
		return tagPlatformIMDS
	case p.Destination == hostAddress && p.DestinationPort == 53 && (p.Protocol == protoUDP || p.Protocol == protoTCP):
		return tagPlatformDNS
	}
	return ""
}

// firstNaming is the first outbound rule of a group that names the tag as its
// destination and matches the packet otherwise.
func (a *asking) firstNaming(group *azure.NetworkSecurityGroup, tag string, at place, p Packet) *azure.SecurityRule {
	for _, rule := range a.groups[group.ID] {
		if rule.Direction.V == azure.Outbound && namesTag(rule.Destination, tag) && a.matchesButDestination(rule, at, p) {
			return rule
		}
	}
	return nil
}

// fabric answers for a packet that no virtual network carries, whatever rules
// and routes say; nil when the packet can travel.
func (a *asking) fabric(p Packet) *Answer {
	drop := func(id, why string) *Answer {
		return a.end(Deny, Hop{Kind: Platform, Name: id, Decision: Drops, Why: why})
	}
	switch {
	case p.Destination.IsMulticast():
		return drop("FAB-1", "multicast is not carried")
	case p.Destination == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
		return drop("FAB-1", "broadcast is not carried")
	case p.Protocol == protoIPinIP, p.Protocol == protoGRE:
		return drop("FAB-2", "IP-in-IP and GRE are not carried")
	case p.Protocol == protoICMPv6:
		a.doubt(Hop{Kind: Platform, Name: "NSG-31", Decision: Unknowable, Why: "what groups do with ICMPv6 is not known"})
	case p.Protocol == protoUDP && p.SourcePort == 68 && p.DestinationPort == 67:
		return drop("FAB-3", "unicast DHCP is the platform's own")
	case p.Protocol == protoUDP && p.SourcePort == 65330:
		return drop("FAB-3", "UDP source port 65330 is the host's own")
	}
	return nil
}

// mayBeLicensing reports whether a packet may be one to Azure's Windows
// licensing servers, whose public addresses are published nowhere: no rule
// filters those but one that names their tag, as long as the subnet has no user
// route 0.0.0.0/0 (PLAT-4).
func (a *asking) mayBeLicensing(at place, p Packet) bool {
	if p.Protocol != protoTCP || p.DestinationPort != 1688 || !p.Destination.Is4() || p.Destination == hostAddress {
		return false
	}
	return !within(p.Destination, a.switches.NotInternet) && defaultRoute(at) == nil
}
