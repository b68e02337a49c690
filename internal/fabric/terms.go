package fabric

import (
	"fmt"
	"net/netip"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// side is what is known of the source or destination of a rule evaluated at a
// place: the union of its terms (NSG-16).
func (f *Fabric) side(s azure.Side, at *place, t *addressStakes) Bounds {
	var all Bounds
	prefixes := f.prefixesOf(s)
	for _, p := range prefixes.all {
		all = all.union(f.prefix(p, t))
	}
	for _, term := range s.OtherThanPrefixes() {
		all = all.union(f.term(*term, at, t))
	}
	if !prefixes.set.IsEmpty() {
		all = all.union(f.points.numeric(prefixes.set))
	}
	return all
}

// sidePrefixes are the prefixes of a side.
type sidePrefixes struct {
	of  azure.Side
	set flow.AddressSet // of those that are not of length 0
	all []netip.Prefix  // of length 0
}

// prefixesOf are the prefixes of a side. Rules often have long lists in common.
func (f *Fabric) prefixesOf(s azure.Side) sidePrefixes {
	if s.Len() < longList {
		return unitePrefixes(s)
	}
	digest, plain := s.PlainList()
	if !plain {
		return unitePrefixes(s)
	}
	known := f.lists.of(digest, func() sidePrefixes { return unitePrefixes(s) })
	if !known.of.SamePlainList(s) {
		return unitePrefixes(s)
	}
	return known
}

// longList is the length from which lists are kept.
const longList = 32

// unitePrefixes unites at once what can be tens of thousands of prefixes.
func unitePrefixes(s azure.Side) sidePrefixes {
	var set flow.AddressSetBuilder
	set.GrowIPv4(s.Len())
	own := sidePrefixes{of: s}
	for p := range s.Prefixes() {
		if p.Bits() == 0 {
			own.all = append(own.all, p)
			continue
		}
		set.AddPrefix(p)
	}
	own.set = set.Set()
	return own
}

// term is what is known of one address term at a place. Only the contextual
// tags depend on the place (TAG-1). Switches whose other values would give
// another set are noted in t.
func (f *Fabric) term(term azure.AddressTerm, at *place, t *addressStakes) Bounds {
	switch term.Kind {
	case azure.AnyAddress:
		return exactly(f.points.everything)
	case azure.PrefixAddress:
		return f.prefix(term.Prefix, t)
	case azure.TagAddress:
		return f.tag(term.Tag, at, t)
	case azure.GroupAddress:
		return f.members(term.Group)
	}
	u := term.Unknown
	if u == nil {
		u = &azure.Unknown{Name: term.Text, Why: "the input does not tell it"}
	}
	return f.points.value(u, f.points.everything)
}

// prefix is a prefix as written in a rule. "0.0.0.0/0" covers IPv4 only
// (NSG-30).
func (f *Fabric) prefix(p netip.Prefix, t *addressStakes) Bounds {
	addresses := flow.Prefix(p)
	if p.Addr().Is4() && p.Bits() == 0 {
		t.add(ZeroSlashZeroCoversIPv6, ZeroSlashZeroCoversIPv6.allValues(), f.only(flow.IPv6))
		if f.assumptions.Value(ZeroSlashZeroCoversIPv6) == "true" {
			addresses = flow.AllAddresses()
		}
	}
	return f.points.numeric(addresses)
}

// tag is what is known of a service tag at a place; names fold case (TAG-5).
func (f *Fabric) tag(name string, at *place, t *addressStakes) Bounds {
	canonical, contextual := servicetag.Contextual(name)
	if !contextual {
		b := f.serviceTag(name)
		t.add(TagIPv6, TagIPv6.allValues(), b.ipv6)
		if !b.ipv6.IsEmpty() && f.assumptions.Value(TagIPv6) == "false" {
			return b.intersect(f.ipv4())
		}
		return b.Bounds
	}
	switch canonical {
	case "VirtualNetwork":
		*t = append(*t, at.tags().virtualNetworkStakes...)
		return at.tags().virtualNetwork
	case "Internet":
		*t = append(*t, at.tags().internetStakes...)
		return at.tags().internet
	case "AzureLoadBalancer":
		return exactly(loadBalancer)
	case "AzurePlatformDNS":
		return exactly(flow.Host(HostAddress))
	case "AzurePlatformIMDS":
		return exactly(flow.Host(MetadataAddress))
	}
	// AzurePlatformLKM: public addresses that are published nowhere (PLAT-5).
	return doubtful(f.ipv4().Intersect(f.publicAddresses()), "the addresses of "+canonical+" are published nowhere")
}

// serviceTag is what is known of a tag with data or without, and its IPv6 part.
type serviceTag struct {
	Bounds
	ipv6 flow.AddressSet
}

func (f *Fabric) serviceTag(name string) serviceTag {
	return f.serviceTags.of(name, func() serviceTag {
		b := f.deriveServiceTag(name).shared()
		b.Must, b.May = f.family.atoms.of(b.Must), f.family.atoms.of(b.May)
		return serviceTag{b, b.May.Only(flow.IPv6)}
	})
}

func (f *Fabric) deriveServiceTag(name string) Bounds {
	must, may, reason := f.tags.Bounds(name)
	b := Bounds{Must: must, May: may}
	if reason != "" {
		b.Doubts = append(b.Doubts, Doubt{may.Minus(must), reason})
	}
	// An address of the network that is not known may be a public one.
	for _, x := range f.points.list {
		if x.extent.Overlaps(may) {
			b.May = b.May.Union(x.set)
			b.Doubts = append(b.Doubts, Doubt{x.set, x.why})
		}
	}
	return b
}

// publicAddresses is every address that can belong to a service tag.
func (f *Fabric) publicAddresses() flow.AddressSet {
	return servicetag.PublicSpace().Union(f.tags.PublicPoints())
}

// ipv4 is every IPv4 address and point.
func (f *Fabric) ipv4() flow.AddressSet { return f.only(flow.IPv4) }

// only is every address and point of one family.
func (f *Fabric) only(family flow.Family) flow.AddressSet {
	return f.families.of(family, func() flow.AddressSet { return f.points.everything.Only(family) })
}

// members is what is known of the private addresses in an application security
// group (ASG-1, ASG-2): none in a group without members (ASG-4).
func (f *Fabric) members(group azure.Reference) Bounds {
	if _, stated := f.network.ApplicationSecurityGroup(group.ID); !stated {
		return doubtful(f.points.everything, fmt.Sprintf("no input states the application security group %s, so its members are not known", group.ID.Name()))
	}
	b := exactly(flow.AddressSet{})
	for _, c := range f.network.Members(group.ID) {
		b = b.union(f.configuration(c))
	}
	for _, s := range f.network.Subnets() {
		for _, part := range f.endpoints[s] {
			for _, g := range part.endpoint.ApplicationSecurityGroups { // ASG-5
				switch {
				case g.Unknown != nil:
					b = b.union(doubtful(part.at.May, fmt.Sprintf("which application security groups %s belongs to is not known", part.endpoint.Label())))
				case g.ID == group.ID:
					b = b.union(part.at)
				}
			}
		}
	}
	for _, c := range f.maybeMembers {
		may := f.configuration(c).May
		b = b.union(doubtful(may, fmt.Sprintf("which application security groups %s belongs to is not known", c.Interface.Label())))
	}
	if f.hiddenMembers != "" {
		b = b.union(doubtful(f.points.everything, fmt.Sprintf("%s can be members of application security groups and are not modelled", f.hiddenMembers)))
	}
	return b
}

// configuration is what is known of the address of an IP configuration.
func (f *Fabric) configuration(c *azure.IPConfiguration) Bounds {
	if address, ok := c.PrivateIPAddress.Known(); ok {
		host := exactly(flow.Host(address))
		// A point that may turn out to be this address belongs to others only
		// if it is the subnet that holds it.
		for _, x := range f.points.list {
			if x.config == nil && x.extent.Overlaps(host.Must) {
				host = host.union(doubtful(x.set, x.why))
			}
		}
		return host
	}
	x := f.points.byConfig[c]
	b := Bounds{Must: x.set, May: x.set.Union(x.extent), Doubts: []Doubt{{x.extent, x.why}}}
	for _, s := range f.points.bySubnet[x.subnet] {
		b.May = b.May.Union(s.set)
		b.Doubts = append(b.Doubts, Doubt{s.set, x.why})
	}
	return b
}
