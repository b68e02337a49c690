package fabric

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// NextHop is where a route sends packets. Beside the types that users can
// write (RT-14) it holds those of system routes (NW-4).
type NextHop string

// Next hops, in the spelling of Azure's effective routes.
const (
	VnetLocal             NextHop = "VnetLocal"
	VNetPeering           NextHop = "VNetPeering"
	Internet              NextHop = "Internet"
	None                  NextHop = "None"
	VirtualAppliance      NextHop = "VirtualAppliance"
	VirtualNetworkGateway NextHop = "VirtualNetworkGateway"
	ServiceEndpoint       NextHop = "VirtualNetworkServiceEndpoint"
	// UnknownHop is a next hop type the input does not tell.
	UnknownHop NextHop = "Unknown"
)

// Route is one effective route of a subnet. Routes are compared by identity.
type Route struct {
	// Name is the user route's name, or the destination of a system route.
	Name string
	Hop  NextHop
	// Appliance is the address of a VirtualAppliance hop; the zero Addr where
	// it is not known.
	Appliance netip.Addr
	// User is the user's route, nil for a system or gateway route.
	User *azure.Route
	// Peering is the link of a VNetPeering route.
	Peering *azure.Peering
	// Endpoint is the private endpoint of an InterfaceEndpoint route.
	Endpoint *azure.PrivateEndpoint
	// Learned marks the routes a gateway has learnt, which are in no input.
	Learned bool
	// Policy says why a service endpoint may not let packets through, empty where it
	// does.
	Policy string
	// Why says what is not known of the route; empty for one that is certain.
	Why string
}

// sameHop reports whether two routes send packets to the same place.
func (r *Route) sameHop(o *Route) bool {
	return r.Hop == o.Hop && r.Appliance == o.Appliance && r.Peering == o.Peering && r.Policy == o.Policy &&
		r.Hop != UnknownHop && (r.Hop != VirtualAppliance || r.Appliance.IsValid())
}

// layer is the part of a route of one prefix length.
type layer struct {
	route *Route
	// bits is the prefix length, or a lower bound of it where exact is false.
	bits  int
	exact bool
	// rank orders routes of one length: user before system, an explicit prefix
	// before the narrower tag (RT-21, RT-26).
	rank int
	Bounds
}

// Ranks of routes with equal prefixes.
const (
	rankEndpoint = iota // wins over everything (RT-23)
	rankUser
	rankUserRegionalTag
	rankUserTag
	rankUserRegionalCloud
	rankUserCloud
	rankNetwork // RT-4: before the reserved blocks
	rankSystem
)

// before orders layers by selection: longest prefix first, then rank (RT-21).
func (l *layer) before(o *layer) int {
	if l.rank == rankEndpoint || o.rank == rankEndpoint {
		return cmp.Compare(l.rank, o.rank)
	}
	return cmp.Or(cmp.Compare(o.bits, l.bits), cmp.Compare(l.rank, o.rank))
}

// beats reports whether l certainly wins over o where both certainly apply.
func (l *layer) beats(o *layer) bool {
	switch {
	case l.rank == rankEndpoint || o.rank == rankEndpoint:
		return l.rank < o.rank // one endpoint does not take from another
	case l.rank == rankNetwork && o.rank == rankSystem:
		return true // RT-4: no system route takes a network's own addresses away
	case o.rank == rankNetwork && l.rank == rankSystem:
		return false
	case o.exact:
		return l.before(o) < 0
	}
	return false // o may be of any length from its bound on
}

// Routes are the effective routes of a place, in order of selection.
type Routes struct {
	layers []*layer
	stakes addressStakes
	// whole divides every address by route, made when first asked for.
	whole func() wholeDivision
	// toSenders are the routes of replies: who has sent a request is no private
	// endpoint.
	toSenders *Routes
}

// ToSenders are the routes of replies to those who have sent requests.
func (r *Routes) ToSenders() *Routes { return r.toSenders }

