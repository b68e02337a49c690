package lab_test

import (
	"flag"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/lab"
	"github.com/wayleave/wayleave/internal/plain"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares a text with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s differs; -update accepts:\n%s", file, cmp.Diff(string(want), got))
	}
}

func prefixes(texts ...string) []netip.Prefix {
	var list []netip.Prefix
	for _, s := range texts {
		list = append(list, netip.MustParsePrefix(s))
	}
	return list
}

// hubAndSpoke has one of everything: groups on subnet and interface, a route to
// an appliance in the other network, to a tag, to nowhere; public addresses
// open and closed; a peering that does not let forwarded packets in.
func hubAndSpoke(t *testing.T) *azure.Network {
	return Net(t,
		VNet("hub", "10.0.0.0/24",
			Subnet("nva", "10.0.0.0/28", NIC("fw", "10.0.0.4", Forwarding(), PublicIP("Standard", "20.1.2.3"))),
			Peer("spoke", Forwarded())),
		VNet("spoke", "10.1.0.0/16",
			Subnet("app", "10.1.1.0/24",
				NSG("nsg-app",
					AllowIn(100, "tcp", "Internet", "10.1.1.4", "443,8080-8090,8085-8100"),
					AllowIn(110, "*", "VirtualNetwork", "asg:web", "22"),
					DenyIn(120, "icmp", "*", "*", "*"),
					DenyOut(100, "*", "*", "AzurePlatformDNS", "*"),
					AllowOut(110, "tcp", "*", "Storage", "443"),
					DenyOut(120, "*", "*", "Internet", "*")),
				Routes("rt-app", Route("0.0.0.0/0", "10.0.0.4"), Route("Storage", "Internet"), Route("10.1.9.0/24", "None")),
				NIC("vma", "10.1.1.4", ASG("web"), UseNSG("nsg-nic"), PublicIP("Basic", "20.1.2.4"))),
			Subnet("db", "10.1.2.0/28", NSG("nsg-nic", DenyIn(100, "udp", "*", "*", "*"))),
			Peer("hub")))
}

var storage = plain.Tags{"storage": {Prefixes: prefixes("20.60.0.0/16", "20.60.1.0/24", "2603:1020::/32", "52.239.0.0/17")}}

func TestPlanGolden(t *testing.T) {
	golden(t, "hub-and-spoke.plan", lab.Compile(hubAndSpoke(t), storage, plain.Documented()).String())
}

// What an input calls a rule is a comment of a ruleset and no command of one, nor of
// a shell.
func TestNamesAreNoCommands(t *testing.T) {
	const evil = "x\" ; }\nflush ruleset\n#\\"
	n := Net(t, VNet("v", "10.1.0.0/16",
		Subnet("app", "10.1.1.0/24", NSG("g", DenyIn(100, "tcp", "198.51.100.1", "*", "22", Named(evil))), NIC("a", "10.1.1.4")),
		Subnet(FirewallSubnetName, "10.1.9.0/26")),
		Firewall("fw", "v", "10.1.9.4", Egress("ip", "20.1.2.3"), Collection(evil, 200, azure.FirewallAllow, NetworkRule(evil, "TCP", "*", "192.0.2.1", "22"))))
	plan := lab.Compile(n, plain.Tags{}, plain.Documented()).String()
	for line := range strings.Lines(plan) {
		if strings.HasPrefix(strings.TrimSpace(line), "flush ruleset") || strings.Contains(line, "x\"") {
			t.Errorf("a name ends its comment: %s", line)
		}
	}
	if strings.Count(plan, "x? ; }?flush ruleset?#?") < 2 {
		t.Errorf("the rules are not named:\n%s", plan)
	}
}

// Two runs print the same bytes.
func TestPlanIsStable(t *testing.T) {
	n := hubAndSpoke(t)
	first := lab.Compile(n, storage, plain.Documented()).String()
	for range 20 {
		if again := lab.Compile(n, storage, plain.Documented()).String(); again != first {
			t.Fatal("two plans of one network differ:\n" + cmp.Diff(first, again))
		}
	}
}

