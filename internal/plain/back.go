package plain

import (
	"github.com/wayleave/wayleave/internal/azure"
)

// back routes a reply: independently of the request (ASY-1), asking no rules
// where a flow record stands (NSG-33). The sender is the place the request
// came from, nil for outside.
func (a *asking) back(at place, p Packet, sender *place) *Answer {
	switch p.Destination {
	case hostAddress, metadataAddress, probeAddress6:
		return a.end(Allow, Hop{Kind: Platform, Name: "PLAT-1", Decision: Delivers, Why: "the reply to the host"}) // RT-25
	}
	w := a.selectRoute(at, p.Destination)
	switch w.next {
	case azure.VnetLocal:
		return a.backTo(at, w, sender, at.vnet)
	case vnetPeering:
		return a.backTo(at, w, sender, a.remoteOf(w.link))
	case azure.InternetNextHop:
		if sender == nil {
			return a.end(Allow, w.hop(at, Delivers, "the reply leaves as it came"))
		}
		return a.lost(at, w, "the reply leaves to the internet")
	case azure.VirtualAppliance:
		answer := a.toAppliance(at, w, p)
		if answer.Verdict == Deny {
			return a.lost(at, w, "the reply goes to an appliance that does not take it")
		}
		return answer
	case azure.VirtualNetworkGateway:
		return a.end(Undecided, w.hop(at, Unknowable, "the reply goes on at a gateway"))
	}
	return a.lost(at, w, "the reply has next hop None")
}

// backTo ends a reply that stays in a network: it arrives if the request came
// from there.
func (a *asking) backTo(at place, w way, sender *place, vnet *azure.VirtualNetwork) *Answer {
	if sender == nil || sender.vnet.ID != vnet.ID {
		return a.lost(at, w, "the reply goes to "+vnet.Name+", where the request did not come from")
	}
	if w.link != nil && !a.linkJoins(w.link, at, *sender) {
		return a.lost(at, w, "the peering leaves these subnets out (RT-47)")
	}
	return a.end(Allow, w.hop(at, Delivers, "the reply arrives"))
}

func (a *asking) lost(at place, w way, why string) *Answer {
	return a.end(Deny, Hop{Kind: ReturnPath, Name: w.hop(at, Drops, "").Name, Resource: w.hop(at, Drops, "").Resource, Decision: Drops, Why: why})
}
