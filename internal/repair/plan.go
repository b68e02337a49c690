package repair

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/check"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/service"
)

// Need is a requirement of a service that fails.
type Need struct {
	// Service names the profile in descriptions.
	Service string
	check.Missing
	// SubnetRule is what the subnet of the row has to have and has not, nil for a
	// row about packets; then nothing else of the row counts.
	SubnetRule *service.SubnetRule
}

// Action is what an edit does.
type Action string

// Actions, in the words of the contract.
const (
	Add    Action = "add"
	Modify Action = "modify"
	// Remove is of a security rule, with the rule in Was, which [WithoutBlockers]
	// alone does, or of a RouteRemoval.
	Remove Action = "remove"
)

// Edit is one rule to write into a group, one route to write into a table, or a
// Change of something else.
type Edit struct {
	Action Action
	Group  *azure.NetworkSecurityGroup
	Rule   Rule
	// Table and Route of a route, nil for a rule; then Group is nil.
	Table *azure.RouteTable
	Route *Route
	// Was is the rule before, for Modify and Remove.
	Was *azure.SecurityRule
	// Change is not nil where it is neither; then all above but Action is unset.
	Change Change
	// After is the resource that Change is about as it is in the changed network,
	// once that is built: a *azure.Subnet, say. See Settle.
	After any
	// Why are the ids of the requirements, sorted.
	Why []string
}

// Unfixable is a requirement that no proposed edit satisfies.
type Unfixable struct {
	Requirement, Subnet string
	Reason              string
	// Conflicts are the rules marked as deliberate that cannot hold together with
	// the requirement, each alone; none where something else is the reason.
	Conflicts []*azure.SecurityRule
	// ConflictAt is such a rule of a firewall.
	ConflictAt *azure.Resource
}

// Plan is a proposed change.
type Plan struct {
	// Edits by group, then direction, then priority; then routes by table.
	Edits     []Edit
	Unfixable []Unfixable
	// Needs are those the edits are for.
	Needs []Need
	// Smallest says that no fewer security rules match the same: it is proved by
	// an exact search.
	Smallest bool
}

// Step are the edits to make before the network is asked again: those that change
// the way of packets, if there are any; else what firewalls do; else the rules of
// security groups, and they are the last.
func (p *Plan) Step() (step []Edit, last bool) {
	for _, wanted := range [][]int{{phaseNew, phaseRoutes, phaseAssociations}, {phaseFirewallRules}} {
		for _, e := range p.Edits {
			if slices.Contains(wanted, e.Phase()) {
				step = append(step, e)
			}
		}
		if len(step) > 0 {
			return step, false
		}
	}
	// Behind a rule that is removed another may block.
	return p.Edits, !slices.ContainsFunc(p.Edits, func(e Edit) bool { return e.Action == Remove })
}

// stage is a group in one direction.
type stage struct {
	group     azure.ID
	direction azure.Direction
}

// planner is one run.
type planner struct {
	fabric *fabric.Fabric
	keep   Keep
	way    Way
	// gates and tables that are planned, by virtual network, and the names that
	// are taken.
	gates  map[azure.ID]*gate
	tables map[azure.ID]*azure.RouteTable
	names  map[string]bool
	// asked are the subnets of which a need is a security group.
	asked map[azure.ID]bool
	// guards are the groups that are planned, by subnet.
	guards map[azure.ID]*NewSecurityGroup
	// destinations of the pattern of one address.
	destinations []netip.Prefix
	// smallest says that the rules of the last change are proved to be the fewest.
	smallest bool
}

// Target is what the edit is of: the group, the table, or what a Change adds or
// changes.
func (e *Edit) Target() *azure.Resource {
	if e.Change != nil {
		return e.Change.Target()
	}
	if e.Table != nil {
		return &e.Table.Resource
	}
	return &e.Group.Resource
}

// Make plans the rules that let the needs pass. A need of which a part cannot
// be opened is left out as a whole, and so is one with which the change would
// exceed what Azure takes (LIM-1, LIM-2).
func Make(f *fabric.Fabric, needs []Need, keep Keep) *Plan { return Exact.Make(f, needs, keep) }

func (p *planner) make(needs []Need) *Plan {
	p.asked = map[azure.ID]bool{}
	for _, n := range needs {
		if n.SubnetRule != nil && n.SubnetRule.SecurityGroup == "required" {
			p.asked[n.Row.Subnet.ID] = true
		}
		if n.SingleIP != nil {
			p.destinations = append(p.destinations, n.SingleIP.Destination.Prefix)
		}
	}
	var wishes []*wish
	problems := make([]*Unfixable, len(needs))
	of := map[*wish]int{}
	for i, n := range needs {
		var w *wish
		if w, problems[i] = p.need(&n); problems[i] == nil {
			wishes, of[w] = append(wishes, w), i
		}
	}
	edits, refused := p.fit(wishes)
	for w, reason := range refused {
		problems[of[w]] = &Unfixable{Reason: reason}
	}
	plan := &Plan{Edits: edits, Smallest: p.smallest}
	for i, n := range needs {
		if u := problems[i]; u != nil {
			u.Requirement, u.Subnet = n.ID(), n.Subnet()
			plan.Unfixable = append(plan.Unfixable, *u)
			continue
		}
		plan.Needs = append(plan.Needs, n)
	}
	return plan
}

