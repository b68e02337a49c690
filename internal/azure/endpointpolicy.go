package azure

import "strings"

// RestrictEndpoints gives the subnet's service endpoints its service endpoint policies,
// which are for Azure Storage alone.
//
// https://learn.microsoft.com/azure/virtual-network/virtual-network-service-endpoint-policies-overview,
// read 2026-11.
func (s *Subnet) RestrictEndpoints(policies []Reference) {
	for i, e := range s.ServiceEndpoints {
		service, known := e.Service.Known()
		if !known || strings.HasPrefix(strings.ToLower(service), "microsoft.storage") {
			s.ServiceEndpoints[i].Policies = policies
		}
	}
}

// PolicyNames are the names of an endpoint's policies, with a placeholder for one that
// is not known; empty where it has none.
func (e ServiceEndpoint) PolicyNames() string {
	var names []string
	for _, p := range e.Policies {
		if p.Unknown != nil {
			names = append(names, p.Unknown.Name)
			continue
		}
		names = append(names, p.ID.Name())
	}
	return strings.Join(names, ", ")
}
