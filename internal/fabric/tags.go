package fabric

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// loadBalancer is the tag AzureLoadBalancer: the address health probes come
// from (TAG-25), and in IPv6 the one that recordings of 2020 and later show.
var loadBalancer = set("168.63.129.16/32", "fe80::1234:5678:9abc/128")

// contextualTags is what VirtualNetwork and Internet hold at a place
// (TAG-1, TAG-10, TAG-20).
type contextualTags struct {
	virtualNetwork, internet Bounds
	// The switches whose other values would change the content.
	virtualNetworkStakes, internetStakes addressStakes
}

// tags computes the contextual tags of the place, once.
func (p *place) tags() *contextualTags {
	p.tagsOnce.Do(func() { p.tagsValue = p.computeTags() })
	return p.tagsValue
}

func (p *place) computeTags() *contextualTags {
	f := p.fabric
	var learnt, joined, endpoints addressStakes
	local := f.space(p.vnet)                // TAG-10a
	host := exactly(flow.Host(HostAddress)) // TAG-10d, TAG-11
	peered, reachable := p.peeredSpace()    // TAG-10b, TAG-16
	t := &contextualTags{virtualNetwork: local.union(host).union(reachable)}
	onPremises := p.onPremises(&learnt)           // TAG-10c, TAG-19
	routed := p.routedPrefixes(&joined)           // TAG-10e, TAG-12
	services := p.serviceEndpointTags(&endpoints) // TAG-15
	// What a route to an appliance or gateway puts there no other open point
	// takes away.
	firm := p.firmPrefixes()
	t.virtualNetworkStakes = slices.Concat(learnt, joined.beside(firm), endpoints.outside(firm)).outside(t.virtualNetwork.Must)
	t.virtualNetwork = t.virtualNetwork.union(onPremises).union(routed).union(services)

	t.internetStakes = slices.Concat(learnt, joined.beside(firm)).outside(local.Must.Union(peered.Must))
	base := f.once.internetBase.of(struct{}{}, f.internetBase)
	t.internetStakes = append(t.internetStakes, base.stakes...)
	t.internet = base.minus(local).minus(peered).minus(onPremises)     // TAG-22
	if both := routed.May.Intersect(t.internet.May); !both.IsEmpty() { // TAG-23
		t.internetStakes.add(InternetMinusTag, InternetMinusTag.allValues(), both)
		if f.assumptions.Value(InternetMinusTag) == "true" {
			t.internet = t.internet.minus(routed)
		}
	}
	return t
}

// internetBase is what Internet holds wherever it stands, before what is near there
// is taken out.
type internetBase struct {
	Bounds
	stakes addressStakes
}

func (f *Fabric) internetBase() internetBase {
	var t addressStakes
	t.add(InternetBaseSet, 1, driftedInternet)
	base := exactly(servicetag.InternetBase().Union(f.tags.PublicPoints())) // TAG-21, TAG-33
	t.add(TagIPv6, TagIPv6.allValues(), base.May.Only(flow.IPv6))           // TAG-24
	if f.assumptions.Value(TagIPv6) == "false" {
		base = base.intersect(f.ipv4())
	}
	for _, x := range f.points.list {
		if x.extent.Overlaps(base.Must) {
			base = base.union(doubtful(x.set, x.why))
		}
	}
	base.Must, base.May = f.family.atoms.of(base.Must), f.family.atoms.of(base.May)
	return internetBase{base.shared(), t}
}

// outside is the stakes in addresses that are not in the set anyway.
func (s addressStakes) outside(certain flow.AddressSet) addressStakes {
	var out addressStakes
	for _, k := range s {
		out.add(k.change, k.values, k.where.Minus(certain))
	}
	return out
}

// beside is the stakes in which prefixes user routes put into VirtualNetwork,
// without those that are there anyway.
func (s addressStakes) beside(firm flow.AddressSet) addressStakes {
	var out addressStakes
	for _, k := range s {
		if k.change == TagHopTypes {
			k.where = k.where.Minus(firm)
		}
		out.add(k.change, k.values, k.where)
	}
	return out
}

// space is what is known of the address space of a virtual network. What the
// input does not tell lies in private space unless assumed otherwise.
func (f *Fabric) space(v *azure.VirtualNetwork) Bounds {
	return f.spaces.of(v, func() Bounds { return f.deriveSpace(v) })
}

func (f *Fabric) deriveSpace(v *azure.VirtualNetwork) Bounds {
	numeric := known(v.AddressSpace)
	for _, s := range v.Subnets {
		numeric = numeric.Union(known(s.Prefixes))
	}
	b := f.points.numeric(numeric)
	for _, s := range v.Subnets {
		for _, x := range f.points.bySubnet[s] {
			b = b.union(exactly(x.set))
		}
	}
	for _, x := range f.points.list {
		if x.vnet == v || x.config != nil && x.subnet != nil && x.subnet.VirtualNetwork == v {
			b = b.union(exactly(x.set))
		}
	}
	for _, u := range unknowns(v.AddressSpace) {
		why := fmt.Sprintf("the address space of virtual network %s is not known: %s", v.Name, u.Why)
		b = b.union(doubtful(f.anywhere().Must, why))
	}
	return b
}

// anywhere is all that an unknown address space can hold.
func (f *Fabric) anywhere() Bounds {
	b := f.points.numeric(f.unknownSpace)
	return Bounds{Must: b.May, May: b.May}
}

