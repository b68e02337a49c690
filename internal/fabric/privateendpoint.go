package fabric

import (
	"fmt"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
)

// KindPrivateEndpoint is a private endpoint, whose own route and policies are
// not followed.
const KindPrivateEndpoint Kind = "privateEndpoint"

// PrivateEndpoint is a private endpoint and the addresses it has or may have.
type PrivateEndpoint struct {
	Endpoint  *azure.PrivateEndpoint
	Addresses flow.AddressSet
}

// PrivateEndpoints are those that a network and its peers see, in the order of
// the network's list. Whether security groups and user routes act on packets to
// them turns on the policies of their subnets and on the length of the routes'
// prefixes (PE-2, PE-4), which are not followed.
func (f *Fabric) PrivateEndpoints(from *azure.VirtualNetwork) []PrivateEndpoint {
	if len(f.network.PrivateEndpoints) == 0 || from == nil {
		return nil
	}
	var out []PrivateEndpoint
	for _, e := range f.network.PrivateEndpoints {
		for _, v := range f.Near(from) {
			if at := f.endpointAddresses(e, v); !at.IsEmpty() {
				out = append(out, PrivateEndpoint{e, at})
			}
		}
	}
	return out
}

// endpointAddresses is what a private endpoint has in a network: the addresses
// that are stated, or else every address of its subnet that nobody else has.
func (f *Fabric) endpointAddresses(e *azure.PrivateEndpoint, v *azure.VirtualNetwork) flow.AddressSet {
	var in, stated flow.AddressSetBuilder
	for _, s := range v.Subnets {
		if e.Subnet.ID == "" || s.ID == e.Subnet.ID {
			in.AddSet(f.Addresses(s))
		}
	}
	complete := len(e.PrivateAddresses) > 0
	for _, a := range e.PrivateAddresses {
		if address, ok := a.Known(); ok {
			stated.AddSet(flow.Host(address))
		} else {
			complete = false
		}
	}
	own, all := f.endpointInterfaces(e)
	stated.AddSet(own)
	subnet := in.Set()
	has := subnet.Intersect(stated.Set())
	if complete || all {
		return has
	}
	return subnet.Minus(f.takenByOthers(v)).Union(has)
}

// endpointInterfaces is the stated addresses of the interfaces that Azure made
// for an endpoint, and whether they are all it has.
func (f *Fabric) endpointInterfaces(e *azure.PrivateEndpoint) (own flow.AddressSet, all bool) {
	var b flow.AddressSetBuilder
	all = len(e.NetworkInterfaces) > 0
	for _, ref := range e.NetworkInterfaces {
		nic, ok := f.network.NetworkInterface(ref.ID)
		if !ok || len(nic.IPConfigurations) == 0 {
			all = false
			continue
		}
		for _, c := range nic.IPConfigurations {
			address, known := c.PrivateIPAddress.Known()
			if all = all && known; known {
				b.Add(flow.AddressOf(address))
			}
		}
	}
	return b.Set(), all
}

// takenByOthers is the stated addresses of the interfaces in a network.
func (f *Fabric) takenByOthers(v *azure.VirtualNetwork) flow.AddressSet {
	var b flow.AddressSetBuilder
	for _, s := range v.Subnets {
		for _, c := range f.configurationsIn(s) {
			if address, ok := c.PrivateIPAddress.Known(); ok {
				b.AddSet(flow.Host(address))
			}
		}
	}
	return b.Set()
}

// Hop is where packets to the endpoint stop being followed, and why.
func (e PrivateEndpoint) Hop() (Hop, string) {
	why := fmt.Sprintf("the address is, or may be, that of private endpoint %s, whose own route and policies are not modelled (PE-2, PE-4)", e.Endpoint.Label())
	return Hop{Kind: KindPrivateEndpoint, Decision: Unknown, Resource: e.Endpoint.ID, Address: e.Endpoint.Label(), Name: e.Endpoint.Name, At: e.Endpoint.At, Note: why}, why
}
