package plain

import (
	"net/netip"

	"github.com/wayleave/wayleave/internal/azure"
)

// relaying is the way of a request through an appliance whose policy the user
// states.
type relaying struct {
	stated *azure.Appliance
	at     place
	// address of the appliance, and the next hop by which a route led to it.
	address, nextHop netip.Addr
	// shared tells that there are others behind the same load balancer.
	shared, translated bool
	// sender of the request and its address there; before is the appliance that it
	// passed before.
	sender *place
	client netip.Addr
	before *relaying
}

func (r *relaying) is(hop azure.Value[netip.Addr]) bool {
	return hop.V == r.nextHop || hop.V == r.address
}

// statedAt is what the user states of an appliance, by the next hop that leads to
// it or its own address; nil for nothing.
func (a *asking) statedAt(address, nextHop netip.Addr) *azure.Appliance {
	for _, x := range []netip.Addr{nextHop, address} {
		if stated := a.network.Appliance(x); stated != nil {
			return stated
		}
	}
	return nil
}

// lets reports whether an appliance's rules let a packet pass: the first that
// matches decides. One with ports is for protocols that have them.
func lets(stated *azure.Appliance, p Packet) bool {
	in := func(list []netip.Prefix, address netip.Addr) bool {
		return len(list) == 0 || within(address, list)
	}
	for _, r := range stated.Rules {
		protocol, port := len(r.Protocols) == 0, len(r.Ports) == 0
		for _, number := range r.Protocols {
			protocol = protocol || number == p.Protocol
		}
		for _, term := range r.Ports {
			port = port || hasPorts(p.Protocol) && term.First <= p.DestinationPort && p.DestinationPort <= term.Last
		}
		if protocol && port && in(r.Source, p.Source) && in(r.Destination, p.Destination) {
			return r.Allow
		}
	}
	return stated.Otherwise
}

func (a *asking) relayHop(r *relaying, d Decision, why string) Hop {
	nic := a.configuration(r.at, r.address).Interface
	return Hop{Kind: Interface, Name: nic.Name, Resource: nic.ID, Decision: d, Why: why}
}

// throughRelay sends a packet through an appliance and on by the routes of its own
// subnet.
func (a *asking) throughRelay(r *relaying, p Packet) *Answer {
	for before := a.relay; before != nil; before = before.before {
		if before.address == r.address {
			return a.end(Deny, a.relayHop(r, Drops, "the way leads back: a loop (RT-49)"))
		}
	}
	if p.Source.Is4() != r.address.Is4() {
		return a.end(Undecided, a.relayHop(r, Unknowable, "what becomes of packets of another address family is not known"))
	}
	if !lets(r.stated, p) {
		return a.end(Deny, a.relayHop(r, Denies, "the stated policy does not let it pass"))
	}
	r.before, a.relay, a.own = a.relay, r, nil
	a.pass(a.relayHop(r, Forwards, "the stated policy lets it pass"))
	if r.stated.Translation != azure.TranslatesEverything {
		return a.fromRelay(p)
	}
	r.translated = true
	a.see(Seen{SeenPrivate, []string{r.address.String()}, true})
	return a.asRelay(p, (*asking).fromRelay)
}

// asRelay asks about a packet with the appliance's own address and every source
// port that it may get. What they do not agree on is not known.
func (a *asking) asRelay(p Packet, ask func(*asking, Packet) *Answer) *Answer {
	var answers []*Answer
	p.Source = a.relay.address
	for _, port := range a.everyPort(p) {
		one := a.fork()
		own := *a.relay
		one.relay = &own
		p.SourcePort = port
		answers = append(answers, ask(one, p))
		a.touchAll(one)
	}
	return a.agreed(answers, a.relayHop(a.relay, Unknowable, "it depends on which port it gets"))
}

// everyPort is one source port of each range that translation gives out and no rule
// of any group divides.
func (a *asking) everyPort(p Packet) []uint16 {
	if !hasPorts(p.Protocol) {
		return []uint16{p.SourcePort}
	}
	var rules []*azure.SecurityRule
	for _, group := range a.network.NetworkSecurityGroups {
		rules = append(rules, group.Rules...)
	}
	for _, rule := range a.network.AdminRules {
		rules = append(rules, rule.Match)
	}
	return undivided(firstTranslatedPort, rules)
}

// fromRelay sends a packet on from an appliance: its groups, then its routes. What
// it translates for the internet its own groups see translated (PIPE-3).
func (a *asking) fromRelay(p Packet) *Answer {
	if a.relay.stated.Translation != azure.TranslatesInternet {
		return a.sendOn(p)
	}
	return a.underEveryHolder(a.relay.at, p, func(a *asking) *Answer {
		return a.along(a.relay.at, p.Destination, func(a *asking, w way) *Answer {
			a.taken = &w
			if w.next == azure.InternetNextHop {
				return a.asRelay(p, (*asking).sendOn)
			}
			return a.sendOn(p)
		})
	})
}

func (a *asking) sendOn(p Packet) *Answer {
	r := a.relay
	own := a.interfaceGroup(r.at, r.address)
	answer := a.forwarding(a.configuration(r.at, r.address).Interface, p.Source, func() *Answer { return a.outboundThrough(r.at, own, p) })
	if answer != nil {
		return answer
	}
	return a.underEveryHolder(r.at, p, func(a *asking) *Answer { return a.routeRelay(p) })
}

func (a *asking) routeRelay(p Packet) *Answer {
	if w := a.taken; w != nil {
		a.taken = nil
		return a.goOnFromRelay(*w, p)
	}
	return a.along(a.relay.at, p.Destination, func(a *asking, w way) *Answer { return a.goOnFromRelay(w, p) })
}

