package azure

import (
	"slices"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// Build joins inventories to one frozen network.
//
//   - The same resource from several inputs comes out once: the input of the
//     better [Rank] is used, with an info diagnostic; statements of one rank
//     must agree in every modelled field (decisions 29). Inline and separate
//     statements of the same subnet, rule, route or peering count once, and a
//     parent that has both kinds has their union, with a warning (JSON-8).
//   - Children find their parents and associations both their ends. A parent
//     or an associated subnet that no input states becomes a Stub.
//   - A child of a parent that is not known may belong to any, and so may an
//     association of a near end that is not known: each that could have it gets
//     an unknown.
//   - A deployment that no input tells of may have rules, routes, attachments,
//     subnets and peerings of any resource: each gets an unknown for it.
//   - Back-references are compared with what the subnet or interface says,
//     which is authoritative (JSON-4); one to a subnet that no input states
//     makes a Stub of it. References that nothing resolves stay, and looking
//     up their target fails.
//   - What an update sets counts over what else is said of its target.
//   - Every form that Azure would refuse becomes a diagnostic.
//
// Diagnostics are those of the inventories and of the joining, sorted by
// place. If one of them is an error the network is nil. The inventories are
// not changed; the network shares no resource with them.
func Build(inventories ...*Inventory) (*Network, diagnostic.List) {
	b := newBuilder()
	for _, inv := range inventories {
		b.collect(inv)
	}
	b.applyUpdates()
	b.join()
	b.attach()
	b.attachFirewalls()
	b.attachToBalancers()
	b.associate()
	b.spreadLoose()
	b.spreadUnread()
	b.attachEffectiveRoutes()
	b.index()
	b.checkBackReferences()
	b.completeStubs()
	b.resolve()
	b.attachHubs()
	b.joinPools()
	b.sort()
	b.applyAdminRules()
	b.validate()
	b.applyManagers()
	b.list.Sort()
	if b.list.HasErrors() {
		return nil, b.list
	}
	return b.network, b.list
}

// builder holds what the steps of Build pass on.
type builder struct {
	network *Network
	list    diagnostic.List

	// Statements in input order, as copies. Children are taken out of their
	// parents.
	vnets    []statement[*VirtualNetwork]
	groups   []statement[*NetworkSecurityGroup]
	tables   []statement[*RouteTable]
	nics     []statement[*NetworkInterface]
	asgs     []statement[*ApplicationSecurityGroup]
	pips     []statement[*PublicIPAddress]
	services []statement[*ManagedService]

	firewalls      []statement[*AzureFirewall]
	policies       []statement[*FirewallPolicy]
	ipGroups       []statement[*IPGroup]
	natGateways    []statement[*NATGateway]
	publicPrefixes []statement[*PublicIPPrefix]

	endpoints     []statement[*PrivateEndpoint]
	gateways      []statement[*Gateway]
	localGateways []statement[*LocalGateway]
	connections   []statement[*GatewayConnection]
	hubs          []statement[*HubConnection]
	loadBalancers []statement[*LoadBalancer]
	natRules      []Child[*BalancerRule]
	pools         []Child[*BackendPool]
	adminRules    []statement[*AdminRule]
	adminConfigs  []statement[*AdminConfiguration]
	adminGroups   []statement[*AdminCollection]
	networkGroups []statement[*NetworkGroup]
	groupMembers  []statement[*NetworkGroupMember]

	subnets  children[*Subnet]
	peerings children[*Peering]
	rules    children[*SecurityRule]
	routes   children[*Route]
	// collections are the classic ones, by kind.
	collections      [len(collectionSegments)]children[*RuleCollection]
	collectionGroups children[*RuleCollectionGroup]
	ipGroupAddresses []IPGroupAddress

	// groupTerms are the references of rules to application security groups and
	// IP groups.
	groupTerms []*Reference
	// associations that find no end in their own inventory.
	associations []rankedAssociation
	// attached is the rank of the association that set a reference.
	attached        map[*Reference]Rank
	loose           loose
	effectiveRoutes []*EffectiveRoutes
	updates         []Update
	unread          []*Unknown
	managerConfigs  []*ManagerConfiguration
	// alias leads from every id a resource was stated under to the one it has.
	alias map[ID]ID
	// superseded are the resources of which a statement of a lower rank was
	// reported already.
	superseded map[ID]bool
}

type rankedAssociation struct {
	Association
	rank Rank
}

func newBuilder() *builder {
	b := &builder{
		network:    &Network{},
		subnets:    newChildren[*Subnet]("subnets", "subnet"),
		peerings:   newChildren[*Peering]("virtualnetworkpeerings", "peering"),
		rules:      newChildren[*SecurityRule]("securityrules", "security rule"),
		routes:     newChildren[*Route]("routes", "route"),
		attached:   map[*Reference]Rank{},
		alias:      map[ID]ID{},
		superseded: map[ID]bool{},

		collectionGroups: newChildren[*RuleCollectionGroup]("rulecollectiongroups", "rule collection group"),
	}
	for kind, segment := range collectionSegments {
		b.collections[kind] = newChildren[*RuleCollection](segment, "rule collection")
	}
	return b
}

func (b *builder) report(d diagnostic.Diagnostic) { b.list = append(b.list, d) }

// topology reports what Azure would refuse though its meaning is clear: an
// error in what shall be deployed, a warning in what exists (decisions 5).
func (b *builder) topology(rank Rank, d diagnostic.Diagnostic) {
	if !rank.Planned() {
		d.Severity = diagnostic.Warning
	}
	b.report(d)
}

// collect copies the statements of one inventory.
func (b *builder) collect(inv *Inventory) {
	b.list = append(b.list, inv.Diagnostics...)
	b.network.NotModelled = append(b.network.NotModelled, inv.NotModelled...)
	b.appliances(inv.Appliances)
	b.effectiveRoutes = append(b.effectiveRoutes, inv.EffectiveRoutes...)
	b.updates = append(b.updates, inv.Updates...)
	b.unread = append(b.unread, inv.Unread...)
	b.managerConfigs = append(b.managerConfigs, inv.ManagerConfigurations...)
	c := &collector{b: b, rank: inv.Rank}
	for _, v := range inv.VirtualNetworks {
		c.virtualNetwork(v)
	}
	for _, g := range inv.NetworkSecurityGroups {
		c.group(g)
	}
	for _, t := range inv.RouteTables {
		c.routeTable(t)
	}
	for _, n := range inv.NetworkInterfaces {
		c.networkInterface(n)
	}
	for _, g := range inv.ApplicationSecurityGroups {
		copied := *g
		c.own(&copied.Resource, TypeApplicationSecurityGroup)
		b.asgs = append(b.asgs, statement[*ApplicationSecurityGroup]{resource: &copied})
	}
	for _, p := range inv.PublicIPAddresses {
		copied := *p
		c.own(&copied.Resource, TypePublicIPAddress)
		b.pips = append(b.pips, statement[*PublicIPAddress]{resource: &copied})
	}
	for _, m := range inv.ManagedServices {
		copied := *m
		copied.Subnets = slices.Clone(m.Subnets)
		c.own(&copied.Resource, m.Type)
		b.services = append(b.services, statement[*ManagedService]{resource: &copied})
	}
	c.firewalls(inv)
	c.natGateways(inv)
	c.beyond(inv)
	c.separate(inv)
	c.associations(inv.Associations)
}

// join makes one resource of all statements about it.
func (b *builder) join() {
	n := b.network
	n.VirtualNetworks = joinAll(b, "virtual network", b.vnets)
	n.NetworkSecurityGroups = joinAll(b, "network security group", b.groups)
	n.RouteTables = joinAll(b, "route table", b.tables)
	n.NetworkInterfaces = joinAll(b, "network interface", b.nics)
	n.ApplicationSecurityGroups = joinAll(b, "application security group", b.asgs)
	n.PublicIPAddresses = joinAll(b, "public IP address", b.pips)
	n.PublicIPPrefixes = joinAll(b, "public IP prefix", b.publicPrefixes)
	n.NATGateways = joinAll(b, "NAT gateway", b.natGateways)
	n.AzureFirewalls = joinAll(b, "firewall", b.firewalls)
	n.FirewallPolicies = joinAll(b, "firewall policy", b.policies)
	n.IPGroups = joinAll(b, "IP group", b.ipGroups)
	n.ManagedServices = joinAll(b, "managed service", b.services)
	n.PrivateEndpoints = joinAll(b, "private endpoint", b.endpoints)
	n.Gateways = joinAll(b, "virtual network gateway", b.gateways)
	n.LocalGateways = joinAll(b, "local network gateway", b.localGateways)
	n.GatewayConnections = joinAll(b, "connection", b.connections)
	n.HubConnections = joinAll(b, "connection to a virtual hub", b.hubs)
	n.LoadBalancers = joinAll(b, "load balancer", b.loadBalancers)
	n.AdminRules = joinAll(b, "security admin rule", b.adminRules)
	n.AdminConfigurations = joinAll(b, "security admin configuration", b.adminConfigs)
	n.AdminCollections = joinAll(b, "security admin rule collection", b.adminGroups)
	n.NetworkGroups = joinAll(b, "network group", b.networkGroups)
	n.NetworkGroupMembers = joinAll(b, "member of a network group", b.groupMembers)
}
