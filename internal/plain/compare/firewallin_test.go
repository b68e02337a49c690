package compare

import (
	"slices"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/plain"
)

var publish = Collection("publish", 100, azure.FirewallDNAT, NATRule("sftp", "TCP", "*", "203.0.113.10", "2022", "10.0.1.70:2222"))

// firewallIn is a way in through a NAT rule of a firewall.
type firewallIn struct {
	id, rule string
	net      base
	packet   string
	want     string
	turnsOn  []string
}

// firewallIns are ways from outside, or from a subnet to the firewall's private
// address.
func firewallIns() []firewallIn {
	const in = "tcp 192.88.99.7 -> 203.0.113.10:2022"
	return []firewallIn{
		{"T-49", "S-01 row 1", base{rules: items(publish)}, in, "allow private 10.0.0.0/26", nil},
		{"T-49", "P-21, another port", base{rules: items(publish)}, "tcp 192.88.99.7 -> 203.0.113.10:2023", "deny firewallDefaultDeny", nil},
		{"T-49", "P-23, another source", base{rules: items(Collection("publish", 100, azure.FirewallDNAT, NATRule("sftp", "TCP", "192.88.98.0/24", "203.0.113.10", "2022", "10.0.1.70:2222")))}, in, "deny firewallDefaultDeny", nil},
		{"T-49", "P-23a, application rules do not count", base{rules: items(publish, appRule("Deny", "https:2222", "*"))}, in, "allow private 10.0.0.0/26", nil},
		{"T-49", "the receiver's security group", base{rules: items(publish), a3: items(NSG("nsg", DenyIn(100, "tcp", "10.0.0.0/26", "*", "2222")))}, in, "deny deny-in-100", nil},
		{"T-49", "F-25, which instance is not known", base{rules: items(publish), a3: items(NSG("nsg", DenyIn(100, "tcp", "10.0.0.0/27", "*", "2222")))}, in, "undecided fw", nil},
		{"S-01", "row 1, the source port stays", base{rules: items(publish), a3: items(NSG("nsg", DenyIn(100, "tcp", "10.0.0.0/26", "*", "2222", SourcePorts("50000-52000"))))}, in, "deny deny-in-100", nil},
		{"S-01", "row 1, and is no other", base{rules: items(publish), a3: items(NSG("nsg", DenyIn(100, "tcp", "10.0.0.0/26", "*", "2222", SourcePorts("1024-49999,52001-65535"))))}, in, "allow private 10.0.0.0/26", nil},
		{"T-50", "P-22", base{rules: items(publish, Collection("none", 100, azure.FirewallDeny, NetworkRule("no", "Any", "*", "*", "*")))}, in, "allow private 10.0.0.0/26", []string{"dnatThenNetworkDeny"}},
		{"T-51", "F-24", base{rules: items(publish), routes: Routes("rt-ise", Route("10.0.0.0/16", "10.0.0.4"))}, in, "deny to-10.0.0.0-16", nil},
		{"T-79", "R-27", base{rules: items(Collection("publish", 100, azure.FirewallDNAT, NATRule("sftp", "TCP", "*", "203.0.113.10", "2022", "10.0.1.70:22")))}, in, "allow private 10.0.0.0/26", nil},
		{"P-15", "a parent's rule", base{rules: items(UsePolicy("child")), more: items(Policy("parent", Group("g", 100, publish)), Policy("child", UsePolicy("parent")))}, in, "allow private 10.0.0.0/26", []string{"childInheritsDnat"}},
		{"F-16", "forced tunnelling", base{rules: items(publish), firewall: items(Egress("pip1", "203.0.113.10"), Management("pip3", "203.0.113.12")), hub: items(Routes("rt-fw", Route("0.0.0.0/0", "VirtualNetworkGateway")))}, in, "deny to-0.0.0.0-0", []string{"tunnelDnat"}},
		{"P-12", "two rules of one priority", base{rules: items(publish, Collection("other", 100, azure.FirewallDNAT, NATRule("x", "TCP", "*", "203.0.113.10", "2022", "10.0.1.4:22")))}, in, "undecided", nil},
		{"S-01", "row 2", base{rules: items(Collection("publish", 100, azure.FirewallDNAT, NATRule("sftp", "TCP", "*", "203.0.113.10", "2022", "192.88.97.1:22")))}, in, "undecided fw", nil},
		{"S-01", "row 2, a private address that the firewall's own table sends to the internet", base{rules: items(Collection("publish", 100, azure.FirewallDNAT, NATRule("sftp", "TCP", "*", "203.0.113.10", "2022", "10.0.1.70:22"))), hub: items(Routes("rt-fw", Route("10.0.1.0/24", "Internet")))}, in, "deny Internet", nil},
		{"P-23", "the private address", base{rules: items(Collection("inside", 100, azure.FirewallDNAT, NATRule("sftp", "TCP", "*", "10.0.0.4", "2022", "10.0.1.70:2222")))}, "tcp 10.0.2.4 -> 10.0.0.4:2022", "allow private 10.0.0.0/26", nil},
		{"P-23", "RT-44, the private address from a network that takes no forwarded traffic: replies have that address again",
			base{rules: items(Collection("inside", 100, azure.FirewallDNAT, NATRule("sftp", "TCP", "*", "10.0.0.4", "2022", "10.0.1.70:2222"))), vnet: items(Peer("w")),
				more: items(VNet("w", "10.9.0.0/16", Subnet("far", "10.9.0.0/24"), Peer("v")))}, "tcp 10.9.0.4 -> 10.0.0.4:2022", "allow private 10.0.0.0/26", nil},
		{"P-23", "the private address, no rule", base{rules: items(publish)}, "tcp 10.0.2.4 -> 10.0.0.4:22", "deny firewallDefaultDeny", nil},
		{"P-23", "nobody outside sends to the private address", base{rules: items(Collection("inside", 100, azure.FirewallDNAT, NATRule("sftp", "TCP", "*", "10.0.0.4", "2022", "10.0.1.70:2222")))}, "tcp 192.88.99.7 -> 10.0.0.4:2022", "undecided firewall", nil},
		{"R-11", "the DNS proxy answers", base{rules: items(publish), firewall: items(Egress("pip1", "203.0.113.10"), DNSProxy())}, "udp 10.0.2.4 -> 10.0.0.4:53", "undecided firewall", nil},
		{"P-23c", "no way back through itself", base{rules: items(publish, allowAny), routes: Routes("rt-ise", allToFW)}, "tcp 10.0.1.4 -> 203.0.113.10:2023", "deny fw", nil},
	}
}

