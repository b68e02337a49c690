package repair

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/reach"
)

// forwarded drafts the flag that lets a link pass what others forwarded, or says
// what its owners have to do.
func (p *planner) forwarded(h reach.Hop) (Change, string) {
	for _, v := range p.fabric.Network().VirtualNetworks {
		for _, link := range v.Peerings {
			if link.ID != h.Resource {
				continue
			}
			if state := link.State.Or("Connected"); !strings.EqualFold(state, "Connected") {
				return nil, fmt.Sprintf("peering %s is %s: it has to be made anew on both sides, which needs rights in both networks", link.Label(), state)
			}
			if strings.Contains(h.Note, "does not cover") {
				return nil, h.Note + "; its owner synchronises it: az network vnet peering sync --vnet-name " + v.Name + " --name " + link.Name
			}
			if on, known := link.AllowForwardedTraffic.Known(); (known && !on) || !link.AllowForwardedTraffic.IsSet() {
				return &PeeringChange{link}, ""
			}
			return nil, fmt.Sprintf("peering %s: %s; the side that is not connected has to be made anew, which needs rights in both networks", link.Label(), h.Note)
		}
	}
	if h.Note != "" {
		return nil, h.Note + "; peer the two with each other, or lead both ways through an appliance between them: which, is for their owners to say"
	}
	return nil, otherBlocker(h)
}

// repliesThrough plans what leads replies back through the firewall that the
// requests went through, where a route of Azure's own takes them past it (F-21):
// a route for the senders at the receivers.
func (p *planner) repliesThrough(h reach.Hop, packets []flow.Cube) ([]Edit, string) {
	network := p.fabric.Network()
	from, to := fabric.Sources(packets), fabric.Destinations(packets)
	for _, sender := range network.Subnets() {
		table, ok := network.RouteTable(sender.RouteTable.ID)
		if !ok || !p.fabric.Addresses(sender).Overlaps(from) {
			continue
		}
		for _, f := range network.AzureFirewalls {
			for _, c := range f.IPConfigurations {
				if address, known := c.PrivateIPAddress.Known(); known && leadsThere(table, to, c.PrivateIPAddress) {
					return p.routesBack(sender, to, Route{NextHopType: azure.VirtualAppliance, NextHopIPAddress: address.String()})
				}
			}
		}
	}
	for _, receiver := range network.Subnets() {
		if p.fabric.Addresses(receiver).Overlaps(to) {
			if barrier, _, ok := p.fabric.PeeringBarrier(receiver.VirtualNetwork, from); ok {
				_, problem := p.forwarded(barrier)
				return nil, "the reply has no way back: " + problem
			}
		}
	}
	return nil, otherBlocker(h)
}

// leadsThere reports whether a route of a table leads addresses to an appliance.
func leadsThere(t *azure.RouteTable, to flow.AddressSet, at azure.Value[netip.Addr]) bool {
	for _, r := range t.Routes {
		if r.Destination.Kind == azure.PrefixAddress && to.Overlaps(flow.Prefix(r.Destination.Prefix)) && leads(r, at) {
			return true
		}
	}
	return false
}

// routesBack gives the subnets that hold addresses a route for every prefix of
// the sender.
func (p *planner) routesBack(sender *azure.Subnet, to flow.AddressSet, route Route) ([]Edit, string) {
	var edits []Edit
	for _, s := range p.fabric.Network().Subnets() {
		if !p.fabric.Addresses(s).Overlaps(to) {
			continue
		}
		table, more, problem := p.ownTable(s, "rt-"+s.Name)
		if problem != "" {
			return nil, problem
		}
		edits = append(edits, more...)
		for _, prefix := range prefixTexts(sender.Prefixes) {
			r := route
			r.AddressPrefix = prefix
			edits = append(edits, Edit{Action: Add, Table: table, Route: &r})
		}
		if !s.RouteTable.IsSet() {
			edits = append(edits, Edit{Action: Modify, Change: &Association{Subnet: s, Kind: azure.SubnetToRouteTable, To: &table.Resource}})
		}
	}
	if len(edits) == 0 {
		return nil, "no input states a subnet for the replies"
	}
	return edits, ""
}
