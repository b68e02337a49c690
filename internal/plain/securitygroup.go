package plain

import (
	"net/netip"

	"github.com/wayleave/wayleave/internal/azure"
)

// firstMatch is the rule of a group that decides about a packet: the first
// that matches, in priority order, defaults last (NSG-4, NSG-16). It is nil
// when no rule matches, which only a narrow reading of "*" makes possible
// (NSG-6).
func (a *asking) firstMatch(group *azure.NetworkSecurityGroup, d azure.Direction, at place, p Packet) *azure.SecurityRule {
	for _, rule := range a.groups[group.ID] {
		if rule.Direction.V == d && a.matches(rule, at, p) {
			return rule
		}
	}
	return nil
}

// throughGroup asks one group; no group lets everything pass (NSG-22). The
// answer is nil when the packet passes, or may pass.
func (a *asking) throughGroup(group *azure.NetworkSecurityGroup, d azure.Direction, at place, p Packet) *Answer {
	if group == nil || p.Protocol == protoICMPv6 { // NSG-31
		return nil
	}
	a.unsure = false
	hop := a.decider(group, d, at, p)
	if a.by != nil || a.unsure {
		a.favour = true
		other := a.decider(group, d, at, p)
		a.favour = false
		switch {
		case hop.Decision == other.Decision && hop.Decision == Denies:
			hop = other // by a rule of which it is known that it matches
		case hop.Decision != other.Decision:
			hop.Decision, hop.Why = Unknowable, "whether a rule holds for what a member of its group forwards, or a service endpoint covers, is not known (ASG-2, TAG-15)"
			a.doubt(hop)
			return nil
		}
	}
	if hop.Decision == Denies && d == azure.Outbound && a.mayBeLicensing(at, p) {
		hop.Decision, hop.Why = Unknowable, "whether this goes to a licensing server is not known (PLAT-4)"
		a.doubt(hop)
		return nil
	}
	if hop.Decision == Denies {
		return a.end(Deny, hop)
	}
	a.pass(hop)
	return nil
}

// decider is the hop of the rule that decides about a packet.
func (a *asking) decider(group *azure.NetworkSecurityGroup, d azure.Direction, at place, p Packet) Hop {
	if rule := a.firstMatch(group, d, at, p); rule != nil {
		return ruleHop(group, rule)
	}
	return Hop{Kind: NSGDefaultRule, Resource: group.ID, Decision: Denies, Why: "no rule matches"}
}

// forwarding asks the groups at a network interface about a packet that it forwards;
// near is the packet's address on the interface's side.
func (a *asking) forwarding(nic *azure.NetworkInterface, near netip.Addr, ask func() *Answer) *Answer {
	for _, c := range nic.IPConfigurations {
		if c.PrivateIPAddress.V == near {
			return ask()
		}
	}
	a.by = nic
	answer := ask()
	a.by = nil
	return answer
}

// forwarderIn reports whether the interface that forwards is a member of an application
// security group.
func (a *asking) forwarderIn(group azure.ID) bool {
	for _, c := range a.by.IPConfigurations {
		if refersTo(c.ApplicationSecurityGroups, group) {
			return true
		}
	}
	return false
}

func ruleHop(group *azure.NetworkSecurityGroup, rule *azure.SecurityRule) Hop {
	hop := Hop{Kind: NSGRule, Name: rule.Name, Resource: group.ID, Decision: Allows}
	if rule.Default {
		hop.Kind = NSGDefaultRule
	}
	if rule.Access.V == azure.Deny {
		hop.Decision = Denies
	}
	return hop
}

// outbound asks the admin rules and the groups of the sender: the interface's,
// then the subnet's (NSG-24). Traffic within a subnet is asked too (NSG-26).
func (a *asking) outbound(at place, p Packet) *Answer {
	return a.outboundThrough(at, a.interfaceGroup(at, p.Source), p)
}

// outboundThrough asks them of an interface with its own group.
func (a *asking) outboundThrough(at place, own *azure.NetworkSecurityGroup, p Packet) *Answer {
	answer, always, doubt := a.throughAdmin(at, azure.Outbound, p)
	if answer != nil || always {
		return answer
	}
	return a.throughGroups([]*azure.NetworkSecurityGroup{own, at.group}, azure.Outbound, at, p, doubt)
}

// inbound asks the admin rules and the groups of a receiver.
func (a *asking) inbound(at place, own *azure.NetworkSecurityGroup, p Packet) *Answer {
	answer, always, doubt := a.throughAdmin(at, azure.Inbound, p)
	if answer != nil || always {
		return answer
	}
	return a.inboundGroups(at, own, p, doubt)
}

// inboundGroups asks the groups of a receiver: the subnet's, then the
// interface's (NSG-24). The receiver is given by its own address, which at an
// appliance is not the packet's destination (PIPE-3).
func (a *asking) inboundGroups(at place, own *azure.NetworkSecurityGroup, p Packet, doubt *Hop) *Answer {
	return a.throughGroups([]*azure.NetworkSecurityGroup{at.group, own}, azure.Inbound, at, p, doubt)
}
