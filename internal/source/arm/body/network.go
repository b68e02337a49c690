package body

import (
	"net/netip"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
)

func (r reader) virtualNetwork(res Resource, o object) {
	v := &azure.VirtualNetwork{
		Resource:     res.Resource,
		AddressSpace: allParsed(o, azure.ParsePrefix, "addressSpace", "addressPrefixes"),
		DNSServers:   allParsed(o, azure.ParseAddr, "dhcpOptions", "dnsServers"),
		APIVersion:   res.APIVersion,
		Location:     o.location(res),
	}
	subnets, open := o.children("subnets", "subnets", azure.TypeSubnet)
	for _, s := range subnets {
		v.Subnets = append(v.Subnets, r.subnet(s))
	}
	r.uncounted(res, "subnets", open)
	v.UnknownSubnets = open
	peerings, open := o.children("virtualNetworkPeerings", "virtualNetworkPeerings", azure.TypePeering)
	for _, p := range peerings {
		v.Peerings = append(v.Peerings, r.peering(p))
	}
	r.uncounted(res, "peerings", open)
	for _, u := range open {
		v.Peerings = append(v.Peerings, azure.UnknownPeering(v, u))
	}
	r.inventory.VirtualNetworks = append(r.inventory.VirtualNetworks, v)
}

// location is the region of a resource.
func (o object) location(res Resource) azure.Value[string] {
	if o.doubt != nil {
		return azure.NotKnown[string](o.doubt)
	}
	v, _ := azure.Parsed(o.textOf(res.Location, []string{"location"}), azure.ParseLocation)
	return v
}

// uncounted tells of children of which not even the number is known.
func (r reader) uncounted(res Resource, what string, open []*azure.Unknown) {
	for _, u := range open {
		r.inventory.NotModelled = append(r.inventory.NotModelled, azure.NotModelled{
			Type: res.Type, Address: res.Label(), Effect: "it has " + what + " that are not known: " + u.Name, At: u.At,
		})
		r.inventory.Diagnostics = append(r.inventory.Diagnostics,
			diagnostic.Warningf("unknown-number", u.At, "%q has %s of which nothing is known (%s: %s)", res.Label(), what, u.Name, u.Why).
				WithHint("give the values of the template's parameters with --parameters"))
	}
}

func (r reader) separateSubnet(res Resource, o object) {
	r.inventory.Subnets = append(r.inventory.Subnets, azure.Child[*azure.Subnet]{Parent: res.Parent, Resource: r.subnet(o)})
}

func (r reader) subnet(o object) *azure.Subnet {
	one, several := o.singularOrList("addressPrefix")
	prefixes, problems := azure.MakePrefixes(one, append(several, o.texts("addressPrefixes")...))
	o.report(problems)
	s := &azure.Subnet{
		Resource:                       o.withSettings(nil),
		Prefixes:                       prefixes,
		NetworkSecurityGroup:           o.reference("networkSecurityGroup"),
		RouteTable:                     o.reference("routeTable"),
		NATGateway:                     o.reference("natGateway"),
		PrivateEndpointNetworkPolicies: o.text("privateEndpointNetworkPolicies"),
		DefaultOutboundAccess:          parsed(o, azure.ParseBool, "defaultOutboundAccess"),
	}
	for _, e := range elements(o.get("serviceEndpoints")) {
		endpoint := azure.ServiceEndpoint{Service: o.textOf(e.Get("service"), []string{"service"}), At: e.At}
		for _, l := range elements(e.Get("locations")) {
			v, _ := azure.Parsed(o.textOf(l, []string{"locations"}), azure.ParseLocation)
			endpoint.Locations = append(endpoint.Locations, v)
		}
		if endpoint.Service.IsSet() {
			s.ServiceEndpoints = append(s.ServiceEndpoints, endpoint)
		}
		s.Settings = append(s.Settings, lostSettings(e, "serviceEndpoints", "service", "locations", "provisioningState")...)
	}
	s.RestrictEndpoints(o.references("serviceEndpointPolicies"))
	for _, d := range elements(o.get("delegations")) {
		if service := o.textOf(d.Get("properties").Get("serviceName"), []string{"serviceName"}); service.IsSet() {
			s.Delegations = append(s.Delegations, service)
			s.DelegationNames = append(s.DelegationNames, o.textOf(d.Get("name"), []string{"name"}))
		}
	}
	return s
}

