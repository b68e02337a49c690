package lab_test

import (
	"net/netip"
	"testing"
	"time"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/lab"
	"github.com/wayleave/wayleave/internal/plain"
)

// ise is the network of the single-address recipe: four subnets whose route to
// one destination leads to a firewall in a subnet beside them.
func ise(t *testing.T, firewall ...Item) *azure.Network {
	t.Helper()
	route := Routes("rt", Route("198.51.100.0/24", "10.10.1.4"))
	return Net(t,
		VNet("v", "10.10.0.0/16",
			Subnet("a1", "10.10.0.0/27", route), Subnet("a2", "10.10.0.32/27", UseRoutes("rt")),
			Subnet("a3", "10.10.0.64/27", UseRoutes("rt")), Subnet("a4", "10.10.0.96/27", UseRoutes("rt")),
			Subnet("inner", "10.10.2.0/24", NSG("nsg-inner", AllowIn(100, "*", "*", "*", "*"))),
			Subnet("AzureFirewallSubnet", "10.10.1.0/26")),
		Firewall("fw", "v", "10.10.1.4", append([]Item{Egress("pip", "203.0.113.10")}, firewall...)...))
}

var sftpOnly = Collection("out", 200, azure.FirewallAllow, NetworkRule("sftp", "TCP", "10.10.0.0/25", "198.51.100.10", "22"))

// What the firewall's rules, its translation and the routes around it make of a
// packet.
func TestFirewall(t *testing.T) {
	a1, inner := SubnetID("v", "a1"), SubnetID("v", "inner")
	destination := "198.51.100.10"
	for _, c := range []struct {
		what     string
		firewall []Item
		probe    lab.Probe
		answered bool
		seen     string
	}{
		{"a rule allows the port", []Item{sftpOnly}, tcp(a1, "10.10.0.4", destination, 22), true, "203.0.113.10"},
		{"no rule allows the port", []Item{sftpOnly}, tcp(a1, "10.10.0.4", destination, 21), false, ""},
		{"a deny comes first", []Item{sftpOnly, Collection("stop", 100, azure.FirewallDeny, NetworkRule("all", "Any", "*", "*", "*"))}, tcp(a1, "10.10.0.4", destination, 22), false, ""},
		{"a parent's deny comes before a child's allow of lower number (P-13)", []Item{
			Policy("parent", Group("g", 500, Collection("stop", 500, azure.FirewallDeny, NetworkRule("all", "Any", "*", "198.51.100.10", "*")))),
			Policy("child", UsePolicy("parent"), Group("g", 100, sftpOnly)), UsePolicy("child")}, tcp(a1, "10.10.0.4", destination, 22), false, ""},
		{"the destination is one of its private ranges: untranslated, lost (C-15)", []Item{sftpOnly, PrivateRanges("198.51.100.0/24")}, tcp(a1, "10.10.0.4", destination, 22), false, ""},
		{"ICMP does not reach the internet (P-32)", []Item{Collection("out", 200, azure.FirewallAllow, NetworkRule("all", "Any", "*", "*", "*"))}, icmp(a1, "10.10.0.4", destination), false, ""},
		{"UDP does", []Item{Collection("out", 200, azure.FirewallAllow, NetworkRule("all", "Any", "*", "*", "*"))}, udp(a1, "10.10.0.4", destination, 53), true, "203.0.113.10"},
		{"without the route the platform translates", []Item{sftpOnly}, tcp(inner, "10.10.2.4", destination, 22), true, "192.0.0.16"},
	} {
		r := start(t, lab.Compile(ise(t, c.firewall...), nil, plain.Documented()))
		got := ask(t, r, c.probe, c.answered)
		if seen := seenText(got); got.Answered != c.answered || seen != c.seen {
			t.Errorf("%s (%v): answered %v, seen %q; want %v, %q", c.what, c.probe, got.Answered, seen, c.answered, c.seen)
		}
		r.Close()
	}
}

