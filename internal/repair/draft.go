package repair

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
)

// draft is a rule without a name and a priority.
type draft struct {
	stage
	protocol            azure.Protocol
	source, destination []string
	sourcePorts, ports  flow.PortSet
	// The rule must come before this priority and after that of what is kept.
	before, after         int
	why                   []string
	services              []string
	tagSource, tagDestine bool
	// packets are what the rule is for, cover what it matches for certain at
	// every place of its group.
	packets []flow.Cube
	cover   flow.Cube
}

// draft makes the rules of one need at one stage: a rule for every protocol
// and family.
func (p *planner) draft(n *Need, s stage, b *blocked) ([]*draft, string) {
	row := n.Row
	if b.translated {
		row.Destination.Tag = ""
		if !b.ports.IsEmpty() {
			row.DestinationPorts = b.ports
		}
	}
	if b.translatedSource {
		row.Source.Tag = ""
	}
	var drafts []*draft
	for _, family := range []flow.Family{flow.IPv4, flow.IPv6} {
		for _, names := range p.protocols(b) {
			name, protocol := names[0], protocolSet(names)
			if len(names) > 1 {
				name = azure.AnyProtocol
			}
			var from, to flow.AddressSet
			for _, c := range b.packets {
				if c.Protocols.Overlaps(protocol) {
					from, to = from.Union(c.Source.Only(family)), to.Union(c.Destination.Only(family))
				}
			}
			if from.IsEmpty() || to.IsEmpty() {
				continue
			}
			d := &draft{stage: s, protocol: name, sourcePorts: row.SourcePorts, ports: row.DestinationPorts, before: b.before, why: []string{n.ID()}, services: []string{n.Service}}
			if !protocol.Overlaps(flow.PortProtocols()) {
				d.sourcePorts, d.ports = flow.AllPorts(), flow.AllPorts()
			}
			source, destination := p.tagAt(row.Source.Tag, from, s), cmp.Or(p.tagAt(row.Destination.Tag, to, s), platformTag(to, row.DestinationPorts))
			var problem string
			if d.source, d.tagSource, problem = p.side(source, from, s, s.direction == azure.Outbound); problem != "" {
				return nil, problem
			}
			if d.destination, d.tagDestine, problem = p.side(destination, to, s, s.direction == azure.Inbound); problem != "" {
				return nil, problem
			}
			for _, c := range b.packets {
				if c.Protocols = c.Protocols.Intersect(protocol); !c.Normal().IsEmpty() {
					d.packets = append(d.packets, c.Normal())
				}
			}
			d.cover = flow.Cube{
				Source: p.certain(source, from, s), Destination: p.certain(destination, to, s), Protocols: protocol,
				SourcePorts: d.sourcePorts, DestinationPorts: d.ports,
			}
			drafts = append(drafts, d)
		}
	}
	if len(drafts) == 0 {
		return nil, "the blocked packets are of a protocol that no security rule can name"
	}
	return drafts, ""
}

// platformTag is the tag without which no rule is about an address of the
// platform (PLAT-3): that of name resolution or of instance metadata.
func platformTag(to flow.AddressSet, ports flow.PortSet) string {
	for _, x := range []struct {
		address, tag string
		port         uint16
	}{{"168.63.129.16", "AzurePlatformDNS", 53}, {"169.254.169.254", "AzurePlatformIMDS", 80}} {
		if to.Equal(flow.Host(netip.MustParseAddr(x.address))) && ports.Equal(flow.Ports(x.port)) {
			return x.tag
		}
	}
	return ""
}

// protocolSet is the protocols with these names.
func protocolSet(names []azure.Protocol) flow.ProtocolSet {
	var set flow.ProtocolSet
	for _, name := range names {
		if n, named := name.Number(); named {
			set = set.Union(flow.Protocols(n))
		}
	}
	return set
}

// needed leaves out the rules whose packets others match anyway: a row for a
// tag lies in a row for the internet. The narrow ones go first.
func (p *planner) needed(drafts []*draft) []*draft {
	order := slices.Clone(drafts)
	slices.SortStableFunc(order, func(a, b *draft) int { return a.cover.Count().Compare(b.cover.Count()) })
	dropped := map[*draft]bool{}
	for _, d := range order {
		var cover []flow.Cube
		var by []*draft
		for _, o := range drafts {
			if o != d && !dropped[o] && o.stage == d.stage && o.protocol == d.protocol && d.after <= o.after && o.after < d.before && meet([]flow.Cube{o.cover}, d.packets) {
				cover, by = append(cover, o.cover), append(by, o)
			}
		}
		if len(cover) == 0 || !flow.SpaceOf(d.packets...).SubsetOf(flow.SpaceOf(cover...)) {
			continue
		}
		dropped[d] = true
		for _, o := range by {
			o.why, o.services, o.before = union(o.why, d.why), union(o.services, d.services), min(o.before, d.before)
		}
	}
	return slices.DeleteFunc(slices.Clone(drafts), func(d *draft) bool { return dropped[d] })
}

// mergeDrafts joins rules of one stage that agree in two of source, destination
// and ports, until none do: the union of the products is then a product.
func mergeDrafts(drafts []*draft) []*draft {
	for changed := true; changed; {
		changed = false
		for i := 0; i < len(drafts); i++ {
			for j := i + 1; j < len(drafts); j++ {
				if drafts[i].merge(drafts[j]) {
					drafts = slices.Delete(drafts, j, j+1)
					changed = true
					j--
				}
			}
		}
	}
	return drafts
}

// merge joins another rule to this one if that is exact.
func (d *draft) merge(o *draft) bool {
	if d.stage != o.stage || d.protocol != o.protocol || !d.sourcePorts.Equal(o.sourcePorts) || max(d.after, o.after) >= min(d.before, o.before) {
		return false
	}
	source, destination, ports := slices.Equal(d.source, o.source), slices.Equal(d.destination, o.destination), d.ports.Equal(o.ports)
	switch {
	case source && destination:
		d.ports = d.ports.Union(o.ports)
	case source && ports && !d.tagDestine && !o.tagDestine && sameFamily(d.destination, o.destination):
		d.destination = sortPrefixes(append(slices.Clone(d.destination), o.destination...))
	case destination && ports && !d.tagSource && !o.tagSource && sameFamily(d.source, o.source):
		d.source = sortPrefixes(append(slices.Clone(d.source), o.source...))
	default:
		return false
	}
	d.before, d.after = min(d.before, o.before), max(d.after, o.after)
	d.why = union(d.why, o.why)
	d.services = union(d.services, o.services)
	return true
}

func sameFamily(a, b []string) bool {
	return strings.Contains(a[0], ":") == strings.Contains(b[0], ":")
}

// union is both lists in order, each text once.
func union(a, b []string) []string {
	all := append(slices.Clone(a), b...)
	slices.Sort(all)
	return slices.Compact(all)
}
