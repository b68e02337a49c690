package plain

import (
	"maps"
	"net/netip"
	"slices"
	"strings"
)

// Option is one yes-or-no choice within an open point of the semantics
// documents (section 10). A switch with more than two values has an option for
// each value that can be added: "vnetTag.udrHopTypes+Internet".
type Option string

// The choices a question of this package can meet.
const (
	// StarIncludesESPAH: protocol "*" matches ESP and AH (NSG-6).
	StarIncludesESPAH Option = "proto.star.includesEspAh"
	// ICMPPortIsType: the destination port of a rule is compared with the ICMP
	// type; otherwise a rule with ports never matches ICMP (NSG-17).
	ICMPPortIsType Option = "icmp.ports=type"
	// ZeroSlashZeroCoversIPv6: "0.0.0.0/0" in a rule matches IPv6 too (NSG-30).
	ZeroSlashZeroCoversIPv6 Option = "nsg.zeroSlashZeroCoversV6"
	// VnetLocalJoinsTag, InternetJoinsTag, NoneJoinsTag: user routes of that
	// next hop type put their prefixes into VirtualNetwork, as those to an
	// appliance or a gateway do (TAG-14).
	VnetLocalJoinsTag Option = "vnetTag.udrHopTypes+VnetLocal"
	InternetJoinsTag  Option = "vnetTag.udrHopTypes+Internet"
	NoneJoinsTag      Option = "vnetTag.udrHopTypes+None"
	// InternetMinusVnetTag: a prefix that a user route puts into
	// VirtualNetwork leaves Internet (TAG-23).
	InternetMinusVnetTag Option = "internet.minusVnetTag"
	// InternetRemovesNone: a user route 0.0.0.0/0 to Internet removes the
	// system routes to None (RT-6).
	InternetRemovesNone Option = "noneRoutes.removedBy+Internet"
	// ForwardedIgnored: allowForwardedTraffic=false drops nothing (TAG-18).
	ForwardedIgnored Option = "peering.forwardedFalse=ignored"
	// SharedSpaceIsPublic: 100.64.0.0/10 is none of a firewall's default private
	// ranges (S-04).
	SharedSpaceIsPublic Option = "defaultPrivateRanges=rfc1918"
	// ParentNATIgnored: a policy does not have the NAT rules of its parent (P-15).
	ParentNATIgnored Option = "childInheritsDnat=no"
	// DenyOverridesDNAT: a network rule that denies comes before a NAT rule that
	// matches (P-22).
	DenyOverridesDNAT Option = "dnatThenNetworkDeny=denyOverrides"
	// EndpointFirstRange: at a private endpoint a rule with several port ranges
	// allows the first alone, or denies every port (PE-6).
	EndpointFirstRange Option = "privateEndpoint.portRanges=first"
	// ChildHasParentsDNS: a policy that sets no DNS proxy has its parent's.
	ChildHasParentsDNS Option = "childDnsInherited=yes"
	// TunnelledDNAT: a firewall whose default route does not lead to the internet
	// translates what comes in (F-16).
	TunnelledDNAT Option = "tunnelDnat=supportedWithMgmtNic"
	// EndpointsJoinTag: the routes of service endpoints put their prefixes into
	// VirtualNetwork (TAG-15).
	EndpointsJoinTag Option = "vnetTag.serviceEndpoints=included"
	// TagIPv6: the IPv6 content of Internet (TAG-24) and of service tags
	// (TAG-28) counts in rules.
	TagIPv6 Option = "tag.ipv6"
)

