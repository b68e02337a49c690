package fabric

// definitions describes every switch, in the order of the constants. Names are
// those of section 10 of the semantics and of the table of decisions; the
// reasons are printed.
var definitions = [switches]Definition{
	{StarIncludesESPAH, "proto.star.includesEspAh", Uncertain, []string{"true", "false"},
		`whether protocol "*" of a security rule matches ESP and AH, or only TCP, UDP and ICMP`, "NSG-6"},
	{ICMPPorts, "icmp.ports", Uncertain, []string{"ignore", "type"},
		"a security rule with ports does not match ICMP (ignore), or its destination port is the ICMP type (type)", "NSG-17"},
	{ZeroSlashZeroCoversIPv6, "nsg.zeroSlashZeroCoversV6", Uncertain, []string{"false", "true"},
		"whether 0.0.0.0/0 in a security rule matches IPv6 too", "NSG-30"},
	{TagHopTypes, "vnetTag.udrHopTypes", Uncertain, tagHopTypeValues(),
		"the next hop types whose user routes put their prefixes into VirtualNetwork", "TAG-14"},
	{TagServiceEndpoints, "vnetTag.serviceEndpoints", Uncertain, []string{"excluded", "included"},
		"whether the routes of a service endpoint put the service's prefixes into VirtualNetwork", "TAG-15"},
	{TagDefaultRoute, "vnetTag.defaultRoute", Community, []string{"everything", "ignored"},
		"a user route 0.0.0.0/0 to an appliance or gateway makes VirtualNetwork hold every address", "TAG-12"},
	{InternetBaseSet, "internet.baseSet", Uncertain, []string{"2017"},
		"Internet is the expansion published in 2017; Azure's own list has drifted since", "TAG-21"},
	{InternetMinusTag, "internet.minusVnetTag", Uncertain, []string{"true", "false"},
		"whether a prefix that a user route puts into VirtualNetwork leaves Internet", "TAG-23"},
	{TagIPv6, "tag.ipv6", Uncertain, []string{"true", "false"},
		"whether the IPv6 content of service tags counts in security rules", "TAG-24, TAG-28"},
	{EndpointPortRanges, "privateEndpoint.portRanges", Uncertain, []string{"all", "first"},
		"whether a security rule with several port ranges holds for private endpoints as written (all) or, as in the preview, with its first range alone where it allows and for every port where it denies (first)", "PE-6"},
	{NoneRoutesRemovedBy, "noneRoutes.removedBy", Uncertain, []string{"appliance+gateway", "appliance+gateway+internet"},
		"the next hop types whose user route 0.0.0.0/0 removes the system routes to None", "RT-6"},
	{PlatformNoneRoutes, "platformNoneRoutes", Community, []string{"observed", "observedLater", "documented"},
		"the platform's own routes to None: those seen in most tables, those of newer tables too, or only the documented ones", "RT-3"},
	{ForwardedFalse, "peering.forwardedFalse", Uncertain, []string{"drop", "tagOnly", "ignored"},
		"whether allowForwardedTraffic=false drops what an appliance forwards over the peering", "TAG-18"},
	{DefaultPrivateRanges, "defaultPrivateRanges", Uncertain, []string{"rfc1918+rfc6598", "rfc1918"},
		"whether 100.64.0.0/10 is one of the private ranges that a firewall does not translate by default", "S-04"},
	{ChildInheritsDNAT, "childInheritsDnat", Uncertain, []string{"yes", "no"},
		"whether a firewall policy has the NAT rules of its parent", "P-15"},
	{DNATThenNetworkDeny, "dnatThenNetworkDeny", Uncertain, []string{"bypass", "denyOverrides"},
		"whether a network rule that denies stops what a NAT rule of the firewall translates", "P-22"},
	{ServiceEndpointBeatsUDR, "serviceEndpointBeatsUdr", Documented, []string{"always", "udrWinsIfEqualOrLonger"},
		"the route of a service endpoint wins over user routes always, or only over shorter ones", "RT-23"},
	{GatewayRoutes, "gateway.learnedRoutes", Uncertain, []string{"private", "any", "none"},
		"what a virtual network gateway, a route server or a virtual hub has learnt is not in the input: routes to private addresses, to any address, or none; the effective routes of a machine of the network tell it (az network nic show-effective-route-table)", "RT-8, RT-55, TAG-19, META-2"},
	{AdminRulesInForce, "adminRules.inForce", Given, []string{"true", "false"},
		"the security admin configurations of the input are deployed to the regions of the networks, and a network group has no members beside those that the input states, if it states any", "ADM-1, ADM-9"},
	{UnknownSpace, "unknownAddressSpace", Given, []string{"private", "any"},
		"an address space the input does not tell holds private addresses only", "META-2"},
	{ReceiverExists, "receiverExists", Given, []string{"true", "false"},
		"an address of a subnet has a receiver where no network interface is modelled", "decisions 18"},
	{PlainSender, "plainSender", Given, []string{"true", "false"},
		"a sender of which no network interface is modelled has no public address of its own and is behind no load balancer", "RT-31, RT-33"},
	{FrontendExists, "frontendExists", Given, []string{"true"},
		"what is asked about from outside is published by a public IP address or a load balancer", "NSG-27"},
	{OutboundTCP25, "platform.outboundTcp25", Given, []string{"open", "blocked"},
		"whether the kind of subscription lets TCP 25 out", "FAB-6"},
	{NamesResolveAlike, "firewall.nameResolution", Given, []string{"sameAsClient"},
		"a firewall, which resolves the names of application rules itself, finds the addresses that the client knows", "P-26"},
	{ThreatList, "threatIntelligence.destinations", Given, []string{"unlisted", "listed"},
		"whether the destinations are on the list of threat intelligence, which is published nowhere", "P-17, P-20"},
	{Signatures, "intrusionDetection.signatures", Given, []string{"unmatched", "matched"},
		"whether packets match a signature that the intrusion detection of a Premium firewall drops, after its rules have let them through", "P-29d"},
	{FirewallAddress, "firewall.privateAddress", Given, []string{"unknown", "firstUsable"},
		"a firewall whose private address the input does not tell may have any, or the first usable one of its subnet, as is usual", "F-25"},
	{AnyProtocol, "anyProtocolMeaning", Documented, []string{"allIana", "tcpUdpIcmp"},
		"protocol Any of a network rule for every port is every protocol, or only TCP, UDP and ICMP as before November 2020", "P-31"},
	{ChildInheritsDNS, "childDnsInherited", Uncertain, []string{"no", "yes"},
		"whether a firewall policy that sets no DNS proxy has its parent's", "R-34"},
	{TunnelDNAT, "tunnelDnat", Uncertain, []string{"unsupported", "supportedWithMgmtNic"},
		"whether a firewall whose own default route does not lead to the internet translates what comes in", "F-16"},
	{PublicChoice, "pipSelection", Uncertain, []string{"anyOfSet"},
		"which of several public addresses a firewall takes; each published description allows every one", "S-20"},
	{EqualPriority, "equalPriority", Uncertain, []string{"ambiguous"},
		"rule collections of one priority come in any order; what depends on it is undecided", "P-12"},
	{SNATPorts, "snatPortsPerIpInstance", Uncertain, []string{"2496", "2048"},
		"how many ports each instance of a firewall has on each of its public addresses, towards one destination", "S-25"},
	{IdleTimeout, "idleTimeoutSeconds", Uncertain, []string{"240", "900"},
		"after how many seconds of silence a firewall ends a connection to the internet; support can raise it", "S-40"},
}

// alsoCalled holds other names of a switch (decisions, the table of switches).
var alsoCalled = map[Switch][]string{
	ServiceEndpointBeatsUDR: {"se.overridable"},
	ForwardedFalse:          {"allowForwardedTrafficEnforced"},
}

// The next hop types that TAG-14 may or may not add, in the order in which
// they count in the index of a value of vnetTag.udrHopTypes: bit 0 is the
// first.
var tagHopTypeNames = [...]string{"vnetLocal", "internet", "none"}

const (
	tagHopVnetLocal = 1 << iota
	tagHopInternet
	tagHopNone
)

// tagHopTypeValues lists the eight combinations.
func tagHopTypeValues() []string {
	var values []string
	for bits := range 1 << len(tagHopTypeNames) {
		value := "appliance+gateway"
		for i, name := range tagHopTypeNames {
			if bits>>i&1 != 0 {
				value += "+" + name
			}
		}
		values = append(values, value)
	}
	return values
}
