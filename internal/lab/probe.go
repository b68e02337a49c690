package lab

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/wayleave/wayleave/internal/azure"
)

// Protocol numbers of what can be probed.
const (
	ICMP = 1
	TCP  = 6
	UDP  = 17
)

// Probe is one packet to send for real, with its answer.
type Probe struct {
	// Protocol is TCP (a handshake), UDP (an exchange) or ICMP (an echo).
	Protocol            uint8
	Source, Destination netip.Addr
	// SourcePort and DestinationPort count for TCP and UDP alone. A SourcePort
	// of 0 is any.
	SourcePort, DestinationPort uint16
	// From is the subnet that sends; empty for outside.
	From azure.ID
	// To is the subnet at which a packet from outside arrives, its destination
	// translated already; empty for one to a public address of a firewall.
	To azure.ID
}

// String returns the probe in one line, "tcp 10.0.0.4:49152 -> 10.0.1.4:443".
func (p Probe) String() string {
	name := map[uint8]string{ICMP: "icmp", TCP: "tcp", UDP: "udp"}[p.Protocol]
	if p.Protocol == ICMP {
		return fmt.Sprintf("%s %s -> %s", name, p.Source, p.Destination)
	}
	return fmt.Sprintf("%s %s:%d -> %s:%d", name, p.Source, p.SourcePort, p.Destination, p.DestinationPort)
}

// Sender is the namespace that sends a probe and, where it has several
// devices, the one it sends by. It is nil if there is none.
func (p *Plan) Sender(q Probe) (n *Namespace, device string) {
	if at := p.places[q.From]; at != nil {
		return at.host(q.Source).namespace, ""
	}
	at := p.places[q.To]
	if w := p.addressedTo(q); w != nil {
		at = w.host.place
	}
	if at == nil {
		return nil, ""
	}
	if q.Source == hostAddress || q.Source == metadataAddress {
		return at.vnet.edge, ""
	}
	return p.Namespace("internet"), at.vnet.outside
}

// Receivers are those that a probe may reach.
func (p *Plan) Receivers(q Probe) []Receiver {
	var list []Receiver
	to := netip.AddrPortFrom(q.Destination, q.DestinationPort)
	for _, n := range p.Namespaces {
		switch n.Role {
		case Internet:
			list = append(list, Receiver{n.Name, to})
		case Edge:
			if q.Destination == hostAddress || q.Destination == metadataAddress {
				list = append(list, Receiver{n.Name, to})
			}
		}
	}
	for _, at := range p.places {
		if contains(at.prefixes, q.Destination) {
			list = append(list, Receiver{at.host(q.Destination).namespace.Name, to})
		}
	}
	if w := p.addressedTo(q); w != nil && (q.Protocol == TCP || q.Protocol == UDP) {
		list = append(list, p.translatedReceivers(w, q)...)
	}
	return list
}

// Shot is a probe with the namespaces it concerns, aimed by [Plan.Shot]. Whoever
// holds the namespaces needs no more to send it.
type Shot struct {
	Probe Probe
	// Sender is the namespace that sends, by Device where that is not "".
	Sender, Device string
	Receivers      []Receiver
	// Translated says that a NAT rule may change the destination, so that flows
	// with one source port may meet.
	Translated bool
}

// Shot aims a probe. The error says that nobody sends from its place.
func (p *Plan) Shot(q Probe) (Shot, error) {
	sender, device := p.Sender(q)
	if sender == nil {
		return Shot{}, fmt.Errorf("%v: nobody sends from there", q)
	}
	return Shot{Probe: q, Sender: sender.Name, Device: device, Receivers: p.Receivers(q), Translated: p.addressedTo(q) != nil}, nil
}

// IsReserved reports whether an address is one of the five of a subnet that
// nobody has.
func (p *Plan) IsReserved(subnet azure.ID, a netip.Addr) bool {
	at := p.places[subnet]
	return at != nil && slices.ContainsFunc(at.prefixes, func(prefix netip.Prefix) bool { return slices.Contains(reserved(prefix), a) })
}

