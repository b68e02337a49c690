package fabric

import (
	"fmt"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
)

// Owned is a part of a set of addresses that belongs to one subnet.
type Owned struct {
	Addresses flow.AddressSet
	// Subnet that holds them; nil if none does, or if it is not known which.
	Subnet *azure.Subnet
	// Why says why it is not known which subnet holds them; empty if known.
	Why string
}

// Addresses is every address of a subnet that somebody can have: its prefixes
// without the five reserved addresses (FAB-4), and a point for each prefix
// that is not known.
func (f *Fabric) Addresses(s *azure.Subnet) flow.AddressSet {
	return f.addresses.of(s, func() flow.AddressSet {
		all := known(s.Prefixes).Minus(Reserved(s))
		for _, x := range f.points.bySubnet[s] {
			all = all.Union(x.set)
		}
		return all
	})
}

// InterfaceAddresses is every address of a network interface; one that is not
// known is a point.
func (f *Fabric) InterfaceAddresses(nic *azure.NetworkInterface) flow.AddressSet {
	var b flow.AddressSetBuilder
	for _, c := range nic.IPConfigurations {
		b.AddSet(f.configuration(c).Must)
	}
	return b.Set()
}

// ConfigurationAddress is the address of an IP configuration; one that is not
// known is a point.
func (f *Fabric) ConfigurationAddress(c *azure.IPConfiguration) flow.AddressSet {
	return f.configuration(c).Must
}

// held is all that certainly belongs to a subnet, reserved addresses included.
func (f *Fabric) held(s *azure.Subnet) flow.AddressSet {
	return f.prefixes.of(s, func() flow.AddressSet {
		all := known(s.Prefixes)
		for _, x := range f.points.list {
			if x.subnet == s {
				all = all.Union(x.set)
			}
		}
		return all
	})
}

// Owners divides addresses by the subnet of a virtual network that holds them,
// in the order of the subnets. Those that no subnet holds come last.
func (f *Fabric) Owners(v *azure.VirtualNetwork, addresses flow.AddressSet) []Owned {
	var owned []Owned
	add := func(o Owned) {
		if !o.Addresses.IsEmpty() {
			owned = append(owned, o)
			addresses = addresses.Minus(o.Addresses)
		}
	}
	for _, s := range v.Subnets {
		add(Owned{Addresses: addresses.Intersect(f.held(s)), Subnet: s})
	}
	for _, s := range v.Subnets {
		for _, x := range f.points.bySubnet[s] {
			why := fmt.Sprintf("whether it is in subnet %s is not known: %s", s.Name, x.why)
			add(Owned{Addresses: addresses.Intersect(x.extent), Why: why})
		}
	}
	for _, x := range f.points.byVNet[v] {
		add(Owned{Addresses: addresses.Intersect(x.set), Why: x.why})
	}
	if v.Stub {
		add(Owned{Addresses: addresses, Why: fmt.Sprintf("no input states the virtual network %s and its subnets", v.Name)})
	}
	for _, u := range v.UnknownSubnets {
		add(Owned{Addresses: addresses, Why: fmt.Sprintf("whether a subnet of %s holds it is not known: %s", v.Name, u.Why)})
	}
	add(Owned{Addresses: addresses})
	return owned
}

// Holds is what certainly belongs to the virtual network.
func (f *Fabric) Holds(v *azure.VirtualNetwork) flow.AddressSet { return f.space(v).Must }

// MayHold is what possibly belongs to the virtual network, and why that is not
// known.
func (f *Fabric) MayHold(v *azure.VirtualNetwork) (flow.AddressSet, []string) {
	b := f.space(v)
	maybe := b.May.Minus(b.Must)
	return maybe, b.reasons(maybe)
}

// Remote is the network a peering leads to, or nil if no input states it.
func (f *Fabric) Remote(link *azure.Peering) *azure.VirtualNetwork {
	v, ok := f.network.VirtualNetwork(link.Remote.ID)
	if !ok {
		return nil
	}
	return v
}

// Near lists the virtual networks that one can reach directly: itself, then
// those at the other end of its peerings, connected or not.
func (f *Fabric) Near(v *azure.VirtualNetwork) []*azure.VirtualNetwork {
	near := []*azure.VirtualNetwork{v}
	for _, link := range v.Peerings {
		if r := f.Remote(link); r != nil {
			near = append(near, r)
		}
	}
	return near
}

// PeeringBarrier says which peering stands between a network and addresses
// that a route to None or to the internet takes although a stated network holds
// them: one that is not connected, or none at all (RT-41, RT-42). ok is false
// where no stated network holds any of them.
func (f *Fabric) PeeringBarrier(v *azure.VirtualNetwork, addresses flow.AddressSet) (h Hop, held flow.AddressSet, ok bool) {
	for _, link := range v.Peerings {
		space := f.remoteSpace(link).Must
		if r := f.Remote(link); r != nil {
			space = space.Union(f.Holds(r))
		}
		held := space.Intersect(addresses)
		if held.IsEmpty() {
			continue
		}
		why := fmt.Sprintf("peering %s does not cover the address: it is of some subnets or one family only, or not synchronised (RT-43, RT-47)", link.Name)
		if s := f.linkState(link); s.is != yes {
			why = s.why
		}
		return peeringHop(link, Drop, why), held, true
	}
	for _, other := range f.network.VirtualNetworks {
		if other == v || other.Stub {
			continue
		}
		if held := f.Holds(other).Intersect(addresses); !held.IsEmpty() {
			why := fmt.Sprintf("%s has no peering with %s, and peerings are not transitive", v.Name, other.Name)
			return Hop{Kind: KindPeering, Decision: Drop, Resource: v.ID, Address: v.Label(), Name: other.Name, At: v.At, Note: why}, held, true
		}
	}
	return Hop{}, flow.AddressSet{}, false
}

func peeringHop(link *azure.Peering, d Decision, why string) Hop {
	return Hop{Kind: KindPeering, Decision: d, Resource: link.ID, Address: link.Label(), Name: link.Name, At: link.At, Note: why}
}

// CrossPeering is the decision of a peering about traffic between two subnets
// (RT-47).
func (f *Fabric) CrossPeering(link *azure.Peering, local, remote *azure.Subnet) (Effect, Hop, []string) {
	s := f.joins(link, local, remote)
	switch s.is {
	case yes:
		return Pass, peeringHop(link, Forward, ""), nil
	case no:
		return Stop, peeringHop(link, Drop, s.why), nil
	}
	return Doubtful, peeringHop(link, Unknown, s.why), []string{s.why}
}