// blocked is what a stage blocks of a need, as the stage sees it.
type blocked struct {
	behind
	// before is the smallest priority of the rules that block.
	before int
}

// need plans for one need: what its way lacks, else what stops its packets.
func (p *planner) need(n *Need) (*wish, *Unfixable) {
	w := &wish{}
	if n.SubnetRule != nil {
		edits, problem := p.equip(n.Row.Subnet, n.SubnetRule)
		if problem != "" {
			return nil, &Unfixable{Reason: problem}
		}
		w.changes = because(edits, n)
		return w, nil
	}
	if n.SingleIP != nil {
		edits, problem := p.pattern(n)
		if problem != "" {
			return nil, &Unfixable{Reason: problem}
		}
		if w.changes = because(edits, n); len(edits) > 0 {
			return w, nil
		}
		if len(n.Parts) == 0 {
			if edits, problem = p.oneAddress(n); problem != "" {
				return nil, &Unfixable{Reason: problem}
			}
			w.changes = because(edits, n)
			return w, nil
		}
	}
	type place struct {
		stage
		ports                        string
		translated, translatedSource bool
	}
	at := map[place]*blocked{}
	var order []place
	for _, part := range n.Parts {
		for _, h := range part.Blockers {
			if e := p.removed(h); e != nil {
				e.Why = []string{n.ID()}
				w.changes = append(w.changes, *e)
				continue
			}
			if h.Kind != fabric.KindNSGRule && h.Kind != fabric.KindNSGDefaultRule {
				if u := p.other(w, n, h, part.Packets); u != nil {
					return nil, u
				}
				continue
			}
			s := stage{h.Resource, azure.Direction(h.Note)}
			group, ok := p.fabric.Network().NetworkSecurityGroup(s.group)
			if !ok || group.Stub {
				return nil, &Unfixable{Reason: "no input states the security group " + cmp.Or(h.Address, string(h.Resource))}
			}
			views := []behind{{packets: part.Packets}}
			if s.direction == azure.Inbound {
				views = p.seenBehind(part.Packets)
			}
			for _, v := range views {
				if v.packets = p.decidedBy(s, v); len(v.packets) == 0 {
					continue
				}
				where := place{s, v.ports.String(), v.translated, v.translatedSource}
				b := at[where]
				if b == nil {
					b = &blocked{behind: behind{nil, v.ports, v.translated, v.translatedSource}, before: h.Priority}
					at[where] = b
					order = append(order, where)
				}
				b.packets, b.before = append(b.packets, v.packets...), min(b.before, h.Priority)
			}
		}
	}
	for _, s := range order {
		list, u := p.draftAt(n, s.stage, at[s])
		if u != nil {
			return nil, u
		}
		w.drafts = append(w.drafts, list...)
	}
	return w, nil
}

// because gives edits their reason.
func because(edits []Edit, n *Need) []Edit {
	for i := range edits {
		edits[i].Why = []string{n.ID()}
	}
	return edits
}

// leadsToDestination reports whether a hop is a route to a destination that the
// pattern of one address leads elsewhere.
func (p *planner) leadsToDestination(h reach.Hop) bool {
	table, ok := p.fabric.Network().RouteTable(h.Resource)
	return ok && slices.ContainsFunc(table.Routes, func(r *azure.Route) bool {
		return r.Name == h.Name && r.Destination.Kind == azure.PrefixAddress && slices.ContainsFunc(p.destinations, func(d netip.Prefix) bool {
			return d.Bits() <= r.Destination.Prefix.Bits() && d.Overlaps(r.Destination.Prefix)
		})
	})
}

// draftAt drafts the rules of a need at one stage, after what is kept.
func (p *planner) draftAt(n *Need, s stage, b *blocked) ([]*draft, *Unfixable) {
	// What may come before the new rules and what may not: of the latter each
	// alone is in conflict with the need.
	after := 0
	var conflicts []*azure.SecurityRule
	for _, rule := range p.kept(s, b.packets) {
		if priority := rule.Priority.Or(azure.MaxPriority); priority < b.before {
			after = priority
		} else {
			conflicts = append(conflicts, rule)
		}
	}
	if len(conflicts) > 0 {
		return nil, &Unfixable{Reason: conflictText(n, conflicts), Conflicts: conflicts}
	}
	list, problem := p.draft(n, s, b)
	if problem != "" {
		return nil, &Unfixable{Reason: problem}
	}
	for _, d := range list {
		d.after = after
	}
	return list, nil
}

