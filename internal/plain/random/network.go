package random

import "net/netip"

// Network is a description of everything a comparison needs.
type Network struct {
	VNets      []*VNet
	Groups     []*Group
	Tables     []*Table
	Interfaces []*Interface
	// ASGs are the names of the application security groups.
	ASGs        []string
	ServiceTags []ServiceTag
	Firewalls   []*Firewall
	Endpoints   []*Endpoint
	Admin       []*Admin
	Balancers   []*Balancer
	Appliances  []*Appliance
}

// subnet finds a subnet by name.
func (n *Network) subnet(vnet, name string) *Subnet {
	for _, v := range n.VNets {
		for _, s := range v.Subnets {
			if v.Name == vnet && s.Name == name {
				return s
			}
		}
	}
	return &Subnet{Prefixes: []netip.Prefix{must("10.255.255.0/24")}}
}

// VNet is a virtual network.
type VNet struct {
	Name string
	// Region is empty where the input does not state it.
	Region  string
	Space   []netip.Prefix
	Subnets []*Subnet
	Links   []*Link
	// DNS are the servers that its clients ask; none for Azure's.
	DNS []netip.Addr
}

// Subnet of a virtual network.
type Subnet struct {
	Name     string
	Prefixes []netip.Prefix
	// Group and Table attached, by name; empty for none.
	Group, Table string
	// Policies for private endpoints; empty leaves the default.
	Policies string
	// Services of which the subnet has service endpoints: for all regions, for those
	// that are stated ("Microsoft.Sql of westeurope eastus"), or for the network's own
	// ("Microsoft.Sql of").
	Services []string
	// Gateway is the address of the NAT gateway: the zero address for no gateway,
	// the unspecified one for a gateway without an address.
	Gateway netip.Addr
	// Private takes default outbound access away.
	Private bool
}

// Link is one side of a peering.
type Link struct {
	Name string
	// Remote network, by name.
	Remote string
	// Access is allowVirtualNetworkAccess; nil leaves the default.
	Access, Forwarded *bool
	// State is empty where the input does not state it.
	State string
	// Synced is remoteAddressSpace; empty where the input does not state it.
	Synced []netip.Prefix
	// Complete is peerCompleteVnets; nil leaves the default.
	Complete *bool
	// Local and RemoteNames are the subnets of a subnet peering.
	Local, RemoteNames []string
	OnlyIPv6           bool
}

// Group is a network security group.
type Group struct {
	Name  string
	Rules []Rule
}

// Rule of a group, in the texts of the API.
type Rule struct {
	Name      string
	Direction string
	Priority  int
	Access    string
	Protocol  string
	// Source and Destination hold one text of the singular property, or
	// several prefixes of the plural one, or "asg:NAME" elements.
	Source, Destination           []string
	SourcePorts, DestinationPorts []string
}

// Table is a route table.
type Table struct {
	Name   string
	Routes []Route
}

// Route of a table, in the texts of the API.
type Route struct {
	Name        string
	Destination string
	NextHopType string
	// NextHop is the address of an appliance, else empty.
	NextHop string
}

// Interface is a network interface with one IP configuration for each address.
type Interface struct {
	Name string
	// VNet and Subnet by name.
	VNet, Subnet string
	Addresses    []netip.Addr
	Group        string
	ASGs         []string
	Forwarding   bool
	// PublicIP is the zero address for none.
	PublicIP netip.Addr
	SKU      string
	// Machine it belongs to, by name; empty for one of its own.
	Machine string
}

// Endpoint is a private endpoint.
type Endpoint struct {
	Name string
	// VNet and Subnet by name.
	VNet, Subnet string
	// Address is the zero address for one that Azure chooses.
	Address netip.Addr
	ASGs    []string
}

// Admin is a collection of security admin rules for a network group.
type Admin struct {
	Name string
	// VNets that are members of the group, by name.
	VNets []string
	Rules []Rule
}

// ServiceTag is one tag of the tag file.
type ServiceTag struct {
	Name, Region string
	Prefixes     []netip.Prefix
}
