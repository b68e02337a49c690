package lab

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

// edges writes the edges and the internet behind them.
func (c *compiler) edges() {
	internet := c.plan.Namespace("internet")
	internet.ip("link set lo up")
	internet.ip("route add local default dev lo")
	for i, v := range c.vnets {
		c.translations(v)
		c.balancedOut(v)
		c.edge(v)
		// Probes name the device, so that networks may hold equal addresses.
		internet.ip("route add default dev %s metric %d", v.outside, i+1)
		for _, a := range v.publicAddresses() {
			internet.ip("route replace %s dev %s", a, v.outside)
		}
	}
	internet.ip("rule add pref 5 iif lo to 127.0.0.0/8 lookup local")
	internet.ip("rule add pref 10 iif lo lookup main")
	internet.ip("rule add pref 100 lookup local")
	internet.ip("rule del pref 0")
}

// edge makes the platform around one network: it answers at the platform's
// addresses, carries nothing private to the internet, and translates.
func (c *compiler) edge(v *vnet) {
	n := v.edge
	n.Sysctls = append(n.Sysctls, "ipv4/ip_forward=1")
	n.ip("link set lo up")
	n.ip("address add %s/32 dev lo", hostAddress)
	n.ip("address add %s/32 dev lo", metadataAddress)
	for _, block := range private {
		n.ip("route add blackhole %s table %d", block, deliveryTable)
	}
	n.ip("route add default dev net table %d", deliveryTable)
	n.ip("route add default dev vnet")
	n.ip("rule add pref 10 iif vnet lookup %d", deliveryTable)
	n.Ruleset = v.edgeRuleset()
}

// translations finds the public addresses of the firewalls and NAT gateways of a
// network.
func (c *compiler) translations(v *vnet) {
	for _, w := range c.firewalls {
		if w.host.place.vnet == v {
			v.firewallPublic = append(v.firewallPublic, w.public...)
		}
	}
	for _, p := range v.places {
		if addresses := c.gateway(p); addresses != nil {
			v.gateways = append(v.gateways, translated{p.prefixes, addresses})
		}
	}
}

// translated are the prefixes behind a NAT gateway, and its addresses.
type translated struct {
	prefixes  []netip.Prefix
	addresses []netip.Addr
}

// publicAddresses are the public addresses of a network: those of its
// interfaces, and the pool.
func (v *vnet) publicAddresses() []netip.Addr {
	list := append([]netip.Addr{v.pool}, v.firewallPublic...)
	for _, g := range v.gateways {
		list = append(list, g.addresses...)
	}
	for _, l := range v.lent {
		list = append(list, l.to...)
	}
	v.frontends(func(_ *host, _ netip.Addr, ip *azure.PublicIPAddress) {
		if a, ok := ip.IPAddress.Known(); ok && a.Is4() {
			list = append(list, a)
		}
	})
	return list
}

// frontends calls f for every address with a public one.
func (v *vnet) frontends(f func(h *host, private netip.Addr, ip *azure.PublicIPAddress)) {
	for _, p := range v.places {
		for _, h := range p.hosts {
			for _, a := range h.addresses {
				if ip := h.public[a]; ip != nil {
					f(h, a, ip)
				}
			}
		}
	}
}

