package plain

import (
	"net/netip"

	"github.com/wayleave/wayleave/internal/azure"
)

// match is how a rule fares with a packet; maybe is neither yes nor no.
type match uint8

const (
	no match = iota
	maybe
	yes
)

// matches intersects the fields of a rule (R-20, P-30). An application rule
// also looks at a name, which an address does not tell (P-25): one that takes
// every name matches as far as the packet goes.
func (r *ruleset) matches(rule *azure.FirewallRule, p Packet) match {
	source := r.side(rule.Source, p.Source)
	if rule.Kind != azure.ApplicationRule {
		return min(source, r.side(rule.Destination, p.Destination), r.service(rule, p))
	}
	m := min(source, r.applicationPort(rule, p))
	if len(rule.Destination.Terms) > 0 {
		m = min(m, r.side(rule.Destination, p.Destination))
	}
	return min(m, named(rule, r.host))
}

// everyName reports whether an application rule takes every name.
func everyName(rule *azure.FirewallRule) bool {
	for _, name := range rule.TargetFQDNs {
		if text, known := name.Known(); known && text == "*" {
			return true
		}
	}
	return false
}

// applicationPort compares protocol and port: what application rules look into
// is TCP alone (P-28).
func (r *ruleset) applicationPort(rule *azure.FirewallRule, p Packet) match {
	if p.Protocol != protoTCP {
		return no
	}
	m := no
	for _, protocol := range rule.ApplicationProtocols {
		port, known := protocol.Port.Known()
		_, named := protocol.Type.Known()
		switch usual, ok := usualPort(protocol.Type); {
		case protocol.Port.IsSet() && !known, !protocol.Port.IsSet() && named && !ok:
			m = max(m, maybe)
		case !protocol.Port.IsSet() && !named:
			m = max(m, min(maybe, isUsual(p.DestinationPort)))
		case known && port == int(p.DestinationPort), !protocol.Port.IsSet() && usual == int(p.DestinationPort):
			m = yes
		}
	}
	if len(rule.FQDNTags) > 0 && len(rule.ApplicationProtocols) == 0 {
		m = max(m, min(maybe, isUsual(p.DestinationPort))) // the rule states none, and the tag's own are published nowhere (P-29a)
	}
	return m
}

// isUsual tells whether a port is the one of an application protocol (P-28): a
// rule that states no port is for no other (P-24).
func isUsual(port uint16) match {
	if port == 80 || port == 443 || port == 1433 {
		return yes
	}
	return no
}

// usualPort of an application protocol (P-28).
func usualPort(protocol azure.Value[string]) (int, bool) {
	switch name, _ := protocol.Known(); FoldTag(name) {
	case "http":
		return 80, true
	case "https":
		return 443, true
	case "mssql":
		return 1433, true
	}
	return 0, false
}

// side is the union of the terms. An empty group skips the rule; what
// that does to other terms beside it is not known.
func (r *ruleset) side(side azure.FirewallSide, address netip.Addr) match {
	m, skipped := no, false
	for _, term := range side.Terms {
		switch term.Kind {
		case azure.FirewallAnyAddress:
			m = yes
		case azure.FirewallRange:
			m = max(m, inRange(term, address))
		case azure.FirewallTag:
			m = max(m, r.inTag(term.Name, address))
		case azure.FirewallName:
			m = max(m, min(r.resolved(term.Name), r.proxy()))
		case azure.FirewallIPGroup:
			in, empty := r.inGroup(term.Group.ID, address)
			m, skipped = max(m, in), skipped || empty
		default:
			m = max(m, maybe)
		}
	}
	if skipped {
		return min(m, maybe)
	}
	return m
}

// proxy tells whether names are resolved.
func (r *ruleset) proxy() match {
	if r.parentProxy != no && r.on != nil && r.on(ChildHasParentsDNS) {
		return r.parentProxy
	}
	return r.dnsProxy
}

// resolved tells whether a name that a rule of addresses states holds the
// destination of a client which asks for a name: certainly where both resolve the
// same one at the firewall (P-36, C-13).
func (r *ruleset) resolved(name string) match {
	if r.resolves && r.host != "" && FoldTag(name) == FoldTag(r.host) {
		return yes
	}
	return maybe
}

func (r *ruleset) inGroup(id azure.ID, address netip.Addr) (m match, empty bool) {
	group, found := r.network.IPGroup(id)
	if !found || group.Stub {
		return maybe, false
	}
	for _, term := range group.Addresses {
		m = max(m, inRange(term, address))
	}
	return m, len(group.Addresses) == 0
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

// inTag looks up a service tag (P-33, P-35). Those of security groups mean
// nothing here (P-34).
func (r *ruleset) inTag(name string, address netip.Addr) match {
	tag, known := r.tags[FoldTag(name)]
	switch {
	case !known:
		return maybe
	case within(address, tag.Prefixes):
		return yes
	}
	return no
}

// service compares protocol and destination port. Any with ports is TCP and UDP
// only (P-31); the ports of ICMP mean nothing (P-32).
func (r *ruleset) service(rule *azure.FirewallRule, p Packet) match {
	m := no
	for _, value := range rule.Protocols {
		protocol, known := value.Known()
		ported := p.Protocol == protoTCP || p.Protocol == protoUDP
		switch {
		case !known:
			m = max(m, maybe)
		case p.Protocol == protoTCP && (protocol == azure.FirewallTCP || protocol == azure.FirewallAny),
			p.Protocol == protoUDP && (protocol == azure.FirewallUDP || protocol == azure.FirewallAny):
			m = max(m, inFirewallPorts(rule.DestinationPorts, p.DestinationPort))
		case p.Protocol == protoICMP && protocol == azure.FirewallICMP:
			m = yes
		case !ported && protocol == azure.FirewallAny && r.anyIsThree && p.Protocol != protoICMP:
		case !ported && protocol == azure.FirewallAny && everyPort(rule.DestinationPorts):
			m = yes
		case !ported && protocol == azure.FirewallAny && unknownPort(rule.DestinationPorts):
			m = max(m, maybe)
		}
	}
	return m
}

func inFirewallPorts(ports azure.Ports, port uint16) match {
	for _, t := range ports.Terms {
		if t.Unknown == nil && t.First <= port && port <= t.Last {
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
