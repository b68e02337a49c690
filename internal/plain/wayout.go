package plain

import (
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

// toInternet lets a packet leave, with the address of a NAT gateway, its own
// public one, one of a load balancer, or one that Azure lends (RT-31). A private
// address has no receiver there. To a public IP address of the model the packet
// would come back in, from a source that is translated to an address not known
// here.
func (a *asking) toInternet(at place, w way, p Packet) *Answer {
	if answer := a.leave(at, p); answer != nil {
		return answer
	}
	return a.end(Allow, w.hop(at, Delivers, "leaves to the internet"))
}

// leave ends a packet that cannot leave to the internet; nil if it can. One whose way
// back in is not followed is stopped where it gets no address to leave with.
func (a *asking) leave(at place, p Packet) *Answer {
	one := a.fork()
	back := one.unreceived(p)
	if back != nil && back.Verdict != Undecided {
		return back
	}
	out := a.translated(at, p)
	if back != nil && (out == nil || out.Verdict != Deny) {
		return back
	}
	return out
}

// translated ends a packet that gets no address to leave with; nil if it gets one.
func (a *asking) translated(at place, p Packet) *Answer {
	stopped := p.Protocol == protoTCP && p.DestinationPort == 25 && a.given(MailStopped)
	answer := a.address(at, p)
	switch {
	case answer == nil && stopped:
		return a.end(Deny, Hop{Kind: Platform, Name: "FAB-6", Decision: Drops, Why: "the subscription does not let TCP 25 out"})
	case answer != nil && answer.Verdict == Deny && a.own != nil && a.own.Has == azure.MayHaveOwn:
		h := answer.Decider
		h.Decision = Unknowable
		return a.end(Undecided, h)
	}
	return answer
}

// address gives a packet a public address; an answer says why there is none, or that
// it is not known. What a NAT gateway without an address takes gets none if there is
// no other, else that is not known (RT-31).
func (a *asking) address(at place, p Packet) *Answer {
	carried := p.Protocol == protoTCP || p.Protocol == protoUDP
	gateway, has := a.network.NATGateway(at.subnet.NATGateway.ID)
	if !has || !gateway.Empty() || !carried || !p.Source.Is4() {
		return a.addressBy(gateway, has, at, p)
	}
	if answer := a.addressBy(nil, false, at, p); answer != nil {
		return answer
	}
	a.see(Seen{})
	return a.end(Undecided, Hop{Kind: Translation, Name: at.subnet.Name, Resource: at.subnet.ID, Decision: Unknowable, Why: "the NAT gateway has no public IP address (RT-31)"})
}

// addressBy gives a packet an address where the subnet has the NAT gateway, or none.
func (a *asking) addressBy(gateway *azure.NATGateway, hasGateway bool, at place, p Packet) *Answer {
	carried := p.Protocol == protoTCP || p.Protocol == protoUDP
	none := func(why string) *Answer {
		return a.end(Deny, Hop{Kind: Translation, Name: at.subnet.Name, Resource: at.subnet.ID, Decision: Drops, Why: why})
	}
	open := func(why string) *Answer {
		return a.end(Undecided, Hop{Kind: Translation, Name: at.subnet.Name, Resource: at.subnet.ID, Decision: Unknowable, Why: why})
	}
	c := a.configuration(at, p.Source)
	switch {
	case hasGateway && carried && p.Source.Is4():
		a.see(a.publicOf(gateway))
	case c != nil && c.PublicIPAddress.IsSet():
		a.see(a.publicSet([]azure.Reference{c.PublicIPAddress}))
	case a.own != nil && a.own.Has == azure.HasOwn:
		return a.leaveOwned(c, p, none, open)
	case hasGateway && carried && (!strings.EqualFold(gateway.SKU.V, "Standard") || c != nil && len(c.BackendPools) > 0):
		return open("whether the NAT gateway or a load balancer carries IPv6 is not known")
	case hasGateway && c == nil && a.own == nil && a.given(SenderUnknown):
		return open("whether the sender has an address of its own is not known")
	case hasGateway && carried:
		return none("a Standard NAT gateway carries IPv4 only")
	case hasGateway:
		return none("a NAT gateway carries TCP and UDP only (RT-32)")
	default:
		switch why := a.lend(at, c, p, carried); {
		case why != "" && c == nil && a.own == nil && a.given(SenderUnknown):
			return open("whether the sender has an address of its own is not known")
		case why != "":
			return none(why)
		}
	}
	return nil
}

// leaveOwned sends a packet with the public address of a managed service itself, of
// which it is known that it carries TCP and UDP over IPv4, unless a load balancer
// translates it (decisions 14).
func (a *asking) leaveOwned(c *azure.IPConfiguration, p Packet, none, open func(string) *Answer) *Answer {
	addresses, protocols, _ := a.balancersOf(c)
	switch {
	case len(addresses) > 0 && !protocols[p.Protocol]:
		return none("the load balancer does not translate the protocol (RT-31)")
	case len(addresses) > 0:
		a.see(a.publicSet(addresses))
		return nil
	case p.Protocol != protoTCP && p.Protocol != protoUDP || p.Source.Is6():
		return open("whether the service's own address carries more than TCP and UDP over IPv4 is not known")
	}
	a.see(Seen{Kind: SeenPublic, Translated: true})
	return nil
}

// lend gives a packet the address of a load balancer or one of Microsoft's; why
// says why there is none.
func (a *asking) lend(at place, c *azure.IPConfiguration, p Packet, carried bool) (why string) {
	addresses, protocols, standard := a.balancersOf(c)
	if len(addresses) > 0 {
		if !protocols[p.Protocol] {
			return "the load balancer does not translate the protocol (RT-31)"
		}
		a.see(a.publicSet(addresses))
		return ""
	}
	lent, stated := true, false
	if c != nil {
		lent, stated = c.Interface.DefaultOutbound.Known()
	}
	switch {
	case stated && !lent:
		return "Azure lends the network interface no address (RT-34)"
	case standard:
		return "behind a Standard load balancer there is no default outbound access (RT-36)"
	case c != nil && a.hasStandard(c):
		return "beside a Standard public IP address there is no default outbound access (RT-36)"
	case !stated && !at.subnet.DefaultOutboundAccess.Or(true):
		return "the subnet has no default outbound access (RT-33)"
	case !carried || p.Source.Is6():
		return "default outbound access carries TCP and UDP over IPv4 only (RT-33)"
	}
	a.see(Seen{Kind: SeenPublic, Translated: true})
	return ""
}

// balancersOf are the public addresses that load balancers give what an IP
// configuration sends, and to which protocols; standard tells that it is behind
// a Standard one.
func (a *asking) balancersOf(c *azure.IPConfiguration) (addresses []azure.Reference, protocols map[uint8]bool, standard bool) {
	protocols = map[uint8]bool{}
	use := func(f *azure.Frontend, protocol string) {
		addresses = append(addresses, f.PublicIPAddress)
		protocols[protoTCP] = protocols[protoTCP] || !strings.EqualFold(protocol, "udp")
		protocols[protoUDP] = protocols[protoUDP] || !strings.EqualFold(protocol, "tcp")
	}
	for _, l := range a.network.LoadBalancers {
		for _, pool := range l.BackendPools {
			if c == nil || !refersTo(pool.Members, c.ID) {
				continue
			}
			standard = standard || !strings.EqualFold(l.SKU.V, "Basic")
			explicit := false
			for _, r := range l.OutboundRules {
				if r.Pool.ID != pool.ID {
					continue
				}
				explicit = true
				for _, front := range r.Frontends {
					use(l.Frontend(front), r.Protocol.V)
				}
			}
			for _, r := range l.Rules {
				if front := l.Frontend(r.Frontend); !explicit && refersTo(r.Pools, pool.ID) && !r.DisableOutboundSNAT.V && front.Public() {
					use(front, "All")
				}
			}
		}
	}
	return addresses, protocols, standard
}

func refersTo(refs []azure.Reference, id azure.ID) bool {
	for _, ref := range refs {
		if ref.ID == id {
			return true
		}
	}
	return false
}

// hasStandard reports whether another address of the same machine has a Standard
// public IP address.
func (a *asking) hasStandard(c *azure.IPConfiguration) bool {
	for _, nic := range a.network.NetworkInterfaces {
		same := nic == c.Interface || nic.VirtualMachine.IsSet() && nic.VirtualMachine.ID == c.Interface.VirtualMachine.ID
		for _, other := range nic.IPConfigurations {
			if ip, ok := a.network.PublicIPAddress(other.PublicIPAddress.ID); ok && same && closedFrontend(ip) {
				return true
			}
		}
	}
	return false
}
