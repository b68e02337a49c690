package emit

import (
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/repair"
)

// Apart divides a change into what Terraform states in new resources, which
// touch no block that is there, and the rest.
func Apart(edits []repair.Edit, inline func(*azure.Resource) bool) (apart, rest []repair.Edit) {
	fresh := map[azure.ID]bool{}
	for i := range edits {
		e := &edits[i]
		switch c := e.Change.(type) {
		case *repair.NewPublicIPAddress, *repair.NewFirewall, *repair.NewRouteTable, *repair.NewSecurityGroup:
			fresh[e.Target().ID] = true
		case *repair.NetworkRule:
			if c.NewCollection && (c.Group == nil || c.NewGroup) {
				fresh[c.Collection.ID] = true
			}
		}
	}
	for _, e := range edits {
		own := false
		switch c := e.Change.(type) {
		case nil:
			throughFirewall := e.Route != nil && e.Route.NextHopType == azure.VirtualAppliance
			own = fresh[e.Target().ID] || throughFirewall && !inline(e.Target())
		case *repair.NewSubnet:
			own = true
		case *repair.NetworkRule:
			own = fresh[c.Collection.ID]
		case *repair.Association:
			own = !strings.Contains(c.Subnet.Address, "azurerm_virtual_network.")
		default:
			own = fresh[e.Target().ID]
		}
		if own {
			apart = append(apart, e)
		} else {
			rest = append(rest, e)
		}
	}
	return apart, rest
}
