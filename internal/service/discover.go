package service

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

// Discover binds every managed service of the network that the catalogue
// knows, in the order of the network. An edition chosen by the user
// ("logic-apps-ise@2023-09-27") replaces the default one of its service.
func (c *Catalogue) Discover(n *azure.Network, editions []*Profile, settings []Setting) ([]*Binding, error) {
	var bindings []*Binding
	var profiles []*Profile
	for _, resource := range Instances(n) {
		p, _ := c.forResource(resource)
		profiles = append(profiles, edition(p, editions))
	}
	for i, resource := range Instances(n) {
		p := profiles[i]
		if p == nil {
			continue
		}
		_, doubt := c.forResource(resource)
		var subnets []*azure.Subnet
		var missing []azure.Reference
		for _, ref := range resource.Subnets {
			if s, ok := subnetOf(n, ref); ok {
				subnets = append(subnets, s)
			} else {
				missing = append(missing, ref)
			}
		}
		b, err := Bind(p, resource, subnets, settingsOf(p, profiles, settings))
		if err != nil {
			return nil, err
		}
		b.Missing, b.Doubt = missing, doubt
		bindings = append(bindings, b)
	}
	return bindings, nil
}

// edition is the edition of a service that the user chose, if any.
func edition(p *Profile, chosen []*Profile) *Profile {
	for _, e := range chosen {
		if p != nil && e.Service == p.Service {
			p = e
		}
	}
	return p
}

// settingsOf leaves out settings that name no service and that only other
// services of the network take; one that none takes stays, to be refused.
func settingsOf(p *Profile, all []*Profile, settings []Setting) []Setting {
	takes := func(q *Profile, s Setting) bool {
		if q == nil {
			return false
		}
		_, ok := q.Parameter(s.Name)
		return ok
	}
	return slices.DeleteFunc(slices.Clone(settings), func(s Setting) bool {
		return s.Service == "" && !takes(p, s) && slices.ContainsFunc(all, func(q *Profile) bool { return takes(q, s) })
	})
}

// Instances are the managed services of a network, firewalls and gateways among
// them, by id.
func Instances(n *azure.Network) []*azure.ManagedService {
	list := slices.Clone(n.ManagedServices)
	for _, f := range n.AzureFirewalls {
		m := &azure.ManagedService{Resource: f.Resource, Properties: map[string]azure.Value[string]{}}
		m.Type = azure.TypeAzureFirewall
		for _, c := range f.IPConfigurations {
			m.AddSubnet(c.Subnet)
		}
		if c := f.ManagementIPConfiguration; c != nil {
			m.AddSubnet(c.Subnet)
			m.Properties["managementNic"] = azure.Of("true", c.At)
		}
		// A firewall of a virtual hub stands in no subnet.
		if len(m.Subnets) > 0 {
			list = append(list, m)
		}
	}
	for _, g := range n.Gateways {
		m := &azure.ManagedService{Resource: g.Resource, Properties: map[string]azure.Value[string]{"gatewayType": g.Kind, "sku.name": g.SKU}}
		m.Type = azure.TypeGateway
		for _, ref := range g.Subnets {
			m.AddSubnet(ref)
		}
		if len(m.Subnets) > 0 {
			list = append(list, m)
		}
	}
	slices.SortStableFunc(list, func(a, b *azure.ManagedService) int { return cmp.Compare(a.ID, b.ID) })
	return list
}

// subnetOf finds the subnet of a reference; one that is told by its network's
// id and its name is found by them.
func subnetOf(n *azure.Network, ref azure.Reference) (*azure.Subnet, bool) {
	if s, ok := n.Subnet(ref.ID); ok {
		return s, true
	}
	network, name, ok := strings.Cut(string(ref.ID), "/subnets/")
	if !ok {
		return nil, false
	}
	v, ok := n.VirtualNetwork(azure.ID(network))
	if !ok {
		return nil, false
	}
	for _, s := range v.Subnets {
		if strings.EqualFold(s.Name, name) {
			return s, true
		}
	}
	return nil, false
}

// FindSubnet finds a subnet as a user names it: by id, by address, by
// network/name or by name, with case folded. Several of one name are an error
// that lists them.
func FindSubnet(n *azure.Network, name string) (*azure.Subnet, error) {
	if s, ok := n.Subnet(azure.MakeID(name)); ok {
		return s, nil
	}
	var found []*azure.Subnet
	for _, s := range n.Subnets() {
		if strings.EqualFold(s.Name, name) || strings.EqualFold(s.Address, name) ||
			strings.EqualFold(s.VirtualNetwork.Name+"/"+s.Name, name) {
			found = append(found, s)
		}
	}
	switch len(found) {
	case 0:
		return nil, fmt.Errorf("no subnet is called %q; the input has %s", name, SubnetNames(n.Subnets()))
	case 1:
		return found[0], nil
	}
	return nil, fmt.Errorf("%d subnets are called %q: %s; name one as network/subnet or by id", len(found), name, SubnetNames(found))
}

// FindSubnets finds each subnet of a list of names, as FindSubnet does.
func FindSubnets(n *azure.Network, names []string) ([]*azure.Subnet, error) {
	var subnets []*azure.Subnet
	for _, name := range names {
		s, err := FindSubnet(n, name)
		if err != nil {
			return nil, err
		}
		subnets = append(subnets, s)
	}
	return subnets, nil
}

// SubnetNames lists subnets as network/name for messages, long lists folded.
func SubnetNames(subnets []*azure.Subnet) string {
	const most = 12
	var names []string
	for i, s := range subnets {
		if i == most {
			names = append(names, fmt.Sprintf("and %d more", len(subnets)-most))
			break
		}
		names = append(names, s.VirtualNetwork.Name+"/"+s.Name)
	}
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}
