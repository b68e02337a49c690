package plain

import (
	"fmt"
	"net/netip"

	"github.com/wayleave/wayleave/internal/azure"
)

// send carries a packet from its sender on (P1 to P8 of the pipeline).
func (a *asking) send(at place, p Packet) *Answer {
	if p.Destination == hostAddress || p.Destination == metadataAddress {
		return a.toPlatform(at, p)
	}
	if answer := a.fabric(p); answer != nil {
		return answer
	}
	if answer := a.outbound(at, p); answer != nil {
		return answer
	}
	return a.underEveryHolder(at, p, func(a *asking) *Answer { return a.routeOn(at, p) })
}

// routeOn takes a packet to its next hop (P7, P8).
func (a *asking) routeOn(at place, p Packet) *Answer {
	return a.along(at, p.Destination, func(a *asking, w way) *Answer { return a.goOn(at, w, p) })
}

func (a *asking) goOn(at place, w way, p Packet) *Answer {
	switch w.next {
	case azure.VnetLocal:
		return a.toNetwork(at, at.vnet, w, p)
	case vnetPeering:
		return a.toNetwork(at, a.remoteOf(w.link), w, p)
	case interfaceEndpoint:
		return a.toNetwork(at, a.homeOf(at, w), w, p)
	case serviceEndpoint:
		return a.end(Allow, w.hop(at, Delivers, "the service takes it from the subnet"))
	case azure.InternetNextHop:
		return a.toInternet(at, w, p)
	case azure.VirtualAppliance:
		return a.toAppliance(at, w, p)
	case azure.VirtualNetworkGateway:
		return a.end(Undecided, w.hop(at, Unknowable, "the path goes on at a gateway"))
	}
	return a.toNowhere(at, w, p)
}

// toNowhere ends a packet with next hop None. If the route is the platform's
// and a network of the model holds the destination, what is missing is a
// peering that works and covers it (RT-41, RT-42, RT-43, RT-47).
func (a *asking) toNowhere(at place, w way, p Packet) *Answer {
	if w.user != nil {
		return a.end(Deny, w.hop(at, Drops, "next hop None"))
	}
	for _, link := range at.vnet.Peerings {
		if a.inRemoteSpace(link, p.Destination) || inSpace(a.remoteOf(link), p.Destination) {
			return a.end(Deny, Hop{Kind: PeeringLink, Name: link.Name, Resource: link.ID, Decision: Drops, Why: "the peering is not connected, or leaves the address out"})
		}
	}
	for _, vnet := range a.network.VirtualNetworks {
		if vnet != at.vnet && inSpace(vnet, p.Destination) {
			return a.end(Deny, Hop{Kind: PeeringLink, Name: vnet.Name, Resource: at.vnet.ID, Decision: Drops, Why: "no peering leads there"})
		}
	}
	return a.end(Deny, w.hop(at, Drops, "next hop None"))
}

// toNetwork delivers within the sender's network or a peered one.
func (a *asking) toNetwork(at place, vnet *azure.VirtualNetwork, w way, p Packet) *Answer {
	to, ok := a.subnetOf(vnet, p.Destination)
	if !ok {
		why := fmt.Sprintf("no subnet of %s holds %v", vnet.Name, p.Destination)
		if w.user != nil { // RT-19
			return a.end(Deny, w.hop(at, Drops, why))
		}
		return a.end(Deny, Hop{Kind: SubnetPlace, Name: vnet.Name, Resource: vnet.ID, Decision: Drops, Why: why})
	}
	if w.link != nil && !a.linkJoins(w.link, at, to) {
		return a.end(Deny, Hop{Kind: PeeringLink, Name: w.link.Name, Resource: w.link.ID, Decision: Drops, Why: "the peering leaves these subnets out (RT-47)"})
	}
	a.pass(w.hop(at, Forwards, ""))
	if a.via != nil {
		return a.deliver(to, w, p)
	}
	if a.relay != nil && !a.relay.translated {
		if answer := a.forwarded(w.link, p.Source); answer != nil {
			return answer
		}
	}
	return a.arrive(to, p, &at)
}

