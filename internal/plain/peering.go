package plain

import (
	"net/netip"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

// remoteOf is the network a link leads to.
func (t *Twin) remoteOf(link *azure.Peering) *azure.VirtualNetwork {
	remote, _ := t.network.VirtualNetwork(link.Remote.ID)
	return remote
}

// backLink is the other side's link of a peering, or nil.
func (t *Twin) backLink(link *azure.Peering) *azure.Peering {
	for _, back := range t.remoteOf(link).Peerings {
		if back.Remote.ID == link.VirtualNetwork.ID {
			return back
		}
	}
	return nil
}

// connected reports whether a peering carries traffic: both sides have a link,
// and no side says it is anything but Connected (RT-42). Plans and templates
// state no state.
func (t *Twin) connected(link *azure.Peering) bool {
	back := t.backLink(link)
	return back != nil && isConnected(link) && isConnected(back)
}

func isConnected(link *azure.Peering) bool {
	return !link.State.IsSet() || strings.EqualFold(link.State.V, "Connected")
}

// inRemoteSpace reports whether an address is in the space a link peers: what
// was synchronised, where the input states it, else the whole remote space
// (RT-43); of a subnet peering only the listed subnets, and IPv6 only where
// the link says so (RT-47).
func (t *Twin) inRemoteSpace(link *azure.Peering, address netip.Addr) bool {
	_, ok := t.remotePrefix(link, address)
	return ok
}

// remotePrefix finds the longest prefix of a link's peered space that holds an
// address.
func (t *Twin) remotePrefix(link *azure.Peering, address netip.Addr) (netip.Prefix, bool) {
	var space []azure.Value[netip.Prefix]
	remote := t.remoteOf(link)
	switch {
	case !link.PeerCompleteVnets.Or(true):
		for _, subnet := range remote.Subnets {
			if listed(subnet.Name, link.RemoteSubnetNames) {
				space = append(space, subnet.Prefixes...)
			}
		}
	case len(link.RemoteAddressSpace) > 0:
		space = link.RemoteAddressSpace
	default:
		space = remote.AddressSpace
	}
	if link.OnlyIPv6.Or(false) && address.Is4() {
		return netip.Prefix{}, false
	}
	best, found := netip.Prefix{}, false
	for _, prefix := range space {
		if prefix.V.Contains(address) && (!found || prefix.V.Bits() > best.Bits()) {
			best, found = prefix.V, true
		}
	}
	return best, found
}

// joins reports whether a peering lets two subnets talk, seen from the side of
// one of its links: of a subnet peering only the listed subnets do (RT-47).
func joins(link *azure.Peering, local, remote *azure.Subnet) bool {
	return link.PeerCompleteVnets.Or(true) ||
		listed(local.Name, link.LocalSubnetNames) && listed(remote.Name, link.RemoteSubnetNames)
}

func listed(name string, names []azure.Value[string]) bool {
	for _, n := range names {
		if strings.EqualFold(n.V, name) {
			return true
		}
	}
	return false
}
