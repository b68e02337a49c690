package fabric

import (
	"fmt"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
)

// ternary is an answer that may not be known.
type ternary uint8

const (
	no ternary = iota
	yes
	maybe
)

// state is a ternary with the reason for a no or a maybe.
type state struct {
	is  ternary
	why string
}

// linkState tells whether a peering carries traffic: both networks have a link
// to the other, and neither is Initiated or Disconnected (RT-42). Plans and
// templates state no state.
func (f *Fabric) linkState(link *azure.Peering) state {
	return f.linkStates.of(link, func() state { return f.deriveLinkState(link) })
}

func (f *Fabric) deriveLinkState(link *azure.Peering) state {
	if why, ok := f.unstated.why[link]; ok {
		return state{maybe, why}
	}
	if s := ownState(link); s.is != yes {
		return s
	}
	remote, ok := f.network.VirtualNetwork(link.Remote.ID)
	if !ok || remote.Stub {
		if link.State.IsSet() {
			return state{is: yes} // Azure says Connected only when both sides are
		}
		return state{maybe, fmt.Sprintf("no input states the other side of peering %s, %s", link.Name, remoteName(link))}
	}
	unknown := false
	for _, back := range remote.Peerings {
		if back.Remote.ID == link.VirtualNetwork.ID {
			return ownState(back)
		}
		unknown = unknown || back.Remote.Unknown != nil
	}
	if unknown || mayHaveMore(remote) {
		return state{maybe, unstatedBack(remote, link.VirtualNetwork)}
	}
	return state{no, fmt.Sprintf("%s has no peering back to %s", remote.Name, link.VirtualNetwork.Name)}
}

// ownState is what one link says of itself.
func ownState(link *azure.Peering) state {
	text, ok := link.State.Known()
	switch {
	case !link.State.IsSet():
		return state{is: yes}
	case !ok:
		return state{maybe, fmt.Sprintf("the state of peering %s is not known: %s", link.Name, link.State.Unknown.Why)}
	case strings.EqualFold(text, "Connected"):
		return state{is: yes}
	}
	return state{no, fmt.Sprintf("peering %s is %s", link.Name, text)}
}

func remoteName(link *azure.Peering) string {
	if link.Remote.Unknown != nil {
		return link.Remote.Unknown.Name
	}
	return link.Remote.ID.Name()
}

// remotePart is a part of the space that a link brings near, with its routes'
// prefix length.
type remotePart struct {
	bits  int
	exact bool
	Bounds
}

// remoteSpace is what is known of all that a link brings near.
func (f *Fabric) remoteSpace(link *azure.Peering) Bounds {
	return f.linkSpaces.of(link, func() Bounds {
		var b Bounds
		for _, part := range f.remoteParts(link) {
			b = b.union(part.Bounds)
		}
		return b.shared()
	})
}

// remoteParts is the space a link brings near, prefix by prefix: what was
// synchronised where the input states it, else the whole remote space (RT-43),
// of a subnet peering the listed subnets, and IPv6 alone where the link says
// so (RT-47).
func (f *Fabric) remoteParts(link *azure.Peering) []remotePart {
	remote, stated := f.network.VirtualNetwork(link.Remote.ID)
	var parts []remotePart
	unknown := func(why string) {
		parts = append(parts, remotePart{bits: 1, Bounds: doubtful(f.beside(link), why)})
	}
	switch {
	case link.PeerCompleteVnets.Unknown != nil:
		unknown(fmt.Sprintf("whether peering %s is of whole networks is not known: %s", link.Name, link.PeerCompleteVnets.Unknown.Why))
	case !link.PeerCompleteVnets.Or(true):
		return f.onlyIPv6(link, f.listedParts(link, remote))
	case len(link.RemoteAddressSpace) > 0:
		for _, v := range link.RemoteAddressSpace {
			if p, ok := v.Known(); ok {
				parts = append(parts, remotePart{p.Bits(), true, f.numeric(p)})
			} else {
				unknown(fmt.Sprintf("the remote address space of peering %s is not known: %s", link.Name, v.Unknown.Why))
			}
		}
	case !stated:
		x := f.points.byLink[link]
		parts = append(parts, remotePart{bits: 1, Bounds: doubtful(f.beside(link), x.why).union(exactly(x.set))})
	default:
		for _, v := range remote.AddressSpace {
			if p, ok := v.Known(); ok {
				parts = append(parts, remotePart{p.Bits(), true, f.numeric(p)})
			} else {
				unknown(fmt.Sprintf("the address space of %s, the other side of peering %s, is not known: %s", remote.Name, link.Name, v.Unknown.Why))
			}
		}
	}
	if stated && len(link.RemoteAddressSpace) == 0 && len(unknowns(remote.AddressSpace)) > 0 {
		// What is known to be in the remote network is near whatever its space.
		inside := f.space(remote).Must.Minus(known(remote.AddressSpace))
		parts = append(parts, remotePart{bits: 1, Bounds: exactly(inside)})
	}
	return f.onlyIPv6(link, parts)
}

