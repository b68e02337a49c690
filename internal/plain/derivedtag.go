package plain

import (
	"net/netip"

	"github.com/wayleave/wayleave/internal/azure"
)

var (
	// hostAddress is the virtual address of the host: DNS, agent, probes (PLAT-1).
	hostAddress = netip.MustParseAddr("168.63.129.16")
	// metadataAddress is that of the instance metadata service (PLAT-1).
	metadataAddress = netip.MustParseAddr("169.254.169.254")
	// probeAddress6 is the source of health probes over IPv6, which recordings
	// since 2020 list in AzureLoadBalancer beside hostAddress.
	probeAddress6 = netip.MustParseAddr("fe80::1234:5678:9abc")
	// globalUnicast is the IPv6 part of Internet (TAG-24).
	globalUnicast = netip.MustParsePrefix("2000::/3")
	// uniqueLocal are the private addresses of IPv6.
	uniqueLocal = netip.MustParsePrefix("fc00::/7")
)

// inTag reports whether an address is in a tag, for a group that is evaluated
// at a subnet. Only the contextual tags depend on the subnet (TAG-1, TAG-13).
func (a *asking) inTag(name string, at place, address netip.Addr) bool {
	switch folded := FoldTag(name); folded {
	case tagVirtualNetwork:
		return a.inVirtualNetwork(at, address)
	case tagInternet:
		return a.inInternet(at, address)
	case tagAzureLoadBalancer:
		return address == hostAddress || address == probeAddress6 // probes only (TAG-25, NSG-29)
	case tagPlatformDNS:
		return address == hostAddress
	case tagPlatformIMDS:
		return address == metadataAddress
	default:
		if !within(address, a.tags[folded].Prefixes) {
			return false
		}
		return address.Is4() || a.on(TagIPv6) // TAG-28
	}
}

// inVirtualNetwork is the tag VirtualNetwork as it stands for a subnet (TAG-10).
func (a *asking) inVirtualNetwork(at place, address netip.Addr) bool {
	switch {
	case inSpace(at.vnet, address): // TAG-10a
		return true
	case address == hostAddress: // TAG-10d, TAG-11
		return true
	}
	for _, link := range at.vnet.Peerings { // TAG-10b
		if a.connected(link) && link.AllowVirtualNetworkAccess.Or(true) && a.inRemoteSpace(link, address) { // TAG-16
			return true
		}
	}
	if a.inJoinedRoutes(at, address) { // TAG-10e
		return true
	}
	_, endpoint := a.endpointPrefix(at, address, a.wide)
	return endpoint && a.on(EndpointsJoinTag)
}

// inJoinedRoutes reports whether an address is in a prefix that a user route
// of the subnet puts into VirtualNetwork (TAG-12, TAG-14).
func (a *asking) inJoinedRoutes(at place, address netip.Addr) bool {
	if at.table == nil {
		return false
	}
	for _, joins := range []map[azure.NextHopType]Option{
		{azure.VirtualAppliance: "", azure.VirtualNetworkGateway: ""},
		{azure.VnetLocal: VnetLocalJoinsTag, azure.InternetNextHop: InternetJoinsTag, azure.NoneNextHop: NoneJoinsTag},
	} {
		for _, route := range at.table.Routes {
			option, listed := joins[route.NextHopType.V]
			if d := route.Destination; d.Kind == azure.PrefixAddress && d.Prefix.Bits() == 0 && a.given(DefaultRouteAside) {
				continue
			}
			if listed && a.routeCovers(route, address) && (option == "" || a.on(option)) {
				return true
			}
		}
	}
	return false
}

// inInternet is the tag Internet as it stands for a subnet (TAG-20..24).
func (a *asking) inInternet(at place, address netip.Addr) bool {
	if address.Is4() && within(address, a.switches.NotInternet) {
		return false // TAG-21
	}
	if address.Is6() && !globalUnicast.Contains(address) {
		return false
	}
	if inSpace(at.vnet, address) {
		return false // TAG-22
	}
	for _, link := range at.vnet.Peerings {
		if a.connected(link) && a.inRemoteSpace(link, address) {
			return false // TAG-22
		}
	}
	if a.inJoinedRoutes(at, address) && a.on(InternetMinusVnetTag) {
		return false // TAG-23
	}
	return address.Is4() || a.on(TagIPv6) // TAG-24
}

// inSpace reports whether an address is in the space of a virtual network.
func inSpace(vnet *azure.VirtualNetwork, address netip.Addr) bool {
	for _, prefix := range vnet.AddressSpace {
		if prefix.V.Contains(address) {
			return true
		}
	}
	return false
}
