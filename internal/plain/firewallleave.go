package plain

import (
	"net/netip"
	"slices"

	"github.com/wayleave/wayleave/internal/azure"
)

// SeenKind says what kind of source address a destination sees.
type SeenKind string

// Kinds of source addresses.
const (
	// SeenPublic is one public address.
	SeenPublic SeenKind = "public"
	// SeenUnpredictable is any of several public addresses.
	SeenUnpredictable SeenKind = "unpredictable"
	// SeenPrivate is an address of a virtual network.
	SeenPrivate SeenKind = "private"
	// SeenEither is one of which it is not known on which way the packet gets it.
	SeenEither SeenKind = "unknown"
	// SeenUnknown is one of which the input does not tell.
	SeenUnknown SeenKind = ""
)

// Seen is the source address with which a packet arrives.
type Seen struct {
	Kind SeenKind
	// Addresses it can be, sorted; of one that is not known the resource.
	Addresses []string
	// Translated says that the address is not the sender's own.
	Translated bool
}

// alike reports whether a destination cannot tell two of them apart.
func (s Seen) alike(o Seen) bool {
	kept := func(s Seen) bool { return s.Kind == SeenUnknown || s.Kind == SeenPrivate && !s.Translated }
	return kept(s) && kept(o) || s.Kind == o.Kind && s.Translated == o.Translated && slices.Equal(s.Addresses, o.Addresses)
}

func (a *asking) see(s Seen) { a.seen = s }

func prefixTexts(subnet *azure.Subnet) []string {
	var texts []string
	for _, prefix := range subnet.Prefixes {
		texts = append(texts, prefix.V.String())
	}
	return texts
}

// leaveFirewall lets a packet of a firewall leave to the internet: TCP and UDP
// with a public address of the firewall or of the NAT gateway of its subnet
// (S-01 rows 3, 4, 6 and 9).
func (a *asking) leaveFirewall(w way, p Packet) *Answer {
	g := a.via.gate
	if answer := a.unreceived(p); answer != nil {
		return answer
	}
	if a.via.inward {
		return a.end(Undecided, translation(g, Unknowable, "a NAT rule sends the packet to a public address (S-01 row 2)"))
	}
	if p.Protocol != protoTCP && p.Protocol != protoUDP {
		return a.end(Deny, translation(g, Drops, "through a firewall only TCP and UDP reach the internet (P-32)"))
	}
	gateway, hasGateway := a.network.NATGateway(g.place.subnet.NATGateway.ID)
	empty := hasGateway && gateway.Empty()
	hasGateway = hasGateway && !empty
	private := a.inPrivateRanges(g.firewall, p.Destination)
	if a.via.application {
		private = no // S-01 row 10
	}
	switch {
	case private == yes && !hasGateway:
		return a.end(Deny, translation(g, Drops, "untranslated: the destination is one of the firewall's private ranges (C-15)"))
	case private != no:
		return a.end(Undecided, translation(g, Unknowable, "whether the packet gets a public address is not known"))
	case hasGateway:
		a.see(a.publicOf(gateway))
	case len(g.firewall.UnknownIPConfigurations) > 0:
		a.see(Seen{})
	default:
		var all []azure.Reference
		for _, c := range g.firewall.IPConfigurations {
			if c.PublicIPAddress.IsSet() {
				all = append(all, c.PublicIPAddress)
			}
		}
		a.see(a.publicSet(all))
	}
	if a.seen.Kind != SeenUnknown && len(a.seen.Addresses) == 0 {
		return a.end(Deny, translation(g, Drops, "the firewall has no public address"))
	}
	if empty {
		return a.end(Undecided, translation(g, Unknowable, "the NAT gateway has no public IP address (S-23)"))
	}
	a.pass(w.hop(g.place, Forwards, ""))
	a.pass(translation(g, Translates, ""))
	return a.fromFirewallBack(p.reply())
}

// publicOf is what a NAT gateway translates to: any of its addresses (S-24).
func (a *asking) publicOf(gateway *azure.NATGateway) Seen {
	s := a.publicSet(gateway.PublicIPAddresses)
	for _, ref := range gateway.PublicIPPrefixes {
		prefix, _ := a.network.PublicIPPrefix(ref.ID)
		if !prefix.Prefix.V.IsSingleIP() {
			return Seen{SeenUnpredictable, append(s.Addresses, prefix.Prefix.V.String()), true}
		}
		s.Addresses = append(s.Addresses, prefix.Prefix.V.Addr().String())
	}
	return predictable(s.Addresses)
}

func (a *asking) publicSet(refs []azure.Reference) Seen {
	var list []string
	for _, ref := range refs {
		name := string(ref.ID)
		if ip, ok := a.network.PublicIPAddress(ref.ID); ok {
			name = ip.Address
			if address, known := ip.IPAddress.Known(); known {
				name = address.String()
			}
		}
		list = append(list, name)
	}
	return predictable(list)
}

// predictable says that one address is public and several are unpredictable
// (S-20).
func predictable(list []string) Seen {
	slices.Sort(list)
	list = slices.Compact(list)
	if len(list) > 1 {
		return Seen{SeenUnpredictable, list, true}
	}
	return Seen{SeenPublic, list, true}
}

// ianaPrivate are the ranges that are private by default; whether the last one
// is among them is open (S-04).
var ianaPrivate = prefixes("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")

var sharedSpace = netip.MustParsePrefix("100.64.0.0/10")

// inPrivateRanges tells whether a firewall leaves the source of packets to a
// destination as it is (S-03 to S-07).
func (a *asking) inPrivateRanges(f *azure.AzureFirewall, to netip.Addr) match {
	terms, learns := f.PrivateRanges, no
	if f.Policy.IsSet() {
		policy, ok := a.network.FirewallPolicy(f.Policy.ID)
		if !ok || policy.Stub || len(policy.PrivateRanges) == 0 && a.parentHasRanges(policy) {
			return maybe
		}
		terms, learns = policy.PrivateRanges, flag(policy.AutoLearnPrivateRanges)
	}
	m := min(maybe, learns) // what is learnt is not in the input
	if len(terms) == 0 {
		m = max(m, a.inIANA(to))
	}
	for _, term := range terms {
		if term.Kind == azure.FirewallTag && FoldTag(term.Name) == "ianaprivateranges" {
			m = max(m, a.inIANA(to))
		} else {
			m = max(m, inRange(term, to))
		}
	}
	return m
}

// parentHasRanges reports whether an ancestor of a policy has private ranges of
// its own, or may have: whether a child without any has them too is not known.
func (a *asking) parentHasRanges(policy *azure.FirewallPolicy) bool {
	for range a.network.FirewallPolicies {
		if !policy.Base.IsSet() {
			return false
		}
		parent, ok := a.network.FirewallPolicy(policy.Base.ID)
		if !ok || parent.Stub || len(parent.PrivateRanges) > 0 || flag(parent.AutoLearnPrivateRanges) != no {
			return true
		}
		policy = parent
	}
	return true // its own ancestor
}

func (a *asking) inIANA(to netip.Addr) match {
	if within(to, ianaPrivate) || sharedSpace.Contains(to) && !a.on(SharedSpaceIsPublic) {
		return yes
	}
	return no
}
