package fabric

import (
	"fmt"
	"net/netip"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
)

// The blocks that every subnet has a system route to None for: the documented
// ones (RT-2), those seen in most effective route tables, and those seen in
// newer ones (RT-3).
var (
	reservedBlocks = prefixList("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
	observedBlocks = prefixList("127.0.0.0/8", "198.18.0.0/15", "157.59.0.0/16", "20.35.252.0/22",
		"23.103.0.0/18", "25.4.0.0/14", "25.33.0.0/16", "25.41.0.0/20", "25.48.0.0/12",
		"40.108.0.0/17", "40.109.0.0/16", "104.146.0.0/17", "104.147.0.0/16")
	laterBlocks = prefixList("25.30.0.0/15", "25.148.0.0/15", "25.150.0.0/16", "25.152.0.0/14",
		"25.156.0.0/16", "25.159.0.0/16", "25.176.0.0/13", "25.184.0.0/14")
)

func prefixList(texts ...string) []netip.Prefix {
	var list []netip.Prefix
	for _, t := range texts {
		list = append(list, netip.MustParsePrefix(t))
	}
	return list
}

// PlatformNoneSpace is every address that the platform itself routes to None,
// in any table seen (RT-2, RT-3).
func PlatformNoneSpace() flow.AddressSet { return noneSpace }

var (
	observedSpace = flow.AddressSetOf(append(observedBlocks[:len(observedBlocks):len(observedBlocks)], laterBlocks...)...)
	noneSpace     = observedSpace.Union(flow.AddressSetOf(reservedBlocks...))
)

// reservedLayers are the system routes to None, as far as they are there: one
// that the network's own space equals or contains is gone (RT-4), and a user
// route 0.0.0.0/0 removes them all (RT-5, RT-6).
func (p *place) reservedLayers(t *addressStakes) []*layer {
	removed := p.noneRoutesRemoved(t)
	if removed.is == yes {
		return nil
	}
	blocks := reservedBlocks
	t.add(PlatformNoneRoutes, PlatformNoneRoutes.allValues(), observedSpace)
	switch p.fabric.assumptions.Value(PlatformNoneRoutes) {
	case "observed":
		blocks = append(blocks[:len(blocks):len(blocks)], observedBlocks...)
	case "observedLater":
		blocks = append(append(blocks[:len(blocks):len(blocks)], observedBlocks...), laterBlocks...)
	}
	var layers []*layer
	for _, block := range blocks {
		if p.holdsBlock(block) {
			continue
		}
		l := &layer{
			route: &Route{Name: block.String(), Hop: None}, bits: block.Bits(), exact: true,
			// No service tag has an address in these blocks (RT-3).
			rank: rankSystem, Bounds: p.fabric.points.numeric(flow.Prefix(block)).minus(exactly(p.fabric.tags.PublicPoints())),
		}
		if removed.is == maybe {
			l.route.Why = removed.why
			l.Bounds = doubtful(l.May, removed.why)
		}
		layers = append(layers, l)
	}
	return layers
}

// holdsBlock reports whether the space of the network equals or contains a
// block.
func (p *place) holdsBlock(block netip.Prefix) bool {
	for _, v := range p.vnet.AddressSpace {
		if prefix, ok := v.Known(); ok && prefix.Bits() <= block.Bits() && prefix.Contains(block.Addr()) {
			return true
		}
	}
	return false
}

// noneRoutesRemoved tells whether a user route 0.0.0.0/0 has removed the
// system routes to None (RT-5). One to None itself leaves them (RT-6).
func (p *place) noneRoutesRemoved(t *addressStakes) state {
	if p.missing != nil {
		return state{maybe, p.missing.Why}
	}
	if p.table == nil {
		return state{is: no}
	}
	for _, r := range p.table.Routes {
		switch d := r.Destination; {
		case d.Kind == azure.UnknownAddress:
			return state{maybe, fmt.Sprintf("the destination of route %s is not known", r.Name)}
		case d.Kind != azure.PrefixAddress || d.Prefix != netip.PrefixFrom(netip.IPv4Unspecified(), 0):
			continue
		}
		hop, ok := r.NextHopType.Known()
		switch {
		case !ok:
			return state{maybe, fmt.Sprintf("the next hop type of route %s is not known: %s", r.Name, whyUnknown(r.NextHopType.Unknown))}
		case hop == azure.NoneNextHop:
			return state{is: no}
		case hop == azure.InternetNextHop:
			t.add(NoneRoutesRemovedBy, NoneRoutesRemovedBy.allValues(), noneSpace)
			if p.fabric.assumptions.Value(NoneRoutesRemovedBy) == "appliance+gateway" {
				return state{is: no}
			}
		}
		return state{is: yes}
	}
	if len(p.table.UnknownRoutes) > 0 {
		return state{maybe, p.table.UnknownRoutes[0].Why}
	}
	return state{is: no}
}
