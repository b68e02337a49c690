package reach

import (
	"fmt"
	"sync/atomic"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
)

// walk carries packets under one reading of the open points.
type walk struct {
	fabric *fabric.Fabric
	query  Query
	// apart says that pieces that fared alike stay apart.
	apart bool
	// forks, if there, says that a blocked piece goes on twice, see [fork]; it is set where
	// what is told of both depends on how probes go on.
	forks *atomic.Bool
	// calls is how many stages pieces went through so far.
	calls int
	// waiting are the packets of several senders that wait at firewalls.
	waiting []*convoy
	// toldTogether says that the way of some packets was told in words about those of a
	// whole crew before they were divided by sender.
	toldTogether bool
}

// another is a walk for some of the packets that goes on beside this one.
func (w *walk) another() *walk {
	return &walk{fabric: w.fabric, query: w.query, apart: w.apart, forks: w.forks}
}

// origin is where packets come from: a subnet, a virtual network of which no
// subnet holds them, or, with neither, outside all networks.
type origin struct {
	subnet *azure.Subnet
	vnet   *azure.VirtualNetwork
	// crew are the subnets that send together, subnet the first of them; none where one
	// sends alone.
	crew []*azure.Subnet
	// via is set where the packets come from a firewall that they pass.
	via *passage
	// relay is set where they come from an appliance whose policy is stated.
	relay *relaying
	// toEndpoint says that the route of a private endpoint has led them.
	toEndpoint bool
	// joins says that packets wait at a firewall for those of other senders.
	joins bool
}

func (o origin) outside() bool { return o.vnet == nil }

// run carries the packets of the query.
func (w *walk) run(packets []flow.Cube) ([]piece, error) {
	from := w.query.From
	switch from.kind {
	case subnetEndpoint:
		s, err := from.subnet(w.fabric)
		if err != nil {
			return nil, err
		}
		return w.send(origin{subnet: s, vnet: s.VirtualNetwork}, []piece{{packets: packets}}), nil
	case subnetsEndpoint:
		return w.fromSubnets(packets)
	case interfaceEndpoint:
		return w.fromInterface(packets)
	case internetEndpoint, tagEndpoint, loadBalancerEndpoint:
		return w.enter([]piece{{packets: packets}})
	}
	return w.fromAddresses(packets)
}

// fromInterface sends from a network interface: each of its addresses from the
// subnet it is in. With addresses that are not its own it needs IP forwarding
// (RT-40).
func (w *walk) fromInterface(packets []flow.Cube) ([]piece, error) {
	nic, err := w.query.From.nic(w.fabric)
	if err != nil {
		return nil, err
	}
	if len(nic.IPConfigurations) == 0 {
		return nil, fmt.Errorf("the network interface %s has no IP configuration", nic.Label())
	}
	var out []piece
	var first *azure.Subnet
	for _, c := range nic.IPConfigurations {
		s, ok := w.fabric.Network().Subnet(c.Subnet.ID)
		if !ok {
			return nil, fmt.Errorf("the subnet of the network interface %s is not in any input", nic.Label())
		}
		if first == nil {
			first = s
		}
		var own []flow.Cube
		own, packets = fabric.BySource(packets, w.fabric.ConfigurationAddress(c))
		if len(own) > 0 {
			out = append(out, w.send(origin{subnet: s, vnet: s.VirtualNetwork}, []piece{{packets: own}})...)
		}
	}
	if len(packets) > 0 {
		pieces := []piece{{packets: packets}}
		switch effect, h := w.fabric.Forwarding(nic); effect {
		case fabric.Stop:
			pieces = blocked(pieces, h)
		case fabric.Doubtful:
			pieces = doubted(pieces, h, h.Note)
		}
		out = append(out, w.send(origin{subnet: first, vnet: first.VirtualNetwork}, pieces)...)
	}
	return out, nil
}

