package lab

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

// Routing tables of a router. Each subnet has one of its own from firstTable
// on, each way to an appliance of a peered network one from applianceTable on.
const (
	deliveryTable  = 1
	platformTable  = 2
	straightTable  = 3
	firstTable     = 1000
	applianceTable = 30000
)

// routers writes routes and the stateless filter of every router.
func (c *compiler) routers() {
	ways := map[string]string{}
	for _, v := range c.vnets {
		r := v.router
		r.Sysctls = append(r.Sysctls, "ipv4/ip_forward=1")
		r.ip("link set lo up")
		r.ip("route add default dev edge table %d", platformTable)
		r.ip("rule add pref 10 to %s lookup %d", hostAddress, platformTable) // RT-25, TWIN-5
		r.ip("rule add pref 10 to %s lookup %d", metadataAddress, platformTable)
		deliver(v)
		if v.hasEndpoints() {
			straight(v)
		}
		for _, p := range v.places {
			for _, e := range p.routes {
				r.ip("%s table %d", c.hop(p, e, ways), p.number)
			}
			for _, h := range p.all() {
				number := p.number
				if h.endpoint != nil {
					number = straightTable
				}
				r.ip("rule add pref 100 iif %s lookup %d", h.device, number)
				if w := h.firewall; w != nil {
					r.ip("rule add pref 100 iif %s lookup %d", w.outside, p.number)
				}
			}
		}
		r.ip("rule add pref 1000 lookup %d", deliveryTable)
		r.Ruleset = routerRuleset(v)
	}
}

// deliver writes the table that brings packets to the addresses of a network.
func deliver(v *vnet) {
	r := v.router
	r.ip("route add blackhole default table %d", deliveryTable)
	for _, p := range v.places {
		for _, prefix := range p.prefixes {
			r.ip("route add %s dev %s table %d", prefix, p.crowd.device, deliveryTable)
			for _, a := range reserved(prefix) {
				r.ip("route replace blackhole %s table %d", a, deliveryTable) // FAB-4
			}
		}
		for _, h := range p.hosts {
			for _, a := range h.addresses {
				r.ip("route replace %s dev %s table %d", a, h.device, deliveryTable)
			}
			if w := h.firewall; w != nil {
				for _, a := range w.public {
					r.ip("route replace %s dev %s table %d", a, h.device, deliveryTable)
				}
			}
		}
	}
}

// hop is the command for one effective route. Delivery within the network is a
// table of its own, which throw leads to.
func (c *compiler) hop(p *place, e route, ways map[string]string) string {
	blackhole := fmt.Sprintf("route add blackhole %s", e.prefix) // TWIN-3
	if e.limit != "" {
		return blackhole
	}
	switch e.hop {
	case azure.VnetLocal:
		return fmt.Sprintf("route add throw %s", e.prefix)
	case peeringHop:
		return fmt.Sprintf("route add %s dev %s", e.prefix, e.link.device)
	case azure.InternetNextHop:
		return fmt.Sprintf("route add %s dev edge", e.prefix)
	case azure.VirtualAppliance:
		address, _ := c.nextHop(e.user)
		h, by := p.vnet.appliance(p, address)
		switch {
		case h == nil: // RT-17
			return blackhole
		case by == nil:
			return fmt.Sprintf("route add %s dev %s", e.prefix, h.entrance())
		}
		return fmt.Sprintf("route add %s dev %s", e.prefix, c.wayTo(p.vnet, h, ways))
	}
	return blackhole
}

// wayTo is the device of a router towards an appliance in a peered network. The
// appliance is found by the link a packet comes in by, since the packet itself
// is addressed elsewhere.
func (c *compiler) wayTo(v *vnet, h *host, ways map[string]string) string {
	key := fmt.Sprintf("%s\n%s", v.ID, h.namespace.Name)
	if device, ok := ways[key]; ok {
		return device
	}
	device, remote := fmt.Sprintf("a%d", len(ways)), h.place.vnet.router
	ways[key] = device
	c.plan.link(v.router, device, remote, device)
	remote.ip("route add default dev %s table %d", h.entrance(), applianceTable+len(ways))
	remote.ip("rule add pref 50 iif %s lookup %d", device, applianceTable+len(ways))
	return device
}

// routerRuleset is the filter of a router. It keeps no state (L-04).
func routerRuleset(v *vnet) string {
	var b strings.Builder
	b.WriteString("table ip fabric {\n\tchain carry {\n\t\ttype filter hook forward priority 0; policy accept;\n")
	for _, p := range v.places {
		for _, h := range p.all() {
			if own := h.own(); own != "" && !h.forwards() {
				fmt.Fprintf(&b, "\t\tiifname %q ip saddr != { %s } drop comment \"RT-40\"\n", h.device, own)
			}
			if w := h.firewall; w != nil {
				own := append(ipv4(p.prefixes), exactlyAll(w.public)...)
				fmt.Fprintf(&b, "\t\tiifname %q ip saddr != { %s } drop comment \"L-05\"\n", w.outside, texts(own))
			}
		}
	}
	for _, l := range v.links {
		l.filter(&b)
	}
	b.WriteString("\t}\n}\n")
	return b.String()
}

// own are the addresses a host sends from.
func (h *host) own() string {
	if h.nic == nil && h.endpoint == nil {
		return texts(h.place.prefixes)
	}
	return texts(h.addresses)
}

func (h *host) forwards() bool {
	return h.firewall != nil || h.nic != nil && h.nic.EnableIPForwarding.Or(false)
}

// entrance is the device that leads to a host for those who route to it.
func (h *host) entrance() string {
	if h.firewall != nil {
		return h.firewall.balancer
	}
	return h.device
}

// filter writes what a link keeps out: packets that the remote network only
// forwards, unless the link lets them in (RT-46), and those between subnets
// that a subnet peering leaves out (RT-47).
func (l *peering) filter(b *strings.Builder) {
	if !l.link.AllowForwardedTraffic.Or(false) && len(l.remote.space) > 0 {
		fmt.Fprintf(b, "\t\tiifname %q ip saddr != { %s } drop comment \"RT-46\"\n", l.device, texts(l.remote.space))
	}
	if !l.link.PeerCompleteVnets.Or(true) {
		l.only(b, "saddr", subnetSpace(l.home, l.link.LocalSubnetNames))
		l.only(b, "daddr", subnetSpace(l.remote, l.link.RemoteSubnetNames))
	}
	if !l.back.PeerCompleteVnets.Or(true) {
		l.only(b, "saddr", subnetSpace(l.home, l.back.RemoteSubnetNames))
		l.only(b, "daddr", subnetSpace(l.remote, l.back.LocalSubnetNames))
	}
}

// only lets packets out to the remote network if an address of theirs is in
// the space.
func (l *peering) only(b *strings.Builder, field string, space []netip.Prefix) {
	match := ""
	if len(space) > 0 {
		match = fmt.Sprintf(" ip %s != { %s }", field, texts(space))
	}
	fmt.Fprintf(b, "\t\toifname %q%s drop comment \"RT-47\"\n", l.device, match)
}
