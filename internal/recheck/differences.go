package recheck

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

// changes are what the evidence adds or moves, with the addresses near it.
type changes struct {
	rules  []*azure.SecurityRule
	near   map[*azure.SecurityRule][]netip.Prefix
	routes []changedRoute
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
	routes := map[azure.ID]bool{}
	for _, t := range old.RouteTables {
		for _, r := range t.Routes {
			routes[r.ID] = true
		}
	}
	for _, t := range now.RouteTables {
		for _, r := range t.Routes {
			if !routes[r.ID] {
				c.routes = append(c.routes, changedRoute{r, near(now, func(s *azure.Subnet) bool { return s.RouteTable.ID == t.ID })})
			}
		}
	}
	return c
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
