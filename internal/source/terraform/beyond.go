package terraform

import "github.com/wayleave/wayleave/internal/azure"

// The readers here read resources that the analysis does not follow yet; each
// is listed as not modelled besides.

// privateEndpoint reads azurerm_private_endpoint.
func (r *reader) privateEndpoint(i *instance) {
	e := &azure.PrivateEndpoint{
		Resource: r.resource(i, azure.TypePrivateEndpoint),
		Subnet:   r.reference(i, i.get("subnet_id"), "subnet_id", "azurerm_subnet"),
	}
	for _, c := range i.get("ip_configuration").elements() {
		if a := parsed(c.get("private_ip_address"), azure.ParseAddr); a.IsSet() {
			e.PrivateAddresses = append(e.PrivateAddresses, a)
		}
	}
	chosen := len(e.PrivateAddresses) > 0
	for _, c := range i.get("private_service_connection").elements() {
		id := c.get("private_connection_resource_id")
		if !id.isSet() {
			id = c.get("private_connection_resource_alias")
		}
		e.Services = append(e.Services, azure.PrivateLink{
			Service:  r.nestedReference(i, id, oneBlock(i.expression("private_service_connection")), "private_connection_resource_id", ""),
			GroupIDs: c.get("subresource_names").texts(), At: c.at(),
		})
		// Azure's answer: the first address of all, which a configuration chooses.
		if a := parsed(c.get("private_ip_address"), azure.ParseAddr); a.IsSet() && !chosen {
			e.PrivateAddresses = append(e.PrivateAddresses, a)
		}
	}
	for _, n := range i.get("network_interface").elements() {
		if id := n.get("id").known(); id != "" {
			e.NetworkInterfaces = append(e.NetworkInterfaces, azure.Ref(id, n.get("id").at()))
		}
	}
	for _, a := range r.instancesOf("azurerm_private_endpoint_application_security_group_association") {
		if from := r.reference(a, a.get("private_endpoint_id"), "private_endpoint_id", "azurerm_private_endpoint"); from.ID == i.id {
			const attribute = "application_security_group_id"
			e.ApplicationSecurityGroups = append(e.ApplicationSecurityGroups, r.reference(a, a.get(attribute), attribute, "azurerm_application_security_group"))
		}
	}
	r.inventory.PrivateEndpoints = append(r.inventory.PrivateEndpoints, e)
}

// gateway reads azurerm_virtual_network_gateway.
func (r *reader) gateway(i *instance) {
	g := &azure.Gateway{
		Resource:  r.resource(i, azure.TypeGateway),
		Kind:      i.get("type").text(),
		SKU:       i.get("sku").text(),
		EnableBGP: i.either("bgp_enabled", "enable_bgp").boolean(),
	}
	for _, b := range i.get("bgp_settings").elements() {
		g.ASN = parsed(b.get("asn"), azure.ParseWholeNumber)
	}
	list := i.get("ip_configuration").elements()
	for index, c := range list {
		written := blockAt(i.expression("ip_configuration"), index, len(list))
		if ref := r.nestedReference(i, c.get("subnet_id"), written, "subnet_id", "azurerm_subnet"); ref.IsSet() {
			g.Subnets = append(g.Subnets, ref)
		}
		if ref := r.nestedReference(i, c.get("public_ip_address_id"), written, "public_ip_address_id", "azurerm_public_ip"); ref.IsSet() {
			g.PublicIPAddresses = append(g.PublicIPAddresses, ref)
		}
	}
	for _, c := range i.get("vpn_client_configuration").elements() {
		g.ClientAddresses = append(g.ClientAddresses, parsedList(c.get("address_space"), azure.ParsePrefix)...)
	}
	r.inventory.Gateways = append(r.inventory.Gateways, g)
}

// either is the attribute that is set, of one that the provider renamed.
func (i *instance) either(now, before string) field {
	if f := i.get(now); f.isSet() {
		return f
	}
	return i.get(before)
}

