package repair

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/reach"
)

// AddressRemoval takes a public address away from a firewall, so that it leaves
// with the others (C-17).
type AddressRemoval struct {
	Firewall *azure.AzureFirewall
	Address  *azure.FirewallIPConfiguration
}

// Detachment takes a route table or a NAT gateway away from a subnet.
type Detachment struct {
	Subnet *azure.Subnet
	// Kind is SubnetToRouteTable or SubnetToNATGateway.
	Kind azure.AssociationKind
	From *azure.Resource
}

// Target is the firewall.
func (c *AddressRemoval) Target() *azure.Resource { return &c.Firewall.Resource }

// Text names the address.
func (c *AddressRemoval) Text() string {
	return fmt.Sprintf("address %s taken away: nothing leaves with %s any more", c.Address.Name, refName(c.Address.PublicIPAddress))
}

// Target is the subnet.
func (c *Detachment) Target() *azure.Resource { return &c.Subnet.Resource }

// Text names what is taken away.
func (c *Detachment) Text() string {
	if c.Kind == azure.SubnetToRouteTable {
		return "uses route table " + c.From.Name + " no longer"
	}
	return "uses NAT gateway " + c.From.Name + " no longer"
}

func (c *AddressRemoval) key() string { return "address " + string(c.Address.ID) }
func (c *Detachment) key() string     { return fmt.Sprintf("detachment %d %s", c.Kind, c.Subnet.ID) }

func (c *AddressRemoval) apply(list []*azure.Inventory) bool {
	done := false
	return eachFirewall(list, c.Firewall, func(f *azure.AzureFirewall) {
		kept := slices.DeleteFunc(slices.Clone(f.IPConfigurations), func(x *azure.FirewallIPConfiguration) bool { return same(&x.Resource, &c.Address.Resource) })
		done = done || len(kept) < len(f.IPConfigurations)
		f.IPConfigurations = kept
	}) && done
}

func (c *Detachment) apply(list []*azure.Inventory) bool {
	done := eachSubnet(list, c.Subnet, func(s *azure.Subnet) {
		if c.Kind == azure.SubnetToRouteTable {
			s.RouteTable = azure.Reference{}
		} else {
			s.NATGateway = azure.Reference{}
		}
	})
	for _, inv := range list {
		inv.Associations = slices.DeleteFunc(slices.Clone(inv.Associations), func(a azure.Association) bool {
			return a.Kind == c.Kind && a.From.ID == c.Subnet.ID
		})
	}
	return done
}

// oneAddress plans what gives a destination the one address that it shall see, where
// all routes lead through a firewall already: away with a NAT gateway of the
// firewall's subnet (C-18), or with further addresses of the firewall (C-17). An
// address that a NAT rule publishes stays, for that would close what comes in.
func (p *planner) oneAddress(n *Need) ([]Edit, string) {
	g, problem := p.gate(n)
	if problem != "" {
		return nil, problem
	}
	network := p.fabric.Network()
	subnet, _ := network.Subnet(g.subnet)
	if gateway, ok := network.NATGateway(subnet.NATGateway.ID); ok {
		for _, ref := range gateway.PublicIPAddresses {
			if n.SingleIP.Address != "" && p.addressOf(ref) == n.SingleIP.Address {
				return nil, fmt.Sprintf("%s: the NAT gateway %s of subnet %s has the address that the destination expects, and others; take them from it", wrongAddress(n), gateway.Name, subnet.Name)
			}
		}
		return []Edit{{Action: Modify, Change: &Detachment{subnet, azure.SubnetToNATGateway, &gateway.Resource}}}, ""
	}
	var keep *azure.FirewallIPConfiguration
	for _, c := range g.firewall.IPConfigurations {
		if n.SingleIP.Address == "" && c.Subnet.IsSet() || n.SingleIP.Address != "" && p.addressOf(c.PublicIPAddress) == n.SingleIP.Address {
			keep = c
		}
	}
	if keep == nil || len(g.firewall.IPConfigurations) < 2 {
		return nil, wrongAddress(n)
	}
	var edits []Edit
	for _, c := range g.firewall.IPConfigurations {
		switch rule := p.publishes(g.firewall, c); {
		case c == keep:
		case c.Subnet.IsSet():
			return nil, fmt.Sprintf("%s: the configuration %s of firewall %s holds its subnet and has another address, and cannot be taken away; give it the address that is expected", wrongAddress(n), c.Name, g.firewall.Name)
		case rule != "":
			return nil, fmt.Sprintf("%s: the NAT rule %s of firewall %s publishes the address of %s, which would have to go; lead it to another address first", wrongAddress(n), rule, g.firewall.Name, c.Name)
		default:
			edits = append(edits, Edit{Action: Remove, Change: &AddressRemoval{g.firewall, c}})
		}
	}
	return edits, ""
}

// addressOf is a public address as far as it is known.
func (p *planner) addressOf(r azure.Reference) string {
	if ip, ok := p.fabric.Network().PublicIPAddress(r.ID); ok {
		if a, known := ip.IPAddress.Known(); known {
			return a.String()
		}
	}
	return ""
}

// publishes names a NAT rule of a firewall that is, or may be, for an address of it.
func (p *planner) publishes(f *azure.AzureFirewall, c *azure.FirewallIPConfiguration) string {
	address, err := netip.ParseAddr(p.addressOf(c.PublicIPAddress))
	for _, k := range collectionsOf(p.fabric.Network(), f) {
		for _, r := range k.Rules {
			if k.Kind == azure.NATRule && slices.ContainsFunc(r.Destination.Terms, func(t azure.FirewallTerm) bool {
				return err != nil || t.Kind != azure.FirewallRange || t.First.Compare(address) <= 0 && address.Compare(t.Last) <= 0
			}) {
				return r.Name
			}
		}
	}
	return ""
}

// loop plans for a route that leads what a firewall sends back to itself, because
// its subnet has the table of the senders (F-14, C-20): the table is taken away,
// where nothing else of it counts there. The problem is empty, and there is no edit,
// where the route is no such loop.
func (p *planner) loop(h reach.Hop) ([]Edit, string) {
	network := p.fabric.Network()
	table, ok := network.RouteTable(h.Resource)
	if !ok || table.Stub {
		return nil, ""
	}
	for _, f := range network.AzureFirewalls {
		for _, c := range f.IPConfigurations {
			s, ok := network.Subnet(c.Subnet.ID)
			if !ok || s.RouteTable.ID != table.ID || !slices.ContainsFunc(table.Routes, func(r *azure.Route) bool { return r.Name == h.Name && leads(r, c.PrivateIPAddress) }) {
				continue
			}
			for _, r := range table.Routes {
				if !leads(r, c.PrivateIPAddress) && r.NextHopType.Or("") != azure.InternetNextHop {
					return nil, fmt.Sprintf("route table %s is that of subnet %s too, where route %s leads the firewall's own packets back to it: give that subnet a table of its own without it, for route %s counts there", table.Name, s.Name, h.Name, r.Name)
				}
			}
			if off, known := table.DisableBGPRoutePropagation.Known(); len(network.Gateways) > 0 && (off || table.DisableBGPRoutePropagation.IsSet() && !known) {
				return nil, fmt.Sprintf("route table %s is that of subnet %s too, where route %s leads the firewall's own packets back to it: give that subnet a table of its own without it, for the table also keeps a gateway's routes away", table.Name, s.Name, h.Name)
			}
			return []Edit{{Action: Modify, Change: &Detachment{s, azure.SubnetToRouteTable, &table.Resource}}}, ""
		}
	}
	return nil, ""
}
