package azure

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// applyAdminRules tells every subnet which admin rules come before its security
// groups, by priority.
func (b *builder) applyAdminRules() {
	n := b.network
	for _, r := range n.AdminRules {
		r.Match = b.adminMatch(r)
	}
	for _, s := range n.Subnets() {
		var managers []string
		for _, r := range n.AdminRules {
			applies, why := b.adminApplies(r, s)
			if !applies {
				continue
			}
			a := AppliedAdminRule{Rule: r}
			if why != "" {
				a.Doubt = &Unknown{Name: r.title(), Why: why, At: r.At}
			}
			s.AdminRules = append(s.AdminRules, a)
			if m := b.managerOf(r); !slices.Contains(managers, m) {
				managers = append(managers, m)
			}
		}
		if len(managers) > 1 { // ADM-4
			const why = "admin rules of several network managers meet here, and the order of their scopes is not known (ADM-4)"
			for i, a := range s.AdminRules {
				s.AdminRules[i].Doubt = cmp.Or(a.Doubt, &Unknown{Name: a.Rule.title(), Why: why, At: a.Rule.At})
			}
		}
		slices.SortStableFunc(s.AdminRules, func(x, y AppliedAdminRule) int { return cmp.Compare(x.Rule.Priority.Or(0), y.Rule.Priority.Or(0)) })
	}
}

// adminApplies reports whether an admin rule comes before the security group of
// a subnet; why is set where it is not known. That the configuration is deployed
// is taken as given (ADM-9).
func (b *builder) adminApplies(r *AdminRule, s *Subnet) (applies bool, why string) {
	if b.skipsAdminRules(s) {
		return false, ""
	}
	applies, why = b.adminCovers(r, s)
	if !applies {
		return false, ""
	}
	policied, reason := b.adminUnderPolicies(r, s.VirtualNetwork)
	return policied, cmp.Or(why, reason)
}

// skipsAdminRules tells the subnets of the platform's own services, which admin
// rules skip (ADM-7).
func (b *builder) skipsAdminRules(s *Subnet) bool {
	switch MakeID(s.Name) {
	case "azurefirewallsubnet", "azurefirewallmanagementsubnet", "gatewaysubnet", "azurebastionsubnet", "routeserversubnet":
		return true
	}
	return b.holdsService(s, TypeApplicationGateway) && !delegatedTo(s, TypeApplicationGateway)
}

// adminCovers reports whether a rule's collection is for a network group with
// the subnet or its network.
func (b *builder) adminCovers(r *AdminRule, s *Subnet) (covers bool, why string) {
	c, ok := lookup[*AdminCollection](b.network, r.Collection.ID)
	if !ok {
		return true, fmt.Sprintf("no input states the rule collection of security admin rule %s, and so which networks it is for", r.title())
	}
	if len(c.NetworkGroups) == 0 {
		return true, fmt.Sprintf("no input states the network groups of rule collection %s", c.title())
	}
	for _, ref := range c.NetworkGroups {
		if ref.Unknown != nil {
			why = fmt.Sprintf("a network group of rule collection %s is not known: %s", c.title(), ref.Unknown.Why)
			continue
		}
		members := b.membersOf(ref.ID)
		if len(members) == 0 {
			why = cmp.Or(why, fmt.Sprintf("no input states the members of network group %s, which rule collection %s is for", ref.ID.Name(), c.title()))
		}
		for _, m := range members {
			switch {
			case m.Member.Unknown != nil:
				why = cmp.Or(why, fmt.Sprintf("a member of network group %s is not known: %s", ref.ID.Name(), m.Member.Unknown.Why))
			case m.Member.ID == s.ID, m.Member.ID == s.VirtualNetwork.ID:
				return true, ""
			}
		}
	}
	return why != "", why
}

// membersOf are the static members of a network group, those of a group that is
// not known included.
func (b *builder) membersOf(group ID) []*NetworkGroupMember {
	var list []*NetworkGroupMember
	for _, m := range b.network.NetworkGroupMembers {
		if m.Group.ID == group || m.Group.Unknown != nil {
			list = append(list, m)
		}
	}
	return list
}

// adminUnderPolicies reports whether a rule applies in a network: one with
// services that rest on network intent policies is left out unless the
// configuration says otherwise (ADM-6).
func (b *builder) adminUnderPolicies(r *AdminRule, v *VirtualNetwork) (applies bool, why string) {
	if !b.hasIntentPolicies(v) {
		return true, ""
	}
	c, _ := lookup[*AdminCollection](b.network, r.Collection.ID)
	if c == nil {
		return true, "no input states the configuration of security admin rule " + r.title()
	}
	config, ok := lookup[*AdminConfiguration](b.network, c.Configuration.ID)
	if !ok {
		return true, fmt.Sprintf("no input states the configuration of security admin rule %s, and so whether it applies beside network intent policies", r.title())
	}
	access, known := r.Access.Known()
	for _, v := range config.IntentPolicies {
		switch text, ok := v.Known(); {
		case !ok:
			return true, "whether configuration " + config.title() + " applies beside network intent policies is not known"
		case strings.EqualFold(text, "All"):
			return true, ""
		case strings.EqualFold(text, "AllowRulesOnly") && known && access == AdminDeny:
			return false, ""
		case strings.EqualFold(text, "AllowRulesOnly") && known && access == AdminAllow:
			return true, ""
		case strings.EqualFold(text, "AllowRulesOnly"):
			return true, "whether AllowRulesOnly holds for rules that always allow is not documented (ADM-6)"
		}
	}
	return false, ""
}

