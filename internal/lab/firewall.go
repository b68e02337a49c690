package lab

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/wayleave/wayleave/internal/azure"
)

// firewall is an Azure Firewall in its subnet. One namespace stands for all of
// its instances. It has three links to the router, so that its rules can tell
// packets apart by where they come from and where they go.
type firewall struct {
	*azure.AzureFirewall
	host *host
	// address is the private one that routes name, instance what its packets
	// inside the networks are translated to (F-25).
	address, instance netip.Addr
	public            []netip.Addr
	// limits say why it is not reproduced; routes that lead to it end then.
	limits []string
	// targets are where its NAT rules lead packets that are for the firewall.
	targets []target
	// generation of its own policy.
	generation int
	// balancer leads to it for those who route to its address, host.device for
	// its own addresses, outside from it to where the routes say Internet.
	balancer, outside string
}

// Devices of a firewall's namespace.
const (
	balancerDevice = "lb"
	insideDevice   = "eth0"
	outsideDevice  = "out"
)

// findFirewalls finds the Azure Firewalls with a subnet.
func (c *compiler) findFirewalls() {
	for _, f := range c.network.AzureFirewalls {
		for _, configuration := range f.IPConfigurations {
			if p := c.plan.places[configuration.Subnet.ID]; p != nil {
				c.firewalls = append(c.firewalls, c.firewall(f, p, configuration))
				break
			}
		}
	}
}

func (c *compiler) firewall(f *azure.AzureFirewall, p *place, configuration *azure.FirewallIPConfiguration) *firewall {
	w := &firewall{AzureFirewall: f, host: &host{place: p}}
	w.host.firewall = w
	w.address, w.instance = p.addressesOf(configuration.PrivateIPAddress)
	if !w.instance.IsValid() {
		w.limit("the subnet of the firewall %s has no room for it", f.Name)
	}
	w.host.addresses = []netip.Addr{w.address, w.instance}
	for _, configuration := range f.IPConfigurations {
		if configuration.PublicIPAddress.IsSet() {
			w.public = append(w.public, c.publicAddress(configuration.PublicIPAddress))
		}
	}
	if len(f.UnknownIPConfigurations) > 0 {
		w.limit("not all public addresses of the firewall %s are known", f.Name)
	}
	c.collect(w)
	c.findTargets(w)
	p.hosts = append(p.hosts, w.host)
	return w
}

func (w *firewall) limit(format string, arguments ...any) {
	w.limits = append(w.limits, fmt.Sprintf(format, arguments...))
}

// addressesOf are the address of a firewall, the first free one where it is
// chosen later, and the next free one.
func (p *place) addressesOf(stated azure.Value[netip.Addr]) (own, instance netip.Addr) {
	own, _ = stated.Known()
	for _, prefix := range p.prefixes {
		for a := nth(prefix, 4); a != last(prefix) && prefix.Contains(a); a = a.Next() {
			switch {
			case !own.IsValid():
				own = a
			case a != own:
				return own, a
			}
		}
	}
	return own, netip.Addr{}
}

// publicAddress is that of a public IP address; one that Azure chooses later is
// invented.
func (c *compiler) publicAddress(ref azure.Reference) netip.Addr {
	if ip, ok := c.network.PublicIPAddress(ref.ID); ok {
		if a, known := ip.IPAddress.Known(); known && a.Is4() {
			return a
		}
	}
	a, ok := c.invented[ref.ID]
	if !ok {
		n := len(c.invented) + 1
		a = netip.AddrFrom4([4]byte{192, 0, 1, byte(n)})
		c.invented[ref.ID] = a
	}
	return a
}

// firewallAt is the firewall that a next hop names: by its address, or by the
// unknown that will be its address.
func (c *compiler) firewallAt(hop azure.Value[netip.Addr]) *firewall {
	for _, w := range c.firewalls {
		for _, configuration := range w.IPConfigurations {
			own := configuration.PrivateIPAddress
			switch {
			case !configuration.Subnet.IsSet():
			case own.Unknown != nil && hop.Unknown != nil && own.Unknown.Name == hop.Unknown.Name, own.V.IsValid() && own.V == hop.V:
				return w
			}
		}
	}
	return nil
}

// nextHop is the address of an appliance that a route names.
func (c *compiler) nextHop(r *azure.Route) (netip.Addr, bool) {
	if w := c.firewallAt(r.NextHopIPAddress); w != nil {
		return w.address, true
	}
	return r.NextHopIPAddress.Known()
}

// namespaceOf makes the namespace of a firewall with its links.
func (c *compiler) namespaceOf(w *firewall, n int) {
	p := w.host.place
	ns := c.plan.namespace("firewall "+w.Name, Firewall, w.ID)
	w.host.namespace = ns
	ns.Sysctls = append(ns.Sysctls, "ipv4/ip_forward=1", "netfilter/nf_conntrack_tcp_loose=0")
	ns.ip("link set lo up")
	w.host.device, w.balancer, w.outside = fmt.Sprintf("h%d", n), fmt.Sprintf("b%d", n), fmt.Sprintf("o%d", n)
	c.plan.link(p.vnet.router, w.host.device, ns, insideDevice)
	c.plan.link(p.vnet.router, w.balancer, ns, balancerDevice)
	c.plan.link(p.vnet.router, w.outside, ns, outsideDevice)
	for _, a := range w.host.addresses {
		ns.ip("address add %s/32 dev %s", a, insideDevice)
	}
	for _, e := range p.routes {
		device := insideDevice
		switch {
		case e.limit != "" || e.hop == azure.NoneNextHop || e.hop == azure.VirtualNetworkGateway:
			ns.ip("route add blackhole %s", e.prefix)
			continue
		case e.hop == azure.InternetNextHop:
			device = outsideDevice
		}
		ns.ip("route add %s dev %s", e.prefix, device)
	}
	ns.Ruleset = c.firewallRuleset(w)
}

// unfit reports whether the routes of a firewall's subnet break it: without
// management interface its 0.0.0.0/0 must lead to Internet (F-13).
func (w *firewall) unfit() bool {
	p := w.host.place
	if p.table == nil || w.ManagementIPConfiguration != nil {
		return false
	}
	return slices.ContainsFunc(p.table.Routes, func(r *azure.Route) bool {
		return r.Destination.Kind == azure.PrefixAddress && r.Destination.Prefix == everywhere && r.NextHopType.V != azure.InternetNextHop
	})
}
