package azure

// Network is everything the inputs state, joined and frozen: safe for
// concurrent use. All lists are sorted by id.
type Network struct {
	VirtualNetworks           []*VirtualNetwork
	NetworkSecurityGroups     []*NetworkSecurityGroup
	RouteTables               []*RouteTable
	NetworkInterfaces         []*NetworkInterface
	ApplicationSecurityGroups []*ApplicationSecurityGroup
	PublicIPAddresses         []*PublicIPAddress
	PublicIPPrefixes          []*PublicIPPrefix
	NATGateways               []*NATGateway
	AzureFirewalls            []*AzureFirewall
	FirewallPolicies          []*FirewallPolicy
	IPGroups                  []*IPGroup
	ManagedServices           []*ManagedService
	PrivateEndpoints          []*PrivateEndpoint
	Gateways                  []*Gateway
	LocalGateways             []*LocalGateway
	GatewayConnections        []*GatewayConnection
	HubConnections            []*HubConnection
	LoadBalancers             []*LoadBalancer
	AdminRules                []*AdminRule
	AdminConfigurations       []*AdminConfiguration
	AdminCollections          []*AdminCollection
	NetworkGroups             []*NetworkGroup
	NetworkGroupMembers       []*NetworkGroupMember
	// Appliances are what users state of appliances, in input order.
	Appliances  []*Appliance
	NotModelled []NotModelled

	byID map[ID]any
}

// lookup finds a resource of one type by id.
func lookup[T any](n *Network, id ID) (T, bool) {
	r, ok := n.byID[id].(T)
	return r, ok
}

// VirtualNetwork finds a virtual network by id.
func (n *Network) VirtualNetwork(id ID) (*VirtualNetwork, bool) {
	return lookup[*VirtualNetwork](n, id)
}

// Subnet finds a subnet by id.
func (n *Network) Subnet(id ID) (*Subnet, bool) { return lookup[*Subnet](n, id) }

// NetworkSecurityGroup finds a network security group by id.
func (n *Network) NetworkSecurityGroup(id ID) (*NetworkSecurityGroup, bool) {
	return lookup[*NetworkSecurityGroup](n, id)
}

// RouteTable finds a route table by id.
func (n *Network) RouteTable(id ID) (*RouteTable, bool) { return lookup[*RouteTable](n, id) }

// NetworkInterface finds a network interface by id.
func (n *Network) NetworkInterface(id ID) (*NetworkInterface, bool) {
	return lookup[*NetworkInterface](n, id)
}

// IPConfiguration finds an IP configuration of a network interface by id.
func (n *Network) IPConfiguration(id ID) (*IPConfiguration, bool) {
	return lookup[*IPConfiguration](n, id)
}

// ApplicationSecurityGroup finds an application security group by id.
func (n *Network) ApplicationSecurityGroup(id ID) (*ApplicationSecurityGroup, bool) {
	return lookup[*ApplicationSecurityGroup](n, id)
}

// PublicIPAddress finds a public IP address by id.
func (n *Network) PublicIPAddress(id ID) (*PublicIPAddress, bool) {
	return lookup[*PublicIPAddress](n, id)
}

// PublicIPPrefix finds a public IP prefix by id.
func (n *Network) PublicIPPrefix(id ID) (*PublicIPPrefix, bool) {
	return lookup[*PublicIPPrefix](n, id)
}

// NATGateway finds a NAT gateway by id.
func (n *Network) NATGateway(id ID) (*NATGateway, bool) { return lookup[*NATGateway](n, id) }

// AzureFirewall finds a firewall by id.
func (n *Network) AzureFirewall(id ID) (*AzureFirewall, bool) { return lookup[*AzureFirewall](n, id) }

// FirewallPolicy finds a firewall policy by id.
func (n *Network) FirewallPolicy(id ID) (*FirewallPolicy, bool) {
	return lookup[*FirewallPolicy](n, id)
}

// IPGroup finds an IP group by id.
func (n *Network) IPGroup(id ID) (*IPGroup, bool) { return lookup[*IPGroup](n, id) }

// Subnets lists the subnets of all virtual networks, by id.
func (n *Network) Subnets() []*Subnet {
	var subnets []*Subnet
	for _, v := range n.VirtualNetworks {
		subnets = append(subnets, v.Subnets...)
	}
	return subnets
}

// Members lists the IP configurations that belong to an application security
// group (ASG-1), by id.
func (n *Network) Members(group ID) []*IPConfiguration {
	var members []*IPConfiguration
	for _, nic := range n.NetworkInterfaces {
		for _, c := range nic.IPConfigurations {
			for _, g := range c.ApplicationSecurityGroups {
				if g.ID == group {
					members = append(members, c)
					break
				}
			}
		}
	}
	return members
}

// Resource finds what is common to all resources of one of any type.
func (n *Network) Resource(id ID) (*Resource, bool) {
	t, ok := n.byID[id].(interface{ base() *Resource })
	if !ok {
		return nil, false
	}
	return t.base(), true
}
