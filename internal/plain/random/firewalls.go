package random

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// Firewall stands in a subnet of its own.
type Firewall struct {
	Name string
	// VNet and Subnet by name.
	VNet, Subnet string
	// Address is the private one that routes name.
	Address netip.Addr
	// Public addresses, and that of a NAT gateway on the subnet: the zero address for
	// no gateway, the unspecified one for a gateway without an address.
	Public  []netip.Addr
	Gateway netip.Addr
	// Management tells that it has a management interface.
	Management bool
	// PrivateRanges as in the classic property or the policy.
	PrivateRanges []string
	// Policies with their groups, a child's after its parent's; none for a
	// firewall with classic collections.
	Policies    [][]RuleGroup
	Collections []Collection
	// Settings of the policies, or of the firewall itself; none for the defaults.
	Settings []Settings
}

// RuleGroup is a rule collection group.
type RuleGroup struct {
	Name        string
	Priority    int
	Collections []Collection
}

// Collection is a rule collection.
type Collection struct {
	Name     string
	Priority int
	// Allow says what its rules do, Application that they look at names, NAT
	// that they translate.
	Allow, Application, NAT bool
	Rules                   []FirewallRule
}

// FirewallRule is a rule in the texts of the API. Names are set in application
// rules only, "group:" marks the addresses of an IP group.
type FirewallRule struct {
	Name                string
	Protocols           []string
	Source, Destination []string
	Ports               []string
	Names               []string
	// Tags are FQDN tags, of application rules too; such a rule may state no protocol.
	Tags []string
	// To is where a NAT rule sends packets, "10.1.0.4:22".
	To string
}

// firewalls puts a firewall into some of the networks and sends routes to it.
func (g *generator) firewalls() {
	if !g.chance(55) {
		return
	}
	v := pick(g.Rand, g.n.VNets)
	if slices.ContainsFunc(v.Subnets, func(s *Subnet) bool { return s.Name == firewallSubnet }) {
		return
	}
	chunk := g.chunk(v.Space[0], len(v.Subnets))
	s := &Subnet{Name: firewallSubnet, Prefixes: []netip.Prefix{netip.PrefixFrom(chunk.Addr(), max(chunk.Bits(), 27))}}
	f := &Firewall{Name: "fw", VNet: v.Name, Subnet: s.Name, Address: plus(chunk.Addr(), 4), Management: g.chance(25)}
	v.Subnets = append(v.Subnets, s)
	for i := range g.between(1, 2) {
		f.Public = append(f.Public, netip.AddrFrom4([4]byte{51, 104, 0, byte(10 + i)}))
	}
	if g.chance(15) {
		f.Gateway = netip.AddrFrom4([4]byte{51, 104, 0, 99})
		if g.chance(25) {
			f.Gateway = netip.IPv4Unspecified()
		}
	}
	f.PrivateRanges = pick(g.Rand, [][]string{nil, nil, {"IANAPrivateRanges", "198.51.100.0/24"}, {"255.255.255.255/32"}, {"0.0.0.0/0"},
		{pick(g.Rand, g.pool4).Masked().String()}, {"10.0.0.0/8", "172.16.0.0/12"}})
	if g.chance(50) {
		f.Collections = g.collections(f, g.between(1, 4))
	} else {
		for range g.between(1, 2) {
			f.Policies = append(f.Policies, g.ruleGroups(f))
		}
	}
	if len(g.n.Groups) > 0 && g.chance(30) {
		s.Group = pick(g.Rand, g.n.Groups).Name // without effect (SUB-2)
	}
	g.n.Firewalls = append(g.n.Firewalls, f)
	g.routesThrough(f, s)
}

// firewallSubnet is what the subnet of a firewall is called.
const firewallSubnet = "AzureFirewallSubnet"

