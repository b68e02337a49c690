package arm

import (
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

// effects says what verdicts leave out because a resource is not followed, by
// the beginning of its type in lower case; the first that fits holds. Other
// types have no effect on who reaches whom.
var effects = []struct{ begins, effect string }{
	{"microsoft.network/loadbalancers/inboundnatrules", ""},
	{"microsoft.network/loadbalancers/backendaddresspools", ""},
	{"microsoft.network/loadbalancers/", "parts of a load balancer that stand apart from it are not read"},
	{"microsoft.network/applicationgateways", "what an application gateway accepts and forwards is not followed"},
	{"microsoft.network/bastionhosts", "connections through a bastion are not followed"},
	{"microsoft.network/privatelinkservices", "traffic is not followed through a private link service"},
	{"microsoft.network/virtualhubs", "routes of a virtual hub are not followed"},
	{"microsoft.network/virtualwans", "routes of a virtual hub are not followed"},
	{"microsoft.network/virtualnetworkgateways", "routes learned from a gateway are not known"},
	{"microsoft.network/localnetworkgateways", "routes learned from a gateway are not known"},
	{"microsoft.network/connections", "routes learned from a gateway are not known"},
	{"microsoft.network/expressroute", "routes learned from a gateway are not known"},
	{"microsoft.network/vpn", "routes learned from a gateway are not known"},
	{"microsoft.network/networkmanagers/securityadminconfigurations", ""},
	{"microsoft.network/networkmanagers/networkgroups", ""},
	{"microsoft.network/networkmanagers/connectivityconfigurations", azure.ManagerConfigurationEffect},
	{"microsoft.network/networkmanagers/routingconfigurations", azure.ManagerConfigurationEffect},
	{"microsoft.network/networkmanagers", "routes and connectivity of a network manager are not followed"},
	{"microsoft.network/serviceendpointpolicies", "which accounts a service endpoint policy allows is not followed"},
}

func effectOf(typ string) string {
	typ = strings.ToLower(typ)
	if strings.Contains(typ, "/providers/") {
		// What is attached to a resource by another provider: locks, diagnostics.
		return ""
	}
	for _, e := range effects {
		if strings.HasPrefix(typ, e.begins) {
			return e.effect
		}
	}
	return ""
}

// leaveOut notes a resource that is read and not followed, where that has an
// effect.
func (r *reader) leaveOut(res *resource) {
	effect := effectOf(res.typ)
	if effect == "" {
		return
	}
	r.inventory.NotModelled = append(r.inventory.NotModelled, azure.NotModelled{Type: res.typ, Address: r.address(res), Effect: effect, At: res.node.Position()})
}
