package compare

import (
	"math/rand/v2"
	"net/netip"
	"strings"
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
		side := &rule.Source
		if rule.Direction.V == azure.Outbound {
			side = &rule.Destination
		}
		first := side.Term(0)
		if first.Kind != azure.PrefixAddress || first.Prefix.IsSingleIP() {
			return false
		}
		*side = side.With(func(t azure.AddressTerm) azure.AddressTerm {
			if t.Prefix == first.Prefix {
				t.Prefix = netip.PrefixFrom(t.Prefix.Addr(), t.Prefix.Bits()+1)
			}
			return t
		})
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
	{"a rule that always allows read as one that allows", func(r *rand.Rand, n *azure.Network) bool {
		for _, rule := range n.AdminRules {
			if rule.Access.V == azure.AdminAlwaysAllow {
				rule.Access = azure.Of(azure.AdminAllow, rule.Access.At)
				return true
			}
		}
		return false
	}},
	{"the admin rules of a subnet forgotten", func(r *rand.Rand, n *azure.Network) bool {
		subnets := n.Subnets()
		s := subnets[r.IntN(len(subnets))]
		had := len(s.AdminRules) > 0
		s.AdminRules = nil
		return had
	}},
	{"a private endpoint forgotten", func(r *rand.Rand, n *azure.Network) bool {
		if len(n.PrivateEndpoints) == 0 {
			return false
		}
		n.PrivateEndpoints = n.PrivateEndpoints[1:]
		return true
	}},
	{"the other policies for private endpoints", func(r *rand.Rand, n *azure.Network) bool {
		for _, e := range n.PrivateEndpoints {
			s, _ := n.Subnet(e.Subnet.ID)
			if s.NetworkSecurityGroup.IsSet() || s.RouteTable.IsSet() {
				changed := "Enabled"
				if strings.EqualFold(s.PrivateEndpointNetworkPolicies.V, changed) {
					changed = "Disabled"
				}
				s.PrivateEndpointNetworkPolicies = azure.Of(changed, azure.Position{})
				return true
			}
		}
		return false
	}},
	{"a firewall's collection that denies read as one that allows", func(r *rand.Rand, n *azure.Network) bool {
		c := someCollection(r, n)
		if c == nil || c.Kind != azure.NetworkRule || c.Action.V != azure.FirewallDeny {
			return false
		}
		c.Action = azure.Of(azure.FirewallAllow, c.Action.At)
		return true
	}},
	{"a firewall's collection in another place", func(r *rand.Rand, n *azure.Network) bool {
		c := someCollection(r, n)
		if c == nil || c.Priority.V < 300 {
			return false
		}
		c.Priority = azure.Of(100, c.Priority.At)
		return true
	}},
	{"a firewall's private ranges left out", func(r *rand.Rand, n *azure.Network) bool {
		for _, f := range n.AzureFirewalls {
			if len(f.PrivateRanges) > 0 {
				f.PrivateRanges = nil
				return true
			}
		}
		return false
	}},
	{"the second address of a firewall forgotten", func(r *rand.Rand, n *azure.Network) bool {
		for _, f := range n.AzureFirewalls {
			if len(f.IPConfigurations) > 1 {
				f.IPConfigurations = f.IPConfigurations[:1]
				return true
			}
		}
		return false
	}},
	{"the parent of a policy forgotten", func(r *rand.Rand, n *azure.Network) bool {
		for _, p := range n.FirewallPolicies {
			if p.Base.IsSet() {
				p.Base = azure.Reference{}
				return true
			}
		}
		return false
	}},
	{"the routes of a firewall's subnet forgotten", func(r *rand.Rand, n *azure.Network) bool {
		for _, s := range n.Subnets() {
			if s.Name == "AzureFirewallSubnet" && s.RouteTable.IsSet() {
				s.RouteTable = azure.Reference{}
				return true
			}
		}
		return false
	}},
	{"forwarded traffic let over every peering", func(r *rand.Rand, n *azure.Network) bool {
		return len(n.AzureFirewalls) > 0 && somePeering(r, n, func(p *azure.Peering) bool {
			had := !p.AllowForwardedTraffic.V
			p.AllowForwardedTraffic = azure.Of(true, azure.Position{})
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

func someCollection(r *rand.Rand, n *azure.Network) *azure.RuleCollection {
	var all []*azure.RuleCollection
	for _, f := range n.AzureFirewalls {
		all = append(all, f.RuleCollections...)
	}
	for _, p := range n.FirewallPolicies {
		for _, g := range p.Groups {
			all = append(all, g.Collections...)
		}
	}
	if len(all) == 0 {
		return nil
	}
	return all[r.IntN(len(all))]
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
