package export

import (
	"net/netip"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/document"
)

func (r *reader) virtualNetwork(o *object, id azure.Resource) {
	v := &azure.VirtualNetwork{Resource: id}
	v.AddressSpace = allParsed(o, azure.ParsePrefix, "addressSpace", "addressPrefixes")
	v.DNSServers = allParsed(o, azure.ParseAddr, "dhcpOptions", "dnsServers")
	v.Location = parsedValue(r, o.row.GetFold("location"), azure.ParseLocation)
	v.APIVersion = r.text(o.row.GetFold("apiVersion")).V
	if subnets := o.elements(o.get("subnets")); subnets != nil {
		v.Subnets = []*azure.Subnet{}
		for _, s := range subnets {
			v.Subnets = append(v.Subnets, r.subnet(&s, s.partIdentity(azure.TypeSubnet)))
		}
	}
	if peerings := o.elements(o.get("virtualNetworkPeerings")); peerings != nil {
		v.Peerings = []*azure.Peering{}
		for _, p := range peerings {
			v.Peerings = append(v.Peerings, r.peering(&p, p.partIdentity(azure.TypePeering)))
		}
	}
	r.inventory.VirtualNetworks = append(r.inventory.VirtualNetworks, v)
}

func (r *reader) separateSubnet(o *object, id azure.Resource) {
	r.inventory.Subnets = append(r.inventory.Subnets, azure.Child[*azure.Subnet]{Parent: parentOf(id), Resource: r.subnet(o, id)})
}

// parentOf refers to the resource that holds a child.
func parentOf(child azure.Resource) azure.Reference {
	return azure.Reference{ID: child.ID.Parent(), Text: child.Address, At: child.At}
}

func (r *reader) subnet(o *object, id azure.Resource) *azure.Subnet {
	s := &azure.Subnet{Resource: o.withSettings(id)}
	one, several := r.singularOrList(o.get("addressPrefix"))
	prefixes, problems := azure.MakePrefixes(one, append(several, r.texts(o.get("addressPrefixes"))...))
	r.reportAll(problems)
	s.Prefixes = prefixes
	s.NetworkSecurityGroup = r.reference(o.get("networkSecurityGroup"))
	s.RouteTable = r.reference(o.get("routeTable"))
	s.NATGateway = r.reference(o.get("natGateway"))
	for _, e := range o.elements(o.get("serviceEndpoints")) {
		endpoint := azure.ServiceEndpoint{Service: r.text(e.get("service")), At: e.at}
		endpoint.Locations = allParsed(&e, azure.ParseLocation, "locations")
		if endpoint.Service.IsSet() {
			s.ServiceEndpoints = append(s.ServiceEndpoints, endpoint)
		}
		s.Settings = append(s.Settings, e.lostSettings("serviceEndpoints", "service", "locations", "provisioningState")...)
	}
	s.RestrictEndpoints(o.references(o.get("serviceEndpointPolicies")))
	for _, d := range o.elements(o.get("delegations")) {
		if service := r.text(d.get("serviceName")); service.IsSet() {
			s.Delegations = append(s.Delegations, service)
			s.DelegationNames = append(s.DelegationNames, r.text(d.head[headName]))
		}
	}
	s.PrivateEndpointNetworkPolicies = r.text(o.get("privateEndpointNetworkPolicies"))
	s.DefaultOutboundAccess = parsed(o, azure.ParseBool, "defaultOutboundAccess")
	for c := range o.get("ipConfigurations").Elements() {
		s.Occupants = append(s.Occupants, r.reference(c).ID)
	}
	return s
}

func (r *reader) separatePeering(o *object, id azure.Resource) {
	r.inventory.Peerings = append(r.inventory.Peerings, azure.Child[*azure.Peering]{Parent: parentOf(id), Resource: r.peering(o, id)})
}

