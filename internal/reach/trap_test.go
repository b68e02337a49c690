package reach_test

import (
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// lab is the common setting of the trap catalogue (section 8): V=10.1.0.0/16
// with app=10.1.1.0/24 (vmA .4, vmB .5), db=10.1.2.0/24 (vmD .4) and
// nva=10.1.9.0/24 (NVA .4, which forwards). Items are added where they say.
type lab struct {
	app, vma, vmb, db, vmd, nva, vnet, more []Item
	// deaf turns IP forwarding of the NVA off.
	deaf bool
}

func (l lab) net(t testing.TB) *azure.Network { t.Helper(); return Net(t, l.items()...) }

func (l lab) items() []Item {
	appliance := []Item{Forwarding()}
	if l.deaf {
		appliance = nil
	}
	v := append([]Item{
		Subnet("app", "10.1.1.0/24", append(l.app, NIC("vma", "10.1.1.4", l.vma...), NIC("vmb", "10.1.1.5", l.vmb...))...),
		Subnet("db", "10.1.2.0/24", append(l.db, NIC("vmd", "10.1.2.4", l.vmd...))...),
		Subnet("nva", "10.1.9.0/24", append(l.nva, NIC("nva", "10.1.9.4", appliance...))...),
	}, l.vnet...)
	return append([]Item{VNet("v", "10.1.0.0/16", v...)}, l.more...)
}

// whole is a network of its own.
type whole []Item

func (w whole) net(t testing.TB) *azure.Network { t.Helper(); return Net(t, w...) }
func (w whole) items() []Item                   { return w }

func items(list ...Item) []Item { return list }

// trap is a row of the catalogue: what is asked, and what Azure does.
type trap struct {
	id   string
	note string
	net  interface {
		net(testing.TB) *azure.Network
	}
	ask  question
	want reach.Verdict
	// by names the deciding hop; empty where none has a name.
	by string
	// turnsOn names the open point on whose default the answer rests: without
	// --assume it is undecided (decisions 4).
	turnsOn string
}

var toNVA = Routes("rt", Route("0.0.0.0/0", "10.1.9.4"))

func in(protocol, from, to string) question {
	return question{protocol: protocol, from: from, to: to}
}

var traps = []trap{
	{"T01", "an empty group denies what comes from the internet", lab{app: items(NSG("g")), vma: items(PublicIP("Standard", "20.1.2.3"))},
		in("tcp/22", "203.0.113.9", "nic:vma"), reach.Blocked, "DenyAllInBound", ""},
	{"T02", "a Standard public IP address without a group is closed", lab{vma: items(PublicIP("Standard", "20.1.2.3"))},
		in("tcp/22", "203.0.113.9", "nic:vma"), reach.Blocked, "PIP-1", ""},
	{"T03", "a Basic one is open", lab{vma: items(PublicIP("Basic", "20.1.2.3"))},
		in("tcp/22", "203.0.113.9", "nic:vma"), reach.Allowed, "", ""},
	{"T04", "the frontend does not concern neighbours", lab{vma: items(PublicIP("Standard", "20.1.2.3"))},
		in("tcp/22", "nic:vmb", "nic:vma"), reach.Allowed, "", ""},
	{"T05", "both groups must allow", lab{app: items(NSG("g")), vma: items(NSG("own", AllowIn(100, "tcp", "*", "*", "443")), PublicIP("Standard", "20.1.2.3"))},
		in("tcp/443", "203.0.113.9", "nic:vma"), reach.Blocked, "DenyAllInBound", ""},
	{"T05", "and do", lab{app: items(NSG("g", AllowIn(100, "tcp", "*", "*", "443"))), vma: items(NSG("own", AllowIn(100, "tcp", "*", "*", "443")), PublicIP("Standard", "20.1.2.3"))},
		in("tcp/443", "203.0.113.9", "nic:vma"), reach.Allowed, "allow-in-100", ""},
	{"T06", "traffic within a subnet is filtered", lab{app: items(NSG("g", DenyIn(4096, "*", "*", "*", "*")))},
		in("tcp/22", "nic:vmb", "nic:vma"), reach.Blocked, "deny-in-4096", ""},
	{"T06", "and passes by default", lab{app: items(NSG("g"))},
		in("tcp/22", "nic:vmb", "nic:vma"), reach.Allowed, "AllowVnetOutBound", ""},
	{"T07", "a reply needs no rule", lab{app: items(NSG("g", AllowIn(100, "tcp", "*", "*", "443"), DenyOut(100, "tcp", "*", "*", "*")))},
		in("tcp/443", "203.0.113.9", "v/app"), reach.Allowed, "allow-in-100", ""},
	{"T07", "a request does", lab{app: items(NSG("g", AllowIn(100, "tcp", "*", "*", "443"), DenyOut(100, "tcp", "*", "*", "*")))},
		in("tcp/443", "v/app", "203.0.113.9"), reach.Blocked, "deny-out-100", ""},
	{"T08", "source ports are matched like destination ports", lab{app: items(NSG("g", AllowIn(100, "tcp", "*", "*", "*", SourcePorts("443"))))},
		in("tcp/443:51000", "203.0.113.9", "v/app"), reach.Blocked, "DenyAllInBound", ""},
	{"T08", "from port 443 the rule matches", lab{app: items(NSG("g", AllowIn(100, "tcp", "*", "*", "*", SourcePorts("443"))))},
		in("tcp/51000:443", "203.0.113.9", "v/app"), reach.Allowed, "allow-in-100", ""},
	{"T09", "one priority in both directions is valid", lab{app: items(NSG("g", AllowIn(100, "tcp", "*", "*", "443"), DenyOut(100, "*", "*", "*", "*")))},
		in("tcp/443", "203.0.113.9", "v/app"), reach.Allowed, "allow-in-100", ""},
	{"T15", "a source of groups is not any", lab{more: items(ASG("b")), vmb: items(ASG("b")), app: items(NSG("g", AllowIn(100, "tcp", "asg:b", "*", "1433"), DenyIn(200, "*", "*", "*", "*")))},
		in("tcp/1433", "nic:vmd", "nic:vma"), reach.Blocked, "deny-in-200", ""},
	{"T15", "its members pass", lab{more: items(ASG("b")), vmb: items(ASG("b")), app: items(NSG("g", AllowIn(100, "tcp", "asg:b", "*", "1433"), DenyIn(200, "*", "*", "*", "*")))},
		in("tcp/1433", "nic:vmb", "nic:vma"), reach.Allowed, "AllowVnetOutBound", ""},
	{"T16", "a group as destination is its members", lab{more: items(ASG("web")), vma: items(ASG("web")), app: items(NSG("g", AllowIn(100, "tcp", "*", "asg:web", "80")))},
		in("tcp/80", "203.0.113.9", "nic:vmb"), reach.Blocked, "DenyAllInBound", ""},
	{"T16", "a member is reached", lab{more: items(ASG("web")), vma: items(ASG("web")), app: items(NSG("g", AllowIn(100, "tcp", "*", "asg:web", "80")))},
		in("tcp/80", "203.0.113.9", "nic:vma"), reach.Allowed, "allow-in-100", ""},
	{"T17", "an empty group matches nothing", lab{more: items(ASG("none")), app: items(NSG("g", DenyIn(100, "*", "asg:none", "*", "*")))},
		in("tcp/22", "nic:vmd", "nic:vma"), reach.Allowed, "AllowVnetInBound", ""},
	{"T18", "the end of a port range", lab{app: items(NSG("g", AllowIn(100, "tcp", "*", "*", "80,8000-8100")))},
		in("tcp/8100", "203.0.113.9", "v/app"), reach.Allowed, "allow-in-100", ""},
	{"T18", "one past it", lab{app: items(NSG("g", AllowIn(100, "tcp", "*", "*", "80,8000-8100")))},
		in("tcp/8101", "203.0.113.9", "v/app"), reach.Blocked, "DenyAllInBound", ""},
	{"T19", "0-65535 is *", lab{app: items(NSG("g", AllowIn(100, "*", "*", "*", "0-65535")))},
		in("icmp", "203.0.113.9", "v/app"), reach.Allowed, "allow-in-100", ""},
	{"T20", "Azure's DNS is exempt", lab{app: items(NSG("g", DenyOut(100, "*", "*", "*", "*")))},
		in("udp/53", "nic:vma", "168.63.129.16"), reach.Allowed, "PLAT-1", ""},
	{"T21", "but for its tag", lab{app: items(NSG("g", DenyOut(100, "*", "*", "AzurePlatformDNS", "*")))},
		in("udp/53", "nic:vma", "168.63.129.16"), reach.Blocked, "deny-out-100", ""},
	{"T22", "not for its address", lab{app: items(NSG("g", DenyOut(100, "*", "*", "168.63.129.16/32", "*")))},
		in("udp/53", "nic:vma", "168.63.129.16"), reach.Allowed, "PLAT-1", ""},
	{"T23", "WireServer is never filtered", lab{app: items(NSG("g", DenyOut(100, "*", "*", "AzurePlatformDNS", "*")))},
		in("tcp/80", "nic:vma", "168.63.129.16"), reach.Allowed, "PLAT-1", ""},
	{"T24", "nor is the metadata service by Internet", lab{app: items(NSG("g", DenyOut(100, "*", "*", "Internet", "*")))},
		in("tcp/80", "nic:vma", "169.254.169.254"), reach.Allowed, "PLAT-1", ""},
	{"T25", "probes are filtered", lab{app: items(NSG("g", DenyIn(4096, "*", "*", "*", "*")))},
		in("tcp/443", "probe", "nic:vma"), reach.Blocked, "deny-in-4096", ""},
	{"T25", "and pass by default", lab{app: items(NSG("g"))},
		in("tcp/443", "probe", "nic:vma"), reach.Allowed, "AllowVnetInBound", ""},
	{"T26", "VirtualNetwork holds the probes' address", lab{app: items(NSG("g", DenyIn(200, "*", "VirtualNetwork", "*", "*")))},
		in("tcp/443", "probe", "nic:vma"), reach.Blocked, "deny-in-200", ""},
	{"T27", "AzureLoadBalancer is probes only", lab{app: items(NSG("g", AllowIn(100, "*", "AzureLoadBalancer", "*", "*")))},
		in("tcp/443", "203.0.113.9", "v/app"), reach.Blocked, "DenyAllInBound", ""},
	{"T28", "a default route to an appliance puts everything into VirtualNetwork", lab{app: items(NSG("g"), toNVA)},
		in("tcp/22", "203.0.113.9", "nic:vma"), reach.Undecided, "AllowVnetInBound", ""},
	{"T29", "so that a rule for it comes before one for Internet", lab{app: items(NSG("g", AllowOut(100, "*", "*", "VirtualNetwork", "*"), DenyOut(200, "*", "*", "Internet", "*")), toNVA)},
		in("tcp/443", "nic:vma", "8.8.8.8"), reach.Undecided, "allow-out-100", ""},
	{"T30", "and a deny of it denies everything", lab{app: items(NSG("g", DenyOut(100, "*", "*", "VirtualNetwork", "*")), toNVA), nva: items(NSG("n", AllowIn(100, "*", "*", "*", "*")))},
		in("tcp/443", "nic:vma", "8.8.8.8"), reach.Blocked, "deny-out-100", ""},
	{"T32", "at the appliance the tag is still small", lab{app: items(NSG("g"), toNVA), nva: items(NSG("n"))},
		in("tcp/443", "nic:vma", "8.8.8.8"), reach.Blocked, "DenyAllInBound", ""},
	{"T41", "192.0.2.10 is not Internet", lab{app: items(NSG("g"))},
		in("tcp/443", "nic:vma", "192.0.2.10"), reach.Blocked, "DenyAllOutBound", ""},
	{"T41", "nor is 25.1.2.3", lab{app: items(NSG("g"))},
		in("tcp/443", "nic:vma", "25.1.2.3"), reach.Blocked, "DenyAllOutBound", ""},
	{"T42", "198.51.100.7 is", lab{app: items(NSG("g"))},
		in("tcp/443", "nic:vma", "198.51.100.7"), reach.Allowed, "AllowInternetOutBound", ""},
	{"T43", "a private address that is not ours", lab{app: items(NSG("g"))},
		in("tcp/443", "nic:vma", "192.168.5.5"), reach.Blocked, "DenyAllOutBound", ""},
	{"T44", "has no route", lab{},
		in("tcp/443", "nic:vma", "10.200.0.1"), reach.Blocked, "10.0.0.0/8", ""},
	{"T45", "but goes to the appliance of a default route", lab{app: items(toNVA)},
		in("tcp/443", "nic:vma", "10.200.0.1"), reach.Undecided, "10.1.9.4", ""},
	{"T46", "the platform's own routes to None", lab{},
		in("tcp/443", "nic:vma", "198.18.0.1"), reach.Blocked, "198.18.0.0/15", ""},
	{"T46", "take addresses of Internet too", lab{app: items(NSG("g"))},
		in("tcp/443", "nic:vma", "104.147.1.1"), reach.Blocked, "104.147.0.0/16", ""},
	{"T48", "a route for the whole network captures neighbours", lab{app: items(Routes("rt", Route("10.1.0.0/16", "10.1.9.4")))},
		in("tcp/443", "nic:vma", "nic:vmb"), reach.Undecided, "10.1.9.4", ""},
	{"T49", "unless their subnet is exempt", lab{app: items(Routes("rt", Route("10.1.0.0/16", "10.1.9.4"), Route("10.1.1.0/24", "VnetLocal")))},
		in("tcp/443", "nic:vma", "nic:vmb"), reach.Allowed, "to-10.1.1.0-24", ""},
	{"T49", "while others go by the appliance", lab{app: items(Routes("rt", Route("10.1.0.0/16", "10.1.9.4"), Route("10.1.1.0/24", "VnetLocal")))},
		in("tcp/443", "nic:vma", "nic:vmd"), reach.Undecided, "10.1.9.4", ""},
	{"T58", "an appliance that does not forward", lab{app: items(toNVA), deaf: true},
		in("tcp/443", "nic:vma", "8.8.8.8"), reach.Blocked, "nva", ""},
	{"T59", "a next hop nobody owns", lab{app: items(Routes("rt", Route("0.0.0.0/0", "10.1.9.77")))},
		in("tcp/443", "nic:vma", "8.8.8.8"), reach.Blocked, "to-0.0.0.0-0", ""},
	{"T60", "an appliance whose route leads to itself", lab{nva: items(toNVA)},
		in("tcp/443", "nic:nva", "8.8.8.8"), reach.Blocked, "to-0.0.0.0-0", ""},
	{"T89", "a rule for TCP does not match a ping", lab{app: items(NSG("g", AllowIn(100, "tcp", "*", "*", "*"), DenyIn(200, "*", "*", "*", "*")))},
		in("icmp", "nic:vmb", "nic:vma"), reach.Blocked, "deny-in-200", ""},
	{"T90", "a rule for ICMP with a port", lab{app: items(NSG("g", AllowIn(100, "icmp", "*", "*", "8"), DenyIn(200, "*", "*", "*", "*")))},
		in("icmp", "nic:vmb", "nic:vma"), reach.Blocked, "deny-in-200", "icmp.ports"},
	{"T91", "a rule for any protocol with a port", lab{app: items(NSG("g", AllowIn(100, "*", "*", "*", "443"), DenyIn(200, "*", "*", "*", "*")))},
		in("icmp", "nic:vmb", "nic:vma"), reach.Blocked, "deny-in-200", ""},
	{"T92", "GRE is not carried", lab{},
		in("gre", "nic:vmb", "nic:vma"), reach.Blocked, "FAB-2", ""},
	{"T93", "multicast is not carried", lab{},
		in("udp/5000", "nic:vma", "224.0.0.5"), reach.Blocked, "FAB-1", ""},
	{"T94", "a rule for one's own public address never matches", lab{app: items(NSG("g", AllowIn(100, "tcp", "*", "20.1.2.3/32", "443"))), vma: items(PublicIP("Standard", "20.1.2.3"))},
		in("tcp/443", "203.0.113.9", "nic:vma"), reach.Blocked, "DenyAllInBound", ""},
	{"T95", "behind a load balancer the backend's port counts", lab{app: items(NSG("g", AllowIn(100, "tcp", "*", "*", "443")))},
		in("tcp/8443", "203.0.113.9", "nic:vma"), reach.Blocked, "DenyAllInBound", ""},
	{"T96", "nobody answers at the gateway's address", lab{},
		in("icmp", "nic:vma", "10.1.1.1"), reach.Blocked, "FAB-4", ""},
	{"T96", "nor at the last one", lab{},
		in("icmp", "nic:vma", "10.1.1.255"), reach.Blocked, "FAB-4", ""},
	{"T102", "the seed's rule for probes repeats a default", lab{app: items(NSG("g", AllowIn(100, "*", "AzureLoadBalancer", "VirtualNetwork", "*"), DenyIn(4096, "*", "*", "*", "*")))},
		in("tcp/443", "probe", "nic:vma"), reach.Allowed, "allow-in-100", ""},
	{"T104", "a deny of the redirect ports leaves 1433 open", lab{app: items(NSG("g", AllowOut(100, "tcp", "VirtualNetwork", "Sql", "1433"), DenyOut(200, "*", "*", "*", "*")))},
		in("tcp/1433", "nic:vma", "Sql"), reach.Allowed, "allow-out-100", ""},
	{"T104", "and 11000 shut", lab{app: items(NSG("g", AllowOut(100, "tcp", "VirtualNetwork", "Sql", "1433"), DenyOut(200, "*", "*", "*", "11000-11999")))},
		in("tcp/11000", "nic:vma", "Sql"), reach.Blocked, "deny-out-200", ""},
}

// Spokes S1=10.1.0.0/16 and S2=10.2.0.0/16 around hub H=10.0.0.0/16 with an
// appliance at 10.0.9.4.
type spokes struct {
	s1, s2 []Item
	links2 []Item // of the link from S2 to the hub
}

func (s spokes) net(t testing.TB) *azure.Network { t.Helper(); return Net(t, s.items()...) }

func (s spokes) items() []Item {
	return []Item{
		VNet("s1", "10.1.0.0/16", Subnet("a", "10.1.1.0/24", s.s1...), Peer("h", Forwarded())),
		VNet("s2", "10.2.0.0/16", Subnet("a", "10.2.1.0/24", s.s2...), Peer("h", s.links2...)),
		VNet("h", "10.0.0.0/16", Subnet("nva", "10.0.9.0/24", NIC("nva", "10.0.9.4", Forwarding())), Peer("s1"), Peer("s2")),
	}
}

// pair is V=10.1.0.0/16 with subnet app, peered with W=10.2.0.0/16.
type pair struct {
	app, link, back, remote []Item
}

func (p pair) net(t testing.TB) *azure.Network { t.Helper(); return Net(t, p.items()...) }

func (p pair) items() []Item {
	return []Item{
		VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24", p.app...), Peer("w", p.link...)),
		VNet("w", "10.2.0.0/16,10.3.0.0/16", Subnet("far", "10.2.1.0/24", p.remote...), Subnet("new", "10.3.1.0/24"), Peer("v", p.back...)),
	}
}

var peeringTraps = []trap{
	{"T33", "without access the peer is not in VirtualNetwork", pair{app: items(NSG("g")), link: items(NoAccess())},
		in("tcp/443", "w/far", "v/app"), reach.Blocked, "DenyAllInBound", ""},
	{"T33", "with access it is", pair{app: items(NSG("g"))},
		in("tcp/443", "w/far", "v/app"), reach.Allowed, "AllowVnetInBound", ""},
	{"T34", "a rule for its prefix lets it in all the same", pair{app: items(NSG("g", AllowIn(100, "*", "10.2.0.0/16", "*", "*"))), link: items(NoAccess())},
		in("tcp/443", "w/far", "v/app"), reach.Allowed, "allow-in-100", ""},
	{"T51", "a user route of the same prefix wins over the peering", pair{app: items(Routes("rt", Route("10.2.0.0/16", "None")))},
		in("tcp/443", "v/app", "w/far"), reach.Blocked, "to-10.2.0.0-16", ""},
	{"T61", "peering is not transitive", spokes{},
		in("tcp/443", "s1/a", "s2/a"), reach.Blocked, "s2", ""},
	{"T62", "routes to the hub's appliance lead there", spokes{s1: items(Routes("r1", Route("10.2.0.0/16", "10.0.9.4"))), s2: items(Routes("r2", Route("10.1.0.0/16", "10.0.9.4")))},
		in("tcp/443", "s1/a", "s2/a"), reach.Undecided, "10.0.9.4", ""},
	{"T62", "whatever the flag of the link says", spokes{links2: items(Forwarded()), s1: items(Routes("r1", Route("10.2.0.0/16", "10.0.9.4"))), s2: items(Routes("r2", Route("10.1.0.0/16", "10.0.9.4")))},
		in("tcp/443", "s1/a", "s2/a"), reach.Undecided, "10.0.9.4", ""},
	{"T63", "what an appliance forwards is foreign to the receiver", spokes{s2: items(NSG("g"))},
		in("tcp/443", "10.1.1.4", "s2/a"), reach.Blocked, "DenyAllInBound", ""},
	{"T64", "unless a user route puts its prefix into VirtualNetwork", spokes{s1: items(Routes("r1", Route("10.2.0.0/16", "10.0.9.4"))), s2: items(NSG("g"), Routes("r2", Route("10.1.0.0/16", "10.0.9.4")))},
		in("tcp/443", "s1/a", "s2/a"), reach.Undecided, "10.0.9.4", ""},
	{"T65", "one side is disconnected", pair{link: items(State("Connected")), back: items(State("Disconnected"))},
		in("tcp/443", "v/app", "w/far"), reach.Blocked, "v-to-w", ""},
	{"T65", "both are connected", pair{link: items(State("Connected")), back: items(State("connected"))},
		in("tcp/443", "v/app", "w/far"), reach.Allowed, "the address space of w", ""},
	{"T66", "what was not synchronised has no route", pair{link: items(RemoteSpace("10.2.0.0/16"))},
		in("tcp/443", "v/app", "w/new"), reach.Blocked, "v-to-w", ""},
	{"T66", "what was has one", pair{link: items(RemoteSpace("10.2.0.0/16"))},
		in("tcp/443", "v/app", "w/far"), reach.Allowed, "the address space of w", ""},
}

func TestPeeringTraps(t *testing.T) {
	for _, row := range peeringTraps {
		t.Run(row.id+" "+row.note, func(t *testing.T) { checkTrap(t, row, servicetag.Symbolic()) })
	}
}

func TestTraps(t *testing.T) {
	for _, row := range traps {
		t.Run(row.id+" "+row.note, func(t *testing.T) { checkTrap(t, row, servicetag.Symbolic()) })
	}
}

// checkTrap asserts the answer under the default reading and, where it rests
// on an open point, that it is undecided without --assume.
func checkTrap(t *testing.T, row trap, catalogue *servicetag.Catalogue) {
	t.Helper()
	network := row.net.net(t)
	settled := explore(t, compile(t, network, catalogue, "defaults"), row.ask)
	if settled.Verdict() != row.want {
		t.Errorf("want %s, got %s", row.want, describe(settled))
	}
	if row.by != "" && !decided(settled, row.by) {
		t.Errorf("want a decision by %s, got %s", row.by, describe(settled))
	}
	open := explore(t, compile(t, network, catalogue), row.ask)
	if row.turnsOn == "" {
		if open.Verdict() != row.want {
			t.Errorf("without assumptions: want %s, got %s", row.want, describe(open))
		}
		return
	}
	if open.Verdict() != reach.Undecided || !turnsOn(open, row.turnsOn) {
		t.Errorf("without assumptions: want undecided by %s, got %s", row.turnsOn, describe(open))
	}
}

// decided reports whether a hop of that name decides: the first blocker, an
// allowing rule, or what the path ends at.
func decided(a reach.Answer, by string) bool {
	if decider(a) == by {
		return true
	}
	for _, h := range a.Blockers() {
		if h.Name == by {
			return true
		}
	}
	for _, p := range a.Parts {
		for _, h := range p.Trace {
			if h.Name == by && p.Verdict != reach.Blocked {
				return true
			}
		}
	}
	return false
}

func turnsOn(a reach.Answer, name string) bool {
	for _, p := range a.Parts {
		for _, s := range p.TurnsOn {
			if s.Name == name {
				return true
			}
		}
		for _, r := range p.Reasons {
			if strings.Contains(r, name) {
				return true
			}
		}
	}
	return false
}
