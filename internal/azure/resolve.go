package azure

import (
	"cmp"
	"slices"
	"strings"
)

// resolve gives every reference the id its target has in the network.
func (b *builder) resolve() {
	b.index()
	for r := range b.references() {
		if r.ID != "" {
			r.ID = b.canonical(MakeID(string(r.ID)))
		}
	}
}

// references visits every reference of the network.
func (b *builder) references() func(yield func(*Reference) bool) {
	return func(yield func(*Reference) bool) {
		visit := func(refs ...*Reference) {
			for _, r := range refs {
				yield(r)
			}
		}
		visit(b.groupTerms...)
		each := func(list []Reference) {
			for i := range list {
				yield(&list[i])
			}
		}
		n := b.network
		for _, v := range n.VirtualNetworks {
			for _, s := range v.Subnets {
				visit(&s.NetworkSecurityGroup, &s.RouteTable, &s.NATGateway)
			}
			for _, p := range v.Peerings {
				visit(&p.Remote)
			}
		}
		for _, g := range n.NetworkSecurityGroups {
			each(g.Subnets)
			each(g.NetworkInterfaces)
		}
		for _, t := range n.RouteTables {
			each(t.Subnets)
		}
		for _, nic := range n.NetworkInterfaces {
			visit(&nic.NetworkSecurityGroup)
			for _, c := range nic.IPConfigurations {
				visit(&c.Subnet, &c.PublicIPAddress)
				each(c.ApplicationSecurityGroups)
				each(c.BackendPools)
				each(c.InboundNATRules)
			}
		}
		for _, m := range n.ManagedServices {
			each(m.Subnets)
		}
		for _, g := range n.NATGateways {
			each(g.PublicIPAddresses)
			each(g.PublicIPPrefixes)
			each(g.Subnets)
		}
		for _, e := range n.PrivateEndpoints {
			visit(&e.Subnet)
			each(e.NetworkInterfaces)
			each(e.ApplicationSecurityGroups)
			for i := range e.Services {
				visit(&e.Services[i].Service)
			}
		}
		for _, g := range n.Gateways {
			each(g.Subnets)
			each(g.PublicIPAddresses)
		}
		for _, c := range n.GatewayConnections {
			visit(&c.Gateway, &c.Peer)
		}
		for _, h := range n.HubConnections {
			visit(&h.Network)
		}
		for _, l := range n.LoadBalancers {
			for _, f := range l.Frontends {
				visit(&f.PublicIPAddress, &f.PublicIPPrefix, &f.Subnet)
			}
			for _, p := range l.BackendPools {
				each(p.Members)
			}
			for _, r := range slices.Concat(l.Rules, l.InboundNATRules) {
				visit(&r.Frontend, &r.Target, &r.Probe)
				each(r.Pools)
			}
			for _, r := range l.OutboundRules {
				visit(&r.Pool)
				each(r.Frontends)
			}
		}
		for _, r := range n.AdminRules {
			visit(&r.Collection)
		}
		for _, c := range n.AdminCollections {
			visit(&c.Configuration)
			each(c.NetworkGroups)
		}
		for _, m := range n.NetworkGroupMembers {
			visit(&m.Group, &m.Member)
		}
		for _, p := range n.FirewallPolicies {
			visit(&p.Base)
			each(p.GroupReferences)
		}
		for _, f := range n.AzureFirewalls {
			visit(&f.Policy, &f.VirtualHub)
			for _, c := range f.IPConfigurations {
				visit(&c.Subnet, &c.PublicIPAddress)
			}
			if c := f.ManagementIPConfiguration; c != nil {
				visit(&c.Subnet, &c.PublicIPAddress)
			}
		}
	}
}

// sort puts every list in the order that Network promises.
func (b *builder) sort() {
	n := b.network
	sortByID(n.VirtualNetworks)
	sortByID(n.NetworkSecurityGroups)
	sortByID(n.RouteTables)
	sortByID(n.NetworkInterfaces)
	sortByID(n.ApplicationSecurityGroups)
	sortByID(n.PublicIPAddresses)
	sortByID(n.ManagedServices)
	sortByID(n.PublicIPPrefixes)
	sortByID(n.NATGateways)
	sortByID(n.AzureFirewalls)
	sortByID(n.FirewallPolicies)
	sortByID(n.IPGroups)
	sortByID(n.PrivateEndpoints)
	sortByID(n.Gateways)
	sortByID(n.LocalGateways)
	sortByID(n.GatewayConnections)
	sortByID(n.HubConnections)
	sortByID(n.LoadBalancers)
	sortByID(n.AdminRules)
	sortByID(n.AdminConfigurations)
	sortByID(n.AdminCollections)
	sortByID(n.NetworkGroups)
	sortByID(n.NetworkGroupMembers)
	b.sortFirewalls()
	for _, v := range n.VirtualNetworks {
		sortByID(v.Subnets)
		sortByID(v.Peerings)
	}
	for _, g := range n.NetworkSecurityGroups {
		slices.SortStableFunc(g.Rules, compareRules)
		slices.SortStableFunc(g.EchoedDefaults, compareRules)
	}
	for _, t := range n.RouteTables {
		sortByID(t.Routes)
	}
	n.NotModelled = append(n.NotModelled, n.unstatedInterfaces()...)
	slices.SortStableFunc(n.NotModelled, compareNotModelled)
	n.NotModelled = slices.CompactFunc(n.NotModelled, func(x, y NotModelled) bool {
		return strings.EqualFold(x.Type, y.Type) && strings.EqualFold(x.Address, y.Address)
	})
}

func sortByID[T thing](resources []T) {
	slices.SortStableFunc(resources, func(x, y T) int { return cmp.Compare(x.base().ID, y.base().ID) })
}

// compareRules orders rules as they are evaluated: by direction (inbound,
// outbound, not known), then priority, then id.
func compareRules(x, y *SecurityRule) int {
	return cmp.Or(
		cmp.Compare(directionOrder(x), directionOrder(y)),
		cmp.Compare(x.Priority.Or(0), y.Priority.Or(0)),
		cmp.Compare(x.ID, y.ID),
	)
}

func directionOrder(r *SecurityRule) int {
	switch d, _ := r.Direction.Known(); d {
	case Inbound:
		return 0
	case Outbound:
		return 1
	}
	return 2
}

func compareNotModelled(x, y NotModelled) int {
	return cmp.Or(
		cmp.Compare(strings.ToLower(x.Type), strings.ToLower(y.Type)),
		cmp.Compare(strings.ToLower(x.Address), strings.ToLower(y.Address)),
		x.At.Compare(y.At),
	)
}

// unstatedInterfaces are the network interfaces that Azure lists in a subnet and
// no input states: they may have security groups of their own, be next hops and be
// in application security groups (ASG-1). Those of another subscription are the
// platform's, for a service.
func (n *Network) unstatedInterfaces() []NotModelled {
	var list []NotModelled
	for _, s := range n.Subnets() {
		subscription, _ := s.ID.scope()
		for _, o := range s.Occupants {
			owner, _, _ := strings.Cut(string(o), "/ipconfigurations/")
			if in, _ := o.scope(); in != subscription || !strings.Contains(owner, "/networkinterfaces/") {
				continue
			}
			if _, stated := n.NetworkInterface(ID(owner)); stated {
				continue
			}
			if _, stands := n.NetworkInterface(s.ID + "/unread"); stands { // a snapshot has one for all
				continue
			}
			list = append(list, NotModelled{
				Type: TypeNetworkInterface, Address: ID(owner).Name(), At: s.At, Effect: "it has an address in subnet " + s.Name + " and is in no input",
			})
		}
	}
	return list
}