func (r *reader) peering(o *object, id azure.Resource) *azure.Peering {
	p := &azure.Peering{Resource: o.withSettings(id)}
	p.Remote = r.reference(o.get("remoteVirtualNetwork"))
	if !p.Remote.IsSet() {
		p.Remote = azure.Reference{At: o.at, Unknown: &azure.Unknown{Name: o.row.Path(), Why: "the peering does not say with what", At: o.at}}
	}
	p.AllowVirtualNetworkAccess = parsed(o, azure.ParseBool, "allowVirtualNetworkAccess")
	p.AllowForwardedTraffic = parsed(o, azure.ParseBool, "allowForwardedTraffic")
	p.AllowGatewayTransit = parsed(o, azure.ParseBool, "allowGatewayTransit")
	p.UseRemoteGateways = parsed(o, azure.ParseBool, "useRemoteGateways")
	p.State = r.text(o.get("peeringState"))
	p.RemoteAddressSpace = allParsed(o, azure.ParsePrefix, "remoteAddressSpace", "addressPrefixes")
	p.PeerCompleteVnets = parsed(o, azure.ParseBool, "peerCompleteVnets")
	p.LocalSubnetNames = r.texts(o.get("localSubnetNames"))
	p.RemoteSubnetNames = r.texts(o.get("remoteSubnetNames"))
	p.OnlyIPv6 = parsed(o, azure.ParseBool, "enableOnlyIPv6Peering")
	return p
}

func (r *reader) networkInterface(o *object, id azure.Resource) {
	r.inventory.NetworkInterfaces = append(r.inventory.NetworkInterfaces, r.interfaceOf(o, id))
}

func (r *reader) interfaceOf(o *object, id azure.Resource) *azure.NetworkInterface {
	n := &azure.NetworkInterface{Resource: id}
	n.NetworkSecurityGroup = r.reference(o.get("networkSecurityGroup"))
	n.EnableIPForwarding = parsed(o, azure.ParseBool, "enableIPForwarding")
	n.DisableTCPStateTracking = parsed(o, azure.ParseBool, "disableTcpStateTracking")
	n.VirtualMachine = r.reference(o.get("virtualMachine"))
	n.DefaultOutbound = parsed(o, azure.ParseBool, "defaultOutboundConnectivityEnabled")
	for _, c := range o.elements(o.get("ipConfigurations")) {
		n.IPConfigurations = append(n.IPConfigurations, r.ipConfiguration(&c))
	}
	return n
}

func (r *reader) ipConfiguration(o *object) *azure.IPConfiguration {
	c := &azure.IPConfiguration{Resource: o.partIdentity(azure.TypeIPConfiguration)}
	c.PrivateIPAddress = r.address(o.get("privateIPAddress"))
	c.Subnet = r.reference(o.get("subnet"))
	c.PublicIPAddress = r.reference(o.get("publicIPAddress"))
	c.ApplicationSecurityGroups = o.references(o.get("applicationSecurityGroups"))
	c.BackendPools = o.references(o.get("loadBalancerBackendAddressPools"))
	c.InboundNATRules = o.references(o.get("loadBalancerInboundNatRules"))
	c.Primary = parsed(o, azure.ParseBool, "primary")
	return c
}

// address reads the private address of an IP configuration, which may be a
// prefix: of a whole block the addresses are not modelled, so it is unknown.
func (r *reader) address(v document.Value) azure.Value[netip.Addr] {
	text := r.text(v)
	if known, ok := text.Known(); ok {
		if p, err := netip.ParsePrefix(known); err == nil {
			if p.Bits() != p.Addr().BitLen() {
				return azure.NotKnown[netip.Addr](&azure.Unknown{Name: v.Path() + " " + known, Why: "a block of addresses on one interface is not modelled", At: text.At})
			}
			text = azure.Given(p.Addr().String(), text.At)
		}
	}
	a, list := azure.Parsed(text, azure.ParseAddr)
	r.reportAll(list)
	return a
}

func (r *reader) publicIPAddress(o *object, id azure.Resource) {
	p := &azure.PublicIPAddress{Resource: id}
	// PowerShell prints "Not Assigned" for an address that is not allocated.
	if text, _ := o.get("ipAddress").String(); !strings.EqualFold(text, "Not Assigned") {
		p.IPAddress = parsed(o, azure.ParseAddr, "ipAddress")
	}
	sku := o.row.GetFold("sku")
	if sku.Kind() == document.Object {
		sku = sku.GetFold("name")
	}
	p.SKU, p.Allocation = r.text(sku), r.text(o.get("publicIPAllocationMethod"))
	r.inventory.PublicIPAddresses = append(r.inventory.PublicIPAddresses, p)
}

func (r *reader) applicationGroup(_ *object, id azure.Resource) {
	r.inventory.ApplicationSecurityGroups = append(r.inventory.ApplicationSecurityGroups, &azure.ApplicationSecurityGroup{Resource: id})
}
