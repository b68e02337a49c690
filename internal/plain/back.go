package plain

import (
	"github.com/wayleave/wayleave/internal/azure"
)

// back routes a reply: independently of the request (ASY-1), asking no rules
// where a flow record stands (NSG-33). The sender is the place the request
// came from, nil for outside.
func (a *asking) back(at place, p Packet, sender *place) *Answer {
	a.returning = true
	if p.Destination == hostAddress || p.Destination == metadataAddress {
		return a.end(Allow, Hop{Kind: Platform, Name: "PLAT-1", Decision: Delivers, Why: "the reply to the host"}) // RT-25
	}
	if a.via != nil {
		return a.backToFirewall(at, p)
	}
	if a.relay != nil {
		return a.backToRelay(at, p)
	}
	return a.along(at, p.Destination, func(a *asking, w way) *Answer { return a.backBy(at, w, p, sender) })
}

func (a *asking) backBy(at place, w way, p Packet, sender *place) *Answer {
	switch w.next {
	case azure.VnetLocal:
		return a.backTo(at, w, sender, at.vnet)
	case vnetPeering:
		return a.backTo(at, w, sender, a.remoteOf(w.link))
	case serviceEndpoint:
		return a.end(Allow, w.hop(at, Delivers, "the reply goes to the service"))
	case azure.InternetNextHop:
		if sender == nil {
			return a.end(Allow, w.hop(at, Delivers, "the reply leaves as it came"))
		}
		return a.lost(at, w, "the reply leaves to the internet")
	case azure.VirtualAppliance:
		return a.backToAppliance(at, w, p)
	}
	return a.replyEnds(at, w)
}

// backToAppliance sends a reply to an appliance, which has not seen the
// request: for its groups the reply is a new flow (NSG-39), and whether it lets
// the reply pass is not known (ASY-2).
func (a *asking) backToAppliance(at place, w way, p Packet) *Answer {
	if _, ok := a.firewallAt(at, w.user.NextHopIPAddress); ok {
		return a.unseen(at, w, p, "the reply goes to a firewall that did not see the request (ASY-2)")
	}
	address, ok := w.user.NextHopIPAddress.Known()
	if !ok {
		return a.end(Undecided, w.hop(at, Unknowable, "the appliance's address is not known"))
	}
	to, ok := a.applianceAt(at, address)
	switch {
	case !ok && a.hidesFirewall(to):
		return a.end(Undecided, w.hop(at, Unknowable, "whether the firewall has the address is not known"))
	case !ok:
		return a.lost(at, w, "no network interface within reach owns the next hop (RT-17)")
	case address == p.Source:
		return a.lost(at, w, "the next hop is the replier itself: a loop (RT-49)")
	case address == p.Destination && a.via != nil:
		return a.unseen(at, w, p, "the reply does not come back through the firewall (ASY-2)")
	case address == p.Destination:
		return a.end(Allow, w.hop(at, Delivers, "the appliance itself asked"))
	}
	a.pass(w.hop(at, Forwards, "the reply, to "+address.String()))
	var answer *Answer
	if f := a.frontendIn(to, address); f != nil {
		answer = a.throughBalancer(f, &at, p)
	} else {
		answer = a.throughAppliance(&relaying{at: to, address: address, nextHop: address, sender: &at, client: p.Source}, p)
	}
	if answer.Verdict == Deny {
		answer.Decider.Kind = ReturnPath
	}
	return answer
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

// replyEnds ends a reply that goes on at a gateway or has no next hop.
func (a *asking) replyEnds(at place, w way) *Answer {
	if w.next == azure.VirtualNetworkGateway {
		return a.end(Undecided, w.hop(at, Unknowable, "the reply goes on at a gateway"))
	}
	return a.lost(at, w, "the reply has next hop None")
}

// lost ends a reply that does not get back, and why.
func (a *asking) lost(at place, w way, why string) *Answer {
	return a.end(Deny, Hop{Kind: ReturnPath, Name: w.hop(at, Drops, "").Name, Resource: w.hop(at, Drops, "").Resource, Decision: Drops, Why: why})
}
