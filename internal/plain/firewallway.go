package plain

import (
	"net/netip"
	"slices"

	"github.com/wayleave/wayleave/internal/azure"
)

// gate is a firewall in its subnet.
type gate struct {
	firewall *azure.AzureFirewall
	place    place
	// address is the private one that routes name; zero where it is not known.
	address netip.Addr
}

// passage is the way of a request through a firewall.
type passage struct {
	gate
	// instance is the firewall's address that the request has taken as its
	// source; the zero address where it kept its own.
	instance netip.Addr
	// application tells that an application rule has admitted the request.
	application bool
	// inward tells that a NAT rule has translated the request.
	inward bool
	// sender of the request, nil for outside, and its address.
	sender *place
	client netip.Addr
	// before is the appliance of stated policy that the request has passed before.
	before *relaying
}

// firewallAt finds the firewall that a route's next hop is, in the subnet's own
// network or in one directly peered (RT-17, F-10). An address that is known
// only later is that of the firewall with the same unknown.
func (a *asking) firewallAt(at place, hop azure.Value[netip.Addr]) (gate, bool) {
	for _, f := range a.network.AzureFirewalls {
		for _, c := range f.IPConfigurations {
			to, ok := a.places[c.Subnet.ID]
			own := a.firewallAddress(c)
			if ok && sameAddress(own, hop) && a.near(at, to, own) {
				return gate{f, to, own.V}, true
			}
		}
	}
	return gate{}, false
}

// firewallAddress is the private address of a firewall: where the input does not tell
// it, that may be taken to be the first usable one of its subnet (F-25).
func (a *asking) firewallAddress(c *azure.FirewallIPConfiguration) azure.Value[netip.Addr] {
	at, ok := a.places[c.Subnet.ID]
	if !ok || c.PrivateIPAddress.Unknown == nil || !a.given(FirewallsComeFirst) {
		return c.PrivateIPAddress
	}
	for _, prefix := range at.subnet.Prefixes {
		first := prefix.V.Masked().Addr()
		for first.Is4() && reserved(at.subnet, first) {
			first = first.Next()
		}
		if first.Is4() {
			return azure.Of(first, c.PrivateIPAddress.At)
		}
	}
	return c.PrivateIPAddress
}

func sameAddress(x, y azure.Value[netip.Addr]) bool {
	if x.Unknown != nil || y.Unknown != nil {
		return x.Unknown != nil && y.Unknown != nil && x.Unknown.Name == y.Unknown.Name
	}
	return x.V.IsValid() && x.V == y.V
}

// near reports whether a subnet reaches an address of another one, that may not
// be known, without a hop between.
func (a *asking) near(at, to place, own azure.Value[netip.Addr]) bool {
	if at.vnet == to.vnet {
		return true
	}
	address := own.Or(to.subnet.Prefixes[0].V.Addr())
	for _, link := range at.vnet.Peerings {
		if a.connected(link) && a.remoteOf(link) == to.vnet && a.linkJoins(link, at, to) && a.inRemoteSpace(link, address) {
			return true
		}
	}
	return false
}

// toFirewall carries a packet to a firewall and asks its rules. Nothing is
// followed behind a firewall of which it is not known what it does.
func (a *asking) toFirewall(at place, w way, g gate, p Packet) *Answer {
	a.pass(w.hop(at, Forwards, "to the firewall "+g.firewall.Name))
	if at.subnet == g.place.subnet {
		return a.end(Deny, w.hop(at, Drops, "the firewall's own subnet sends to the firewall: a loop (F-14)"))
	}
	if route := a.unfit(g); route != nil {
		return a.end(Deny, Hop{Kind: UserRoute, Name: route.Name, Resource: g.place.table.ID, Decision: Drops, Why: "a firewall without management interface needs 0.0.0.0/0 to Internet (F-13)"})
	}
	if rule := a.natRule(g, p); rule != nil {
		return a.end(Undecided, doubtOf(rule, "what a NAT rule does with packets that are not for the firewall is not known (R-18)"))
	}
	if answer := a.listed(g.firewall, p); answer != nil {
		return answer
	}
	rules, open := a.rulesFor(g.firewall)
	r := rule(rules, open, g.firewall, p, a.host, resolvesAt(&at, g.firewall), a.on)
	if r.verdict != Allow {
		return a.end(r.verdict, r.hop)
	}
	if answer := a.signature(rules, g.firewall, p); answer != nil {
		return answer
	}
	a.pass(r.hop)
	a.via = &passage{gate: g, sender: &at, client: p.Source, application: r.application, before: a.relay}
	a.relay = nil
	return a.fromFirewall(p)
}

