package azure

import "github.com/wayleave/wayleave/internal/diagnostic"

// home is a virtual network with the IP configuration that places an
// application security group in it.
type home struct {
	network *VirtualNetwork
	config  *IPConfiguration
}

// validateMembers checks that the members of an application security group,
// and those of all groups that one rule names on both sides, are in one
// virtual network (ASG-3).
func (b *builder) validateMembers() {
	homes := map[ID]home{}
	for _, nic := range b.network.NetworkInterfaces {
		for _, c := range nic.IPConfigurations {
			s, ok := b.network.Subnet(c.Subnet.ID)
			if !ok {
				continue
			}
			for _, g := range c.ApplicationSecurityGroups {
				if g.ID == "" {
					continue
				}
				have, ok := homes[g.ID]
				if !ok {
					homes[g.ID] = home{s.VirtualNetwork, c}
				} else if have.network != s.VirtualNetwork {
					b.topology(nic.Rank, diagnostic.Errorf("group-members", g.At, "the application security group %q has members in %q and in %q, expected one virtual network", g.ID.Name(), have.network.title(), s.VirtualNetwork.title()).
						WithRelated(have.config.At, "a member in %s", have.network.title()))
				}
			}
		}
	}
	for _, g := range b.network.NetworkSecurityGroups {
		for _, r := range g.Rules {
			b.validateGroupSides(r, homes)
		}
	}
}

func (b *builder) validateGroupSides(r *SecurityRule, homes map[ID]home) {
	for _, s := range r.Source.OtherThanPrefixes() {
		if s.Kind != GroupAddress {
			continue
		}
		from, ok := homes[s.Group.ID]
		if !ok {
			continue
		}
		for _, d := range r.Destination.OtherThanPrefixes() {
			if d.Kind != GroupAddress {
				continue
			}
			if to, ok := homes[d.Group.ID]; ok && to.network != from.network {
				b.topology(r.Rank, diagnostic.Errorf("group-members", d.At, "the rule %q names application security groups of two virtual networks: %q in %q and %q in %q",
					r.title(), s.Group.ID.Name(), from.network.title(), d.Group.ID.Name(), to.network.title()).
					WithRelated(s.At, "%s", s.Group.ID.Name()).
					WithHint("name prefixes for one of the two sides"))
				return
			}
		}
	}
}
