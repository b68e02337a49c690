package plain

import (
	"net/netip"

	"github.com/wayleave/wayleave/internal/azure"
)

// side is the union of the terms. An empty group skips the rule; what
// that does to other terms beside it is not known.
func (f *firewallPass) side(side azure.FirewallSide, address netip.Addr) match {
	m, skipped := no, false
	for _, term := range side.Terms {
		switch term.Kind {
		case azure.FirewallAnyAddress:
			m = yes
		case azure.FirewallRange:
			m = max(m, inRange(term, address))
		case azure.FirewallIPGroup:
			group, found := f.network.IPGroup(term.Group.ID)
			switch {
			case !found || group.Stub:
				m = max(m, maybe)
			case len(group.Addresses) == 0:
				skipped = true
			}
			if found {
				for _, t := range group.Addresses {
					m = max(m, inRange(t, address))
				}
			}
		default:
			m = max(m, maybe)
		}
	}
	if skipped {
		return min(m, maybe)
	}
	return m
}

func inRange(term azure.FirewallTerm, address netip.Addr) match {
	if term.Kind != azure.FirewallRange {
		return maybe
	}
	if term.First.Compare(address) <= 0 && address.Compare(term.Last) <= 0 {
		return yes
	}
	return no
}

// service compares protocol and destination port. Any with ports is TCP and
// UDP only (P-31); the ports of ICMP mean nothing, and whether ICMP gets
// through is not known (P-32).
func (f *firewallPass) service(r *azure.FirewallRule) match {
	m := no
	for _, value := range r.Protocols {
		protocol, known := value.Known()
		number := f.packet.Protocol
		switch {
		case !known:
			m = max(m, maybe)
		case number == protoTCP && (protocol == azure.FirewallTCP || protocol == azure.FirewallAny),
			number == protoUDP && (protocol == azure.FirewallUDP || protocol == azure.FirewallAny):
			m = max(m, f.port(r.DestinationPorts))
		case number == protoICMP && protocol == azure.FirewallICMP:
			m = max(m, maybe)
		case number != protoTCP && number != protoUDP && protocol == azure.FirewallAny && (everyPort(r.DestinationPorts) || unknownPort(r.DestinationPorts)):
			m = max(m, maybe)
		}
	}
	return m
}

func (f *firewallPass) port(ports azure.Ports) match {
	for _, t := range ports.Terms {
		if t.Unknown == nil && t.First <= f.packet.DestinationPort && f.packet.DestinationPort <= t.Last {
			return yes
		}
	}
	if unknownPort(ports) {
		return maybe
	}
	return no
}

func unknownPort(ports azure.Ports) bool {
	for _, t := range ports.Terms {
		if t.Unknown != nil {
			return true
		}
	}
	return false
}
