package terraform

import (
	"net/netip"

	"github.com/wayleave/wayleave/internal/azure"
)

const inlineRoutes = "route"

// routeTable reads azurerm_route_table. Its route list is like the
// security_rule list of a group: written inline, or last read from Azure.
func (r *reader) routeTable(i *instance) {
	t := &azure.RouteTable{Resource: r.resource(i, azure.TypeRouteTable), DisableBGPRoutePropagation: bgpDisabled(i)}
	t.Settings = settings("tags", i.get("tags"), asIs)
	claim := r.claimOf(t.ID, "azurerm_route")
	owned := r.ownsList(i, inlineRoutes)
	complete := owned || !claim.hasSeparate()
	for _, f := range i.given(inlineRoutes).elements() {
		if isPlaceholder(f, "name", "address_prefix", "next_hop_type") {
			t.UnknownRoutes = append(t.UnknownRoutes, f.openBecause(notYet+"; it stands for any number of routes"))
			continue
		}
		name := f.get("name").known()
		if claim.deleted[fold(name)] || claim.covers(name) && !owned {
			continue
		}
		route := r.route(i, f, inlineRoutes, azure.Resource{
			ID: childID(t.ID, "routes", name, f), Type: azure.TypeRoute, Name: name,
			Address: childAddress(i, inlineRoutes, name, f), At: f.at(), Rank: r.inventory.Rank,
		})
		if complete {
			t.Routes = append(t.Routes, route)
			continue
		}
		if u := r.perhapsGone(route.Resource); u != nil {
			route.NextHopType, route.NextHopIPAddress = azure.NotKnown[azure.NextHopType](u), azure.Value[netip.Addr]{}
		}
		r.inventory.Routes = append(r.inventory.Routes, azure.Child[*azure.Route]{Parent: ref(t.Resource), Resource: route})
	}
	r.inventory.RouteTables = append(r.inventory.RouteTables, t)
}

// bgpDisabled is disableBgpRoutePropagation: since version 4 of the provider
// bgp_route_propagation_enabled, which is the opposite (T101).
func bgpDisabled(i *instance) azure.Value[bool] {
	enabled := i.get("bgp_route_propagation_enabled").boolean()
	switch v, known := enabled.Known(); {
	case known:
		return azure.Of(!v, enabled.At)
	case enabled.IsSet():
		return enabled
	}
	return i.get("disable_bgp_route_propagation").boolean()
}

// route reads the fields of a route, inline or separate. written is the
// attribute of the configuration that its address is written in.
func (r *reader) route(i *instance, f field, written string, resource azure.Resource) *azure.Route {
	f.name = resource.Address
	hop := f.get("next_hop_in_ip_address")
	address := hop.text()
	if address.Unknown != nil {
		address = azure.NotKnown[string](r.passedOn(i, hop, i.expression(written)))
	}
	route, problems := azure.MakeRoute(azure.RouteFields{
		Resource:         resource,
		AddressPrefix:    f.get("address_prefix").text(),
		NextHopType:      f.get("next_hop_type").text(),
		NextHopIPAddress: address,
	})
	r.inventory.Diagnostics = append(r.inventory.Diagnostics, problems...)
	return route
}

// separateRoute reads azurerm_route.
func (r *reader) separateRoute(i *instance) {
	route := r.route(i, i.values, "next_hop_in_ip_address", r.resource(i, azure.TypeRoute))
	r.inventory.Routes = append(r.inventory.Routes, azure.Child[*azure.Route]{Parent: r.parentOf(i), Resource: route})
}
