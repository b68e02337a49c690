package compare

import (
	"math/rand/v2"
	"net/netip"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/plain/random"
)

// mutations are small mistakes in what the fast side reads. Each reports
// whether the network has anything to get wrong in that way.
var mutations = []struct {
	what  string
	apply func(r *rand.Rand, n *azure.Network) bool
}{
	{"two rules in the wrong order", func(r *rand.Rand, n *azure.Network) bool {
		a, b := someRule(r, n), someRule(r, n)
		if a == nil || b == nil || a == b || a.Group != b.Group || a.Direction.V != b.Direction.V || a.Access.V == b.Access.V {
			return false
		}
		a.Priority, b.Priority = b.Priority, a.Priority
		return true
	}},
	{"an allow read as a deny", func(r *rand.Rand, n *azure.Network) bool {
		rule := someRule(r, n)
		if rule == nil || rule.Access.V != azure.Allow {
			return false
		}
		rule.Access = azure.Of(azure.Deny, rule.Access.At)
		return true
	}},
	{"a range of ports one short", func(r *rand.Rand, n *azure.Network) bool {
		rule := someRule(r, n)
		if rule == nil {
			return false
		}
		term := &rule.DestinationPorts.Terms[0]
		if term.First == term.Last || term.Last == 65535 {
			return false
		}
		term.Last--
		return true
	}},
	{"source ports left out", func(r *rand.Rand, n *azure.Network) bool {
		rule := someRule(r, n)
		if rule == nil || rule.SourcePorts.Any() {
			return false
		}
		rule.SourcePorts = azure.Ports{Terms: []azure.PortTerm{{Last: 65535}}}
		return true
	}},
	{"a prefix one bit too long", func(r *rand.Rand, n *azure.Network) bool {
		rule := someRule(r, n)
		if rule == nil {
			return false
		}
		term := &rule.Source.Terms[0]
		if rule.Direction.V == azure.Outbound {
			term = &rule.Destination.Terms[0]
		}
		if term.Kind != azure.PrefixAddress || term.Prefix.IsSingleIP() {
			return false
		}
		term.Prefix = netip.PrefixFrom(term.Prefix.Addr(), term.Prefix.Bits()+1)
		return true
	}},
	{"the interface's group forgotten", func(r *rand.Rand, n *azure.Network) bool {
		if len(n.NetworkInterfaces) == 0 {
			return false
		}
		nic := n.NetworkInterfaces[r.IntN(len(n.NetworkInterfaces))]
		had := nic.NetworkSecurityGroup.IsSet()
		nic.NetworkSecurityGroup = azure.Reference{}
		return had
	}},
	{"a member of a group forgotten", func(r *rand.Rand, n *azure.Network) bool {
		if len(n.NetworkInterfaces) == 0 {
			return false
		}
		nic := n.NetworkInterfaces[r.IntN(len(n.NetworkInterfaces))]
		had := len(nic.IPConfigurations[0].ApplicationSecurityGroups) > 0
		nic.IPConfigurations[0].ApplicationSecurityGroups = nil
		return had
	}},
	{"a route forgotten", func(r *rand.Rand, n *azure.Network) bool {
		table := someTable(r, n)
		if table == nil || len(table.Routes) == 0 {
			return false
		}
		table.Routes = table.Routes[1:]
		return true
	}},
	{"a route to nowhere sent to the internet", func(r *rand.Rand, n *azure.Network) bool {
		table := someTable(r, n)
		if table == nil || table.Routes[0].NextHopType.V != azure.NoneNextHop {
			return false
		}
		table.Routes[0].NextHopType = azure.Of(azure.InternetNextHop, azure.Position{})
		return true
	}},
	{"a peering's access flag ignored", func(r *rand.Rand, n *azure.Network) bool {
		return somePeering(r, n, func(p *azure.Peering) bool {
			had := p.AllowVirtualNetworkAccess.IsSet() && !p.AllowVirtualNetworkAccess.V
			p.AllowVirtualNetworkAccess = azure.Value[bool]{}
			return had
		})
	}},
	{"a peering's state ignored", func(r *rand.Rand, n *azure.Network) bool {
		return somePeering(r, n, func(p *azure.Peering) bool {
			had := p.State.IsSet() && p.State.V != "Connected"
			p.State = azure.Value[string]{}
			return had
		})
	}},
	{"a Standard address read as Basic", func(r *rand.Rand, n *azure.Network) bool {
		if len(n.PublicIPAddresses) == 0 {
			return false
		}
		ip := n.PublicIPAddresses[r.IntN(len(n.PublicIPAddresses))]
		had := ip.SKU.V != "Basic"
		ip.SKU = azure.Of("Basic", azure.Position{})
		return had
	}},
}

func someRule(r *rand.Rand, n *azure.Network) *azure.SecurityRule {
	group := n.NetworkSecurityGroups[r.IntN(len(n.NetworkSecurityGroups))]
	if len(group.Rules) == 0 {
		return nil
	}
	return group.Rules[r.IntN(len(group.Rules))]
}

func someTable(r *rand.Rand, n *azure.Network) *azure.RouteTable {
	if len(n.RouteTables) == 0 {
		return nil
	}
	return n.RouteTables[r.IntN(len(n.RouteTables))]
}

func somePeering(r *rand.Rand, n *azure.Network, change func(*azure.Peering) bool) bool {
	v := n.VirtualNetworks[r.IntN(len(n.VirtualNetworks))]
	return len(v.Peerings) > 0 && change(v.Peerings[r.IntN(len(v.Peerings))])
}

// Would the comparison notice? Each mistake on the fast side must come to light
// within 600 networks.
func TestComparisonNoticesMistakes(t *testing.T) {
	for _, m := range mutations {
		t.Run(m.what, func(t *testing.T) {
			for seed := range uint64(600) {
				n := random.New(seed)
				applied := false
				p, err := newPair(n, func(network *azure.Network) {
					applied = m.apply(rand.New(rand.NewPCG(seed, 1)), network)
				})
				if err != nil {
					t.Fatal(err)
				}
				if !applied {
					continue
				}
				questions := n.Questions(seed)
				for range 60 {
					d, err := p.ask(questions.Next(), false)
					if err != nil {
						t.Fatal(err)
					}
					if d != nil {
						t.Logf("noticed in network %d: %s", seed, d.kind())
						return
					}
				}
			}
			t.Error("nobody noticed")
		})
	}
}
