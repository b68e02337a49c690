package compare

import (
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/plain"
	"github.com/wayleave/wayleave/internal/plain/random"
)

// lab is a network with a subnet app (10.1.1.0/24) that has the given rules and
// routes, and an appliance 10.1.9.4 in a subnet nva, without IP forwarding.
func lab(rules []random.Rule, routes []random.Route, tags ...random.ServiceTag) *random.Network {
	n := &random.Network{
		VNets: []*random.VNet{{Name: "v", Space: nets("10.1.0.0/16,fd00::/48"), Subnets: []*random.Subnet{
			{Name: "app", Prefixes: nets("10.1.1.0/24,fd00::/64")}, {Name: "nva", Prefixes: nets("10.1.9.0/24")}}}},
		Interfaces:  []*random.Interface{{Name: "n", VNet: "v", Subnet: "nva", Addresses: []netip.Addr{netip.MustParseAddr("10.1.9.4")}}},
		ServiceTags: append(tags, random.ServiceTag{Name: "Other", Prefixes: nets("20.0.0.0/24")}),
	}
	app := n.VNets[0].Subnets[0]
	if rules != nil {
		n.Groups, app.Group = []*random.Group{{Name: "g", Rules: rules}}, "g"
	}
	if routes != nil {
		n.Tables, app.Table = []*random.Table{{Name: "t", Routes: routes}}, "t"
	}
	return n
}

func nets(texts string) []netip.Prefix {
	var list []netip.Prefix
	for text := range strings.SplitSeq(texts, ",") {
		list = append(list, must(text))
	}
	return list
}

// denyOut denies every protocol to some ports.
func denyOut(ports ...string) []random.Rule {
	return []random.Rule{{Name: "deny", Direction: "Outbound", Priority: 100, Access: "Deny", Protocol: "*",
		Source: []string{"*"}, SourcePorts: []string{"*"}, Destination: []string{"*"}, DestinationPorts: ports}}
}

func route(to, hop, address string) random.Route {
	return random.Route{Name: "to-" + to, Destination: strings.ReplaceAll(to, "-", "/"), NextHopType: hop, NextHop: address}
}

func tag(name, region, prefixes string) random.ServiceTag {
	return random.ServiceTag{Name: name, Region: region, Prefixes: nets(prefixes)}
}

// relayed is a lab whose appliance is stated, and whose subnet has a service endpoint
// of Sql.
func relayed(translates azure.Translation) *random.Network {
	n := lab(nil, []random.Route{route("0.0.0.0-0", "VirtualAppliance", "10.1.9.4")}, tag("Sql", "", "13.70.56.0/22"))
	n.Interfaces[0].Forwarding = true
	n.VNets[0].Subnets[1].Services = []string{"Microsoft.Sql"}
	n.Appliances = []*random.Appliance{{Address: netip.MustParseAddr("10.1.9.4"), Translates: translates, Otherwise: true}}
	return n
}

// inRegion is a lab in a region, with an endpoint of Storage that states none and no
// other way out.
func inRegion(name string) *random.Network {
	n := lab(nil, []random.Route{route("0.0.0.0-0", "None", "")},
		tag("Storage", "", "13.70.56.0/22,20.40.0.0/16"), tag("Storage.WestEurope", "westeurope", "13.70.56.0/22"))
	n.VNets[0].Region, n.VNets[0].Subnets[0].Services = name, []string{"Microsoft.Storage of"}
	return n
}

// screened is a lab that sends everything to a firewall, whose subnet has a service
// endpoint of Sql.
func screened(private ...string) *random.Network {
	n := lab(nil, []random.Route{route("0.0.0.0-0", "VirtualAppliance", "10.1.8.4")}, tag("Sql", "", "13.70.56.0/22"))
	n.VNets[0].Subnets = append(n.VNets[0].Subnets, &random.Subnet{Name: "AzureFirewallSubnet", Prefixes: nets("10.1.8.0/26"), Services: []string{"Microsoft.Sql"}})
	n.Firewalls = []*random.Firewall{{Name: "fw", VNet: "v", Subnet: "AzureFirewallSubnet", Address: netip.MustParseAddr("10.1.8.4"),
		Public: []netip.Addr{netip.MustParseAddr("51.104.0.10")}, PrivateRanges: private,
		Collections: []random.Collection{{Name: "c", Priority: 100, Allow: true, Rules: []random.FirewallRule{
			{Name: "all", Protocols: []string{"Any"}, Source: []string{"*"}, Destination: []string{"*"}, Ports: []string{"*"}}}}}}}
	return n
}

