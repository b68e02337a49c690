package lint

import (
	"fmt"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
)

var peeringGap = Check{
	Code:   "peering-gap",
	Title:  "a peering that does not carry all of the network behind it",
	Text:   "A peering works where both sides are connected (RT-42), and knows the prefixes of the other network as of its last synchronisation (RT-43). What it does not know has no route: packets are dropped, and the tag VirtualNetwork does not hold them.",
	Avoid:  "a prefix that is added to a peered network, and no synchronisation",
	Prefer: "az network vnet peering sync, on both sides",
}

func runPeeringGap(r *run) {
	for _, v := range r.fabric.Network().VirtualNetworks {
		for _, link := range v.Peerings {
			f := Finding{Code: peeringGap.Code, Resource: link.Label(), Name: link.Name, At: link.At}
			state, told := link.State.Known()
			missing := r.notSynchronised(link)
			switch {
			case told && !strings.EqualFold(state, "Connected"):
				f.Message = fmt.Sprintf("peering %s of %s is %s: nothing passes it", link.Name, v.Name, state)
				f.Hint = "make it anew on both sides"
			case !missing.IsEmpty():
				f.Message = fmt.Sprintf("peering %s of %s does not know %s of %s: there is no route to it", link.Name, v.Name, missing.Folded(4), link.Remote.ID.Name())
				f.Hint = fmt.Sprintf("az network vnet peering sync --vnet-name %s --name %s", v.Name, link.Name)
			default:
				continue
			}
			r.add(f)
		}
	}
}

// notSynchronised is what the network behind a link has and the link does not
// know; empty where the input does not tell both.
func (r *run) notSynchronised(link *azure.Peering) flow.AddressSet {
	remote := r.fabric.Remote(link)
	if remote == nil || remote.Stub || len(link.RemoteAddressSpace) == 0 || !link.PeerCompleteVnets.Or(true) {
		return flow.AddressSet{}
	}
	known := r.fabric.Holds(remote)
	for _, p := range link.RemoteAddressSpace {
		prefix, ok := p.Known()
		if !ok {
			return flow.AddressSet{}
		}
		known = known.Minus(flow.Prefix(prefix))
	}
	return known
}
