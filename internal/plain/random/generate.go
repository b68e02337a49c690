package random

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
)

// New makes the network of a seed.
func New(seed uint64) *Network { return generate(seed, false) }

// Small is a network of every kind of part that New draws, and few of each: a
// comparison of it takes a hundredth of the time.
func Small(seed uint64) *Network { return generate(seed, true) }

func generate(seed uint64, small bool) *Network {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15)), n: &Network{}, small: small}
	g.dual = g.chance(35)
	g.serviceTags()
	g.vnets()
	g.links()
	g.interfaces()
	g.aside(seed, (*generator).endpoints)
	g.places()
	g.groups()
	g.tables()
	g.attach()
	g.firewalls()
	g.aside(seed+1<<40, (*generator).admin)
	g.aside(seed+2<<40, (*generator).waysOut)
	g.aside(seed+3<<40, (*generator).balancers)
	g.aside(seed+4<<40, (*generator).appliances)
	return g.n
}

// generator holds what later steps draw from.
type generator struct {
	*rand.Rand
	n *Network
	// small tells that there are few of everything.
	small bool
	// dual tells that IPv6 is in use.
	dual bool
	// pool4 and pool6 are prefixes that mean something in this network.
	pool4, pool6 []netip.Prefix
}

// aside draws a step from a sequence of its own, so that it moves nothing else.
func (g *generator) aside(seed uint64, step func(*generator)) {
	own := *g
	own.Rand = rand.New(rand.NewPCG(seed, 0xc2b2ae3d27d4eb4f))
	step(&own)
}

func (g *generator) chance(percent int) bool { return g.IntN(100) < percent }

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// between is a number from low to high, both inclusive.
func (g *generator) between(low, high int) int { return low + g.IntN(high-low+1) }

// few is a number from low to high, in a small network to most at the most.
func (g *generator) few(low, high, most int) int {
	if g.small {
		high = most
	}
	return g.between(low, high)
}

func must(text string) netip.Prefix { return netip.MustParsePrefix(text) }

// spaces that do not overlap: private, equal to a reserved block, public.
var spaces = []string{"10.1.0.0/16", "10.2.0.0/16", "10.3.16.0/20", "10.64.0.0/12", "172.16.8.0/21",
	"172.20.0.0/16", "192.168.0.0/16", "100.64.0.0/10", "20.1.0.0/16", "203.0.113.0/24"}

func (g *generator) vnets() {
	order := g.Perm(len(spaces))
	for i := range g.few(1, 3, 2) {
		v := &VNet{Name: fmt.Sprintf("v%d", i), Space: []netip.Prefix{must(spaces[order[i]])}}
		if i == 0 && g.chance(6) {
			v.Space[0] = must("10.0.0.0/8") // takes the reserved route away (RT-4)
			order = without(order, "10.")
		}
		if g.chance(30) {
			v.Space = append(v.Space, must(fmt.Sprintf("198.51.%d.0/24", 100+i)))
		}
		if g.dual && g.chance(80) {
			v.Space = append(v.Space, must(fmt.Sprintf("%s:%d::/48", pick(g.Rand, []string{"fd00:db8", "2603:10a0"}), i+1)))
		}
		g.subnets(v)
		g.n.VNets = append(g.n.VNets, v)
	}
}

// without drops the spaces that start with a text from an order, but keeps
// its first place, which is taken.
func without(order []int, start string) []int {
	kept := []int{order[0]}
	for _, i := range order[1:] {
		if s := spaces[i]; len(s) < len(start) || s[:len(start)] != start {
			kept = append(kept, i)
		}
	}
	return kept
}

func (g *generator) subnets(v *VNet) {
	last := v.Space[len(v.Space)-1]
	for k := range g.few(2, 4, 2) {
		s := &Subnet{Name: fmt.Sprintf("s%d", k), Prefixes: []netip.Prefix{g.chunk(v.Space[0], k)}}
		if k == 0 && g.chance(5) {
			s.Name = "AzureFirewallSubnet" // where groups have no effect (SUB-2)
		}
		if len(v.Space) > 1 && v.Space[1].Addr().Is4() && g.chance(20) {
			s.Prefixes = append(s.Prefixes, g.chunk(v.Space[1], k))
		}
		if last.Addr().Is6() && g.chance(70) {
			s.Prefixes = append(s.Prefixes, netip.PrefixFrom(nth(last.Addr(), 7, byte(k+1)), 64))
		}
		v.Subnets = append(v.Subnets, s)
	}
}

// nth returns an address with one byte set.
func nth(a netip.Addr, index int, value byte) netip.Addr {
	b := a.AsSlice()
	b[index] = value
	a, _ = netip.AddrFromSlice(b)
	return a
}