// routesThrough sends a part of the routes to the firewall, and now and then
// gives its subnet a table.
func (g *generator) routesThrough(f *Firewall, s *Subnet) {
	for _, t := range g.n.Tables {
		for i := range t.Routes {
			if r := &t.Routes[i]; !strings.Contains(r.Destination, ":") && g.chance(60) {
				r.NextHopType, r.NextHop = "VirtualAppliance", f.Address.String()
			}
		}
	}
	if len(g.n.Tables) == 0 || g.chance(40) {
		t := &Table{Name: "rt-fw", Routes: []Route{{Name: "all", Destination: "0.0.0.0/0", NextHopType: "VirtualAppliance", NextHop: f.Address.String()}}}
		g.n.Tables = append(g.n.Tables, t)
		for _, v := range g.n.VNets {
			for _, other := range v.Subnets {
				if other != s && g.chance(50) {
					other.Table = t.Name
				}
			}
		}
	}
	if g.chance(25) {
		t := &Table{Name: "rt-own"}
		used := map[string]bool{}
		for range g.between(1, 2) {
			r := Route{Name: fmt.Sprintf("o%d", len(t.Routes)), Destination: pick(g.Rand, g.pool4).Masked().String()}
			r.NextHopType = pick(g.Rand, []string{"Internet", "Internet", "None", "VnetLocal", "VirtualNetworkGateway", "VirtualAppliance"})
			if r.NextHopType == "VirtualAppliance" {
				r.NextHop = f.Address.String()
			}
			if !used[r.Destination] {
				used[r.Destination] = true
				t.Routes = append(t.Routes, r)
			}
		}
		g.n.Tables = append(g.n.Tables, t)
		s.Table = t.Name
	}
}

func (g *generator) ruleGroups(f *Firewall) []RuleGroup {
	var groups []RuleGroup
	for i := range g.between(1, 3) {
		groups = append(groups, RuleGroup{Name: fmt.Sprintf("g%d", i), Priority: 1000 - 100*i + g.IntN(90), Collections: g.collections(f, g.between(1, 3))})
	}
	if len(groups) == 2 && g.chance(25) { // in an order that nobody knows (P-12)
		for i := range groups {
			groups[i].Priority, groups[i].Collections = 500, groups[i].Collections[:1]
		}
	}
	return groups
}

func (g *generator) collections(f *Firewall, count int) []Collection {
	var list []Collection
	for i := range count {
		c := Collection{Name: fmt.Sprintf("c%d", i), Priority: pick(g.Rand, []int{100, 200, 200, 300, 1000 - i}), Allow: g.chance(70), Application: g.chance(15)}
		if c.NAT = g.chance(20); c.NAT {
			c.Allow, c.Application = false, false
		}
		for k := range g.between(1, 4) {
			r := g.firewallRule(c.Application)
			if c.NAT {
				r = g.natRule(f)
			}
			r.Name = fmt.Sprintf("%s-r%d", c.Name, k)
			c.Rules = append(c.Rules, r)
		}
		list = append(list, c)
	}
	return list
}

func (g *generator) firewallRule(application bool) FirewallRule {
	r := FirewallRule{Source: g.firewallSide(false)}
	if application {
		r.Protocols = [][]string{{"https:443"}, {"http:80", "https:443"}}[g.IntN(2)]
		r.Names = pick(g.Rand, [][]string{{"*"}, {"a.example"}, {"*.a.example"}, {"b.example", "*a.example"}})
		if g.chance(15) {
			r.Protocols, r.Names, r.Tags = nil, nil, []string{"WindowsUpdate"}
		}
		return r
	}
	r.Destination = g.firewallSide(true)
	r.Protocols = pick(g.Rand, [][]string{{"TCP"}, {"TCP", "UDP"}, {"Any"}, {"Any"}, {"UDP"}, {"ICMP"}, {"TCP", "ICMP"}})
	r.Ports = pick(g.Rand, [][]string{{"*"}, {"*"}, {"443"}, {"22", "80-443"}, {"1-65535"}, {"0-65535"}, {"53"}})
	return r
}

// natRule sends packets for an address of a firewall to somebody in a subnet, or
// to a public address.
func (g *generator) natRule(f *Firewall) FirewallRule {
	s := pick(g.Rand, pick(g.Rand, g.n.VNets).Subnets)
	to := plus(s.Prefixes[0].Addr(), g.between(3, 5))
	if g.chance(10) {
		to = netip.MustParseAddr("8.8.8.8")
	}
	r := FirewallRule{
		Source: g.firewallSide(false), Destination: []string{pick(g.Rand, append([]netip.Addr{f.Address}, f.Public...)).String()},
		Protocols: pick(g.Rand, [][]string{{"TCP"}, {"TCP", "UDP"}, {"UDP"}}), Ports: pick(g.Rand, [][]string{{"443"}, {"22", "80-443"}, {"53"}}),
		To: netip.AddrPortFrom(to, uint16(pick(g.Rand, []int{22, 443, 53}))).String(),
	}
	return r
}

