package compare

import (
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/plain"
)

// TestStatedAppliances is the way through appliances whose policy the user states:
// what it lets pass, which source the other end sees, and the way back, which a
// stateful one must see unless it translates.
func TestStatedAppliances(t *testing.T) {
	to := func(prefixes ...string) Item {
		var routes []Item
		for _, p := range prefixes {
			routes = append(routes, Route(p, "10.1.9.4"))
		}
		return Routes("rt-app", routes...)
	}
	back := items(Routes("rt-db", Route("10.1.1.0/24", "10.1.9.4")))
	stated := func(translates azure.Translation, rules ...string) []Item {
		return items(Stated("10.1.9.4", translates, rules...))
	}
	const anything = "allow any * > *"
	ha := items(Balancer("ha", "Standard", "10.1.9.9", Balance("All", 0, 0, 0)))
	for _, row := range []way{
		{"T72", "ASY-2, it translates, so that the reply comes back by itself", farm{app: items(to("10.1.2.0/24")), more: stated(azure.TranslatesEverything, anything)}, "tcp 10.1.1.4 -> 10.1.2.4:443", "allow private 10.1.9.4"},
		{"T72", "ASY-2, without translation the reply goes past it", farm{app: items(to("10.1.2.0/24")), more: stated(azure.TranslatesNothing, anything)}, "tcp 10.1.1.4 -> 10.1.2.4:443", "deny returnPath"},
		{"ASY-2", "of UDP it may take the reply for a flow", farm{app: items(to("10.1.2.0/24")), more: stated(azure.TranslatesNothing, anything)}, "udp 10.1.1.4 -> 10.1.2.4:53", "undecided"},
		{"ASY-2", "one without state does not mind", farm{app: items(to("10.1.2.0/24")), more: items(Stateless("10.1.9.4", azure.TranslatesNothing, anything))}, "tcp 10.1.1.4 -> 10.1.2.4:443", "allow"},
		{"ASY-1", "routed back through it the flow works", farm{app: items(to("10.1.2.0/24")), db: back, more: stated(azure.TranslatesNothing, anything)}, "tcp 10.1.1.4 -> 10.1.2.4:443", "allow"},
		{"RT-48", "its own policy decides", farm{app: items(to("10.1.2.0/24")), db: back, more: stated(azure.TranslatesNothing, "allow tcp 10.1.1.0/24 > * 443")}, "tcp 10.1.1.4 -> 10.1.2.4:22", "deny nic"},
		{"RT-48", "the first rule that matches", farm{app: items(to("10.1.2.0/24")), db: back, more: stated(azure.TranslatesNothing, "deny tcp * > * 443", anything)}, "tcp 10.1.1.4 -> 10.1.2.4:443", "deny nic"},
		{"PIPE-3", "the receiver's group sees the sender", farm{app: items(to("10.1.2.0/24")), db: append(items(NSG("g", AllowIn(100, "*", "10.1.1.4/32", "*", "*"), DenyIn(200, "*", "*", "*", "*"))), back...), more: stated(azure.TranslatesNothing, anything)}, "tcp 10.1.1.4 -> 10.1.2.4:443", "allow"},
		{"PIPE-3", "or the appliance, where it translates", farm{app: items(to("10.1.2.0/24")), db: items(NSG("g", AllowIn(100, "*", "10.1.9.4/32", "*", "*"), DenyIn(200, "*", "*", "*", "*"))), more: stated(azure.TranslatesEverything, anything)}, "tcp 10.1.1.4 -> 10.1.2.4:443", "allow private 10.1.9.4"},
		{"PIPE-3", "and the appliance's own group what it sends", farm{app: items(to("10.1.2.0/24")), nva: items(NSG("n", DenyOut(100, "tcp", "10.1.1.0/24", "*", "443"))), db: back, more: stated(azure.TranslatesNothing, anything)}, "tcp 10.1.1.4 -> 10.1.2.4:443", "deny deny-out-100"},
		{"PIPE-3", "its own group sees what it translates for the internet translated", farm{app: items(to("0.0.0.0/0")), nva: items(NSG("n", AllowIn(100, "*", "*", "*", "*"), DenyOut(100, "*", "10.1.9.4/32", "Internet", "*"))), nva1: items(PublicIP("Standard", "20.9.0.7")), more: stated(azure.TranslatesInternet, anything)}, "tcp 10.1.1.4 -> 8.8.8.8:443", "deny deny-out-100"},
		{"PIPE-3", "and no longer as it came", farm{app: items(to("0.0.0.0/0")), nva: items(NSG("n", AllowIn(100, "*", "*", "*", "*"), DenyOut(100, "*", "10.1.1.0/24", "Internet", "*"))), nva1: items(PublicIP("Standard", "20.9.0.7")), more: stated(azure.TranslatesInternet, anything)}, "tcp 10.1.1.4 -> 8.8.8.8:443", "allow public 20.9.0.7"},
		{"PIPE-3", "with a source port that is not known", farm{app: items(to("0.0.0.0/0")), nva: items(NSG("n", AllowIn(100, "*", "*", "*", "*"), DenyOut(100, "*", "*", "Internet", "*", SourcePorts("2000-3000")))), nva1: items(PublicIP("Standard", "20.9.0.7")), more: stated(azure.TranslatesInternet, anything)}, "tcp 10.1.1.4 -> 8.8.8.8:443", "undecided which port"},
		{"PIPE-3", "which does not matter where it is blocked in any case", farm{app: items(to("0.0.0.0/0")), nva: items(NoDefaultOutbound(), NSG("n", AllowIn(100, "*", "*", "*", "*"), DenyOut(100, "*", "*", "Internet", "*", SourcePorts("2000-3000")))), more: stated(azure.TranslatesInternet, anything)}, "tcp 10.1.1.4 -> 8.8.8.8:443", "deny RT-33"},
		{"PIPE-3", "nor that the least port is denied", farm{app: items(to("0.0.0.0/0")), nva: items(NoDefaultOutbound(), NSG("n", AllowIn(100, "*", "*", "*", "*"), DenyOut(100, "*", "*", "Internet", "*", SourcePorts("1000-3000")))), more: stated(azure.TranslatesInternet, anything)}, "tcp 10.1.1.4 -> 8.8.8.8:443", "deny deny-out-100"},
		{"ASG-2", "at an appliance a rule for a group is for its members alone", farm{app: items(to("10.1.2.0/24")), vmd: items(ASG("db")), nva: items(NSG("n", AllowIn(100, "*", "*", "asg:db", "*"), DenyIn(200, "*", "*", "*", "*"))), db: back, more: append(stated(azure.TranslatesNothing, anything), ASG("db"))}, "tcp 10.1.1.4 -> 10.1.2.4:443", "deny deny-in-200"},
		{"ASG-2", "whether it holds for what a member forwards is not known", farm{app: items(to("10.1.2.0/24")), nva: items(NSG("n", AllowIn(100, "*", "*", "asg:db", "*"), DenyIn(200, "*", "*", "*", "*"))), nva1: items(ASG("db")), db: back, more: append(stated(azure.TranslatesNothing, anything), ASG("db"))}, "tcp 10.1.1.4 -> 10.1.2.4:443", "undecided ASG-2"},
		{"ASG-2", "where it is denied either way the rule that certainly matches is named", farm{app: items(to("10.1.2.0/24")), nva: items(NSG("n", DenyIn(100, "*", "*", "asg:db", "*"), DenyIn(200, "*", "*", "*", "*"))), nva1: items(ASG("db")), db: back, more: append(stated(azure.TranslatesNothing, anything), ASG("db"))}, "tcp 10.1.1.4 -> 10.1.2.4:443", "deny deny-in-200"},
		{"ASG-2", "at the far side it stands for its members' addresses", farm{app: items(to("10.1.2.0/24")), vma: items(ASG("app")), nva: items(NSG("n", AllowIn(100, "*", "asg:app", "*", "*"), DenyIn(200, "*", "*", "*", "*"))), db: back, more: append(stated(azure.TranslatesNothing, anything), ASG("app"))}, "tcp 10.1.1.4 -> 10.1.2.4:443", "allow"},
		{"ASG-2", "what an appliance sends on has no group of its own side", farm{app: items(to("10.1.2.0/24")), vma: items(ASG("app")), nva: items(NSG("n", DenyOut(100, "*", "asg:app", "*", "*"))), db: back, more: append(stated(azure.TranslatesNothing, anything), ASG("app"))}, "tcp 10.1.1.4 -> 10.1.2.4:443", "allow"},
		{"ASG-2", "what it translates is its own", farm{app: items(to("10.1.2.0/24")), nva: items(NSG("n", DenyOut(100, "*", "asg:nva", "*", "*"))), nva1: items(ASG("nva")), more: append(stated(azure.TranslatesEverything, anything), ASG("nva"))}, "tcp 10.1.1.4 -> 10.1.2.4:443", "deny deny-out-100"},
		{"RT-31", "to the internet with its own public address", farm{app: items(to("0.0.0.0/0")), nva1: items(PublicIP("Standard", "20.9.0.7")), more: stated(azure.TranslatesInternet, anything)}, "tcp 10.1.1.4 -> 8.8.8.8:443", "allow public 20.9.0.7"},
		{"RT-31", "untranslated nowhere", farm{app: items(to("0.0.0.0/0")), nva1: items(PublicIP("Standard", "20.9.0.7")), more: stated(azure.TranslatesNothing, anything)}, "tcp 10.1.1.4 -> 8.8.8.8:443", "deny untranslated"},
		{"RT-33", "from a private subnet nowhere either", farm{app: items(to("0.0.0.0/0")), nva: items(NoDefaultOutbound()), more: stated(azure.TranslatesInternet, anything)}, "tcp 10.1.1.4 -> 8.8.8.8:443", "deny RT-33"},
		{"RT-46", "a hub and two spokes", hubWithAppliance{forwarded: true}, "tcp 10.2.1.4 -> 10.3.1.4:443", "allow"},
		{"RT-46", "that takes no forwarded traffic", hubWithAppliance{}, "tcp 10.2.1.4 -> 10.3.1.4:443", "deny peering"},
		{"PLAT-4", "what it sends on may be for a licensing server, as what it sends", farm{app: items(to("23.102.135.246/32")), nva: items(NSG("n", AllowIn(100, "*", "*", "*", "*"), DenyOut(100, "*", "*", "*", "*"))), nva1: items(PublicIP("Standard", "20.9.0.7")), more: stated(azure.TranslatesInternet, anything)}, "tcp 10.1.1.4 -> 23.102.135.246:1688", "undecided"},
		{"PLAT-4", "what goes to another port is not", farm{app: items(to("23.102.135.246/32")), nva: items(NSG("n", AllowIn(100, "*", "*", "*", "*"), DenyOut(100, "*", "*", "*", "*"))), nva1: items(PublicIP("Standard", "20.9.0.7")), more: stated(azure.TranslatesInternet, anything)}, "tcp 10.1.1.4 -> 23.102.135.246:443", "deny deny-out-100"},
		{"RT-44", "of what an appliance has translated the reply is dropped, whoever gets it", ownPublicBehindHub{}, "tcp 10.2.1.4 -> 20.9.0.8:443", "deny RT-44"},
		{"RT-44", "where it is not dropped it is not known whether somebody gets it", ownPublicBehindHub{forwarded: true}, "tcp 10.2.1.4 -> 20.9.0.8:443", "undecided"},
		{"RT-49", "its own subnet sends it what it forwards", farm{app: items(to("10.1.2.0/24")), nva: items(Routes("rt-nva", Route("10.1.2.0/24", "10.1.9.4"))), more: stated(azure.TranslatesNothing, anything)}, "tcp 10.1.1.4 -> 10.1.2.4:443", "deny to-10.1.2.0-24"},
		{"RT-49", "two that send to each other", farm{app: items(to("10.1.2.0/24")), nva: items(Routes("rt-nva", Route("10.1.2.0/24", "10.1.9.5"))), more: append(stated(azure.TranslatesNothing, anything), Stated("10.1.9.5", azure.TranslatesNothing, anything))}, "tcp 10.1.1.4 -> 10.1.2.4:443", "deny to-10.1.2.0-24"},
		{"RT-17", "an appliance behind an appliance", chain(anything, anything), "tcp 10.1.1.4 -> 10.1.2.4:443", "allow"},
		{"RT-17", "of which the second denies", chain(anything, "deny tcp * > * 443"), "tcp 10.1.1.4 -> 10.1.2.4:443", "deny nic"},
		{"RT-17", "of which nobody states the second", chain(anything), "tcp 10.1.1.4 -> 10.1.2.4:443", "undecided"},
		{"RT-17", "two behind a load balancer that translate", farm{app: items(Routes("rt", Route("10.1.2.0/24", "10.1.9.9"))), nva: ha, nva1: items(Behind("ha")), nva2: items(Behind("ha")), more: items(Stated("10.1.9.9", azure.TranslatesInternet, anything))}, "tcp 10.1.1.4 -> 10.1.2.4:443", "deny returnPath"},
		{"RT-17", "two behind a load balancer: which sees the reply is not known", farm{app: items(Routes("rt", Route("10.1.2.0/24", "10.1.9.9"))), db: items(Routes("rt-db", Route("10.1.1.0/24", "10.1.9.9"))), nva: ha, nva1: items(Behind("ha")), nva2: items(Behind("ha")), more: items(Stated("10.1.9.9", azure.TranslatesNothing, anything))}, "tcp 10.1.1.4 -> 10.1.2.4:443", "undecided same appliance"},
		{"RT-17", "one behind a load balancer", farm{app: items(Routes("rt", Route("10.1.2.0/24", "10.1.9.9"))), db: items(Routes("rt-db", Route("10.1.1.0/24", "10.1.9.9"))), nva: ha, nva1: items(Behind("ha")), more: items(Stated("10.1.9.9", azure.TranslatesNothing, anything))}, "tcp 10.1.1.4 -> 10.1.2.4:443", "allow"},
		{"RT-31", "two behind a load balancer leave with the address of either", farm{app: items(Routes("rt", Route("0.0.0.0/0", "10.1.9.9"))), nva: ha, nva1: items(Behind("ha"), PublicIP("Standard", "20.9.0.7")), nva2: items(Behind("ha"), PublicIP("Standard", "20.9.0.8")), more: items(Stated("10.1.9.9", azure.TranslatesEverything, anything))}, "tcp 10.1.1.4 -> 8.8.8.8:443", "allow unknown"},
		{"ASY-3", "a call from outside whose reply goes to it", farm{app: items(to("0.0.0.0/0"), NSG("g", AllowIn(100, "*", "*", "*", "*"))), vma: items(PublicIP("Standard", "20.9.0.4")), more: stated(azure.TranslatesInternet, anything)}, "tcp 203.0.113.9 -> 10.1.1.4:443", "deny returnPath"},
		{"RT-17", "IPv6 that a route leads to an IPv4 address", twoFamilies{"10.1.9.4"}, "tcp fd00:db8:0:1::9 -> [fd00:db8:0:2::4]:443", "undecided another address family"},
		{"RT-17", "IPv6 that a route leads to an IPv6 address", twoFamilies{"fd00:db8:0:9::4"}, "tcp fd00:db8:0:1::9 -> [fd00:db8:0:2::4]:443", "allow private fd00:db8:0:9::4"},
	} {
		t.Run(row.id+" "+row.note, row.check)
	}
}

