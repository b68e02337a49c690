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
	// Own says whether it has a public address for what it sends to the internet.
	// No resource tells: it is what the service's profile knows of it.
	Own OwnAddress
}

// OwnAddress says whether a managed service has a public address of its own for
// what it sends to the internet, whatever its subnet has.
type OwnAddress struct {
	Has Having
	// Why says, where nobody knows, what is missing.
	Why string
}

// Having is whether a service has a public address of its own.
type Having uint8

// A service has one, or none, so that its packets leave as those of any machine in
// the subnet do, or it is not known.
const (
	MayHaveOwn Having = iota
	HasOwn
	HasNone
)
