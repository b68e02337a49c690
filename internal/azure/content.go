package azure

import (
	"fmt"
	"slices"
	"strings"
)

// Content is what a network states, statement by statement, in a form that can
// be compared with another network's: two networks of equal content decide
// alike about every packet. Positions, spelling, order and the names of rules
// and routes are no part of it, nor are managed services, which carry no
// packets.
type Content struct {
	// Groups and Tables hold the rules and routes by the id of their parent,
	// each with its modelled fields as a text.
	Groups map[ID]map[string]*SecurityRule
	Tables map[ID]map[string]*Route
	// Subnets are the modelled fields of each subnet but its network's.
	Subnets map[ID]string
	// Rest is everything else.
	Rest map[string]bool
}

// content states the network's content but for the rules of some groups.
func (n *Network) content(without map[ID]bool) Content {
	c := Content{
		Groups: map[ID]map[string]*SecurityRule{}, Tables: map[ID]map[string]*Route{},
		Subnets: map[ID]string{}, Rest: map[string]bool{},
	}
	for _, g := range n.NetworkSecurityGroups {
		if !without[g.ID] {
			rules := map[string]*SecurityRule{}
			for _, r := range g.Rules {
				rules[factsText(r)] = r
			}
			c.Groups[g.ID] = rules
		}
		c.state(g.ID, "", g.Stub, g, g.UnknownRules...)
	}
	for _, t := range n.RouteTables {
		routes := map[string]*Route{}
		for _, r := range t.Routes {
			routes[factsText(r)] = r
		}
		c.Tables[t.ID] = routes
		c.state(t.ID, "", t.Stub, t, t.UnknownRoutes...)
	}
	for _, v := range n.VirtualNetworks {
		c.state(v.ID, v.APIVersion+" "+valueText(v.Location), v.Stub, v, v.UnknownSubnets...)
		for _, s := range v.Subnets {
			c.Subnets[s.ID] = fmt.Sprint(factsText(s), s.Stub, v.ID)
		}
		for _, p := range v.Peerings {
			c.state(p.ID, string(v.ID), p.Stub, p)
		}
	}
	stateAll(&c, n.NetworkInterfaces)
	stateAll(&c, n.PublicIPAddresses)
	stateAll(&c, n.ApplicationSecurityGroups)
	c.firewalls(n)
	stateAll(&c, n.PrivateEndpoints)
	stateAll(&c, n.Gateways)
	stateAll(&c, n.LocalGateways)
	stateAll(&c, n.GatewayConnections)
	stateAll(&c, n.HubConnections)
	stateAll(&c, n.LoadBalancers)
	stateAll(&c, n.AdminRules)
	stateAll(&c, n.AdminConfigurations)
	stateAll(&c, n.AdminCollections)
	stateAll(&c, n.NetworkGroups)
	stateAll(&c, n.NetworkGroupMembers)
	for _, a := range n.Appliances {
		c.Rest[a.text()] = true
	}
	for _, l := range n.LoadBalancers {
		c.balancer(l)
	}
	for _, x := range n.NotModelled {
		c.Rest[x.Type+" "+x.Effect] = true
	}
	return c
}

// balancer states what two inputs of one load balancer may well tell differently,
// and so is no fact of it: addresses that Azure gives, and who is behind it.
func (c *Content) balancer(l *LoadBalancer) {
	for _, f := range l.Frontends {
		c.Rest[string(f.ID)+" "+valueText(f.PrivateIPAddress)] = true
	}
	for _, p := range l.BackendPools {
		c.Rest[string(p.ID)+" "+refsFact("", p.Members).text] = true
	}
	for _, r := range l.InboundNATRules {
		c.Rest[string(r.ID)+" "+refText(r.Target)] = true
	}
	if l.Open != nil {
		c.Rest[string(l.ID)+" "+unknownText(l.Open)] = true
	}
}

// firewalls states what NAT gateways and firewalls do.
func (c *Content) firewalls(n *Network) {
	stateAll(c, n.NATGateways)
	stateAll(c, n.PublicIPPrefixes)
	stateAll(c, n.IPGroups)
	for _, f := range n.AzureFirewalls {
		c.state(f.ID, "", f.Stub, f, slices.Concat(f.UnknownCollections, f.UnknownIPConfigurations)...)
		for _, k := range f.RuleCollections {
			c.state(k.ID, string(f.ID), k.Stub, k, k.UnknownRules...)
		}
	}
	for _, p := range n.FirewallPolicies {
		c.state(p.ID, "", p.Stub, p, p.UnknownGroups...)
		for _, g := range p.Groups {
			c.state(g.ID, string(p.ID), g.Stub, g, g.UnknownCollections...)
			for _, k := range g.Collections {
				c.state(k.ID, string(g.ID), k.Stub, k, k.UnknownRules...)
			}
		}
	}
}

// stateAll adds resources without children to the rest.
func stateAll[T thing](c *Content, list []T) {
	for _, r := range list {
		c.state(r.base().ID, "", r.base().Stub, r)
	}
}

// state adds a resource to the rest.
func (c *Content) state(id ID, of string, stub bool, r thing, unknowns ...*Unknown) {
	texts := []string{string(id), of, fmt.Sprint(stub), factsText(r)}
	for _, u := range unknowns {
		texts = append(texts, unknownText(u))
	}
	c.Rest[strings.Join(texts, "\n")] = true
}

// factsText is equal for two resources exactly if all their modelled fields
// are; one that is not set is like none that is.
func factsText(r thing) string {
	var b strings.Builder
	for _, f := range r.facts() {
		b.WriteString(f.name)
		b.WriteByte('=')
		b.WriteString(f.text)
		b.WriteByte('\n')
	}
	return b.String()
}