// linkJoins reports whether both sides of a peering let two subnets talk.
func (a *asking) linkJoins(link *azure.Peering, local, remote place) bool {
	return joins(link, local.subnet, remote.subnet) && joins(a.backLink(link), remote.subnet, local.subnet)
}

// unreceived ends a packet that leaves to the internet and has no receiver
// there, or none that is known; nil if it has one.
func (a *asking) unreceived(p Packet) *Answer {
	if within(p.Destination, reservedBlocks) || uniqueLocal.Contains(p.Destination) {
		return a.end(Deny, Hop{Kind: Platform, Name: "Internet", Decision: Drops, Why: "the internet carries no private addresses"})
	}
	for _, ip := range a.network.PublicIPAddresses {
		if ip.IPAddress.V == p.Destination {
			if hop := a.takenInBy(ip.ID, p); hop != nil {
				return a.end(Deny, *hop)
			}
			return a.end(Undecided, Hop{Kind: PublicIP, Name: ip.Name, Resource: ip.ID, Decision: Unknowable, Why: "the way back in is not followed"})
		}
	}
	return nil
}

// toAppliance carries a packet to a next hop address and no further: what an
// appliance does is not known.
func (a *asking) toAppliance(at place, w way, p Packet) *Answer {
	if g, ok := a.firewallAt(at, w.user.NextHopIPAddress); ok {
		return a.toFirewall(at, w, g, p)
	}
	address, ok := w.user.NextHopIPAddress.Known()
	if !ok {
		return a.end(Undecided, w.hop(at, Unknowable, "the appliance's address is not known"))
	}
	to, ok := a.applianceAt(at, address)
	if !ok && a.hidesFirewall(to) && address != p.Source {
		return a.end(Undecided, w.hop(at, Unknowable, "whether the firewall has the address is not known"))
	}
	if !ok && !a.hidesFirewall(to) {
		return a.end(Deny, w.hop(at, Drops, fmt.Sprintf("no network interface within reach owns %v (RT-17)", address)))
	}
	if address == p.Source {
		return a.end(Deny, w.hop(at, Drops, "the next hop is the sender itself: a loop (RT-49)"))
	}
	a.pass(w.hop(at, Forwards, "to "+address.String()))
	if address == p.Destination {
		return a.arrive(to, p, &at) // its own packets need no forwarding (RT-40)
	}
	if f := a.frontendIn(to, address); f != nil {
		return a.throughBalancer(f, &at, p)
	}
	return a.throughAppliance(&relaying{at: to, address: address, nextHop: address, sender: &at, client: p.Source}, p)
}

// throughAppliance brings a packet to an appliance: its groups see the packet
// as it is (PIPE-3, T32), and its interface must forward (RT-40).
func (a *asking) throughAppliance(r *relaying, p Packet) *Answer {
	to, address := r.at, r.address
	nic := a.configuration(to, address).Interface
	answer := a.forwarding(nic, p.Destination, func() *Answer { return a.inbound(to, a.interfaceGroup(to, address), p) })
	if answer != nil {
		return answer
	}
	hop := Hop{Kind: Interface, Name: nic.Name, Resource: nic.ID}
	if !nic.EnableIPForwarding.Or(false) {
		hop.Decision, hop.Why = Drops, "IP forwarding is off (RT-40)"
		return a.end(Deny, hop)
	}
	if r.stated = a.statedAt(address, r.nextHop); r.stated != nil {
		switch {
		case !a.returning:
			return a.throughRelay(r, p)
		case r.stated.Stateful && p.Protocol == protoTCP:
			return a.end(Deny, Hop{Kind: ReturnPath, Name: nic.Name, Decision: Drops, Why: "the appliance keeps state and did not see the request (ASY-2)"})
		}
	}
	hop.Decision, hop.Why = Unknowable, "the path goes on at an appliance"
	return a.end(Undecided, hop)
}