// Every disagreement that the comparison has brought to light, cut down, with
// the answer the documents give.
func TestRegressions(t *testing.T) {
	tcp := func(source, destination string) plain.Packet {
		return plain.Packet{Protocol: 6, Source: netip.MustParseAddr(source), Destination: netip.MustParseAddr(destination), SourcePort: 51000, DestinationPort: 443}
	}
	of := func(p plain.Packet, protocol uint8) plain.Packet {
		p.Protocol, p.SourcePort, p.DestinationPort = protocol, 0, 0
		return p
	}
	for _, row := range []struct {
		what    string
		network *random.Network
		from    string
		packet  plain.Packet
		verdict plain.Verdict
		decider string
	}{
		{"RT-23: what an appliance forwards to a service endpoint as it is",
			relayed(azure.TranslatesInternet), "app", tcp("10.1.1.4", "13.70.56.1"), plain.Undecided, "13.70.56.0/22 VirtualNetworkServiceEndpoint"},
		{"RT-23: what it gives its own address",
			relayed(azure.TranslatesEverything), "app", tcp("10.1.1.4", "13.70.56.1"), plain.Allow, "13.70.56.0/22 VirtualNetworkServiceEndpoint"},
		{"F-27: what a firewall sends to a service endpoint with an address of its own",
			screened(), "app", tcp("10.1.1.4", "13.70.56.1"), plain.Allow, "13.70.56.0/22 VirtualNetworkServiceEndpoint"},
		{"F-27: what it leaves as it is",
			screened("13.70.0.0/16"), "app", tcp("10.1.1.4", "13.70.56.1"), plain.Undecided, "13.70.56.0/22 VirtualNetworkServiceEndpoint"},
		{"F-27: a protocol that it does not translate",
			screened(), "app", of(tcp("10.1.1.4", "13.70.56.1"), 1), plain.Undecided, "13.70.56.0/22 VirtualNetworkServiceEndpoint"},
		{"RT-9: a service endpoint covers its network's region",
			inRegion("West Europe"), "app", tcp("10.1.1.4", "13.70.56.1"), plain.Allow, "13.70.56.0/22 VirtualNetworkServiceEndpoint"},
		{"RT-9: whether it covers another is not known",
			inRegion("West Europe"), "app", tcp("10.1.1.4", "20.40.1.1"), plain.Undecided, "20.40.0.0/16 VirtualNetworkServiceEndpoint"},
		{"RT-9: nor what the endpoint of a network of unknown region covers",
			inRegion(""), "app", tcp("10.1.1.4", "13.70.56.1"), plain.Undecided, "13.70.56.0/22 VirtualNetworkServiceEndpoint"},
		{"RT-9: it covers no other service",
			inRegion("West Europe"), "app", tcp("10.1.1.4", "8.8.8.8"), plain.Deny, "to-0.0.0.0-0"},
		{"RT-26: neighbours in a tag's list are not one longer prefix",
			lab(nil, []random.Route{route("Sql", "Internet", ""), route("AzureCloud", "None", "")},
				tag("Sql", "", "13.70.56.0/22"), tag("AzureCloud", "", "13.70.56.0/23,13.70.58.0/23")),
			"app", tcp("10.1.1.4", "13.70.56.1"), plain.Deny, "to-AzureCloud"},
		{"RT-26: with one prefix the regional tag wins whatever else they list",
			lab(nil, []random.Route{route("Storage", "None", ""), route("Storage.WestEurope", "Internet", "")},
				tag("Storage", "", "13.67.128.0/18,40.81.48.0/20,40.81.52.0/23"), tag("Storage.WestEurope", "westeurope", "13.67.128.0/18")),
			"app", tcp("10.1.1.4", "13.67.170.1"), plain.Allow, "to-Storage.WestEurope"},
		{"RT-26: the longer prefix decides even if both drop",
			lab(nil, []random.Route{route("EventHub", "None", ""), route("AzureCloud.westeurope", "None", "")},
				tag("EventHub", "", "20.41.57.80/28"), tag("AzureCloud.westeurope", "westeurope", "20.41.57.80/29,20.41.57.88/29")),
			"app", tcp("10.1.1.4", "20.41.57.88"), plain.Deny, "to-AzureCloud.westeurope"},
		{"RT-26: a prefix within another of the same tag",
			lab(nil, []random.Route{route("Storage", "Internet", ""), route("13.67.128.0-20", "None", "")},
				tag("Storage", "", "13.67.128.0/18,13.67.128.0/24")),
			"app", tcp("10.1.1.4", "13.67.128.9"), plain.Allow, "to-Storage"},
		{"NSG-31: no group decides about ICMPv6",
			lab(denyOut("*"), nil), "app", of(tcp("fd00::4", "fd00::5"), 58), plain.Undecided, "NSG-31"},
		{"NSG-31: a route does",
			lab(denyOut("*"), []random.Route{route("2000::-3", "None", "")}), "app", of(tcp("fd00::4", "2a00::5"), 58), plain.Deny, "to-2000::-3"},
		{"NSG-17: ranges that together are all ports are every port",
			lab(denyOut("8080-65535", "0-60000"), nil), "app", of(tcp("10.1.1.4", "8.8.8.8"), 50), plain.Deny, "deny"},
		{"RT-40: an appliance receives its own packets without forwarding",
			lab(nil, []random.Route{route("10.1.9.0-24", "VirtualAppliance", "10.1.9.4")}), "app", tcp("10.1.1.4", "10.1.9.4"), plain.Allow, ""},
		{"RT-40: and forwards no others",
			lab(nil, []random.Route{route("10.1.9.0-24", "VirtualAppliance", "10.1.9.4")}), "app", tcp("10.1.1.4", "10.1.9.5"), plain.Deny, "n"},
		{"RT-40: and receives the reply to what it asked",
			lab(nil, []random.Route{route("0.0.0.0-0", "VirtualAppliance", "10.1.9.4"), route("10.1.9.0-24", "VirtualAppliance", "10.1.9.4")}),
			"nva", tcp("10.1.9.4", "10.1.1.4"), plain.Allow, ""},
		{"RT-25: what no rule of a platform service names has no rule in its way",
			lab(denyOut("*"), nil), "app", tcp("10.1.1.4", "169.254.169.254"), plain.Allow, "PLAT-1"},
	} {
		p, err := newPair(row.network, nil)
		if err != nil {
			t.Fatalf("%s: %v", row.what, err)
		}
		q := plain.Question{Packet: row.packet, From: random.SubnetID("v", row.from)}
		for _, open := range []bool{false, true} {
			d, err := p.ask(q, open)
			if err != nil {
				t.Fatalf("%s: %v", row.what, err)
			}
			if d != nil {
				t.Errorf("%s: %v\nin\n%s", row.what, d, row.network)
			}
		}
		answer, err := p.slow.Follow(q)
		if err != nil || answer.Verdict != row.verdict || row.decider != "" && answer.Decider.Name != row.decider {
			t.Errorf("%s: got %v, %v, want %s by %s", row.what, answer, err, row.verdict, row.decider)
		}
	}
}