func (a *asking) goOnFromRelay(w way, p Packet) *Answer {
	r := a.relay
	at := r.at
	switch w.next {
	case azure.VnetLocal:
		return a.toNetwork(at, at.vnet, w, p)
	case vnetPeering:
		return a.toNetwork(at, a.remoteOf(w.link), w, p)
	case interfaceEndpoint:
		return a.toNetwork(at, a.homeOf(at, w), w, p)
	case serviceEndpoint:
		if !r.translated {
			return a.end(Undecided, w.hop(at, Unknowable, "whether the service takes what others have sent is not known"))
		}
		return a.end(Allow, w.hop(at, Delivers, "the service takes it from the appliance's subnet"))
	case azure.InternetNextHop:
		return a.leaveRelay(w, p)
	case azure.VirtualAppliance:
		switch {
		case r.is(w.user.NextHopIPAddress):
			return a.end(Deny, w.hop(at, Drops, "the appliance sends to itself: a loop (RT-49)"))
		case r.translated:
			return a.end(Undecided, w.hop(at, Unknowable, "the path goes on at a second appliance"))
		}
		return a.toAppliance(at, w, p)
	case azure.VirtualNetworkGateway:
		return a.end(Undecided, w.hop(at, Unknowable, "the path goes on at a gateway"))
	}
	return a.toNowhere(at, w, p)
}

// leaveRelay lets a packet of an appliance leave to the internet, with the
// appliance's own address, which is translated in turn.
func (a *asking) leaveRelay(w way, p Packet) *Answer {
	r := a.relay
	if r.stated.Translation == azure.TranslatesNothing {
		hop := a.relayHop(r, Drops, "untranslated: nobody on the internet can answer the source")
		hop.Kind = Translation
		return a.end(Deny, hop)
	}
	p.Source = r.address
	if answer := a.leave(r.at, p); answer != nil {
		if answer.Verdict != Undecided {
			return answer
		}
		a.doubts = append(a.doubts, answer.Decider) // whoever gets it answers to the appliance
	} else {
		a.pass(w.hop(r.at, Forwards, "leaves to the internet"))
	}
	return a.fromRelayBack(p.reply())
}

// backToRelay is the reply to a request that came through an appliance.
func (a *asking) backToRelay(at place, p Packet) *Answer {
	return a.along(at, p.Destination, func(a *asking, w way) *Answer { return a.backToRelayBy(at, w, p) })
}

func (a *asking) backToRelayBy(at place, w way, p Packet) *Answer {
	r := a.relay
	switch w.next {
	case azure.VnetLocal, vnetPeering:
		goal := r.sender
		if r.translated {
			goal = &r.at
		}
		if answer := a.homeward(at, w, goal); answer != nil {
			return answer
		}
		if r.translated {
			a.pass(w.hop(at, Forwards, "the reply, to the appliance"))
			return a.fromRelayBack(p)
		}
		return a.past(r, at, w, p)
	case azure.VirtualAppliance:
		if !r.is(w.user.NextHopIPAddress) {
			return a.end(Undecided, w.hop(at, Unknowable, "the reply goes to another appliance"))
		}
		if r.shared && r.stated.Stateful && !r.translated {
			a.doubt(w.hop(at, Unknowable, "whether the reply gets to the same appliance is not known"))
		}
		a.pass(w.hop(at, Forwards, "the reply, to the appliance"))
		return a.fromRelayBack(p)
	case azure.InternetNextHop:
		return a.lost(at, w, "the reply leaves to the internet")
	}
	return a.replyEnds(at, w)
}

// homeward ends a reply that does not get to the network of its goal; nil if it
// does.
func (a *asking) homeward(at place, w way, goal *place) *Answer {
	to := at.vnet
	if w.link != nil {
		to = a.remoteOf(w.link)
	}
	switch {
	case goal == nil || goal.vnet != to:
		return a.lost(at, w, "the reply does not go where the request came from")
	case w.link != nil && !a.linkJoins(w.link, at, *goal):
		return a.lost(at, w, "the peering leaves these subnets out (RT-47)")
	}
	return nil
}

// past ends a reply that does not come by the appliances that let the request pass:
// a stateful one drops what follows.
func (a *asking) past(r *relaying, at place, w way, p Packet) *Answer {
	for ; r != nil; r = r.before {
		if r.stated.Stateful {
			return a.unseen(at, w, p, "the reply does not come back through the appliance (ASY-2)")
		}
	}
	return a.end(Allow, w.hop(at, Delivers, "the reply arrives"))
}

// fromRelayBack sends a reply from the appliance to the sender of the request.
func (a *asking) fromRelayBack(p Packet) *Answer {
	a.returning = true
	return a.along(a.relay.at, a.relay.client, func(a *asking, w way) *Answer { return a.fromRelayBackBy(w, p) })
}

func (a *asking) fromRelayBackBy(w way, p Packet) *Answer {
	r := a.relay
	at := r.at
	switch w.next {
	case azure.VnetLocal, vnetPeering:
		if answer := a.homeward(at, w, r.sender); answer != nil {
			return answer
		}
		if answer := a.forwarded(w.link, p.Source); answer != nil {
			return answer
		}
		return a.past(r.before, at, w, p)
	case azure.VirtualAppliance:
		if before := r.before; before != nil && before.is(w.user.NextHopIPAddress) {
			a.pass(w.hop(at, Forwards, "the reply, to the appliance before"))
			a.relay = before
			return a.fromRelayBack(p)
		}
		return a.end(Undecided, w.hop(at, Unknowable, "the reply goes on at a second appliance"))
	case azure.InternetNextHop:
		return a.lost(at, w, "the reply leaves to the internet")
	}
	return a.replyEnds(at, w)
}
