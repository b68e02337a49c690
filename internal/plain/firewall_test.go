package plain_test

import (
	"net/netip"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/plain"
)

func known[T any](v T) azure.Value[T] { return azure.Of(v, azure.Position{}) }

func fwRange(first, last string) azure.FirewallTerm {
	return azure.FirewallTerm{Kind: azure.FirewallRange, First: netip.MustParseAddr(first), Last: netip.MustParseAddr(last)}
}

var spokes = fwRange("10.0.0.0", "10.0.255.255")

func fwTerm(kind azure.FirewallTermKind, name string) azure.FirewallTerm {
	return azure.FirewallTerm{Kind: kind, Name: name}
}

// fwRule is of one collection: from the spokes to a term, on one port (0: all).
func fwRule(kind azure.FirewallRuleKind, priority int, action azure.FirewallAction, protocol azure.FirewallProtocol, to azure.FirewallTerm, port uint16) *azure.RuleCollection {
	ports := azure.PortTerm{First: port, Last: port}
	if port == 0 {
		ports.Last = 65535
	}
	return &azure.RuleCollection{Kind: kind, Priority: known(priority), Action: known(action), Rules: []*azure.FirewallRule{{
		Kind: kind, Source: azure.FirewallSide{Terms: []azure.FirewallTerm{spokes}}, Destination: azure.FirewallSide{Terms: []azure.FirewallTerm{to}},
		Protocols: []azure.Value[azure.FirewallProtocol]{known(protocol)}, DestinationPorts: azure.Ports{Terms: []azure.PortTerm{ports}},
	}}}
}

// application makes a collection one of application rules for a port and names.
func application(c *azure.RuleCollection, protocol string, port int, names ...string) *azure.RuleCollection {
	c.Kind, c.Rules[0].Kind = azure.ApplicationRule, azure.ApplicationRule
	p := azure.ApplicationProtocol{Type: known(protocol)}
	if port != 0 {
		p.Port = known(port)
	}
	c.Rules[0].ApplicationProtocols = []azure.ApplicationProtocol{p}
	for _, name := range names {
		c.Rules[0].TargetFQDNs = append(c.Rules[0].TargetFQDNs, known(name))
	}
	c.Rules[0].Destination = azure.FirewallSide{}
	return c
}

var fwTags = plain.Tags{"sql": {Prefixes: []netip.Prefix{netip.MustParsePrefix("13.66.136.192/29")}}}

