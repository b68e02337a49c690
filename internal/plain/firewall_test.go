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

func TestFirewallRules(t *testing.T) {
	const network, nat, application = azure.NetworkRule, azure.NATRule, azure.ApplicationRule
	const allow, deny = azure.FirewallAllow, azure.FirewallDeny
	to := fwRange("198.51.100.10", "198.51.100.10")
	name := azure.FirewallTerm{Kind: azure.FirewallName, Name: "sftp.example.com"}
	ssh := func(priority int, action azure.FirewallAction) *azure.RuleCollection {
		return fwRule(network, priority, action, azure.FirewallTCP, to, 22)
	}
	tests := []struct {
		name     string
		rules    []*azure.RuleCollection
		protocol uint8
		from, to string
		port     uint16
		want     plain.Verdict
	}{
		{"P-30 every field matches", []*azure.RuleCollection{ssh(100, allow)}, 6, "10.0.0.4", "198.51.100.10", 22, plain.Allow},
		{"P-30 another port", []*azure.RuleCollection{ssh(100, allow)}, 6, "10.0.0.4", "198.51.100.10", 23, plain.Deny},
		{"P-30 the address after", []*azure.RuleCollection{ssh(100, allow)}, 6, "10.0.0.4", "198.51.100.11", 22, plain.Deny},
		{"P-30 the source after", []*azure.RuleCollection{ssh(100, allow)}, 6, "10.1.0.0", "198.51.100.10", 22, plain.Deny},
		{"P-30 another protocol", []*azure.RuleCollection{ssh(100, allow)}, 17, "10.0.0.4", "198.51.100.10", 22, plain.Deny},
		{"P-03 the first match decides", []*azure.RuleCollection{ssh(100, deny), ssh(200, allow)}, 6, "10.0.0.4", "198.51.100.10", 22, plain.Deny},
		{"P-12 equal priorities that differ", []*azure.RuleCollection{ssh(100, deny), ssh(100, allow)}, 6, "10.0.0.4", "198.51.100.10", 22, plain.Undecided},
		{"P-31 Any with a port is not GRE", []*azure.RuleCollection{fwRule(network, 100, allow, azure.FirewallAny, to, 22)}, 47, "10.0.0.4", "198.51.100.10", 0, plain.Deny},
		{"P-31 Any with a port is UDP", []*azure.RuleCollection{fwRule(network, 100, allow, azure.FirewallAny, to, 22)}, 17, "10.0.0.4", "198.51.100.10", 22, plain.Allow},
		{"P-36 a name is not an address", []*azure.RuleCollection{fwRule(network, 100, allow, azure.FirewallTCP, name, 22)}, 6, "10.0.0.4", "198.51.100.10", 22, plain.Undecided},
		{"P-36 a name after a certain deny", []*azure.RuleCollection{ssh(100, deny), fwRule(network, 200, allow, azure.FirewallTCP, name, 22)}, 6, "10.0.0.4", "198.51.100.10", 22, plain.Deny},
		{"P-02 translation comes first", []*azure.RuleCollection{fwRule(nat, 900, azure.FirewallDNAT, azure.FirewallTCP, to, 22), ssh(100, allow)}, 6, "10.0.0.4", "198.51.100.10", 22, plain.Undecided},
		{"P-02 application rules come last", []*azure.RuleCollection{fwRule(application, 100, allow, azure.FirewallTCP, to, 22), ssh(900, deny)}, 6, "10.0.0.4", "198.51.100.10", 22, plain.Deny},
		{"P-01 no rule", nil, 6, "10.0.0.4", "198.51.100.10", 22, plain.Deny},
		{"P-01 no rule, but a name of Azure's", nil, 6, "10.0.0.4", "198.51.100.10", 443, plain.Undecided},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, c := range test.rules {
				c.Rules[0].Collection = c
			}
			p := plain.Packet{Protocol: test.protocol, Source: netip.MustParseAddr(test.from), Destination: netip.MustParseAddr(test.to), DestinationPort: test.port}
			answer := plain.AskFirewall(&azure.Network{}, &azure.AzureFirewall{RuleCollections: test.rules}, p)
			if answer.Verdict != test.want {
				t.Errorf("got %v, want %s", answer, test.want)
			}
		})
	}
}
