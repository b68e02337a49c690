package compare

import (
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
)

// balancerWays are ways through a load balancer: from outside to its public
// frontend, inside to an internal one, and as the next hop of a route.
func balancerWays() []way {
	both := items(Behind("lb"))
	web := func(more ...Item) []Item { return items(Balancer("lb", "Standard", "20.9.0.9", more...)) }
	basic := items(Balancer("lb", "Basic", "20.9.0.9", Balance("Tcp", 443, 443, 0)))
	open := items(NSG("g", AllowIn(100, "*", "*", "*", "*")))
	toServer := NSG("g", AllowIn(100, "tcp", "*", "*", "8443"))
	inner := func(more ...Item) []Item { return items(Balancer("lb", "Standard", "10.1.2.9", more...)) }
	ha := items(Balancer("ha", "Standard", "10.1.9.9", Balance("All", 0, 0, 0)))
	viaHA := items(Routes("rt", Route("0.0.0.0/0", "10.1.9.9")))
	behindHA := items(Behind("ha"))
	floating := Balance("Tcp", 443, 443, 0, FloatingIP())
	const client = "tcp 203.0.113.9 -> 20.9.0.9:443"
	return []way{
		{"T95", "NSG-28, the backend's port counts", farm{app: items(NSG("g", AllowIn(100, "tcp", "*", "*", "443"))), vma: both, more: web(Balance("Tcp", 443, 8443, 0))}, client, "deny DenyAllInBound"},
		{"NSG-28", "and its address", farm{app: items(NSG("g", AllowIn(100, "tcp", "*", "10.1.1.4/32", "8443"))), vma: both, more: web(Balance("Tcp", 443, 8443, 0))}, client, "allow"},
		{"NSG-28", "a floating one: rules for any address allow", farm{app: open, vma: both, more: web(floating)}, client, "allow"},
		{"NSG-28", "rules for the backend's alone", farm{app: items(NSG("g", AllowIn(100, "tcp", "*", "10.1.1.4/32", "443"))), vma: both, more: web(floating)}, client, "undecided NSG-28"},
		{"NSG-28", "rules for the frontend's alone", farm{app: items(NSG("g", AllowIn(100, "tcp", "*", "20.9.0.9/32", "443"))), vma: both, more: web(floating)}, client, "undecided NSG-28"},
		{"NSG-28", "different rules for both that allow", farm{app: items(NSG("g", AllowIn(100, "tcp", "*", "20.9.0.9/32", "443"), AllowIn(110, "tcp", "*", "10.1.1.4/32", "443"))), vma: both, more: web(floating)}, client, "allow"},
		{"NSG-28", "rules for any address deny", farm{app: items(NSG("g", DenyIn(100, "tcp", "*", "*", "443"))), vma: both, more: web(floating)}, client, "deny deny-in-100"},
		{"NSG-28", "no rule for either", farm{app: items(NSG("g")), vma: both, more: web(floating)}, client, "deny DenyAllInBound"},
		{"NSG-28", "the interface's group sees either too", farm{app: open, vma: append(items(NSG("n", AllowIn(100, "tcp", "*", "20.9.0.9/32", "443"))), both...), more: web(floating)}, client, "undecided NSG-28"},
		{"NSG-28", "and denies both", farm{app: open, vma: append(items(NSG("n", DenyIn(100, "tcp", "*", "*", "443"))), both...), more: web(floating)}, client, "deny deny-in-100"},
		{"NSG-28", "an internal one, by the tag that holds both", farm{app: items(NSG("g")), vma: both, db: inner(floating)}, "tcp 10.1.2.4 -> 10.1.2.9:443", "allow"},
		{"NSG-28", "an internal one that differs", farm{app: items(NSG("g", DenyIn(100, "tcp", "*", "10.1.2.9/32", "443"))), vma: both, db: inner(floating)}, "tcp 10.1.2.4 -> 10.1.2.9:443", "undecided NSG-28"},
		{"NSG-28", "one that is to change the port", farm{app: open, vma: both, more: web(Balance("Tcp", 443, 8443, 0, FloatingIP()))}, client, "undecided NSG-28"},
		{"NSG-28", "no rule asks for it without a group", farm{vma: both, db: inner(floating)}, "tcp 10.1.2.4 -> 10.1.2.9:443", "allow"},
		{"PIP-1", "a floating one is closed without a group", farm{vma: both, more: web(floating)}, client, "deny PIP-1"},
		{"PIP-1", "a Standard load balancer is closed without a group", farm{vma: both, more: web(Balance("Tcp", 443, 443, 0))}, client, "deny PIP-1"},
		{"PIP-1", "the default rules of one deny", farm{app: items(NSG("g")), vma: both, more: web(Balance("Tcp", 443, 443, 0))}, client, "deny DenyAllInBound"},
		{"PIP-1", "a Basic one is open", farm{vma: both, more: basic}, client, "allow"},
		{"PIP-2", "inside the network no group is needed", farm{vma: both, db: inner(Balance("Tcp", 443, 443, 0))}, "tcp 10.1.2.4 -> 10.1.2.9:443", "allow"},
		{"T27", "NSG-29, the tag of probes lets no client in", farm{app: items(NSG("g", AllowIn(100, "*", "AzureLoadBalancer", "*", "*"))), vma: both, more: web(Balance("Tcp", 443, 443, 0))}, client, "deny DenyAllInBound"},
		{"PIPE-1", "P8, from inside to the own frontend, for which no rule is", farm{app: open, vma: both, more: web(Balance("Tcp", 443, 443, 0))}, "tcp 10.1.2.4 -> 20.9.0.9:80", "deny nat"},
		{"PIPE-1", "P8, for which one is: from which address is not known", farm{app: open, vma: both, more: web(Balance("Tcp", 443, 443, 0))}, "tcp 10.1.2.4 -> 20.9.0.9:443", "undecided publicIp"},
		{"PIP-1", "P8, to an own Standard address without a group", farm{vma: items(PublicIP("Standard", "20.9.0.4"))}, "tcp 10.1.2.4 -> 20.9.0.4:443", "deny PIP-1"},
		{"PIP-1", "P8, with one the source counts", farm{app: open, vma: items(PublicIP("Standard", "20.9.0.4"))}, "tcp 10.1.2.4 -> 20.9.0.4:443", "undecided publicIp"},
		{"PIP-1", "P8, a Basic one is open", farm{vma: items(PublicIP("Basic", "20.9.0.4"))}, "tcp 10.1.2.4 -> 20.9.0.4:443", "undecided publicIp"},
		{"PIPE-1", "P8, a ping to an own address that gets none to leave with", farm{db: natGateway, more: items(Gateway("nat", "20.9.0.1", "")), app: open, vma: items(PublicIP("Standard", "20.9.0.4"))}, "icmp 10.1.2.4 -> 20.9.0.4", "deny nat"},
		{"RT-33", "P8, to an own address from a subnet without a way out", farm{db: items(NoDefaultOutbound()), app: open, vma: items(PublicIP("Standard", "20.9.0.4"))}, "tcp 10.1.2.4 -> 20.9.0.4:22", "deny RT-33"},
		{"PLAT-6", "probes that a group denies", farm{app: items(NSG("g", AllowIn(100, "tcp", "Internet", "*", "443"), DenyIn(200, "tcp", "*", "*", "80"), DenyIn(300, "*", "*", "*", "*"))), vma: both, more: web(Balance("Tcp", 443, 443, 80))}, client, "deny deny-in-200"},
		{"PLAT-6", "and without the probe", farm{app: items(NSG("g", AllowIn(100, "tcp", "Internet", "*", "443"), DenyIn(300, "*", "*", "*", "*"))), vma: both, more: web(Balance("Tcp", 443, 443, 0))}, client, "allow"},
		{"PLAT-6", "where one backend of two is dead the other gets the flows", farm{app: open, vma: both, vmb: append(items(NSG("n", DenyIn(100, "tcp", "*", "*", "80"), AllowIn(200, "*", "*", "*", "*"))), both...), more: web(Balance("Tcp", 443, 443, 80))}, client, "allow"},
		{"PLAT-6", "where both live it depends on which gets it", farm{app: open, vma: both, vmb: append(items(NSG("n", DenyIn(100, "tcp", "Internet", "*", "443"), AllowIn(200, "*", "*", "*", "*"))), both...), more: web(Balance("Tcp", 443, 443, 80))}, client, "undecided which backend"},
		{"NSG-28", "no rule for the port", farm{app: open, vma: both, more: web(Balance("Tcp", 443, 443, 0))}, "tcp 203.0.113.9 -> 20.9.0.9:80", "deny nat"},
		{"NSG-28", "nor for the protocol", farm{app: open, vma: both, more: web(Balance("Tcp", 443, 443, 0))}, "udp 203.0.113.9 -> 20.9.0.9:443", "deny nat"},
		{"NSG-28", "a ping may be answered by the balancer", farm{app: open, vma: both, more: web(Balance("Tcp", 443, 443, 0))}, "icmp 203.0.113.9 -> 20.9.0.9", "undecided pings"},
		{"NSG-28", "an inbound NAT rule leads to one machine", farm{app: items(NSG("g", AllowIn(100, "tcp", "*", "10.1.1.5/32", "22"))), vma: both, vmb: both, more: web(InboundNAT(50001, 22, "vmb"))}, "tcp 203.0.113.9 -> 20.9.0.9:50001", "allow"},
		{"NSG-28", "and to no other", farm{app: items(NSG("g", AllowIn(100, "tcp", "*", "10.1.1.5/32", "22"))), vma: both, vmb: both, more: web(InboundNAT(50001, 22, "vma"))}, "tcp 203.0.113.9 -> 20.9.0.9:50001", "deny DenyAllInBound"},
		{"NSG-28", "nobody behind it", farm{more: web(Balance("Tcp", 443, 443, 0))}, client, "undecided loadBalancer"},
		{"ASY-5", "an internal balancer has no trouble with the way back", farm{app: items(toServer), vma: both, db: inner(Balance("Tcp", 443, 8443, 0))}, "tcp 10.1.2.4 -> 10.1.2.9:443", "allow"},
		{"ASY-10", "a backend that is given its own flow", farm{vma: both, db: inner(Balance("Tcp", 443, 443, 0))}, "tcp 10.1.1.4 -> 10.1.2.9:443", "deny nat"},
		{"T71", "ASY-2, the backend's default route leads to a firewall", asymmetric(allToFW), client, "deny returnPath"},
		{"T71", "ASY-4, with a route of the client's own", asymmetric(allToFW, Route("203.0.113.0/24", "Internet")), client, "allow"},
		{"ASY-5", "a firewall in front of a public load balancer", asymmetric(allToFW, Route("203.0.113.10/32", "Internet")), "tcp 203.0.113.10 -> 20.9.0.9:443", "allow"},
		{"ASY-5", "without the route of its public address", asymmetric(allToFW), "tcp 203.0.113.10 -> 20.9.0.9:443", "deny returnPath"},
		{"NSG-32", "probes over IPv6 want a group", sixFold{}, "tcp fd00:db8::2:4 -> [fd00:db8::9]:443", "undecided answers its probes"},
		{"NSG-32", "and pass its default rules", sixFold{NSG("g")}, "tcp fd00:db8::2:4 -> [fd00:db8::9]:443", "allow"},
		{"NSG-32", "unless it denies them", sixFold{NSG("g", DenyIn(100, "*", "AzureLoadBalancer", "*", "*"))}, "tcp fd00:db8::2:4 -> [fd00:db8::9]:443", "deny nat"},
		{"RT-17", "a load balancer as next hop leads to its appliances", farm{app: viaHA, nva: ha, nva1: behindHA, nva2: behindHA}, "tcp 10.1.1.4 -> 8.8.8.8:443", "undecided"},
		{"RT-17", "whose groups see the packet as it is", farm{app: viaHA, nva: append(items(NSG("n", DenyIn(100, "tcp", "*", "8.8.8.8/32", "443"))), ha...), nva1: behindHA, nva2: behindHA}, "tcp 10.1.1.4 -> 8.8.8.8:443", "deny deny-in-100"},
		{"RT-17", "without a rule for every port", farm{app: viaHA, nva: items(Balancer("ha", "Standard", "10.1.9.9", Balance("Tcp", 443, 443, 0))), nva1: behindHA}, "tcp 10.1.1.4 -> 8.8.8.8:443", "undecided carries"},
		{"RT-17", "an address that no balancer has", farm{app: items(Routes("rt", Route("0.0.0.0/0", "10.1.9.8"))), nva: ha, nva1: behindHA}, "tcp 10.1.1.4 -> 8.8.8.8:443", "deny to-0.0.0.0-0"},
		{"ASY-2", "a reply to a load balancer of which no appliance answers its probes", asymmetricTo("10.0.4.9",
			Subnet("nva", "10.0.4.0/24", NSG("n", DenyIn(100, "tcp", "*", "*", "80")), Balancer("ha", "Standard", "10.0.4.9", Balance("All", 0, 0, 80)), NIC("nva", "10.0.4.4", Forwarding(), Behind("ha")))), client, "deny returnPath"},
		{"RT-40", "an appliance behind it that does not forward", farm{app: viaHA, vmd: behindHA, nva: ha}, "tcp 10.1.1.4 -> 8.8.8.8:443", "deny vmd"},
	}
}