// other plans for a blocker that is no security rule.
func (p *planner) other(w *wish, n *Need, h reach.Hop, packets []flow.Cube) *Unfixable {
	var c Change
	problem := otherBlocker(h)
	switch h.Kind {
	case fabric.KindRoute, fabric.KindReturnPath:
		if edits, why := p.loop(h); len(edits) > 0 || why != "" {
			w.changes, problem = append(w.changes, because(edits, n)...), why
			break
		}
		if drafts, why := p.probed(n, h, packets); len(drafts) > 0 || why != "" {
			w.drafts, problem = append(w.drafts, drafts...), why
			break
		}
		// The routes to a destination of the pattern are for the pattern to plan;
		// what stops it behind them is not made good by leading past the firewall.
		if n.SingleIP != nil && h.Kind == fabric.KindRoute {
			break
		}
		if problem = ""; p.leadsToDestination(h) {
			break
		}
		if h.Resource == "" { // a route of Azure's own
			var edits []Edit
			if h.Kind == fabric.KindRoute {
				edits, problem = p.systemRoute(h, packets)
			} else {
				edits, problem = p.repliesThrough(h, packets)
			}
			w.changes = append(w.changes, because(edits, n)...)
			break
		}
		var more []*detour
		var changes []Change
		more, changes, problem = p.detours(n, h, packets)
		w.paths = append(w.paths, more...)
		for _, c := range changes {
			e := Edit{Action: Modify, Change: c, Why: []string{n.ID()}}
			if _, gone := c.(*RouteRemoval); gone {
				e.Action = Remove
			}
			w.changes = append(w.changes, e)
		}
	case fabric.KindFirewallRule, fabric.KindFirewallDefaultDeny:
		a, u := p.blockedByFirewall(n, h, packets)
		if u == nil {
			w.allowances = append(w.allowances, a)
		}
		return u
	case fabric.KindNAT:
		if h.Decision != fabric.Drop {
			var edits []Edit
			edits, problem = p.oneAddress(n)
			w.changes = append(w.changes, because(edits, n)...)
			break
		}
		var drafts []*draft
		if drafts, problem = p.probed(n, h, packets); problem == "" && len(drafts) == 0 {
			c, problem = p.translated(h, packets)
		}
		w.drafts = append(w.drafts, drafts...)
	case fabric.KindPeering:
		c, problem = p.forwarded(h)
	case fabric.KindNIC:
		c, problem = p.deaf(h)
	case fabric.KindPlatform:
		if h.Name == "PIP-1" {
			var edits []Edit
			for _, v := range p.seenBehind(packets) {
				if edits, problem = p.closed(h, v.packets); problem == "" {
					break
				}
			}
			w.changes = append(w.changes, because(edits, n)...)
		}
	}
	if problem != "" {
		return &Unfixable{Reason: problem}
	}
	if c != nil {
		w.changes = append(w.changes, Edit{Action: Modify, Change: c, Why: []string{n.ID()}})
	}
	return nil
}

// conflictText names a need and the rules of which each alone cannot hold with
// it.
func conflictText(n *Need, rules []*azure.SecurityRule) string {
	var names []string
	for _, r := range rules {
		names = append(names, fmt.Sprintf("%s (%s %d)", r.Name, lower(r.Direction.V), r.Priority.V))
	}
	group := rules[0].Group.Label()
	if len(rules) == 1 {
		return fmt.Sprintf("%s and the rule %s of %s, which is kept, cannot both hold: the rule denies what the requirement needs", n.ID(), names[0], group)
	}
	return fmt.Sprintf("%s cannot hold with any of the rules %s of %s, which are kept: each denies what the requirement needs", n.ID(), strings.Join(names, ", "), group)
}

func lower(d azure.Direction) string { return strings.ToLower(string(d)) }

// otherBlocker says that something else than a rule blocks.
func otherBlocker(h reach.Hop) string {
	name := cmp.Or(h.Name, h.Address, string(h.Resource))
	if h.Kind == fabric.KindAdminRule { // which comes before every group (ADM-1)
		return fmt.Sprintf("security admin rule %s of %s denies it %s, and no rule of a security group comes before it: whoever has the network manager has to change it", name, h.Address, strings.ToLower(h.Note))
	}
	text := fmt.Sprintf("%s %s blocks it, and there is no change for that", h.Kind, name)
	if h.Note != "" {
		text += ": " + h.Note
	}
	return text
}
