package fabric

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
)

// gatewayOf says which virtual network gateway a virtual network can use: one
// of its own, which needs a GatewaySubnet, or one of a peered network by
// useRemoteGateways (RT-44), or whichever told the routes that are in force. A
// route server and a virtual hub give routes in the same way (RT-8, RT-55). It is
// empty where there can be none.
func (f *Fabric) gatewayOf(v *azure.VirtualNetwork) string {
	for _, c := range v.HubConnections {
		if c.Hub != "" {
			return "the virtual hub " + c.Hub
		}
		return "the virtual hub of " + c.Name
	}
	for _, link := range v.Peerings {
		if hub := link.Hub(); hub != "" {
			return "the virtual hub " + hub
		}
	}
	if v.LearnedRoutes != nil {
		return "the gateway of " + v.Name
	}
	for _, s := range v.Subnets {
		switch {
		case strings.EqualFold(s.Name, "GatewaySubnet"):
			return "the gateway of " + v.Name
		case strings.EqualFold(s.Name, "RouteServerSubnet"):
			return "the route server of " + v.Name
		}
	}
	for _, link := range v.Peerings {
		if link.UseRemoteGateways.Unknown != nil || link.UseRemoteGateways.Or(false) {
			return "the gateway of " + remoteName(link)
		}
	}
	if v.Stub {
		return "a gateway of " + v.Name
	}
	return ""
}

// UntoldRoutes says which gateways, route servers and hubs have routes that no
// input tells, and what would tell them; it is empty where there are none.
func (f *Fabric) UntoldRoutes() []string {
	var names []string
	for _, v := range f.network.VirtualNetworks {
		if gateway := f.gatewayOf(v); gateway != "" && v.LearnedRoutes == nil && !slices.Contains(names, gateway) {
			names = append(names, gateway)
		}
	}
	const most = 3
	switch {
	case len(names) == 0:
		return nil
	case len(names) > most:
		names = append(names[:most:most], fmt.Sprintf("%d more", len(names)-most))
	}
	return []string{fmt.Sprintf("gateway.learnedRoutes is about %s: give what az network nic show-effective-route-table prints for an interface there, and it is known", strings.Join(names, ", "))}
}

// BehindGateway says why it is not known what becomes of packets that a network
// sends to its gateway.
func (f *Fabric) BehindGateway(v *azure.VirtualNetwork) string {
	gateway := f.gatewayOf(v)
	if gateway == "" {
		gateway = "a virtual network gateway"
	}
	return gateway + ", and what lies behind it is not modelled"
}

// learned is what is known of the prefixes that the gateway of a network has
// learnt: effective routes tell them, else they are not in the input (META-2,
// RT-8).
func (f *Fabric) learned(v *azure.VirtualNetwork, gateway string, t *addressStakes) Bounds {
	if v.LearnedRoutes != nil {
		return f.toldByGateway(v)
	}
	t.add(GatewayRoutes, GatewayRoutes.allValues(), f.points.everything)
	why := fmt.Sprintf("the routes that %s has learnt are not in the input", gateway)
	switch f.assumptions.Value(GatewayRoutes) {
	case "none":
		return Bounds{}
	case "any":
		return doubtful(f.points.everything, why)
	}
	return doubtful(f.points.numeric(privateSpace).May, why)
}

// toldByGateway are the prefixes of effective routes. What a default route from
// there does to the tags is not certain (TAG-19).
func (f *Fabric) toldByGateway(v *azure.VirtualNetwork) Bounds {
	var told Bounds
	for _, prefix := range v.LearnedRoutes.Prefixes {
		b := f.points.numeric(flow.Prefix(prefix))
		if prefix.Bits() == 0 {
			b = doubtful(b.May, "the gateway of "+v.Name+" has learnt a default route")
		}
		told = told.union(b)
	}
	return told
}

// toldAndInForce are the prefixes of effective routes without the destinations
// of which a user route of the place is as long or longer (RT-21, F-13).
func (p *place) toldAndInForce() Bounds {
	f := p.fabric
	var told Bounds
	for _, prefix := range p.vnet.LearnedRoutes.Prefixes {
		b := f.points.numeric(flow.Prefix(prefix))
		if p.table != nil {
			for _, r := range p.table.Routes {
				if d := r.Destination; d.Kind == azure.PrefixAddress && d.Prefix.Bits() >= prefix.Bits() {
					b = b.minus(f.points.numeric(flow.Prefix(d.Prefix)))
				}
			}
		}
		told = told.union(b)
	}
	return told
}

// gatewayRoutes is what is known of the destinations that the effective routes
// of a place send to a gateway by what it has learnt (RT-8). Networks and
// their peers are never among them (RT-22), and propagation may be off
// (RT-12).
func (p *place) gatewayRoutes(t *addressStakes) Bounds {
	f := p.fabric
	gateway := f.gatewayOf(p.vnet)
	if gateway == "" {
		return Bounds{}
	}
	if p.table != nil && p.table.DisableBGPRoutePropagation.Or(false) {
		return Bounds{}
	}
	never := f.space(p.vnet).Must
	for _, link := range p.vnet.Peerings {
		if f.linkState(link).is == yes {
			never = never.Union(f.remoteSpace(link).Must)
		}
	}
	if p.table != nil { // RT-20
		for _, r := range p.table.Routes {
			if override, ok := r.HasBGPOverride.Known(); ok && override && r.Destination.Kind == azure.PrefixAddress {
				never = never.Union(flow.Prefix(r.Destination.Prefix))
			}
		}
	}
	var open addressStakes
	b := f.learned(p.vnet, gateway, &open)
	if p.vnet.LearnedRoutes != nil {
		b = doubtful(p.toldAndInForce().May, fmt.Sprintf("%s has a route there, and what lies behind it is not in the input", gateway))
	}
	b = b.minus(exactly(never))
	*t = append(*t, open.outside(never)...)
	return b
}
