package random

import (
	"math/rand/v2"
	"net/netip"
	"strconv"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/plain"
)

// Questions draws questions about one network. It is not safe for concurrent
// use.
type Questions struct {
	*rand.Rand
	n *Network
	// edges are addresses at the borders of everything the network names.
	edges4, edges6 []netip.Addr
	// endpoints are the addresses of private endpoints and, of those that Azure
	// chooses, one that they may have.
	endpoints []netip.Addr
	// frontends are the addresses of internal load balancers.
	frontends []netip.Addr
	ports     []uint16
	subnets   []sender
	tags      map[string][]netip.Prefix
}

// sender is a subnet with the addresses that packets use there.
type sender struct {
	id        azure.ID
	addresses []netip.Addr
	prefixes  []netip.Prefix
	// inbound and outbound are the rules of all groups in force there.
	inbound, outbound []Rule
}

// Questions starts a sequence of questions; equal seeds give equal sequences.
func (n *Network) Questions(seed uint64) *Questions {
	q := &Questions{Rand: rand.New(rand.NewPCG(seed, 0xda3e39cb94b95bdb)), n: n, tags: map[string][]netip.Prefix{}}
	q.ports = []uint16{0, 1, 53, 80, 443, 1688, 32526, 49152, 51000, 65330, 65535}
	for _, text := range []string{"168.63.129.16", "169.254.169.254", "8.8.8.8", "224.0.0.5", "255.255.255.255",
		"172.31.9.9", "25.1.2.3", "192.0.2.10", "198.51.100.7", "203.0.113.9", "104.147.1.1", "240.0.0.1", "0.0.0.1"} {
		q.edges4 = append(q.edges4, netip.MustParseAddr(text))
	}
	for _, text := range []string{"2001:db8::1", "2a00:1450::8", "fe80::1234:5678:9abc", "ff02::1", "fd00::1", "1fff:ffff::1", "4000::"} {
		q.edges6 = append(q.edges6, netip.MustParseAddr(text))
	}
	for _, v := range n.VNets {
		for _, p := range v.Space {
			q.edge(p)
		}
		for _, s := range v.Subnets {
			from := sender{id: SubnetID(v.Name, s.Name), prefixes: s.Prefixes}
			for _, p := range s.Prefixes {
				q.edge(p)
				from.addresses = append(from.addresses, plus(p.Addr(), 4), plus(p.Addr(), 5), plus(p.Addr(), 6))
				if last := lastOf(p); p.Addr().Is4() {
					from.addresses = append(from.addresses, last.Prev())
				}
			}
			n.rulesAt(v, s, &from)
			q.subnets = append(q.subnets, from)
		}
	}
	for _, e := range n.Endpoints {
		address := e.Address
		if !address.IsValid() {
			address = plus(n.subnet(e.VNet, e.Subnet).Prefixes[0].Addr(), 6)
		}
		q.endpoints = append(q.endpoints, address)
	}
	for _, b := range n.Balancers {
		if b.Subnet != "" {
			q.frontends = append(q.frontends, b.Address)
		} else {
			q.edges4 = append(q.edges4, b.Address)
		}
	}
	for _, t := range n.ServiceTags {
		q.tags[strings.ToLower(t.Name)] = t.Prefixes
		for i, p := range t.Prefixes {
			if i < 6 {
				q.edge(p)
			}
		}
	}
	for _, g := range n.Groups {
		for _, r := range g.Rules {
			q.edgesOf(r)
		}
	}
	for _, f := range n.Firewalls {
		for _, r := range f.asRules() {
			q.edgesOf(r)
		}
		for _, text := range f.PrivateRanges {
			if p, ok := prefixOf(text); ok {
				q.edge(p)
			}
		}
	}
	for _, t := range n.Tables {
		for _, r := range t.Routes {
			if p, err := netip.ParsePrefix(r.Destination); err == nil {
				q.edge(p)
			}
		}
	}
	return q
}

