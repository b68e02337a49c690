package source

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayleave/wayleave/internal/azure"
)

const (
	schema = `"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0"`
	ids    = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/"
)

// What the analysis does not follow yet is read alike from every kind of input,
// and listed as not modelled.
func TestBeyondIsReadAlike(t *testing.T) {
	properties := map[string]string{
		"privateEndpoints/pe": `"subnet": {"id": "` + ids + `virtualNetworks/v/subnets/a"}, "privateLinkServiceConnections": [{"name": "c", "properties": {
			"privateLinkServiceId": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/x", "groupIds": ["blob"]}}],
			"ipConfigurations": [{"name": "i", "properties": {"privateIPAddress": "10.0.1.7"}}]`,
		"virtualNetworkGateways/gw": `"gatewayType": "Vpn", "sku": {"name": "VpnGw1"}, "enableBgp": true, "bgpSettings": {"asn": 65010},
			"ipConfigurations": [{"name": "i", "properties": {"subnet": {"id": "` + ids + `virtualNetworks/v/subnets/GatewaySubnet"}}}],
			"vpnClientConfiguration": {"vpnClientAddressPool": {"addressPrefixes": ["172.30.0.0/24"]}}`,
		"localNetworkGateways/office": `"localNetworkAddressSpace": {"addressPrefixes": ["192.168.0.0/16"]}, "gatewayIpAddress": "203.0.113.1"`,
		"connections/c": `"connectionType": "IPsec", "virtualNetworkGateway1": {"id": "` + ids + `virtualNetworkGateways/gw"},
			"localNetworkGateway2": {"id": "` + ids + `localNetworkGateways/office"}, "enableBgp": true`,
		"loadBalancers/lb": `"frontendIPConfigurations": [{"name": "f", "properties": {"subnet": {"id": "` + ids + `virtualNetworks/v/subnets/a"}, "privateIPAddress": "10.0.1.9"}}],
			"backendAddressPools": [{"name": "pool"}], "loadBalancingRules": [{"name": "r"}]`,
		"networkManagers/m/securityAdminConfigurations/s/ruleCollections/k/rules/r": `"access": "Deny", "direction": "Inbound", "priority": 10, "protocol": "Tcp",
			"sources": [{"addressPrefix": "*", "addressPrefixType": "IPPrefix"}], "destinations": [{"addressPrefix": "*", "addressPrefixType": "IPPrefix"}],
			"sourcePortRanges": ["0-65535"], "destinationPortRanges": ["22"]`,
		"virtualHubs/hub/hubVirtualNetworkConnections/spoke": `"remoteVirtualNetwork": {"id": "` + ids + `virtualNetworks/v"}, "routingConfiguration": {}`,
	}
	var rows, resources []string
	for path, text := range properties {
		types, names := "Microsoft.Network", ""
		for i, segment := range strings.Split(path, "/") {
			if i%2 == 0 {
				types += "/" + segment
			} else {
				names += "/" + segment
			}
		}
		sku := ""
		if strings.HasPrefix(path, "load") {
			sku = `"sku": {"name": "Standard"}, `
		}
		rows = append(rows, fmt.Sprintf(`{"id": "%s%s", "type": "%s", %s"properties": {%s}}`, ids, path, types, sku, text))
		resources = append(resources, fmt.Sprintf(`{"type": "%s", "apiVersion": "2024-05-01", "name": "%s", %s"properties": {%s}}`, types, names[1:], sku, text))
	}
	files := map[string]string{
		"export.json":   `[` + strings.Join(rows, ",") + `]`,
		"template.json": `{` + schema + `, "resources": [` + strings.Join(resources, ",") + `]}`,
		"state.json":    beyondState,
	}
	tree(t, files)
	want := []string{
		"endpoint pe in a at 10.0.1.7 to x for blob",
		"gateway gw Vpn VpnGw1 true 65010 [GatewaySubnet] 172.30.0.0/24",
		"local office 192.168.0.0/16 203.0.113.1",
		"connection c IPsec from gw to office true",
		"spoke joins v to hub",
		"balancer lb Standard frontend f in a at 10.0.1.9",
		"admin r Deny Inbound 10 Tcp from IPPrefix * to IPPrefix * port 22",
	}
	for name := range files {
		n := network(t, name)
		if diff := cmp.Diff(want, beyond(n)); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
		if len(n.NotModelled) != len(want)-3 { // private endpoints, load balancers and admin rules are followed
			t.Errorf("%s: %d are listed as not modelled", name, len(n.NotModelled))
		}
	}
}

// network is what one file states.
func network(t *testing.T, name string) *azure.Network {
	t.Helper()
	inventories, list := Load([]string{name}, Options{})
	if list.HasErrors() {
		t.Fatal(list)
	}
	n, list := azure.Build(inventories...)
	if n == nil {
		t.Fatal(list)
	}
	return n
}