// Limits says why the packets of a probe would not show what Azure does; empty
// if they do.
func (p *Plan) Limits(q Probe) []string {
	list := linuxLimits(q)
	if q.From == "" && contains(private, q.Source) {
		list = append(list, "the internet outside carries no private addresses")
	}
	from, to := p.places[q.From], p.places[q.To]
	if sender, _ := p.Sender(q); sender == nil {
		list = append(list, "the sender is in no subnet of the network")
	}
	if from != nil {
		if from.host(q.Source).firewall != nil {
			list = append(list, "a firewall sends nothing by itself")
		}
		if from.host(q.Source).endpoint != nil {
			list = append(list, "a private endpoint sends nothing by itself")
		}
		list = append(list, from.limits...)
		list = append(list, from.host(q.Source).limits...)
		list = append(list, from.limitsTo(q.Destination)...)
		list = append(list, from.limitsToItself(q)...)
		to = p.owner(from, q.Destination)
	}
	if to != nil {
		list = append(list, to.limits...)
		list = append(list, to.host(q.Destination).limits...)
		list = append(list, p.occupiedAt(to, q.Destination)...)
		if w := to.host(q.Destination).firewall; w != nil && w.address != q.Destination {
			list = append(list, "what is sent to one instance of a firewall is not reproduced")
		}
		list = append(list, endpointLimits(to.host(q.Destination), q)...)
		if to.host(q.Destination).endpoint == nil { // which sends straight back (PE-5)
			list = append(list, to.limitsTo(q.Source)...)
		}
	}
	if w := p.addressedTo(q); w != nil {
		list = append(list, p.inwardLimits(w, q)...)
		if from != nil && slices.ContainsFunc(p.firewalls, func(w *firewall) bool { return p.places[q.From].host(w.address).firewall == w }) {
			list = append(list, "nothing but the firewall sends from its subnet")
		}
	} else if slices.Contains(p.public, q.Destination) {
		list = append(list, "the way to a public address of the network itself is not reproduced")
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// limitsToItself say why a packet of a host to itself, which no network sees, is not
// reproduced: where it would go by way of an appliance, it is a loop (RT-49).
func (p *place) limitsToItself(q Probe) []string {
	if e, ok := p.lookup(q.Destination); ok && q.Source == q.Destination && e.hop == azure.VirtualAppliance {
		return []string{"what a host sends to itself by way of an appliance is not reproduced"}
	}
	return nil
}

// limitsTo say why the way of a place to an address is not reproduced.
func (p *place) limitsTo(a netip.Addr) []string {
	if e, ok := p.lookup(a); ok && e.limit != "" {
		return []string{e.limit}
	}
	return nil
}

// owner finds the subnet with an address in the network of a place or one it
// is peered with, or nil.
func (p *Plan) owner(from *place, a netip.Addr) *place {
	if at := from.vnet.place(a); at != nil {
		return at
	}
	for _, l := range from.vnet.links {
		if at := l.remote.place(a); at != nil {
			return at
		}
	}
	return nil
}

// zeroNet and loopback are addresses that the stack of Linux itself refuses
// from a link.
var (
	zeroNet  = netip.MustParsePrefix("0.0.0.0/8")
	loopback = netip.MustParsePrefix("127.0.0.0/8")
)

// linuxLimits are what Linux itself does not let a program send.
func linuxLimits(q Probe) []string {
	var list []string
	for _, a := range []netip.Addr{q.Source, q.Destination} {
		switch {
		case !a.Is4():
			list = append(list, "IPv6 is not reproduced")
		case zeroNet.Contains(a), loopback.Contains(a):
			list = append(list, "Linux carries no packets of 0.0.0.0/8 and 127.0.0.0/8")
		}
	}
	if q.Source.IsMulticast() || q.Source == netip.AddrFrom4([4]byte{255, 255, 255, 255}) {
		list = append(list, "Linux takes no packets from a multicast or broadcast address")
	}
	switch q.Protocol {
	case ICMP:
	case TCP, UDP:
		if q.DestinationPort == 0 {
			list = append(list, "no program can listen at port 0")
		}
		if q.Source == q.Destination && q.SourcePort == q.DestinationPort {
			list = append(list, "a socket cannot send to itself")
		}
	default:
		list = append(list, fmt.Sprintf("packets of protocol %d are not sent", q.Protocol))
	}
	return list
}
