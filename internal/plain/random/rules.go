package random

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// places collects the prefixes that rules and routes are likely to name: what
// is there, its halves and neighbours, and the blocks with a meaning of their
// own.
func (g *generator) places() {
	add := func(p netip.Prefix) {
		if p.Addr().Is4() {
			g.pool4 = append(g.pool4, p)
		} else {
			g.pool6 = append(g.pool6, p)
		}
	}
	for _, v := range g.n.VNets {
		for _, p := range v.Space {
			add(p)
			low, high := halves(p)
			add(low)
			add(high)
		}
		for _, s := range v.Subnets {
			for _, p := range s.Prefixes {
				add(p)
				low, high := halves(p)
				add(low)
				add(high)
				add(netip.PrefixFrom(p.Addr().Prev(), p.Addr().BitLen()))
			}
		}
	}
	for _, nic := range g.n.Interfaces {
		for _, a := range nic.Addresses {
			add(netip.PrefixFrom(a, a.BitLen()))
		}
		if nic.PublicIP.IsValid() {
			add(netip.PrefixFrom(nic.PublicIP, 32))
		}
	}
	for _, e := range g.n.Endpoints {
		if e.Address.IsValid() {
			for bits := range 3 {
				p, _ := e.Address.Prefix(32 - bits)
				add(p)
			}
		}
	}
	for range 12 {
		if t := pick(g.Rand, g.n.ServiceTags); len(t.Prefixes) > 0 {
			add(pick(g.Rand, t.Prefixes))
		}
	}
	for _, text := range []string{"0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",
		"100.64.0.0/10", "168.63.129.16/32", "169.254.169.254/32", "25.1.2.0/24", "192.0.2.0/24", "198.18.0.0/15",
		"203.0.113.0/24", "157.59.0.0/16", "8.8.8.8/32", "104.147.0.0/16", "127.0.0.0/8", "224.0.0.0/4", "172.31.9.0/24"} {
		add(must(text))
	}
	if g.dual {
		for _, text := range []string{"::/0", "2000::/3", "2001:db8::/32", "fc00::/7", "2603::/16"} {
			add(must(text))
		}
	}
}

func (g *generator) groups() {
	for i := range g.few(1, 5, 2) {
		count := pick(g.Rand, []int{0, g.between(1, 4), g.between(4, 14)})
		switch c := g.IntN(100); {
		case c < 40:
			count = g.between(8, 40)
		case c < 45:
			count = g.between(100, 400)
		}
		if g.small {
			count = g.IntN(7)
		}
		group := &Group{Name: fmt.Sprintf("nsg%d", i)}
		used := map[string]bool{}
		for len(group.Rules) < count {
			r := g.rule()
			slot := r.Direction + strconv.Itoa(r.Priority)
			if used[slot] {
				continue // one priority for each direction (NSG-3)
			}
			used[slot] = true
			r.Name = fmt.Sprintf("%s-%s-%d", strings.ToLower(r.Access), strings.ToLower(r.Direction), r.Priority)
			group.Rules = append(group.Rules, r)
		}
		g.n.Groups = append(g.n.Groups, group)
	}
}

