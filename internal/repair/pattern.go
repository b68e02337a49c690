package repair

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/service"
)

// gate is the firewall through which destinations shall see one address.
type gate struct {
	firewall *azure.AzureFirewall
	// address that routes name.
	address azure.Value[netip.Addr]
	// subnet of the firewall, whose own table must not be the senders' (C-20).
	subnet azure.ID
	// edits make it where it does not exist.
	edits []Edit
}

// pattern plans what the network lacks of the way of one subnet through a
// firewall to a destination (C-01 to C-07): the firewall with its subnet and its
// address, a route table, the route, the association. What the firewall's rules
// then lack shows when the changed network is asked.
func (p *planner) pattern(n *Need) ([]Edit, string) {
	s, want := n.Row.Subnet, n.SingleIP
	if s.Stub || s.VirtualNetwork == nil || s.VirtualNetwork.Stub {
		return nil, "no input states the subnet " + s.Name + " and its virtual network"
	}
	g, problem := p.gate(n)
	if problem != "" {
		return nil, problem
	}
	table, edits, problem := p.table(s, g, want.Destinations)
	if problem != "" {
		return nil, problem
	}
	edits = slices.Concat(g.edits, edits, p.routesThrough(table, g, want.Destination.Prefix))
	if !s.RouteTable.IsSet() {
		edits = append(edits, Edit{Action: Modify, Change: &Association{Subnet: s, Kind: azure.SubnetToRouteTable, To: &table.Resource}})
	}
	return edits, ""
}

// gate finds the firewall of a subnet's virtual network, or one that routes of its
// subnets to the destination lead to already, or plans one.
func (p *planner) gate(n *Need) (*gate, string) {
	v := n.Row.Subnet.VirtualNetwork
	if g := p.gates[v.ID]; g != nil {
		return g, ""
	}
	network := p.fabric.Network()
	for _, f := range network.AzureFirewalls {
		for _, c := range f.IPConfigurations {
			if s, ok := network.Subnet(c.Subnet.ID); ok && (s.VirtualNetwork == v || p.leadsTo(n, c)) {
				if !c.PrivateIPAddress.IsSet() {
					return nil, fmt.Sprintf("the input does not tell the private address of firewall %s, which routes must name", f.Name)
				}
				return &gate{firewall: f, address: c.PrivateIPAddress, subnet: s.ID}, ""
			}
		}
		if len(f.UnknownIPConfigurations) > 0 && !f.VirtualHub.IsSet() {
			return nil, fmt.Sprintf("where firewall %s stands is not known: no input states its addresses", f.Name)
		}
	}
	g, problem := p.newGate(v, n.SingleIP.Address)
	if problem == "" {
		p.gates[v.ID] = g
	}
	return g, problem
}

// leadsTo reports whether a route of the subnet, or of another one of its virtual
// network, leads the destination to an address of a firewall.
func (p *planner) leadsTo(n *Need, c *azure.FirewallIPConfiguration) bool {
	return slices.ContainsFunc(n.Row.Subnet.VirtualNetwork.Subnets, func(s *azure.Subnet) bool {
		table, ok := p.fabric.Network().RouteTable(s.RouteTable.ID)
		return ok && slices.ContainsFunc(table.Routes, func(r *azure.Route) bool {
			return r.Destination.Kind == azure.PrefixAddress && r.Destination.Prefix.Overlaps(n.SingleIP.Destination.Prefix) && leads(r, c.PrivateIPAddress)
		})
	})
}

// leads reports whether the next hop of a route is an address; one that is not
// known yet is itself alone.
func leads(r *azure.Route, to azure.Value[netip.Addr]) bool {
	a, b := r.NextHopIPAddress, to
	if a.Unknown != nil || b.Unknown != nil {
		return a.Unknown != nil && b.Unknown != nil && a.Unknown.Name == b.Unknown.Name
	}
	x, ok := a.Known()
	y, also := b.Known()
	return ok && also && x == y
}

