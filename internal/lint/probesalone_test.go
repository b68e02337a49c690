package lint_test

import (
	"slices"
	"testing"

	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/lint"
)

// NSG-28, NSG-29: whose clients are asked about, by which protocol, and at which group.
func TestProbesAlone(t *testing.T) {
	probes, rest := AllowIn(100, "*", "AzureLoadBalancer", "*", "*"), DenyIn(120, "*", "*", "*", "*")
	public := func(rule Item) Item { return Balancer("lb", "Standard", "20.1.2.3", rule) }
	behind := func(balancer Item, rules ...Item) []Item {
		return []Item{VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24", NSG("g", rules...), NIC("a", "10.1.1.4", Behind("lb")))), balancer}
	}
	inside := func(rules ...Item) []Item {
		return []Item{VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24", NSG("g", rules...), Balancer("lb", "Standard", "10.1.1.9", Balance("Tcp", 443, 443, 0)), NIC("a", "10.1.1.4", Behind("lb"))))}
	}
	tcp, udp := Balance("Tcp", 443, 443, 0), Balance("Udp", 53, 53, 0)
	for _, row := range []struct {
		name  string
		items []Item
		want  bool
	}{
		{"an internal balancer, and nobody passes", inside(probes, rest), true},
		{"an internal balancer, and its network passes", inside(probes, AllowIn(110, "Tcp", "10.1.0.0/16", "*", "443"), rest), false},
		{"a public balancer, and the network alone passes", behind(public(tcp), probes, AllowIn(110, "Tcp", "10.1.0.0/16", "*", "443"), rest), true},
		{"a balancer for UDP, and clients pass by TCP", behind(public(udp), probes, AllowIn(110, "Tcp", "Internet", "*", "53"), rest), true},
		{"a balancer for UDP, and clients pass", behind(public(udp), probes, AllowIn(110, "Udp", "Internet", "*", "53"), rest), false},
		{"a protocol that is not known", behind(public(Balance("?later", 443, 443, 0)), probes, rest), false},
		{"clients of which it is not known", behind(public(tcp), probes, AllowIn(110, "Tcp", "?later", "*", "443"), rest), false},
		{"the group of the interface", []Item{VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24", NIC("a", "10.1.1.4", Behind("lb"), NSG("g", probes, rest)))), public(tcp)}, true},
		{"a Deny for the tag", behind(public(tcp), DenyIn(100, "*", "AzureLoadBalancer", "*", "*"), rest), false},
		{"a rule that is outbound", behind(public(tcp), AllowOut(100, "*", "AzureLoadBalancer", "*", "*"), rest), false},
	} {
		answer, _ := run(t, row.items, "defaults")
		if got := slices.ContainsFunc(answer.Findings, func(f lint.Finding) bool { return f.Code == "probes-alone" }); got != row.want {
			t.Errorf("%s: found %v: %q", row.name, got, told(answer))
		}
	}
}