// chain is a farm whose first appliance sends on to the second, and back.
func chain(policies ...string) farm {
	f := farm{app: items(Routes("rt-app", Route("10.1.2.0/24", "10.1.9.4"))), db: items(Routes("rt-db", Route("10.1.1.0/24", "10.1.8.4"))),
		nva:  items(Routes("rt-nva", Route("10.1.2.0/24", "10.1.8.4"))),
		vnet: items(Subnet("inner", "10.1.8.0/24", Routes("rt-inner", Route("10.1.1.0/24", "10.1.9.4")), NIC("nva3", "10.1.8.4", Forwarding())))}
	for i, address := range []string{"10.1.9.4", "10.1.8.4"}[:len(policies)] {
		f.more = append(f.more, Stated(address, azure.TranslatesNothing, policies[i]))
	}
	return f
}

// taking is of a peering that takes forwarded traffic or not.
func taking(forwarded bool) []Item {
	if forwarded {
		return items(Forwarded())
	}
	return nil
}

// hubWithAppliance is a hub with an appliance and two spokes that lead to each other
// through it, and take forwarded traffic or not.
type hubWithAppliance struct{ forwarded bool }

func (h hubWithAppliance) net(t testing.TB) *azure.Network {
	t.Helper()
	link := taking(h.forwarded)
	return Net(t,
		VNet("hub", "10.0.0.0/16", Subnet("nva", "10.0.9.0/24", NIC("nva", "10.0.9.4", Forwarding())), Peer("s1"), Peer("s2")),
		VNet("s1", "10.2.0.0/16", Subnet("a", "10.2.1.0/24", Routes("r1", Route("10.3.0.0/16", "10.0.9.4"))), Peer("hub", link...)),
		VNet("s2", "10.3.0.0/16", Subnet("b", "10.3.1.0/24", Routes("r2", Route("10.2.0.0/16", "10.0.9.4"))), Peer("hub", link...)),
		Stated("10.0.9.4", azure.TranslatesNothing, "allow any * > *"))
}