// beside is every address that the other side of a link may hold: Azure refuses a
// peering of whole networks whose address spaces overlap
// (https://learn.microsoft.com/azure/virtual-network/virtual-network-manage-peering#requirements-and-constraints),
// but not one of subnets (RT-47).
func (f *Fabric) beside(link *azure.Peering) flow.AddressSet {
	if link.PeerCompleteVnets.IsSet() && !link.PeerCompleteVnets.Or(false) {
		return f.anywhere().Must
	}
	return f.anywhere().Must.Minus(f.space(link.VirtualNetwork).Must)
}

// listedParts are the prefixes of the remote subnets of a subnet peering.
func (f *Fabric) listedParts(link *azure.Peering, remote *azure.VirtualNetwork) []remotePart {
	if remote == nil || remote.Stub || len(unknowns(link.RemoteSubnetNames)) > 0 {
		why := fmt.Sprintf("the prefixes of the remote subnets of peering %s are not known", link.Name)
		return []remotePart{{bits: 1, Bounds: doubtful(f.beside(link), why)}}
	}
	var parts []remotePart
	for _, s := range remote.Subnets {
		if !listed(s.Name, link.RemoteSubnetNames) {
			continue
		}
		for _, v := range s.Prefixes {
			if p, ok := v.Known(); ok {
				parts = append(parts, remotePart{p.Bits(), true, f.numeric(p)})
			}
		}
		for _, x := range f.points.bySubnet[s] {
			parts = append(parts, remotePart{bits: 1, Bounds: Bounds{x.set, x.set.Union(x.extent), []Doubt{{x.extent, x.why}}}})
		}
	}
	return parts
}

func (f *Fabric) onlyIPv6(link *azure.Peering, parts []remotePart) []remotePart {
	only, ok := link.OnlyIPv6.Known()
	if !link.OnlyIPv6.IsSet() || ok && !only {
		return parts
	}
	v4 := f.ipv4()
	for i := range parts {
		rest := parts[i].Bounds
		parts[i].Bounds = Bounds{rest.Must.Minus(v4), rest.May.Minus(v4), rest.Doubts}
		if !ok {
			why := fmt.Sprintf("whether peering %s is of IPv6 only is not known: %s", link.Name, link.OnlyIPv6.Unknown.Why)
			parts[i].May = rest.May
			parts[i].Doubts = append(parts[i].Doubts, Doubt{rest.May.Intersect(v4), why})
		}
	}
	return parts
}

// joins tells whether a peering lets two subnets talk, by both its links: of a
// subnet peering only the listed ones do (RT-47).
func (f *Fabric) joins(link *azure.Peering, local, remote *azure.Subnet) state {
	return f.linkJoins.of(joinKey{link, local, remote}, func() state { return deriveJoins(link, local, remote) })
}

// joinKey is a peering and two subnets, of which the local one may be nil.
type joinKey struct {
	link          *azure.Peering
	local, remote *azure.Subnet
}

func deriveJoins(link *azure.Peering, local, remote *azure.Subnet) state {
	s := linkJoins(link, local, remote)
	if s.is == no {
		return s
	}
	for _, back := range remote.VirtualNetwork.Peerings {
		if back.Remote.ID != link.VirtualNetwork.ID {
			continue
		}
		if b := linkJoins(back, remote, local); b.is != yes {
			return b
		}
	}
	return s
}

func linkJoins(link *azure.Peering, local, remote *azure.Subnet) state {
	whole, ok := link.PeerCompleteVnets.Known()
	switch {
	case !link.PeerCompleteVnets.IsSet() || ok && whole:
		return state{is: yes}
	case !ok, len(unknowns(link.LocalSubnetNames))+len(unknowns(link.RemoteSubnetNames)) > 0:
		return state{maybe, fmt.Sprintf("which subnets peering %s joins is not known", link.Name)}
	case local != nil && !listed(local.Name, link.LocalSubnetNames):
		return state{no, fmt.Sprintf("peering %s leaves subnet %s out", link.Name, local.Name)}
	case remote != nil && !listed(remote.Name, link.RemoteSubnetNames):
		return state{no, fmt.Sprintf("peering %s leaves subnet %s out", link.Name, remote.Name)}
	}
	return state{is: yes}
}

func listed(name string, names []azure.Value[string]) bool {
	for _, n := range names {
		if strings.EqualFold(n.V, name) {
			return true
		}
	}
	return false
}
