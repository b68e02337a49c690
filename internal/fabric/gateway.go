package fabric

import (
	"fmt"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
)

// gatewayOf says which virtual network gateway a virtual network can use: one
// of its own, which needs a GatewaySubnet, or one of a peered network by
// useRemoteGateways (RT-44). It is empty where there can be none.
func (f *Fabric) gatewayOf(v *azure.VirtualNetwork) string {
	for _, s := range v.Subnets {
		if strings.EqualFold(s.Name, "GatewaySubnet") {
			return "the gateway of " + v.Name
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

// learned is what is known of the prefixes a gateway has learnt: they are not
// in the input (META-2, RT-8).
func (f *Fabric) learned(gateway string, t *Touches) Bounds {
	t.add(GatewayRoutes, GatewayRoutes.allValues())
	why := fmt.Sprintf("the routes that %s has learnt are not in the input", gateway)
	switch f.assumptions.Value(GatewayRoutes) {
	case "none":
		return Bounds{}
	case "any":
		return doubtful(f.points.everything(), why)
	}
	return doubtful(f.points.numeric(privateSpace).May, why)
}

// gatewayRoutes is what is known of the destinations that the effective routes
// of a place send to a gateway by what it has learnt (RT-8). Networks and
// their peers are never among them (RT-22), and propagation may be off
// (RT-12).
func (p *place) gatewayRoutes(t *Touches) Bounds {
	f := p.fabric
	gateway := f.gatewayOf(p.vnet)
	if gateway == "" {
		return Bounds{}
	}
	if p.table != nil && p.table.DisableBGPRoutePropagation.Or(false) {
		return Bounds{}
	}
	b := f.learned(gateway, t).minus(exactly(f.space(p.vnet).Must))
	for _, link := range p.vnet.Peerings {
		if f.linkState(link).is == yes {
			b = b.minus(exactly(f.remoteSpace(link).Must))
		}
	}
	if p.table != nil { // RT-20
		for _, r := range p.table.Routes {
			if override, ok := r.HasBGPOverride.Known(); ok && override && r.Destination.Kind == azure.PrefixAddress {
				b = b.minus(exactly(flow.Prefix(r.Destination.Prefix)))
			}
		}
	}
	return b
}