// routes computes the effective routes of the place, once.
func (p *place) routes() *Routes {
	p.routesOnce.Do(func() {
		back := &Routes{}
		user := p.userLayers()
		back.layers = slices.Concat(p.endpointLayers(), user, p.networkLayers(), p.learnedLayers(&back.stakes), p.reservedLayers(&back.stakes), p.defaultLayers())
		slices.SortStableFunc(back.layers, (*layer).before)
		back.toSenders = back
		back.divide(p.fabric)
		r := back
		if private := p.privateLayers(user); len(private) > 0 {
			r = &Routes{layers: slices.Concat(private, back.layers), stakes: back.stakes, toSenders: back}
			slices.SortStableFunc(r.layers, (*layer).before)
			r.divide(p.fabric)
		}
		p.routesList = r
	})
	return p.routesList
}

// List returns the effective routes, each once, in order of selection.
func (r *Routes) List() []*Route {
	var list []*Route
	for _, l := range r.layers {
		if !slices.Contains(list, l.route) {
			list = append(list, l.route)
		}
	}
	return list
}

// userLayers are the routes of the attached table (RT-11, RT-14).
func (p *place) userLayers() []*layer {
	f := p.fabric
	unknown := func(name string, u *azure.Unknown) *layer {
		why := fmt.Sprintf("the routes of %s are not known: %s", name, u.Why)
		return &layer{route: &Route{Name: name, Hop: UnknownHop, Why: why}, rank: rankUser, Bounds: doubtful(f.points.everything, why)}
	}
	if p.missing != nil {
		return []*layer{unknown("the route table "+p.missing.Name, p.missing)}
	}
	if p.table == nil {
		return nil
	}
	var layers []*layer
	for _, u := range p.table.UnknownRoutes {
		layers = append(layers, unknown(p.table.Label(), u))
	}
	for _, r := range p.table.Routes {
		layers = append(layers, f.routeLayers(r)...)
	}
	return layers
}

// routeLayers is one user route, cut by prefix length.
func (f *Fabric) routeLayers(r *azure.Route) []*layer {
	route := &Route{Name: r.Name, User: r, Hop: UnknownHop}
	if hop, ok := r.NextHopType.Known(); ok {
		route.Hop = NextHop(hop)
		route.Appliance = r.NextHopIPAddress.Or(netip.Addr{})
	} else {
		route.Why = fmt.Sprintf("the next hop type of route %s is not known: %s", r.Name, whyUnknown(r.NextHopType.Unknown))
	}
	if route.Hop == VirtualAppliance && !route.Appliance.IsValid() {
		route.Why = fmt.Sprintf("the appliance's address of route %s is not known: %s", r.Name, whyUnknown(r.NextHopIPAddress.Unknown))
	}
	switch d := r.Destination; d.Kind {
	case azure.PrefixAddress:
		return []*layer{{route: route, bits: d.Prefix.Bits(), exact: true, rank: rankUser, Bounds: f.destination(r)}}
	case azure.TagAddress:
		return f.tagLayers(route, d.Tag)
	}
	route.Why = cmp.Or(route.Why, fmt.Sprintf("the destination of route %s is not known: %s", r.Name, whyUnknown(r.Destination.Unknown)))
	return []*layer{{route: route, rank: rankUser, Bounds: f.destination(r)}}
}

// tagLayers is a user route to a service tag: the tag is expanded to prefixes
// first, then the longest match counts (RT-26). The prefixes are those of the
// file: neighbours are not one shorter prefix, and one within another is a
// longer match of its own.
func (f *Fabric) tagLayers(route *Route, name string) []*layer {
	tag, err := f.catalogue.Lookup(name)
	rank := rankUserTag
	cloud := servicetagIsCloud(tag)
	switch {
	case cloud && tag.Global != "":
		rank = rankUserRegionalCloud
	case cloud:
		rank = rankUserCloud
	case tag.Global != "":
		rank = rankUserRegionalTag
	}
	b := f.serviceTag(name).Bounds
	addresses, hasData := f.catalogue.Addresses(name)
	if err != nil || !hasData {
		return []*layer{{route: route, bits: 1, rank: rank, Bounds: b}}
	}
	layers := f.listedLayers(route, name, rank)
	if points := b.minus(exactly(addresses)); !points.May.IsEmpty() {
		layers = append(layers, &layer{route: route, bits: 1, rank: rank, Bounds: points})
	}
	return layers
}

