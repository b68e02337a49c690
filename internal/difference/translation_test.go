package difference_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/difference"
	"github.com/wayleave/wayleave/internal/flow"
)

// A group sees packets as load balancers, firewalls and appliances have translated
// them: a changed rule matters for those that were sent to, or come by, others.
func TestRulesBehindTranslationDecideForOthers(t *testing.T) {
	const from, member = "10.1.2.0/24", "10.1.1.4"
	for _, x := range []struct {
		name, denied string // by the new rule
		net          func(group Item) *azure.Network
		closed       string
	}{
		{"what a load balancer gives to a member", "tcp 10.1.2.0/24 10.1.1.4 8443", func(g Item) *azure.Network {
			return Net(t, VNet("v", "10.1.0.0/16",
				Subnet("app", "10.1.1.0/24", g, NIC("m", member, Behind("lb"))),
				Subnet("web", from, Balancer("lb", "Standard", "10.1.2.9", Balance("Tcp", 443, 8443, 0)))))
		}, "tcp 10.1.2.5 -> 10.1.2.9:443"},
		{"the probes of a load balancer", "tcp AzureLoadBalancer * 8080", func(g Item) *azure.Network {
			return Net(t, VNet("v", "10.1.0.0/16",
				Subnet("app", "10.1.1.0/24", g, NIC("m", member, Behind("lb"))),
				Subnet("web", from, Balancer("lb", "Standard", "10.1.2.9", Balance("Tcp", 443, 443, 8080)))))
		}, "tcp 10.1.2.5 -> 10.1.2.9:443"},
		{"what a firewall has translated", "tcp 10.1.9.0/26 10.1.1.4 443", func(g Item) *azure.Network {
			return Net(t, VNet("v", "10.1.0.0/16",
				Subnet("app", "10.1.1.0/24", g, Routes("back", Route(from, "10.1.9.4")), NIC("m", member)),
				Subnet("web", from, Routes("rt", Route("10.1.1.0/24", "10.1.9.4"))), Subnet(FirewallSubnetName, "10.1.9.0/26")),
				Firewall("fw", "v", "10.1.9.4", Egress("ip", "20.1.2.3"), PrivateRanges("192.168.0.0/16"), Collection("c", 200, azure.FirewallAllow, NetworkRule("r", "TCP", "*", "*", "*"))))
		}, "tcp 10.1.2.5 -> 10.1.1.4:443"},
		{"what a NAT rule leads on", "tcp 10.1.9.0/26 10.1.1.4 8443", func(g Item) *azure.Network {
			return Net(t, VNet("v", "10.1.0.0/16",
				Subnet("app", "10.1.1.0/24", g, NIC("m", member)),
				Subnet("web", from), Subnet(FirewallSubnetName, "10.1.9.0/26")),
				Firewall("fw", "v", "10.1.9.4", Egress("ip", "20.1.2.3"), Collection("c", 200, azure.FirewallDNAT, NATRule("r", "TCP", "*", "10.1.9.4", "443", "10.1.1.4:8443"))))
		}, "tcp 10.1.2.5 -> 10.1.9.4:443"},
		{"what an appliance has translated", "tcp 10.1.9.4 10.1.1.4 443", func(g Item) *azure.Network {
			return Net(t, VNet("v", "10.1.0.0/16",
				Subnet("app", "10.1.1.0/24", g, NIC("m", member)),
				Subnet("web", from, Routes("rt", Route("10.1.1.0/24", "10.1.9.4"))), Subnet("nva", "10.1.9.0/26", NIC("nva", "10.1.9.4", Forwarding()))),
				Stated("10.1.9.4", azure.TranslatesEverything, "allow any * > *"))
		}, "tcp 10.1.2.5 -> 10.1.1.4:443"},
		{"the probes of the load balancer that a route leads to", "tcp AzureLoadBalancer * 8080", func(g Item) *azure.Network {
			return Net(t, VNet("v", "10.1.0.0/16",
				Subnet("app", "10.1.1.0/24", NIC("m", member)),
				Subnet("web", from, Routes("rt", Route("10.1.1.0/24", "10.1.9.9"))),
				Subnet("nva", "10.1.9.0/26", g, NIC("nva", "10.1.9.4", Forwarding(), Behind("ha")), Balancer("ha", "Standard", "10.1.9.9", Balance("All", 0, 0, 8080)))),
				Stated("10.1.9.9", azure.TranslatesEverything, "allow any * > *"))
		}, "tcp 10.1.2.5 -> 10.1.1.4:443"},
	} {
		t.Run(x.name, func(t *testing.T) {
			r := strings.Fields(x.denied)
			a := compare(t, x.net(NSG("g", AllowIn(200, "*", "*", "*", "*"))), x.net(NSG("g", DenyIn(100, r[0], r[1], r[2], r[3]), AllowIn(200, "*", "*", "*", "*"))), "defaults")
			if !a.ClosedSpace().Contains(packet(x.closed)) {
				t.Errorf("%s is not told as closed; opened %v, closed %v, undecided %v", x.closed, a.OpenedSpace(), a.ClosedSpace(), a.Undecided)
			}
		})
	}
}

