package workload

import (
	"math/rand/v2"

	"github.com/wayleave/wayleave/internal/flow/workload/interval"
)

var (
	tcp  = interval.Values(6)
	udp  = interval.Values(17)
	icmp = interval.Values(1)
)

// private is the address space of the network and its peers.
var private = interval.Of(block(10, 20, 0, 0, 14), block(172, 16, 0, 0, 12), block(192, 168, 0, 0, 16))

// generator draws the parts of rules.
type generator struct {
	Params
	rand    *rand.Rand
	tags    *Tags
	book    book
	subnets []interval.Interval

	any, network, internet, balancer, premises *Address
}

// newGenerator lays out the address plan: a hub and spokes of /24 subnets in
// 10.20.0.0/14, private ranges on premises, and the tags that follow from it.
func newGenerator(p Params) *generator {
	g := &generator{Params: p, book: book{}}
	if p.Tag > 0 {
		g.tags = makeTags(rand.New(rand.NewPCG(p.Seed, uint64(p.Tag)*1_000_003+7)), p.Tag)
	}
	g.rand = rand.New(rand.NewPCG(p.Seed^0x9e37, uint64(p.Rules)*31+uint64(p.Tag)))
	for i := range uint32(min(8+p.Rules/6, 160)) {
		g.subnets = append(g.subnets, block(10, 20+i/40, i%40, 0, 24))
	}
	g.any = g.book.tag("*", interval.Source.Any())
	g.network = g.book.tag("VirtualNetwork", private)
	g.internet = g.book.tag("Internet", private.Complement(interval.Source.Top()))
	g.balancer = g.book.tag("AzureLoadBalancer", interval.Of(block(168, 63, 129, 16, 32)))
	g.premises = g.book.list(interval.Of(block(172, 16, 0, 0, 14), block(192, 168, 0, 0, 17)))
	return g
}

func (g *generator) chance(p float64) bool { return g.rand.Float64() < p }

// rule draws a rule. Rules that leave two of source, destination and ports
// open are rare in real lists; most of those drawn are drawn again.
func (g *generator) rule() Rule {
	for {
		x := g.anyRule()
		if b := breadth(&x.Match); b > 2.1 && g.chance(0.97) || b > 1.8 && g.chance(0.6) {
			continue
		}
		return x
	}
}

func (g *generator) anyRule() Rule {
	x := Rule{Allow: g.chance(0.8)}
	x.Source, x.Destination = g.near(), g.far()
	if g.chance(0.22) { // inbound
		x.Source, x.Destination = x.Destination, x.Source
	}
	switch p := g.rand.Float64(); {
	case p < 0.70:
		x.Protocols = tcp
	case p < 0.80:
		x.Protocols = udp
	case p < 0.95:
		x.Protocols = interval.Protocol.Any()
	default:
		x.Protocols = icmp
	}
	x.SourcePorts, x.DestinationPorts = interval.SourcePort.Any(), interval.DestinationPort.Any()
	if !hasPorts(x.Protocols) {
		return x
	}
	x.DestinationPorts = g.ports()
	if g.chance(0.03) {
		x.SourcePorts = interval.Range(1024, 65535)
	}
	return x
}

// near is the side of a rule where the network itself is.
func (g *generator) near() *Address {
	switch p := g.rand.Float64(); {
	case p < 0.45:
		return g.book.list(g.someSubnets(1 + g.rand.IntN(3)))
	case p < 0.65:
		return g.network
	case p < 0.80:
		return g.any
	case p < 0.95:
		return g.book.list(g.hosts(1 + g.rand.IntN(12)))
	default:
		return g.premises
	}
}

// far is the other side.
func (g *generator) far() *Address {
	switch p := g.rand.Float64(); {
	case p < 0.38:
		return g.tag()
	case p < 0.60:
		return g.book.list(g.someSubnets(1 + g.rand.IntN(3)))
	case p < 0.70:
		return g.any
	case p < 0.78:
		return g.internet
	case p < 0.86:
		return g.network
	case p < 0.93:
		return g.book.list(g.hosts(1 + g.rand.IntN(20)))
	case p < 0.98:
		return g.book.list(g.partners(1 + g.rand.IntN(30)))
	default:
		return g.book.list(g.partners(min(50+g.Tag/10, 4000)))
	}
}

