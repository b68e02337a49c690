package inspect

import (
	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/result"
)

// Count counts the resources that the inputs state. Stubs, which are only
// referred to, and default rules do not count.
func Count(n *azure.Network) result.InspectCounts {
	c := result.InspectCounts{
		PublicIPAddresses:         len(n.PublicIPAddresses),
		PublicIPPrefixes:          len(n.PublicIPPrefixes),
		NATGateways:               len(n.NATGateways),
		ApplicationSecurityGroups: len(n.ApplicationSecurityGroups),
		Services:                  len(n.ManagedServices),
		PrivateEndpoints:          len(n.PrivateEndpoints),
		LoadBalancers:             len(n.LoadBalancers),
		VirtualNetworkGateways:    len(n.Gateways),
		LocalNetworkGateways:      len(n.LocalGateways),
		Connections:               len(n.GatewayConnections),
		SecurityAdminRules:        len(n.AdminRules),
	}
	for _, g := range n.IPGroups {
		c.IPGroups += stated(&g.Resource)
	}
	for _, i := range n.NetworkInterfaces {
		c.NetworkInterfaces += stated(&i.Resource)
	}
	// A peering of a network that is not known stands in every network.
	peerings := map[peering]bool{}
	for _, v := range n.VirtualNetworks {
		c.VirtualNetworks += stated(&v.Resource)
		for _, s := range v.Subnets {
			c.Subnets += stated(&s.Resource)
		}
		for _, p := range v.Peerings {
			if !p.Stub {
				peerings[peering{p.Address, p.At}] = true
			}
		}
	}
	c.Peerings = len(peerings)
	for _, g := range n.NetworkSecurityGroups {
		c.NetworkSecurityGroups += stated(&g.Resource)
		c.SecurityRules += len(g.Rules)
	}
	for _, t := range n.RouteTables {
		c.RouteTables += stated(&t.Resource)
		c.Routes += len(t.Routes)
	}
	for _, f := range n.AzureFirewalls {
		c.Firewalls += stated(&f.Resource)
		countCollections(&c, f.RuleCollections)
	}
	for _, p := range n.FirewallPolicies {
		c.FirewallPolicies += stated(&p.Resource)
		for _, g := range p.Groups {
			c.RuleCollectionGroups += stated(&g.Resource)
			countCollections(&c, g.Collections)
		}
	}
	return c
}

// peering is a peering as an input states it.
type peering struct {
	address string
	at      azure.Position
}

func countCollections(c *result.InspectCounts, list []*azure.RuleCollection) {
	c.RuleCollections += len(list)
	for _, k := range list {
		c.FirewallRules += len(k.Rules)
	}
}

// stated is 1 for a resource that an input states, 0 for a stub.
func stated(r *azure.Resource) int {
	if r.Stub {
		return 0
	}
	return 1
}
