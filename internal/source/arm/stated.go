package arm

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

// stated are values that reference() gives at run time and that the template
// states itself: the prefixes of its subnets and networks and the addresses of
// its interfaces, by the names of the unknowns.
type stated map[string]netip.Prefix

// settle replaces such unknowns in rules and routes by the values.
func (r *reader) settle() {
	s := stated{}
	inv := r.inventory
	for _, v := range inv.VirtualNetworks {
		s.prefixes(v.ID, ".addressSpace.addressPrefixes", v.AddressSpace)
		for _, subnet := range v.Subnets {
			s.subnet(subnet)
		}
	}
	for _, c := range inv.Subnets {
		s.subnet(c.Resource)
	}
	for _, n := range inv.NetworkInterfaces {
		for i, c := range n.IPConfigurations {
			if a, ok := c.PrivateIPAddress.Known(); ok {
				s.note(n.ID, ".ipConfigurations["+strconv.Itoa(i)+"].properties.privateIPAddress", netip.PrefixFrom(a, a.BitLen()))
			}
		}
	}
	if len(s) == 0 {
		return
	}
	for _, g := range inv.NetworkSecurityGroups {
		for _, rule := range g.Rules {
			s.rule(rule)
		}
	}
	for _, c := range inv.SecurityRules {
		s.rule(c.Resource)
	}
	for _, t := range inv.RouteTables {
		for _, route := range t.Routes {
			s.route(route)
		}
	}
	for _, c := range inv.Routes {
		s.route(c.Resource)
	}
	s.firewalls(inv)
}

// folded brings names and ids to one form: an id has colons where the name of
// an unknown in it has slashes.
func folded(name string) string { return strings.ToLower(strings.ReplaceAll(name, "/", ":")) }

func (s stated) note(id azure.ID, path string, p netip.Prefix) {
	s[folded("reference('"+string(id)+"')"+path)] = p
}

func (s stated) prefixes(id azure.ID, path string, list []azure.Value[netip.Prefix]) {
	for i, v := range list {
		if p, ok := v.Known(); ok {
			s.note(id, path+"["+strconv.Itoa(i)+"]", p)
		}
	}
}

func (s stated) subnet(subnet *azure.Subnet) {
	s.prefixes(subnet.ID, ".addressPrefixes", subnet.Prefixes)
	if len(subnet.Prefixes) == 1 {
		if p, ok := subnet.Prefixes[0].Known(); ok {
			s.note(subnet.ID, ".addressPrefix", p)
		}
	}
}

// find is the value of an unknown, if the template states it.
func (s stated) find(u *azure.Unknown) (netip.Prefix, bool) {
	if u == nil {
		return netip.Prefix{}, false
	}
	p, ok := s[folded(u.Name)]
	return p, ok
}

func (s stated) rule(r *azure.SecurityRule) {
	for _, side := range []*azure.Side{&r.Source, &r.Destination} {
		for _, t := range side.OtherThanPrefixes() {
			if _, ok := s.find(t.Unknown); ok {
				*side = side.With(s.settled)
				break
			}
		}
	}
}

func (s stated) settled(t azure.AddressTerm) azure.AddressTerm {
	if p, ok := s.find(t.Unknown); ok {
		return azure.AddressTerm{Kind: azure.PrefixAddress, Prefix: p, Text: p.String(), At: t.At}
	}
	return t
}

func (s stated) route(r *azure.Route) {
	r.Destination = s.settled(r.Destination)
	if p, ok := s.find(r.NextHopIPAddress.Unknown); ok && p.IsSingleIP() {
		r.NextHopIPAddress = azure.Of(p.Addr(), r.NextHopIPAddress.At)
	}
}

func (s stated) firewalls(inv *azure.Inventory) {
	var collections []*azure.RuleCollection
	for _, f := range inv.AzureFirewalls {
		collections = append(collections, f.RuleCollections...)
	}
	for _, g := range inv.RuleCollectionGroups {
		collections = append(collections, g.Resource.Collections...)
	}
	for _, k := range collections {
		for _, r := range k.Rules {
			s.firewallTerms(r.Source.Terms)
			s.firewallTerms(r.Destination.Terms)
			if p, ok := s.find(r.TranslatedAddress.Unknown); ok && p.IsSingleIP() {
				r.TranslatedAddress = azure.Of(p.Addr(), r.TranslatedAddress.At)
			}
		}
	}
	for _, g := range inv.IPGroups {
		s.firewallTerms(g.Addresses)
	}
}

func (s stated) firewallTerms(terms []azure.FirewallTerm) {
	for i, t := range terms {
		if p, ok := s.find(t.Unknown); ok {
			if known, problems := azure.ParseFirewallTerm(p.String(), t.At); len(problems) == 0 {
				terms[i] = known
			}
		}
	}
}
