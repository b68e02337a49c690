package azure

import "github.com/wayleave/wayleave/internal/diagnostic"

// Inventory is what one input states: resources as they stand there, children
// still apart from their parents, associations still apart from both ends.
// Readers fill it; [Build] joins inventories to a [Network].
type Inventory struct {
	// Source names the input: the path as given.
	Source string
	// Rank of the input among inputs that state the same resource.
	Rank Rank

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

	// ManagerConfigurations are what network managers do besides admin rules.
	ManagerConfigurations []*ManagerConfiguration

	// Subnets, Peerings, SecurityRules and Routes that the input states as
	// resources of their own.
	Subnets       []Child[*Subnet]
	Peerings      []Child[*Peering]
	SecurityRules []Child[*SecurityRule]
	Routes        []Child[*Route]
	// RuleCollections are classic ones, of firewalls.
	RuleCollections      []Child[*RuleCollection]
	RuleCollectionGroups []Child[*RuleCollectionGroup]
	IPGroupAddresses     []IPGroupAddress
	// InboundNATRules and BackendPools of load balancers.
	InboundNATRules []Child[*BalancerRule]
	BackendPools    []Child[*BackendPool]
	// Associations that the input states as resources of their own.
	Associations []Association

	// Updates of resources that stand elsewhere.
	Updates []Update

	// Unread are deployments of which no input tells what they deploy: rules,
	// routes, attachments and peerings of any resource.
	Unread []*Unknown

	// Appliances are what a user states of appliances.
	Appliances []*Appliance
	// EffectiveRoutes that Azure was asked for.
	EffectiveRoutes []*EffectiveRoutes

	// NotModelled are the resources that were read and left alone.
	NotModelled []NotModelled
	// Diagnostics of the reading; an error makes Build fail.
	Diagnostics diagnostic.List
}

// Child is a resource stated apart from the parent it belongs to.
type Child[T any] struct {
	Parent   Reference
	Resource T
}

// AssociationKind tells which two kinds of resource an association joins.
type AssociationKind uint8

// Kinds of associations: from the first named to the second.
const (
	SubnetToNetworkSecurityGroup AssociationKind = iota
	SubnetToRouteTable
	SubnetToNATGateway
	InterfaceToNetworkSecurityGroup
	InterfaceToApplicationSecurityGroup
	NATGatewayToPublicIPAddress
	NATGatewayToPublicIPPrefix
)

// Association joins two resources, as Terraform's association resources do.
type Association struct {
	Kind     AssociationKind
	From, To Reference
	At       Position
}

// NotModelled is a resource that this program reads but does not follow.
type NotModelled struct {
	// Type is Azure's resource type, or the Terraform type.
	Type string
	// Address names the resource.
	Address string
	// Effect says what the verdicts therefore leave out.
	Effect string
	At     Position
}
