package difference

import (
	"maps"
	"net/netip"
	"slices"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/reach"
)

// A group compares packets as load balancers, firewalls and appliances have
// translated them, so a changed rule matters for packets that were sent to others
// and by others than it names.

// entrance is an address that is translated to those of receivers elsewhere.
type entrance struct {
	in        azure.ID // subnet
	addresses flow.AddressSet
	// leads reports whether receivers may be in a subnet.
	leads func(*azure.Subnet) bool
}

// entrances of both networks, by network.
func (c *comparison) findEntrances() [2][]entrance {
	var all [2][]entrance
	for i, f := range c.fabrics() {
		n := f.Network()
		for _, l := range n.LoadBalancers {
			for _, front := range l.Frontends {
				if address, known := front.PrivateIPAddress.Known(); known && front.Subnet.ID != "" {
					all[i] = append(all[i], entrance{front.Subnet.ID, flow.Host(address), func(s *azure.Subnet) bool { return balances(n, l, s) }})
				}
			}
		}
		if !translatesIn(n) {
			continue
		}
		for _, s := range n.Subnets() {
			if standsIn(n, s) {
				all[i] = append(all[i], entrance{s.ID, f.Addresses(s), func(*azure.Subnet) bool { return true }})
			}
		}
	}
	return all
}

// suspectEntrances adds what may be translated to receivers in the pair.
func (c *comparison) suspectEntrances(p *pair) {
	for i, list := range c.entrances() {
		s := p.sides()[i]
		for _, e := range list {
			if s == nil || !e.leads(s) {
				continue
			}
			for _, q := range c.subnets {
				if at := q.sides()[i]; at != nil && at.ID == e.in {
					q.in = append(q.in, flow.Cube{
						Source: c.everywhere(), Destination: e.addresses, Protocols: flow.AllProtocols(),
						SourcePorts: flow.AllPorts(), DestinationPorts: flow.AllPorts(),
					})
				}
			}
		}
	}
}

// fromAnybody adds to the packets that a rule may match those of anybody, if it
// may match what a firewall or an appliance has given an address of its own.
func (c *comparison) fromAnybody(cubes []flow.Cube) []flow.Cube {
	for _, cube := range slices.Clip(cubes) {
		if cube.Source.Overlaps(c.translated()) {
			cube.Source, cube.SourcePorts = c.everywhere(), flow.AllPorts()
			cubes = append(cubes, cube)
		}
	}
	return cubes
}

// findTranslated finds the addresses that firewalls and appliances give what they
// send, in either network.
func (c *comparison) findTranslated() flow.AddressSet {
	var all flow.AddressSetBuilder
	for _, f := range c.fabrics() {
		n := f.Network()
		for _, s := range n.Subnets() {
			if standsIn(n, s) {
				all.AddSet(f.Addresses(s))
			}
		}
		for _, a := range n.Appliances {
			if a.Translation == azure.TranslatesNothing {
				continue
			}
			all.AddSet(flow.Host(a.Address))
			for _, nic := range n.NetworkInterfaces { // where a load balancer has the address, those behind it
				for _, own := range nic.IPConfigurations {
					if len(own.BackendPools) > 0 {
						all.AddSet(f.ConfigurationAddress(own))
					}
				}
			}
		}
	}
	return all.Set()
}

// standsIn reports whether a firewall stands, or may stand, in a subnet.
func standsIn(n *azure.Network, s *azure.Subnet) bool {
	return slices.ContainsFunc(n.AzureFirewalls, func(w *azure.AzureFirewall) bool {
		return slices.ContainsFunc(w.IPConfigurations, func(x *azure.FirewallIPConfiguration) bool { return x.Subnet.ID == s.ID || x.Subnet.Unknown != nil })
	})
}

// translatesIn reports whether a firewall has, or may have, NAT rules.
func translatesIn(n *azure.Network) bool {
	has := func(list []*azure.RuleCollection, unknown []*azure.Unknown) bool {
		return len(unknown) > 0 || slices.ContainsFunc(list, func(k *azure.RuleCollection) bool { return k.Kind == azure.NATRule || len(k.UnknownRules) > 0 })
	}
	return slices.ContainsFunc(n.AzureFirewalls, func(w *azure.AzureFirewall) bool { return has(w.RuleCollections, w.UnknownCollections) }) ||
		slices.ContainsFunc(n.FirewallPolicies, func(p *azure.FirewallPolicy) bool {
			return len(p.UnknownGroups) > 0 || slices.ContainsFunc(p.Groups, func(g *azure.RuleCollectionGroup) bool { return has(g.Collections, g.UnknownCollections) })
		})
}

