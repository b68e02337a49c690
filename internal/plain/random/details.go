package random

import (
	"math/rand/v2"
	"net/netip"
	"slices"
)

// Detailed makes the network of a seed with what a packet does not carry: names
// in the network rules of firewalls, the firewalls' DNS proxies and those who ask
// them, threat intelligence, intrusion detection, and service endpoints. The rest of it is as in [New].
func Detailed(seed uint64) *Network {
	n := New(seed)
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 0x94d049bb133111eb)), n: n}
	for _, f := range n.Firewalls {
		g.details(f)
	}
	services := []string{"Microsoft.Storage.Global", "Microsoft.Sql", "microsoft.eventhub"}
	if !n.adminNames("VirtualNetwork") { // which the interpreter does not follow
		services = append(services, "Microsoft.Storage of", "Microsoft.Storage of", "Microsoft.Sql of", "Microsoft.EventHub of", "Microsoft.Storage of WestEurope francecentral")
	}
	for _, v := range n.VNets {
		v.Region = pick(g.Rand, []string{"", "West Europe", "francecentral", "eastus", "nowhere"})
		for _, s := range v.Subnets {
			for g.chance(30) && len(s.Services) < 3 {
				s.Services = append(s.Services, pick(g.Rand, services))
			}
		}
	}
	return n
}

// adminNames reports whether an admin rule names a tag.
func (n *Network) adminNames(tag string) bool {
	return slices.ContainsFunc(n.Admin, func(c *Admin) bool {
		return slices.ContainsFunc(c.Rules, func(r Rule) bool { return slices.Contains(slices.Concat(r.Source, r.Destination), tag) })
	})
}

// untold is a mode that the input does not tell.
const untold = "?"

// Settings of a firewall without policy, or of one of its policies; empty texts
// and nil leave the default.
type Settings struct {
	DNSProxy *bool
	// Threat is the mode of threat intelligence, Spared its allow-list.
	Threat string
	Spared []string
	// Detection is the mode of intrusion detection, Bypass what it leaves alone:
	// protocol, source, destination and ports, "" for none stated.
	Detection string
	Bypass    [][4]string
}

// details gives every policy settings of its own, and names to some rules.
func (g *generator) details(f *Firewall) {
	for range max(1, len(f.Policies)) {
		s := Settings{DNSProxy: g.flag(50), Threat: pick(g.Rand, []string{"", "Off", "Alert", "Deny", "Deny", untold})}
		if len(f.Policies) > 0 && g.chance(40) {
			s.Spared = append(s.Spared, pick(g.Rand, g.destinations()).String())
		}
		if len(f.Policies) > 0 {
			s.Detection = pick(g.Rand, []string{"", "Off", "Alert", "Deny", "Deny", untold})
		}
		if s.Detection != "" && g.chance(60) {
			s.Bypass = append(s.Bypass, [4]string{pick(g.Rand, []string{"TCP", "UDP", "ICMP", "ANY", "ANY"}), pick(g.Rand, []string{"*", "*", "10.0.0.0/9", ""}),
				pick(g.Rand, g.destinations()).String(), pick(g.Rand, []string{"*", "*", "1-1023", ""})})
		}
		f.Settings = append(f.Settings, s)
	}
	for _, list := range g.n.ruleLists() {
		for i := range *list {
			if r := &(*list)[i]; len(r.Destination) > 0 && r.To == "" && g.chance(20) {
				own := r.Destination[:len(r.Destination):len(r.Destination)]
				if g.chance(50) {
					own = nil
				}
				r.Destination = append(own, pick(g.Rand, []string{"fqdn:a.example", "fqdn:b.example"}))
			}
		}
	}
	for _, v := range g.n.VNets {
		if g.chance(50) {
			v.DNS = []netip.Addr{f.Address}
		}
	}
}

// destinations are prefixes that routes name.
func (g *generator) destinations() []netip.Prefix {
	list := []netip.Prefix{must("8.8.8.0/24"), must("13.64.0.0/11")}
	for _, t := range g.n.Tables {
		for _, r := range t.Routes {
			if p, ok := prefixOf(r.Destination); ok && p.Addr().Is4() {
				list = append(list, p.Masked())
			}
		}
	}
	return list
}
