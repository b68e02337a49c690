package azure

import "net/netip"

// ManagedService is a resource of a managed service that lives in subnets of
// a virtual network, such as Microsoft.Logic/integrationServiceEnvironments.
type ManagedService struct {
	Resource
	// Subnets the service runs in, in input order.
	Subnets []Reference
	// Properties are the scalar facts of the resource that a service profile
	// may use as parameters, by Azure's property path
	// ("networkConfiguration.accessEndpoint.type"), compared with case folded.
	Properties map[string]Value[string]
	// Addresses the service states as its own (outgoing addresses and the
	// like), by Azure's property path.
	Addresses map[string][]Value[netip.Prefix]
}
