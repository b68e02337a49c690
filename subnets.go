package wayleave

import "slices"

// Subnets lists the subnets of the network as network/name, sorted; these are
// names that CheckOptions.Subnets takes.
func (n *Network) Subnets() []string {
	var names []string
	for _, s := range n.network.Subnets() {
		names = append(names, s.VirtualNetwork.Name+"/"+s.Name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