// tag draws a service tag: the whole cloud, one of its regions, a service or a
// service in a region.
func (g *generator) tag() *Address {
	if g.tags == nil {
		return g.premises
	}
	service, region := g.rand.IntN(serviceCount), g.rand.IntN(regionCount)
	switch p := g.rand.Float64(); {
	case p < 0.06:
		return g.named(g.tags.Cloud)
	case p < 0.30 && len(g.tags.Regions[region].Blocks) > 0:
		return g.named(g.tags.Regions[region])
	case p >= 0.60 && len(g.tags.Local[service][region].Blocks) > 0:
		return g.named(g.tags.Local[service][region])
	case len(g.tags.Global[service].Blocks) > 0:
		return g.named(g.tags.Global[service])
	default:
		return g.named(g.tags.Cloud)
	}
}

func (g *generator) named(t Tag) *Address { return g.book.tag(t.Name, interval.Of(t.Blocks...)) }

func (g *generator) someSubnets(n int) interval.Set {
	var v []interval.Interval
	for range n {
		v = append(v, g.subnets[g.rand.IntN(len(g.subnets))])
	}
	return interval.Of(v...)
}

// hosts is single addresses and small blocks within the subnets.
func (g *generator) hosts(n int) interval.Set {
	lengths := [...]int{32, 32, 32, 30, 28}
	var v []interval.Interval
	for range n {
		subnet := g.subnets[g.rand.IntN(len(g.subnets))]
		v = append(v, interval.Prefix(subnet.Lo+g.rand.Uint32N(256), lengths[g.rand.IntN(len(lengths))]))
	}
	return interval.Of(v...)
}

// partners is public prefixes of /24 to /32, anywhere in 1.0.0.0 to
// 222.255.255.255.
func (g *generator) partners(n int) interval.Set {
	first, last := address(1, 0, 0, 0), address(223, 0, 0, 0)
	var v []interval.Interval
	for range n {
		v = append(v, interval.Prefix(first+g.rand.Uint32N(last-first), 24+g.rand.IntN(9)))
	}
	return interval.Of(v...)
}

// usualPorts weighs 443 and 80 by repetition.
var usualPorts = [...]uint32{
	443, 443, 443, 443, 80, 80, 22, 3389, 1433, 53, 8080, 8443, 5671, 5672, 9093, 445, 123, 25, 587, 1886,
	12000, 6379, 6380, 3306, 5432, 27017, 9200, 5985, 5986, 135, 389, 636, 88, 464, 3268, 2049, 8172, 454,
	455, 3443, 19000, 19080, 10250, 6443, 2379, 9090, 9100, 4443, 8081, 7001,
}

var usualRanges = [...]interval.Interval{
	{Lo: 49152, Hi: 65535}, {Lo: 1024, Hi: 65535}, {Lo: 8000, Hi: 8100}, {Lo: 20000, Hi: 30000},
	{Lo: 5000, Hi: 6000}, {Lo: 11000, Hi: 11999}, {Lo: 14000, Hi: 14999}, {Lo: 6379, Hi: 6383},
	{Lo: 13000, Hi: 13999}, {Lo: 30000, Hi: 32767}, {Lo: 65200, Hi: 65535}, {Lo: 135, Hi: 139},
	{Lo: 16000, Hi: 16383},
}

// ports draws destination ports: one, a short list, a range or all.
func (g *generator) ports() interval.Set {
	port := func() uint32 { return usualPorts[g.rand.IntN(len(usualPorts))] }
	switch p := g.rand.Float64(); {
	case p < 0.50:
		return interval.Values(port())
	case p < 0.72:
		var v []uint32
		for range 2 + g.rand.IntN(5) {
			v = append(v, port())
		}
		return interval.Values(v...)
	case p < 0.84:
		return interval.Of(usualRanges[g.rand.IntN(len(usualRanges))])
	default:
		return interval.DestinationPort.Any()
	}
}