// TestLoadBalancers is the way through a load balancer.
func TestLoadBalancers(t *testing.T) {
	for _, row := range balancerWays() {
		t.Run(row.id+" "+row.note, row.check)
	}
}

// sixFold is an internal load balancer for IPv6 that probes, before a backend in a
// subnet with the items.
type sixFold []Item

func (s sixFold) net(t testing.TB) *azure.Network {
	t.Helper()
	return Net(t, s.items()...)
}

func (s sixFold) items() []Item {
	app := append(items(Balancer("lb", "Standard", "fd00:db8::9", Balance("Tcp", 443, 443, 80)), NIC("vm", "fd00:db8::4", Behind("lb"))), s...)
	return items(VNet("v", "10.1.0.0/16,fd00:db8::/48", Subnet("app", "10.1.1.0/24,fd00:db8::/112", app...), Subnet("db", "10.1.2.0/24,fd00:db8::2:0/112")))
}

// asymmetricTo is asymmetric with a default route to an address of other items.
func asymmetricTo(address string, other ...Item) base {
	b := asymmetric(Route("0.0.0.0/0", address))
	b.vnet = append(b.vnet, other...)
	return b
}

// asymmetric is a load balancer before a subnet whose routes are those given, in
// a network with a firewall.
func asymmetric(routes ...Item) base {
	return base{routes: Routes("rt-ise", routes...), rules: items(allowAny),
		vnet: items(Subnet("web", "10.0.3.0/24", NSG("web", AllowIn(100, "tcp", "*", "*", "443")), UseRoutes("rt-ise"), NIC("web", "10.0.3.4", Behind("lb")))),
		more: items(Balancer("lb", "Standard", "20.9.0.9", Balance("Tcp", 443, 443, 0)))}
}
