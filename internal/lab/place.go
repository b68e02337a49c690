package lab

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

// vnet is a virtual network on its way into the plan.
type vnet struct {
	*azure.VirtualNetwork
	space  []netip.Prefix
	places []*place
	links  []*peering

	router, edge *Namespace
	// outside is the internet's device towards the edge.
	outside string
	// firewallPublic and gateways are the public addresses of the firewalls and
	// NAT gateways of the network.
	firewallPublic []netip.Addr
	gateways       []translated
	// lent are the public addresses that load balancers give, shut the addresses
	// without default outbound access, opened those with it whatever their subnet.
	lent         []lent
	shut, opened []netip.Addr
	// pool is the public address of what leaves without one of its own.
	pool   netip.Addr
	limits []string
}

// place is a subnet with what is attached to it.
type place struct {
	*azure.Subnet
	vnet     *vnet
	prefixes []netip.Prefix
	group    *azure.NetworkSecurityGroup
	table    *azure.RouteTable
	// crowd owns the addresses that no host owns.
	crowd host
	// hosts are the interfaces with an address in the subnet.
	hosts  []*host
	routes []route
	// number of the routing table in the router.
	number int
	limits []string
}

// host is one namespace on a subnet.
type host struct {
	namespace *Namespace
	// device of the router that leads to it.
	device string
	place  *place
	// nic, endpoint and firewall are nil for the crowd of a subnet. An endpoint
	// has a nic where the input states that Azure made it one.
	nic       *azure.NetworkInterface
	endpoint  *azure.PrivateEndpoint
	firewall  *firewall
	addresses []netip.Addr
	// public are the public addresses of the addresses, where they have one.
	public map[netip.Addr]*azure.PublicIPAddress
	group  *azure.NetworkSecurityGroup
	limits []string
}

// limit notes why what happens at a place is not reproduced.
func (p *place) limit(format string, arguments ...any) {
	p.limits = append(p.limits, fmt.Sprintf(format, arguments...))
}

// host finds who has an address of the place.
func (p *place) host(a netip.Addr) *host {
	for _, h := range p.hosts {
		if slices.Contains(h.addresses, a) {
			return h
		}
	}
	return &p.crowd
}

// all lists the hosts of the place, the crowd first.
func (p *place) all() []*host { return append([]*host{&p.crowd}, p.hosts...) }

// place finds the subnet of a virtual network that holds an address, or nil.
func (v *vnet) place(a netip.Addr) *place {
	for _, p := range v.places {
		if contains(p.prefixes, a) {
			return p
		}
	}
	return nil
}

// reserved are the five addresses of a subnet that nobody has (FAB-4).
func reserved(p netip.Prefix) []netip.Addr {
	list := []netip.Addr{nth(p, 0), nth(p, 1), nth(p, 2), nth(p, 3), last(p)}
	return slices.Compact(list)
}

func last(p netip.Prefix) netip.Addr {
	b := p.Masked().Addr().As4()
	for i := p.Bits(); i < 32; i++ {
		b[i/8] |= 1 << (7 - i%8)
	}
	return netip.AddrFrom4(b)
}

// places finds the virtual networks with their subnets and hosts.
func (c *compiler) places() {
	for _, v := range c.network.VirtualNetworks {
		space, complete := known(v.AddressSpace)
		w := &vnet{VirtualNetwork: v, space: ipv4(space)}
		if !complete || v.Stub {
			w.limits = append(w.limits, fmt.Sprintf("the address space of %s is not known", v.Name))
		}
		for _, s := range v.Subnets {
			w.places = append(w.places, c.place(w, s))
		}
		c.vnets = append(c.vnets, w)
		c.plan.vnets[v.ID] = w
	}
	for _, nic := range c.network.NetworkInterfaces {
		c.interfaces(nic)
	}
	for _, e := range c.network.PrivateEndpoints {
		c.endpoint(e)
	}
}

func (c *compiler) place(v *vnet, s *azure.Subnet) *place {
	p := &place{Subnet: s, vnet: v}
	prefixes, complete := known(s.Prefixes)
	if p.prefixes = ipv4(prefixes); !complete || len(s.Prefixes) == 0 {
		p.limit("the prefixes of %s are not known", s.Name)
	}
	if !strings.EqualFold(s.Name, "AzureFirewallSubnet") { // SUB-2
		p.group = attached(p.limit, s.NetworkSecurityGroup, c.network.NetworkSecurityGroup)
	}
	p.table = attached(p.limit, s.RouteTable, c.network.RouteTable)
	p.crowd.place = p
	c.limitPlace(p)
	c.plan.places[s.ID] = p
	return p
}

// attached resolves a reference; one that leads nowhere is a limit.
func attached[T any](limit func(string, ...any), r azure.Reference, find func(azure.ID) (*T, bool)) *T {
	if !r.IsSet() {
		return nil
	}
	found, ok := find(r.ID)
	if !ok {
		limit("%q is referred to and stated nowhere", r.Text)
	}
	return found
}

// interfaces makes a host of a network interface in each subnet it is in.
func (c *compiler) interfaces(nic *azure.NetworkInterface) {
	for _, configuration := range nic.IPConfigurations {
		p := c.plan.places[configuration.Subnet.ID]
		if p == nil {
			continue
		}
		address, ok := configuration.PrivateIPAddress.Known()
		if !ok {
			p.limit("an address of %s is not known", nic.Name)
			continue
		}
		if !address.Is4() {
			continue
		}
		h := c.hostOf(p, nic)
		h.addresses = append(h.addresses, address)
		if ip := attached(p.limit, configuration.PublicIPAddress, c.network.PublicIPAddress); ip != nil {
			h.public[address] = ip
		}
	}
}

func (c *compiler) hostOf(p *place, nic *azure.NetworkInterface) *host {
	for _, h := range p.hosts {
		if h.nic == nic {
			return h
		}
	}
	h := &host{place: p, nic: nic, public: map[netip.Addr]*azure.PublicIPAddress{}}
	h.group = attached(p.limit, nic.NetworkSecurityGroup, c.network.NetworkSecurityGroup)
	if nic.DisableTCPStateTracking.Unknown != nil || nic.DisableTCPStateTracking.V {
		p.limit("TCP state tracking of %s may be off (NSG-38)", nic.Name)
	}
	if nic.EnableIPForwarding.Unknown != nil {
		p.limit("whether %s forwards is not known", nic.Name)
	}
	p.hosts = append(p.hosts, h)
	return h
}
