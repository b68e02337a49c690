package azure

import (
	"iter"
	"strings"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// validatePeerings checks that networks that peer as a whole have no addresses in
// common, each pair once. Those of which subnets alone peer may (RT-47).
func (b *builder) validatePeerings() {
	checked := map[[2]ID]bool{}
	for _, v := range b.network.VirtualNetworks {
		for _, link := range v.Peerings {
			remote, ok := b.network.VirtualNetwork(link.Remote.ID)
			if !ok || v.Stub || remote.Stub || remote == v || checked[[2]ID{remote.ID, v.ID}] || !joinsWhole(v, remote) {
				continue
			}
			checked[[2]ID{v.ID, remote.ID}] = true
			b.reportCommonSpace(link, remote)
		}
	}
}

// joinsWhole reports whether every link between two networks is of the whole ones, and
// none is left over from a network that is gone, or may be.
func joinsWhole(v, remote *VirtualNetwork) bool {
	for link := range linksBetween(v, remote) {
		switch {
		case link.PeerCompleteVnets.Unknown != nil, !link.PeerCompleteVnets.Or(true):
			return false
		case link.State.Unknown != nil, strings.EqualFold(link.State.Or(""), "Disconnected"):
			return false
		}
	}
	return true
}

// linksBetween are the links from either network to the other.
func linksBetween(v, remote *VirtualNetwork) iter.Seq[*Peering] {
	return func(yield func(*Peering) bool) {
		for _, ends := range [][2]*VirtualNetwork{{v, remote}, {remote, v}} {
			for _, link := range ends[0].Peerings {
				if link.Remote.ID == ends[1].ID && !yield(link) {
					return
				}
			}
		}
	}
}

// reportCommonSpace reports the first prefixes of two peered networks that overlap; of
// a peering for IPv6 alone, or perhaps so, IPv6 ones.
func (b *builder) reportCommonSpace(link *Peering, remote *VirtualNetwork) {
	local := link.VirtualNetwork
	for _, x := range local.AddressSpace {
		for _, y := range remote.AddressSpace {
			here, ok := x.Known()
			there, known := y.Known()
			if !ok || !known || !here.Overlaps(there) || here.Addr().Is4() && !joinsIPv4(local, remote) {
				continue
			}
			b.topology(link.Rank, diagnostic.Errorf("overlapping-prefixes", link.At, "the peering %q joins %q and %q, of which %s and %s overlap", link.Name, local.title(), remote.title(), here, there).
				WithRelated(x.At, "%s", here).WithRelated(y.At, "%s", there).
				WithHint("give each network its own prefixes, or peer only subnets that share none (RT-47)"))
			return
		}
	}
}

// joinsIPv4 reports whether no link between two networks is for IPv6 alone, or may be.
func joinsIPv4(v, remote *VirtualNetwork) bool {
	for link := range linksBetween(v, remote) {
		if link.OnlyIPv6.Unknown != nil || link.OnlyIPv6.Or(false) {
			return false
		}
	}
	return true
}
