package amend

import (
	"fmt"
	"strconv"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/repair"
)

const unknownNextHop = "the private address of the firewall is known once it exists"

// leadsToUnknown reports whether a route leads to an address that no file can
// hold yet.
func leadsToUnknown(r *repair.Route) bool {
	return r != nil && r.NextHopType == azure.VirtualAppliance && r.NextHopIPAddress == ""
}

// writeRouteChange gives a route another next hop, or says why it does not.
func (w *writer) writeRouteChange(c *repair.RouteChange) string {
	if leadsToUnknown(&c.Route) {
		return unknownNextHop
	}
	b, reason := w.terraform.route(c)
	if reason != "" {
		return reason
	}
	of := "the route " + c.Was.Name
	if reason := w.setAttribute(b, of, []string{"next_hop_type"}, strconv.Quote(string(c.Route.NextHopType))); reason != "" {
		return reason
	}
	address := []string{"next_hop_in_ip_address"}
	switch {
	case c.Route.NextHopIPAddress != "":
		return w.setAttribute(b, of, address, strconv.Quote(c.Route.NextHopIPAddress))
	case b.Body.Attributes[address[0]] != nil:
		return w.setAttribute(b, of, address, "null")
	}
	return ""
}

// route is the block of a route that changes.
func (c *configuration) route(change *repair.RouteChange) (*block, string) {
	e := &edit{kind: routeKind, labels: map[string]bool{}}
	var reason string
	if e.at, reason = c.find(&change.Table.Resource, e.parent); reason != "" {
		return nil, reason
	}
	e.children()
	why := fmt.Sprintf("the route %s of %s has to change", change.Was.Name, e.at.address())
	if !e.inline {
		return e.apartChild(&change.Was.Resource, why)
	}
	if argument := looped(e.at.Block); argument != "" {
		return nil, fmt.Sprintf("%s has %s, and a change of it would be in every one", e.at.address(), argument)
	}
	found := namedBlocks(e.own, change.Was.Name)
	if len(found) != 1 {
		return nil, why + " and is in no block of its own"
	}
	return &block{found[0], e.at.file, e.at.in}, ""
}

// saysRoute tells how the configuration differs from a change of a route; empty if
// it does not.
func (c *configuration) saysRoute(change *repair.RouteChange) string {
	b, reason := c.route(change)
	if reason != "" {
		return reason
	}
	got := readRoute(b.Body)
	if got.NextHopType != change.Route.NextHopType || got.NextHopIPAddress != change.Route.NextHopIPAddress {
		return fmt.Sprintf("it reads %s", got.Text())
	}
	return ""
}