// META-1: with the defaults the rule skips ICMP (icmp.ports), and Internet lacks
// the sender (internet.minusVnetTag); it blocks only if both are read otherwise.
func TestOpenPointsThatMatterOnlyTogether(t *testing.T) {
	n := lab([]random.Rule{{Name: "deny", Direction: "Inbound", Priority: 100, Access: "Deny", Protocol: "*", Source: []string{"Internet"},
		SourcePorts: []string{"*"}, Destination: []string{"*"}, DestinationPorts: []string{"53-1053"}}},
		[]random.Route{route("8.0.0.0-8", "VirtualAppliance", "10.1.9.4"), route("8.8.8.8-32", "Internet", "")})
	d, answer := askBoth(t, n, "app", plain.Packet{Protocol: 1, Source: netip.MustParseAddr("8.8.8.8"), Destination: netip.MustParseAddr("10.1.1.4")})
	if d != nil || answer.Verdict != plain.Undecided || strings.Join(answer.TurnsOn, " ") != "icmp.ports internet.minusVnetTag" {
		t.Errorf("%v, %v", d, answer)
	}
}

// askBoth asks about a packet that comes in through the frontend of a managed
// service, under every reading.
func askBoth(t *testing.T, n *random.Network, to string, packet plain.Packet) (*disagreement, plain.Answer) {
	t.Helper()
	p, err := newPair(n, nil)
	if err != nil {
		t.Fatal(err)
	}
	q := plain.Question{Managed: true, To: random.SubnetID("v", to), Packet: packet}
	d, err := p.ask(q, true)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := p.slow.Settled(q)
	if err != nil {
		t.Fatal(err)
	}
	return d, answer
}

// RT-49: a reply that its own sender would have to forward is lost on the way
// back, and said to be.
func TestLoopOfAReplyIsOnTheReturnPath(t *testing.T) {
	n := lab(nil, nil)
	n.Tables = []*random.Table{{Name: "t", Routes: []random.Route{route("0.0.0.0-0", "VirtualAppliance", "10.1.9.4")}}}
	n.VNets[0].Subnets[1].Table = "t"
	d, answer := askBoth(t, n, "nva", plain.Packet{Protocol: 6, Source: netip.MustParseAddr("8.8.8.8"), Destination: netip.MustParseAddr("10.1.9.4"), DestinationPort: 443})
	if d != nil || answer.Decider.Kind != plain.ReturnPath {
		t.Errorf("%v, %v", d, answer)
	}
}

