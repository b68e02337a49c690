package azure

import (
	"net/netip"
	"strings"
)

// LoadBalancer is a Microsoft.Network/loadBalancers resource.
type LoadBalancer struct {
	Resource
	// SKU is Basic, Standard or Gateway, as written; Azure's default is Basic in
	// the interface and Standard in newer tools, so none is not known.
	SKU Value[string]
	// Frontends in input order.
	Frontends    []*Frontend
	BackendPools []*BackendPool
	// Rules give flows to any member of a pool, InboundNATRules those of one port
	// to one member.
	Rules, InboundNATRules []*BalancerRule
	OutboundRules          []*OutboundRule
	Probes                 []*Probe
	// Open says why there may be more rules or pools than these, nil if there
	// are none.
	Open *Unknown
}

// Frontend is one address of a load balancer: public, or in a subnet.
type Frontend struct {
	Resource
	// Balancer holds the frontend; set by Build.
	Balancer         *LoadBalancer
	PublicIPAddress  Reference
	PublicIPPrefix   Reference
	Subnet           Reference
	PrivateIPAddress Value[netip.Addr]
}

// Public reports whether the frontend stands in the internet and not in a
// subnet.
func (f *Frontend) Public() bool { return f.PublicIPAddress.IsSet() || f.PublicIPPrefix.IsSet() }

// BackendPool is a group of receivers.
type BackendPool struct {
	Resource
	// Members are IP configurations of network interfaces, as the pool or the
	// interfaces state them; Build joins both.
	Members []Reference
	// Addresses of a pool that is defined by IP address.
	Addresses []Value[netip.Addr]
}

// BalancerRule translates flows to a frontend into flows to a backend.
type BalancerRule struct {
	Resource
	// Frontend is found by its name, within the same load balancer.
	Frontend Reference
	// Protocol is Tcp, Udp or All as written; All with port 0 is every port (HA
	// ports).
	Protocol Value[string]
	// FrontendPort and LastFrontendPort are the ports of the frontend, 0 to 0 for
	// all; the last is not set where there is one.
	FrontendPort, LastFrontendPort Value[int]
	BackendPort                    Value[int]
	// FloatingIP leaves the frontend's address in the packets.
	FloatingIP Value[bool]
	// DisableOutboundSNAT takes the rule's frontend from what its pool sends.
	DisableOutboundSNAT Value[bool]
	Pools               []Reference
	// Target is the IP configuration of an inbound NAT rule without a pool.
	Target Reference
	Probe  Reference
}

// OutboundRule gives what a pool sends the addresses of frontends.
type OutboundRule struct {
	Resource
	Frontends []Reference
	Pool      Reference
	// Protocol is Tcp, Udp or All as written.
	Protocol Value[string]
}

// Probe asks the members of a pool whether they live.
type Probe struct {
	Resource
	// Protocol is Tcp, Http or Https as written.
	Protocol Value[string]
	Port     Value[int]
}

// Frontend finds a frontend by a reference of one of the balancer's own rules;
// nil where there is none of its name.
func (l *LoadBalancer) Frontend(ref Reference) *Frontend {
	for _, f := range l.Frontends {
		if strings.EqualFold(f.Name, ref.ID.Name()) {
			return f
		}
	}
	return nil
}

// Pool finds a backend pool by reference, nil where there is none.
func (l *LoadBalancer) Pool(ref Reference) *BackendPool {
	for _, p := range l.BackendPools {
		if p.ID == ref.ID {
			return p
		}
	}
	return nil
}

// Probe finds a probe by a reference of one of the balancer's own rules, nil
// where there is none.
func (l *LoadBalancer) Probe(ref Reference) *Probe {
	for _, p := range l.Probes {
		if p.ID == ref.ID {
			return p
		}
	}
	return nil
}

// joinPools gives backend pools and inbound NAT rules the members that network
// interfaces state, each once.
func (b *builder) joinPools() {
	pools, rules := map[ID]*BackendPool{}, map[ID]*BalancerRule{}
	for _, l := range b.network.LoadBalancers {
		for _, f := range l.Frontends {
			f.Balancer = l
		}
		for _, p := range l.BackendPools {
			pools[p.ID] = p
		}
		for _, r := range l.InboundNATRules {
			rules[r.ID] = r
		}
	}
	for _, n := range b.network.NetworkInterfaces {
		for _, c := range n.IPConfigurations {
			self := Reference{ID: c.ID, Text: c.Address, At: c.At}
			for _, ref := range c.BackendPools {
				if p := pools[ref.ID]; p != nil {
					p.Members = withReference(p.Members, self)
				} else {
					b.missingPart(ref, "backend pool")
				}
			}
			for _, ref := range c.InboundNATRules {
				switch r := rules[ref.ID]; {
				case r == nil:
					b.missingPart(ref, "inbound NAT rule")
				case !r.Target.IsSet():
					r.Target = self
				}
			}
		}
	}
	for _, l := range b.network.LoadBalancers {
		for _, p := range l.BackendPools {
			for _, ref := range p.Members {
				if c, ok := lookup[*IPConfiguration](b.network, ref.ID); ok {
					c.BackendPools = withReference(c.BackendPools, Reference{ID: p.ID, Text: p.Address, At: ref.At})
				}
			}
		}
	}
}
