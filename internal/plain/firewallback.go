package plain

import (
	"github.com/wayleave/wayleave/internal/azure"
)

// backToFirewall is the reply to a request that came through a firewall, from
// its receiver: it has to come back to the same firewall (ASY-2).
func (a *asking) backToFirewall(at place, p Packet) *Answer {
	return a.along(at, p.Destination, func(a *asking, w way) *Answer { return a.backToFirewallBy(at, w, p) })
}

func (a *asking) backToFirewallBy(at place, w way, p Packet) *Answer {
	translated := a.via.instance.IsValid()
	switch w.next {
	case azure.VnetLocal, vnetPeering:
		to := at.vnet
		if w.link != nil {
			to = a.remoteOf(w.link)
		}
		goal := a.via.sender
		if translated {
			goal = &a.via.place
		}
		switch {
		case goal == nil || goal.vnet != to:
			return a.lost(at, w, "the reply goes to "+to.Name+", where the request did not come from")
		case w.link != nil && !a.linkJoins(w.link, at, *goal):
			return a.lost(at, w, "the peering leaves these subnets out (RT-47)")
		case !translated:
			return a.unseen(at, w, p, "the reply does not come back through the firewall (ASY-2)")
		}
		a.pass(w.hop(at, Forwards, "the reply, to the firewall"))
		return a.fromFirewallBack(p)
	case azure.VirtualAppliance:
		again, ok := a.firewallAt(at, w.user.NextHopIPAddress)
		switch {
		case !ok && translated:
			return a.end(Undecided, w.hop(at, Unknowable, "the reply goes to an appliance"))
		case !ok:
			return a.backToAppliance(at, w, p)
		case again.firewall != a.via.firewall:
			return a.unseen(at, w, p, "the reply goes to another firewall (ASY-2)")
		case translated:
			return a.lost(at, w, "the reply to one instance of the firewall goes to any of them (F-24)")
		}
		a.pass(w.hop(at, Forwards, "the reply, to the firewall"))
		return a.fromFirewallBack(p)
	case azure.InternetNextHop:
		return a.lost(at, w, "the reply leaves to the internet")
	}
	return a.replyEnds(at, w)
}

// unseen ends a reply whose request or whose way back a stateful firewall does
// not see: TCP is dropped (S-43); of others it may take the reply for a flow of
// its own.
func (a *asking) unseen(at place, w way, p Packet, why string) *Answer {
	if p.Protocol == protoTCP {
		return a.lost(at, w, why)
	}
	return a.end(Undecided, w.hop(at, Unknowable, why))
}

// fromFirewallBack sends a reply from the firewall to the sender of the request,
// by the routes of the firewall's subnet (C-21).
func (a *asking) fromFirewallBack(p Packet) *Answer {
	a.returning = true
	return a.along(a.via.place, a.via.client, func(a *asking, w way) *Answer { return a.fromFirewallBackBy(w, p) })
}

func (a *asking) fromFirewallBackBy(w way, p Packet) *Answer {
	at, sender := a.via.place, a.via.sender
	if a.via.inward && sender == nil && a.via.firewall.ManagementIPConfiguration != nil && w.user != nil && w.user == defaultRoute(at) && w.next == azure.VirtualNetworkGateway {
		if a.on(TunnelledDNAT) {
			return a.end(Allow, w.hop(at, Delivers, "the reply leaves with the public address that the request came to"))
		}
		return a.lost(at, w, "a firewall whose default route does not lead to the internet takes in nothing (F-16)")
	}
	switch w.next {
	case azure.VnetLocal:
		if sender != nil && sender.vnet == at.vnet {
			return a.past(a.via.before, at, w, p)
		}
		return a.lost(at, w, "the reply stays in "+at.vnet.Name)
	case vnetPeering:
		if sender == nil || a.remoteOf(w.link) != sender.vnet {
			return a.lost(at, w, "the reply goes over a peering that the request did not come over")
		}
		if !a.linkJoins(w.link, at, *sender) {
			return a.lost(at, w, "the peering leaves these subnets out (RT-47)")
		}
		if a.via.inward { // the reply has the firewall's own address again (RT-44)
			return a.end(Allow, w.hop(at, Delivers, "the reply arrives"))
		}
		if answer := a.forwarded(w.link, p.Source); answer != nil {
			return answer
		}
		return a.past(a.via.before, at, w, p)
	case azure.InternetNextHop:
		if sender == nil {
			return a.end(Allow, w.hop(at, Delivers, "the reply leaves as it came"))
		}
		return a.lost(at, w, "the reply leaves to the internet")
	case azure.VirtualAppliance:
		if again, ok := a.firewallAt(at, w.user.NextHopIPAddress); ok && again.firewall == a.via.firewall {
			return a.lost(at, w, "the firewall sends to itself: a loop (F-14)")
		}
		if before := a.via.before; before != nil && before.is(w.user.NextHopIPAddress) {
			a.pass(w.hop(at, Forwards, "the reply, to the appliance before"))
			a.via, a.relay = nil, before
			return a.fromRelayBack(p)
		}
		return a.end(Undecided, w.hop(at, Unknowable, "the reply goes on at a second appliance"))
	}
	return a.replyEnds(at, w)
}
