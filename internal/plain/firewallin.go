package plain

import (
	"net/netip"

	"github.com/wayleave/wayleave/internal/azure"
)

// firewallWithPublic finds the firewall with a public address.
func (a *asking) firewallWithPublic(address netip.Addr) (gate, bool) {
	for _, f := range a.network.AzureFirewalls {
		g, has := gate{firewall: f}, false
		for _, c := range f.IPConfigurations {
			if ip, ok := a.network.PublicIPAddress(c.PublicIPAddress.ID); ok && ip.IPAddress.V == address {
				has = true
			}
			if at, ok := a.places[c.Subnet.ID]; ok {
				g.place, g.address = at, a.firewallAddress(c).V
			}
		}
		if has && g.place.subnet != nil {
			return g, true
		}
	}
	return gate{}, false
}

// firewallIn finds the firewall whose private address a packet to a subnet has.
func (a *asking) firewallIn(at place, address netip.Addr) (gate, bool) {
	for _, f := range a.network.AzureFirewalls {
		for _, c := range f.IPConfigurations {
			if c.Subnet.ID == at.subnet.ID && a.firewallAddress(c).V == address {
				return gate{f, at, address}, true
			}
		}
	}
	return gate{}, false
}

// translateIn gives a packet for a firewall to the receiver that a NAT rule names
// (P-21), with the source address of one of the firewall's instances (S-01 row
// 1). What no rule is for goes nowhere.
func (a *asking) translateIn(g gate, p Packet, sender *place) *Answer {
	if route := a.unfit(g); route != nil {
		return a.end(Deny, Hop{Kind: UserRoute, Name: route.Name, Resource: g.place.table.ID, Decision: Drops, Why: "a firewall without management interface needs 0.0.0.0/0 to Internet (F-13)"})
	}
	rules, open := a.rulesFor(g.firewall)
	if p.Source.Is6() {
		open = "IPv6 through a firewall is not modelled (U-10)"
	}
	if open != "" {
		return a.end(Undecided, Hop{Kind: FirewallBox, Name: g.firewall.Name, Resource: g.firewall.ID, Decision: Unknowable, Why: open})
	}
	rules.on = a.on
	hits := rules.translations(p, rules.inherits(p) && a.on(ParentNATIgnored))
	switch {
	case len(hits) == 0:
		return a.end(Deny, Hop{Kind: FirewallDefaultDeny, Resource: g.firewall.ID, Decision: Denies, Why: "no NAT rule is for it"})
	case len(hits) > 1 || hits[0].match == maybe:
		return a.end(Undecided, doubtOf(hits[0].rule, "whether this rule decides is not known (P-12)"))
	}
	r := hits[0].rule
	to, known := r.TranslatedAddress.Known()
	port, alsoKnown := r.TranslatedPort.Known()
	if !known || !alsoKnown {
		return a.end(Undecided, doubtOf(r, "where it sends packets is not known (P-23b)"))
	}
	p.Destination, p.DestinationPort = to, uint16(port)
	if answer := a.deniedAfterTranslation(rules, p); answer != nil {
		return answer
	}
	if answer := a.signature(rules, g.firewall, p); answer != nil {
		return answer
	}
	a.pass(Hop{Kind: FirewallRule, Name: r.Name, Resource: r.Collection.ID, Decision: Translates})
	a.via = &passage{gate: g, sender: sender, client: p.Source, inward: true}
	return a.fromFirewall(p)
}

// deniedAfterTranslation asks the network rules about a translated packet, under
// the reading in which a rule that denies comes before the translation (P-22).
func (a *asking) deniedAfterTranslation(rules *ruleset, p Packet) *Answer {
	certain, possible := rules.first(azure.NetworkRule, p, true), rules.first(azure.NetworkRule, p, false)
	switch {
	case possible == nil || allows(possible), !a.on(DenyOverridesDNAT):
		return nil
	case certain != nil && !allows(certain):
		return a.end(Deny, firewallHop(certain))
	}
	return a.end(Undecided, doubtOf(possible, "whether this rule decides is not known"))
}

// hit is a NAT rule that matches a packet, or may.
type hit struct {
	ranked
	rule  *azure.FirewallRule
	match match
}

// translations are the NAT rules that may decide about a packet: of each
// collection the first, and of the collections those that none comes before. A
// rule that only may match keeps all others away. With ownOnly the rules of
// parent policies do not count.
func (r *ruleset) translations(p Packet, ownOnly bool) []hit {
	var all []hit
	for _, c := range r.collections {
		for _, rule := range c.Rules {
			m := r.matches(rule, p)
			if c.Kind == azure.NATRule && m != no && (!ownOnly || c.generation == r.own) {
				all = append(all, hit{c, rule, m})
				break
			}
		}
	}
	var list []hit
	for _, h := range all {
		behind := false
		for _, other := range all {
			behind = behind || other.before(h.ranked)
		}
		switch {
		case h.match == maybe:
			return []hit{h}
		case !behind:
			list = append(list, h)
		}
	}
	return list
}

// inherits reports whether a NAT rule of a parent policy matches a packet, or
// may.
func (r *ruleset) inherits(p Packet) bool {
	for _, c := range r.collections {
		for _, rule := range c.Rules {
			if c.Kind == azure.NATRule && c.generation != r.own && r.matches(rule, p) != no {
				return true
			}
		}
	}
	return false
}

// mayBeProxied reports whether a packet for a firewall may be a question that its
// DNS proxy answers, or one of which the tier decides.
func (a *asking) mayBeProxied(g gate, p Packet) bool {
	rules, _ := a.rulesFor(g.firewall)
	dns := p.DestinationPort == 53 && (p.Protocol == protoUDP || p.Protocol == protoTCP)
	return dns && (rules == nil || rules.dnsProxy != no || rules.parentProxy != no) || g.firewall.Tier.Or(azure.FirewallStandard) == azure.FirewallBasic
}
