package azuretest

import (
	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
)

// VNet is a virtual network with its address space.
func VNet(name, space string, items ...Item) Item {
	return func(s *scope) {
		v := &azure.VirtualNetwork{Resource: s.resource(azure.TypeVirtualNetwork, resourceID(azure.TypeVirtualNetwork, name))}
		v.AddressSpace = values(s, space, azure.ParsePrefix)
		s.inventory.VirtualNetworks = append(s.inventory.VirtualNetworks, v)
		inner := *s
		inner.vnet = v
		inner.all(items)
	}
}

// Subnet is a subnet of the virtual network around it.
func Subnet(name, prefixes string, items ...Item) Item {
	return func(s *scope) {
		n := &azure.Subnet{Resource: s.resource(azure.TypeSubnet, string(SubnetID(s.vnet.Name, name)))}
		n.Prefixes = values(s, prefixes, azure.ParsePrefix)
		s.vnet.Subnets = append(s.vnet.Subnets, n)
		inner := *s
		inner.subnet = n
		inner.all(items)
	}
}

// Endpoint is a service endpoint of the subnet around it; a location of "?" is one
// that is not known.
func Endpoint(service string, locations ...string) Item {
	return func(s *scope) {
		e := azure.ServiceEndpoint{Service: s.text(service), At: s.at()}
		for _, l := range locations {
			e.Locations = append(e.Locations, s.location(l))
		}
		s.subnet.ServiceEndpoints = append(s.subnet.ServiceEndpoints, e)
	}
}

// Location is the region of the virtual network around it, "?" for one that is not
// known.
func Location(name string) Item {
	return func(s *scope) { s.vnet.Location = s.location(name) }
}

func (s *scope) location(name string) azure.Value[string] {
	if name == "?" {
		return azure.NotKnown[string](&azure.Unknown{Name: "location", Why: "known only after apply", At: s.at()})
	}
	v, _ := azure.ParseLocation(name, s.at())
	return v
}

// Delegate delegates the subnet around it to a service.
func Delegate(service string) Item {
	return func(s *scope) { s.subnet.Delegations = append(s.subnet.Delegations, s.text(service)) }
}

// NoDefaultOutbound makes the subnet around it private (RT-33).
func NoDefaultOutbound() Item {
	return func(s *scope) { s.subnet.DefaultOutboundAccess = azure.Of(false, s.at()) }
}

// APIVersion is that of the input, for the virtual network around it (RT-34).
func APIVersion(version string) Item {
	return func(s *scope) { s.vnet.APIVersion = version }
}

// Learned are all prefixes that a gateway has told the network around it.
func Learned(prefixes string) Item {
	return func(s *scope) {
		told := &azure.EffectiveRoutes{At: s.at()}
		for _, v := range s.vnet.AddressSpace {
			told.Space = append(told.Space, v.V)
		}
		for _, v := range values(s, prefixes, azure.ParsePrefix) {
			told.Learned = append(told.Learned, v.V)
		}
		s.inventory.EffectiveRoutes = append(s.inventory.EffectiveRoutes, told)
	}
}

// NATGateway attaches a NAT gateway to the subnet around it.
func NATGateway(name string) Item {
	return func(s *scope) { s.subnet.NATGateway = s.reference("Microsoft.Network/natGateways", name) }
}

// PrivateEndpoint is a private endpoint in the subnet around it; no address is
// one that Azure chooses.
func PrivateEndpoint(name, addresses string) Item {
	return func(s *scope) {
		e := &azure.PrivateEndpoint{Resource: s.resource(azure.TypePrivateEndpoint, resourceID(azure.TypePrivateEndpoint, name))}
		e.Subnet = azure.Reference{ID: s.subnet.ID, Text: string(s.subnet.ID), At: s.at()}
		e.PrivateAddresses = values(s, addresses, azure.ParseAddr)
		s.inventory.PrivateEndpoints = append(s.inventory.PrivateEndpoints, e)
	}
}

// EndpointPolicies are the privateEndpointNetworkPolicies of the subnet around
// it.
func EndpointPolicies(text string) Item {
	return func(s *scope) { s.subnet.PrivateEndpointNetworkPolicies = azure.Of(text, s.at()) }
}

// Peer is the link from the virtual network around it to another one.
func Peer(remote string, items ...Item) Item {
	return func(s *scope) {
		id := string(s.vnet.ID) + "/virtualNetworkPeerings/" + s.vnet.Name + "-to-" + remote
		p := &azure.Peering{Resource: s.resource(azure.TypePeering, id)}
		p.Remote = s.reference(azure.TypeVirtualNetwork, remote)
		s.vnet.Peerings = append(s.vnet.Peerings, p)
		inner := *s
		inner.link = p
		inner.all(items)
	}
}

// ToHub connects the virtual network around it to a virtual hub (RT-55).
func ToHub(name string) Item {
	return func(s *scope) {
		id := "/subscriptions/s/resourceGroups/hub/providers/Microsoft.Network/virtualHubs/" + name + "/hubVirtualNetworkConnections/" + s.vnet.Name
		s.inventory.HubConnections = append(s.inventory.HubConnections, &azure.HubConnection{
			Resource: s.resource(azure.TypeHubConnection, id), Hub: name, Network: azure.Ref(string(s.vnet.ID), s.at()),
		})
	}
}

