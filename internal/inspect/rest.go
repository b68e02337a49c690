package inspect

import (
	"cmp"
	"fmt"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/result"
)

// rest is what hangs on no subnet and no interface.
func (t *tree) rest() []result.InspectNode {
	n := t.network
	var nodes []result.InspectNode
	for _, g := range n.NetworkSecurityGroups {
		if !t.shown[g.ID] {
			nodes = append(nodes, loose(groupNode(g, false)))
		}
	}
	for _, r := range n.RouteTables {
		if !t.shown[r.ID] {
			nodes = append(nodes, loose(tableNode(r, false)))
		}
	}
	for _, g := range n.NATGateways {
		if !t.shown[g.ID] {
			nodes = append(nodes, loose(natNode(g)))
		}
	}
	for _, i := range n.NetworkInterfaces {
		if !t.shown[i.ID] {
			nodes = append(nodes, t.networkInterface(i))
		}
	}
	for _, e := range n.PrivateEndpoints {
		if !t.shown[e.ID] {
			nodes = append(nodes, endpointNode(e))
		}
	}
	for _, l := range n.LoadBalancers {
		nodes = append(nodes, balancerNode(l))
	}
	for _, g := range n.Gateways {
		if !t.shown[g.ID] {
			nodes = append(nodes, gatewayNode(g))
		}
	}
	for _, g := range n.LocalGateways {
		nodes = append(nodes, node("local network gateway", &g.Resource, values(g.AddressSpace), value("at ", g.Address)))
	}
	for _, c := range n.GatewayConnections {
		nodes = append(nodes, node("connection", &c.Resource, value("", c.Kind), "from "+refName(c.Gateway)+" to "+refName(c.Peer)))
	}
	for _, h := range n.HubConnections {
		nodes = append(nodes, node("connection to a virtual hub", &h.Resource, "from "+refName(h.Network)+" to "+cmp.Or(h.Hub, "a hub that is not known")))
	}
	for _, r := range n.AdminRules {
		nodes = append(nodes, node("security admin rule", &r.Resource, value("", r.Direction), value("priority ", r.Priority), value("", r.Access)))
	}
	for _, f := range n.AzureFirewalls {
		nodes = append(nodes, firewallNode(f))
	}
	for _, p := range n.FirewallPolicies {
		nodes = append(nodes, policyNode(p))
	}
	for _, g := range n.IPGroups {
		nodes = append(nodes, node("IP group", &g.Resource, count(len(g.Addresses), "range")))
	}
	for _, g := range n.ApplicationSecurityGroups {
		nodes = append(nodes, node("application security group", &g.Resource, count(len(n.Members(g.ID)), "member")))
	}
	for _, p := range n.PublicIPAddresses {
		nodes = append(nodes, node("public IP address", &p.Resource, value("", p.IPAddress)))
	}
	for _, p := range n.PublicIPPrefixes {
		nodes = append(nodes, node("public IP prefix", &p.Resource, value("", p.Prefix)))
	}
	for _, m := range n.ManagedServices {
		if len(m.Subnets) == 0 {
			nodes = append(nodes, node("service", &m.Resource, m.Type, "in no subnet"))
		}
	}
	return nodes
}

func endpointNode(e *azure.PrivateEndpoint) result.InspectNode {
	facts := []string{values(e.PrivateAddresses)}
	for _, s := range e.Services {
		facts = append(facts, "to "+refName(s.Service))
	}
	return node("private endpoint", &e.Resource, facts...)
}

func gatewayNode(g *azure.Gateway) result.InspectNode {
	bgp := ""
	if g.EnableBGP.Or(false) {
		bgp = "BGP"
	}
	return node("virtual network gateway", &g.Resource, value("", g.Kind), value("", g.SKU), bgp)
}

func balancerNode(l *azure.LoadBalancer) result.InspectNode {
	return node("load balancer", &l.Resource, value("", l.SKU), count(len(l.Frontends), "frontend"), count(len(l.BackendPools), "backend pool"),
		some(len(l.Rules), "rule"), some(len(l.OutboundRules), "outbound rule"), some(len(l.InboundNATRules), "inbound NAT rule"))
}

func loose(n result.InspectNode) result.InspectNode {
	n.Facts = append(n.Facts, "attached to nothing")
	return n
}

func firewallNode(f *azure.AzureFirewall) result.InspectNode {
	policy := ""
	if f.Policy.IsSet() {
		policy = "policy " + refName(f.Policy)
	}
	n := node("firewall", &f.Resource, value("", f.Tier), policy, value("in a hub at ", f.HubPrivateIPAddress))
	for _, k := range f.RuleCollections {
		n.Children = append(n.Children, collectionNode(k))
	}
	return n
}

func policyNode(p *azure.FirewallPolicy) result.InspectNode {
	base := ""
	if p.Base.IsSet() {
		base = "inherits from " + refName(p.Base)
	}
	n := node("firewall policy", &p.Resource, value("", p.Tier), base, more(p.UnknownGroups, "groups"))
	for _, g := range p.Groups {
		child := node("rule collection group", &g.Resource, value("priority ", g.Priority), more(g.UnknownCollections, "collections"))
		for _, k := range g.Collections {
			child.Children = append(child.Children, collectionNode(k))
		}
		n.Children = append(n.Children, child)
	}
	return n
}

var collectionKinds = [...]string{azure.NATRule: "NAT", azure.NetworkRule: "network", azure.ApplicationRule: "application"}

func collectionNode(k *azure.RuleCollection) result.InspectNode {
	return node("rule collection", &k.Resource, value("priority ", k.Priority), value("", k.Action),
		count(len(k.Rules), fmt.Sprintf("%s rule", collectionKinds[k.Kind])), more(k.UnknownRules, "rules"))
}