// What the lab cannot reproduce it says, for the packets that meet it.
func TestLimits(t *testing.T) {
	n := Net(t,
		VNet("v", "10.1.0.0/16",
			Subnet("plain", "10.1.1.0/24"),
			Subnet("gated", "10.1.2.0/24", Routes("rt", Route("203.0.113.0/24", "VirtualNetworkGateway"), Route("20.9.0.0/16", "None"), Route("10.1.2.0/24", "10.1.2.4")), NIC("vm", "10.1.2.4")),
			Subnet("endpoint", "10.1.3.0/24", Endpoint("Microsoft.Storage")),
			Subnet("private", "10.1.6.0/24", PrivateEndpoint("pe", "10.1.6.9")),
			Subnet("chosen", "10.1.7.0/24", PrivateEndpoint("other", "?pe")),
			Subnet("vague", "10.1.5.0/24", Routes("rt-vague", RouteOfUnknownType("20.9.0.0/16", "hop"))),
			Subnet("open", "10.1.4.0/24", NSG("nsg", AllowIn(100, "tcp", "?admin", "*", "22")))))
	p := lab.Compile(n, nil, plain.Documented())
	for _, c := range []struct {
		what             string
		from             string
		source, to       string
		protocol         uint8
		want             string
		sourcePort, port uint16
	}{
		{"within what is reproduced", "plain", "10.1.1.4", "8.8.8.8", lab.TCP, "", 50000, 443},
		{"to a gateway", "gated", "10.1.2.4", "203.0.113.9", lab.TCP, "the route to-203.0.113.0-24 leads to a gateway, which is not reproduced", 50000, 443},
		{"beside the gateway's route", "gated", "10.1.2.4", "203.0.114.9", lab.TCP, "", 50000, 443},
		{"with a service endpoint", "endpoint", "10.1.3.4", "8.8.8.8", lab.TCP, "service endpoints of endpoint are not reproduced", 50000, 443},
		{"to a subnet with an unknown rule", "plain", "10.1.1.4", "10.1.4.4", lab.TCP, "rule allow-in-100 of nsg: the address admin is not known", 50000, 22},
		{"where a route's next hop is not known, which the tag VirtualNetwork depends on", "vague", "10.1.5.4", "8.8.8.8", lab.TCP, "not all of the route hop is known", 50000, 443},
		{"to a private endpoint", "plain", "10.1.1.4", "10.1.6.9", lab.TCP, "", 50000, 443},
		{"an echo to it", "plain", "10.1.1.4", "10.1.6.9", lab.ICMP, "what private endpoints do with protocols other than TCP and UDP is not known", 0, 0},
		{"to what may be one, where the model decides what does not turn on it", "plain", "10.1.1.4", "10.1.7.8", lab.TCP, "", 50000, 443},
		{"from outside with a private address", "", "172.31.9.9", "10.1.1.4", lab.TCP, "the internet outside carries no private addresses", 50000, 443},
		{"from a host to itself through an appliance", "gated", "10.1.2.4", "10.1.2.4", lab.TCP, "what a host sends to itself by way of an appliance is not reproduced", 50000, 443},
		{"from a private endpoint", "private", "10.1.6.9", "8.8.8.8", lab.TCP, "a private endpoint sends nothing by itself", 50000, 443},
		{"another protocol", "plain", "10.1.1.4", "8.8.8.8", 50, "packets of protocol 50 are not sent", 0, 0},
		{"to port 0", "plain", "10.1.1.4", "8.8.8.8", lab.UDP, "no program can listen at port 0", 50000, 0},
		{"an echo, which has no port", "plain", "10.1.1.4", "8.8.8.8", lab.ICMP, "", 0, 0},
		{"to the host itself", "plain", "10.1.1.4", "127.0.0.1", lab.TCP, "Linux carries no packets of 0.0.0.0/8 and 127.0.0.0/8", 50000, 443},
	} {
		q := lab.Probe{
			Protocol: c.protocol, Source: netip.MustParseAddr(c.source), Destination: netip.MustParseAddr(c.to),
			SourcePort: c.sourcePort, DestinationPort: c.port, From: SubnetID("v", c.from),
		}
		if c.from == "" {
			q.From, q.To = "", SubnetID("v", "plain")
		}
		got := p.Limits(q)
		var want []string
		if c.want != "" {
			want = []string{c.want}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", c.what, d)
		}
	}
}
