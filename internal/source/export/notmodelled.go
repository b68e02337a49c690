package export

import (
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

// effects says what verdicts leave out because a resource is not followed, by
// the beginning of its type in lower case; the first that fits holds.
var effects = []struct{ begins, effect string }{
	{"microsoft.network/loadbalancers/", "parts of a load balancer that stand apart from it are not read"},
	{"microsoft.network/applicationgateways", "traffic is not followed through an application gateway"},
	{"microsoft.network/bastionhosts", "traffic is not followed through Bastion"},
	{"microsoft.network/privatelinkservices", "traffic is not followed through a private link service"},
	{"microsoft.network/virtualhubs", "the routes of a virtual hub are not known"},
	{"microsoft.network/virtualwans", "the routes of a virtual hub are not known"},
	{"microsoft.network/virtualnetworkgateways", "the routes learned from a gateway are not known"},
	{"microsoft.network/localnetworkgateways", "the routes learned from a gateway are not known"},
	{"microsoft.network/connections", "the routes learned from a gateway are not known"},
	{"microsoft.network/expressroute", "the routes learned from a gateway are not known"},
	{"microsoft.network/vpngateways", "the routes learned from a gateway are not known"},
	{"microsoft.network/networkmanagers", "routes and connectivity of a network manager are not followed"},
	{"microsoft.network/serviceendpointpolicies", "what a service endpoint policy denies is not evaluated"},
	{"microsoft.network/", "not followed"},
}

// notModelled lists a resource that is left alone.
func (r *reader) notModelled(o *object, k kind) {
	address, _ := o.row.GetFold("id").String()
	if address == "" {
		address, _ = o.row.GetFold("name").String()
	}
	effect := effectOf(k.name)
	if _, ok := azure.ServiceKindOf(k.name); ok && !o.tellsMore() {
		effect = "listed without its properties: what it needs is checked only when it is named (--service, --subnet)"
	}
	r.inventory.NotModelled = append(r.inventory.NotModelled, azure.NotModelled{Type: k.name, Address: address, Effect: effect, At: o.at})
}

// noEffect is said of types that decide nothing about traffic.
const noEffect = "no part of the network model"

func effectOf(typ string) string {
	for _, e := range effects {
		if strings.HasPrefix(strings.ToLower(typ), e.begins) {
			return e.effect
		}
	}
	return noEffect
}