// ownPublicBehindHub is a spoke that sends all to an appliance in the hub, which
// translates it, and takes forwarded traffic or not; the hub has a machine with a
// public address.
type ownPublicBehindHub struct{ forwarded bool }

func (h ownPublicBehindHub) net(t testing.TB) *azure.Network {
	t.Helper()
	link := taking(h.forwarded)
	return Net(t,
		VNet("hub", "10.0.0.0/16", Subnet("nva", "10.0.9.0/24", NIC("nva", "10.0.9.4", Forwarding(), PublicIP("Standard", "20.9.0.7"))),
			Subnet("db", "10.0.1.0/24", NSG("g", AllowIn(100, "*", "*", "*", "*")), NIC("m", "10.0.1.4", PublicIP("Standard", "20.9.0.8"))), Peer("s1")),
		VNet("s1", "10.2.0.0/16", Subnet("a", "10.2.1.0/24", Routes("r1", Route("0.0.0.0/0", "10.0.9.4"))), Peer("hub", link...)),
		Stated("10.0.9.4", azure.TranslatesInternet, "allow any * > *"))
}

// twoFamilies is a network with IPv6 that a route leads to an appliance with an
// address of one family, which translates.
type twoFamilies struct{ address string }

func (x twoFamilies) net(t testing.TB) *azure.Network {
	t.Helper()
	return Net(t,
		VNet("v", "10.1.0.0/16,fd00:db8::/48",
			Subnet("app", "10.1.1.0/24,fd00:db8:0:1::/64", Routes("rt", Route("fd00:db8:0:2::/64", x.address))),
			Subnet("db", "10.1.2.0/24,fd00:db8:0:2::/64"),
			Subnet("nva", "10.1.9.0/24,fd00:db8:0:9::/64", NIC("nva", x.address, Forwarding()))),
		Stated(x.address, azure.TranslatesEverything, "allow any * > *"))
}

