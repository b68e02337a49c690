package compare

import (
	"testing"

	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/plain"
)

// publishedWays are ways from outside to a public IP address of the network that is
// no load balancer's and no firewall's.
func publishedWays() []way {
	standard := items(PublicIP("Standard", "20.9.0.4"))
	only := func(destination string) []Item {
		return items(NSG("g", AllowIn(100, "tcp", "*", destination, "22")))
	}
	const ssh = "tcp 203.0.113.9 -> 20.9.0.4:22"
	return []way{
		{"T02", "PIP-1, a Standard address is closed without a group", farm{vma: standard}, ssh, "deny PIP-1"},
		{"T03", "PIP-1, a Basic one is open", farm{vma: items(PublicIP("Basic", "20.9.0.4"))}, ssh, "allow"},
		{"T05", "NSG-24, the subnet's group and the interface's", farm{app: only("*"), vma: append(items(NSG("own")), standard...)}, ssh, "deny DenyAllInBound"},
		{"T05", "NSG-24, both let it in", farm{app: only("*"), vma: append(items(UseNSG("g")), standard...)}, ssh, "allow"},
		{"T07", "NSG-33, the reply is not asked about", farm{app: items(NSG("g", AllowIn(100, "tcp", "*", "*", "22"), DenyOut(100, "*", "*", "*", "*"))), vma: standard}, ssh, "allow"},
		{"NSG-27", "groups compare the private address", farm{app: only("10.1.1.4/32"), vma: standard}, ssh, "allow"},
		{"NSG-27", "and not that of a neighbour", farm{app: only("10.1.1.5/32"), vma: standard}, ssh, "deny DenyAllInBound"},
		{"NSG-27", "nor the public one", farm{app: only("20.9.0.4/32"), vma: standard}, ssh, "deny DenyAllInBound"},
		{"NSG-27", "another port", farm{app: only("*"), vma: standard}, "tcp 203.0.113.9 -> 20.9.0.4:23", "deny DenyAllInBound"},
		{"ASY-1", "the reply has no way out", farm{app: append(only("*"), Routes("rt", Route("0.0.0.0/0", "None"))), vma: standard}, ssh, "deny returnPath"},
		{"ASY-1", "but for a route of the client's own", farm{app: append(only("*"), Routes("rt", Route("0.0.0.0/0", "None"), Route("203.0.113.9/32", "Internet"))), vma: standard}, ssh, "allow"},
		{"FAB-2", "the fabric carries no GRE", farm{app: only("*"), vma: standard}, "gre 203.0.113.9 -> 20.9.0.4", "deny FAB-2"},
		{"RT-32", "a NAT gateway takes in nothing", farm{app: natGateway, more: items(Gateway("nat", "20.9.0.1", ""))}, "tcp 203.0.113.9 -> 20.9.0.1:22", "deny RT-32"},
		{"P9", "who takes in what is for a firewall's management interface is not known", base{firewall: items(Egress("pip1", "203.0.113.10"), Management("pip3", "203.0.113.12"))}, "tcp 192.88.99.7 -> 203.0.113.12:443", "undecided pip3"},
	}
}

// TestPublished is the way to a published address.
func TestPublished(t *testing.T) {
	for _, row := range publishedWays() {
		t.Run(row.id+" "+row.note, row.check)
	}
}

// PIP-1, decisions 14: what comes from outside to a managed service without a security
// group passes, unless the service asks for one. What comes from private addresses comes
// through no public frontend (PIP-2).
func TestFrontendsOfServices(t *testing.T) {
	none, rule := farm{}, farm{app: items(NSG("g", AllowIn(100, "tcp", "*", "*", "443")))}
	own := farm{vma: items(NSG("g", AllowIn(100, "tcp", "*", "*", "443")))}
	for _, row := range []struct {
		note    string
		net     farm
		managed bool
		needs   bool
		packet  string
		want    plain.Verdict
	}{
		{"of nobody known", none, false, false, "tcp 203.0.113.9 -> 10.1.1.9:443", plain.Undecided},
		{"exempt", none, true, false, "tcp 203.0.113.9 -> 10.1.1.9:443", plain.Allow},
		{"no exemption", none, true, true, "tcp 203.0.113.9 -> 10.1.1.9:443", plain.Deny},
		{"the group decides", rule, true, true, "tcp 203.0.113.9 -> 10.1.1.9:443", plain.Allow},
		{"the group of an interface too", own, true, true, "tcp 203.0.113.9 -> 10.1.1.4:443", plain.Allow},
		{"and not that of another", own, true, true, "tcp 203.0.113.9 -> 10.1.1.5:443", plain.Deny},
		{"a probe", none, true, true, "tcp 168.63.129.16 -> 10.1.1.9:443", plain.Allow},
	} {
		t.Run("PIP-1 "+row.note, func(t *testing.T) {
			network := row.net.net(t)
			q := plain.Question{Packet: readPacket(t, row.packet), Managed: row.managed, NeedsGroup: row.needs}
			q.To = subnetWith(t, network, q.Packet.Destination)
			both := pairOf(t, network)
			both.agree(t, q)
			if answer, err := both.slow.Follow(q); err != nil || answer.Verdict != row.want {
				t.Errorf("%s: %v %v, want %s", row.packet, answer, err, row.want)
			}
		})
	}
}
