package reach

import (
	"fmt"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
)

// walk carries packets under one reading of the open points.
type walk struct {
	fabric *fabric.Fabric
	query  Query
}

// origin is where packets come from: a subnet, a virtual network of which no
// subnet holds them, or, with neither, outside all networks.
type origin struct {
	subnet *azure.Subnet
	vnet   *azure.VirtualNetwork
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
		return w.send(origin{s, s.VirtualNetwork}, []piece{{packets: packets}}), nil
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
			out = append(out, w.send(origin{s, s.VirtualNetwork}, []piece{{packets: own}})...)
		}
	}
	if len(packets) > 0 {
		p := piece{packets: packets}
		switch effect, h := w.fabric.Forwarding(nic); effect {
		case fabric.Stop:
			p = p.blocked(h)
		case fabric.Doubtful:
			p = p.doubted(h, h.Note)
		}
		out = append(out, w.send(origin{first, first.VirtualNetwork}, []piece{p})...)
	}
	return out, nil
}

// fromAddresses sends from wherever the addresses are.
func (w *walk) fromAddresses(packets []flow.Cube) ([]piece, error) {
	var out []piece
	for _, v := range w.candidates() {
		var here []flow.Cube
		here, packets = fabric.BySource(packets, w.fabric.Holds(v))
		for _, owned := range w.fabric.Owners(v, fabric.Sources(here)) {
			var own []flow.Cube
			own, here = fabric.BySource(here, owned.Addresses)
			p := piece{packets: own}
			if owned.Why != "" {
				p = p.doubted(Hop{Kind: fabric.KindSubnet, Decision: fabric.Unknown, Resource: v.ID, Address: v.Label(), Name: v.Name, At: v.At, Note: owned.Why}, owned.Why)
			}
			out = append(out, w.send(origin{owned.Subnet, v}, []piece{p})...)
		}
	}
	for _, v := range w.candidates() {
		maybe, why := w.fabric.MayHold(v)
		var here []flow.Cube
		if here, packets = fabric.BySource(packets, maybe); len(here) == 0 {
			continue
		}
		h := Hop{Kind: fabric.KindSubnet, Decision: fabric.Unknown, Resource: v.ID, Address: v.Label(), Name: v.Name, At: v.At, Note: why[0]}
		outside, err := w.enter([]piece{piece{packets: here}.passed(h)})
		if err != nil {
			return nil, err
		}
		inside := w.send(origin{nil, v}, []piece{piece{packets: here}.passed(h)})
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
	var out []piece
	pieces = w.through(w.fabric.Carried(), pieces)
	if s, ok := w.fabric.Network().Subnet(w.query.To.id); ok && w.query.To.kind == subnetEndpoint {
		return w.arrive(s, pieces, origin{}), nil
	}
	for _, v := range w.candidates() {
		for i, p := range pieces {
			var here []flow.Cube
			here, pieces[i].packets = fabric.ByDestination(p.packets, w.fabric.Holds(v))
			out = append(out, w.enterNetwork(v, p.with(here))...)
		}
	}
	for _, p := range pieces {
		if len(p.packets) > 0 {
			return nil, fmt.Errorf("neither end of %s is in the network", p.packets[0].Folded(3))
		}
	}
	return out, nil
}

func (w *walk) enterNetwork(v *azure.VirtualNetwork, p piece) []piece {
	var out []piece
	for _, owned := range w.fabric.Owners(v, fabric.Destinations(p.packets)) {
		here, _ := fabric.ByDestination(p.packets, owned.Addresses)
		if next := p.with(here); owned.Subnet != nil {
			out = append(out, w.arrive(owned.Subnet, []piece{next}, origin{})...)
		} else {
			out = append(out, w.nowhere(v, owned, next))
		}
	}
	return out
}

// nowhere ends packets that no subnet of a network receives, or of which it is
// not known which does.
func (w *walk) nowhere(v *azure.VirtualNetwork, owned fabric.Owned, p piece) piece {
	h := Hop{Kind: fabric.KindSubnet, Decision: fabric.Drop, Resource: v.ID, Address: v.Label(), Name: v.Name, At: v.At, Note: "no subnet of " + v.Name + " holds the address"}
	if owned.Why == "" {
		return p.blocked(h)
	}
	h.Decision, h.Note = fabric.Unknown, owned.Why
	return p.doubted(h, owned.Why)
}