// RT-25: a group of which no rule names a platform service passes no rule,
// where another group on the way has one that does.
func TestPlatformServiceThatOneOfTwoGroupsNames(t *testing.T) {
	n := lab([]random.Rule{{Name: "imds", Direction: "Outbound", Priority: 100, Access: "Allow", Protocol: "Tcp", Source: []string{"*"},
		SourcePorts: []string{"*"}, Destination: []string{"AzurePlatformIMDS"}, DestinationPorts: []string{"*"}}}, nil)
	n.Groups = append(n.Groups, &random.Group{Name: "empty"})
	n.Interfaces[0].Subnet, n.Interfaces[0].Addresses = "app", []netip.Addr{netip.MustParseAddr("10.1.1.4")}
	n.Interfaces[0].Group = "empty"
	p, err := newPair(n, nil)
	if err != nil {
		t.Fatal(err)
	}
	d, err := p.ask(plain.Question{From: random.SubnetID("v", "app"), Packet: plain.Packet{Protocol: 6, Source: netip.MustParseAddr("10.1.1.4"),
		Destination: netip.MustParseAddr("169.254.169.254"), SourcePort: 51000, DestinationPort: 80}}, false)
	if err != nil || d != nil {
		t.Errorf("%v, %v", d, err)
	}
}

// An appliance gives packets any source port, and two rules let them pass: the rule of
// the least port is told.
func TestRuleOfTheLeastPortThatAnApplianceGives(t *testing.T) {
	n := relayed(azure.TranslatesEverything)
	n.Groups = append(n.Groups, &random.Group{Name: "nva", Rules: []random.Rule{{Name: "some", Direction: "Outbound", Priority: 100, Access: "Allow",
		Protocol: "*", Source: []string{"*"}, SourcePorts: []string{"2000-3000"}, Destination: []string{"*"}, DestinationPorts: []string{"*"}}}})
	n.Interfaces[0].Group = "nva"
	n.VNets[0].Subnets[1].Table = "t"
	p, err := newPair(n, nil)
	if err != nil {
		t.Fatal(err)
	}
	q := plain.Question{From: random.SubnetID("v", "app"), Packet: plain.Packet{Protocol: 6, Source: netip.MustParseAddr("10.1.1.4"),
		Destination: netip.MustParseAddr("8.8.8.8"), SourcePort: 51000, DestinationPort: 443}}
	var asked atomic.Uint64
	if d, err := p.askWitnesses(q, spaces(q, 0), &asked); d != nil || err != nil || asked.Load() == 0 {
		t.Errorf("%v, %v after %d witnesses", d, err, asked.Load())
	}
}

// P-22, R-34: a rule that denies before a translation under one open point, and exists
// under another one alone, leaves open whether the packets arrive.
func TestDenyBeforeATranslationUnderTwoOpenPoints(t *testing.T) {
	n := screened()
	fw := n.Firewalls[0]
	fw.Collections = nil
	group := func(c random.Collection) []random.RuleGroup {
		return []random.RuleGroup{{Name: "g", Priority: 1000, Collections: []random.Collection{c}}}
	}
	fw.Settings = []random.Settings{{DNSProxy: new(true)}, {}}
	fw.Policies = [][]random.RuleGroup{
		group(random.Collection{Name: "nat", Priority: 100, NAT: true, Rules: []random.FirewallRule{
			{Name: "in", Protocols: []string{"UDP"}, Source: []string{"*"}, Destination: []string{"51.104.0.10"}, Ports: []string{"443"}, To: "100.64.3.3:443"}}}),
		group(random.Collection{Name: "named", Priority: 100, Rules: []random.FirewallRule{
			{Name: "may", Protocols: []string{"UDP"}, Source: []string{"*"}, Destination: []string{"fqdn:b.example"}, Ports: []string{"443"}}}})}
	p, err := newPair(n, nil)
	if err != nil {
		t.Fatal(err)
	}
	q := plain.Question{Packet: plain.Packet{Protocol: 17, Source: netip.MustParseAddr("203.0.113.9"),
		Destination: netip.MustParseAddr("51.104.0.10"), SourcePort: 51000, DestinationPort: 443}}
	p.agree(t, q)
	if answer, err := p.slow.Settled(q); err != nil || answer.Verdict != plain.Undecided || !slices.Contains(answer.TurnsOn, "dnatThenNetworkDeny") {
		t.Errorf("%v, %v", answer, err)
	}
}
