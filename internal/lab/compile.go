package lab

import (
	"fmt"
	"net/netip"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/plain"
)

// compiler turns one network into a plan.
type compiler struct {
	network  *azure.Network
	tags     plain.Tags
	switches plain.Switches

	plan      *Plan
	vnets     []*vnet
	firewalls []*firewall
	// rules of the firewalls in the order of evaluation.
	rules map[*firewall][]collection
	// gateways are the public addresses of NAT gateways.
	gateways map[*azure.NATGateway][]netip.Addr
	// invented are the public addresses that Azure chooses later.
	invented map[azure.ID]netip.Addr
}

// Compile plans the namespaces of a network, with the tags its rules and routes
// name, under one reading of the open points. It never fails: what it cannot
// reproduce it notes, for [Plan.Limits] to tell.
func Compile(network *azure.Network, tags plain.Tags, switches plain.Switches) *Plan {
	c := &compiler{
		network: network, tags: tags, switches: switches,
		rules: map[*firewall][]collection{}, gateways: map[*azure.NATGateway][]netip.Addr{}, invented: map[azure.ID]netip.Addr{},
		plan: &Plan{places: map[azure.ID]*place{}, vnets: map[azure.ID]*vnet{}},
	}
	c.places()
	c.limitBeyond()
	c.findFirewalls()
	c.plan.firewalls = c.firewalls
	c.peerings()
	for _, v := range c.vnets {
		for i, p := range v.places {
			p.number = firstTable + i
			p.limits = append(p.limits, v.limits...)
			p.routes = c.effective(p)
		}
	}
	c.namespaces()
	c.routers()
	c.edges()
	c.publicAddresses()
	return c.plan
}

// publicAddresses finds the public addresses of the network: those stated and those
// chosen here.
func (c *compiler) publicAddresses() {
	for _, ip := range c.network.PublicIPAddresses {
		if a, ok := ip.IPAddress.Known(); ok {
			c.plan.public = append(c.plan.public, a)
		}
	}
	for _, v := range c.vnets {
		c.plan.public = append(c.plan.public, v.publicAddresses()...)
	}
}

// namespaces makes the hosts, the routers, the edges and the internet, and the
// links between them.
func (c *compiler) namespaces() {
	internet := c.plan.namespace("internet", Internet, "")
	for i, v := range c.vnets {
		v.router = c.plan.namespace("router "+v.Name, Router, v.ID)
		v.edge = c.plan.namespace("edge "+v.Name, Edge, v.ID)
		v.outside = fmt.Sprintf("v%d", i)
		v.pool = netip.AddrFrom4([4]byte{192, 0, 0, byte(16 + i%200)})
		c.plan.link(v.router, "edge", v.edge, "vnet")
		c.plan.link(v.edge, "net", internet, v.outside)
		n := 0
		for _, p := range v.places {
			for _, h := range p.all() {
				if h.device = fmt.Sprintf("h%d", n); h.firewall != nil {
					c.namespaceOf(h.firewall, n)
				} else {
					c.host(h)
				}
				n++
			}
		}
	}
	for _, v := range c.vnets {
		for _, l := range v.links {
			if l.device == "" {
				c.joinRouters(v, l)
			}
		}
	}
}

// joinRouters links two routers once for both sides of a peering.
func (c *compiler) joinRouters(v *vnet, l *peering) {
	l.device = fmt.Sprintf("p%d", len(c.plan.Links))
	for _, back := range l.remote.links {
		if back.remote == v {
			back.device = l.device
		}
	}
	c.plan.link(v.router, l.device, l.remote.router, l.device)
}

// host makes the namespace of a host: its addresses are local, and whatever it
// sends, to itself too, goes through the fabric.
func (c *compiler) host(h *host) {
	p := h.place
	switch {
	case h.endpoint != nil:
		h.namespace = c.plan.namespace("endpoint "+h.endpoint.Name, EndpointHost, h.endpoint.ID)
	case h.nic != nil:
		h.namespace = c.plan.namespace("nic "+h.nic.Name, InterfaceHost, h.nic.ID)
	default:
		h.namespace = c.plan.namespace("subnet "+p.vnet.Name+"/"+p.Name, SubnetHosts, p.ID)
	}
	c.limitInterface(h)
	n := h.namespace
	n.ip("link set lo up")
	c.plan.link(p.vnet.router, h.device, n, "eth0")
	if h == &p.crowd {
		for _, prefix := range p.prefixes {
			n.ip("route add local %s dev lo", prefix)
		}
		if a, ok := p.free(); ok {
			n.ip("address add %s/32 dev eth0", a)
		}
	}
	for _, a := range h.addresses {
		n.ip("address add %s/32 dev eth0", a)
	}
	outward(n, "eth0")
	n.Sysctls = append(n.Sysctls, "ipv4/conf/all/accept_local=1")
	if h.nic != nil && h.nic.EnableIPForwarding.Or(false) { // RT-40
		n.Sysctls = append(n.Sysctls, "ipv4/ip_forward=1")
	}
	n.Ruleset = c.hostRuleset(h)
}

func (c *compiler) limitInterface(h *host) {
	if h.group == nil {
		return
	}
	c.limitGroup(h.group, func(format string, arguments ...any) {
		h.limits = append(h.limits, fmt.Sprintf(format, arguments...))
	})
}

// outward sends what a namespace makes itself out of a device, although the
// destination may be its own address, and keeps 127.0.0.0/8 inside.
func outward(n *Namespace, device string) {
	n.ip("route add default dev %s", device)
	n.ip("rule add pref 5 iif lo to 127.0.0.0/8 lookup local")
	n.ip("rule add pref 10 iif lo lookup main")
	n.ip("rule add pref 100 lookup local")
	n.ip("rule del pref 0")
}

// free is the first address of the place that nobody has.
func (p *place) free() (netip.Addr, bool) {
	for _, prefix := range p.prefixes {
		for a := nth(prefix, 4); a != last(prefix); a = a.Next() {
			if p.host(a) == &p.crowd {
				return a, true
			}
		}
	}
	return netip.Addr{}, false
}
