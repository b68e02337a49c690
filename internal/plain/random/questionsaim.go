package random

import (
	"net/netip"
	"strings"

	"github.com/wayleave/wayleave/internal/plain"
)

// aim bends a packet towards a rule, so that long lists are reached deep down;
// it returns the near and the far address.
func (q *Questions) aim(r Rule, at sender, p *plain.Packet, near, far netip.Addr) (netip.Addr, netip.Addr) {
	switch r.Protocol {
	case "Udp":
		p.Protocol = 17
	case "*", "Any":
		p.Protocol = pick(q.Rand, []uint8{6, 6, 17})
	case "Tcp", "TCP":
		p.Protocol = 6
	case "Esp":
		p.Protocol, p.SourcePort, p.DestinationPort = 50, 0, 0
	}
	if p.Protocol == 6 || p.Protocol == 17 {
		p.DestinationPort = q.aimPort(r.DestinationPorts, p.DestinationPort)
		p.SourcePort = q.aimPort(r.SourcePorts, p.SourcePort)
	}
	nearSide, farSide := r.Destination, r.Source
	if r.Direction == "Outbound" {
		nearSide, farSide = farSide, nearSide
	}
	for _, p := range q.prefixes(nearSide) {
		for _, a := range at.addresses {
			if p.Contains(a) && q.IntN(100) < 70 {
				near = a
			}
		}
	}
	var list []netip.Prefix
	for _, p := range q.prefixes(farSide) {
		if p.Addr().Is6() == near.Is6() {
			list = append(list, p)
		}
	}
	if len(list) > 0 {
		prefix := pick(q.Rand, list)
		far = pick(q.Rand, []netip.Addr{prefix.Addr(), lastOf(prefix), prefix.Addr().Next()})
	} else {
		far = q.contextual(farSide[0], near.Is6())
	}
	return near, far
}

// contextual is an address that is likely to be in a contextual tag.
func (q *Questions) contextual(name string, six bool) netip.Addr {
	switch folded := strings.ToLower(name); {
	case folded == "azureloadbalancer" && !six:
		return netip.AddrFrom4([4]byte{168, 63, 129, 16})
	case folded == "internet" && !six:
		return netip.AddrFrom4([4]byte{8, 8, byte(q.IntN(256)), 8})
	case folded == "virtualnetwork" || strings.HasPrefix(folded, "asg:"):
		for range 5 {
			if a := pick(q.Rand, pick(q.Rand, q.subnets).addresses); a.Is6() == six {
				return a
			}
		}
	}
	return q.farAddress(six)
}

// prefixes is what a side of a rule names, but for the contextual tags.
func (q *Questions) prefixes(side []string) []netip.Prefix {
	var list []netip.Prefix
	for _, text := range side {
		if p, ok := prefixOf(text); ok {
			list = append(list, p)
		}
	}
	return append(list, q.tags[strings.ToLower(side[0])]...)
}

func (q *Questions) aimPort(texts []string, port uint16) uint16 {
	if low, high, ok := portsOf(pick(q.Rand, texts)); ok {
		return pick(q.Rand, []uint16{low, high, high, high + 1})
	}
	return port
}
