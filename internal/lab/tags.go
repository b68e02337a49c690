package lab

import (
	"net/netip"
	"slices"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/plain"
)

var (
	// hostAddress is the platform's address for DNS, agents and probes (PLAT-1).
	hostAddress = netip.MustParseAddr("168.63.129.16")
	// metadataAddress is the instance metadata service's (PLAT-1).
	metadataAddress = netip.MustParseAddr("169.254.169.254")
)

// The contextual tags (TAG-1), folded.
const (
	tagVirtualNetwork    = "virtualnetwork"
	tagInternet          = "internet"
	tagAzureLoadBalancer = "azureloadbalancer"
	tagPlatformDNS       = "azureplatformdns"
	tagPlatformIMDS      = "azureplatformimds"
)

func contextual(folded string) bool {
	switch folded {
	case tagVirtualNetwork, tagInternet, tagAzureLoadBalancer, tagPlatformDNS, tagPlatformIMDS:
		return true
	}
	return false
}

// span is a set of IPv4 addresses: the prefixes, or all that lie in none of
// them.
type span struct {
	prefixes []netip.Prefix
	inverse  bool
}

// all reports whether the span is every address, none whether it is empty.
func (s span) all() bool {
	return s.inverse && len(s.prefixes) == 0 || !s.inverse && everything(s.prefixes)
}

func (s span) none() bool {
	return !s.inverse && len(s.prefixes) == 0 || s.inverse && everything(s.prefixes)
}

func everything(list []netip.Prefix) bool { return len(list) == 1 && list[0] == everywhere }

func exactly(a netip.Addr) netip.Prefix { return netip.PrefixFrom(a, a.BitLen()) }

func exactlyAll(list []netip.Addr) []netip.Prefix {
	var prefixes []netip.Prefix
	for _, a := range list {
		prefixes = append(prefixes, exactly(a))
	}
	return prefixes
}

// side is what a side of a rule matches, for a group evaluated at a place
// (TAG-13). A tag stands alone on its side (NSG-10).
func (c *compiler) side(side azure.Side, p *place) span {
	var list []netip.Prefix
	for _, t := range side.Terms() {
		switch t.Kind {
		case azure.AnyAddress:
			list = append(list, everywhere)
		case azure.PrefixAddress:
			list = append(list, t.Prefix)
		case azure.GroupAddress:
			list = append(list, c.members(t.Group.ID)...)
		case azure.TagAddress:
			if plain.FoldTag(t.Tag) == tagInternet {
				return span{c.notInternet(p), true}
			}
			list = append(list, c.tag(t.Tag, p)...)
		}
	}
	return span{prefixes: ipv4(list)}
}

// members are the addresses in an application security group: of IP
// configurations (ASG-2) and of private endpoints (ASG-5).
func (c *compiler) members(group azure.ID) []netip.Prefix {
	var list []netip.Prefix
	for _, m := range c.network.Members(group) {
		list = append(list, exactly(m.PrivateIPAddress.V))
	}
	for _, e := range c.network.PrivateEndpoints {
		if memberOf(e, group) {
			addresses, _ := known(e.PrivateAddresses)
			list = append(list, exactlyAll(addresses)...)
		}
	}
	return list
}

// memberOf reports whether a private endpoint is in an application security group.
func memberOf(e *azure.PrivateEndpoint, group azure.ID) bool {
	return slices.ContainsFunc(e.ApplicationSecurityGroups, func(r azure.Reference) bool { return r.ID == group })
}

// tag is the content of a tag other than Internet.
func (c *compiler) tag(name string, p *place) []netip.Prefix {
	switch folded := plain.FoldTag(name); folded {
	case tagVirtualNetwork:
		return c.virtualNetwork(p)
	case tagAzureLoadBalancer, tagPlatformDNS: // TAG-25
		return []netip.Prefix{exactly(hostAddress)}
	case tagPlatformIMDS:
		return []netip.Prefix{exactly(metadataAddress)}
	default:
		return c.tags[folded].Prefixes
	}
}

// virtualNetwork is the tag VirtualNetwork at a place (TAG-10).
func (c *compiler) virtualNetwork(p *place) []netip.Prefix {
	list := append([]netip.Prefix{exactly(hostAddress)}, p.vnet.space...) // TAG-10a, TAG-10d
	for _, l := range p.vnet.links {
		if l.link.AllowVirtualNetworkAccess.Or(true) { // TAG-10b, TAG-16
			list = append(list, l.space...)
		}
	}
	return ipv4(append(list, c.joined(p)...))
}

// joined are the prefixes that user routes put into VirtualNetwork (TAG-10e,
// TAG-12, TAG-14).
func (c *compiler) joined(p *place) []netip.Prefix {
	if p.table == nil {
		return nil
	}
	joins := map[azure.NextHopType]bool{
		azure.VirtualAppliance:      true,
		azure.VirtualNetworkGateway: true,
		azure.VnetLocal:             c.switches.On[plain.VnetLocalJoinsTag],
		azure.InternetNextHop:       c.switches.On[plain.InternetJoinsTag],
		azure.NoneNextHop:           c.switches.On[plain.NoneJoinsTag],
	}
	var list []netip.Prefix
	for _, r := range p.table.Routes {
		if joins[r.NextHopType.V] {
			list = append(list, c.destinations(r)...)
		}
	}
	return list
}

// notInternet is what lies outside the tag Internet at a place (TAG-20..23).
func (c *compiler) notInternet(p *place) []netip.Prefix {
	list := append(append([]netip.Prefix{}, c.switches.NotInternet...), p.vnet.space...)
	for _, l := range p.vnet.links {
		list = append(list, l.space...) // TAG-22, whatever the access flag
	}
	if c.switches.On[plain.InternetMinusVnetTag] {
		list = append(list, c.joined(p)...) // TAG-23
	}
	return ipv4(list)
}