// newGate plans a firewall for a virtual network: its subnet, its public address
// and itself, as far as they do not exist.
func (p *planner) newGate(v *azure.VirtualNetwork, expected string) (*gate, string) {
	subnet, edits, problem := p.firewallSubnet(v)
	if problem != "" {
		return nil, problem
	}
	address, more, problem := p.publicAddress(v, expected)
	if problem != "" {
		return nil, problem
	}
	edits = append(edits, more...)
	f := p.deallocated(v)
	action := Modify
	if f == nil {
		action = Add
		f = &azure.AzureFirewall{Resource: beside(&v.Resource, azure.TypeAzureFirewall, p.newName("fw-"+v.Name, 50))}
		f.SKU, f.Tier = azure.Of(azure.FirewallInNetwork, v.At), azure.Of(azure.FirewallStandard, v.At)
		f.ThreatIntelMode = azure.Of(azure.InspectionAlert, v.At)
		if v.Rank != azure.RankPlan && v.Rank != azure.RankState { // there, collections are resources of their own
			f.RuleCollections = []*azure.RuleCollection{}
		}
	}
	c := &azure.FirewallIPConfiguration{
		Resource: within(&f.Resource, azure.TypeFirewallIPConfiguration, "azureFirewallIpConfigurations", "ipconfig"),
		Subnet:   refTo(&subnet.Resource), PublicIPAddress: refTo(&address.Resource),
		PrivateIPAddress: notYet[netip.Addr](&f.Resource, "private address"),
	}
	if action == Add {
		f.IPConfigurations = []*azure.FirewallIPConfiguration{c}
		edits = append(edits, Edit{Action: Add, Change: &NewFirewall{f, v, address}})
		return &gate{f, c.PrivateIPAddress, subnet.ID, edits}, ""
	}
	allocated := *f
	allocated.IPConfigurations = []*azure.FirewallIPConfiguration{c}
	edits = append(edits, Edit{Action: Modify, Change: &NewFirewallAddress{&allocated, c, v, address}})
	return &gate{&allocated, c.PrivateIPAddress, subnet.ID, edits}, ""
}

// deallocated is a firewall without addresses beside a virtual network: it has
// been stopped, and stands nowhere (C-07).
func (p *planner) deallocated(v *azure.VirtualNetwork) *azure.AzureFirewall {
	for _, f := range p.fabric.Network().AzureFirewalls {
		if len(f.IPConfigurations)+len(f.UnknownIPConfigurations) == 0 && !f.VirtualHub.IsSet() && !f.Stub &&
			strings.EqualFold(providersOf(f.Address), providersOf(v.Address)) {
			return f
		}
	}
	return nil
}

// firewallSubnet is the subnet for a firewall, or a new one in the first free
// place of the address space.
func (p *planner) firewallSubnet(v *azure.VirtualNetwork) (*azure.Subnet, []Edit, string) {
	const name = "AzureFirewallSubnet"
	for _, s := range v.Subnets {
		if !strings.EqualFold(s.Name, name) {
			continue
		}
		for _, prefix := range s.Prefixes {
			if known, ok := prefix.Known(); ok && known.Addr().Is4() && known.Bits() > azure.SmallestFirewallSubnet {
				return nil, nil, fmt.Sprintf("subnet %s is a /%d, and a firewall needs a /%d (R-06)", s.Label(), known.Bits(), azure.SmallestFirewallSubnet)
			}
		}
		return s, nil, ""
	}
	prefix, problem := freePrefix(v, azure.SmallestFirewallSubnet)
	if problem != "" {
		return nil, nil, "there is no place for a firewall: " + problem
	}
	s := &azure.Subnet{Resource: within(&v.Resource, azure.TypeSubnet, "subnets", name), VirtualNetwork: v, Prefixes: []azure.Value[netip.Prefix]{azure.Of(prefix, v.At)}}
	if strings.Contains(v.Address, "azurerm_") {
		s.Address = "azurerm_subnet." + TerraformName(name)
	}
	return s, []Edit{{Action: Add, Change: &NewSubnet{v, s}}}, ""
}

// publicAddress is the expected address, the only one that is free, or a new
// one.
func (p *planner) publicAddress(v *azure.VirtualNetwork, expected string) (*azure.PublicIPAddress, []Edit, string) {
	used := p.usedAddresses()
	var free []*azure.PublicIPAddress
	for _, ip := range p.fabric.Network().PublicIPAddresses {
		address, known := ip.IPAddress.Known()
		switch {
		case expected != "" && (!known || address.String() != expected):
		case expected != "" && used[ip.ID]:
			return nil, nil, fmt.Sprintf("the address %s, which the destination expects, is in use: %s", expected, ip.Label())
		case !used[ip.ID] && strings.EqualFold(ip.SKU.Or(""), "Standard") && (!known || address.Is4()) && strings.EqualFold(providersOf(ip.Address), providersOf(v.Address)):
			free = append(free, ip)
		}
	}
	if len(free) == 1 {
		return free[0], nil, ""
	}
	if expected != "" {
		return nil, nil, fmt.Sprintf("no public IP address of the input that is free and of the Standard SKU is %s, which the destination expects", expected)
	}
	ip := &azure.PublicIPAddress{Resource: beside(&v.Resource, azure.TypePublicIPAddress, p.newName("pip-fw-"+v.Name, azure.MaxName)), SKU: azure.Of("Standard", v.At)}
	ip.IPAddress = notYet[netip.Addr](&ip.Resource, "address")
	return ip, []Edit{{Action: Add, Change: &NewPublicIPAddress{ip}}}, ""
}

