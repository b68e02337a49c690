package plain

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

// serviceEndpoint is the next hop of the routes of a service endpoint (RT-9).
const serviceEndpoint azure.NextHopType = "VirtualNetworkServiceEndpoint"

// endpointTags name the tag whose prefixes a service endpoint takes, of the
// services that the twin knows (RT-9, TAG-44).
var endpointTags = map[string]string{"microsoft.storage": "storage", "microsoft.sql": "sql", "microsoft.eventhub": "eventhub"}

// endpointTag is the tag of a service endpoint for all regions, or "".
func endpointTag(e azure.ServiceEndpoint) string {
	return endpointTags[strings.TrimSuffix(strings.ToLower(e.Service.V), ".global")]
}

// regional reports whether a service endpoint is for some regions only.
func regional(e azure.ServiceEndpoint) bool {
	for _, l := range e.Locations {
		if l.V == "*" {
			return false
		}
	}
	return !strings.HasSuffix(strings.ToLower(e.Service.V), ".global")
}

// regionalTags are the tags of the regions that an endpoint covers for certain: the
// stated ones, or else its network's own (RT-9).
func regionalTags(at place, e azure.ServiceEndpoint) []string {
	regions := e.Locations
	if len(regions) == 0 {
		regions = []azure.Value[string]{at.vnet.Location}
	}
	var tags []string
	for _, region := range regions {
		tags = append(tags, endpointTag(e)+"."+region.V)
	}
	return tags
}

func (t *Twin) refuseServiceEndpoints(subnet *azure.Subnet) error {
	for _, e := range subnet.ServiceEndpoints {
		if len(e.Policies) > 0 {
			return fmt.Errorf("which accounts the service endpoint %s lets through is not known", e.Service.Or("?"))
		}
		if _, ok := t.tags[endpointTag(e)]; !ok {
			return fmt.Errorf("which prefixes the service endpoint %s takes is not known", e.Service.Or("?"))
		}
		for _, applied := range subnet.AdminRules {
			if m := applied.Rule.Match; regional(e) && (namesTag(m.Source, tagVirtualNetwork) || namesTag(m.Destination, tagVirtualNetwork)) {
				return fmt.Errorf("admin rule %s: whether VirtualNetwork has the prefixes of the service endpoint is not known", applied.Rule.Name)
			}
		}
	}
	return nil
}

// endpointPrefix finds the longest prefix of a subnet's service endpoints that
// holds an address. Where beyond is true those for some regions count as for all:
// what they cover beyond the regions that are known is not known (RT-9).
func (t *Twin) endpointPrefix(at place, address netip.Addr, beyond bool) (netip.Prefix, bool) {
	best, found := netip.Prefix{}, false
	for _, e := range at.subnet.ServiceEndpoints {
		var tags []string
		if regional(e) {
			tags = regionalTags(at, e)
		}
		if beyond || !regional(e) {
			tags = append(tags, endpointTag(e))
		}
		for _, tag := range tags {
			for _, prefix := range t.tags[tag].Prefixes {
				if prefix.Contains(address) && (!found || prefix.Bits() > best.Bits()) {
					best, found = prefix, true
				}
			}
		}
	}
	return best, found
}

// along follows a packet by the route that its subnet has for an address. Where it is
// not known whether a service endpoint takes it, both ways are followed, and what they
// do not agree on is not known.
func (a *asking) along(at place, to netip.Addr, follow func(*asking, way) *Answer) *Answer {
	w, other := a.selectRoute(at, to, true), a.selectRoute(at, to, false)
	if w == other || w.next == serviceEndpoint && other.next == serviceEndpoint {
		return follow(a, w)
	}
	one, two := a.fork(), a.fork()
	answers := []*Answer{follow(one, w), follow(two, other)}
	a.touchAll(one)
	a.touchAll(two)
	return a.agreed(answers, w.hop(at, Unknowable, "whether the service endpoint covers the address is not known"))
}