// unfit is the user route 0.0.0.0/0 of a firewall's subnet that breaks the
// firewall, or nil: without management interface only Internet will do (F-13,
// F-14, F-15).
func (a *asking) unfit(g gate) *azure.Route {
	route := defaultRoute(g.place)
	if route == nil || route.NextHopType.V == azure.InternetNextHop || g.firewall.ManagementIPConfiguration != nil {
		return nil
	}
	return route
}

// natRule is a NAT rule that matches a packet, or may.
func (a *asking) natRule(g gate, p Packet) *azure.FirewallRule {
	rules, open := a.rulesFor(g.firewall)
	if open != "" {
		return nil
	}
	return rules.first(azure.NATRule, p, false)
}

// fromFirewall sends a packet on by the routes of the firewall's own subnet.
func (a *asking) fromFirewall(p Packet) *Answer {
	return a.underEveryHolder(a.via.place, p, func(a *asking) *Answer { return a.routeFirewall(p) })
}

// routeFirewall takes a packet from a firewall to its next hop.
func (a *asking) routeFirewall(p Packet) *Answer {
	return a.along(a.via.place, p.Destination, func(a *asking, w way) *Answer { return a.goOnFromFirewall(w, p) })
}

func (a *asking) goOnFromFirewall(w way, p Packet) *Answer {
	at := a.via.place
	switch w.next {
	case azure.VnetLocal:
		return a.toNetwork(at, at.vnet, w, p)
	case vnetPeering:
		return a.toNetwork(at, a.remoteOf(w.link), w, p)
	case interfaceEndpoint:
		return a.toNetwork(at, a.homeOf(at, w), w, p)
	case serviceEndpoint:
		return a.toService(w, p)
	case azure.InternetNextHop:
		return a.leaveFirewall(w, p)
	case azure.VirtualAppliance:
		if again, ok := a.firewallAt(at, w.user.NextHopIPAddress); ok && again.firewall == a.via.firewall {
			return a.end(Deny, w.hop(at, Drops, "the firewall sends to itself: a loop (F-14)"))
		}
		return a.end(Undecided, w.hop(at, Unknowable, "the path goes on at a second appliance"))
	case azure.VirtualNetworkGateway:
		return a.end(Undecided, w.hop(at, Unknowable, "the path goes on at a gateway"))
	}
	return a.toNowhere(at, w, p)
}

// deliver hands a packet from a firewall to its destination's subnet: with the
// address of one of the firewall's instances if it is translated, else as it
// is (S-01 rows 6 to 8).
func (a *asking) deliver(to place, w way, p Packet) *Answer {
	g := a.via.gate
	switch a.translates(p) {
	case maybe:
		return a.end(Undecided, translation(g, Unknowable, "whether the destination is one of the firewall's private ranges is not known"))
	case no:
		if answer := a.forwarded(w.link, p.Source); answer != nil {
			return answer
		}
		a.see(Seen{Kind: SeenPrivate, Addresses: []string{p.Source.String()}})
		return a.arrive(to, p, a.via.sender)
	}
	a.pass(translation(g, Translates, "to an address of "+g.place.subnet.Name))
	a.see(Seen{SeenPrivate, prefixTexts(g.place.subnet), true})
	return a.asInstance(to, p)
}

// translates tells whether a firewall gives a packet that does not go to the internet
// an address of its own.
func (a *asking) translates(p Packet) match {
	switch {
	case a.via.inward || a.via.application: // S-01 row 11
		return yes
	case p.Protocol == protoTCP || p.Protocol == protoUDP:
		return yes - a.inPrivateRanges(a.via.gate.firewall, p.Destination)
	}
	return no
}

// toService delivers a packet from a firewall to a service by an endpoint of its
// subnet: the service sees an address of the firewall (F-27). Whether it takes what
// keeps the address of another subnet is not known.
func (a *asking) toService(w way, p Packet) *Answer {
	g := a.via.gate
	if a.translates(p) != yes {
		return a.end(Undecided, w.hop(g.place, Unknowable, "whether the service takes what others have sent is not known"))
	}
	if !a.via.inward {
		a.see(Seen{SeenPrivate, prefixTexts(g.place.subnet), true})
	}
	return a.end(Allow, w.hop(g.place, Delivers, "the service takes it from the firewall's subnet"))
}

