package body

import "github.com/wayleave/wayleave/internal/azure"

// beyond are the types that are read here and that the analysis does not follow
// yet.
var beyond = []string{
	azure.TypeGateway, azure.TypeLocalGateway, azure.TypeGatewayConnection, azure.TypeHubConnection,
}

func (r reader) privateEndpoint(res Resource, o object) {
	e := &azure.PrivateEndpoint{
		Resource:                  res.Resource,
		Subnet:                    o.reference("subnet"),
		NetworkInterfaces:         o.references("networkInterfaces"),
		ApplicationSecurityGroups: o.references("applicationSecurityGroups"),
	}
	for _, c := range o.inner("ipConfigurations") {
		if a := parsed(c, azure.ParseAddr, "privateIPAddress"); a.IsSet() {
			e.PrivateAddresses = append(e.PrivateAddresses, a)
		}
	}
	for _, name := range []string{"privateLinkServiceConnections", "manualPrivateLinkServiceConnections"} {
		for _, c := range o.inner(name) {
			service := c.get("privateLinkServiceId")
			e.Services = append(e.Services, azure.PrivateLink{
				Service: c.referenceOf(service, []string{"privateLinkServiceId"}), GroupIDs: c.texts("groupIds"), At: c.at(),
			})
		}
	}
	r.inventory.PrivateEndpoints = append(r.inventory.PrivateEndpoints, e)
}

// inner are the properties of the elements of a list; what is unknown of it is
// left out, since none of it counts or is followed.
func (o object) inner(path ...string) []object {
	var list []object
	for _, e := range elements(o.get(path...)) {
		if !e.IsUnknown() {
			list = append(list, o.within(e.Get("properties")))
		}
	}
	return list
}

func (r reader) gateway(res Resource, o object) {
	g := &azure.Gateway{
		Resource:        res.Resource,
		Kind:            o.text("gatewayType"),
		SKU:             o.text("sku", "name"),
		EnableBGP:       parsed(o, azure.ParseBool, "enableBgp"),
		ASN:             parsed(o, azure.ParseWholeNumber, "bgpSettings", "asn"),
		ClientAddresses: allParsed(o, azure.ParsePrefix, "vpnClientConfiguration", "vpnClientAddressPool", "addressPrefixes"),
	}
	for _, c := range o.inner("ipConfigurations") {
		if s := c.reference("subnet"); s.IsSet() {
			g.Subnets = append(g.Subnets, s)
		}
		if p := c.reference("publicIPAddress"); p.IsSet() {
			g.PublicIPAddresses = append(g.PublicIPAddresses, p)
		}
	}
	r.inventory.Gateways = append(r.inventory.Gateways, g)
}

func (r reader) localGateway(res Resource, o object) {
	r.inventory.LocalGateways = append(r.inventory.LocalGateways, &azure.LocalGateway{
		Resource:     res.Resource,
		AddressSpace: allParsed(o, azure.ParsePrefix, "localNetworkAddressSpace", "addressPrefixes"),
		Address:      parsed(o, azure.ParseAddr, "gatewayIpAddress"),
		ASN:          parsed(o, azure.ParseWholeNumber, "bgpSettings", "asn"),
	})
}

func (r reader) connection(res Resource, o object) {
	c := &azure.GatewayConnection{
		Resource:  res.Resource,
		Kind:      o.text("connectionType"),
		Gateway:   o.reference("virtualNetworkGateway1"),
		EnableBGP: parsed(o, azure.ParseBool, "enableBgp"),
	}
	for _, name := range []string{"virtualNetworkGateway2", "localNetworkGateway2", "peer"} {
		if ref := o.reference(name); ref.IsSet() {
			c.Peer = ref
		}
	}
	r.inventory.GatewayConnections = append(r.inventory.GatewayConnections, c)
}

func (r reader) hubConnection(res Resource, o object) {
	r.inventory.HubConnections = append(r.inventory.HubConnections, &azure.HubConnection{
		Resource: res.Resource, Hub: azure.HubName(res.Parent), Network: o.reference("remoteVirtualNetwork"),
	})
}

func (r reader) adminRule(res Resource, o object) {
	rule := &azure.AdminRule{
		Resource:     res.Resource,
		Collection:   res.Parent,
		Direction:    parsed(o, azure.ParseDirection, "direction"),
		Access:       parsed(o, azure.ParseAdminAccess, "access"),
		Priority:     parsed(o, azure.ParsePriority, "priority"),
		Protocol:     o.text("protocol"),
		Sources:      o.adminAddresses("sources"),
		Destinations: o.adminAddresses("destinations"),
	}
	ports, problems := azure.MakePorts("source ports", azure.PortFields{Plural: o.texts("sourcePortRanges"), At: o.at()})
	rule.SourcePorts = ports
	o.report(problems)
	ports, problems = azure.MakePorts("destination ports", azure.PortFields{Plural: o.texts("destinationPortRanges"), At: o.at()})
	rule.DestinationPorts = ports
	o.report(problems)
	r.inventory.AdminRules = append(r.inventory.AdminRules, rule)
}

func (o object) adminAddresses(name string) []azure.AdminAddress {
	var list []azure.AdminAddress
	for _, e := range elements(o.get(name)) {
		a := azure.AdminAddress{Kind: o.textOf(e.Get("addressPrefixType"), []string{name}), Text: o.textOf(e.Get("addressPrefix"), []string{name}), At: e.At}
		list = append(list, a)
	}
	return list
}

func (r reader) adminConfiguration(res Resource, o object) {
	r.inventory.AdminConfigurations = append(r.inventory.AdminConfigurations, &azure.AdminConfiguration{
		Resource: res.Resource, Manager: res.Parent, IntentPolicies: o.texts("applyOnNetworkIntentPolicyBasedServices"),
	})
}

func (r reader) adminCollection(res Resource, o object) {
	c := &azure.AdminCollection{Resource: res.Resource, Configuration: res.Parent}
	for _, e := range elements(o.get("appliesToGroups")) {
		c.NetworkGroups = append(c.NetworkGroups, o.referenceOf(e.Get("networkGroupId"), []string{"appliesToGroups"}))
	}
	r.inventory.AdminCollections = append(r.inventory.AdminCollections, c)
}

func (r reader) networkGroup(res Resource, _ object) {
	r.inventory.NetworkGroups = append(r.inventory.NetworkGroups, &azure.NetworkGroup{Resource: res.Resource})
}

func (r reader) networkGroupMember(res Resource, o object) {
	r.inventory.NetworkGroupMembers = append(r.inventory.NetworkGroupMembers, &azure.NetworkGroupMember{
		Resource: res.Resource, Group: res.Parent, Member: o.referenceOf(o.get("resourceId"), []string{"resourceId"}),
	})
}