// fromAddresses sends from wherever the addresses are.
func (w *walk) fromAddresses(packets []flow.Cube) ([]piece, error) {
	var out []piece
	candidates := w.candidates()
	for _, v := range candidates {
		if len(packets) == 0 {
			return out, nil
		}
		var here []flow.Cube
		if here, packets = fabric.BySource(packets, w.fabric.Holds(v)); len(here) == 0 {
			continue
		}
		for _, owned := range w.fabric.Owners(v, fabric.Sources(here)) {
			var own []flow.Cube
			own, here = fabric.BySource(here, owned.Addresses)
			pieces := []piece{{packets: own}}
			if owned.Why != "" {
				pieces = doubted(pieces, unknownPlace(v, owned.Why), owned.Why)
			}
			out = append(out, w.send(origin{subnet: owned.Subnet, vnet: v}, pieces)...)
		}
	}
	for _, v := range candidates {
		maybe, why := w.fabric.MayHold(v)
		var here []flow.Cube
		if here, packets = fabric.BySource(packets, maybe); len(here) == 0 {
			continue
		}
		h := unknownPlace(v, why[0])
		outside, err := w.enter(passed([]piece{{packets: here}}, h))
		if err != nil {
			return nil, err
		}
		inside := w.send(origin{vnet: v}, passed([]piece{{packets: here}}, h))
		out = append(out, either([][]piece{inside, outside}, h, why)...)
	}
	if len(packets) == 0 {
		return out, nil
	}
	outside, err := w.enter([]piece{{packets: packets}})
	return append(out, outside...), err
}

// candidates lists the networks that may hold addresses stated without a
// place: first those near the other end, then all others.
func (w *walk) candidates() []*azure.VirtualNetwork {
	var list []*azure.VirtualNetwork
	seen := map[*azure.VirtualNetwork]bool{}
	add := func(more []*azure.VirtualNetwork) {
		for _, v := range more {
			if !seen[v] {
				seen[v] = true
				list = append(list, v)
			}
		}
	}
	for _, e := range []Endpoint{w.query.From, w.query.To} {
		if v := w.home(e); v != nil {
			add(w.fabric.Near(v))
		}
	}
	add(w.fabric.Network().VirtualNetworks)
	return list
}

// home is the virtual network of an endpoint that names a place, or nil.
func (w *walk) home(e Endpoint) *azure.VirtualNetwork {
	n := w.fabric.Network()
	switch e.kind {
	case subnetEndpoint:
		if s, ok := n.Subnet(e.id); ok {
			return s.VirtualNetwork
		}
	case spaceEndpoint:
		if v, ok := n.VirtualNetwork(e.id); ok {
			return v
		}
	case interfaceEndpoint:
		if nic, ok := n.NetworkInterface(e.id); ok {
			for _, c := range nic.IPConfigurations {
				if s, ok := n.Subnet(c.Subnet.ID); ok {
					return s.VirtualNetwork
				}
			}
		}
	}
	return nil
}

// enter brings packets from outside all networks, or from the platform, to the
// subnets that hold their destinations.
func (w *walk) enter(pieces []piece) ([]piece, error) {
	pieces = w.through(w.fabric.Carried(), pieces)
	out, pieces := w.intoFirewalls(pieces)
	balanced, pieces := w.intoBalancers(pieces)
	out = append(out, balanced...)
	published, pieces := w.intoPublished(pieces)
	out = append(out, published...)
	if s, ok := w.fabric.Network().Subnet(w.query.To.id); ok && w.query.To.kind == subnetEndpoint {
		return append(out, w.arrive(s, pieces, origin{})...), nil
	}
	for _, v := range w.candidates() {
		held := w.fabric.Holds(v)
		here := restrict(pieces, fabric.ByDestination, held)
		pieces = without(pieces, fabric.ByDestination, held)
		for _, owned := range w.fabric.Owners(v, all(here, fabric.Destinations)) {
			if own := restrict(here, fabric.ByDestination, owned.Addresses); owned.Subnet != nil {
				out = append(out, w.arrive(owned.Subnet, own, origin{})...)
			} else {
				out = append(out, w.nowhere(v, owned, own)...)
			}
		}
	}
	if len(pieces) > 0 {
		return nil, fmt.Errorf("neither end of %s is in the network", pieces[0].packets[0].Folded(3))
	}
	return out, nil
}

// nowhere ends packets that no subnet of a network receives, or of which it is
// not known which does.
func (w *walk) nowhere(v *azure.VirtualNetwork, owned fabric.Owned, pieces []piece) []piece {
	h := unknownPlace(v, owned.Why)
	if owned.Why != "" {
		return doubted(pieces, h, owned.Why)
	}
	h.Decision, h.Note = fabric.Drop, "no subnet of "+v.Name+" holds the address"
	return blocked(pieces, h)
}

// unknownPlace says that it is not known where in a network addresses are.
func unknownPlace(v *azure.VirtualNetwork, why string) Hop {
	return Hop{Kind: fabric.KindSubnet, Decision: fabric.Unknown, Resource: v.ID, Address: v.Label(), Name: v.Name, At: v.At, Note: why}
}