// applianceAt finds the place of a network interface, or of a load balancer's
// frontend, that a subnet can use as next hop: in its own network or in one directly peered (RT-17).
func (a *asking) applianceAt(at place, address netip.Addr) (place, bool) {
	owned := func(to place) bool { return a.configuration(to, address) != nil || a.frontendIn(to, address) != nil }
	if to, ok := a.subnetOf(at.vnet, address); ok {
		return to, owned(to)
	}
	for _, link := range at.vnet.Peerings {
		if !a.connected(link) || !a.inRemoteSpace(link, address) {
			continue
		}
		if to, ok := a.subnetOf(a.remoteOf(link), address); ok && a.linkJoins(link, at, to) {
			return to, owned(to)
		}
	}
	return place{}, false
}

// hidesFirewall reports whether a firewall of a subnet has a private address that is not
// known.
func (a *asking) hidesFirewall(at place) bool {
	for _, f := range a.network.AzureFirewalls {
		for _, c := range f.IPConfigurations {
			if at.subnet != nil && c.Subnet.ID == at.subnet.ID && a.firewallAddress(c).Unknown != nil {
				return true
			}
		}
	}
	return false
}

// hasFirewall reports whether a firewall stands in a subnet.
func (a *asking) hasFirewall(at place) bool {
	for _, f := range a.network.AzureFirewalls {
		for _, c := range f.IPConfigurations {
			if c.Subnet.ID == at.subnet.ID {
				return true
			}
		}
	}
	return false
}

// modelled reports whether something that the input states has an address.
func (a *asking) modelled(to place, address netip.Addr) bool {
	_, firewall := a.firewallIn(to, address)
	return firewall || a.configuration(to, address) != nil || a.statedEndpoint(to, address)
}

// arrive carries a packet into its destination subnet (P9 to P15) and its
// reply back. The sender is nil when it is outside.
func (a *asking) arrive(to place, p Packet, sender *place) *Answer {
	if f := a.frontendIn(to, p.Destination); f != nil {
		return a.balance(f, p, sender)
	}
	if reserved(to.subnet, p.Destination) {
		return a.end(Deny, Hop{Kind: Platform, Name: "FAB-4", Decision: Drops, Why: "nobody can have a reserved address"})
	}
	if a.given(OnlyModelled) && !a.modelled(to, p.Destination) {
		return a.end(Deny, Hop{Kind: Interface, Name: to.subnet.Name, Resource: to.subnet.ID, Decision: Drops, Why: "no network interface owns the address (decisions 18)"})
	}
	if g, ok := a.firewallIn(to, p.Destination); ok && a.via == nil && sender != nil && !a.mayBeProxied(g, p) {
		return a.translateIn(g, p, sender)
	}
	if a.hasFirewall(to) {
		return a.end(Undecided, Hop{Kind: FirewallBox, Name: to.subnet.Name, Resource: to.subnet.ID, Decision: Unknowable, Why: "what a firewall does with packets for itself is not known"})
	}
	if a.heldByEndpoint(p.Destination) {
		return a.toEndpoint(to, p, sender)
	}
	return a.admitted(to, p, sender)
}

// admitted brings a packet to the network interface of its destination.
func (a *asking) admitted(to place, p Packet, sender *place) *Answer {
	if answer := a.inbound(to, a.interfaceGroup(to, p.Destination), p); answer != nil {
		return answer
	}
	// An address without a network interface in the model is taken to have a
	// receiver: inputs name subnets, not machines.
	a.pass(Hop{Kind: SubnetPlace, Name: to.subnet.Name, Resource: to.subnet.ID, Decision: Delivers})
	return a.back(to, p.reply(), sender)
}
