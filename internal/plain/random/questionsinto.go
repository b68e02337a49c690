package random

import (
	"net/netip"

	"github.com/wayleave/wayleave/internal/plain"
)

// IntoPublic draws a packet from outside to a public address of a firewall, a
// load balancer or a network interface; ok is false where the network has none.
func (q *Questions) IntoPublic() (question plain.Question, ok bool) {
	var public []*Balancer
	for _, b := range q.n.Balancers {
		if b.Subnet == "" {
			public = append(public, b)
		}
	}
	var own []*Interface
	for _, i := range q.n.Interfaces {
		if i.PublicIP.IsValid() {
			own = append(own, i)
		}
	}
	boxes := len(public) + len(q.n.Firewalls)
	switch {
	case len(own) > 0 && (boxes == 0 || q.IntN(100) < 30):
		return q.toInterface(pick(q.Rand, own)), true
	case boxes == 0:
		return plain.Question{}, false
	case len(public) > 0 && (len(q.n.Firewalls) == 0 || q.IntN(100) < 50):
		return q.toBalancer(pick(q.Rand, public)), true
	}
	return q.toFirewall(pick(q.Rand, q.n.Firewalls)), true
}

// toInterface is a packet from outside to the public IP address of a network
// interface, mostly one that the rules before it name.
func (q *Questions) toInterface(i *Interface) plain.Question {
	var question plain.Question
	for _, at := range q.subnets {
		if at.id == SubnetID(i.VNet, i.Subnet) {
			question = q.at(at, false)
		}
	}
	if from := question.Packet.Source; from.Is6() || from == netip.AddrFrom4([4]byte{168, 63, 129, 16}) {
		question.Packet.Source = q.outside(false)
	}
	question.Packet.Destination, question.To, question.Managed, question.NeedsGroup = i.PublicIP, "", false, false
	return question
}

// toBalancer is a packet from outside to a public load balancer, mostly one that
// a rule of it is for.
func (q *Questions) toBalancer(b *Balancer) plain.Question {
	p := plain.Packet{Protocol: q.protocol(), Source: q.outside(false), Destination: b.Address}
	if p.Protocol == 6 || p.Protocol == 17 {
		p.SourcePort, p.DestinationPort = 51000, q.port(443)
		if len(b.Rules) > 0 && q.IntN(100) < 70 {
			p.DestinationPort = uint16(pick(q.Rand, b.Rules).Port)
		}
	}
	return plain.Question{Packet: p}
}

// toFirewall is a packet from outside to a public address of a firewall, mostly
// one that a NAT rule is for.
func (q *Questions) toFirewall(f *Firewall) plain.Question {
	p := plain.Packet{Protocol: q.protocol(), Source: q.outside(false), Destination: pick(q.Rand, f.Public)}
	if p.Protocol == 6 || p.Protocol == 17 {
		p.SourcePort, p.DestinationPort = 51000, q.port(443)
	}
	for _, c := range f.collections() {
		if r := pick(q.Rand, append(c.Rules, FirewallRule{})); c.NAT && r.To != "" && q.IntN(100) < 60 {
			p.Protocol, p.DestinationPort = 6, q.aimPort(r.Ports, 443)
			if r.Protocols[0] == "UDP" {
				p.Protocol = 17
			}
			if p.SourcePort == 0 {
				p.SourcePort = 51000
			}
			for _, text := range plainTexts(r.Source) {
				if from, ok := prefixOf(text); ok && from.Addr().Is4() && !q.nobody(from.Addr()) {
					p.Source = from.Addr()
				}
			}
			if to := netip.MustParsePrefix(r.Destination[0] + "/32").Addr(); to != f.Address {
				p.Destination = to
			}
		}
	}
	return plain.Question{Packet: p}
}
