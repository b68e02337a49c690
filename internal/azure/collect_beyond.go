package azure

import "slices"

// beyond collects what is read and not followed by the analysis yet.
func (c *collector) beyond(inv *Inventory) {
	b := c.b
	for _, e := range inv.PrivateEndpoints {
		copied := *e
		c.own(&copied.Resource, TypePrivateEndpoint)
		copied.NetworkInterfaces = slices.Clone(e.NetworkInterfaces)
		copied.ApplicationSecurityGroups = slices.Clone(e.ApplicationSecurityGroups)
		copied.Services = slices.Clone(e.Services)
		b.endpoints = append(b.endpoints, statement[*PrivateEndpoint]{resource: &copied})
	}
	for _, g := range inv.Gateways {
		copied := *g
		c.own(&copied.Resource, TypeGateway)
		copied.Subnets, copied.PublicIPAddresses = slices.Clone(g.Subnets), slices.Clone(g.PublicIPAddresses)
		b.gateways = append(b.gateways, statement[*Gateway]{resource: &copied})
	}
	for _, g := range inv.LocalGateways {
		copied := *g
		c.own(&copied.Resource, TypeLocalGateway)
		b.localGateways = append(b.localGateways, statement[*LocalGateway]{resource: &copied})
	}
	for _, g := range inv.GatewayConnections {
		copied := *g
		c.own(&copied.Resource, TypeGatewayConnection)
		b.connections = append(b.connections, statement[*GatewayConnection]{resource: &copied})
	}
	for _, h := range inv.HubConnections {
		copied := *h
		c.own(&copied.Resource, TypeHubConnection)
		b.hubs = append(b.hubs, statement[*HubConnection]{resource: &copied})
	}
	for _, l := range inv.LoadBalancers {
		c.loadBalancer(l)
	}
	for _, r := range inv.InboundNATRules {
		copied := *r.Resource
		c.own(&copied.Resource, TypeInboundNATRule)
		copied.Pools = slices.Clone(copied.Pools)
		b.natRules = append(b.natRules, Child[*BalancerRule]{r.Parent, &copied})
	}
	for _, p := range inv.BackendPools {
		copied := *p.Resource
		c.own(&copied.Resource, TypeBackendPool)
		copied.Members = slices.Clone(copied.Members)
		b.pools = append(b.pools, Child[*BackendPool]{p.Parent, &copied})
	}
	for _, r := range inv.AdminRules {
		copied := *r
		c.own(&copied.Resource, TypeAdminRule)
		b.adminRules = append(b.adminRules, statement[*AdminRule]{resource: &copied})
	}
	c.adminScopes(inv)
}

func (c *collector) loadBalancer(l *LoadBalancer) {
	copied := *l
	c.own(&copied.Resource, TypeLoadBalancer)
	parts := func(r *Resource, typ, segment string) {
		c.own(r, typ)
		if r.ID == "" {
			r.ID = childID(copied.ID, segment, r.Name)
		}
	}
	copied.Frontends = copies(l.Frontends, func(f *Frontend) { parts(&f.Resource, TypeFrontend, "frontendipconfigurations") })
	copied.BackendPools = copies(l.BackendPools, func(p *BackendPool) {
		parts(&p.Resource, TypeBackendPool, "backendaddresspools")
		p.Members = slices.Clone(p.Members)
	})
	rule := func(r *BalancerRule, typ, segment string) {
		parts(&r.Resource, typ, segment)
		r.Pools = slices.Clone(r.Pools)
	}
	copied.Rules = copies(l.Rules, func(r *BalancerRule) { rule(r, TypeBalancerRule, "loadbalancingrules") })
	copied.InboundNATRules = copies(l.InboundNATRules, func(r *BalancerRule) { rule(r, TypeInboundNATRule, "inboundnatrules") })
	copied.OutboundRules = copies(l.OutboundRules, func(r *OutboundRule) {
		parts(&r.Resource, TypeOutboundRule, "outboundrules")
		r.Frontends = slices.Clone(r.Frontends)
	})
	copied.Probes = copies(l.Probes, func(p *Probe) { parts(&p.Resource, TypeProbe, "probes") })
	c.b.loadBalancers = append(c.b.loadBalancers, statement[*LoadBalancer]{resource: &copied})
}

// copies are changed copies of the elements of a list.
func copies[T any](list []*T, change func(*T)) []*T {
	var out []*T
	for _, e := range list {
		copied := *e
		change(&copied)
		out = append(out, &copied)
	}
	return out
}

// adminScopes collects what tells which networks admin rules are for.
func (c *collector) adminScopes(inv *Inventory) {
	b := c.b
	for _, r := range inv.AdminConfigurations {
		copied := *r
		c.own(&copied.Resource, TypeAdminConfiguration)
		b.adminConfigs = append(b.adminConfigs, statement[*AdminConfiguration]{resource: &copied})
	}
	for _, r := range inv.AdminCollections {
		copied := *r
		copied.NetworkGroups = slices.Clone(r.NetworkGroups)
		c.own(&copied.Resource, TypeAdminCollection)
		b.adminGroups = append(b.adminGroups, statement[*AdminCollection]{resource: &copied})
	}
	for _, r := range inv.NetworkGroups {
		copied := *r
		c.own(&copied.Resource, TypeNetworkGroup)
		b.networkGroups = append(b.networkGroups, statement[*NetworkGroup]{resource: &copied})
	}
	for _, r := range inv.NetworkGroupMembers {
		copied := *r
		c.own(&copied.Resource, TypeNetworkGroupMember)
		b.groupMembers = append(b.groupMembers, statement[*NetworkGroupMember]{resource: &copied})
	}
}