// What the input cannot show, and older readings of what is documented: they are
// taken as the switches say, and no answer turns on them.
const (
	// DestinationsListed: every public destination is on the list of threat
	// intelligence (P-20).
	DestinationsListed Option = "threatIntelligence.destinations=listed"
	// SignaturesMatch: every packet matches a signature of intrusion detection that
	// drops it (P-29d).
	SignaturesMatch Option = "intrusionDetection.signatures=matched"
	// MailStopped: the subscription does not let TCP 25 out (FAB-6).
	MailStopped Option = "platform.outboundTcp25=blocked"
	// OnlyModelled: no address has a receiver but those that the input states
	// (decisions 18).
	OnlyModelled Option = "receiverExists=false"
	// SenderUnknown: a sender of which no network interface is modelled may have a
	// public address of its own (decisions 12).
	SenderUnknown Option = "plainSender=false"
	// AdminRulesIdle: security admin configurations are not deployed (ADM-1).
	AdminRulesIdle Option = "adminRules.inForce=false"
	// AnyIsThree: protocol Any of a network rule for every port is TCP, UDP and
	// ICMP (P-31).
	AnyIsThree Option = "anyProtocolMeaning=tcpUdpIcmp"
	// DefaultRouteAside: a user route 0.0.0.0/0 adds nothing to VirtualNetwork
	// (TAG-12).
	DefaultRouteAside Option = "vnetTag.defaultRoute=ignored"
	// EndpointsOverridden: a user route as long as that of a service endpoint, or
	// longer, wins over it (RT-23).
	EndpointsOverridden Option = "serviceEndpointBeatsUdr=udrWinsIfEqualOrLonger"
	// FirewallsComeFirst: a firewall whose private address the input does not tell has
	// the first usable one of its subnet (F-25).
	FirewallsComeFirst Option = "firewall.privateAddress=firstUsable"
	// GatewaysKnowNothing: a virtual network gateway has learnt no routes (RT-8).
	GatewaysKnowNothing Option = "gateway.learnedRoutes=none"
	// OnlyDocumentedNone, LaterNone: which routes to None the platform has beyond
	// the reserved blocks (RT-3).
	OnlyDocumentedNone Option = "platformNoneRoutes=documented"
	LaterNone          Option = "platformNoneRoutes=observedLater"
)

// Switch is the name of the open point the option belongs to.
func (o Option) Switch() string {
	name, _, _ := strings.Cut(string(o), "=")
	name, _, _ = strings.Cut(name, "+")
	return name
}

// Switches is one reading of the open points. Make one with [Documented].
type Switches struct {
	// On tells which options are taken; a missing option is not taken.
	On map[Option]bool
	// NotInternet is the IPv4 space outside the tag Internet (TAG-21).
	NotInternet []netip.Prefix
	// PlatformNoneRoutes are the platform's own routes to None beyond the
	// reserved blocks (RT-3).
	PlatformNoneRoutes []netip.Prefix
	// LaterNoneRoutes are those that newer tables have as well (RT-3).
	LaterNoneRoutes []netip.Prefix
}

// Documented returns the documented default of every open point.
func Documented() Switches {
	return Switches{
		On: map[Option]bool{StarIncludesESPAH: true, InternetMinusVnetTag: true, TagIPv6: true},
		NotInternet: prefixes("0.0.0.0/8", "10.0.0.0/8", "25.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8",
			"169.254.0.0/16", "172.16.0.0/12", "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/3"),
		PlatformNoneRoutes: prefixes("127.0.0.0/8", "198.18.0.0/15", "157.59.0.0/16", "20.35.252.0/22",
			"23.103.0.0/18", "25.4.0.0/14", "25.33.0.0/16", "25.41.0.0/20", "25.48.0.0/12", "40.108.0.0/17",
			"40.109.0.0/16", "104.146.0.0/17", "104.147.0.0/16"),
		LaterNoneRoutes: prefixes("25.30.0.0/15", "25.148.0.0/15", "25.150.0.0/16", "25.152.0.0/14",
			"25.156.0.0/16", "25.159.0.0/16", "25.176.0.0/13", "25.184.0.0/14"),
	}
}

// noneRoutes are the platform's own routes to None, without the reserved blocks.
func (s Switches) noneRoutes() []netip.Prefix {
	switch {
	case s.On[OnlyDocumentedNone]:
		return nil
	case s.On[LaterNone]:
		return slices.Concat(s.PlatformNoneRoutes, s.LaterNoneRoutes)
	}
	return s.PlatformNoneRoutes
}

// With returns a copy of s in which one option is taken or not.
func (s Switches) With(o Option, taken bool) Switches {
	s.On = maps.Clone(s.On)
	if s.On == nil {
		s.On = map[Option]bool{}
	}
	s.On[o] = taken
	return s
}
