package plain

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

// fromOutside follows a packet that comes from the internet or the platform.
func (a *asking) fromOutside(q Question) (*Answer, error) {
	if q.To == "" {
		return a.toPublic(q)
	}
	at, ok := a.places[q.To]
	p := q.Packet
	switch {
	case !ok:
		return nil, fmt.Errorf("there is no subnet %q", q.To)
	case !holdsAddress(at.subnet, p.Destination):
		return nil, fmt.Errorf("%v is no address of %q", p.Destination, q.To)
	}
	if answer := a.fabric(p); answer != nil {
		return answer, nil
	}
	for _, e := range a.network.PrivateEndpoints {
		if a.hasAddress(e, at, p.Destination) == yes {
			return a.end(Undecided, Hop{Kind: PrivateEndpoint, Name: e.Name, Resource: e.ID, Decision: Unknowable, Why: "no public frontend that leads to a private endpoint is known"}), nil
		}
	}
	// Nobody at a reserved address has a frontend, nor a firewall at its private
	// one; probes need none (PIP-2).
	published := p.Source != hostAddress && !reserved(at.subnet, p.Destination) && !a.hasFirewall(at)
	switch {
	case published && !q.Managed:
		if answer := a.throughFrontend(at, p); answer != nil {
			return answer, nil
		}
	case published && q.NeedsGroup && a.shut(at, p):
		return a.end(Deny, Hop{Kind: Platform, Name: "PIP-1", Resource: at.subnet.ID, Decision: Drops, Why: "the service lets nothing in without a network security group"}), nil
	}
	return a.arrive(at, p, nil), nil
}

// shut reports whether the frontends of a service that let nothing in without a group
// keep a packet out. From private addresses nothing comes through them (PIP-2).
func (a *asking) shut(at place, p Packet) bool {
	private := within(p.Source, reservedBlocks) || uniqueLocal.Contains(p.Source)
	nobody := a.frontendIn(at, p.Destination) == nil && a.given(OnlyModelled) && !a.modelled(at, p.Destination)
	return !private && !nobody && !a.guarded(at, p.Destination)
}

// throughFrontend carries a packet in through the public frontend of its
// destination: the public IP address of a network interface, else one that the
// model does not hold. A Standard one is closed where no group stands behind
// it (PIP-1).
func (a *asking) throughFrontend(at place, p Packet) *Answer {
	if c := a.configuration(at, p.Destination); c != nil && c.PublicIPAddress.IsSet() {
		return a.throughPublicAddress(at, c)
	}
	if !a.guarded(at, p.Destination) {
		a.doubt(Hop{Kind: Platform, Name: "PIP-1", Decision: Unknowable, Why: "whether the frontend is closed without a network security group is not known"})
	}
	return nil
}

// guarded reports whether a group stands before an address of a subnet.
func (a *asking) guarded(at place, address netip.Addr) bool {
	return at.group != nil || a.interfaceGroup(at, address) != nil
}

// throughPublicAddress carries a packet in through the public IP address of a
// network interface.
func (a *asking) throughPublicAddress(at place, c *azure.IPConfiguration) *Answer {
	ip, _ := a.network.PublicIPAddress(c.PublicIPAddress.ID)
	if closedFrontend(ip) && !a.guarded(at, c.PrivateIPAddress.V) {
		return a.end(Deny, Hop{Kind: Platform, Name: "PIP-1", Resource: ip.ID, Decision: Drops, Why: "a Standard public IP address is closed without a network security group"})
	}
	a.pass(Hop{Kind: PublicIP, Name: ip.Name, Resource: ip.ID, Decision: Translates, Why: "to " + c.PrivateIPAddress.V.String()})
	return nil
}

// toPublic follows a packet from outside to a public IP address of the network:
// to a firewall, a load balancer or a network interface. A NAT gateway takes in
// nothing (RT-32); who else has one is not known.
func (a *asking) toPublic(q Question) (*Answer, error) {
	p := q.Packet
	ip := a.publicWith(p.Destination)
	if ip == nil {
		return nil, fmt.Errorf("%v is no public IP address of the network, and the question names no subnet", p.Destination)
	}
	if answer := a.fabric(p); answer != nil {
		return answer, nil
	}
	if g, ok := a.firewallWithPublic(p.Destination); ok {
		return a.translateIn(g, p, nil), nil
	}
	if f := a.frontendWithPublic(p.Destination); f != nil {
		return a.balance(f, p, nil), nil
	}
	if c := a.configurationWithPublic(ip.ID); c != nil {
		return a.toInterface(c, p), nil
	}
	if hop := a.takenInBy(ip.ID, p); hop != nil {
		return a.end(Deny, *hop), nil
	}
	return a.end(Undecided, Hop{Kind: PublicIP, Name: ip.Name, Resource: ip.ID, Decision: Unknowable, Why: "who has the address is not known"}), nil
}

// toInterface gives a packet for the public IP address of a network interface to
// its private address (P9): the one that groups compare (NSG-27).
func (a *asking) toInterface(c *azure.IPConfiguration, p Packet) *Answer {
	at := a.places[c.Subnet.ID]
	if answer := a.throughPublicAddress(at, c); answer != nil {
		return answer
	}
	p.Destination = c.PrivateIPAddress.V
	return a.admitted(at, p, nil)
}

// publicWith finds the public IP address resource with an address, or nil.
func (a *asking) publicWith(address netip.Addr) *azure.PublicIPAddress {
	for _, ip := range a.network.PublicIPAddresses {
		if ip.IPAddress.V == address {
			return ip
		}
	}
	return nil
}

// configurationWithPublic finds the IP configuration of a network interface that
// has a public IP address, or nil.
func (a *asking) configurationWithPublic(ip azure.ID) *azure.IPConfiguration {
	for _, nic := range a.network.NetworkInterfaces {
		for _, c := range nic.IPConfigurations {
			if c.PublicIPAddress.ID == ip {
				return c
			}
		}
	}
	return nil
}

// closedFrontend reports whether a public IP address lets nothing in unless a
// group allows it: all but Basic do (PIP-1).
func closedFrontend(ip *azure.PublicIPAddress) bool { return !strings.EqualFold(ip.SKU.V, "Basic") }
