package compare

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/plain"
)

// farm is network V=10.1.0.0/16 with subnet app=10.1.1.0/24 (vmA .4, vmB .5, a
// client .9 of which nothing else is known), subnet db=10.1.2.0/24 (vmD .4),
// subnet nva=10.1.9.0/24 (two appliances .4 and .5, which forward) and items where
// they say.
type farm struct {
	app, vma, vmb, db, vmd, nva, nva1, nva2, vnet, more []Item
}

func (f farm) net(t testing.TB) *azure.Network {
	t.Helper()
	return Net(t, f.items()...)
}

func (f farm) items() []Item {
	v := append([]Item{
		Subnet("app", "10.1.1.0/24", append(f.app, NIC("vma", "10.1.1.4", f.vma...), NIC("vmb", "10.1.1.5", f.vmb...))...),
		Subnet("db", "10.1.2.0/24", append(f.db, NIC("vmd", "10.1.2.4", f.vmd...))...),
		Subnet("nva", "10.1.9.0/24", append(f.nva, NIC("nva1", "10.1.9.4", append(f.nva1, Forwarding())...), NIC("nva2", "10.1.9.5", append(f.nva2, Forwarding())...))...),
	}, f.vnet...)
	return append([]Item{VNet("v", "10.1.0.0/16", v...)}, f.more...)
}

// way is a row: what becomes of a packet from a subnet, or from outside, under the
// documented defaults, and what decides or which address the other end sees. Both
// sides must say so.
type way struct {
	id, note string
	net      interface {
		net(testing.TB) *azure.Network
	}
	packet string
	want   string
}

func (w way) check(t *testing.T) { w.checkOf(t, nil) }

// checkOf checks a row of which a managed service is the sender, if own is not nil.
func (w way) checkOf(t *testing.T, own *azure.OwnAddress) {
	network := w.net.net(t)
	both := pairOf(t, network)
	p := readPacket(t, w.packet)
	q := plain.Question{Packet: p, Own: own}
	for _, s := range network.Subnets() {
		switch {
		case holds(s, p.Source):
			q.From = s.ID
		case holds(s, p.Destination):
			q.To = s.ID
		}
	}
	if q.From != "" {
		q.To = ""
	}
	both.agree(t, q)
	answer, err := both.slow.Follow(q)
	if err != nil {
		t.Fatal(err)
	}
	seen := strings.TrimSpace(string(answer.Seen.Kind) + " " + strings.Join(answer.Seen.Addresses, " "))
	verdict, detail, _ := strings.Cut(w.want, " ")
	d := answer.Decider
	if string(answer.Verdict) != verdict || detail != "" && detail != d.Name && detail != seen && !strings.Contains(d.Why, detail) && string(d.Kind) != detail {
		t.Errorf("%s: want %s, got seen %q, %v", w.packet, w.want, seen, answer)
	}
}

func holds(s *azure.Subnet, a netip.Addr) bool {
	return slices.ContainsFunc(s.Prefixes, func(v azure.Value[netip.Prefix]) bool { return v.V.Contains(a) })
}

var natGateway = items(NATGateway("nat"))

