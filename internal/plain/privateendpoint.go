package plain

import (
	"net/netip"
	"slices"

	"github.com/wayleave/wayleave/internal/azure"
)

// toPrivateEndpoint ends a packet whose destination is, or may be, that of a
// private endpoint in the sender's network or a peer: whether routes and
// security groups act on it turns on policies that are not followed (PE-2,
// PE-4). It is nil for other packets.
func (a *asking) toPrivateEndpoint(at place, p Packet) *Answer {
	for _, e := range a.network.PrivateEndpoints {
		if a.mayBeEndpoint(e, at.vnet, p.Destination) || slices.ContainsFunc(at.vnet.Peerings, func(link *azure.Peering) bool {
			remote := a.remoteOf(link)
			return remote != nil && a.mayBeEndpoint(e, remote, p.Destination)
		}) {
			return a.end(Undecided, Hop{Kind: PrivateEndpoint, Name: e.Name, Resource: e.ID, Decision: Unknowable, Why: "its own route and policies are not followed"})
		}
	}
	return nil
}

// mayBeEndpoint reports whether a private endpoint has, or may have, an address
// of a network: one that is stated, else any of its subnet that no interface has.
func (a *asking) mayBeEndpoint(e *azure.PrivateEndpoint, vnet *azure.VirtualNetwork, address netip.Addr) bool {
	to, ok := a.subnetOf(vnet, address)
	if !ok || e.Subnet.ID != "" && to.subnet.ID != e.Subnet.ID {
		return false
	}
	complete := len(e.PrivateAddresses) > 0
	for _, v := range e.PrivateAddresses {
		if v.Unknown != nil {
			complete = false
		} else if v.V == address {
			return true
		}
	}
	told := len(e.NetworkInterfaces) > 0
	for _, ref := range e.NetworkInterfaces {
		nic, ok := a.network.NetworkInterface(ref.ID)
		told = told && ok && len(nic.IPConfigurations) > 0
		if !ok {
			continue
		}
		for _, c := range nic.IPConfigurations {
			told = told && c.PrivateIPAddress.Unknown == nil
			if c.PrivateIPAddress.Unknown == nil && c.PrivateIPAddress.V == address {
				return true
			}
		}
	}
	return !complete && !told && !reserved(to.subnet, address) && a.configuration(to, address) == nil
}
