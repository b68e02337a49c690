package lint

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
)

var deadRoute = Check{
	Code:   "dead-route",
	Title:  "a route to an appliance that does not pass anything on",
	Text:   "Packets to a next hop that nobody within reach has are dropped (RT-17), and so are those to an interface without IP forwarding (RT-40), whatever the security groups say. Nothing reports it: the route is valid.",
	Avoid:  "a route 0.0.0.0/0 to 10.0.9.4, whose network interface has IP forwarding off",
	Prefer: "IP forwarding on, at the interface and in the system of the machine",
}

func runDeadRoute(r *run) {
	seen := map[*azure.Route]bool{}
	for _, s := range r.fabric.Network().Subnets() {
		table, ok := r.fabric.Network().RouteTable(s.RouteTable.ID)
		if !ok || s.VirtualNetwork.Stub {
			continue
		}
		for _, route := range table.Routes {
			address, known := route.NextHopIPAddress.Known()
			if !known || seen[route] || r.isFirewall(address) {
				continue
			}
			a := r.fabric.Appliance(s.VirtualNetwork, s, &fabric.Route{Name: route.Name, Hop: fabric.VirtualAppliance, Appliance: address, User: route})
			f := Finding{Code: deadRoute.Code, Resource: table.Label(), Name: route.Name, At: route.At}
			switch {
			case a.Effect == fabric.Stop:
				f.Message = fmt.Sprintf("route %s takes packets of subnet %s nowhere: %s", route.Name, s.Name, a.Hop.Note)
				f.Hint = "name the address of the appliance or firewall, in this network or one peered with it"
			case a.Interface != nil:
				effect, hop := r.fabric.Forwarding(a.Interface)
				if effect != fabric.Stop {
					continue
				}
				f.Message = fmt.Sprintf("route %s takes packets of subnet %s to interface %s, which drops them: %s", route.Name, s.Name, a.Interface.Name, hop.Note)
				f.Hint = "turn IP forwarding on there; wayleave fix plans it where a service needs it"
				f.Related = []Related{{Resource: a.Interface.Label(), Name: a.Interface.Name, At: a.Interface.At, Note: "does not forward"}}
			default:
				continue
			}
			seen[route] = true
			r.add(f)
		}
	}
}

// isFirewall reports whether an address is that of a firewall.
func (r *run) isFirewall(address netip.Addr) bool {
	return slices.ContainsFunc(r.fabric.Network().AzureFirewalls, func(f *azure.AzureFirewall) bool {
		return slices.ContainsFunc(f.IPConfigurations, func(c *azure.FirewallIPConfiguration) bool {
			own, known := c.PrivateIPAddress.Known()
			return known && own == address
		})
	})
}