func seenText(p lab.Packet) string {
	if !p.Seen.IsValid() {
		return ""
	}
	return p.Seen.Addr().String()
}

// Of two public addresses each is seen now and then (S-20); behind a NAT gateway
// only the gateway's (S-24).
func TestFirewallWithSeveralAddresses(t *testing.T) {
	two := lab.Compile(ise(t, Egress("pip2", "203.0.113.11"), sftpOnly), nil, plain.Documented())
	gateway := lab.Compile(Net(t,
		VNet("v", "10.10.0.0/16",
			Subnet("a1", "10.10.0.0/27", Routes("rt", Route("198.51.100.0/24", "10.10.1.4"))),
			Subnet("AzureFirewallSubnet", "10.10.1.0/26", NATGateway("g"))),
		Gateway("g", "203.0.113.20", ""),
		Firewall("fw", "v", "10.10.1.4", Egress("pip", "203.0.113.10"), sftpOnly)), nil, plain.Documented())
	for _, c := range []struct {
		what string
		plan *lab.Plan
		want map[string]bool
	}{
		{"two addresses", two, map[string]bool{"203.0.113.10": true, "203.0.113.11": true}},
		{"a NAT gateway", gateway, map[string]bool{"203.0.113.20": true}},
	} {
		r := start(t, c.plan)
		var probes []lab.Probe
		for i := range 40 {
			p := tcp(SubnetID("v", "a1"), "10.10.0.4", "198.51.100.10", 22)
			p.SourcePort = uint16(50000 + i)
			probes = append(probes, p)
		}
		packets, err := r.Probe(probes, 20*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, p := range packets {
			seen[seenText(p)] = true
		}
		if len(seen) != len(c.want) {
			t.Errorf("%s: seen %v, want %v", c.what, seen, c.want)
		}
		for a := range c.want {
			if !seen[a] {
				t.Errorf("%s: %s is never seen", c.what, a)
			}
		}
	}
}

// NAT rules lead from outside and from within to a server inside, which sees the
// firewall's own address (L-14).
func TestFirewallTranslatesDestinations(t *testing.T) {
	p := lab.Compile(ise(t, Collection("in", 100, azure.FirewallDNAT,
		NATRule("web", "TCP", "*", "203.0.113.10", "8080", "10.10.2.9:80"), NATRule("ssh", "TCP", "10.10.0.0/25", "10.10.1.4", "2222", "10.10.2.9:22"))), nil, plain.Documented())
	r := start(t, p)
	from := func(subnet azure.ID, source, destination string, port uint16) lab.Probe {
		return lab.Probe{Protocol: lab.TCP, From: subnet, Source: netip.MustParseAddr(source), SourcePort: 50000, Destination: netip.MustParseAddr(destination), DestinationPort: port}
	}
	for _, c := range []struct {
		what  string
		probe lab.Probe
		seen  string
	}{
		{"from outside to the public address", from("", "20.1.1.1", "203.0.113.10", 8080), "10.10.1.5"},
		{"to a port beside it", from("", "20.1.1.1", "203.0.113.10", 8081), ""},
		{"to a port that only the server has", from("", "20.1.1.1", "203.0.113.10", 80), ""},
		{"from within to the private address", from(SubnetID("v", "a1"), "10.10.0.4", "10.10.1.4", 2222), "10.10.1.5"},
		{"to a port beside it", from(SubnetID("v", "a1"), "10.10.0.4", "10.10.1.4", 2223), ""},
	} {
		if limits := p.Limits(c.probe); len(limits) > 0 {
			t.Errorf("%s: %v", c.what, limits)
		}
		got := ask(t, r, c.probe, c.seen != "")
		if seen := seenText(got); seen != c.seen || got.Answered != (c.seen != "") {
			t.Errorf("%s: answered %v, seen %q, want %q", c.what, got.Answered, seen, c.seen)
		}
	}
}
