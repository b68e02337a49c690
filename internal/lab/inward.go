package lab

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/wayleave/wayleave/internal/azure"
)

// Receiver listens for the packets of a probe: at their destination, or where a
// NAT rule of a firewall leads them.
type Receiver struct {
	Namespace string
	Address   netip.AddrPort
}

// addressedTo is the firewall that a probe is for: with a private address in the
// sender's reach, or from outside with a public one. It is nil for others.
func (p *Plan) addressedTo(q Probe) *firewall {
	for _, w := range p.firewalls {
		switch at := p.places[q.From]; {
		case q.From == "" && q.To == "":
			if slices.Contains(w.public, q.Destination) {
				return w
			}
		case w.address != q.Destination:
		case at != nil && p.owner(at, q.Destination) == w.host.place, q.To == w.host.place.ID:
			return w
		}
	}
	return nil
}

// Inward reports whether an address is a public one of a firewall that stands in
// the network: a packet from outside needs no subnet to arrive there.
func (p *Plan) Inward(a netip.Addr) bool { return p.addressedTo(Probe{Destination: a}) != nil }

// target is where a NAT rule leads packets; the zero address where that is not
// known.
type target struct {
	rule *azure.FirewallRule
	to   netip.AddrPort
}

// takes reports whether the rule may be for a port.
func (t target) takes(port uint16) bool {
	return slices.ContainsFunc(t.rule.DestinationPorts.Terms, func(p azure.PortTerm) bool {
		return p.Unknown != nil || p.First <= port && port <= p.Last
	})
}

// findTargets notes where the NAT rules of a firewall lead.
func (c *compiler) findTargets(w *firewall) {
	for _, collection := range c.rules[w] {
		if collection.Kind != azure.NATRule {
			continue
		}
		for _, rule := range collection.Rules {
			t := target{rule: rule}
			address, known := rule.TranslatedAddress.Known()
			if port, too := rule.TranslatedPort.Known(); known && too && address.Is4() && port > 0 && port <= 65535 {
				t.to = netip.AddrPortFrom(address, uint16(port))
			}
			w.targets = append(w.targets, t)
		}
	}
}

// translatedReceivers are the hosts that the NAT rules of a firewall may lead a
// probe to.
func (p *Plan) translatedReceivers(w *firewall, q Probe) []Receiver {
	var list []Receiver
	for _, t := range w.targets {
		for _, at := range p.places {
			if a := t.to.Addr(); contains(at.prefixes, a) && at.host(a).firewall == nil && t.takes(q.DestinationPort) {
				list = append(list, Receiver{at.host(a).namespace.Name, t.to})
			}
		}
	}
	return list
}

// inwardLimits say why what a firewall makes of packets to itself is not
// reproduced.
func (p *Plan) inwardLimits(w *firewall, q Probe) []string {
	list := slices.Clone(w.limits)
	own := w.host.place
	list = append(list, own.limitsTo(q.Source)...)
	for _, t := range w.targets {
		at := p.owner(own, t.to.Addr())
		switch {
		case !t.takes(q.DestinationPort):
			continue
		case !t.to.IsValid():
			list = append(list, fmt.Sprintf("where the NAT rule %s leads is not known", t.rule.Name))
		case at != nil:
			list = append(list, at.limits...)
			list = append(list, at.host(t.to.Addr()).limits...)
			list = append(list, p.occupiedAt(at, t.to.Addr())...)
			list = append(list, at.limitsTo(w.instance)...)
		}
		list = append(list, own.limitsTo(t.to.Addr())...)
	}
	return list
}
