package fabric

import (
	"slices"

	"github.com/wayleave/wayleave/internal/azure"
)

// Alike reports whether the packets of two subnets meet the same rules, routes and
// peerings on their way out and back. What translates those to the internet, and what
// is in the subnets, may differ.
func (f *Fabric) Alike(a, b *azure.Subnet) bool {
	if a.VirtualNetwork != b.VirtualNetwork || f.placeOf(a) != f.placeOf(b) || f.joinsSubnets() || !slices.Equal(a.AdminRules, b.AdminRules) {
		return false
	}
	group, missing := f.subnetGroup(a)
	other, lacking := f.subnetGroup(b)
	return group == other && missing == nil && lacking == nil && f.isPlainSender(a) && f.isPlainSender(b)
}

// isPlainSender reports whether no interface and no firewall of its own makes the
// packets of a subnet differ from each other.
func (f *Fabric) isPlainSender(s *azure.Subnet) bool {
	return len(f.configurationsIn(s)) == 0 && !f.HasFirewall(s)
}

// joinsSubnets reports whether some peering joins single subnets, or may (RT-47).
func (f *Fabric) joinsSubnets() bool {
	return f.once.joinsSubnets.of(struct{}{}, func() bool { return slices.ContainsFunc(f.network.VirtualNetworks, f.hasSubnetPeering) })
}

// ReceivesPlainly reports whether nothing but security groups stands before the
// addresses of a subnet: no load balancer, firewall or private endpoint.
func (f *Fabric) ReceivesPlainly(s *azure.Subnet) bool {
	return len(f.endpoints[s]) == 0 && !f.HasFirewall(s) && len(f.InternalFrontends(s)) == 0
}
