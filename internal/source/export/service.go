package export

import (
	"net/netip"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
)

// Properties of an integration service environment that profiles may use, and
// the lists of addresses it states, by path.
//
// https://learn.microsoft.com/rest/api/logic/integration-service-environments
// (api-version 2019-05-01), read 2026-11.
var (
	environmentProperties = [][]string{
		{"networkConfiguration", "accessEndpoint", "type"},
		{"networkConfiguration", "virtualNetworkAddressSpace"},
		{"provisioningState"},
		{"state"},
	}
	environmentAddresses = [][]string{
		{"endpointsConfiguration", "workflow", "outgoingIpAddresses"},
		{"endpointsConfiguration", "workflow", "accessEndpointIpAddresses"},
		{"endpointsConfiguration", "connector", "outgoingIpAddresses"},
		{"endpointsConfiguration", "connector", "accessEndpointIpAddresses"},
	}
)

func (r *reader) integrationServiceEnvironment(o *object, id azure.Resource) {
	m := &azure.ManagedService{
		Resource:   id,
		Properties: map[string]azure.Value[string]{},
		Addresses:  map[string][]azure.Value[netip.Prefix]{},
	}
	m.Subnets = o.references(o.get("networkConfiguration", "subnets"))
	if v := r.text(o.row.GetFold("sku").GetFold("name")); v.IsSet() {
		m.Properties["sku.name"] = v
	}
	for _, path := range environmentProperties {
		if v := r.text(o.get(path...)); v.IsSet() {
			m.Properties[strings.Join(path, ".")] = v
		}
	}
	for _, path := range environmentAddresses {
		for _, e := range o.elements(o.get(path...)) {
			if v := r.text(e.get("address")); v.IsSet() {
				name := strings.Join(path, ".")
				m.Addresses[name] = append(m.Addresses[name], r.ownAddress(v))
			}
		}
	}
	r.inventory.ManagedServices = append(r.inventory.ManagedServices, m)
}

// ownAddress reads an address or a prefix that the service states.
func (r *reader) ownAddress(text azure.Value[string]) azure.Value[netip.Prefix] {
	if text.Unknown != nil {
		return azure.NotKnown[netip.Prefix](text.Unknown)
	}
	v, list := azure.Parsed(text, func(s string, at azure.Position) (azure.Value[netip.Prefix], diagnostic.List) {
		if a, err := netip.ParseAddr(s); err == nil {
			s = netip.PrefixFrom(a, a.BitLen()).String()
		}
		return azure.ParsePrefix(s, at)
	})
	r.reportAll(list)
	return v
}
