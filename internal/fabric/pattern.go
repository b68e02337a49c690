package fabric

import (
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
)

// FirewallsOn are the firewalls that a way out leads to, in the order in which it
// meets them.
func (f *Fabric) FirewallsOn(trace []Hop) []*azure.AzureFirewall {
	var list []*azure.AzureFirewall
	for _, h := range trace {
		if h.Return {
			break
		}
		for _, firewall := range f.network.AzureFirewalls {
			if firewall.ID == h.Resource || h.Kind == KindFirewallRule && f.hasCollection(firewall, h.Resource) {
				list = append(list, firewall)
			}
		}
	}
	return slices.Compact(list)
}

func (f *Fabric) hasCollection(firewall *azure.AzureFirewall, id azure.ID) bool {
	set, _ := f.rulesOf(firewall)
	return slices.ContainsFunc(set.collections, func(c ranked) bool { return c.ID == id })
}

// FilterRules are the network and application rules of a firewall, in order of
// evaluation; those of one priority come in any order (P-12).
func (f *Fabric) FilterRules(firewall *azure.AzureFirewall) []*azure.FirewallRule {
	set, _ := f.rulesOf(firewall)
	var list []*azure.FirewallRule
	for _, c := range set.collections {
		if c.Kind != azure.NATRule {
			list = append(list, c.Rules...)
		}
	}
	return list
}

// MayMeet reports whether a rule may match some of the packets, if every name in
// it is resolved.
func (f *Fabric) MayMeet(r *azure.FirewallRule, packets []flow.Cube) bool {
	for _, c := range f.compileFirewallRule(r, ruleset{proxy: yes}, Named{}).may {
		if slices.ContainsFunc(packets, c.Overlaps) {
			return true
		}
	}
	return false
}

// LacksProxy reports whether a firewall certainly resolves no names in network
// rules (P-36).
func (f *Fabric) LacksProxy(firewall *azure.AzureFirewall) bool {
	set, why := f.rulesOf(firewall)
	return why == "" && set.proxy == no && set.inherited == no
}

// Admits are the senders from which the rules of a firewall certainly let packets
// through, whatever routes lead them there.
func (f *Fabric) Admits(firewall *azure.AzureFirewall, packets []flow.Cube) flow.AddressSet {
	var all flow.AddressSetBuilder
	for _, c := range packets {
		c.Source, c.SourcePorts = f.ipv4(), flow.AllPorts()
		for _, o := range f.FirewallRules(Gate{Firewall: firewall}, Named{}).Split([]flow.Cube{c}, false) {
			if o.Effect == Pass {
				all.AddSet(Sources(o.Packets))
			}
		}
	}
	return all.Set()
}

// threat tells whether the threat intelligence of a firewall drops what is on its
// list, by the strictest of its policy and its ancestors, and the addresses
// that it certainly leaves alone (P-18). A Basic firewall only alerts.
func (f *Fabric) threat(firewall *azure.AzureFirewall) (drops ternary, spared flow.AddressSet) {
	if firewall.Tier.Or("") == azure.FirewallBasic {
		return no, spared
	}
	note := func(v azure.Value[azure.InspectionMode]) {
		switch mode, known := v.Known(); {
		case mode == azure.InspectionDeny:
			drops = yes
		case v.IsSet() && !known && drops == no:
			drops = maybe
		}
	}
	if !firewall.Policy.IsSet() {
		note(firewall.ThreatIntelMode)
		return drops, spared
	}
	var left flow.AddressSetBuilder
	for _, p := range f.policyLine(firewall) {
		note(p.ThreatIntelMode)
		for _, term := range p.ThreatIntelAllowed {
			if term.Kind == azure.FirewallRange {
				left.AddSet(flow.Range(term.First, term.Last))
			}
		}
	}
	return drops, left.Set()
}

// MayThreaten reports whether the threat intelligence of a firewall drops what is
// on its list, or may, and looks at some of these packets.
func (f *Fabric) MayThreaten(firewall *azure.AzureFirewall, packets []flow.Cube) bool {
	drops, spared := f.threat(firewall)
	return drops != no && !Destinations(packets).SubsetOf(spared)
}

// policyLine is the policy of a firewall and its ancestors, as far as the input
// states them.
func (f *Fabric) policyLine(firewall *azure.AzureFirewall) []*azure.FirewallPolicy {
	var line []*azure.FirewallPolicy
	for at := firewall.Policy; at.IsSet(); {
		policy, ok := f.network.FirewallPolicy(at.ID)
		if !ok || slices.Contains(line, policy) {
			break
		}
		line, at = append(line, policy), policy.Base
	}
	return line
}

// SharedAddresses are the public IP addresses that a firewall gives to what it
// lets out: its own, or those of the NAT gateway of its subnet (S-23). The count
// includes those of prefixes; gateway tells which of the two they are.
func (f *Fabric) SharedAddresses(firewall *azure.AzureFirewall) (list []*azure.PublicIPAddress, gateway bool) {
	var refs []azure.Reference
	for _, c := range firewall.IPConfigurations {
		refs = append(refs, c.PublicIPAddress)
	}
	for _, c := range firewall.IPConfigurations {
		s, ok := f.network.Subnet(c.Subnet.ID)
		if !ok {
			continue
		}
		if g, has := f.network.NATGateway(s.NATGateway.ID); has {
			refs, gateway = g.PublicIPAddresses, true
		}
	}
	for _, ref := range refs {
		if ip, ok := f.network.PublicIPAddress(ref.ID); ok {
			list = append(list, ip)
		}
	}
	return list, gateway
}

// Place is the subnet that a firewall stands in.
func (f *Fabric) Place(firewall *azure.AzureFirewall) (*azure.Subnet, bool) {
	for _, c := range firewall.IPConfigurations {
		if s, ok := f.network.Subnet(c.Subnet.ID); ok {
			return s, true
		}
	}
	return nil, false
}

// DefaultRoute is the user route 0.0.0.0/0 of a subnet to an appliance, if there
// is one.
func (f *Fabric) DefaultRoute(s *azure.Subnet) (*azure.Route, bool) {
	table, _ := f.attachedTable(s)
	if table == nil {
		return nil, false
	}
	for _, r := range table.Routes {
		hop, _ := r.NextHopType.Known()
		if r.Destination.Kind == azure.PrefixAddress && r.Destination.Prefix.Bits() == 0 && r.Destination.Prefix.Addr().Is4() && hop == azure.VirtualAppliance {
			return r, true
		}
	}
	return nil, false
}

// AsksFirewall reports whether a virtual network's clients resolve names at a
// firewall (C-13).
func AsksFirewall(v *azure.VirtualNetwork, firewall *azure.AzureFirewall) bool {
	for _, server := range v.DNSServers {
		for _, c := range firewall.IPConfigurations {
			if sameAddress(server, c.PrivateIPAddress) {
				return true
			}
		}
	}
	return false
}

// IsStatic reports what is known of how a public IP address is kept: one that is
// allocated dynamically, or of the SKU Basic, is no address of a firewall.
func IsStatic(ip *azure.PublicIPAddress) bool {
	return !strings.EqualFold(ip.Allocation.Or(""), "Dynamic") && !strings.EqualFold(ip.SKU.Or(""), "Basic")
}