// TestWaysOut is the public address that leaving packets get, if any, in the order
// of RT-31.
func TestWaysOut(t *testing.T) {
	gateway := items(Gateway("nat", "20.9.0.1", ""))
	standard, empty := items(PublicIP("Standard", "20.9.0.4")), items(Gateway("nat", "", ""))
	pool := func(more ...Item) []Item { return items(Balancer("lb", "Standard", "20.9.0.9", more...)) }
	for _, row := range []way{
		{"RT-31", "a NAT gateway comes before an own address", farm{app: natGateway, vma: standard, more: gateway}, "tcp 10.1.1.4 -> 8.8.8.8:443", "allow public 20.9.0.1"},
		{"T75", "RT-31, also for UDP", farm{app: natGateway, vma: standard, more: gateway}, "udp 10.1.1.4 -> 8.8.8.8:53", "allow public 20.9.0.1"},
		{"RT-31", "an own address comes before a load balancer", farm{vma: append(items(Behind("lb")), standard...), more: pool(BalanceOut("All"))}, "tcp 10.1.1.4 -> 8.8.8.8:443", "allow public 20.9.0.4"},
		{"RT-31", "a load balancer comes before a lent address", farm{vma: items(Behind("lb")), more: pool(BalanceOut("All"))}, "tcp 10.1.1.4 -> 8.8.8.8:443", "allow public 20.9.0.9"},
		{"RT-31", "without an outbound rule its other rules translate", farm{vma: items(Behind("lb")), more: pool(Balance("Tcp", 443, 443, 0))}, "udp 10.1.1.4 -> 8.8.8.8:53", "allow public 20.9.0.9"},
		{"RT-31", "unless they say otherwise", farm{vma: items(Behind("lb")), more: pool(Balance("Tcp", 443, 443, 0, NoOutboundSNAT()))}, "tcp 10.1.1.4 -> 8.8.8.8:443", "deny Standard load balancer"},
		{"RT-31", "an outbound rule for TCP", farm{vma: items(Behind("lb")), more: pool(BalanceOut("Tcp"))}, "udp 10.1.1.4 -> 8.8.8.8:53", "deny does not translate"},
		{"RT-31", "who is in no pool has a lent one", farm{vma: items(Behind("lb")), more: pool(BalanceOut("All"))}, "tcp 10.1.1.5 -> 8.8.8.8:443", "allow public"},
		{"T76", "RT-32, a NAT gateway carries no ping", farm{app: natGateway, more: gateway}, "icmp 10.1.1.4 -> 8.8.8.8", "deny RT-32"},
		{"T76", "RT-32, but an own address does", farm{app: natGateway, vma: standard, more: gateway}, "icmp 10.1.1.4 -> 8.8.8.8", "allow public 20.9.0.4"},
		{"RT-33", "a lent address carries no ping", farm{}, "icmp 10.1.1.4 -> 8.8.8.8", "deny RT-33"},
		{"RT-33", "nor does a load balancer", farm{vma: items(Behind("lb")), more: pool(BalanceOut("All"))}, "icmp 10.1.1.4 -> 8.8.8.8", "deny does not translate"},
		{"T73", "RT-33, a private subnet without a way out", farm{app: items(NoDefaultOutbound())}, "tcp 10.1.1.4 -> 8.8.8.8:443", "deny RT-33"},
		{"T73", "RT-33, with an own address", farm{app: items(NoDefaultOutbound()), vma: standard}, "tcp 10.1.1.4 -> 8.8.8.8:443", "allow public 20.9.0.4"},
		{"RT-33", "a NAT gateway without an address in a private subnet", farm{app: append(items(NoDefaultOutbound()), natGateway...), more: empty}, "tcp 10.1.1.5 -> 8.8.8.8:443", "deny RT-33"},
		{"RT-33", "beside an own address", farm{app: append(items(NoDefaultOutbound()), natGateway...), vma: standard, more: empty}, "tcp 10.1.1.4 -> 8.8.8.8:443", "undecided RT-31"},
		{"RT-33", "beside the address of a load balancer", farm{app: append(items(NoDefaultOutbound()), natGateway...), vmb: items(Behind("lb")), more: append(pool(BalanceOut("All")), empty...)}, "tcp 10.1.1.5 -> 8.8.8.8:443", "undecided RT-31"},
		{"RT-33", "an outbound rule for TCP carries no UDP there", farm{app: append(items(NoDefaultOutbound()), natGateway...), vmb: items(Behind("lb")), more: append(pool(BalanceOut("Tcp")), empty...)}, "udp 10.1.1.5 -> 8.8.8.8:53", "deny does not translate"},
		{"RT-33", "beside one that Azure lends", farm{app: natGateway, more: empty}, "tcp 10.1.1.5 -> 8.8.8.8:443", "undecided RT-31"},
		{"RT-34", "beside none that Azure lends the interface", farm{app: natGateway, vmb: items(DefaultOutbound(false)), more: empty}, "tcp 10.1.1.5 -> 8.8.8.8:443", "deny RT-34"},
		{"RT-32", "without an address it carries no ping either", farm{app: natGateway, more: empty}, "icmp 10.1.1.5 -> 8.8.8.8", "deny RT-32"},
		{"RT-32", "and takes none from an own address", farm{app: natGateway, vma: standard, more: empty}, "icmp 10.1.1.4 -> 8.8.8.8", "allow public 20.9.0.4"},
		{"RT-33", "a prefix is an address", farm{app: append(items(NoDefaultOutbound()), natGateway...), more: items(Gateway("nat", "", "20.9.0.8/31"))}, "tcp 10.1.1.5 -> 8.8.8.8:443", "allow unpredictable 20.9.0.8/31"},
		{"T73", "RT-33, with a NAT gateway", farm{app: append(items(NoDefaultOutbound()), natGateway...), more: gateway}, "tcp 10.1.1.5 -> 8.8.8.8:443", "allow public 20.9.0.1"},
		{"T73", "RT-33, with a load balancer", farm{app: items(NoDefaultOutbound()), vmb: items(Behind("lb")), more: pool(BalanceOut("All"))}, "tcp 10.1.1.5 -> 8.8.8.8:443", "allow public 20.9.0.9"},
		{"RT-34", "an interface that says no", farm{vma: items(DefaultOutbound(false))}, "tcp 10.1.1.4 -> 8.8.8.8:443", "deny RT-34"},
		{"RT-34", "one that says yes in a private subnet", farm{app: items(NoDefaultOutbound()), vma: items(DefaultOutbound(true))}, "tcp 10.1.1.4 -> 8.8.8.8:443", "allow public"},
		{"RT-32", "IPv6 through a Standard NAT gateway", dualStack{GatewayOf("Standard", "nat", "20.9.0.1", "")}, "tcp fd00:db8:0:1::4 -> [2603:1022::1]:443", "deny IPv4 only"},
		{"RT-32", "IPv4 of the same subnet", dualStack{GatewayOf("Standard", "nat", "20.9.0.1", "")}, "tcp 10.1.1.4 -> 8.8.8.8:443", "allow public 20.9.0.1"},
		{"RT-32", "ping over IPv6", dualStack{GatewayOf("Standard", "nat", "20.9.0.1", "")}, "icmp fd00:db8:0:1::4 -> 2603:1022::1", "deny RT-32"},
		{"RT-32", "IPv6 through one whose SKU may carry it", dualStack{GatewayOf("StandardV2", "nat", "20.9.0.1", "")}, "tcp fd00:db8:0:1::4 -> [2603:1022::1]:443", "undecided carries IPv6"},
		{"RT-32", "IPv6 through one of no stated SKU", dualStack{Gateway("nat", "20.9.0.1", "")}, "tcp fd00:db8:0:1::4 -> [2603:1022::1]:443", "undecided carries IPv6"},
		{"RT-35", "what a longer route sends past the appliance", farm{app: items(NoDefaultOutbound(), Routes("rt", Route("0.0.0.0/0", "10.1.9.4"), Route("20.60.0.0/16", "Internet")))}, "tcp 10.1.1.4 -> 20.60.0.9:443", "deny RT-33"},
		{"RT-35", "with an own address it leaves", farm{app: items(NoDefaultOutbound(), Routes("rt", Route("0.0.0.0/0", "10.1.9.4"), Route("20.60.0.0/16", "Internet"))), vma: standard}, "tcp 10.1.1.4 -> 20.60.0.9:443", "allow public 20.9.0.4"},
		{"RT-36", "a Standard address on another interface of the machine", farm{vma: append(items(Machine("m")), standard...), vmd: items(Machine("m"))}, "tcp 10.1.2.4 -> 8.8.8.8:443", "deny RT-36"},
		{"RT-36", "a Basic one takes nothing away", farm{vma: items(Machine("m"), PublicIP("Basic", "20.9.0.4")), vmd: items(Machine("m"))}, "tcp 10.1.2.4 -> 8.8.8.8:443", "allow public"},
		{"RT-36", "nor does that of another machine", farm{vma: append(items(Machine("m")), standard...), vmd: items(Machine("n"))}, "tcp 10.1.2.4 -> 8.8.8.8:443", "allow public"},
		{"RT-36", "behind a Standard load balancer, internal too", farm{vma: items(Behind("ilb")), db: items(Balancer("ilb", "Standard", "10.1.2.9", Balance("Tcp", 443, 443, 0)))}, "tcp 10.1.1.4 -> 8.8.8.8:443", "deny RT-36"},
		{"RT-36", "a Basic one leaves it", farm{vma: items(Behind("ilb")), db: items(Balancer("ilb", "Basic", "10.1.2.9", Balance("Tcp", 443, 443, 0)))}, "tcp 10.1.1.4 -> 8.8.8.8:443", "allow public"},
		{"RT-30", "a service's public address is reached over Internet", farm{app: items(NSG("g", DenyOut(100, "*", "*", "Internet", "*")))}, "tcp 10.1.1.4 -> 20.60.0.9:443", "deny deny-out-100"},
		{"RT-38", "public addresses of the network itself", public{}, "tcp 10.1.1.4 -> 20.5.1.4:443", "allow 10.1.0.0/16 VnetLocal"},
		{"RT-38", "are not received from the internet by others", public{NSG("g", DenyOut(100, "*", "*", "VirtualNetwork", "*"))}, "tcp 10.1.1.4 -> 20.5.1.4:443", "deny deny-out-100"},
	} {
		t.Run(row.id+" "+row.note, row.check)
	}
}