// TestFirewallIn is the way in through a NAT rule of a firewall.
func TestFirewallIn(t *testing.T) {
	for _, row := range firewallIns() {
		t.Run(row.id+" "+row.rule, func(t *testing.T) {
			network := row.net.net(t)
			both := pairOf(t, network)
			p := readPacket(t, row.packet)
			q := plain.Question{Packet: p}
			if p.Source.IsPrivate() {
				q.From = subnetWith(t, network, p.Source)
			} else if p.Destination.IsPrivate() {
				q.To = subnetWith(t, network, p.Destination)
			}
			both.agree(t, q)
			answer, err := both.slow.Follow(q)
			if err != nil {
				t.Fatal(err)
			}
			settled, err := both.slow.Settled(q)
			if err != nil {
				t.Fatal(err)
			}
			if got := toldAs(answer, row.want); got != row.want || !slices.Equal(settled.TurnsOn, row.turnsOn) {
				t.Errorf("%s: want %s, got %s, turns on %v, %v", row.packet, row.want, got, settled.TurnsOn, answer)
			}
		})
	}
}

// toldAs is what an answer says in the words of a row.
func toldAs(a plain.Answer, want string) string {
	if a.Verdict == plain.Allow {
		return strings.TrimSpace("allow " + string(a.Seen.Kind) + " " + strings.Join(a.Seen.Addresses, " "))
	}
	for _, name := range []string{a.Decider.Name, string(a.Decider.Kind), ""} {
		if got := strings.TrimSpace(string(a.Verdict) + " " + name); got == want {
			return got
		}
	}
	return string(a.Verdict) + " " + a.Decider.Name
}
