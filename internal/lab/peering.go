package lab

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

// peering is one side's link of a peering that carries traffic.
type peering struct {
	link, back *azure.Peering
	// home holds the link, remote is where it leads.
	home, remote *vnet
	// space is what the link peers of the remote network (RT-43, RT-47).
	space []netip.Prefix
	// device of the router that leads to the remote router.
	device string
}

// peerings finds the links that carry traffic: both sides have one, and none
// says it is anything but Connected (RT-42).
func (c *compiler) peerings() {
	for _, v := range c.vnets {
		for _, link := range v.Peerings {
			remote := c.plan.vnets[link.Remote.ID]
			if remote == nil || remote.Stub || unknownFlags(link) {
				v.limits = append(v.limits, fmt.Sprintf("not all of the peering %s is known", link.Name))
				continue
			}
			back := backLink(remote, v)
			if back == nil || !isConnected(link) || !isConnected(back) {
				continue
			}
			v.links = append(v.links, &peering{link: link, back: back, home: v, remote: remote, space: peeredSpace(link, remote)})
		}
	}
}

func unknownFlags(l *azure.Peering) bool {
	for _, flag := range []azure.Value[bool]{l.AllowVirtualNetworkAccess, l.AllowForwardedTraffic, l.PeerCompleteVnets, l.OnlyIPv6, l.UseRemoteGateways} {
		if flag.Unknown != nil {
			return true
		}
	}
	_, space := known(l.RemoteAddressSpace)
	_, local := known(l.LocalSubnetNames)
	_, remote := known(l.RemoteSubnetNames)
	return l.State.Unknown != nil || !space || !local || !remote || l.UseRemoteGateways.V
}

func backLink(from, to *vnet) *azure.Peering {
	for _, l := range from.Peerings {
		if l.Remote.ID == to.ID {
			return l
		}
	}
	return nil
}

func isConnected(l *azure.Peering) bool {
	return !l.State.IsSet() || strings.EqualFold(l.State.V, "Connected")
}

// peeredSpace is the IPv4 space a link peers: of a subnet peering the listed
// subnets, else what was synchronised, else the whole remote space.
func peeredSpace(l *azure.Peering, remote *vnet) []netip.Prefix {
	switch {
	case l.OnlyIPv6.Or(false):
		return nil
	case !l.PeerCompleteVnets.Or(true):
		return subnetSpace(remote, l.RemoteSubnetNames)
	case len(l.RemoteAddressSpace) > 0:
		space, _ := known(l.RemoteAddressSpace)
		return ipv4(space)
	}
	return remote.space
}

// subnetSpace is the space of the subnets of those names.
func subnetSpace(v *vnet, names []azure.Value[string]) []netip.Prefix {
	var list []netip.Prefix
	for _, p := range v.places {
		if listed(p.Name, names) {
			list = append(list, p.prefixes...)
		}
	}
	return ipv4(list)
}

// joins reports whether both sides of a peering let two subnets talk (RT-47).
func (l *peering) joins(local, remote *place) bool {
	return joins(l.link, local, remote) && joins(l.back, remote, local)
}

func joins(l *azure.Peering, local, remote *place) bool {
	return l.PeerCompleteVnets.Or(true) || listed(local.Name, l.LocalSubnetNames) && listed(remote.Name, l.RemoteSubnetNames)
}
