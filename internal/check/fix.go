package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/service"
)

// fix says in words what would open the missing packets, empty where nothing
// is blocked.
func (a *asker) fix(row *service.Row, all parts) string {
	blocked := all.of(reach.Blocked)
	if len(blocked) == 0 {
		return ""
	}
	if text, ok := sourcePortFix(all); ok {
		return text
	}
	var steps []string
	for _, g := range a.groups(blocked) {
		steps = append(steps, g.step(row)+a.beyondTag(row, g, blocked))
	}
	for _, p := range blocked {
		for _, h := range p.Blockers {
			if text := a.otherStep(row, h); text != "" {
				steps = append(steps, text)
			}
		}
	}
	return strings.Join(compact(steps), "; ")
}

// sourcePortFix recognises the rule that passes only some source ports
// (NSG-8): the most common way to write a rule that looks right.
func sourcePortFix(all parts) (string, bool) {
	var passing flow.PortSet
	rule := ""
	for _, p := range all.of(reach.Allowed) {
		for _, c := range p.packets {
			if c.Protocols.Contains(flow.TCP) {
				passing = passing.Union(c.SourcePorts)
			}
		}
		for _, h := range p.Trace {
			if h.Kind == fabric.KindNSGRule && h.Decision == fabric.Allow && rule == "" {
				rule = h.Name
			}
		}
	}
	if rule == "" || passing.IsEmpty() || passing.IsAll() {
		return "", false
	}
	return fmt.Sprintf("only source port %s passes, by %s; source ports are ephemeral, so set them to * there", passing.Folded(4), rule), true
}

// blockingGroup is a security group that blocks in one direction.
type blockingGroup struct {
	name      string
	direction azure.Direction
	first     reach.Hop // the blocking rule of the smallest priority
}

// groups collects the security groups among the blockers, in order.
func (a *asker) groups(blocked parts) []*blockingGroup {
	var list []*blockingGroup
	byKey := map[string]*blockingGroup{}
	for _, p := range blocked {
		for _, h := range p.Blockers {
			if h.Kind != fabric.KindNSGRule && h.Kind != fabric.KindNSGDefaultRule {
				continue
			}
			direction := a.direction(h)
			key := string(h.Resource) + string(direction)
			g := byKey[key]
			if g == nil {
				g = &blockingGroup{name: shortName(h), direction: direction, first: h}
				byKey[key] = g
				list = append(list, g)
			}
			if h.Priority < g.first.Priority {
				g.first = h
			}
		}
	}
	return list
}

// direction of the rule that a hop names.
func (a *asker) direction(h reach.Hop) azure.Direction {
	if group, ok := a.fabric.Network().NetworkSecurityGroup(h.Resource); ok {
		for _, r := range group.Rules {
			if r.Name == h.Name && r.Priority.Or(0) == h.Priority {
				return r.Direction.Or("")
			}
		}
	}
	if strings.HasSuffix(h.Name, "OutBound") {
		return azure.Outbound
	}
	return azure.Inbound
}

func shortName(h reach.Hop) string {
	name := h.Address
	if name == "" {
		name = string(h.Resource)
	}
	return name[strings.LastIndexByte(name, '/')+1:]
}

// step says what to add to the group. A group at the far end of the row decides
// in the other direction: there the row's far end is the near one, so both are said.
func (g *blockingGroup) step(row *service.Row) string {
	direction := strings.ToLower(string(g.direction))
	what := fmt.Sprintf("in %s allow %s %s %s", g.name, direction, row.Protocols, portText(row))
	far := " to " + row.Destination.Text
	if row.Requirement.Direction == "inbound" {
		far = " from " + row.Source.Text
	}
	if direction != row.Requirement.Direction {
		far = " from " + row.Source.Text + " to " + row.Destination.Text
	}
	if g.first.Kind == fabric.KindNSGDefaultRule {
		return what + far
	}
	return fmt.Sprintf("%s%s before priority %d (%s)", what, far, g.first.Priority, g.first.Name)
}

// beyondTag says that a rule for the tag Internet would let nothing pass at the
// subnet, whose default route takes every address out of it (TAG-23).
func (a *asker) beyondTag(row *service.Row, g *blockingGroup, blocked parts) string {
	if strings.ToLower(string(g.direction)) != row.Requirement.Direction || row.Subnet == nil {
		return ""
	}
	far, end := row.Destination, func(c flow.Cube) flow.AddressSet { return c.Destination }
	if row.Requirement.Direction == "inbound" {
		far, end = row.Source, func(c flow.Cube) flow.AddressSet { return c.Source }
	}
	held := a.fabric.InternetTag(row.Subnet).Must
	if !isInternet(far) || slices.ContainsFunc(blocked, func(p part) bool {
		return slices.ContainsFunc(p.packets, func(c flow.Cube) bool { return end(c).Overlaps(held) })
	}) {
		return ""
	}
	return ", by prefixes: the routes of the subnet leave none of these addresses in the tag Internet"
}

func portText(row *service.Row) string {
	if row.DestinationPorts.IsAll() {
		return "on all ports"
	}
	return row.DestinationPorts.String()
}

// otherStep says what to do about a blocker that is no rule of a security
// group; empty where there is nothing to do.
func (a *asker) otherStep(row *service.Row, h reach.Hop) string {
	switch h.Kind {
	case fabric.KindFirewallDefaultDeny, fabric.KindFirewallRule:
		if h.Decision != fabric.Deny || row.Requirement.Direction != "outbound" {
			return ""
		}
		to := row.Destination.Text
		if isInternet(row.Destination) { // which firewalls do not know (P-34)
			to = "every address"
		}
		what := fmt.Sprintf("allow %s %s to %s", row.Protocols, portText(row), to)
		if h.Kind == fabric.KindFirewallRule {
			return fmt.Sprintf("%s before rule %s of %s%s", what, h.Name, shortName(h), a.inBasePolicy(h))
		}
		return fmt.Sprintf("in firewall %s %s", shortName(h), what)
	case fabric.KindRoute:
		return fmt.Sprintf("remove or narrow route %s of %s", h.Name, shortName(h))
	case fabric.KindReturnPath:
		if h.Resource == "" { // no user's route
			return "give the replies a way back"
		}
		return fmt.Sprintf("give the replies another way back than route %s of %s", h.Name, shortName(h))
	case fabric.KindPeering:
		return "connect the peering " + h.Name + " on both sides"
	}
	return ""
}

// inBasePolicy says that a collection is of a policy that others inherit: no rule of
// theirs comes before its own (P-13).
func (a *asker) inBasePolicy(h reach.Hop) string {
	policies := a.fabric.Network().FirewallPolicies
	if h.Resource == "" {
		return ""
	}
	for _, p := range policies {
		if slices.ContainsFunc(p.Groups, func(g *azure.RuleCollectionGroup) bool {
			return slices.ContainsFunc(g.Collections, func(k *azure.RuleCollection) bool { return k.ID == h.Resource })
		}) && slices.ContainsFunc(policies, func(o *azure.FirewallPolicy) bool { return o.Base.IsSet() && o.Base.ID == p.ID }) {
			return ", in the base policy " + p.Name
		}
	}
	return ""
}
