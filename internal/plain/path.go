package plain

import (
	"fmt"
	"net/netip"
	"strings"

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
	w := a.selectRoute(at, p.Destination)
	switch w.next {
	case azure.VnetLocal:
		return a.toNetwork(at, at.vnet, w, p)
	case vnetPeering:
		return a.toNetwork(at, a.remoteOf(w.link), w, p)
	case azure.InternetNextHop:
		return a.toInternet(at, w, p)
	case azure.VirtualAppliance:
		return a.toAppliance(at, w, p)
	case azure.VirtualNetworkGateway:
		return a.end(Undecided, w.hop(at, Unknowable, "the path goes on at a gateway"))
	}
	return a.end(Deny, w.hop(at, Drops, "next hop None"))
}

// toNetwork delivers within the sender's network or a peered one.
func (a *asking) toNetwork(at place, vnet *azure.VirtualNetwork, w way, p Packet) *Answer {
	to, ok := a.subnetOf(vnet, p.Destination)
	if !ok {
		// A user route to VnetLocal may lead out of the space (RT-19).
		return a.end(Deny, w.hop(at, Drops, fmt.Sprintf("no subnet of %s holds %v", vnet.Name, p.Destination)))
	}
	if w.link != nil && !a.linkJoins(w.link, at, to) {
		return a.end(Deny, Hop{Kind: PeeringLink, Name: w.link.Name, Resource: w.link.ID, Decision: Drops, Why: "the peering leaves these subnets out (RT-47)"})
	}
	a.pass(w.hop(at, Forwards, ""))
	if reserved(to.subnet, p.Destination) {
		return a.end(Deny, Hop{Kind: Platform, Name: "FAB-4", Decision: Drops, Why: "nobody can have a reserved address"})
	}
	return a.arrive(to, p, &at)
}

// linkJoins reports whether both sides of a peering let two subnets talk.
func (a *asking) linkJoins(link *azure.Peering, local, remote place) bool {
	return joins(link, local.subnet, remote.subnet) && joins(a.backLink(link), remote.subnet, local.subnet)
}

// toInternet lets a packet leave; a private address has no receiver there.
func (a *asking) toInternet(at place, w way, p Packet) *Answer {
	for _, block := range reservedBlocks {
		if block.Contains(p.Destination) {
			return a.end(Deny, w.hop(at, Drops, "the internet carries no private addresses"))
		}
	}
	return a.end(Allow, w.hop(at, Delivers, "leaves to the internet"))
}

// toAppliance carries a packet to a next hop address and no further: what the
// appliance does is not known.
func (a *asking) toAppliance(at place, w way, p Packet) *Answer {
	address, ok := w.user.NextHopIPAddress.Known()
	if !ok {
		return a.end(Undecided, w.hop(at, Unknowable, "the appliance's address is not known"))
	}
	to, ok := a.applianceAt(at, address)
	if !ok {
		return a.end(Deny, w.hop(at, Drops, fmt.Sprintf("no network interface within reach owns %v (RT-17)", address)))
	}
	a.pass(w.hop(at, Forwards, "to "+address.String()))
	nic := a.configuration(to, address).Interface
	hop := Hop{Kind: Interface, Name: nic.Name, Resource: nic.ID}
	if address == p.Source {
		hop.Decision, hop.Why = Drops, "the next hop is the sender itself: a loop (RT-49)"
		return a.end(Deny, hop)
	}
	// The appliance's groups see the packet as it is (PIPE-3, T32).
	if answer := a.inbound(to, a.interfaceGroup(to, address), p); answer != nil {
		return answer
	}
	if !nic.EnableIPForwarding.Or(false) {
		hop.Decision, hop.Why = Drops, "IP forwarding is off (RT-40)"
		return a.end(Deny, hop)
	}
	hop.Decision, hop.Why = Unknowable, "the path goes on at an appliance"
	return a.end(Undecided, hop)
}

// applianceAt finds the place of a network interface that a subnet can use as
// next hop: in its own network or in one directly peered (RT-17).
func (a *asking) applianceAt(at place, address netip.Addr) (place, bool) {
	if to, ok := a.subnetOf(at.vnet, address); ok {
		return to, a.configuration(to, address) != nil
	}
	for _, link := range at.vnet.Peerings {
		if !a.connected(link) || !a.inRemoteSpace(link, address) {
			continue
		}
		if to, ok := a.subnetOf(a.remoteOf(link), address); ok && a.linkJoins(link, at, to) {
			return to, a.configuration(to, address) != nil
		}
	}
	return place{}, false
}

// throughPublicIP translates a packet from outside that is addressed to a
// public IP address of a network interface.
func (a *asking) throughPublicIP(p Packet) (*Answer, error) {
	for _, nic := range a.network.NetworkInterfaces {
		for _, c := range nic.IPConfigurations {
			ip, ok := a.network.PublicIPAddress(c.PublicIPAddress.ID)
			if !ok || ip.IPAddress.V != p.Destination {
				continue
			}
			at := a.places[c.Subnet.ID]
			p.Destination = c.PrivateIPAddress.V
			a.pass(Hop{Kind: PublicIP, Name: ip.Name, Resource: ip.ID, Decision: Translates, Why: "to " + p.Destination.String()})
			if closedFrontend(ip) && at.group == nil && a.interfaceGroup(at, p.Destination) == nil {
				return a.end(Deny, Hop{Kind: Platform, Name: "PIP-1", Resource: ip.ID, Decision: Drops, Why: "a Standard public IP address is closed without a network security group"}), nil
			}
			return a.arrive(at, p, nil), nil
		}
	}
	return nil, fmt.Errorf("no network interface has the public IP address %v", p.Destination)
}

// closedFrontend reports whether a public IP address lets nothing in unless a
// group allows it: all but Basic do (PIP-1).
func closedFrontend(ip *azure.PublicIPAddress) bool { return !strings.EqualFold(ip.SKU.V, "Basic") }

// arrive carries a packet into its destination subnet (P9 to P15) and its
// reply back. The sender is nil when it is outside.
func (a *asking) arrive(to place, p Packet, sender *place) *Answer {
	if answer := a.fabric(p); answer != nil {
		return answer
	}
	if reserved(to.subnet, p.Destination) {
		return a.end(Deny, Hop{Kind: Platform, Name: "FAB-4", Decision: Drops, Why: "nobody can have a reserved address"})
	}
	if answer := a.inbound(to, a.interfaceGroup(to, p.Destination), p); answer != nil {
		return answer
	}
	// An address without a network interface in the model is taken to have a
	// receiver: inputs name subnets, not machines.
	a.pass(Hop{Kind: SubnetPlace, Name: to.subnet.Name, Resource: to.subnet.ID, Decision: Delivers})
	return a.back(to, p.reply(), sender)
}
