package plain

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

// Twin answers questions about one network. It is frozen and safe for
// concurrent use.
type Twin struct {
	network  *azure.Network
	tags     Tags
	switches Switches

	places  map[azure.ID]place
	groups  map[azure.ID][]*azure.SecurityRule
	members map[azure.ID][]netip.Addr
	// rules of the firewalls, by id.
	rules map[azure.ID]openRules
	// none are the platform's routes to None (RT-2, RT-3).
	none []netip.Prefix
}

// place is a subnet with what is attached to it.
type place struct {
	subnet *azure.Subnet
	vnet   *azure.VirtualNetwork
	// group is the network security group of the subnet, or nil.
	group *azure.NetworkSecurityGroup
	// table is the route table of the subnet, or nil (RT-11).
	table *azure.RouteTable
}

// firewallSubnet is what the subnet of a firewall is called.
const firewallSubnet = "AzureFirewallSubnet"

// New makes the twin of a network, with the tags its rules and routes name,
// under one reading of the open points. It refuses, with an error, a network
// that holds an unknown value, names a tag that is not in tags (TAG-8), or
// holds a resource whose effect the twin does not follow.
func New(network *azure.Network, tags Tags, s Switches) (*Twin, error) {
	t := &Twin{
		network: network, tags: tags, switches: s,
		places:  map[azure.ID]place{},
		groups:  map[azure.ID][]*azure.SecurityRule{},
		members: map[azure.ID][]netip.Addr{},
		rules:   map[azure.ID]openRules{},
		none:    slices.Concat(reservedBlocks, s.noneRoutes()),
	}
	if err := t.refuse(); err != nil {
		return nil, err
	}
	for _, vnet := range network.VirtualNetworks {
		for _, subnet := range vnet.Subnets {
			p := place{subnet: subnet, vnet: vnet}
			p.group, _ = network.NetworkSecurityGroup(subnet.NetworkSecurityGroup.ID)
			p.table, _ = network.RouteTable(subnet.RouteTable.ID)
			if strings.EqualFold(subnet.Name, firewallSubnet) {
				p.group = nil // a user's group has no effect there (SUB-2)
			}
			t.places[subnet.ID] = p
		}
	}
	for _, group := range network.NetworkSecurityGroups {
		t.groups[group.ID] = inOrder(group)
	}
	for _, nic := range network.NetworkInterfaces {
		for _, c := range nic.IPConfigurations {
			for _, g := range c.ApplicationSecurityGroups {
				t.members[g.ID] = append(t.members[g.ID], c.PrivateIPAddress.V)
			}
		}
	}
	for _, f := range network.AzureFirewalls {
		r, open := rulesOf(network, tags, f)
		if open == "" {
			r.anyIsThree = s.On[AnyIsThree]
		}
		t.rules[f.ID] = openRules{r, open}
	}
	for _, e := range network.PrivateEndpoints { // ASG-5
		for _, g := range e.ApplicationSecurityGroups {
			for _, v := range e.PrivateAddresses {
				t.members[g.ID] = append(t.members[g.ID], v.V)
			}
		}
	}
	return t, nil
}

// openRules are the rules of a firewall, or what leaves all of them open.
type openRules struct {
	*ruleset
	open string
}

// rulesFor are the rules of a firewall for one question.
func (a *asking) rulesFor(f *azure.AzureFirewall) (*ruleset, string) {
	have := a.rules[f.ID]
	if have.open != "" {
		return nil, have.open
	}
	own := *have.ruleset
	return &own, ""
}

// inOrder lists the rules of a group, the six defaults included (NSG-19), in
// the order of evaluation (NSG-4). Both directions stand in one list.
func inOrder(group *azure.NetworkSecurityGroup) []*azure.SecurityRule {
	rules := slices.Clone(group.Rules)
	rules = append(rules, azure.DefaultRules(azure.Inbound)...)
	rules = append(rules, azure.DefaultRules(azure.Outbound)...)
	slices.SortStableFunc(rules, func(a, b *azure.SecurityRule) int {
		return cmp.Compare(a.Priority.V, b.Priority.V)
	})
	return rules
}

// configuration finds the IP configuration with an address in a subnet, or nil.
func (t *Twin) configuration(p place, address netip.Addr) *azure.IPConfiguration {
	for _, nic := range t.network.NetworkInterfaces {
		for _, c := range nic.IPConfigurations {
			if c.Subnet.ID == p.subnet.ID && c.PrivateIPAddress.V == address {
				return c
			}
		}
	}
	return nil
}

// interfaceGroup is the network security group of the network interface that
// owns an address of a subnet, or nil.
func (t *Twin) interfaceGroup(p place, address netip.Addr) *azure.NetworkSecurityGroup {
	c := t.configuration(p, address)
	if c == nil {
		return nil
	}
	group, _ := t.network.NetworkSecurityGroup(c.Interface.NetworkSecurityGroup.ID)
	return group
}

// subnetOf finds the subnet of a virtual network that holds an address.
func (t *Twin) subnetOf(vnet *azure.VirtualNetwork, address netip.Addr) (place, bool) {
	for _, subnet := range vnet.Subnets {
		for _, prefix := range subnet.Prefixes {
			if prefix.V.Contains(address) {
				return t.places[subnet.ID], true
			}
		}
	}
	return place{}, false
}

// reserved reports whether an address is one of the five of each subnet that
// nobody can have: the first four and the last (FAB-4).
func reserved(subnet *azure.Subnet, address netip.Addr) bool {
	for _, prefix := range subnet.Prefixes {
		if !prefix.V.Contains(address) {
			continue
		}
		if next := address.Next(); !next.IsValid() || !prefix.V.Contains(next) {
			return true
		}
		first := prefix.V.Masked().Addr()
		for range 4 {
			if address == first {
				return true
			}
			first = first.Next()
		}
	}
	return false
}