// chunk is the k-th piece of an IPv4 space that no other k shares: at most a
// /24 of a wide space, a /27 of a /24.
func (g *generator) chunk(space netip.Prefix, k int) netip.Prefix {
	base := space.Addr().As4()
	if space.Bits() >= 24 {
		base[3] += byte(k * 32)
		return netip.PrefixFrom(netip.AddrFrom4(base), g.between(27, 29))
	}
	base[2] += byte(k)
	p := netip.PrefixFrom(netip.AddrFrom4(base), g.between(24, 29))
	if p.Bits() > 25 && g.chance(50) {
		base[3] = 256 - 1<<(32-25)
		p = netip.PrefixFrom(netip.AddrFrom4(base), p.Bits())
	}
	return p
}

func (g *generator) links() {
	for i, a := range g.n.VNets {
		for _, b := range g.n.VNets[i+1:] {
			if !g.chance(70) {
				continue
			}
			there, back := g.link(a, b), g.link(b, a)
			if g.chance(8) {
				there.Complete, back.Complete = new(bool), new(bool)
				there.Local, there.RemoteNames = g.someSubnets(a), g.someSubnets(b)
				back.Local, back.RemoteNames = there.RemoteNames, there.Local
			}
			if g.chance(50) {
				there.State, back.State = "Connected", "Connected"
			}
			a.Links = append(a.Links, there)
			if g.chance(6) {
				there.State = "Initiated" // the other side is missing (RT-42)
				continue
			}
			b.Links = append(b.Links, back)
			if g.chance(8) {
				pick(g.Rand, []*Link{there, back}).State = pick(g.Rand, []string{"Disconnected", "Initiated"})
			}
		}
	}
}

func (g *generator) link(a, b *VNet) *Link {
	l := &Link{Name: "to-" + b.Name, Remote: b.Name, Access: g.flag(25), Forwarded: g.flag(50)}
	if g.chance(15) {
		l.Synced = b.Space[:1] // the rest is not synchronised (RT-43)
	}
	l.OnlyIPv6 = g.dual && g.chance(4)
	return l
}

// flag is mostly left at its default, and false with the given percentage of
// the rest.
func (g *generator) flag(no int) *bool {
	if g.chance(40) {
		return nil
	}
	v := !g.chance(no)
	return &v
}

func (g *generator) someSubnets(v *VNet) []string {
	var names []string
	for _, s := range v.Subnets {
		if g.chance(60) {
			names = append(names, s.Name)
		}
	}
	if len(names) == 0 {
		names = append(names, v.Subnets[0].Name)
	}
	return names
}

func (g *generator) interfaces() {
	for vi, v := range g.n.VNets {
		var asgs []string
		for k := range g.IntN(3) {
			name := fmt.Sprintf("asg%d%d", vi, k)
			g.n.ASGs, asgs = append(g.n.ASGs, name), append(asgs, name)
		}
		for si, s := range v.Subnets {
			for k := range g.IntN(3) {
				nic := &Interface{Name: fmt.Sprintf("nic%d%d%d", vi, si, k), VNet: v.Name, Subnet: s.Name, Forwarding: g.chance(35)}
				for _, p := range s.Prefixes {
					nic.Addresses = append(nic.Addresses, plus(p.Addr(), 4+k))
				}
				for _, name := range asgs {
					if g.chance(35) {
						nic.ASGs = append(nic.ASGs, name)
					}
				}
				if g.chance(40) {
					nic.PublicIP = netip.AddrFrom4([4]byte{51, 103, byte(vi*16 + si), byte(10 + k)})
					nic.SKU = pick(g.Rand, []string{"Standard", "Basic", "Standard", "standard", "StandardV2"})
				}
				g.n.Interfaces = append(g.n.Interfaces, nic)
			}
		}
	}
}

// plus is the address n after a.
func plus(a netip.Addr, n int) netip.Addr {
	for range n {
		a = a.Next()
	}
	return a
}

// attach hangs groups and tables on subnets and interfaces; some stay bare and
// some share.
func (g *generator) attach() {
	for _, v := range g.n.VNets {
		for _, s := range v.Subnets {
			if len(g.n.Groups) > 0 && g.chance(85) {
				s.Group = pick(g.Rand, g.n.Groups).Name
			}
			if len(g.n.Tables) > 0 && g.chance(55) {
				s.Table = pick(g.Rand, g.n.Tables).Name
			}
		}
	}
	for _, nic := range g.n.Interfaces {
		if len(g.n.Groups) > 0 && g.chance(50) {
			nic.Group = pick(g.Rand, g.n.Groups).Name
		}
	}
}