// TAG-23: where an open point denies packets with some of the source ports that an
// appliance may give, and not with the least, the answer turns on it.
func TestOpenPointOfAnotherPortThanTheLeast(t *testing.T) {
	network := farm{app: items(Routes("rt", Route("0.0.0.0/0", "10.1.9.4"))),
		nva: items(Routes("rt-nva", Route("8.0.0.0/8", "10.1.9.5"), Route("8.8.8.8/32", "Internet")),
			NSG("n", AllowIn(100, "*", "*", "*", "*"), DenyOut(100, "*", "*", "Internet", "*", SourcePorts("2000-3000")), AllowOut(200, "*", "*", "*", "*"))),
		nva1: items(PublicIP("Standard", "20.9.0.7")), more: items(Stated("10.1.9.4", azure.TranslatesEverything, "allow any * > *"))}.net(t)
	both := pairOf(t, network)
	q := plain.Question{From: network.Subnets()[0].ID, Packet: readPacket(t, "tcp 10.1.1.4 -> 8.8.8.8:443")}
	both.agree(t, q)
	if answer, err := both.slow.Settled(q); err != nil || answer.Verdict != plain.Undecided || len(answer.TurnsOn) != 1 || answer.TurnsOn[0] != "internet.minusVnetTag" {
		t.Errorf("%v, %v", answer, err)
	}
}