// asInstance delivers a packet with every address and source port that the
// firewall may have given it (F-25). What they do not agree on is not known.
func (a *asking) asInstance(to place, p Packet) *Answer {
	var answers []*Answer
	for _, address := range a.instances(a.via.gate) {
		for _, port := range a.sourcePorts(to, p) {
			one := a.fork()
			via := *a.via
			via.instance = address
			one.via = &via
			q := p
			q.Source, q.SourcePort = address, port
			answers = append(answers, one.arrive(to, q, a.via.sender))
			a.touchAll(one)
		}
	}
	return a.agreed(answers, translation(a.via.gate, Unknowable, "it depends on which of the firewall's addresses it gets"))
}

// instances are the addresses that the instances of a firewall can have: those
// of its subnet that are not reserved, and not the one routes name (F-25).
func (a *asking) instances(g gate) []netip.Addr {
	var list []netip.Addr
	for _, prefix := range g.place.subnet.Prefixes {
		for address := prefix.V.Addr(); prefix.V.Contains(address); address = address.Next() {
			if address.Is4() && !reserved(g.place.subnet, address) && address != g.address {
				list = append(list, address)
			}
		}
	}
	return list
}

// sourcePorts are one port of each range of translated source ports that no rule
// at the destination, or at a backend of the frontend there, divides.
func (a *asking) sourcePorts(to place, p Packet) []uint16 {
	if a.via.inward {
		return []uint16{p.SourcePort} // it is kept (S-01 row 1)
	}
	ports := a.portsFrom(firstTranslatedPort, to, p.Destination)
	if f := a.frontendIn(to, p.Destination); f != nil {
		for _, r := range rulesFor(f) {
			for _, c := range a.backends(f, r) {
				ports = append(ports, a.portsFrom(firstTranslatedPort, a.places[c.Subnet.ID], c.PrivateIPAddress.V)...)
			}
		}
	}
	slices.Sort(ports)
	return slices.Compact(ports)
}

// portsFrom are one source port of each range from the first on that no rule at
// a destination divides.
func (a *asking) portsFrom(first uint16, to place, destination netip.Addr) []uint16 {
	var rules []*azure.SecurityRule
	for _, group := range []*azure.NetworkSecurityGroup{to.group, a.interfaceGroup(to, destination)} {
		if group != nil {
			rules = append(rules, group.Rules...)
		}
	}
	for _, applied := range to.subnet.AdminRules {
		rules = append(rules, applied.Rule.Match)
	}
	return undivided(first, rules)
}

// undivided are one source port of each range from the first on that no rule
// divides.
func undivided(first uint16, rules []*azure.SecurityRule) []uint16 {
	starts := []uint16{first}
	for _, rule := range rules {
		for _, term := range rule.SourcePorts.Terms {
			if term.First > first {
				starts = append(starts, term.First)
			}
			if term.Last >= first && term.Last < 65535 {
				starts = append(starts, term.Last+1)
			}
		}
	}
	return starts
}

// firstTranslatedPort is the first port that translation gives out.
const firstTranslatedPort = 1024

// translation is the hop of a firewall's address translation.
func translation(g gate, d Decision, why string) Hop {
	return Hop{Kind: Translation, Name: g.firewall.Name, Resource: g.firewall.ID, Decision: d, Why: why}
}

// forwarded asks the receiving side of a peering about a packet whose source is
// in neither of the two networks (RT-44, RT-45); nil lets it through.
func (a *asking) forwarded(link *azure.Peering, source netip.Addr) *Answer {
	if link == nil || inSpace(link.VirtualNetwork, source) {
		return nil
	}
	back := a.backLink(link)
	if back.AllowForwardedTraffic.Or(false) || a.on(ForwardedIgnored) {
		return nil
	}
	hop := Hop{Kind: PeeringLink, Name: back.Name, Resource: back.ID, Decision: Drops, Why: "allowForwardedTraffic is false (RT-44)"}
	if a.returning {
		hop.Kind = ReturnPath
	}
	return a.end(Deny, hop)
}
