package recheck

import (
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

// routeOf is the route that an edit states.
func (e *edit) routeOf(t *azure.RouteTable) (*azure.Route, error) {
	one := func(name string) azure.Value[string] {
		for _, v := range e.values(name) {
			return azure.Given(v.V, t.At)
		}
		return azure.Value[string]{}
	}
	route, problems := azure.MakeRoute(azure.RouteFields{
		Resource:      azure.Resource{ID: azure.MakeID(string(t.ID) + "/routes/" + e.name), Type: azure.TypeRoute, Name: e.name, At: t.At, Rank: t.Rank},
		AddressPrefix: one("addressPrefix"), NextHopType: one("nextHopType"), NextHopIPAddress: one("nextHopIpAddress"),
	})
	return route, problems.Err()
}

func addRoute(inventories []*azure.Inventory, e *edit) (bool, error) {
	for _, inv := range inventories {
		for _, t := range inv.RouteTables {
			if !e.is(&t.Resource) {
				continue
			}
			route, err := e.routeOf(t)
			if t.Routes != nil {
				t.Routes = append(slices.Clone(t.Routes), route)
			} else {
				inv.Routes = append(inv.Routes, azure.Child[*azure.Route]{Parent: azure.Reference{ID: t.ID, Text: string(t.ID), At: t.At}, Resource: route})
			}
			return true, err
		}
	}
	return false, nil
}

// changeRoute puts a route in the place of the one of its name, and removeRoute
// takes that away.
func changeRoute(inventories []*azure.Inventory, e *edit) (bool, error) {
	return eachRoute(inventories, e, func(t *azure.RouteTable) (*azure.Route, error) { return e.routeOf(t) })
}

func removeRoute(inventories []*azure.Inventory, e *edit) (bool, error) {
	return eachRoute(inventories, e, func(*azure.RouteTable) (*azure.Route, error) { return nil, nil })
}

func eachRoute(inventories []*azure.Inventory, e *edit, instead func(*azure.RouteTable) (*azure.Route, error)) (done bool, err error) {
	for _, inv := range inventories {
		for _, t := range inv.RouteTables {
			if !e.is(&t.Resource) {
				continue
			}
			route, problem := instead(t)
			if problem != nil {
				return false, problem
			}
			if at := slices.IndexFunc(t.Routes, func(r *azure.Route) bool { return strings.EqualFold(r.Name, e.name) }); at >= 0 {
				t.Routes, done = replaced(t.Routes, at, route, route == nil), true
			}
			of := func(c azure.Child[*azure.Route]) bool {
				return c.Parent.ID == t.ID && strings.EqualFold(c.Resource.Name, e.name)
			}
			if at := slices.IndexFunc(inv.Routes, of); at >= 0 {
				child := inv.Routes[at]
				child.Resource = route
				inv.Routes, done = replaced(inv.Routes, at, child, route == nil), true
			}
		}
	}
	return done, nil
}

// replaced is a list with another element in one place, or without that place.
func replaced[T any](list []T, at int, by T, gone bool) []T {
	list = slices.Clone(list)
	if gone {
		return slices.Delete(list, at, at+1)
	}
	list[at] = by
	return list
}