// packet is one such as "tcp 10.1.2.5 -> 10.1.2.9:443".
func packet(text string) flow.Packet {
	w := strings.Fields(text)
	to := netip.MustParseAddrPort(w[3])
	return flow.Packet{Protocol: flow.TCP, Source: flow.AddressOf(netip.MustParseAddr(w[1])), Destination: flow.AddressOf(to.Addr()), SourcePort: 49152, DestinationPort: to.Port()}
}

// What comes from the internet to a public address is in no subnet's packets.
func TestPublicAddressesOpenAndClose(t *testing.T) {
	app := Subnet("app", "10.1.1.0/24", NSG("g", AllowIn(200, "*", "*", "*", "*")), NIC("m", "10.1.1.4", Behind("lb")))
	firewall := func(rules ...Item) *azure.Network {
		return Net(t, VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24"), Subnet(FirewallSubnetName, "10.1.9.0/26")),
			Firewall("fw", "v", "10.1.9.4", append([]Item{Egress("ip", "20.1.2.3")}, rules...)...))
	}
	balancer := func(rules ...Item) *azure.Network {
		return Net(t, VNet("v", "10.1.0.0/16", app), Balancer("lb", "Standard", "20.9.0.9", rules...))
	}
	guarded := func(rules ...Item) *azure.Network {
		return Net(t, VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24", NSG("g", append(rules, AllowIn(200, "*", "*", "*", "*"))...), NIC("m", "10.1.1.4", Behind("lb")))),
			Balancer("lb", "Standard", "20.9.0.9", Balance("Tcp", 443, 8443, 0)))
	}
	for _, x := range []struct {
		name     string
		old, now *azure.Network
		opened   string
	}{
		{"a NAT rule more", firewall(), firewall(Collection("c", 200, azure.FirewallDNAT, NATRule("r", "TCP", "*", "20.1.2.3", "443", "10.1.1.4:8443"))), "tcp 8.8.8.8 -> 20.1.2.3:443"},
		{"a rule of a load balancer more", balancer(), balancer(Balance("Tcp", 443, 443, 0)), "tcp 8.8.8.8 -> 20.9.0.9:443"},
		{"a Deny less at its member", guarded(DenyIn(100, "tcp", "*", "10.1.1.4", "8443")), guarded(), "tcp 8.8.8.8 -> 20.9.0.9:443"},
	} {
		t.Run(x.name, func(t *testing.T) {
			a, back := compare(t, x.old, x.now, "defaults"), compare(t, x.now, x.old, "defaults")
			if p := packet(x.opened); !a.OpenedSpace().Contains(p) || !back.ClosedSpace().Contains(p) {
				t.Errorf("%s: opened %v, and back closed %v", x.opened, a.OpenedSpace(), back.ClosedSpace())
			}
			for _, o := range a.Opened {
				if o.Space.Contains(packet(x.opened)) && (!slices.Contains(o.From, difference.Internet) || !strings.HasSuffix(o.To[0], "ip")) {
					t.Errorf("from %v to %v", o.From, o.To)
				}
			}
		})
	}
}