// HubFirewall is a firewall in a virtual hub with a private address (F-17).
func HubFirewall(name, private string) Item {
	return func(s *scope) {
		s.inventory.AzureFirewalls = append(s.inventory.AzureFirewalls, &azure.AzureFirewall{
			Resource: s.resource(azure.TypeAzureFirewall, resourceID(azure.TypeAzureFirewall, name)),
			SKU:      azure.Of(azure.FirewallInHub, s.at()), HubPrivateIPAddress: value(s, private, azure.ParseAddr),
		})
	}
}

// NoAccess sets allowVirtualNetworkAccess of the link around it to false.
func NoAccess() Item {
	return func(s *scope) { s.link.AllowVirtualNetworkAccess = azure.Of(false, s.at()) }
}

// Forwarded sets allowForwardedTraffic of the link around it to true.
func Forwarded() Item {
	return func(s *scope) { s.link.AllowForwardedTraffic = azure.Of(true, s.at()) }
}

// RemoteGateways sets useRemoteGateways of the link around it to true.
func RemoteGateways() Item {
	return func(s *scope) { s.link.UseRemoteGateways = azure.Of(true, s.at()) }
}

// State sets peeringState of the link around it.
func State(text string) Item { return func(s *scope) { s.link.State = s.text(text) } }

// RemoteSpace sets remoteAddressSpace of the link around it.
func RemoteSpace(prefixes string) Item {
	return func(s *scope) { s.link.RemoteAddressSpace = values(s, prefixes, azure.ParsePrefix) }
}

// OnlySubnets makes the link around it a subnet peering (RT-47).
func OnlySubnets(local, remote string) Item {
	return func(s *scope) {
		s.link.PeerCompleteVnets = azure.Of(false, s.at())
		s.link.LocalSubnetNames = values(s, local, asIs)
		s.link.RemoteSubnetNames = values(s, remote, asIs)
	}
}

// OnlyIPv6 limits the link around it to IPv6 (RT-47).
func OnlyIPv6() Item { return func(s *scope) { s.link.OnlyIPv6 = azure.Of(true, s.at()) } }

// asIs is the parser of a text that means itself.
func asIs(text string, at azure.Position) (azure.Value[string], diagnostic.List) {
	return azure.Of(text, at), nil
}

// NIC is a network interface in the subnet around it, with one IP
// configuration for each address; "?name" is an address known only later.
func NIC(name, addresses string, items ...Item) Item {
	return func(s *scope) {
		id := resourceID(azure.TypeNetworkInterface, name)
		nic := &azure.NetworkInterface{Resource: s.resource(azure.TypeNetworkInterface, id)}
		for _, address := range list(addresses) {
			c := &azure.IPConfiguration{Resource: s.resource(azure.TypeIPConfiguration, id+"/ipConfigurations/"+string(rune('a'+len(nic.IPConfigurations))))}
			c.PrivateIPAddress = value(s, address, azure.ParseAddr)
			c.Subnet = azure.Ref(string(s.subnet.ID), s.at())
			nic.IPConfigurations = append(nic.IPConfigurations, c)
		}
		s.inventory.NetworkInterfaces = append(s.inventory.NetworkInterfaces, nic)
		inner := *s
		inner.nic = nic
		inner.all(items)
	}
}

// Forwarding turns IP forwarding of the interface around it on (RT-40).
func Forwarding() Item {
	return func(s *scope) { s.nic.EnableIPForwarding = azure.Of(true, s.at()) }
}

// NoStateTracking sets disableTcpStateTracking of the interface around it
// (NSG-38).
func NoStateTracking() Item {
	return func(s *scope) { s.nic.DisableTCPStateTracking = azure.Of(true, s.at()) }
}

// ASG makes the IP configurations of the interface around it members of an
// application security group; outside an interface it states the group.
func ASG(name string) Item {
	return func(s *scope) {
		if s.nic != nil {
			for _, c := range s.nic.IPConfigurations {
				c.ApplicationSecurityGroups = append(c.ApplicationSecurityGroups, s.reference(azure.TypeApplicationSecurityGroup, name))
			}
			return
		}
		s.inventory.ApplicationSecurityGroups = append(s.inventory.ApplicationSecurityGroups, &azure.ApplicationSecurityGroup{
			Resource: s.resource(azure.TypeApplicationSecurityGroup, resourceID(azure.TypeApplicationSecurityGroup, name)),
		})
	}
}

// FirstInASG makes the first IP configuration of the interface around it alone a
// member of an application security group.
func FirstInASG(name string) Item {
	return func(s *scope) {
		c := s.nic.IPConfigurations[0]
		c.ApplicationSecurityGroups = append(c.ApplicationSecurityGroups, s.reference(azure.TypeApplicationSecurityGroup, name))
	}
}

// PublicIP gives the interface around it a public IP address.
func PublicIP(sku, address string) Item {
	return func(s *scope) {
		name := s.nic.Name + "-ip"
		s.inventory.PublicIPAddresses = append(s.inventory.PublicIPAddresses, &azure.PublicIPAddress{
			Resource:  s.resource(azure.TypePublicIPAddress, resourceID(azure.TypePublicIPAddress, name)),
			IPAddress: value(s, address, azure.ParseAddr),
			SKU:       s.text(sku),
		})
		s.nic.IPConfigurations[0].PublicIPAddress = s.reference(azure.TypePublicIPAddress, name)
	}
}

// NotModelled is a resource the readers leave alone.
func NotModelled(kind, name string) Item {
	return func(s *scope) {
		s.inventory.NotModelled = append(s.inventory.NotModelled, azure.NotModelled{
			Type: kind, Address: name, Effect: "what it does is left out", At: s.at(),
		})
	}
}
