package plain

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

// serviceEndpoint is the next hop of the routes of a service endpoint (RT-9).
const serviceEndpoint azure.NextHopType = "VirtualNetworkServiceEndpoint"

// endpointTags name the tag whose prefixes a service endpoint takes, of the
// services that the twin knows (RT-9, TAG-44).
var endpointTags = map[string]string{"microsoft.storage": "storage", "microsoft.sql": "sql", "microsoft.eventhub": "eventhub"}

// endpointTag is the tag of a service endpoint for all regions, or "": which
// prefixes one for some regions takes is not documented.
func endpointTag(e azure.ServiceEndpoint) string {
	service := strings.ToLower(e.Service.Or(""))
	name, global := strings.CutSuffix(service, ".global")
	if !global && !slices.Contains(e.Locations, "*") {
		return ""
	}
	return endpointTags[name]
}

func (t *Twin) refuseServiceEndpoints(subnet *azure.Subnet) error {
	for _, e := range subnet.ServiceEndpoints {
		if _, ok := t.tags[endpointTag(e)]; !ok {
			return fmt.Errorf("which prefixes the service endpoint %s takes is not known", e.Service.Or("?"))
		}
	}
	return nil
}

// endpointPrefix finds the longest prefix of a subnet's service endpoints that
// holds an address.
func (t *Twin) endpointPrefix(at place, address netip.Addr) (netip.Prefix, bool) {
	best, found := netip.Prefix{}, false
	for _, e := range at.subnet.ServiceEndpoints {
		for _, prefix := range t.tags[endpointTag(e)].Prefixes {
			if prefix.Contains(address) && (!found || prefix.Bits() > best.Bits()) {
				best, found = prefix, true
			}
		}
	}
	return best, found
}
