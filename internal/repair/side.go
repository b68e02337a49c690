package repair

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
)

// side writes addresses as a rule does. A tag is used where the requirement
// names it; near says that the addresses are those of the group's own subnets.
func (p *planner) side(tag string, s flow.AddressSet, at stage, near bool) (texts []string, isTag bool, problem string) {
	if tag != "" {
		return []string{tag}, true, ""
	}
	rest := s
	n := p.fabric.Network()
	for _, v := range n.VirtualNetworks {
		if held := p.fabric.Holds(v); !held.IsEmpty() && held.SubsetOf(s) && allKnown(v.AddressSpace) {
			rest = rest.Minus(held)
			texts = append(texts, prefixTexts(v.AddressSpace)...)
		}
	}
	for _, subnet := range n.Subnets() {
		// The reserved addresses of a subnet (FAB-4) belong to nobody: its
		// prefix says no more than those it gives away.
		if held := p.fabric.Addresses(subnet).Only(family(s)); !held.IsEmpty() && held.Overlaps(rest) && held.SubsetOf(s) && allKnown(subnet.Prefixes) {
			rest = rest.Minus(held)
			texts = append(texts, prefixTexts(of(subnet.Prefixes, family(s)))...)
		}
	}
	if names := rest.Opaques(); len(names) > 0 {
		if near && p.coversAll(s, at) {
			return []string{anyAddress}, true, ""
		}
		return nil, false, fmt.Sprintf("the addresses of %s are not known, so no rule can name them", strings.Join(names, ", "))
	}
	for prefix := range rest.Prefixes() {
		texts = append(texts, prefix.String())
	}
	return sortPrefixes(texts), false, ""
}

// anyAddress is what a rule says in place of addresses that it cannot name.
const anyAddress = "*"

// tagAt is the tag by which a rule of a group names addresses, empty where it lists
// them. A default route to an appliance takes every address out of Internet (TAG-12,
// TAG-23): a rule for the tag would match none of them there.
func (p *planner) tagAt(tag string, s flow.AddressSet, at stage) string {
	tag = p.tagFor(tag)
	if !strings.EqualFold(tag, "Internet") || s.Overlaps(p.certain(tag, s, at)) {
		return tag
	}
	if len(s.Opaques()) > 0 {
		return anyAddress
	}
	return ""
}

// certain is what an address text of a rule holds at every place of a stage.
func (p *planner) certain(tag string, s flow.AddressSet, at stage) flow.AddressSet {
	switch {
	case tag == anyAddress:
		return p.fabric.EveryAddress()
	case tag == "" || strings.EqualFold(tag, "AzureLoadBalancer"):
		return s
	case !strings.EqualFold(tag, "Internet"):
		held, err := p.fabric.TagSpace(tag)
		if err != nil {
			return flow.AddressSet{}
		}
		return held
	}
	held := p.fabric.EveryAddress()
	for _, subnet := range p.fabric.Network().Subnets() {
		if p.uses(subnet, at.group) {
			held = held.Intersect(p.fabric.InternetTag(subnet).Must)
		}
	}
	return held
}

// uses reports whether a group decides at a subnet, at it or at an interface.
func (p *planner) uses(s *azure.Subnet, group azure.ID) bool {
	if s.NetworkSecurityGroup.ID == group {
		return true
	}
	for _, nic := range p.fabric.Network().NetworkInterfaces {
		if nic.NetworkSecurityGroup.ID != group {
			continue
		}
		for _, c := range nic.IPConfigurations {
			if c.Subnet.ID == s.ID {
				return true
			}
		}
	}
	return false
}

func family(s flow.AddressSet) flow.Family { return s.Families()[0] }

func allKnown(values []azure.Value[netip.Prefix]) bool {
	for _, v := range values {
		if _, ok := v.Known(); !ok {
			return false
		}
	}
	return true
}

func of(values []azure.Value[netip.Prefix], f flow.Family) []azure.Value[netip.Prefix] {
	var list []azure.Value[netip.Prefix]
	for _, v := range values {
		if v.V.Addr().Is4() == (f == flow.IPv4) {
			list = append(list, v)
		}
	}
	return list
}

func prefixTexts(values []azure.Value[netip.Prefix]) []string {
	var texts []string
	for _, v := range values {
		texts = append(texts, v.V.String())
	}
	return texts
}

// coversAll reports whether the addresses are all of those for which the group
// decides, so that "*" says the same.
func (p *planner) coversAll(s flow.AddressSet, at stage) bool {
	n := p.fabric.Network()
	for _, nic := range n.NetworkInterfaces {
		if nic.NetworkSecurityGroup.ID == at.group {
			return false
		}
	}
	for _, subnet := range n.Subnets() {
		if subnet.NetworkSecurityGroup.ID == at.group && !p.fabric.Addresses(subnet).Only(family(s)).SubsetOf(s) {
			return false
		}
	}
	return true
}