// TestWaysOutOfServices is the public address that what a managed service sends gets:
// that of a NAT gateway, its own, or as a machine's.
func TestWaysOutOfServices(t *testing.T) {
	gateway, empty := items(Gateway("nat", "20.9.0.1", "")), items(Gateway("nat", "", ""))
	private := items(NoDefaultOutbound())
	has, none, may := &azure.OwnAddress{Has: azure.HasOwn}, &azure.OwnAddress{Has: azure.HasNone}, &azure.OwnAddress{Why: "no page tells"}
	for _, row := range []struct {
		own *azure.OwnAddress
		way
	}{
		{has, way{"RT-34", "its own address in a private subnet", farm{app: private}, "tcp 10.1.1.9 -> 8.8.8.8:443", "allow public"}},
		{none, way{"RT-34", "without one there is none", farm{app: private}, "tcp 10.1.1.9 -> 8.8.8.8:443", "deny RT-33"}},
		{may, way{"RT-34", "where that is not known, nor is this", farm{app: private}, "tcp 10.1.1.9 -> 8.8.8.8:443", "undecided RT-33"}},
		{nil, way{"RT-34", "a machine", farm{app: private}, "tcp 10.1.1.9 -> 8.8.8.8:443", "deny RT-33"}},
		{none, way{"RT-33", "an address that Azure lends", farm{}, "tcp 10.1.1.9 -> 8.8.8.8:443", "allow public"}},
		{may, way{"RT-33", "one or the other", farm{}, "tcp 10.1.1.9 -> 8.8.8.8:443", "allow public"}},
		{has, way{"RT-31", "a NAT gateway comes first", farm{app: natGateway, more: gateway}, "tcp 10.1.1.9 -> 8.8.8.8:443", "allow public 20.9.0.1"}},
		{has, way{"RT-32", "what that does not carry", farm{app: natGateway, more: gateway}, "icmp 10.1.1.9 -> 8.8.8.8", "undecided TCP and UDP"}},
		{has, way{"RT-31", "nor whether one without an address does", farm{app: natGateway, more: empty}, "tcp 10.1.1.9 -> 8.8.8.8:443", "undecided RT-31"}},
		{none, way{"RT-33", "nobody does in a private subnet", farm{app: append(natGateway, private...), more: empty}, "tcp 10.1.1.9 -> 8.8.8.8:443", "deny RT-33"}},
		{may, way{"RT-33", "or is not known there", farm{app: append(natGateway, private...), more: empty}, "tcp 10.1.1.9 -> 8.8.8.8:443", "undecided RT-33"}},
		{none, way{"RT-32", "nobody carries then", farm{app: natGateway, more: gateway}, "icmp 10.1.1.9 -> 8.8.8.8", "deny RT-32"}},
		{may, way{"RT-32", "or is not known", farm{app: natGateway, more: gateway}, "icmp 10.1.1.9 -> 8.8.8.8", "undecided RT-32"}},
		{has, way{"RT-34", "what an appliance sends on has not the address of the service", farm{app: items(Routes("rt", Route("0.0.0.0/0", "10.1.9.4"))), nva: private, more: items(Stated("10.1.9.4", azure.TranslatesInternet, "allow any * > *"))}, "tcp 10.1.1.9 -> 8.8.8.8:443", "deny RT-33"}},
	} {
		t.Run(row.id+" "+row.note, func(t *testing.T) {
			row.checkOf(t, row.own)
		})
	}
}

// dualStack is a subnet of both families behind the NAT gateway nat.
type dualStack []Item

func (d dualStack) net(t testing.TB) *azure.Network {
	t.Helper()
	app := append(items(NIC("vma", "10.1.1.4")), natGateway...)
	return Net(t, append(items(VNet("v", "10.1.0.0/16,fd00:db8::/48", Subnet("app", "10.1.1.0/24,fd00:db8:0:1::/64", app...))), d...)...)
}

// public is a network with public addresses of its own, beside private ones whose
// subnet has the items.
type public []Item

func (p public) net(t testing.TB) *azure.Network {
	t.Helper()
	return Net(t, VNet("v", "10.1.0.0/16,20.5.0.0/16", Subnet("app", "10.1.1.0/24", p...), Subnet("pub", "20.5.1.0/24")))
}