// relays reports whether appliances behind a load balancer that a route may name
// stand in a subnet.
func relays(n *azure.Network, s *azure.Subnet) bool {
	return slices.ContainsFunc(n.LoadBalancers, func(l *azure.LoadBalancer) bool {
		return balances(n, l, s) && slices.ContainsFunc(l.Frontends, func(f *azure.Frontend) bool {
			return slices.ContainsFunc(n.RouteTables, func(t *azure.RouteTable) bool {
				return slices.ContainsFunc(t.Routes, func(r *azure.Route) bool {
					if hop, known := r.NextHopType.Known(); known && hop != azure.VirtualAppliance {
						return false
					}
					to, known := r.NextHopIPAddress.Known()
					at, also := f.PrivateIPAddress.Known()
					return !known || f.PrivateIPAddress.Unknown != nil || also && to == at
				})
			})
		})
	})
}

// balances reports whether a load balancer has, or may have, somebody behind it in
// a subnet.
func balances(n *azure.Network, l *azure.LoadBalancer, s *azure.Subnet) bool {
	here := func(ref azure.Reference) bool {
		own, ok := n.IPConfiguration(ref.ID)
		return !ok || own.Subnet.Unknown != nil || own.Subnet.ID == s.ID
	}
	return l.Open != nil ||
		slices.ContainsFunc(l.BackendPools, func(p *azure.BackendPool) bool {
			return slices.ContainsFunc(p.Members, here) || slices.ContainsFunc(p.Addresses, func(a azure.Value[netip.Addr]) bool { return mayHold(s, a) })
		}) ||
		slices.ContainsFunc(l.InboundNATRules, func(r *azure.BalancerRule) bool { return r.Target.IsSet() && here(r.Target) })
}

// doors are the public addresses at which a network takes in what comes from the
// internet, by the label of their resource. Those that are not known before they
// are deployed are not among them.
func doors(f *fabric.Fabric) map[string]flow.AddressSet {
	list := map[string]flow.AddressSet{}
	for _, p := range f.Published() {
		list[p.Label()] = flow.Host(p.Address)
	}
	return list
}

// walkDoors carries what comes from outside to public addresses of either network
// through both.
func (c *comparison) walkDoors() error {
	var own, inside flow.AddressSetBuilder
	for _, f := range c.fabrics() {
		for _, address := range doors(f) {
			own.AddSet(address)
		}
		for _, v := range f.Network().VirtualNetworks {
			inside.AddSet(f.Holds(v))
		}
	}
	to := own.Set()
	if to.IsEmpty() {
		return nil
	}
	from := c.everywhere().Minus(to).Minus(inside.Set())
	p := &pair{door: true, in: []flow.Cube{{
		Source: from, Destination: to, Protocols: flow.AllProtocols(), SourcePorts: flow.AllPorts(), DestinationPorts: flow.AllPorts(),
	}}}
	return c.walk(p, true)
}

// askDoors makes the question about what comes from outside.
func (c *comparison) askDoors(cube flow.Cube) ask {
	var a ask
	for i, f := range c.fabrics() {
		var own flow.AddressSet
		for _, address := range doors(f) {
			own = own.Union(address)
		}
		if to := cube.Destination.Intersect(own); !to.IsEmpty() && !cube.Source.IsEmpty() {
			a.query[i] = reach.Query{
				From: reach.Addresses(cube.Source), To: reach.Addresses(to), Protocols: cube.Protocols,
				SourcePorts: cube.SourcePorts, DestinationPorts: cube.DestinationPorts,
			}
			a.ok[i] = true
		}
	}
	return a
}

// behindDoors divides a space that ends at public addresses by their resources.
func (c *comparison) behindDoors(s flow.Space) []endpoint {
	var list []endpoint
	left := s.Cubes()
	for _, f := range c.fabrics() {
		all := doors(f)
		for _, label := range slices.Sorted(maps.Keys(all)) {
			var here []flow.Cube
			here, left = fabric.ByDestination(left, all[label])
			for _, from := range []owner{{Platform, fabric.PlatformAddresses()}, {Internet, f.PublicInternet()}, {Elsewhere, c.everywhere()}} {
				var some []flow.Cube
				if some, here = fabric.BySource(here, from.addresses); len(some) > 0 {
					list = append(list, endpoint{[]string{from.label}, []string{label}, flow.SpaceOf(some...)})
				}
			}
		}
	}
	return list
}