// edgeRuleset is the edge's filter and translation (TWIN-6).
func (v *vnet) edgeRuleset() string {
	var in, out, closed []string
	v.frontends(func(h *host, private netip.Addr, ip *azure.PublicIPAddress) {
		if public, ok := ip.IPAddress.Known(); ok && public.Is4() {
			in = append(in, fmt.Sprintf("%s : %s", public, private))
			out = append(out, fmt.Sprintf("%s : %s", private, public))
		}
		if h.group == nil && h.place.group == nil && !strings.EqualFold(ip.SKU.V, "Basic") { // PIP-1
			closed = append(closed, private.String())
		}
	})
	private := v.privateSubnets()
	var b strings.Builder
	b.WriteString("table ip edge {\n")
	b.WriteString("\tchain carry {\n\t\ttype filter hook forward priority 0; policy accept;\n\t\tct state established,related accept\n")
	if len(v.space) > 0 {
		fmt.Fprintf(&b, "\t\tiifname \"vnet\" ip saddr != { %s } drop comment \"L-05\"\n", texts(ipv4(append(exactlyAll(v.firewallPublic), v.space...))))
	}
	if len(v.firewallPublic) > 0 {
		fmt.Fprintf(&b, "\t\tip saddr { %s } accept\n", texts(v.firewallPublic))
	}
	if len(closed) > 0 {
		fmt.Fprintf(&b, "\t\tiifname \"net\" ip daddr { %s } drop comment \"PIP-1\"\n", strings.Join(closed, ", "))
	}
	if len(out) > 0 {
		fmt.Fprintf(&b, "\t\tiifname \"vnet\" ip saddr { %s } accept\n", strings.Join(keys(out), ", "))
	}
	for _, g := range v.gateways {
		fmt.Fprintf(&b, "\t\tiifname \"vnet\" ip saddr { %s } meta l4proto { tcp, udp } accept\n", texts(g.prefixes))
		fmt.Fprintf(&b, "\t\tiifname \"vnet\" ip saddr { %s } drop comment \"RT-32\"\n", texts(g.prefixes))
	}
	for _, l := range v.lent {
		fmt.Fprintf(&b, "\t\tiifname \"vnet\" ip saddr %s meta l4proto { %s } accept\n", l.from, strings.Join(l.protocols, ", "))
		fmt.Fprintf(&b, "\t\tiifname \"vnet\" ip saddr %s drop comment \"RT-31\"\n", l.from)
	}
	if beside := append(v.besideStandard(), v.shut...); len(beside) > 0 {
		fmt.Fprintf(&b, "\t\tiifname \"vnet\" ip saddr { %s } drop comment \"RT-36\"\n", texts(ipv4(exactlyAll(beside))))
	}
	if len(v.opened) > 0 {
		fmt.Fprintf(&b, "\t\tiifname \"vnet\" ip saddr { %s } meta l4proto { tcp, udp } accept comment \"RT-34\"\n", texts(v.opened))
	}
	if len(private) > 0 {
		fmt.Fprintf(&b, "\t\tiifname \"vnet\" ip saddr { %s } drop comment \"RT-33\"\n", texts(private))
	}
	b.WriteString("\t\tiifname \"vnet\" meta l4proto != { tcp, udp } drop comment \"RT-33\"\n")
	b.WriteString("\t}\n\tchain inward {\n\t\ttype nat hook prerouting priority dstnat; policy accept;\n")
	if len(in) > 0 {
		fmt.Fprintf(&b, "\t\tiifname \"net\" dnat to ip daddr map { %s }\n", strings.Join(in, ", "))
	}
	b.WriteString("\t}\n\tchain outward {\n\t\ttype nat hook postrouting priority srcnat; policy accept;\n")
	if len(v.firewallPublic) > 0 {
		fmt.Fprintf(&b, "\t\tip saddr { %s } return\n", texts(v.firewallPublic))
	}
	for _, g := range v.gateways {
		fmt.Fprintf(&b, "\t\toifname \"net\" ip saddr { %s } meta l4proto { tcp, udp } snat to %s comment \"RT-31\"\n", texts(g.prefixes), oneOf(g.addresses))
	}
	for _, l := range v.lent {
		fmt.Fprintf(&b, "\t\toifname \"net\" ip saddr %s snat to %s comment \"RT-31\"\n", l.from, oneOf(l.to))
	}
	if len(out) > 0 {
		fmt.Fprintf(&b, "\t\toifname \"net\" snat to ip saddr map { %s }\n", strings.Join(out, ", "))
	}
	fmt.Fprintf(&b, "\t\toifname \"net\" snat to %s\n\t}\n}\n", v.pool)
	return b.String()
}

// keys are the left sides of the elements of a map.
func keys(elements []string) []string {
	var list []string
	for _, e := range elements {
		key, _, _ := strings.Cut(e, " : ")
		list = append(list, key)
	}
	return list
}

// besideStandard are the addresses of machines that have a Standard public IP
// address for another one of theirs, and so no default outbound access (RT-36).
func (v *vnet) besideStandard() []netip.Addr {
	var standard []*host
	v.frontends(func(h *host, _ netip.Addr, ip *azure.PublicIPAddress) {
		if h.nic != nil && !strings.EqualFold(ip.SKU.V, "Basic") {
			standard = append(standard, h)
		}
	})
	var list []netip.Addr
	for _, p := range v.places {
		for _, h := range p.hosts {
			beside := slices.ContainsFunc(standard, func(s *host) bool {
				return s == h || h.nic != nil && h.nic.VirtualMachine.ID != "" && s.nic.VirtualMachine.ID == h.nic.VirtualMachine.ID
			})
			for _, a := range h.addresses {
				if beside && h.public[a] == nil && a.Is4() {
					list = append(list, a)
				}
			}
		}
	}
	return list
}

// privateSubnets are the prefixes of the subnets without default outbound
// access.
func (v *vnet) privateSubnets() []netip.Prefix {
	var list []netip.Prefix
	for _, p := range v.places {
		if !p.DefaultOutboundAccess.Or(true) {
			list = append(list, p.prefixes...)
		}
	}
	return ipv4(list)
}
