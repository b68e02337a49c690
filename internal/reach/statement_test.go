package reach_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// dual is a network of both families.
func dual(app ...Item) whole {
	return whole{VNet("v", "10.1.0.0/16,fd00:db8:1::/48",
		Subnet("app", "10.1.1.0/24,fd00:db8:1:1::/64", app...), Subnet("db", "10.1.2.0/24,fd00:db8:1:2::/64"))}
}

// twoAddresses has an interface of which the first address alone is in a group.
var twoAddresses = lab{more: items(ASG("web")),
	app: items(NIC("vmc", "10.1.1.6,10.1.1.7", FirstInASG("web")), NSG("g", DenyOut(100, "*", "asg:web", "*", "*")))}

// statements are rows named by the statement they test, on both sides of its
// edge, where no trap of the catalogue does so already.
var statements = []trap{
	{"NSG-4", "the smaller priority decides", lab{app: items(NSG("g", DenyIn(200, "*", "*", "*", "*"), AllowIn(199, "tcp", "*", "*", "443")))},
		in("tcp/443", "nic:vmd", "nic:vma"), reach.Allowed, "allow-in-199", ""},
	{"NSG-4", "and evaluation stops there", lab{app: items(NSG("g", DenyIn(200, "*", "*", "*", "*"), AllowIn(201, "tcp", "*", "*", "443")))},
		in("tcp/443", "nic:vmd", "nic:vma"), reach.Blocked, "deny-in-200", ""},
	{"NSG-5", "Tcp is not UDP", lab{app: items(NSG("g", AllowIn(100, "TCP", "*", "*", "*"), DenyIn(200, "*", "*", "*", "*")))},
		in("udp/443", "nic:vmd", "nic:vma"), reach.Blocked, "deny-in-200", ""},
	{"NSG-5", "Icmp is", lab{app: items(NSG("g", AllowIn(100, "Icmp", "*", "*", "*"), DenyIn(200, "*", "*", "*", "*")))},
		in("icmp", "nic:vmd", "nic:vma"), reach.Allowed, "allow-in-100", ""},
	{"NSG-5", "Esp is not AH", lab{app: items(NSG("g", AllowIn(100, "Esp", "*", "*", "*"), DenyIn(200, "Ah", "*", "*", "*")))},
		in("ah", "nic:vmd", "nic:vma"), reach.Blocked, "deny-in-200", ""},
	{"NSG-6", "* matches ESP by default", lab{app: items(NSG("g", DenyIn(100, "*", "*", "*", "*")))},
		in("esp", "nic:vmd", "nic:vma"), reach.Blocked, "deny-in-100", ""},
	{"NSG-6", "or not", lab{app: items(NSG("g", AllowIn(100, "*", "*", "*", "*")))},
		in("esp", "nic:vmd", "nic:vma"), reach.Allowed, "allow-in-100", "proto.star.includesEspAh"},
	{"NSG-14", "a side is not any because it is short", lab{app: items(NSG("g", AllowIn(100, "*", "10.1.2.0/25", "*", "*"), DenyIn(200, "*", "*", "*", "*")))},
		in("tcp/1", "10.1.2.200", "nic:vma"), reach.Blocked, "deny-in-200", ""},
	{"NSG-16", "lists are unions", lab{app: items(NSG("g", AllowIn(100, "tcp", "10.1.2.0/28,10.1.9.0/28", "*", "80,443"), DenyIn(200, "*", "*", "*", "*")))},
		in("tcp/443", "10.1.2.5", "nic:vma"), reach.Allowed, "allow-in-100", ""},
	{"NSG-16", "no position pairs with another", lab{app: items(NSG("g", AllowIn(100, "tcp", "10.1.2.0/28,10.1.9.0/28", "*", "80,443"), DenyIn(200, "*", "*", "*", "*")))},
		in("tcp/80", "10.1.9.5", "nic:vma"), reach.Allowed, "allow-in-100", ""},
	{"NSG-18", "ESP has no ports", lab{app: items(NSG("g", AllowIn(100, "Esp", "*", "*", "443"), DenyIn(200, "*", "*", "*", "0-65535")))},
		in("esp", "nic:vmd", "nic:vma"), reach.Blocked, "deny-in-200", ""},
	{"NSG-19", "AllowVnetOutBound", lab{app: items(NSG("g"))}, in("tcp/1", "nic:vma", "nic:vmd"), reach.Allowed, "AllowVnetOutBound", ""},
	{"NSG-19", "AllowInternetOutBound", lab{app: items(NSG("g"))}, in("tcp/1", "nic:vma", "8.8.8.8"), reach.Allowed, "AllowInternetOutBound", ""},
	{"NSG-19", "DenyAllOutBound", lab{app: items(NSG("g"))}, in("tcp/1", "nic:vma", "172.31.0.100"), reach.Blocked, "DenyAllOutBound", ""},
	{"NSG-19", "AllowVnetInBound", lab{app: items(NSG("g"))}, in("tcp/1", "nic:vmd", "nic:vma"), reach.Allowed, "AllowVnetInBound", ""},
	{"NSG-19", "DenyAllInBound", lab{app: items(NSG("g"))}, in("tcp/1", "203.0.113.9", "nic:vma"), reach.Blocked, "DenyAllInBound", ""},
	{"NSG-21", "user rules come before the six", lab{app: items(NSG("g", AllowIn(4096, "*", "*", "*", "*")))}, in("tcp/1", "203.0.113.9", "nic:vma"), reach.Allowed, "allow-in-4096", ""},
	{"NSG-22", "no group at the source lets everything out", lab{}, in("tcp/1", "nic:vma", "8.8.8.8"), reach.Allowed, "0.0.0.0/0", ""},
	{"NSG-24", "outbound the interface's group comes first", lab{app: items(NSG("subnet", DenyOut(100, "*", "*", "*", "*", Named("subnet-denies")))), vma: items(NSG("own", DenyOut(100, "*", "*", "*", "*", Named("nic-denies"))))},
		in("tcp/1", "nic:vma", "nic:vmd"), reach.Blocked, "nic-denies", ""},
	{"NSG-24", "inbound the subnet's", lab{app: items(NSG("subnet", DenyIn(100, "*", "*", "*", "*", Named("subnet-denies")))), vma: items(NSG("own", DenyIn(100, "*", "*", "*", "*", Named("nic-denies"))))},
		in("tcp/1", "nic:vmd", "nic:vma"), reach.Blocked, "subnet-denies", ""},
	{"NSG-24", "an interface's group is its own", lab{vma: items(NSG("own", DenyIn(100, "*", "*", "*", "*")))},
		in("tcp/1", "nic:vmd", "nic:vmb"), reach.Allowed, "", ""},
	{"NSG-26", "outbound rules of the subnet filter its own traffic", lab{app: items(NSG("g", DenyOut(100, "*", "*", "10.1.1.0/24", "*")))},
		in("tcp/1", "nic:vma", "nic:vmb"), reach.Blocked, "deny-out-100", ""},
	{"NSG-30", "0.0.0.0/0 is IPv4", dual(NSG("g", DenyIn(100, "*", "0.0.0.0/0", "*", "*"))),
		in("tcp/1", "10.1.2.9", "10.1.1.9"), reach.Blocked, "deny-in-100", ""},
	{"NSG-30", "not IPv6 by default", dual(NSG("g", DenyIn(100, "*", "0.0.0.0/0", "*", "*"))),
		in("tcp/1", "fd00:db8:1:2::9", "fd00:db8:1:1::9"), reach.Allowed, "AllowVnetInBound", "nsg.zeroSlashZeroCoversV6"},
	{"NSG-30", "* is both", dual(NSG("g", DenyIn(100, "*", "*", "*", "*"))),
		in("tcp/1", "fd00:db8:1:2::9", "fd00:db8:1:1::9"), reach.Blocked, "deny-in-100", ""},
	{"NSG-31", "ICMPv6 is outside the model", dual(),
		in("icmpv6", "fd00:db8:1:2::9", "fd00:db8:1:1::9"), reach.Undecided, "NSG-31", ""},
	{"NSG-31", "so no group decides about it", dual(NSG("g", DenyIn(100, "*", "*", "*", "*"), DenyOut(100, "*", "*", "*", "*"))),
		in("icmpv6", "fd00:db8:1:2::9", "fd00:db8:1:1::9"), reach.Undecided, "NSG-31", ""},
	{"NSG-31", "a route does", dual(Routes("rt", Route("fd00:db8:1:2::/64", "None"))),
		in("icmpv6", "fd00:db8:1:1::9", "fd00:db8:1:2::9"), reach.Blocked, "to-fd00-db8-1-2---64", ""},
	{"NSG-38", "an interface that does not track state", lab{vma: items(NoStateTracking())},
		in("tcp/1", "nic:vmd", "nic:vma"), reach.Undecided, "vma", ""},
	{"NSG-38", "concerns TCP alone", lab{vma: items(NoStateTracking())},
		in("udp/1", "nic:vmd", "nic:vma"), reach.Allowed, "", ""},
	{"ASG-1", "the configuration that is a member", twoAddresses, in("tcp/1", "10.1.1.6", "10.1.2.4"), reach.Blocked, "deny-out-100", ""},
	{"ASG-1", "the other one of the same interface", twoAddresses, in("tcp/1", "10.1.1.7", "10.1.2.4"), reach.Allowed, "AllowVnetOutBound", ""},
	{"ASG-2", "as source it is the members", lab{more: items(ASG("web")), vma: items(ASG("web")), app: items(NSG("g", DenyOut(100, "*", "asg:web", "*", "*")))},
		in("tcp/1", "nic:vma", "nic:vmd"), reach.Blocked, "deny-out-100", ""},
	{"ASG-2", "others skip the rule", lab{more: items(ASG("web")), vma: items(ASG("web")), app: items(NSG("g", DenyOut(100, "*", "asg:web", "*", "*")))},
		in("tcp/1", "nic:vmb", "nic:vmd"), reach.Allowed, "AllowVnetOutBound", ""},
	{"NSG-15", "several groups are their union", lab{more: items(ASG("a"), ASG("b")), vma: items(ASG("a")), vmb: items(ASG("b")), app: items(NSG("g", DenyOut(100, "*", "asg:a,asg:b", "*", "*")))},
		in("tcp/1", "nic:vmb", "nic:vmd"), reach.Blocked, "deny-out-100", ""},
	{"PLAT-1", "a deny of everything does not touch the platform", lab{app: items(NSG("g", DenyOut(100, "*", "*", "*", "*")))},
		in("tcp/32526", "nic:vma", "168.63.129.16"), reach.Allowed, "PLAT-1", ""},
	{"PLAT-1", "nor does a route", lab{app: items(Routes("rt", Route("0.0.0.0/0", "None")))},
		in("tcp/80", "nic:vma", "169.254.169.254"), reach.Allowed, "PLAT-1", ""},
	{"PLAT-3", "an allow before the deny of the tag", lab{app: items(NSG("g", AllowOut(100, "tcp", "*", "AzurePlatformDNS", "53"), DenyOut(200, "*", "*", "AzurePlatformDNS", "*")))},
		in("tcp/53", "nic:vma", "168.63.129.16"), reach.Allowed, "allow-out-100", ""},
	{"PLAT-3", "leaves the rest denied", lab{app: items(NSG("g", AllowOut(100, "tcp", "*", "AzurePlatformDNS", "53"), DenyOut(200, "*", "*", "AzurePlatformDNS", "*")))},
		in("udp/53", "nic:vma", "168.63.129.16"), reach.Blocked, "deny-out-200", ""},
	{"PLAT-4", "the metadata service by its tag", lab{app: items(NSG("g", DenyOut(100, "*", "*", "AzurePlatformIMDS", "*")))},
		in("tcp/80", "nic:vma", "169.254.169.254"), reach.Blocked, "deny-out-100", ""},
	{"PLAT-4", "which is not that of DNS", lab{app: items(NSG("g", DenyOut(100, "*", "*", "AzurePlatformIMDS", "*")))},
		in("udp/53", "nic:vma", "168.63.129.16"), reach.Allowed, "PLAT-1", ""},
	{"PLAT-4", "licensing may be exempt", lab{app: items(NSG("g", DenyOut(100, "*", "*", "Internet", "*")))},
		in("tcp/1688", "nic:vma", "20.1.2.3"), reach.Undecided, "PLAT-4", ""},
	{"PLAT-4", "no other port is", lab{app: items(NSG("g", DenyOut(100, "*", "*", "Internet", "*")))},
		in("tcp/1689", "nic:vma", "20.1.2.3"), reach.Blocked, "deny-out-100", ""},
	{"PLAT-4", "a default route ends the exemption", lab{app: items(NSG("g", DenyOut(100, "*", "*", "*", "*")), Routes("rt", Route("0.0.0.0/0", "Internet")))},
		in("tcp/1688", "nic:vma", "20.1.2.3"), reach.Blocked, "deny-out-100", ""},
	{"PLAT-4", "the tag of licensing may match it", lab{app: items(NSG("g", DenyOut(100, "*", "*", "AzurePlatformLKM", "*")))},
		in("tcp/1688", "nic:vma", "20.1.2.3"), reach.Undecided, "", ""},
	{"PLAT-4", "and nothing else", lab{app: items(NSG("g", DenyOut(100, "*", "*", "AzurePlatformLKM", "*")))},
		in("tcp/443", "nic:vma", "20.1.2.3"), reach.Allowed, "AllowInternetOutBound", ""},
	{"PLAT-7", "a deny of VirtualNetwork that is not inbound leaves probes", lab{app: items(NSG("g", DenyOut(200, "*", "VirtualNetwork", "*", "*")))},
		in("tcp/443", "probe", "nic:vma"), reach.Allowed, "AllowVnetInBound", ""},
	{"PIP-1", "a group behind a Standard address opens it", lab{app: items(NSG("g", AllowIn(100, "tcp", "*", "*", "22"))), vma: items(PublicIP("Standard", "20.1.2.3"))},
		in("tcp/22", "203.0.113.9", "nic:vma"), reach.Allowed, "allow-in-100", ""},
	{"PIP-1", "the interface's own does too", lab{vma: items(NSG("own", AllowIn(100, "tcp", "*", "*", "22")), PublicIP("Standard", "20.1.2.3"))},
		in("tcp/22", "203.0.113.9", "nic:vma"), reach.Allowed, "allow-in-100", ""},
	{"PIP-1", "a frontend that is not in the input", lab{},
		in("tcp/22", "203.0.113.9", "v/db"), reach.Undecided, "PIP-1", ""},
	{"PIP-1", "a managed service is exempt", lab{},
		question{"tcp/22", "203.0.113.9", "v/db", true}, reach.Allowed, "", ""},
	{"SUB-2", "a group at the firewall's subnet is ignored", whole{VNet("v", "10.1.0.0/16", Subnet("AzureFirewallSubnet", "10.1.0.0/26", NSG("g", DenyIn(100, "*", "*", "*", "*"))), Subnet("app", "10.1.1.0/24"))},
		in("tcp/443", "v/app", "v/AzureFirewallSubnet"), reach.Allowed, "", ""},
	{"FAB-1", "broadcast", lab{}, in("udp/9", "nic:vma", "255.255.255.255"), reach.Blocked, "FAB-1", ""},
	{"FAB-1", "IPv6 multicast", dual(), in("udp/9", "fd00:db8:1:1::9", "ff02::1"), reach.Blocked, "FAB-1", ""},
	{"FAB-2", "IP in IP", lab{}, in("ipip", "nic:vmb", "nic:vma"), reach.Blocked, "FAB-2", ""},
	{"FAB-2", "ESP is carried", lab{}, in("esp", "nic:vmb", "nic:vma"), reach.Allowed, "", ""},
	{"FAB-3", "unicast DHCP", lab{}, in("udp/67:68", "nic:vmb", "nic:vma"), reach.Blocked, "FAB-3", ""},
	{"FAB-3", "the host's source port", lab{}, in("udp/53:65330", "nic:vmb", "nic:vma"), reach.Blocked, "FAB-3", ""},
	{"FAB-3", "does not count among others", lab{}, in("udp/53", "nic:vmb", "nic:vma"), reach.Allowed, "", ""},
	{"FAB-4", "the last address of a prefix", lab{}, in("tcp/1", "nic:vma", "10.1.2.255"), reach.Blocked, "FAB-4", ""},
	{"FAB-4", "the one before it", lab{}, in("tcp/1", "nic:vma", "10.1.2.254"), reach.Allowed, "", ""},
	{"FAB-4", "the fourth", lab{}, in("tcp/1", "nic:vma", "10.1.2.3"), reach.Blocked, "FAB-4", ""},
	{"FAB-6", "mail is taken to be open", lab{}, in("tcp/25", "nic:vma", "8.8.8.8"), reach.Allowed, "", ""},
	{"TAG-5", "case does not matter", lab{app: items(NSG("g", DenyOut(100, "*", "*", "INTERNET", "*")))},
		in("tcp/1", "nic:vma", "8.8.8.8"), reach.Blocked, "deny-out-100", ""},
	{"TAG-7", "any tag may stand on either side", lab{app: items(NSG("g", AllowIn(100, "*", "Storage", "*", "*")))},
		in("tcp/1", "Storage", "v/app"), reach.Allowed, "allow-in-100", ""},
	{"TAG-10", "a user route to an appliance joins the tag", lab{app: items(NSG("g"), Routes("rt", Route("172.20.0.0/16", "10.1.9.4")))},
		in("tcp/1", "172.20.0.9", "nic:vma"), reach.Undecided, "AllowVnetInBound", ""},
	{"TAG-13", "at its own subnet, not at another", lab{app: items(Routes("rt", Route("172.20.0.0/16", "10.1.9.4"))), db: items(NSG("g"))},
		in("tcp/1", "172.20.0.9", "nic:vmd"), reach.Blocked, "DenyAllInBound", ""},
	{"TAG-14", "one to Internet may", lab{app: items(NSG("g"), Routes("rt", Route("0.0.0.0/0", "Internet")))},
		in("tcp/1", "203.0.113.9", "nic:vma"), reach.Blocked, "DenyAllInBound", "vnetTag.udrHopTypes"},
	{"TAG-14", "but not where it does not cover the packet", lab{app: items(NSG("g"), Routes("rt", Route("198.51.100.0/24", "Internet")))},
		in("tcp/1", "203.0.113.9", "nic:vma"), reach.Blocked, "DenyAllInBound", ""},
	{"TAG-17", "a deny of the tag does not reach a peer without access", pair{app: items(NSG("g", DenyOut(100, "*", "*", "VirtualNetwork", "*"), AllowOut(200, "*", "*", "*", "*"))), link: items(NoAccess())},
		in("tcp/1", "v/app", "w/far"), reach.Allowed, "allow-out-200", ""},
	{"TAG-22", "public addresses of the network itself are not Internet", whole{VNet("v", "20.1.0.0/16", Subnet("app", "20.1.1.0/24", NSG("g", DenyOut(100, "*", "*", "Internet", "*"))), Subnet("db", "20.1.2.0/24"))},
		in("tcp/1", "v/app", "v/db"), reach.Allowed, "AllowVnetOutBound", ""},
	{"RT-1", "the sender's table counts", lab{db: items(Routes("rt", Route("10.1.1.0/24", "None")))},
		in("tcp/1", "nic:vma", "nic:vmd"), reach.Blocked, "to-10.1.1.0-24", ""}, // by the reply
	{"RT-4", "a network that contains a reserved block", whole{VNet("v", "10.0.0.0/8", Subnet("app", "10.1.1.0/24"), Subnet("db", "10.200.0.0/24"))},
		in("tcp/1", "v/app", "v/db"), reach.Allowed, "10.0.0.0/8", ""},
	{"RT-12", "no propagation, no learnt routes", whole{VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24", Routes("rt", NoPropagation())), Subnet("GatewaySubnet", "10.1.255.0/27"))},
		in("tcp/1", "v/app", "172.20.0.9"), reach.Blocked, "172.16.0.0/12", ""},
	{"RT-8", "what a gateway has learnt is not in the input", whole{VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24"), Subnet("GatewaySubnet", "10.1.255.0/27"))},
		in("tcp/1", "v/app", "172.20.0.9"), reach.Undecided, "", ""},
	{"RT-8", "nor what a route server has", whole{VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24"), Subnet("RouteServerSubnet", "10.1.255.0/26"))},
		in("tcp/1", "v/app", "172.20.0.9"), reach.Undecided, "", ""},
	{"RT-55", "nor what a virtual hub has", whole{VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24"), ToHub("hub")), VNet("w", "10.2.0.0/16", Subnet("far", "10.2.1.0/24"), ToHub("hub"))},
		in("tcp/1", "v/app", "w/far"), reach.Undecided, "", ""},
	{"RT-55", "from a network of no input either", whole{VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24"), ToHub("hub"))},
		in("tcp/1", "172.20.0.9", "v/app"), reach.Undecided, "", ""},
	{"RT-55", "within the network it does not matter", whole{VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24"), Subnet("db", "10.1.2.0/24"), ToHub("hub"))},
		in("tcp/1", "v/app", "v/db"), reach.Allowed, "10.1.0.0/16", ""},
	{"RT-55", "nor where the table takes none of the hub's routes", whole{VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24", Routes("rt", NoPropagation())), ToHub("hub"))},
		in("tcp/1", "v/app", "172.20.0.9"), reach.Blocked, "172.16.0.0/12", ""},
	{"RT-55", "effective routes tell what it has", whole{VNet("v", "10.1.0.0/16", Learned("10.2.0.0/16"), Subnet("app", "10.1.1.0/24"), ToHub("hub"))},
		in("tcp/1", "v/app", "10.2.1.4"), reach.Undecided, "", ""},
	{"RT-55", "and what it has not", whole{VNet("v", "10.1.0.0/16", Learned("10.2.0.0/16"), Subnet("app", "10.1.1.0/24"), ToHub("hub"))},
		in("tcp/1", "v/app", "10.3.1.4"), reach.Blocked, "10.0.0.0/8", ""},
	{"RT-56", "the hub may have a default route", whole{VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24"), ToHub("hub"))},
		in("tcp/443", "v/app", "8.8.8.8"), reach.Allowed, "", "gateway.learnedRoutes"},
	{"RT-56", "effective routes tell one", whole{VNet("v", "10.1.0.0/16", Learned("0.0.0.0/0"), Subnet("app", "10.1.1.0/24"), ToHub("hub"))},
		in("tcp/443", "v/app", "8.8.8.8"), reach.Undecided, "", ""},
	{"RT-56", "or none", whole{VNet("v", "10.1.0.0/16", Learned("10.2.0.0/16"), Subnet("app", "10.1.1.0/24"), ToHub("hub"))},
		in("tcp/443", "v/app", "8.8.8.8"), reach.Allowed, "", ""},
	{"F-17", "a route to the firewall of a hub", whole{VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24", Routes("rt", Route("0.0.0.0/0", "10.100.0.132")))), HubFirewall("fw", "10.100.0.132")},
		in("tcp/443", "v/app", "8.8.8.8"), reach.Undecided, "", ""},
	{"F-17", "not to the address beside it", whole{VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24", Routes("rt", Route("0.0.0.0/0", "10.100.0.133")))), HubFirewall("fw", "10.100.0.132")},
		in("tcp/443", "v/app", "8.8.8.8"), reach.Blocked, "to-0.0.0.0-0", ""},
	{"RT-55", "an appliance in the hub may be the next hop", whole{VNet("v", "10.1.0.0/16", Learned("10.2.0.0/16"), Subnet("app", "10.1.1.0/24", Routes("rt", Route("0.0.0.0/0", "10.100.0.133"))), ToHub("hub"))},
		in("tcp/443", "v/app", "8.8.8.8"), reach.Undecided, "", ""},
	{"RT-44", "nor what the gateway of a peer has", whole{VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24"), Peer("h", RemoteGateways())), VNet("h", "10.0.0.0/16", Subnet("GatewaySubnet", "10.0.255.0/27"), Peer("v"))},
		in("tcp/1", "v/app", "172.20.0.9"), reach.Undecided, "", ""},
	{"RT-44", "which only who uses it shares", whole{VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24"), Peer("h")), VNet("h", "10.0.0.0/16", Subnet("GatewaySubnet", "10.0.255.0/27"), Peer("v"))},
		in("tcp/1", "v/app", "172.20.0.9"), reach.Blocked, "172.16.0.0/12", ""},
	{"RT-19", "VnetLocal out of the network has no receiver", lab{app: items(Routes("rt", Route("203.0.113.0/24", "VnetLocal")))},
		in("tcp/1", "nic:vma", "203.0.113.9"), reach.Blocked, "to-203.0.113.0-24", ""},
	{"RT-21", "the longest prefix wins", lab{app: items(Routes("rt", Route("8.8.0.0/16", "None"), Route("8.8.8.0/24", "Internet")))},
		in("tcp/1", "nic:vma", "8.8.8.8"), reach.Allowed, "to-8.8.8.0-24", ""},
	{"RT-32", "a NAT gateway carries no ICMP", whole{VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24", NATGateway("nat")))},
		in("icmp", "v/app", "8.8.8.8"), reach.Blocked, "app", ""},
	{"RT-34", "since 2025-07-01 that is the default", whole{VNet("v", "10.1.0.0/16", APIVersion("2025-07-01"), Subnet("app", "10.1.1.0/24"))},
		in("tcp/443", "v/app", "8.8.8.8"), reach.Undecided, "app", ""},
	{"RT-34", "before it was not", whole{VNet("v", "10.1.0.0/16", APIVersion("2024-05-01"), Subnet("app", "10.1.1.0/24"))},
		in("tcp/443", "v/app", "8.8.8.8"), reach.Allowed, "", ""},
	{"RT-34", "and a managed service with an address of its own does not mind", housed{azure.HasOwn},
		in("tcp/443", "v/app", "8.8.8.8"), reach.Allowed, "", ""},
	{"RT-34", "one without any does", housed{azure.HasNone},
		in("tcp/443", "v/app", "8.8.8.8"), reach.Blocked, "app", ""},
	{"RT-34", "where nobody knows it is undecided", housed{azure.MayHaveOwn},
		in("tcp/443", "v/app", "8.8.8.8"), reach.Undecided, "app", ""},
	{"RT-34", "of two services of which one has its own it is not known whose packets these are", housed{azure.HasNone, azure.HasOwn},
		in("tcp/443", "v/app", "8.8.8.8"), reach.Undecided, "app", ""},
	{"RT-34", "two that have none do not need to be told apart", housed{azure.HasNone, azure.HasNone},
		in("tcp/443", "v/app", "8.8.8.8"), reach.Blocked, "app", ""},
	{"RT-33", "whether the address of a service carries a ping is not known", housed{azure.HasOwn},
		in("icmp", "v/app", "8.8.8.8"), reach.Undecided, "app", ""},
	{"TAG-26", "whether a tag without data holds a public address of the network itself is not known", whole{VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24", NIC("vm", "10.1.1.4", PublicIP("Standard", "20.9.0.4"))))},
		in("tcp/443", "v/app", "AzureCloud.westeurope"), reach.Undecided, "AzureCloud.westeurope", ""},
	{"TAG-26", "a network without any has no such packets", whole{VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24", NIC("vm", "10.1.1.4")))},
		in("tcp/443", "v/app", "AzureCloud.westeurope"), reach.Allowed, "", ""},
	{"SUB-1", "what a group does at a gateway's subnet is not known", whole{VNet("v", "10.1.0.0/16", Subnet("GatewaySubnet", "10.1.0.0/26", NSG("g", DenyIn(100, "*", "*", "*", "*"))), Subnet("app", "10.1.1.0/24"))},
		in("tcp/443", "v/app", "v/GatewaySubnet"), reach.Undecided, "", ""},
	{"RT-42", "Initiated is not connected", pair{link: items(State("Initiated"))},
		in("tcp/1", "v/app", "w/far"), reach.Blocked, "v-to-w", ""},
	{"RT-47", "a subnet peering joins the listed subnets", pair{link: items(OnlySubnets("app", "far")), back: items(OnlySubnets("far", "app"))},
		in("tcp/1", "v/app", "w/far"), reach.Allowed, "", ""},
	{"RT-47", "and no others", pair{link: items(OnlySubnets("other", "far")), back: items(OnlySubnets("far", "other"))},
		in("tcp/1", "v/app", "w/far"), reach.Blocked, "v-to-w", ""},
	{"RT-47", "IPv6 only", pair{link: items(OnlyIPv6()), back: items(OnlyIPv6())},
		in("tcp/1", "v/app", "w/far"), reach.Blocked, "v-to-w", ""},
	{"ASY-1", "a reply without a way back", lab{app: items(Routes("rt", Route("203.0.113.0/24", "None")), NSG("g", AllowIn(100, "*", "*", "*", "*")))},
		in("tcp/443", "203.0.113.9", "nic:vma"), reach.Blocked, "to-203.0.113.0-24", ""},
	{"ASY-2", "a reply that goes to an appliance", lab{app: items(toNVA, NSG("g", AllowIn(100, "*", "*", "*", "*")))},
		in("tcp/443", "203.0.113.9", "nic:vma"), reach.Undecided, "10.1.9.4", ""},
	{"PIPE-3", "an appliance's group sees the packet as it is", lab{app: items(toNVA), nva: items(NSG("n", AllowIn(100, "*", "10.1.1.0/24", "8.8.8.8/32", "*")))},
		in("tcp/443", "nic:vma", "8.8.4.4"), reach.Blocked, "DenyAllInBound", ""},
	{"RT-40", "an appliance receives what is its own", lab{deaf: true, app: items(Routes("rt", Route("10.1.0.0/16", "10.1.9.4")))},
		in("tcp/443", "nic:vma", "nic:nva"), reach.Allowed, "", ""},
}

// housed is a private subnet with managed services that have a public address of their
// own, or none, or of which it is not known.
type housed []azure.Having

func (h housed) net(t testing.TB) *azure.Network {
	t.Helper()
	n := Net(t, VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24", NoDefaultOutbound())))
	for _, has := range h {
		n.ManagedServices = append(n.ManagedServices, &azure.ManagedService{
			Resource: azure.Resource{Name: "service"}, Subnets: []azure.Reference{{ID: SubnetID("v", "app")}}, Own: azure.OwnAddress{Has: has},
		})
	}
	return n
}

func TestStatements(t *testing.T) {
	for _, row := range statements {
		t.Run(row.id+" "+row.note, func(t *testing.T) { checkTrap(t, row, servicetag.Symbolic()) })
	}
}

// All blockers of a path are found, forward and back, in the order of the way.
func TestAllBlockersAreFound(t *testing.T) {
	network := lab{
		app: items(NSG("ga", DenyOut(100, "*", "*", "*", "*", Named("subnet-out")))),
		vma: items(NSG("gn", DenyOut(100, "*", "*", "*", "*", Named("nic-out")))),
		db:  items(NSG("gd", DenyIn(100, "*", "*", "*", "*", Named("subnet-in"))), Routes("rt", Route("10.1.1.0/24", "None"))),
		vmd: items(NSG("gm", DenyIn(100, "*", "*", "*", "*", Named("nic-in")))),
	}.net(t)
	a := explore(t, compile(t, network, servicetag.Symbolic()), in("tcp/443", "nic:vma", "nic:vmd"))
	var names []string
	for _, h := range a.Blockers() {
		names = append(names, string(h.Kind)+" "+h.Name)
	}
	want := "nsgRule nic-out, nsgRule subnet-out, nsgRule subnet-in, nsgRule nic-in, returnPath to-10.1.1.0-24"
	if got := strings.Join(names, ", "); got != want {
		t.Errorf("blockers %s, want %s", got, want)
	}
	for _, h := range a.Blockers() {
		if h.Name == "subnet-out" && h.Resource != NSGID("ga") {
			t.Errorf("%s belongs to %s", h.Name, h.Resource)
		}
		if h.At.Line == 0 || h.Resource == "" {
			t.Errorf("%s %s has no place: %+v", h.Kind, h.Name, h)
		}
	}
}

// Decisions 1: how parts add up.
func TestVerdictOfParts(t *testing.T) {
	network := lab{app: items(NSG("g", DenyOut(100, "tcp", "*", "10.1.2.0/24", "443")))}.net(t)
	f := compile(t, network, servicetag.Symbolic())
	for _, row := range []struct {
		protocol, to string
		want         reach.Verdict
	}{
		{"tcp/443", "v/db", reach.Blocked},
		{"tcp/80", "v/db", reach.Allowed},
		{"tcp/440-450", "v/db", reach.Partial},
	} {
		if a := explore(t, f, in(row.protocol, "nic:vma", row.to)); a.Verdict() != row.want {
			t.Errorf("%s to %s: want %s, got %s", row.protocol, row.to, row.want, describe(a))
		}
	}
	if _, err := reach.Explore(f, reach.Query{From: reach.Subnet(SubnetID("v", "app")), To: reach.Internet()}); err != reach.ErrNoPackets {
		t.Errorf("a query without protocols gave %v", err)
	}
	if _, err := reach.Explore(f, reach.Query{From: reach.Internet(), To: reach.Tag("Storage"), Protocols: flow.Protocols(flow.TCP), SourcePorts: flow.AllPorts(), DestinationPorts: flow.AllPorts()}); err == nil {
		t.Error("a query with both ends outside was answered")
	}
}

// A spoofed source needs IP forwarding (RT-40, P3).
func TestRT40SpoofedSource(t *testing.T) {
	foreign := flow.Host(netip.MustParseAddr("192.0.2.1"))
	for deaf, want := range map[bool]reach.Verdict{true: reach.Blocked, false: reach.Blocked} {
		f := compile(t, lab{deaf: deaf}.net(t), servicetag.Symbolic())
		a, err := reach.Explore(f, reach.Query{
			From: reach.Spoofed(NICID("nva"), foreign), To: reach.Interface(NICID("vma")),
			Protocols: flow.Protocols(flow.UDP), SourcePorts: flow.Ports(1000), DestinationPorts: flow.Ports(53),
		})
		if err != nil {
			t.Fatal(err)
		}
		byNIC := false
		for _, h := range a.Blockers() {
			byNIC = byNIC || h.Kind == fabric.KindNIC
		}
		if a.Verdict() != want || byNIC != deaf {
			t.Errorf("IP forwarding %v: %s", !deaf, describe(a))
		}
	}
}
