package fabric

import (
	"fmt"

	"github.com/wayleave/wayleave/internal/azure"
)

// unstatedLinks are the peerings that a network may have though no input states them:
// the way back of a peering towards it.
type unstatedLinks struct {
	of  map[*azure.VirtualNetwork][]*azure.Peering
	why map[*azure.Peering]string
}

func (f *Fabric) findUnstatedLinks() unstatedLinks {
	u := unstatedLinks{map[*azure.VirtualNetwork][]*azure.Peering{}, map[*azure.Peering]string{}}
	for _, v := range f.network.VirtualNetworks {
		for _, link := range v.Peerings {
			remote, ok := f.network.VirtualNetwork(link.Remote.ID)
			if !ok || remote.Stub || remote == v || ownState(link).is == no || backLinks(remote, v) > 0 || !mayHaveMore(remote) {
				continue
			}
			back := &azure.Peering{Resource: remote.Resource, VirtualNetwork: remote, Remote: azure.Reference{ID: v.ID, Text: v.Label(), At: link.At}}
			back.ID, back.Type, back.Name, back.Stub = "", azure.TypePeering, "to "+v.Name, true
			back.Address = remote.Name + " to " + v.Name
			u.of[remote] = append(u.of[remote], back)
			u.why[back] = unstatedBack(remote, v)
		}
	}
	return u
}

func unstatedBack(remote, v *azure.VirtualNetwork) string {
	return fmt.Sprintf("no input states a peering from %s back to %s", remote.Name, v.Name)
}

// links are the peerings of a network, also those that it may have.
func (f *Fabric) links(v *azure.VirtualNetwork) []*azure.Peering {
	if more := f.unstated.of[v]; len(more) > 0 {
		return append(v.Peerings[:len(v.Peerings):len(v.Peerings)], more...)
	}
	return v.Peerings
}

// backLinks counts the peerings of a network that lead, or may lead, to another.
func backLinks(of, to *azure.VirtualNetwork) int {
	n := 0
	for _, link := range of.Peerings {
		if link.Remote.ID == to.ID || link.Remote.Unknown != nil {
			n++
		}
	}
	return n
}

// mayHaveMore reports whether a network may have peerings that no input states: a plan
// or a state holds what it manages, and may leave a peering to whoever owns the other
// network. What Azure prints is all there is.
func mayHaveMore(v *azure.VirtualNetwork) bool {
	return v.Rank.Planned() || v.Rank == azure.RankState
}