// intentPolicyTypes are the services that rest on network intent policies
// (ADM-6).
var intentPolicyTypes = []string{"Microsoft.Sql/managedInstances", "Microsoft.Databricks/workspaces"}

func (b *builder) hasIntentPolicies(v *VirtualNetwork) bool {
	for _, s := range v.Subnets {
		for _, t := range intentPolicyTypes {
			if delegatedTo(s, t) || b.holdsService(s, t) {
				return true
			}
		}
	}
	return false
}

func delegatedTo(s *Subnet, service string) bool {
	return slices.ContainsFunc(s.Delegations, func(v Value[string]) bool { return strings.EqualFold(v.Or(""), service) })
}

// holdsService reports whether a service of a type stands in a subnet.
func (b *builder) holdsService(s *Subnet, typ string) bool {
	for _, m := range b.network.ManagedServices {
		if strings.EqualFold(m.Type, typ) && slices.ContainsFunc(m.Subnets, func(r Reference) bool { return r.ID == s.ID }) {
			return true
		}
	}
	return false
}

// managerOf names the network manager of a rule.
func (b *builder) managerOf(r *AdminRule) string {
	if c, ok := lookup[*AdminCollection](b.network, r.Collection.ID); ok {
		if config, ok := lookup[*AdminConfiguration](b.network, c.Configuration.ID); ok && config.Manager.ID != "" {
			return string(config.Manager.ID)
		}
	}
	manager, _, _ := strings.Cut(string(r.ID), "/securityadminconfigurations/")
	if manager == string(r.ID) {
		return "" // an id of Terraform's tells no manager
	}
	return manager
}

// adminMatch is what an admin rule matches, as fields of a security rule.
func (b *builder) adminMatch(r *AdminRule) *SecurityRule {
	m := &SecurityRule{
		Resource: r.Resource, Direction: r.Direction, Priority: r.Priority,
		Source: b.adminSide(r, r.Sources), Destination: b.adminSide(r, r.Destinations),
		SourcePorts: orEveryPort(r.SourcePorts), DestinationPorts: orEveryPort(r.DestinationPorts),
	}
	text, ok := r.Protocol.Known()
	switch {
	case ok && strings.EqualFold(text, "Any"):
		m.Protocol = Of(AnyProtocol, r.Protocol.At)
	case ok:
		m.Protocol, _ = ParseProtocol(text, r.Protocol.At)
	}
	if _, ok := m.Protocol.Known(); !ok {
		m.Protocol = NotKnown[Protocol](&Unknown{Name: r.title() + " protocol", Why: "the input does not tell the protocol of the rule", At: r.At})
	}
	return m
}

// orEveryPort is the ports, which are all where none are stated.
func orEveryPort(p Ports) Ports {
	if len(p.Terms) == 0 {
		p.Terms = []PortTerm{{First: 0, Last: 65535, Text: "*", At: p.At}}
	}
	return p
}

// adminSide is one side of an admin rule (ADM-8).
func (b *builder) adminSide(r *AdminRule, list []AdminAddress) Side {
	var terms []AddressTerm
	add := func(why string, at Position) {
		terms = append(terms, AddressTerm{Kind: UnknownAddress, Unknown: &Unknown{Name: r.title() + " addresses", Why: why, At: at}, At: at})
	}
	if len(list) == 0 {
		add("the input does not state the addresses of the rule", r.At)
	}
	for _, a := range list {
		kind, knownKind := a.Kind.Known()
		text, known := a.Text.Known()
		term, problems := ParseAddressTerm(text, a.At, false)
		switch {
		case !known || !knownKind:
			add("the input does not tell an address of the rule", a.At)
		case strings.EqualFold(kind, "NetworkGroup"):
			terms = append(terms, b.spaceOfGroup(b.canonical(MakeID(text)), a.At)...)
		case len(problems) > 0, strings.HasPrefix(strings.ToLower(term.Tag), "azureplatform"):
			add(fmt.Sprintf("what an admin rule with the address %q matches is not modelled", text), a.At)
		default:
			terms = append(terms, term)
		}
	}
	side := NewSide(terms...)
	side.At = r.At
	return side
}

// spaceOfGroup is the address spaces of the members of a network group.
func (b *builder) spaceOfGroup(group ID, at Position) []AddressTerm {
	var terms []AddressTerm
	open := func(why string) {
		terms = append(terms, AddressTerm{Kind: UnknownAddress, Unknown: &Unknown{Name: "network group " + group.Name(), Why: why, At: at}, At: at})
	}
	members := b.membersOf(group)
	if len(members) == 0 {
		open("no input states its members")
	}
	for _, m := range members {
		var spaces []Value[netip.Prefix]
		if v, ok := b.network.VirtualNetwork(m.Member.ID); ok {
			spaces = v.AddressSpace
		} else if s, ok := b.network.Subnet(m.Member.ID); ok {
			spaces = s.Prefixes
		}
		if len(spaces) == 0 {
			open("no input states the addresses of its member " + cmp.Or(m.Member.Text, "that is not known"))
		}
		for _, p := range spaces {
			if prefix, ok := p.Known(); ok {
				terms = append(terms, AddressTerm{Kind: PrefixAddress, Prefix: prefix, Text: prefix.String(), At: at})
			} else {
				open("the addresses of its member " + m.Member.Text + " are not known")
			}
		}
	}
	return terms
}