func TestFirewallRules(t *testing.T) {
	const network = azure.NetworkRule
	const allow, deny = azure.FirewallAllow, azure.FirewallDeny
	type rules = []*azure.RuleCollection
	to := fwRange("198.51.100.10", "198.51.100.10")
	name := fwTerm(azure.FirewallName, "sftp.example.com")
	ssh := func(priority int, action azure.FirewallAction) *azure.RuleCollection {
		return fwRule(network, priority, action, azure.FirewallTCP, to, 22)
	}
	with := func(protocol azure.FirewallProtocol, port uint16) rules {
		return rules{fwRule(network, 100, allow, protocol, to, port)}
	}
	app := func(priority int, action azure.FirewallAction, protocol string, port int, names ...string) *azure.RuleCollection {
		return application(ssh(priority, action), protocol, port, names...)
	}
	tests := []struct {
		name     string
		rules    rules
		proxy    bool
		protocol uint8
		from, to string
		port     uint16
		want     plain.Verdict
	}{
		{"P-30 every field matches", rules{ssh(100, allow)}, false, 6, "10.0.0.4", "198.51.100.10", 22, plain.Allow},
		{"P-30 another port", rules{ssh(100, allow)}, false, 6, "10.0.0.4", "198.51.100.10", 23, plain.Deny},
		{"P-30 the address after", rules{ssh(100, allow)}, false, 6, "10.0.0.4", "198.51.100.11", 22, plain.Deny},
		{"P-30 the source after", rules{ssh(100, allow)}, false, 6, "10.1.0.0", "198.51.100.10", 22, plain.Deny},
		{"P-30 another protocol (T-38)", rules{ssh(100, allow)}, false, 17, "10.0.0.4", "198.51.100.10", 22, plain.Deny},
		{"P-03 the first match denies (T-28)", rules{ssh(100, deny), ssh(200, allow)}, false, 6, "10.0.0.4", "198.51.100.10", 22, plain.Deny},
		{"P-03 the first match allows (T-29)", rules{ssh(300, deny), ssh(200, allow)}, false, 6, "10.0.0.4", "198.51.100.10", 22, plain.Allow},
		{"P-12 equal priorities that differ (T-30)", rules{ssh(100, deny), ssh(100, allow)}, false, 6, "10.0.0.4", "198.51.100.10", 22, plain.Undecided},
		{"P-12 equal priorities that agree", rules{ssh(100, allow), ssh(100, allow)}, false, 6, "10.0.0.4", "198.51.100.10", 22, plain.Allow},
		{"P-12 equal priorities behind a match", rules{ssh(100, allow), ssh(200, deny), ssh(200, allow)}, false, 6, "10.0.0.4", "198.51.100.10", 22, plain.Allow},
		{"P-12 one between two equals", rules{ssh(100, allow), ssh(100, deny), ssh(100, allow)}, false, 6, "10.0.0.4", "198.51.100.10", 22, plain.Undecided},
		{"P-31 Any with a port is TCP", with(azure.FirewallAny, 22), false, 6, "10.0.0.4", "198.51.100.10", 22, plain.Allow},
		{"P-31 Any with a port is UDP", with(azure.FirewallAny, 22), false, 17, "10.0.0.4", "198.51.100.10", 22, plain.Allow},
		{"P-31 Any with a port is not SCTP (T-36)", with(azure.FirewallAny, 22), false, 132, "10.0.0.4", "198.51.100.10", 22, plain.Deny},
		{"P-31 Any with a port is not ICMP (T-36)", with(azure.FirewallAny, 22), false, 1, "10.0.0.4", "198.51.100.10", 22, plain.Deny},
		{"P-31 Any with every port is SCTP", with(azure.FirewallAny, 0), false, 132, "10.0.0.4", "198.51.100.10", 22, plain.Allow},
		{"P-31 Any with every port is ICMP (T-37)", with(azure.FirewallAny, 0), false, 1, "10.0.0.4", "198.51.100.10", 0, plain.Allow},
		{"P-32 the port of ICMP means nothing", with(azure.FirewallICMP, 22), false, 1, "10.0.0.4", "198.51.100.10", 0, plain.Allow},
		{"P-33 an address of a tag (T-46)", rules{fwRule(network, 100, allow, azure.FirewallTCP, fwTerm(azure.FirewallTag, "SQL"), 1433)}, false, 6, "10.0.0.4", "13.66.136.199", 1433, plain.Allow},
		{"P-33 the address after", rules{fwRule(network, 100, allow, azure.FirewallTCP, fwTerm(azure.FirewallTag, "SQL"), 1433)}, false, 6, "10.0.0.4", "13.66.136.200", 1433, plain.Deny},
		{"P-33 a tag without data", rules{fwRule(network, 100, allow, azure.FirewallTCP, fwTerm(azure.FirewallTag, "EventHub"), 1433)}, false, 6, "10.0.0.4", "13.66.136.200", 1433, plain.Undecided},
		{"P-36 a name may be any address", rules{fwRule(network, 100, allow, azure.FirewallTCP, name, 22)}, true, 6, "10.0.0.4", "198.51.100.10", 22, plain.Undecided},
		{"P-36 without DNS proxy a name is none (T-42)", rules{fwRule(network, 100, allow, azure.FirewallTCP, name, 22)}, false, 6, "10.0.0.4", "198.51.100.10", 22, plain.Deny},
		{"P-36 a name after a certain deny", rules{ssh(100, deny), fwRule(network, 200, allow, azure.FirewallTCP, name, 22)}, true, 6, "10.0.0.4", "198.51.100.10", 22, plain.Deny},
		{"P-36 a name that may deny, and nothing allows", rules{fwRule(network, 200, deny, azure.FirewallTCP, name, 22)}, true, 6, "10.0.0.4", "198.51.100.10", 22, plain.Deny},
		{"P-03 a network rule before an application rule denies (T-34)", rules{app(100, allow, "Https", 0, "dest.example"), fwRule(network, 900, deny, azure.FirewallTCP, to, 443)}, false, 6, "10.0.0.4", "198.51.100.10", 443, plain.Deny},
		{"P-03 and allows (T-33)", rules{app(100, deny, "Https", 0, "*"), fwRule(network, 900, allow, azure.FirewallTCP, to, 443)}, false, 6, "10.0.0.4", "198.51.100.10", 443, plain.Allow},
		{"P-24 an application rule looks at names", rules{app(100, allow, "Https", 0, "dest.example")}, false, 6, "10.0.0.4", "198.51.100.10", 443, plain.Undecided},
		{"P-24 on its ports alone (T-35)", rules{app(100, allow, "Https", 0, "dest.example")}, false, 6, "10.0.0.4", "198.51.100.10", 22, plain.Deny},
		{"P-28 on the port it says", rules{app(100, allow, "Https", 4234, "dest.example")}, false, 6, "10.0.0.4", "198.51.100.10", 4234, plain.Undecided},
		{"P-28 QUIC is not looked into", rules{app(100, allow, "Https", 0, "dest.example")}, false, 17, "10.0.0.4", "198.51.100.10", 443, plain.Deny},
		{"P-25 every name still needs one", rules{app(100, allow, "Https", 0, "*")}, false, 6, "10.0.0.4", "198.51.100.10", 443, plain.Undecided},
		{"P-03 an application rule denies every name", rules{app(100, deny, "Https", 0, "*"), app(200, allow, "Https", 0, "dest.example")}, false, 6, "10.0.0.4", "198.51.100.10", 443, plain.Deny},
		{"P-03 an application rule denies some name", rules{app(100, deny, "Https", 0, "other.example"), app(200, allow, "Https", 0, "dest.example")}, false, 6, "10.0.0.4", "198.51.100.10", 443, plain.Undecided},
		{"P-03 only names are denied", rules{app(100, deny, "Https", 0, "other.example")}, false, 6, "10.0.0.4", "198.51.100.10", 443, plain.Deny},
		{"P-01 no rule", nil, false, 6, "10.0.0.4", "198.51.100.10", 443, plain.Deny},
		{"R-20 a rule without destination", rules{fwRule(network, 100, allow, azure.FirewallTCP, fwRange("198.51.100.10", "198.51.100.9"), 22)}, false, 6, "10.0.0.4", "198.51.100.10", 22, plain.Deny},
		{"U-10 IPv6", rules{ssh(100, allow)}, false, 6, "fd00::4", "fd00::5", 22, plain.Undecided},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, c := range test.rules {
				c.Rules[0].Collection = c
			}
			p := plain.Packet{Protocol: test.protocol, Source: netip.MustParseAddr(test.from), Destination: netip.MustParseAddr(test.to), DestinationPort: test.port}
			firewall := &azure.AzureFirewall{RuleCollections: test.rules, DNSProxy: known(test.proxy)}
			if answer := plain.AskFirewall(&azure.Network{}, firewall, fwTags, p); answer.Verdict != test.want {
				t.Errorf("got %v, want %s", answer, test.want)
			}
		})
	}
}
