package terraform

import (
	"net/netip"

	"github.com/wayleave/wayleave/internal/azure"
)

// iseProperties leads from Azure's property paths of an integration service
// environment to the provider's attributes (in azurerm up to version 3).
var iseProperties = map[string]string{
	"networkConfiguration.accessEndpoint.type": "access_endpoint_type",
	"sku.name": "sku_name",
}

// iseAddresses are the lists of addresses the environment states as its own.
var iseAddresses = map[string]string{
	"endpointsConfiguration.workflow.accessEndpointIpAddresses":  "workflow_endpoint_ip_addresses",
	"endpointsConfiguration.workflow.outgoingIpAddresses":        "workflow_outbound_ip_addresses",
	"endpointsConfiguration.connector.accessEndpointIpAddresses": "connector_endpoint_ip_addresses",
	"endpointsConfiguration.connector.outgoingIpAddresses":       "connector_outbound_ip_addresses",
}

// iseSubnets is the number of subnets an environment has.
const iseSubnets = 4

// integrationServiceEnvironment reads azurerm_integration_service_environment.
func (r *reader) integrationServiceEnvironment(i *instance) {
	const subnets = "virtual_network_subnet_ids"
	m := &azure.ManagedService{
		Resource:   r.resource(i, azure.TypeIntegrationServiceEnv),
		Subnets:    r.references(i, i.get(subnets), subnets, "azurerm_subnet"),
		Properties: map[string]azure.Value[string]{},
		Addresses:  map[string][]azure.Value[netip.Prefix]{},
	}
	// The set as a whole is unknown when its elements are; an environment has
	// four subnets, so four candidates are the four.
	found := r.search(r.scopeOf(i), i.expression(subnets), "id", false, "azurerm_subnet")
	if i.get(subnets).isUnknown() && len(found.dead) == 0 && len(found.targets) == iseSubnets {
		m.Subnets = nil
		for _, t := range found.targets {
			m.Subnets = append(m.Subnets, t.reference(i.get(subnets)))
		}
	}
	for path, attribute := range iseProperties {
		if v := i.get(attribute).text(); v.IsSet() {
			m.Properties[path] = v
		}
	}
	for path, attribute := range iseAddresses {
		for _, e := range i.get(attribute).elements() {
			if v := addressOrPrefix(e); v.IsSet() {
				m.Addresses[path] = append(m.Addresses[path], v)
			}
		}
	}
	r.inventory.ManagedServices = append(r.inventory.ManagedServices, m)
}

// addressOrPrefix reads an address or a prefix; a bare address is a prefix of full
// length.
func addressOrPrefix(f field) azure.Value[netip.Prefix] {
	if addr, err := netip.ParseAddr(f.known()); err == nil {
		return azure.Of(netip.PrefixFrom(addr, addr.BitLen()), f.at())
	}
	return parsed(f, azure.ParsePrefix)
}