func (r reader) separatePeering(res Resource, o object) {
	r.inventory.Peerings = append(r.inventory.Peerings, azure.Child[*azure.Peering]{Parent: res.Parent, Resource: r.peering(o)})
}

func (r reader) peering(o object) *azure.Peering {
	p := &azure.Peering{
		Resource:                  o.withSettings(nil),
		Remote:                    o.reference("remoteVirtualNetwork"),
		AllowVirtualNetworkAccess: parsed(o, azure.ParseBool, "allowVirtualNetworkAccess"),
		AllowForwardedTraffic:     parsed(o, azure.ParseBool, "allowForwardedTraffic"),
		AllowGatewayTransit:       parsed(o, azure.ParseBool, "allowGatewayTransit"),
		UseRemoteGateways:         parsed(o, azure.ParseBool, "useRemoteGateways"),
		RemoteAddressSpace:        allParsed(o, azure.ParsePrefix, "remoteAddressSpace", "addressPrefixes"),
		PeerCompleteVnets:         parsed(o, azure.ParseBool, "peerCompleteVnets"),
		LocalSubnetNames:          o.texts("localSubnetNames"),
		RemoteSubnetNames:         o.texts("remoteSubnetNames"),
		OnlyIPv6:                  parsed(o, azure.ParseBool, "enableOnlyIPv6Peering"),
	}
	if o.doubt != nil {
		p.State = azure.NotKnown[string](o.doubt)
	}
	return p
}

func (r reader) networkInterface(res Resource, o object) {
	n, open := r.interfaceOf(o)
	r.uncounted(res, "IP configurations", open)
	r.inventory.NetworkInterfaces = append(r.inventory.NetworkInterfaces, n)
}

// interfaceOf is a network interface, with the lists of IP configurations that are not
// known.
func (r reader) interfaceOf(o object) (n *azure.NetworkInterface, open []*azure.Unknown) {
	n = &azure.NetworkInterface{
		Resource:                o.resource,
		NetworkSecurityGroup:    o.reference("networkSecurityGroup"),
		EnableIPForwarding:      parsed(o, azure.ParseBool, "enableIPForwarding"),
		DisableTCPStateTracking: parsed(o, azure.ParseBool, "disableTcpStateTracking"),
		VirtualMachine:          o.reference("virtualMachine"),
		DefaultOutbound:         parsed(o, azure.ParseBool, "defaultOutboundConnectivityEnabled"),
	}
	configurations, open := o.children("ipConfigurations", "ipConfigurations", azure.TypeIPConfiguration)
	for number, c := range configurations {
		config := &azure.IPConfiguration{
			Resource:                  c.resource,
			PrivateIPAddress:          c.address("privateIPAddress"),
			Subnet:                    c.reference("subnet"),
			PublicIPAddress:           c.reference("publicIPAddress"),
			ApplicationSecurityGroups: c.references("applicationSecurityGroups"),
			BackendPools:              c.references("loadBalancerBackendAddressPools"),
			InboundNATRules:           c.references("loadBalancerInboundNatRules"),
			Primary:                   parsed(c, azure.ParseBool, "primary"),
		}
		if config.Subnet.IsSet() && !config.PrivateIPAddress.IsSet() {
			config.PrivateIPAddress = o.chosen(c, number, open)
		}
		if !config.PublicIPAddress.IsSet() {
			config.PublicIPAddress = c.instanceAddress()
		}
		n.IPConfigurations = append(n.IPConfigurations, config)
	}
	return n, open
}

func (r reader) applicationGroup(res Resource, _ object) {
	r.inventory.ApplicationSecurityGroups = append(r.inventory.ApplicationSecurityGroups, &azure.ApplicationSecurityGroup{Resource: res.Resource})
}

func (r reader) publicIPAddress(res Resource, o object) {
	p := &azure.PublicIPAddress{
		Resource:   res.Resource,
		IPAddress:  parsed(o, azure.ParseAddr, "ipAddress"),
		SKU:        o.textOf(res.SKU.Get("name"), []string{"sku.name"}),
		Allocation: o.text("publicIPAllocationMethod"),
	}
	if !p.IPAddress.IsSet() {
		name := o.state + ".ipAddress"
		if o.state == "" {
			name = res.Label() + " ipAddress"
		}
		p.IPAddress = azure.NotKnown[netip.Addr](&azure.Unknown{Name: name, Why: "Azure chooses it on deployment", At: res.At})
	}
	r.inventory.PublicIPAddresses = append(r.inventory.PublicIPAddresses, p)
}