func beyond(n *azure.Network) []string {
	var lines []string
	name := func(r azure.Reference) string {
		text := r.Text
		return text[strings.LastIndexByte(text, '/')+1:]
	}
	for _, e := range n.PrivateEndpoints {
		lines = append(lines, fmt.Sprint("endpoint ", e.Name, " in ", name(e.Subnet), " at ", e.PrivateAddresses[0].V, " to ", name(e.Services[0].Service), " for ", e.Services[0].GroupIDs[0].V))
	}
	for _, g := range n.Gateways {
		lines = append(lines, fmt.Sprint("gateway ", g.Name, " ", g.Kind.V, " ", g.SKU.V, " ", g.EnableBGP.V, " ", g.ASN.V, " [", name(g.Subnets[0]), "] ", g.ClientAddresses[0].V))
	}
	for _, g := range n.LocalGateways {
		lines = append(lines, fmt.Sprint("local ", g.Name, " ", g.AddressSpace[0].V, " ", g.Address.V))
	}
	for _, c := range n.GatewayConnections {
		lines = append(lines, fmt.Sprint("connection ", c.Name, " ", c.Kind.V, " from ", name(c.Gateway), " to ", name(c.Peer), " ", c.EnableBGP.V))
	}
	for _, h := range n.HubConnections {
		lines = append(lines, fmt.Sprint(h.Name, " joins ", name(h.Network), " to ", h.Hub))
	}
	for _, l := range n.LoadBalancers {
		f := l.Frontends[0]
		lines = append(lines, fmt.Sprint("balancer ", l.Name, " ", l.SKU.V, " frontend ", f.Name, " in ", name(f.Subnet), " at ", f.PrivateIPAddress.V))
	}
	for _, r := range n.AdminRules {
		lines = append(lines, fmt.Sprint("admin ", r.Name, " ", r.Access.V, " ", r.Direction.V, " ", r.Priority.V, " ", r.Protocol.V,
			" from ", r.Sources[0].Kind.V, " ", r.Sources[0].Text.V, " to ", r.Destinations[0].Kind.V, " ", r.Destinations[0].Text.V, " port ", r.DestinationPorts.Terms[0].First))
	}
	return lines
}

// beyondState is the same as a Terraform state.
var beyondState = `{"format_version": "1.0", "terraform_version": "1.9.5", "values": {"root_module": {"resources": [` + strings.Join([]string{
	resource("azurerm_private_endpoint", "pe", `"subnet_id": "`+ids+`virtualNetworks/v/subnets/a", "private_service_connection": [{"name": "c",
		"private_connection_resource_id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/x", "subresource_names": ["blob"], "private_ip_address": "10.0.1.7"}]`),
	resource("azurerm_virtual_network_gateway", "gw", `"type": "Vpn", "sku": "VpnGw1", "enable_bgp": true, "bgp_settings": [{"asn": 65010}],
		"ip_configuration": [{"name": "i", "subnet_id": "`+ids+`virtualNetworks/v/subnets/GatewaySubnet"}], "vpn_client_configuration": [{"address_space": ["172.30.0.0/24"]}]`),
	resource("azurerm_local_network_gateway", "office", `"address_space": ["192.168.0.0/16"], "gateway_address": "203.0.113.1"`),
	resource("azurerm_virtual_network_gateway_connection", "c", `"type": "IPsec", "virtual_network_gateway_id": "`+ids+`virtualNetworkGateways/gw",
		"local_network_gateway_id": "`+ids+`localNetworkGateways/office", "enable_bgp": true`),
	resource("azurerm_lb", "lb", `"sku": "Standard", "frontend_ip_configuration": [{"name": "f", "subnet_id": "`+ids+`virtualNetworks/v/subnets/a", "private_ip_address": "10.0.1.9"}]`),
	resource("azurerm_virtual_hub_connection", "spoke", `"virtual_hub_id": "`+ids+`virtualHubs/hub", "remote_virtual_network_id": "`+ids+`virtualNetworks/v"`),
	resource("azurerm_network_manager_admin_rule", "r", `"action": "Deny", "direction": "Inbound", "priority": 10, "protocol": "Tcp",
		"source": [{"address_prefix": "*", "address_prefix_type": "IPPrefix"}], "destination": [{"address_prefix": "*", "address_prefix_type": "IPPrefix"}],
		"source_port_ranges": ["0-65535"], "destination_port_ranges": ["22"]`),
}, ",") + `]}}}`

func resource(typ, name, values string) string {
	return fmt.Sprintf(`{"address": "%s.%s", "mode": "managed", "type": "%s", "name": "%s", "provider_name": "registry.terraform.io/hashicorp/azurerm", "schema_version": 0,
		"values": {"name": "%s", "resource_group_name": "g", %s}}`, typ, name, typ, name, name, values)
}