func (g *generator) firewallSide(destination bool) []string {
	switch c := g.IntN(100); {
	case c < 35:
		return []string{"*"}
	case c < 45 && destination:
		return []string{pick(g.Rand, g.n.ServiceTags).Name}
	case c < 55:
		p := pick(g.Rand, g.pool4).Masked()
		return []string{"group:" + p.String()}
	case c < 58:
		return []string{"group:"} // empty: the rule is skipped
	case c < 68:
		p := pick(g.Rand, g.pool4).Masked()
		return []string{p.Addr().String() + "-" + lastOf(p).String()}
	}
	var list []string
	for range g.between(1, 3) {
		list = append(list, pick(g.Rand, g.pool4).Masked().String())
	}
	return list
}

// collections lists all collections of a firewall.
func (f *Firewall) collections() []Collection {
	all := slices.Clone(f.Collections)
	for _, groups := range f.Policies {
		for _, g := range groups {
			all = append(all, g.Collections...)
		}
	}
	return all
}

// asRules are the rules of a firewall in the form of a group's, for whoever
// wants packets that meet them.
func (f *Firewall) asRules() []Rule {
	var rules []Rule
	for _, c := range f.collections() {
		for _, r := range c.Rules {
			rule := Rule{Direction: "Outbound", SourcePorts: []string{"*"}, DestinationPorts: r.Ports, Protocol: "*", Source: plainTexts(r.Source), Destination: plainTexts(r.Destination)}
			if c.Application {
				rule.Destination, rule.DestinationPorts = []string{"*"}, []string{"443"}
			}
			if len(r.Protocols) == 1 && r.Protocols[0] == "UDP" {
				rule.Protocol = "Udp"
			}
			rules = append(rules, rule)
		}
	}
	return rules
}

// plainTexts are the texts of a side, without what only a firewall knows.
func plainTexts(side []string) []string {
	var list []string
	for _, text := range side {
		if strings.HasPrefix(text, "fqdn:") {
			continue
		}
		text = strings.TrimPrefix(text, "group:")
		if first, _, isRange := strings.Cut(text, "-"); isRange {
			text = first
		}
		if text == "" {
			text = "*"
		}
		list = append(list, text)
	}
	if len(list) == 0 { // names alone
		list = append(list, "*")
	}
	return list
}

// clone is a deep copy as far as cuts go.
func (f *Firewall) clone() *Firewall {
	c := *f
	c.Collections = cloneCollections(f.Collections)
	c.Policies = nil
	for _, groups := range f.Policies {
		var copied []RuleGroup
		for _, g := range groups {
			g.Collections = cloneCollections(g.Collections)
			copied = append(copied, g)
		}
		c.Policies = append(c.Policies, copied)
	}
	return &c
}

func cloneCollections(list []Collection) []Collection {
	var copied []Collection
	for _, c := range list {
		c.Rules = slices.Clone(c.Rules)
		copied = append(copied, c)
	}
	return copied
}

// String prints a firewall, a line a rule.
func (f *Firewall) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "firewall %s %s/%s %v public=%v gateway=%v management=%v private=%v\n", f.Name, f.VNet, f.Subnet, f.Address, f.Public, f.Gateway, f.Management, f.PrivateRanges)
	write := func(indent string, list []Collection) {
		for _, c := range list {
			fmt.Fprintf(&b, "%scollection %s %d allow=%v application=%v NAT=%v\n", indent, c.Name, c.Priority, c.Allow, c.Application, c.NAT)
			for _, r := range c.Rules {
				fmt.Fprintf(&b, "%s  %s %v %v -> %v %v %v %v %s\n", indent, r.Name, r.Protocols, r.Source, r.Destination, r.Ports, r.Names, r.Tags, r.To)
			}
		}
	}
	for i, s := range f.Settings {
		fmt.Fprintf(&b, "  settings %d proxy=%s threat=%s spared=%v detection=%s bypass=%v\n", i, flagText(s.DNSProxy), s.Threat, s.Spared, s.Detection, s.Bypass)
	}
	write("  ", f.Collections)
	for i, groups := range f.Policies {
		for _, g := range groups {
			fmt.Fprintf(&b, "  policy %d group %s %d\n", i, g.Name, g.Priority)
			write("    ", g.Collections)
		}
	}
	return b.String()
}
