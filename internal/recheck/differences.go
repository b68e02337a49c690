package recheck

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/plain"
)

// changes are what the evidence adds or moves, with the addresses near it.
type changes struct {
	rules  []*azure.SecurityRule
	near   map[*azure.SecurityRule][]netip.Prefix
	routes []changedRoute
	// fresh are the prefixes of subnets that are new, or where a firewall stands that
	// did not, and the public addresses that are new or a firewall's now.
	fresh []netip.Prefix
}

// isFresh reports whether a packet is from or to what is new.
func (c *changes) isFresh(p plain.Packet) bool {
	return within(p.Source, c.fresh) || within(p.Destination, c.fresh)
}

type changedRoute struct {
	route *azure.Route
	near  []netip.Prefix
}

// differences finds the rules and routes that the one network has and the other
// has not, or at another priority.
func differences(old, now *azure.Network) *changes {
	c := &changes{near: map[*azure.SecurityRule][]netip.Prefix{}}
	had := map[string]bool{}
	key := func(g *azure.NetworkSecurityGroup, r *azure.SecurityRule) string {
		return fmt.Sprintf("%s/%s %d", g.ID, strings.ToLower(r.Name), r.Priority.V)
	}
	for _, g := range old.NetworkSecurityGroups {
		for _, r := range g.Rules {
			had[key(g, r)] = true
		}
	}
	for _, g := range now.NetworkSecurityGroups {
		for _, r := range g.Rules {
			if !had[key(g, r)] {
				c.rules = append(c.rules, r)
				c.near[r] = near(now, func(s *azure.Subnet) bool { return decidesAt(now, g.ID, s) })
			}
		}
	}
	c.routes = slices.Concat(routesBeyond(old, now), routesBeyond(now, old))
	c.fresh = freshIn(old, now)
	return c
}

// routesBeyond are the routes that one network has and the other has not, or with
// another next hop.
func routesBeyond(old, now *azure.Network) []changedRoute {
	key := func(t *azure.RouteTable, r *azure.Route) string {
		return fmt.Sprintf("%s/%s %s %s %v", t.ID, strings.ToLower(r.Name), r.Destination.Text, r.NextHopType.V, r.NextHopIPAddress.V)
	}
	had := map[string]bool{}
	for _, t := range old.RouteTables {
		for _, r := range t.Routes {
			had[key(t, r)] = true
		}
	}
	var list []changedRoute
	for _, t := range now.RouteTables {
		for _, r := range t.Routes {
			if !had[key(t, r)] {
				list = append(list, changedRoute{r, near(now, func(s *azure.Subnet) bool { return s.RouteTable.ID == t.ID })})
			}
		}
	}
	return list
}

// freshIn are the prefixes of what a network has and did not have.
func freshIn(old, now *azure.Network) []netip.Prefix {
	stands := func(n *azure.Network) map[azure.ID]bool {
		at := map[azure.ID]bool{}
		for _, f := range n.AzureFirewalls {
			for _, c := range f.IPConfigurations {
				at[c.Subnet.ID], at[c.PublicIPAddress.ID] = true, true
			}
		}
		return at
	}
	was, is := stands(old), stands(now)
	list := near(now, func(s *azure.Subnet) bool {
		_, known := old.Subnet(s.ID)
		return !known || is[s.ID] && !was[s.ID]
	})
	for _, ip := range now.PublicIPAddresses {
		_, known := old.PublicIPAddress(ip.ID)
		if (!known || is[ip.ID] && !was[ip.ID]) && ip.IPAddress.V.IsValid() {
			list = append(list, netip.PrefixFrom(ip.IPAddress.V, ip.IPAddress.V.BitLen()))
		}
	}
	return list
}

// usable reports whether an address of a subnet is one that anybody can have (FAB-4).
func usable(s *azure.Subnet, a netip.Addr) bool {
	for _, p := range s.Prefixes {
		if !p.V.Contains(a) {
			continue
		}
		for first, n := p.V.Masked().Addr(), 0; n < 4; first, n = first.Next(), n+1 {
			if a == first {
				return false
			}
		}
		return a != lastOf(p.V)
	}
	return false
}

// decidesAt reports whether a group decides at a subnet or at an interface in it.
func decidesAt(n *azure.Network, group azure.ID, s *azure.Subnet) bool {
	if s.NetworkSecurityGroup.ID == group {
		return true
	}
	return slices.ContainsFunc(n.NetworkInterfaces, func(nic *azure.NetworkInterface) bool {
		return nic.NetworkSecurityGroup.ID == group && slices.ContainsFunc(nic.IPConfigurations, func(c *azure.IPConfiguration) bool { return c.Subnet.ID == s.ID })
	})
}

func near(n *azure.Network, is func(*azure.Subnet) bool) []netip.Prefix {
	var list []netip.Prefix
	for _, v := range n.VirtualNetworks {
		for _, s := range v.Subnets {
			if !is(s) {
				continue
			}
			for _, p := range s.Prefixes {
				if p.V.Addr().Is4() {
					list = append(list, p.V)
				}
			}
		}
	}
	return list
}