// rulesAt collects the rules that packets of a subnet meet there.
func (n *Network) rulesAt(v *VNet, s *Subnet, at *sender) {
	for _, f := range n.Firewalls {
		at.outbound = append(at.outbound, f.asRules()...)
	}
	names := map[string]bool{s.Group: true}
	for _, nic := range n.Interfaces {
		if nic.VNet == v.Name && nic.Subnet == s.Name {
			names[nic.Group] = true
		}
	}
	for _, c := range n.Admin {
		for _, r := range c.Rules {
			if r.Direction == "Inbound" {
				at.inbound = append(at.inbound, r)
			} else {
				at.outbound = append(at.outbound, r)
			}
		}
	}
	for _, g := range n.Groups {
		if !names[g.Name] {
			continue
		}
		for _, r := range g.Rules {
			if r.Direction == "Inbound" {
				at.inbound = append(at.inbound, r)
			} else {
				at.outbound = append(at.outbound, r)
			}
		}
	}
}

// edge adds the borders of a prefix: the first and last inside, their
// neighbours outside.
func (q *Questions) edge(p netip.Prefix) {
	first, last := p.Addr(), lastOf(p)
	for _, a := range []netip.Addr{first, first.Prev(), last, last.Next()} {
		if !a.IsValid() {
			continue
		}
		if a.Is4() {
			q.edges4 = append(q.edges4, a)
		} else {
			q.edges6 = append(q.edges6, a)
		}
	}
}

func lastOf(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for i := p.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 1 << (7 - i%8)
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}

func (q *Questions) edgesOf(r Rule) {
	for _, text := range append(append([]string{}, r.Source...), r.Destination...) {
		if p, ok := prefixOf(text); ok {
			q.edge(p)
		}
	}
	for _, text := range append(append([]string{}, r.SourcePorts...), r.DestinationPorts...) {
		if low, high, ok := portsOf(text); ok {
			q.ports = append(q.ports, low, low-1, high, high+1)
		}
	}
}

func prefixOf(text string) (netip.Prefix, bool) {
	if a, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(a, a.BitLen()), true
	}
	p, err := netip.ParsePrefix(text)
	return p, err == nil
}

func portsOf(text string) (low, high uint16, ok bool) {
	first, last, isRange := strings.Cut(text, "-")
	if !isRange {
		last = first
	}
	l, errLow := strconv.Atoi(first)
	h, errHigh := strconv.Atoi(last)
	return uint16(l), uint16(h), errLow == nil && errHigh == nil
}

// Next draws a question: mostly a packet that a subnet sends, else one from
// outside to a subnet, or a health probe.
func (q *Questions) Next() plain.Question {
	return q.at(pick(q.Rand, q.subnets), q.IntN(100) < 68)
}

// Alike draws a number of questions with one subnet, direction and frontend.
func (q *Questions) Alike(count int) []plain.Question {
	at, outbound, managed, needs := pick(q.Rand, q.subnets), q.IntN(100) < 60, q.IntN(100) < 50, q.IntN(100) < 40
	list := make([]plain.Question, count)
	for i := range list {
		list[i] = q.at(at, outbound)
		list[i].Managed = managed && !outbound
		list[i].NeedsGroup = list[i].Managed && needs
	}
	return list
}

// at draws a question about one subnet.
func (q *Questions) at(at sender, outbound bool) plain.Question {
	near := pick(q.Rand, at.addresses)
	p := plain.Packet{Protocol: q.protocol()}
	if p.Protocol == 6 || p.Protocol == 17 || p.Protocol == 33 || p.Protocol == 132 || p.Protocol == 136 {
		p.SourcePort, p.DestinationPort = q.port(51000), q.port(443)
	}
	far := q.farAddress(near.Is6())
	rules := at.inbound
	if outbound {
		rules = at.outbound
	}
	if len(rules) > 0 && q.IntN(100) < 70 {
		near, far = q.aim(pick(q.Rand, rules), at, &p, near, far)
	}
	if outbound {
		p.Source, p.Destination = near, far
		return plain.Question{Packet: p, From: at.id}
	}
	if q.nobody(far) {
		far = q.outside(near.Is6())
	}
	if near.Is4() && q.IntN(100) < 10 {
		far = netip.AddrFrom4([4]byte{168, 63, 129, 16})
	}
	if q.IntN(100) < 20 {
		near = q.anyAddress(at, near)
	}
	p.Source, p.Destination = far, near
	managed := q.IntN(100) < 40
	return plain.Question{Packet: p, To: at.id, Managed: managed, NeedsGroup: managed && q.IntN(100) < 30}
}

