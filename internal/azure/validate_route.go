package azure

import (
	"github.com/wayleave/wayleave/internal/diagnostic"
)

func (b *builder) validateTable(t *RouteTable) {
	first := map[string]*Route{}
	tags := 0
	for _, r := range t.Routes {
		b.validateRoute(r)
		if r.Destination.Kind == TagAddress {
			tags++
		}
		if r.Destination.Kind == UnknownAddress {
			continue
		}
		key := r.Destination.key()
		if other := first[key]; other != nil {
			b.reportSamePrefix(other, r)
			continue
		}
		first[key] = r
	}
	if len(t.Routes) > MaxRoutesPerTable {
		b.report(diagnostic.Warningf("limit", t.At, "the route table %q has %d routes, more than %d", t.title(), len(t.Routes), MaxRoutesPerTable))
	}
	if tags > MaxTagRoutesPerTable {
		b.report(diagnostic.Warningf("limit", t.At, "the route table %q has %d routes to service tags, more than %d", t.title(), tags, MaxTagRoutesPerTable))
	}
}

// reportSamePrefix refuses two routes of one table to the same prefix (RT-16);
// which of the two Azure would take is not defined.
func (b *builder) reportSamePrefix(x, y *Route) {
	if y.Destination.At.Compare(x.Destination.At) < 0 {
		x, y = y, x
	}
	b.report(diagnostic.Errorf("duplicate-route", y.Destination.At, "the route %q has the destination %s, which %q has already", y.title(), y.Destination.Text, x.title()).
		WithRelated(x.Destination.At, "the first route with this destination").
		WithHint("keep one of the two"))
}

// validateRoute checks that a next hop address stands where it must and only
// there (RT-14).
func (b *builder) validateRoute(r *Route) {
	if !r.NextHopType.IsSet() {
		b.report(diagnostic.Errorf("missing-property", r.At, "the route %q has no nextHopType", r.title()).
			WithHint("expected one of VnetLocal, Internet, VirtualAppliance, VirtualNetworkGateway, None"))
		return
	}
	hop, known := r.NextHopType.Known()
	switch {
	case !known:
	case hop == VirtualAppliance && !r.NextHopIPAddress.IsSet():
		b.report(diagnostic.Errorf("next-hop", r.NextHopType.At, "the route %q goes to a virtual appliance without naming its address", r.title()).
			WithHint("state nextHopIpAddress"))
	case hop != VirtualAppliance && r.NextHopIPAddress.IsSet():
		b.topology(r.Rank, diagnostic.Errorf("next-hop", r.NextHopIPAddress.At, "the route %q names a next hop address, which goes only with VirtualAppliance, not with %s", r.title(), hop).
			WithHint("take the address away, or use VirtualAppliance"))
	}
}