// usedAddresses are the public addresses that something of the network has.
func (p *planner) usedAddresses() map[azure.ID]bool {
	used := map[azure.ID]bool{}
	n := p.fabric.Network()
	for _, nic := range n.NetworkInterfaces {
		for _, c := range nic.IPConfigurations {
			used[c.PublicIPAddress.ID] = true
		}
	}
	for _, f := range n.AzureFirewalls {
		for _, c := range f.IPConfigurations {
			used[c.PublicIPAddress.ID] = true
		}
		if c := f.ManagementIPConfiguration; c != nil {
			used[c.PublicIPAddress.ID] = true
		}
	}
	for _, g := range n.NATGateways {
		for _, ref := range g.PublicIPAddresses {
			used[ref.ID] = true
		}
	}
	for _, g := range n.Gateways {
		for _, ref := range g.PublicIPAddresses {
			used[ref.ID] = true
		}
	}
	for _, l := range n.LoadBalancers {
		for _, f := range l.Frontends {
			used[f.PublicIPAddress.ID] = true
		}
	}
	return used
}

// newName is a name that no resource of the network has.
func (p *planner) newName(base string, most int) string {
	if p.names == nil {
		p.names = map[string]bool{}
		n := p.fabric.Network()
		for _, f := range n.AzureFirewalls {
			p.names[strings.ToLower(f.Name)] = true
		}
		for _, ip := range n.PublicIPAddresses {
			p.names[strings.ToLower(ip.Name)] = true
		}
		for _, t := range n.RouteTables {
			p.names[strings.ToLower(t.Name)] = true
		}
		for _, g := range n.NetworkSecurityGroups {
			p.names[strings.ToLower(g.Name)] = true
		}
	}
	base = valid(base)
	return unique(base[:min(len(base), most-4)], p.names)
}

// table is the route table for a subnet: its own; else one that leads nothing
// but the destinations anywhere; else a new one, which all subnets share.
func (p *planner) table(s *azure.Subnet, g *gate, to []service.Destination) (*azure.RouteTable, []Edit, string) {
	v := s.VirtualNetwork
	if !s.RouteTable.IsSet() && p.tables[v.ID] == nil {
		for _, table := range p.fabric.Network().RouteTables {
			if !table.Stub && strings.EqualFold(providersOf(table.Address), providersOf(v.Address)) && servesOnly(table, to) && !p.attachedElsewhere(table, g) {
				return table, nil, ""
			}
		}
	}
	return p.ownTable(s, "rt-egress-"+v.Name)
}

// servesOnly reports whether a table has no routes but to the destinations.
func servesOnly(t *azure.RouteTable, to []service.Destination) bool {
	if len(t.UnknownRoutes) > 0 {
		return false
	}
	return !slices.ContainsFunc(t.Routes, func(r *azure.Route) bool {
		return r.Destination.Kind != azure.PrefixAddress || !slices.ContainsFunc(to, func(d service.Destination) bool {
			return d.Prefix.Bits() <= r.Destination.Prefix.Bits() && d.Prefix.Overlaps(r.Destination.Prefix)
		})
	})
}

// attachedElsewhere reports whether a table is that of a firewall's subnet, or
// of another virtual network.
func (p *planner) attachedElsewhere(t *azure.RouteTable, g *gate) bool {
	return slices.ContainsFunc(p.fabric.Network().Subnets(), func(s *azure.Subnet) bool {
		return s.RouteTable.ID == t.ID && (s.ID == g.subnet || strings.HasPrefix(strings.ToLower(s.Name), "azurefirewall"))
	})
}

// routesThrough are the routes that a table lacks so that all of a prefix goes to
// a firewall (C-03 to C-05).
func (p *planner) routesThrough(table *azure.RouteTable, g *gate, to netip.Prefix) []Edit {
	var edits []Edit
	covered := false
	var best *azure.Route
	for _, r := range table.Routes {
		at := r.Destination.Prefix
		if r.Destination.Kind != azure.PrefixAddress || !at.Overlaps(to) {
			continue
		}
		if at.Bits() < to.Bits() {
			if best == nil || at.Bits() > best.Destination.Prefix.Bits() {
				best = r
			}
			continue
		}
		covered = covered || at == to
		if !leads(r, g.address) {
			edits = append(edits, Edit{Action: Modify, Change: &RouteChange{Table: table, Was: r, Route: throughFirewall(r.Name, at, g)}})
		}
	}
	if !covered && (best == nil || !leads(best, g.address)) {
		route := throughFirewall("", to, g)
		edits = append(edits, Edit{Action: Add, Table: table, Route: &route})
	}
	return edits
}

func throughFirewall(name string, to netip.Prefix, g *gate) Route {
	r := Route{Name: name, AddressPrefix: to.String(), NextHopType: azure.VirtualAppliance, Firewall: g.firewall}
	if a, ok := g.address.Known(); ok {
		r.NextHopIPAddress = a.String()
	}
	return r
}

// wrongAddress says why a destination sees another address although all routes
// lead through the firewall.
func wrongAddress(n *Need) string {
	for _, part := range n.Parts {
		for _, h := range part.Blockers {
			if h.Note != "" {
				return h.Note + "; fix takes no address away"
			}
		}
	}
	return "its subnets are seen with different addresses, and fix takes no address away"
}
