package azure

import (
	"net/netip"
	"slices"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// validate reports every form that Azure would refuse. A value whose meaning
// is lost is an error in every input; what is clear but not accepted is an
// error in a plan or template and a warning in existing data (decisions 5).
func (b *builder) validate() {
	for _, v := range b.network.VirtualNetworks {
		if !v.Stub {
			b.validateNetwork(v)
		}
	}
	b.validatePeerings()
	for _, g := range b.network.NetworkSecurityGroups {
		b.validateGroup(g)
	}
	for _, t := range b.network.RouteTables {
		b.validateTable(t)
	}
	for _, r := range b.network.AdminRules {
		b.validateAdminRule(r)
	}
	b.validateFirewalls()
	b.validateMembers()
}

// forbiddenSpace may be in no virtual network (FAB-5).
var forbiddenSpace = []netip.Prefix{
	netip.MustParsePrefix("224.0.0.0/4"),
	netip.MustParsePrefix("255.255.255.255/32"),
	netip.MustParsePrefix("127.0.0.0/8"),
	netip.MustParsePrefix("169.254.0.0/16"),
	netip.MustParsePrefix("168.63.129.16/32"),
}

func (b *builder) validateNetwork(v *VirtualNetwork) {
	if len(v.AddressSpace) == 0 {
		b.topology(v.Rank, diagnostic.Errorf("missing-property", v.At, "the virtual network %q has no address space", v.title()).
			WithHint("state addressSpace.addressPrefixes"))
		v.AddressSpace = []Value[netip.Prefix]{NotKnown[netip.Prefix](&Unknown{
			Name: v.title() + " addressSpace", Why: "the input does not state the address space", At: v.At,
		})}
	}
	for _, p := range v.AddressSpace {
		prefix, ok := p.Known()
		if !ok {
			continue
		}
		for _, f := range forbiddenSpace {
			if f.Overlaps(prefix) {
				b.topology(v.Rank, diagnostic.Errorf("forbidden-space", p.At, "the address space %s of %q contains %s, which no virtual network can hold", prefix, v.title(), f).
					WithHint("use private address space, such as 10.0.0.0/8"))
			}
		}
	}
	b.reportOverlaps(v.Rank, spacesOf(v))
	for _, s := range v.Subnets {
		if !s.Stub {
			b.validateSubnet(v, s)
		}
	}
	b.reportOverlaps(v.Rank, subnetSpaces(v))
}

// space is a prefix with whose it is.
type space struct {
	prefix netip.Prefix
	whose  string
	at     Position
}

func spacesOf(v *VirtualNetwork) []space {
	var spaces []space
	for _, p := range v.AddressSpace {
		if prefix, ok := p.Known(); ok {
			spaces = append(spaces, space{prefix, "the address space of " + v.title(), p.At})
		}
	}
	return spaces
}

func subnetSpaces(v *VirtualNetwork) []space {
	var spaces []space
	for _, s := range v.Subnets {
		for _, p := range s.Prefixes {
			if prefix, ok := p.Known(); ok {
				spaces = append(spaces, space{prefix, "the subnet " + s.Name, p.At})
			}
		}
	}
	return spaces
}

// reportOverlaps reports each prefix that lies in, or equals, one before it
// when sorted from wide to narrow.
func (b *builder) reportOverlaps(rank Rank, spaces []space) {
	slices.SortStableFunc(spaces, func(x, y space) int {
		if c := x.prefix.Masked().Addr().Compare(y.prefix.Masked().Addr()); c != 0 {
			return c
		}
		return x.prefix.Bits() - y.prefix.Bits()
	})
	for i := range spaces {
		if i == 0 {
			continue
		}
		// Prefixes nest, so the widest open one stays first in line.
		outer, inner := spaces[i-1], spaces[i]
		if outer.prefix.Overlaps(inner.prefix) {
			b.topology(rank, diagnostic.Errorf("overlapping-prefixes", inner.at, "%s of %s overlaps %s of %s", inner.prefix, inner.whose, outer.prefix, outer.whose).
				WithRelated(outer.at, "%s", outer.prefix).
				WithHint("give each its own prefix"))
			spaces[i] = outer
		}
	}
}

func (b *builder) validateSubnet(v *VirtualNetwork, s *Subnet) {
	if len(s.Prefixes) == 0 {
		b.topology(s.Rank, diagnostic.Errorf("missing-property", s.At, "the subnet %q has no address prefix", s.title()).
			WithHint("state addressPrefix or addressPrefixes"))
		s.Prefixes = []Value[netip.Prefix]{NotKnown[netip.Prefix](&Unknown{
			Name: s.title() + " addressPrefixes", Why: "the input does not state the prefixes", At: s.At,
		})}
	}
	whole, known := knownSpace(v)
	for _, p := range s.Prefixes {
		prefix, ok := p.Known()
		if !ok {
			continue
		}
		b.validateSize(s, prefix, p.At)
		if known && !covered(prefix, whole) {
			b.topology(s.Rank, diagnostic.Errorf("subnet-outside", p.At, "the subnet %q has the prefix %s, which is not in the address space of %q", s.Name, prefix, v.title()).
				WithRelated(v.AddressSpace[0].At, "the address space").
				WithHint("widen the address space or move the subnet"))
		}
	}
	b.validateSpecial(s)
}

// validateSize checks the length of a subnet's prefix (FAB-5).
func (b *builder) validateSize(s *Subnet, p netip.Prefix, at Position) {
	switch {
	case p.Addr().Is4() && (p.Bits() < 8 || p.Bits() > 29):
		b.topology(s.Rank, diagnostic.Errorf("subnet-size", at, "the subnet %q has the prefix %s, expected a length from /8 to /29", s.Name, p))
	case p.Addr().Is6() && p.Bits() != 64:
		b.topology(s.Rank, diagnostic.Errorf("subnet-size", at, "the subnet %q has the prefix %s, expected a length of /64", s.Name, p))
	}
}

// knownSpace is the address space of a network; false when a part of it is
// not known.
func knownSpace(v *VirtualNetwork) ([]netip.Prefix, bool) {
	var whole []netip.Prefix
	for _, p := range v.AddressSpace {
		prefix, ok := p.Known()
		if !ok {
			return nil, false
		}
		whole = append(whole, prefix)
	}
	return whole, true
}

// covered reports whether p lies in the union of the prefixes.
func covered(p netip.Prefix, prefixes []netip.Prefix) bool {
	narrower := false
	for _, q := range prefixes {
		if !q.Overlaps(p) {
			continue
		}
		if q.Bits() <= p.Bits() {
			return true
		}
		narrower = true
	}
	if !narrower {
		return false
	}
	low, high := halves(p)
	return covered(low, prefixes) && covered(high, prefixes)
}

// halves splits a prefix that is shorter than its address.
func halves(p netip.Prefix) (low, high netip.Prefix) {
	bits := p.Bits() + 1
	bytes := p.Addr().AsSlice()
	bytes[p.Bits()/8] |= 0x80 >> (p.Bits() % 8)
	upper, _ := netip.AddrFromSlice(bytes)
	return netip.PrefixFrom(p.Addr(), bits), netip.PrefixFrom(upper, bits)
}
