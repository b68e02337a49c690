package report

import (
	"testing"

	"github.com/wayleave/wayleave/internal/result"
)

// What decides is called as people call it.
func TestBlockerNamesAreWords(t *testing.T) {
	for _, row := range []struct {
		hop  result.Blocker
		want string
	}{
		{result.Blocker{Kind: "nsgRule", Resource: nsgID, Name: "deny-tds", Priority: 200, Note: "Outbound"}, "deny-tds (outbound 200) in nsg-a"},
		{result.Blocker{Kind: "nsgDefaultRule", Resource: nsgID, Note: "no rule matches"}, "rules of nsg-a"},
		{result.Blocker{Kind: "adminRule", Resource: "/x/ruleCollections/k", Name: "no-sql", Priority: 10, Note: "Inbound"}, "security admin rule no-sql (inbound 10) in k"},
		{result.Blocker{Kind: "adminRule", Note: "whether security admin rule no-sql applies is not known"}, "security admin rules"},
		{result.Blocker{Kind: "systemRoute", Name: "10.1.0.0/16", Note: "next hop VnetLocal"}, "system route 10.1.0.0/16"},
		{result.Blocker{Kind: "systemRoute", Name: "the address space of vnet-hub", Resource: "/x/virtualNetworkPeerings/to-hub", Note: "next hop VNetPeering"}, "system route to the address space of vnet-hub by peering to-hub"},
		{result.Blocker{Kind: "natGateway", Name: "nat", Resource: "/x/natGateways/nat"}, "NAT gateway nat"},
		{result.Blocker{Kind: "loadBalancer", Name: "lb", Resource: "/x/loadBalancers/lb"}, "load balancer lb"},
		{result.Blocker{Kind: "publicIp", Name: "pip", Resource: "/x/publicIPAddresses/pip"}, "public address pip"},
		{result.Blocker{Kind: "serviceEndpoint", Name: "service endpoint Microsoft.Storage", Note: "next hop VirtualNetworkServiceEndpoint"}, "service endpoint Microsoft.Storage"},
		{result.Blocker{Kind: "subnet", Name: "AzureFirewallSubnet", Resource: "azurerm_subnet.AzureFirewallSubnet"}, "subnet AzureFirewallSubnet"},
		{result.Blocker{Kind: "route", Name: "out", Resource: "azurerm_route_table.rt"}, "route out of azurerm_route_table.rt"},
		{result.Blocker{Kind: "privateEndpoint", Name: "pe", Resource: "/x/privateEndpoints/pe"}, "private endpoint pe"},
	} {
		if got := blockerName(&row.hop); got != row.want {
			t.Errorf("%s: %q, want %q", row.hop.Kind, got, row.want)
		}
	}
}
