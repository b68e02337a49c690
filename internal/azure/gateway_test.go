package azure

import "testing"

// RT-55: a peering that Azure has made for a connection to a virtual hub is told by
// its name or by the network behind it, and names the hub.
func TestRT55PeeringWithAHub(t *testing.T) {
	const managed = "/subscriptions/m/resourceGroups/RG_hub01_33e8a688/providers/Microsoft.Network/virtualNetworks/HV_hub01_b48f56c5"
	const own = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/"
	for _, row := range []struct{ name, remote, want string }{
		{"RemoteVnetToHubPeering_2943d591", managed, "hub01"},
		{"renamed", managed, "hub01"},
		{"RemoteVnetToHubPeering_2943d591", own + "elsewhere", "elsewhere"},
		{"RemoteVnetToHubPeering_2943d591", "", "RemoteVnetToHubPeering_2943d591"},
		{"to-hub", own + "vnet-hub", ""},
		{"to-hv", own + "HV_mine_1", ""},
	} {
		p := &Peering{Resource: Resource{Name: row.name}}
		if row.remote != "" {
			p.Remote = Ref(row.remote, Position{})
		}
		if got := p.Hub(); got != row.want {
			t.Errorf("peering %s with %s leads to the hub %q, want %q", row.name, row.remote, got, row.want)
		}
	}
}