// nobody reports whether no packet from outside has an address as its source:
// a virtual network holds it, or it is the metadata service's, which only
// answers.
func (q *Questions) nobody(a netip.Addr) bool {
	for _, v := range q.n.VNets {
		for _, p := range v.Space {
			if p.Contains(a) {
				return true
			}
		}
	}
	return a == netip.AddrFrom4([4]byte{169, 254, 169, 254})
}

// outside is an address that a packet from outside can have as its source.
func (q *Questions) outside(six bool) netip.Addr {
	for range 20 {
		if a := q.farAddress(six); !q.nobody(a) {
			return a
		}
	}
	if six {
		return netip.MustParseAddr("2a00:1450::8")
	}
	return netip.AddrFrom4([4]byte{8, 8, 8, 8})
}

// anyAddress is an edge of a subnet, reserved addresses included.
func (q *Questions) anyAddress(at sender, near netip.Addr) netip.Addr {
	for _, p := range at.prefixes {
		if p.Contains(near) {
			if q.IntN(100) < 70 {
				return near
			}
			return pick(q.Rand, []netip.Addr{p.Addr(), p.Addr().Next(), plus(p.Addr(), 3), lastOf(p)})
		}
	}
	return near
}

func (q *Questions) farAddress(six bool) netip.Addr {
	if q.IntN(100) < 25 { // another subnet
		if at := pick(q.Rand, q.subnets); true {
			if a := q.anyAddress(at, pick(q.Rand, at.addresses)); a.Is6() == six {
				return a
			}
		}
	}
	if six {
		return pick(q.Rand, q.edges6)
	}
	if len(q.frontends) > 0 && q.IntN(100) < 15 {
		return pick(q.Rand, q.frontends)
	}
	if len(q.endpoints) > 0 && q.IntN(100) < 20 {
		return pick(q.Rand, q.endpoints)
	}
	switch c := q.IntN(100); {
	case c < 4:
		return netip.AddrFrom4([4]byte{168, 63, 129, 16})
	case c < 6:
		return netip.AddrFrom4([4]byte{169, 254, 169, 254})
	case c < 15:
		return netip.AddrFrom4([4]byte{byte(q.Uint32()), byte(q.Uint32()), byte(q.Uint32()), byte(q.Uint32())})
	}
	return pick(q.Rand, q.edges4)
}

func (q *Questions) protocol() uint8 {
	switch c := q.IntN(100); {
	case c < 60:
		return 6
	case c < 80:
		return 17
	case c < 87:
		return 1
	case c < 90:
		return 50
	case c < 92:
		return 51
	case c < 98:
		return pick(q.Rand, []uint8{4, 47, 58, 132, 41, 89})
	}
	return uint8(q.IntN(256))
}

func (q *Questions) port(usual uint16) uint16 {
	if q.IntN(100) < 40 {
		return usual
	}
	return pick(q.Rand, q.ports)
}

// Named is a question of a client that tells the name it asks for.
func (q *Questions) Named(question plain.Question) plain.Question {
	question.Host = pick(q.Rand, []string{"a.example", "www.a.example", "xa.example", "b.example", "store.blob.core.windows.net"})
	if q.IntN(100) < 60 {
		question.Packet.Protocol, question.Packet.DestinationPort = 6, pick(q.Rand, []uint16{80, 443, 1433})
	}
	return question
}
