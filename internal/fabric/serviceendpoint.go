package fabric

import (
	"cmp"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
)

// endpointLayers are the routes of service endpoints, which win over all
// others (RT-9, RT-23) unless read the older way.
func (p *place) endpointLayers() []*layer {
	var layers []*layer
	for _, e := range p.endpoints {
		b := p.serviceEndpoint(e)
		route := &Route{Name: "service endpoint " + e.Service.Or("not known"), Hop: ServiceEndpoint}
		if policies := e.PolicyNames(); policies != "" {
			route.Policy = "the service endpoint policy " + policies + " lets through what is for the accounts that it names, and which account the packets are for is not known"
		}
		if !b.Exact() {
			route.Why = b.Doubts[len(b.Doubts)-1].Why
		}
		if p.fabric.assumptions.Value(ServiceEndpointBeatsUDR) == "always" {
			layers = append(layers, &layer{route: route, rank: rankEndpoint, Bounds: b})
			continue
		}
		if listed, ok := p.listedEndpoint(route, e); ok {
			layers = append(layers, listed...)
			continue
		}
		route.Why = cmp.Or(route.Why, "how long the prefixes of "+route.Name+" are is not known")
		layers = append(layers, &layer{route: route, bits: 1, rank: rankSystem, Bounds: b})
	}
	return layers
}

// listedEndpoint are the prefixes of a service endpoint by length, where the lists of
// its tags tell them: those of its regions for certain, others of the tag perhaps.
func (p *place) listedEndpoint(route *Route, e azure.ServiceEndpoint) ([]*layer, bool) {
	f := p.fabric
	tag, ok := endpointTag(e.Service.Or(""))
	switch {
	case !ok || !f.hasTag(tag):
		return nil, false
	case everyRegion(e):
		return f.listedLayers(route, tag, rankSystem), f.serviceTag(tag).Exact()
	}
	var layers []*layer
	for _, region := range p.endpointRegions(e) {
		layers = append(layers, f.listedLayers(route, tag+"."+region, rankSystem)...)
	}
	for _, l := range f.listedLayers(route, tag, rankSystem) {
		l.Bounds = doubtful(l.May, route.Why)
		layers = append(layers, l)
	}
	return layers, f.serviceTag(tag).Exact()
}

// serviceEndpointTags is what service endpoints would put into VirtualNetwork
// if TAG-15 were read that way.
func (p *place) serviceEndpointTags(t *addressStakes) Bounds {
	var b Bounds
	for _, e := range p.endpoints {
		prefixes := p.serviceEndpoint(e)
		t.add(TagServiceEndpoints, TagServiceEndpoints.allValues(), prefixes.May)
		if p.fabric.assumptions.Value(TagServiceEndpoints) == "included" {
			b = b.union(prefixes)
		}
	}
	return b
}

// serviceEndpoint is what is known of the prefixes of a service endpoint: at
// most those of the service's tag, for certain those of the regions that it or, if it
// states none, its network is in. What it covers beyond them, such as the region
// paired with it, no input tells (RT-9).
func (p *place) serviceEndpoint(e azure.ServiceEndpoint) Bounds {
	f := p.fabric
	service, ok := e.Service.Known()
	if !ok {
		return doubtful(f.publicAddresses(), "which service endpoints the subnet has is not known: "+whyUnknown(e.Service.Unknown))
	}
	tag, ok := endpointTag(service)
	if !ok {
		return doubtful(f.publicAddresses(), "the prefixes of the service endpoint "+service+" are not known")
	}
	b := f.serviceTag(tag).Bounds
	if everyRegion(e) {
		return b
	}
	var covered flow.AddressSet
	regions := p.endpointRegions(e)
	for _, region := range regions {
		covered = covered.Union(f.serviceTag(tag + "." + region).Must)
	}
	return doubtful(b.May, p.whyRegional(e, service, tag, covered, regions)).union(exactly(covered))
}

// whyRegional says why it is not known which prefixes an endpoint covers that is not
// for every region.
func (p *place) whyRegional(e azure.ServiceEndpoint, service, tag string, covered flow.AddressSet, regions []string) string {
	switch location := p.vnet.Location; {
	case !covered.IsEmpty():
		return "which prefixes of " + tag + " the service endpoint " + service + " covers beyond those of " + strings.Join(regions, " and ") + " is not known"
	case len(regions) > 0, len(e.Locations) > 0:
		return "which prefixes of " + tag + " the service endpoint " + service + " covers depends on the region"
	default:
		return "which prefixes of " + tag + " the service endpoint " + service + " covers depends on the region of " + p.vnet.Label() +
			", which is not known: " + whyUnknown(location.Unknown)
	}
}

// everyRegion reports whether an endpoint covers all regions.
func everyRegion(e azure.ServiceEndpoint) bool {
	if strings.HasSuffix(strings.ToLower(e.Service.V), ".global") {
		return true
	}
	for _, l := range e.Locations {
		if l.V == "*" {
			return true
		}
	}
	return false
}

// endpointRegions are the regions that an endpoint covers for certain: those that it
// states or, where it states none, its network's.
func (p *place) endpointRegions(e azure.ServiceEndpoint) []string {
	locations := e.Locations
	if len(locations) == 0 {
		locations = []azure.Value[string]{p.vnet.Location}
	}
	var known []string
	for _, l := range locations {
		if region, ok := l.Known(); ok {
			known = append(known, region)
		}
	}
	return known
}

// hasTag reports whether a tag has data.
func (f *Fabric) hasTag(name string) bool {
	_, ok := f.catalogue.Addresses(name)
	return ok
}

func endpointTag(service string) (tag string, ok bool) {
	name := strings.TrimSuffix(strings.TrimPrefix(strings.ToLower(service), "microsoft."), ".global")
	tag, ok = serviceEndpointTags[name]
	return tag, ok
}

// serviceEndpointTags names the tag whose prefixes a service endpoint routes
// (RT-9, TAG-44: those with the feature VSE).
var serviceEndpointTags = map[string]string{
	"storage": "Storage", "sql": "Sql", "eventhub": "EventHub", "servicebus": "ServiceBus",
	"keyvault": "AzureKeyVault", "azurecosmosdb": "AzureCosmosDB", "web": "AppService",
	"azureactivedirectory": "AzureActiveDirectory", "containerregistry": "AzureContainerRegistry",
}