// peeredSpace is what is known of the spaces of all peered networks, and of
// those whose link lets them into VirtualNetwork (TAG-16).
func (p *place) peeredSpace() (peered, reachable Bounds) {
	for _, link := range p.fabric.links(p.vnet) {
		state := p.fabric.linkState(link)
		if state.is == no {
			continue // RT-42: nothing comes through
		}
		space := p.fabric.remoteSpace(link)
		if state.is == maybe {
			space = doubtful(space.May, state.why).union(Bounds{Doubts: space.Doubts})
		}
		peered = peered.union(space)
		access, ok := link.AllowVirtualNetworkAccess.Known()
		switch {
		case !link.AllowVirtualNetworkAccess.IsSet() || ok && access:
			reachable = reachable.union(space)
		case !ok:
			why := fmt.Sprintf("allowVirtualNetworkAccess of peering %s is not known: %s", link.Name, link.AllowVirtualNetworkAccess.Unknown.Why)
			reachable = reachable.union(doubtful(space.May, why))
		}
	}
	return peered, reachable
}

// onPremises is what is known of the prefixes that a virtual network gateway
// has learnt (TAG-19).
func (p *place) onPremises(t *addressStakes) Bounds {
	gateway := p.fabric.gatewayOf(p.vnet)
	if gateway == "" {
		return Bounds{}
	}
	return p.fabric.learned(p.vnet, gateway, t)
}

// routedPrefixes is what is known of the prefixes that user routes put into
// VirtualNetwork: those to an appliance or a gateway, and by TAG-14 perhaps
// others. 0.0.0.0/0 puts everything there (TAG-12).
func (p *place) routedPrefixes(t *addressStakes) Bounds {
	f := p.fabric
	var b Bounds
	if p.missing != nil {
		return doubtful(f.points.everything, p.missing.Why)
	}
	if p.table == nil {
		return b
	}
	for _, u := range p.table.UnknownRoutes {
		b = b.union(doubtful(f.points.everything, fmt.Sprintf("not all routes of %s are known: %s", p.table.Label(), u.Why)))
	}
	for _, r := range p.table.Routes {
		b = b.union(p.routedPrefix(r, t))
	}
	return b
}

// firmPrefixes are those that user routes certainly put into VirtualNetwork,
// whichever other hop types count (TAG-14).
func (p *place) firmPrefixes() flow.AddressSet {
	var b flow.AddressSetBuilder
	if p.table == nil {
		return b.Set()
	}
	for _, r := range p.table.Routes {
		if hop, ok := r.NextHopType.Known(); ok && (hop == azure.VirtualAppliance || hop == azure.VirtualNetworkGateway) {
			b.AddSet(p.routedPrefix(r, new(addressStakes)).Must)
		}
	}
	return b.Set()
}

func (p *place) routedPrefix(r *azure.Route, t *addressStakes) Bounds {
	f := p.fabric
	joins := yes
	hop, ok := r.NextHopType.Known()
	switch {
	case !ok:
		joins = maybe
	case hop != azure.VirtualAppliance && hop != azure.VirtualNetworkGateway:
		joins = f.otherHopJoins(hop, r, t)
	}
	if joins == no {
		return Bounds{}
	}
	if everything := r.Destination; everything.Kind == azure.PrefixAddress && everything.Prefix.Bits() == 0 {
		t.add(TagDefaultRoute, TagDefaultRoute.allValues(), f.destination(r).May)
		if f.assumptions.Value(TagDefaultRoute) == "ignored" {
			return Bounds{}
		}
	}
	b := f.destination(r)
	if joins == maybe {
		return doubtful(b.May, fmt.Sprintf("the next hop type of route %s is not known: %s", r.Name, whyUnknown(r.NextHopType.Unknown)))
	}
	return b
}

// otherHopJoins reads vnetTag.udrHopTypes for a next hop type that only some
// readings count (TAG-14).
func (f *Fabric) otherHopJoins(hop azure.NextHopType, r *azure.Route, t *addressStakes) ternary {
	bit := map[azure.NextHopType]uint8{azure.VnetLocal: tagHopVnetLocal, azure.InternetNextHop: tagHopInternet, azure.NoneNextHop: tagHopNone}[hop]
	value := f.assumptions.value[TagHopTypes]
	// Readings that differ from this one in this hop type alone.
	t.add(TagHopTypes, 1<<value|1<<(value^bit), f.destination(r).May)
	if value&bit != 0 {
		return yes
	}
	return no
}

// destination is what is known of the destination of a user route.
func (f *Fabric) destination(r *azure.Route) Bounds {
	switch d := r.Destination; d.Kind {
	case azure.PrefixAddress:
		return f.numeric(d.Prefix)
	case azure.TagAddress:
		return f.serviceTag(d.Tag).Bounds
	default:
		u := d.Unknown
		if u == nil {
			u = &azure.Unknown{Name: d.Text, Why: "the input does not tell it"}
		}
		return f.points.value(u, f.points.everything)
	}
}

// numeric is what is known of a prefix.
func (f *Fabric) numeric(p netip.Prefix) Bounds {
	return f.numerics.of(p, func() Bounds { return f.points.numeric(flow.Prefix(p)).shared() })
}

func whyUnknown(u *azure.Unknown) string {
	if u == nil {
		return "the input does not tell it"
	}
	return u.Why
}