// localGateway reads azurerm_local_network_gateway.
func (r *reader) localGateway(i *instance) {
	g := &azure.LocalGateway{
		Resource:     r.resource(i, azure.TypeLocalGateway),
		AddressSpace: parsedList(i.get("address_space"), azure.ParsePrefix),
		Address:      parsed(i.get("gateway_address"), azure.ParseAddr),
	}
	for _, b := range i.get("bgp_settings").elements() {
		g.ASN = parsed(b.get("asn"), azure.ParseWholeNumber)
	}
	r.inventory.LocalGateways = append(r.inventory.LocalGateways, g)
}

// peerAttributes name the far end of a connection.
var peerAttributes = []struct{ name, want string }{
	{"peer_virtual_network_gateway_id", "azurerm_virtual_network_gateway"},
	{"local_network_gateway_id", "azurerm_local_network_gateway"},
	{"express_route_circuit_id", "azurerm_express_route_circuit"},
}

// gatewayConnection reads azurerm_virtual_network_gateway_connection.
func (r *reader) gatewayConnection(i *instance) {
	c := &azure.GatewayConnection{
		Resource:  r.resource(i, azure.TypeGatewayConnection),
		Kind:      i.get("type").text(),
		Gateway:   r.reference(i, i.get("virtual_network_gateway_id"), "virtual_network_gateway_id", "azurerm_virtual_network_gateway"),
		EnableBGP: i.either("bgp_enabled", "enable_bgp").boolean(),
	}
	for _, peer := range peerAttributes {
		if f := i.get(peer.name); f.isSet() && !i.computed(peer.name) {
			c.Peer = r.reference(i, f, peer.name, peer.want)
		}
	}
	r.inventory.GatewayConnections = append(r.inventory.GatewayConnections, c)
}

// hubConnection reads azurerm_virtual_hub_connection.
func (r *reader) hubConnection(i *instance) {
	r.inventory.HubConnections = append(r.inventory.HubConnections, &azure.HubConnection{
		Resource: r.resource(i, azure.TypeHubConnection),
		Hub:      azure.HubName(r.reference(i, i.get("virtual_hub_id"), "virtual_hub_id", "azurerm_virtual_hub")),
		Network:  r.reference(i, i.get("remote_virtual_network_id"), "remote_virtual_network_id", "azurerm_virtual_network"),
	})
}

// adminRule reads azurerm_network_manager_admin_rule.
func (r *reader) adminRule(i *instance) {
	addresses := func(attribute string) []azure.AdminAddress {
		var list []azure.AdminAddress
		for _, f := range i.get(attribute).elements() {
			list = append(list, azure.AdminAddress{Kind: f.get("address_prefix_type").text(), Text: f.get("address_prefix").text(), At: f.at()})
		}
		return list
	}
	ports := func(attribute string) azure.Ports {
		p, problems := azure.MakePorts(attribute, azure.PortFields{Plural: i.get(attribute).texts(), At: i.at})
		*i.values.problems = append(*i.values.problems, problems...)
		return p
	}
	r.inventory.AdminRules = append(r.inventory.AdminRules, &azure.AdminRule{
		Resource:         r.resource(i, azure.TypeAdminRule),
		Collection:       r.reference(i, i.get("admin_rule_collection_id"), "admin_rule_collection_id", "azurerm_network_manager_admin_rule_collection"),
		Direction:        parsed(i.get("direction"), azure.ParseDirection),
		Access:           parsed(i.get("action"), azure.ParseAdminAccess),
		Priority:         parsed(i.get("priority"), azure.ParsePriority),
		Protocol:         i.get("protocol").text(),
		Sources:          addresses("source"),
		Destinations:     addresses("destination"),
		SourcePorts:      ports("source_port_ranges"),
		DestinationPorts: ports("destination_port_ranges"),
	})
}
