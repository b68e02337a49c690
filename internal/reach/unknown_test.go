package reach_test

import (
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// hidden is a network in which something is not known, a question, and what is
// certain all the same. A row that is undecided names what is missing.
type hidden struct {
	note string
	net  interface {
		net(testing.TB) *azure.Network
	}
	ask    question
	want   reach.Verdict
	reason string // part of a reason
}

// rules is the lab with these rules at app.
func rules(list ...Item) lab { return lab{app: items(NSG("g", list...))} }

var unknownRules = []hidden{
	{"an unknown source may be any address", rules(DenyIn(100, "*", "?var.bad", "*", "*")),
		in("tcp/1", "nic:vmd", "nic:vma"), reach.Undecided, "var.bad"},
	{"but a deny before it is certain", rules(DenyIn(99+1, "tcp", "*", "*", "1"), DenyIn(200, "*", "?var.bad", "*", "*")),
		in("tcp/1", "nic:vmd", "nic:vma"), reach.Blocked, ""},
	{"and so is an allow before it", rules(AllowIn(100, "tcp", "*", "*", "1"), DenyIn(200, "*", "?var.bad", "*", "*")),
		in("tcp/1", "nic:vmd", "nic:vma"), reach.Allowed, ""},
	{"an unknown rule that allows what is allowed anyway", rules(AllowIn(100, "*", "?var.good", "*", "*")),
		in("tcp/1", "nic:vmd", "nic:vma"), reach.Allowed, ""},
	{"unknown ports", rules(DenyIn(100, "tcp", "*", "*", "?var.port")),
		in("tcp/1", "nic:vmd", "nic:vma"), reach.Undecided, "ports of rule deny-in-100"},
	{"unknown ports of another protocol", rules(DenyIn(100, "tcp", "*", "*", "?var.port")),
		in("udp/1", "nic:vmd", "nic:vma"), reach.Allowed, ""},
	{"an unknown protocol", rules(DenyIn(100, "?var.protocol", "*", "*", "*")),
		in("udp/1", "nic:vmd", "nic:vma"), reach.Undecided, "protocol of rule"},
	{"an unknown access", rules(Rule("Inbound", "?var.access", "100", "*", "*", "*", "*")),
		in("tcp/1", "nic:vmd", "nic:vma"), reach.Undecided, "allows or denies"},
	{"an unknown access that does not match", rules(Rule("Inbound", "?var.access", "100", "tcp", "*", "*", "22")),
		in("tcp/1", "nic:vmd", "nic:vma"), reach.Allowed, ""},
	{"an unknown direction", rules(Rule("?var.direction", "Deny", "100", "*", "*", "*", "*")),
		in("tcp/1", "nic:vmd", "nic:vma"), reach.Undecided, "direction of rule"},
	{"an unknown priority of a deny", rules(Rule("Inbound", "Deny", "?var.priority", "*", "*", "*", "*"), AllowIn(2000, "tcp", "*", "*", "1")),
		in("tcp/1", "nic:vmd", "nic:vma"), reach.Undecided, "priority of rule"},
	{"which acts before the defaults wherever it is", rules(Rule("Inbound", "Deny", "?var.priority", "*", "*", "*", "*"), AllowIn(2000, "tcp", "*", "*", "1")),
		in("tcp/2", "nic:vmd", "nic:vma"), reach.Blocked, ""},
	{"and not before the first slot that is taken", rules(Rule("Inbound", "Deny", "?var.priority", "*", "*", "*", "*"), AllowIn(100, "tcp", "*", "*", "1")),
		in("tcp/1", "nic:vmd", "nic:vma"), reach.Allowed, ""},
	{"an unknown priority of an allow", rules(Rule("Inbound", "Allow", "?var.priority", "tcp", "*", "*", "1"), DenyIn(2000, "*", "*", "*", "*")),
		in("tcp/1", "nic:vmd", "nic:vma"), reach.Undecided, "priority of rule"},
	{"rules of which nothing is known", rules(UnknownRules("dynamic rules")),
		in("tcp/1", "nic:vmd", "nic:vma"), reach.Undecided, "not all rules of g"},
	{"cannot come before priority 100", rules(UnknownRules("dynamic rules"), DenyIn(100, "*", "*", "*", "*")),
		in("tcp/1", "nic:vmd", "nic:vma"), reach.Blocked, ""},
	{"a group that is not known", lab{app: items(UseNSG("?module.nsg.id"))},
		in("tcp/1", "nic:vmd", "nic:vma"), reach.Undecided, "module.nsg.id"},
	{"a group that no input states", lab{app: items(UseNSG("elsewhere"))},
		in("tcp/1", "nic:vmd", "nic:vma"), reach.Undecided, "elsewhere"},
	{"a certain blocker beyond an unknown one", lab{app: items(UseNSG("elsewhere")), vma: items(NSG("own", DenyIn(100, "*", "*", "*", "*")))},
		in("tcp/1", "nic:vmd", "nic:vma"), reach.Blocked, ""},
	{"an application security group that no input states", lab{app: items(NSG("g", DenyIn(100, "*", "asg:elsewhere", "*", "*")))},
		in("tcp/1", "nic:vmd", "nic:vma"), reach.Undecided, "elsewhere"},
	{"an unknown priority and a default", rules(Rule("Outbound", "Allow", "?var.priority", "tcp", "*", "*", "1")),
		in("tcp/1", "nic:vma", "172.31.0.1"), reach.Blocked, ""}, // by the route
}

// What routes and security groups do with packets to a private endpoint is not
// followed (PE-2, PE-4), so neither an open way nor a deny is certain.
var privateEndpoints = []hidden{
	{"PE-2 a stated address", lab{db: items(PrivateEndpoint("pe", "10.1.2.9"))}, in("tcp/443", "nic:vma", "10.1.2.9"), reach.Allowed, ""},
	{"PE-2 behind a deny", lab{db: items(PrivateEndpoint("pe", "10.1.2.9"), NSG("g", DenyIn(100, "*", "*", "*", "*")))}, in("tcp/443", "nic:vma", "10.1.2.9"), reach.Allowed, ""},
	{"PE-4 behind a route to None", lab{app: items(Routes("rt", Route("10.1.2.0/24", "None"))), db: items(PrivateEndpoint("pe", "10.1.2.9"))}, in("tcp/443", "nic:vma", "10.1.2.9"), reach.Allowed, ""},
	{"the sender's deny is certain", lab{app: items(NSG("g", DenyOut(100, "*", "*", "*", "*"))), db: items(PrivateEndpoint("pe", "10.1.2.9"))}, in("tcp/443", "nic:vma", "10.1.2.9"), reach.Blocked, ""},
	{"its neighbour is no endpoint", lab{db: items(PrivateEndpoint("pe", "10.1.2.9"))}, in("tcp/443", "nic:vma", "10.1.2.10"), reach.Allowed, ""},
	{"an address that Azure chooses may be any", lab{db: items(PrivateEndpoint("pe", ""), NSG("g", DenyIn(100, "*", "*", "*", "*")))}, in("tcp/443", "nic:vma", "10.1.2.10"), reach.Undecided, "private endpoint"},
	{"but none that an interface has", lab{db: items(PrivateEndpoint("pe", ""))}, in("tcp/443", "nic:vma", "nic:vmd"), reach.Allowed, ""},
	{"nor one of another subnet", lab{db: items(PrivateEndpoint("pe", ""))}, in("tcp/443", "nic:vma", "10.1.9.10"), reach.Allowed, ""},
	{"in a peer", lab{vnet: items(Peer("w")), more: items(VNet("w", "10.2.0.0/16", Peer("v"), Subnet("s", "10.2.1.0/24", PrivateEndpoint("pe", "10.2.1.9"))))}, in("tcp/443", "nic:vma", "10.2.1.9"), reach.Allowed, ""},
}

var unknownRoutes = []hidden{
	{"a route table that no input states", lab{app: items(UseRoutes("elsewhere"))},
		in("tcp/1", "nic:vma", "nic:vmd"), reach.Undecided, "elsewhere"},
	{"a route table that is not known", lab{app: items(UseRoutes("?module.rt.id"))},
		in("tcp/1", "nic:vma", "8.8.8.8"), reach.Undecided, "module.rt.id"},
	{"routes of which nothing is known", lab{app: items(Routes("rt", UnknownRoutes("dynamic routes")))},
		in("tcp/1", "nic:vma", "8.8.8.8"), reach.Undecided, "rt"},
	{"a next hop type that is not known", lab{app: items(Routes("rt", RouteOfUnknownType("8.8.8.0/24", "r")))},
		in("tcp/1", "nic:vma", "8.8.8.8"), reach.Undecided, "next hop type of route r"},
	{"does not matter elsewhere", lab{app: items(Routes("rt", RouteOfUnknownType("8.8.8.0/24", "r")))},
		in("tcp/1", "nic:vma", "8.8.4.4"), reach.Allowed, ""},
	{"a destination that is not known", lab{app: items(Routes("rt", Route("?var.prefix", "None")))},
		in("tcp/1", "nic:vma", "8.8.4.4"), reach.Undecided, "var.prefix"},
	{"an unknown destination to where packets go anyway", lab{app: items(Routes("rt", Route("?var.prefix", "Internet")))},
		in("tcp/1", "nic:vma", "8.8.4.4"), reach.Allowed, ""},
	{"an appliance whose address is not known", lab{app: items(Routes("rt", Route("0.0.0.0/0", "?azurerm_firewall.fw.ip")))},
		in("tcp/1", "nic:vma", "8.8.4.4"), reach.Undecided, "known only after apply"},
	{"an appliance that a firewall not modelled may be", lab{app: items(Routes("rt", Route("0.0.0.0/0", "10.1.9.77"))), more: items(NotModelled("Microsoft.Network/azureFirewalls", "fw"))},
		in("tcp/1", "nic:vma", "8.8.4.4"), reach.Undecided, "10.1.9.77"},
	{"an appliance out of reach", lab{app: items(Routes("rt", Route("0.0.0.0/0", "10.9.9.9"))), more: items(NotModelled("Microsoft.Network/azureFirewalls", "fw"))},
		in("tcp/1", "nic:vma", "8.8.4.4"), reach.Blocked, ""},
	{"a peer that no input states has none of the network's own addresses", lab{vnet: items(Peer("elsewhere"))},
		in("tcp/1", "nic:vma", "nic:vmd"), reach.Allowed, ""},
	{"a deny to them is certain", lab{vnet: items(Peer("elsewhere")), db: items(NSG("g", DenyIn(100, "*", "VirtualNetwork", "*", "*")))},
		in("tcp/1", "nic:vma", "nic:vmd"), reach.Blocked, ""},
	{"and it may have any other", lab{vnet: items(Peer("elsewhere"))},
		in("tcp/1", "nic:vma", "172.20.1.1"), reach.Undecided, "elsewhere"},
	{"a peering of subnets may be with a network of the same addresses", lab{vnet: items(Peer("elsewhere", OnlySubnets("app", "far")))},
		in("tcp/1", "nic:vma", "nic:vmd"), reach.Undecided, "elsewhere"},
	{"a service endpoint whose regions are not known", lab{app: items(Endpoint("Microsoft.Storage"), Routes("rt", Route("0.0.0.0/0", "None")))},
		in("tcp/1", "nic:vma", "Storage"), reach.Undecided, "the region of v, which is not known: the input does not tell it"},
	{"the region of whose network is known after apply", lab{app: items(Endpoint("Microsoft.Storage"), Routes("rt", Route("0.0.0.0/0", "None"))), vnet: items(Location("?"))},
		in("tcp/1", "nic:vma", "Storage"), reach.Undecided, "known only after apply"},
	{"whose own regions are not known", lab{app: items(Endpoint("Microsoft.Storage", "?"), Routes("rt", Route("0.0.0.0/0", "None"))), vnet: items(Location("westus"))},
		in("tcp/1", "nic:vma", "Storage"), reach.Undecided, "depends on the region"},
	{"what it covers beyond its own region", lab{app: items(Endpoint("Microsoft.Storage"), Routes("rt", Route("0.0.0.0/0", "None"))), vnet: items(Location("westus"))},
		in("tcp/1", "nic:vma", "Storage"), reach.Undecided, "depends on the region"},
}

// plan is a network in which prefixes are known only after apply.
func plan(list ...Item) whole {
	return whole(append([]Item{VNet("w", "10.2.0.0/16", Subnet("far", "10.2.1.0/24"), Peer("v"))}, list...))
}

var laterSubnets = plan(VNet("v", "10.1.0.0/16",
	Subnet("a", "?a.prefix", NSG("ga", AllowIn(100, "tcp", "?b.prefix", "?a.prefix", "443"), DenyIn(200, "*", "*", "*", "*"), AllowOut(100, "*", "*", "10.0.0.0/8", "*"), DenyOut(200, "*", "*", "*", "*"))),
	Subnet("b", "?b.prefix"), Subnet("c", "10.1.3.0/24"), Peer("w")))

var unknownPrefixes = []hidden{
	{"the same unknown value is the same prefix", laterSubnets, in("tcp/443", "v/b", "v/a"), reach.Allowed, ""},
	{"another subnet of the network is certainly another", laterSubnets, in("tcp/443", "v/c", "v/a"), reach.Blocked, ""},
	{"and so is one of a peer", laterSubnets, in("tcp/443", "w/far", "v/a"), reach.Blocked, ""},
	{"another port", laterSubnets, in("tcp/80", "v/b", "v/a"), reach.Blocked, ""},
	{"an unknown subnet lies in its network's space", laterSubnets, in("tcp/80", "v/a", "v/c"), reach.Allowed, ""},
	{"and outside all else", laterSubnets, in("tcp/80", "v/a", "8.8.8.8"), reach.Blocked, ""},
	{"an address may be in it", laterSubnets, in("tcp/80", "v/c", "10.1.200.4"), reach.Undecided, "prefix of subnet"},
	{"VirtualNetwork holds it", plan(VNet("v", "?v.space", Subnet("a", "?a.prefix", NSG("g")), Subnet("b", "?b.prefix"))),
		in("tcp/443", "v/b", "v/a"), reach.Allowed, ""},
	{"the internet is not in an unknown space", plan(VNet("v", "?v.space", Subnet("a", "?a.prefix", NSG("g")))),
		in("tcp/443", "8.8.8.8", "v/a"), reach.Blocked, ""},
	{"a private address may be", plan(VNet("v", "?v.space", Subnet("a", "?a.prefix", NSG("g")))),
		in("tcp/443", "172.20.1.1", "v/a"), reach.Undecided, "v"},
	{"an interface allocated later is in its subnet", whole{VNet("v", "10.1.0.0/16", Subnet("a", "10.1.1.0/24", NSG("g", DenyIn(100, "*", "*", "10.1.1.0/24", "*")), NIC("n", "?n.ip")), Subnet("b", "10.1.2.0/24"))},
		in("tcp/443", "v/b", "nic:n"), reach.Blocked, ""},
	{"its own group may be anybody's there", whole{VNet("v", "10.1.0.0/16", Subnet("a", "10.1.1.0/24", NIC("n", "?n.ip", NSG("own", DenyIn(100, "*", "*", "*", "*")))), Subnet("b", "10.1.2.0/24"))},
		in("tcp/443", "v/b", "v/a"), reach.Undecided, "network interface n"},
	{"and certainly its own", whole{VNet("v", "10.1.0.0/16", Subnet("a", "10.1.1.0/24", NIC("n", "?n.ip", NSG("own", DenyIn(100, "*", "*", "*", "*")))), Subnet("b", "10.1.2.0/24"))},
		in("tcp/443", "v/b", "nic:n"), reach.Blocked, ""},
	{"a public address leads to a private one that is allocated later", whole{VNet("v", "10.1.0.0/16", Subnet("a", "10.1.1.0/24", NSG("g", AllowIn(100, "tcp", "*", "10.1.1.0/24", "22")), NIC("n", "?n.ip", PublicIP("Standard", "20.1.2.3"))))},
		in("tcp/22", "203.0.113.9", "20.1.2.3"), reach.Allowed, ""},
	{"and whether a rule names it is not known", whole{VNet("v", "10.1.0.0/16", Subnet("a", "10.1.1.0/24", NSG("g", AllowIn(100, "tcp", "*", "10.1.1.4", "22")), NIC("n", "?n.ip", PublicIP("Standard", "20.1.2.3"))))},
		in("tcp/22", "203.0.113.9", "20.1.2.3"), reach.Undecided, "network interface n"},
	{"nor of which kind a public address is", whole{VNet("v", "10.1.0.0/16", Subnet("a", "10.1.1.0/24", NIC("n", "10.1.1.4", PublicIP("?sku", "20.1.2.3"))))},
		in("tcp/22", "203.0.113.9", "20.1.2.3"), reach.Undecided, "PIP-1"},
	{"members of a group that are allocated later", whole{ASG("web"), VNet("v", "10.1.0.0/16", Subnet("a", "10.1.1.0/24", NSG("g", DenyIn(100, "*", "*", "asg:web", "*")), NIC("n", "?n.ip", ASG("web"))), Subnet("b", "10.1.2.0/24"))},
		in("tcp/443", "v/b", "nic:n"), reach.Blocked, ""},
	{"may have any address of the subnet", whole{ASG("web"), VNet("v", "10.1.0.0/16", Subnet("a", "10.1.1.0/24", NSG("g", DenyIn(100, "*", "*", "asg:web", "*")), NIC("n", "?n.ip", ASG("web"))), Subnet("b", "10.1.2.0/24"))},
		in("tcp/443", "v/b", "10.1.1.9"), reach.Undecided, "network interface n"},
	{"a peer that no input states", plan(VNet("v", "10.1.0.0/16", Subnet("a", "10.1.1.0/24"), Peer("hub"))),
		in("tcp/443", "v/a", "10.0.0.4"), reach.Undecided, "hub"},
	{"does not hold the internet", plan(VNet("v", "10.1.0.0/16", Subnet("a", "10.1.1.0/24", NSG("g")), Peer("hub"))),
		in("tcp/443", "v/a", "Internet"), reach.Allowed, ""},
}

var unknownTags = []hidden{
	{"a rule for the same tag", rules(AllowOut(100, "tcp", "*", "Storage", "443"), DenyOut(200, "*", "*", "*", "*")), in("tcp/443", "v/app", "Storage"), reach.Allowed, ""},
	{"for its regional tag", rules(AllowOut(100, "tcp", "*", "Storage", "443"), DenyOut(200, "*", "*", "*", "*")), in("tcp/443", "v/app", "Storage.WestEurope"), reach.Allowed, ""},
	{"only for its regional tag", rules(AllowOut(100, "tcp", "*", "Storage.WestEurope", "443"), DenyOut(200, "*", "*", "*", "*")), in("tcp/443", "v/app", "Storage"), reach.Undecided, "Storage"},
	{"for another tag", rules(AllowOut(100, "tcp", "*", "AzureCloud", "443"), DenyOut(200, "*", "*", "*", "*")), in("tcp/443", "v/app", "Storage"), reach.Undecided, "AzureCloud"},
	{"Internet holds every tag", rules(DenyOut(100, "*", "*", "Internet", "*")), in("tcp/443", "v/app", "Storage"), reach.Blocked, ""},
	{"private prefixes hold none", rules(DenyOut(100, "*", "*", "10.0.0.0/8", "*")), in("tcp/443", "v/app", "Storage"), reach.Allowed, ""},
	{"a public prefix may", rules(DenyOut(100, "*", "*", "20.0.0.0/8", "*")), in("tcp/443", "v/app", "Storage"), reach.Undecided, "Storage"},
	{"a route for the tag takes it", lab{app: items(Routes("rt", Route("Storage", "None")))}, in("tcp/443", "v/app", "Storage"), reach.Blocked, ""},
	{"and before a default route", lab{app: items(Routes("rt", Route("0.0.0.0/0", "None"), Route("Storage", "Internet")))}, in("tcp/443", "v/app", "Storage"), reach.Allowed, ""},
	{"a route for another tag may", lab{app: items(Routes("rt", Route("AzureCloud", "None")))}, in("tcp/443", "v/app", "Storage"), reach.Undecided, "AzureCloud"},
}

// What no input tells is undecided and says what is missing (META-2).
func TestUnknown(t *testing.T) {
	for name, table := range map[string][]hidden{"rules": unknownRules, "routes": unknownRoutes, "prefixes": unknownPrefixes, "tags": unknownTags, "endpoints": privateEndpoints} {
		for _, row := range table {
			t.Run(name+" "+row.note, func(t *testing.T) {
				a := explore(t, compile(t, row.net.net(t), servicetag.Symbolic(), "defaults"), row.ask)
				if a.Verdict() != row.want {
					t.Fatalf("want %s, got %s", row.want, describe(a))
				}
				if row.want != reach.Undecided {
					return
				}
				var all []string
				for _, p := range a.Parts {
					all = append(all, p.Reasons...)
				}
				if len(all) == 0 || !strings.Contains(strings.Join(all, "; "), row.reason) {
					t.Errorf("want a reason that names %q, got %s", row.reason, describe(a))
				}
			})
		}
	}
}

// A rule of which something is not known may match ICMP by type, too (NSG-17):
// it is neither passed over nor taken as certain.
func TestUnknownRuleWithTypes(t *testing.T) {
	for _, row := range []struct {
		note                               string
		protocol, source, destination, ask string
		ignored, read                      reach.Verdict
	}{
		{"a known rule blocks where types are read", "*", "*", "*", "icmp", reach.Allowed, reach.Blocked},
		{"an unknown protocol", "?var.protocol", "*", "*", "icmp", reach.Allowed, reach.Undecided},
		{"an unknown source", "*", "?var.source", "*", "icmp", reach.Allowed, reach.Undecided},
		{"an unknown destination", "*", "*", "?var.destination", "icmp", reach.Allowed, reach.Undecided},
		{"a rule about ICMP alone", "Icmp", "*", "?var.destination", "icmp", reach.Allowed, reach.Undecided},
		{"one about TCP reads no types", "Tcp", "*", "?var.destination", "icmp", reach.Allowed, reach.Allowed},
		{"other packets have none", "*", "*", "?var.destination", "esp", reach.Allowed, reach.Allowed},
	} {
		network := rules(Rule("Inbound", "Deny", "100", row.protocol, row.source, row.destination, "0-1023")).net(t)
		for value, want := range map[string]reach.Verdict{"icmp.ports=ignore": row.ignored, "icmp.ports=type": row.read} {
			a := explore(t, compile(t, network, servicetag.Symbolic(), "defaults", value), in(row.ask, "nic:vmd", "nic:vma"))
			if a.Verdict() != want {
				t.Errorf("%s, %s: want %s, got %s", row.note, value, want, describe(a))
			}
		}
	}
}

// An unknown address space can be taken as it comes, too.
func TestUnknownSpaceOfAnyAddresses(t *testing.T) {
	network := plan(VNet("v", "10.1.0.0/16", Subnet("a", "10.1.1.0/24", NSG("g", DenyIn(100, "*", "VirtualNetwork", "*", "*"), AllowIn(200, "*", "*", "*", "*"))), Peer("hub"))).net(t)
	ask := in("tcp/443", "8.8.8.8", "v/a")
	for _, row := range []struct {
		assume string
		want   reach.Verdict
	}{{"unknownAddressSpace=private", reach.Allowed}, {"unknownAddressSpace=any", reach.Undecided}} {
		if a := explore(t, compile(t, network, servicetag.Symbolic(), "defaults", row.assume), ask); a.Verdict() != row.want {
			t.Errorf("%s: want %s, got %s", row.assume, row.want, describe(a))
		}
	}
}

// A gateway's routes are an open point of their own.
func TestGatewayRoutes(t *testing.T) {
	network := whole{VNet("v", "10.1.0.0/16", Subnet("a", "10.1.1.0/24"), Subnet("GatewaySubnet", "10.1.255.0/27"))}.net(t)
	for _, row := range []struct {
		assume, to string
		want       reach.Verdict
	}{
		{"", "8.8.8.8", reach.Undecided},
		{"gateway.learnedRoutes=private", "8.8.8.8", reach.Allowed},
		{"gateway.learnedRoutes=private", "172.20.0.9", reach.Undecided},
		{"gateway.learnedRoutes=none", "172.20.0.9", reach.Blocked},
		{"gateway.learnedRoutes=any", "8.8.8.8", reach.Undecided},
	} {
		var assume []string
		if row.assume != "" {
			assume = append(assume, row.assume)
		}
		f := compile(t, network, servicetag.Symbolic(), assume...)
		a := explore(t, f, in("tcp/443", "v/a", row.to))
		if a.Verdict() != row.want {
			t.Errorf("%q to %s: want %s, got %s", row.assume, row.to, row.want, describe(a))
		}
		if how := "--assume gateway.learnedRoutes=private settles it, if that is so"; row.assume == "" && !strings.Contains(describe(a), how) {
			t.Errorf("an open point says how to settle it: %s", describe(a))
		}
	}
}

// What an answer rests on is listed even when it does not turn on it.
func TestAssumptionsAreListed(t *testing.T) {
	f := compile(t, lab{app: items(NSG("g"), toNVA)}.net(t), servicetag.Symbolic())
	for _, row := range []struct {
		ask  question
		want string
	}{
		{in("tcp/443", "v/app", "v/db"), "receiverExists"},
		{in("tcp/443", "203.0.113.9", "v/app"), "vnetTag.defaultRoute"},
		{in("tcp/443", "203.0.113.9", "v/app"), "frontendExists"},
	} {
		found := false
		for _, a := range explore(t, f, row.ask).Assumptions {
			found = found || a.Name == row.want && a.Label != fabric.Uncertain
		}
		if !found {
			t.Errorf("%+v does not list %s", row.ask, row.want)
		}
	}
	a := explore(t, f, in("tcp/443", "nic:vmd", "nic:vmb"))
	if len(a.Assumptions) > 0 {
		t.Errorf("between two interfaces nothing is assumed, got %+v", a.Assumptions)
	}
}