func (g *generator) rule() Rule {
	six := g.dual && g.chance(30)
	r := Rule{
		Direction: pick(g.Rand, []string{"Inbound", "Outbound"}),
		Priority:  pick(g.Rand, []int{100, 4096, g.between(100, 4096), g.between(100, 4096), g.between(100, 4096), g.between(100, 4096)}),
		Access:    pick(g.Rand, []string{"Allow", "Allow", "Allow", "Deny", "Deny"}),
		Protocol:  pick(g.Rand, []string{"Tcp", "Tcp", "Tcp", "TCP", "Tcp", "Udp", "Udp", "*", "*", "*", "*", "Icmp", "Esp", "Ah"}),
	}
	r.SourcePorts = []string{"*"}
	if g.chance(8) {
		r.SourcePorts = g.ports()
	}
	r.DestinationPorts = g.ports()
	if r.Protocol == "Icmp" || r.Protocol == "Esp" || r.Protocol == "Ah" {
		r.DestinationPorts = pick(g.Rand, [][]string{{"*"}, {"*"}, {"*"}, {"0-65535"}, {"8"}, {"0-8"}})
	}
	group := ""
	near, far := g.near(six, &group), g.side(six, &group)
	r.Source, r.Destination = far, near
	if r.Direction == "Outbound" {
		r.Source, r.Destination = near, far
	}
	if r.Direction == "Outbound" && g.chance(5) {
		r.Destination = []string{pick(g.Rand, []string{"AzurePlatformDNS", "AzurePlatformIMDS"})}
	}
	return r
}

// near is the side of a rule that names the group's own subnets: seldom
// anything that is not there.
func (g *generator) near(six bool, group *string) []string {
	switch c := g.IntN(100); {
	case c < 45:
		return []string{"*"}
	case c < 60:
		return []string{"VirtualNetwork"}
	case c < 85 && !six:
		v := pick(g.Rand, g.n.VNets)
		return []string{pick(g.Rand, []netip.Prefix{v.Space[0], pick(g.Rand, v.Subnets).Prefixes[0]}).String()}
	case c < 92:
		if names := g.asgs(group); len(names) > 0 {
			return names
		}
	}
	return g.side(six, group)
}

// side is the source or destination of a rule. The groups of both sides are in
// one virtual network (ASG-3): group names the network once one is drawn.
func (g *generator) side(six bool, group *string) []string {
	switch c := g.IntN(100); {
	case c < 22:
		return []string{"*"}
	case c < 36:
		return []string{pick(g.Rand, []string{"VirtualNetwork", "VirtualNetwork", "Internet", "Internet", "INTERNET", "AzureLoadBalancer"})}
	case c < 56:
		name := pick(g.Rand, g.n.ServiceTags).Name
		if g.chance(10) {
			name = strings.ToUpper(name) // case does not count (TAG-5)
		}
		return []string{name}
	case c < 64:
		if names := g.asgs(group); len(names) > 0 {
			return names
		}
	}
	pool := g.pool4
	if six {
		pool = g.pool6
	}
	count := pick(g.Rand, []int{1, 1, 1, 2, 3, 8})
	if g.chance(2) {
		count = 60
	}
	var texts []string
	for range count {
		p := pick(g.Rand, pool)
		if g.chance(20) {
			p = g.inside(p, min(p.Bits()+g.IntN(9), p.Addr().BitLen()))
		}
		text := p.String()
		if p.IsSingleIP() && g.chance(50) {
			text = p.Addr().String() // a bare address (NSG-11)
		}
		if !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	return texts
}

// asgs draws groups of one virtual network; the digit after "asg" is the
// network's.
func (g *generator) asgs(network *string) []string {
	var names []string
	for _, name := range g.n.ASGs {
		if *network == "" && g.chance(60) {
			*network = name[:4]
		}
		if name[:4] == *network && (len(names) == 0 || g.chance(40)) {
			names = append(names, "asg:"+name)
		}
	}
	return names
}

var portNumbers = []int{0, 22, 53, 80, 443, 443, 443, 454, 455, 1433, 1688, 3389, 8080, 32526, 65535}

func (g *generator) ports() []string {
	if g.chance(35) {
		return []string{"*"}
	}
	if g.chance(3) {
		return []string{"0-65535"}
	}
	var texts []string
	for range pick(g.Rand, []int{1, 1, 1, 2, 3, 6}) {
		low := pick(g.Rand, portNumbers)
		text := strconv.Itoa(low)
		if g.chance(35) {
			text = fmt.Sprintf("%d-%d", low, min(65535, low+pick(g.Rand, []int{0, 1, 10, 1000, 60000})))
		}
		if !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	return texts
}
