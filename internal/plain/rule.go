package plain

import (
	"net/netip"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

// Fields tells, field by field, whether a rule matches a packet, as Azure's
// network configuration diagnostic prints it (NW-6).
type Fields struct {
	Protocol, Source, SourcePort, Destination, DestinationPort bool
}

// fields compares all five fields.
func (a *asking) fields(rule *azure.SecurityRule, at place, p Packet) Fields {
	return Fields{
		Protocol:        a.protocolMatches(rule, p),
		Source:          a.addressMatches(rule.Source, at, p.Source),
		SourcePort:      a.sourcePortMatches(a.portsAtEndpoint(rule, rule.SourcePorts), p),
		Destination:     a.addressMatches(rule.Destination, at, p.Destination),
		DestinationPort: a.destinationPortMatches(a.portsAtEndpoint(rule, rule.DestinationPorts), p),
	}
}

// matches reports whether all five fields match (NSG-16). Where that is not known for
// what a service endpoint covers, it is read in favour of the packet, or not.
func (a *asking) matches(rule *azure.SecurityRule, at place, p Packet) bool {
	match := a.fits(rule, at, p)
	a.wide = true
	wide := a.fits(rule, at, p)
	a.wide = false
	if match == wide {
		return match
	}
	a.unsure = true
	return (rule.Access.V == azure.Allow) == a.favour
}

func (a *asking) fits(rule *azure.SecurityRule, at place, p Packet) bool {
	return a.matchesButDestination(rule, at, p) && a.sideMatches(rule, azure.Inbound, at, p.Destination)
}

// sideMatches compares the side of a rule that is the interface's own for one direction.
// At an interface that forwards, one that names application security groups matches
// nothing unless the interface is a member, and whether it does then is not known
// (ASG-2).
func (a *asking) sideMatches(rule *azure.SecurityRule, own azure.Direction, at place, address netip.Addr) bool {
	side := rule.Source
	if own == azure.Inbound {
		side = rule.Destination
	}
	if a.by == nil || rule.Direction.V != own || !namesGroup(side) {
		return a.addressMatches(side, at, address)
	}
	for _, term := range side.Terms() {
		if a.forwarderIn(term.Group.ID) {
			return (rule.Access.V == azure.Allow) == a.favour
		}
	}
	return false
}

func namesGroup(side azure.Side) bool {
	for _, term := range side.Terms() {
		if term.Kind == azure.GroupAddress {
			return true
		}
	}
	return false
}

func (a *asking) matchesButDestination(rule *azure.SecurityRule, at place, p Packet) bool {
	return a.sourcePortMatches(a.portsAtEndpoint(rule, rule.SourcePorts), p) &&
		a.sideMatches(rule, azure.Outbound, at, p.Source) &&
		a.protocolMatches(rule, p) &&
		a.destinationPortMatches(a.portsAtEndpoint(rule, rule.DestinationPorts), p)
}

func (a *asking) protocolMatches(rule *azure.SecurityRule, p Packet) bool {
	switch azure.Protocol(rule.Protocol.V) {
	case azure.AnyProtocol:
		if p.Protocol == protoESP || p.Protocol == protoAH {
			return a.on(StarIncludesESPAH) // NSG-6
		}
		return true
	case azure.TCP:
		return p.Protocol == protoTCP
	case azure.UDP:
		return p.Protocol == protoUDP
	case azure.ICMP:
		return p.Protocol == protoICMP // not ICMPv6 (NSG-31)
	case azure.ESP:
		return p.Protocol == protoESP
	case azure.AH:
		return p.Protocol == protoAH
	}
	return false
}

// everyPort reports whether ports are all ports: "*", 0-65535, which is the
// same (NSG-7), or a list whose union is that (NSG-16).
func everyPort(ports azure.Ports) bool {
	for port := 0; port <= 65535; {
		end := port
		for _, t := range ports.Terms {
			if int(t.First) <= port && port <= int(t.Last) {
				end = int(t.Last) + 1
			}
		}
		if end == port {
			return false
		}
		port = end
	}
	return true
}

func inPorts(ports azure.Ports, port uint16) bool {
	for _, t := range ports.Terms {
		if t.First <= port && port <= t.Last {
			return true
		}
	}
	return false
}

// A packet without ports meets a rule with ports never (NSG-17a, NSG-18).
func (a *asking) sourcePortMatches(ports azure.Ports, p Packet) bool {
	if hasPorts(p.Protocol) {
		return inPorts(ports, p.SourcePort)
	}
	return everyPort(ports)
}

// For ICMP there is the second reading, in which the destination port of a
// rule is the ICMP type (NSG-17b).
func (a *asking) destinationPortMatches(ports azure.Ports, p Packet) bool {
	if hasPorts(p.Protocol) {
		return inPorts(ports, p.DestinationPort)
	}
	if everyPort(ports) {
		return true
	}
	return p.Protocol == protoICMP && inPorts(ports, p.DestinationPort) && a.on(ICMPPortIsType)
}

// addressMatches reports whether an address is in one of the terms.
func (a *asking) addressMatches(side azure.Side, at place, address netip.Addr) bool {
	for _, term := range side.Terms() {
		if a.termMatches(term, at, address) {
			return true
		}
	}
	return false
}

func (a *asking) termMatches(term azure.AddressTerm, at place, address netip.Addr) bool {
	switch term.Kind {
	case azure.AnyAddress:
		return true
	case azure.PrefixAddress:
		if term.Prefix.Contains(address) {
			return true
		}
		everything := term.Prefix.Addr().Is4() && term.Prefix.Bits() == 0
		return everything && address.Is6() && a.on(ZeroSlashZeroCoversIPv6) // NSG-30
	case azure.TagAddress:
		return a.inTag(term.Tag, at, address)
	case azure.GroupAddress:
		// The set of the members' addresses; empty for an empty group (ASG-2, ASG-4).
		for _, member := range a.members[term.Group.ID] {
			if member == address {
				return true
			}
		}
	}
	return false
}

// namesTag reports whether a side names a tag.
func namesTag(side azure.Side, folded string) bool {
	for _, term := range side.Terms() {
		if term.Kind == azure.TagAddress && strings.ToLower(term.Tag) == folded {
			return true
		}
	}
	return false
}