// listedLayers are the prefixes of a tag's list, by length.
func (f *Fabric) listedLayers(route *Route, name string, rank int) []*layer {
	var layers []*layer
	for _, l := range f.listed.of(name, func() []listedPrefixes { return f.listedByLength(name) }) {
		layers = append(layers, &layer{route: route, bits: l.bits, exact: true, rank: rank, Bounds: exactly(l.addresses)})
	}
	return layers
}

// listedPrefixes are the prefixes of one length in a tag's list.
type listedPrefixes struct {
	bits      int
	addresses flow.AddressSet
}

// listedByLength divides a tag's list by length, the longest first.
func (f *Fabric) listedByLength(name string) []listedPrefixes {
	byLength := map[int]*flow.AddressSetBuilder{}
	for p := range f.catalogue.Listed(name) {
		if byLength[p.Bits()] == nil {
			byLength[p.Bits()] = &flow.AddressSetBuilder{}
		}
		byLength[p.Bits()].AddPrefix(p)
	}
	var list []listedPrefixes
	for bits, set := range byLength {
		list = append(list, listedPrefixes{bits, set.Set()})
	}
	slices.SortFunc(list, func(a, b listedPrefixes) int { return cmp.Compare(b.bits, a.bits) })
	return list
}

func servicetagIsCloud(t servicetag.Tag) bool {
	return t.Name == "AzureCloud" || t.Global == "AzureCloud"
}

// networkLayers are the system routes into the network itself and its peers
// (RT-2, RT-7).
func (p *place) networkLayers() []*layer {
	f := p.fabric
	var layers []*layer
	for _, v := range p.vnet.AddressSpace {
		if prefix, ok := v.Known(); ok {
			layers = append(layers, &layer{
				route: &Route{Name: prefix.String(), Hop: VnetLocal}, bits: prefix.Bits(), exact: true,
				rank: rankNetwork, Bounds: f.numeric(prefix),
			})
		}
	}
	if len(unknowns(p.vnet.AddressSpace)) > 0 {
		space := f.space(p.vnet)
		layers = append(layers, &layer{
			route: &Route{Name: "the address space of " + p.vnet.Name, Hop: VnetLocal}, bits: 1,
			rank: rankNetwork, Bounds: space.minus(exactly(known(p.vnet.AddressSpace))),
		})
	}
	for _, link := range f.links(p.vnet) {
		s := f.linkState(link)
		if s.is == no {
			continue
		}
		for _, part := range f.remoteParts(link) {
			route := &Route{Name: "the address space of " + remoteName(link), Hop: VNetPeering, Peering: link}
			if s.is == maybe {
				route.Why = s.why
				part.Bounds = doubtful(part.May, s.why)
			}
			layers = append(layers, &layer{route: route, bits: part.bits, exact: part.exact, rank: rankNetwork, Bounds: part.Bounds})
		}
	}
	return layers
}

// learnedLayers are the routes a gateway has learnt, of which only an upper
// bound is known. They may be of any length, but never win over the network
// and its peers (RT-22).
func (p *place) learnedLayers(t *addressStakes) []*layer {
	b := p.gatewayRoutes(t)
	if b.May.IsEmpty() {
		return nil
	}
	route := &Route{Name: "routes learnt by " + p.fabric.gatewayOf(p.vnet), Hop: VirtualNetworkGateway, Learned: true, Why: b.Doubts[0].Why}
	return []*layer{{route: route, rank: rankSystem, Bounds: b}}
}

// defaultLayers is the system route to the internet (RT-2).
func (p *place) defaultLayers() []*layer {
	var layers []*layer
	for _, prefix := range []string{"0.0.0.0/0", "::/0"} {
		all := p.fabric.points.numeric(set(prefix))
		layers = append(layers, &layer{route: &Route{Name: prefix, Hop: Internet}, exact: true, rank: rankSystem, Bounds: all})
	}
	return layers
}
