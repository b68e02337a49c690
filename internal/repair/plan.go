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
)

// Need is a requirement of a service that fails.
type Need struct {
	// Service names the profile in descriptions.
	Service string
	check.Missing
}

// Action is what an edit does.
type Action string

// Actions, in the words of the contract.
const (
	Add    Action = "add"
	Modify Action = "modify"
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
	// Was is the rule before, for Modify.
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
	return p.Edits, true
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
	// gates and tables that are planned, by virtual network, and the names that
	// are taken.
	gates  map[azure.ID]*gate
	tables map[azure.ID]*azure.RouteTable
	names  map[string]bool
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
func Make(f *fabric.Fabric, needs []Need, keep Keep) *Plan {
	p := &planner{fabric: f, keep: keep, gates: map[azure.ID]*gate{}, tables: map[azure.ID]*azure.RouteTable{}}
	for _, n := range needs {
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

// blocked is what a stage blocks of a need.
type blocked struct {
	packets []flow.Cube
	// before is the smallest priority of the rules that block.
	before int
}

// need plans for one need: what its way lacks, else what stops its packets.
func (p *planner) need(n *Need) (*wish, *Unfixable) {
	w := &wish{}
	if n.SingleIP != nil {
		edits, problem := p.pattern(n)
		if problem != "" {
			return nil, &Unfixable{Reason: problem}
		}
		for i := range edits {
			edits[i].Why = []string{n.ID()}
		}
		if w.changes = edits; len(edits) > 0 {
			return w, nil
		}
		if len(n.Parts) == 0 {
			return nil, &Unfixable{Reason: wrongAddress(n)}
		}
	}
	at := map[stage]*blocked{}
	var order []stage
	for _, part := range n.Parts {
		for _, h := range part.Blockers {
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
			b := at[s]
			if b == nil {
				b = &blocked{before: h.Priority}
				at[s] = b
				order = append(order, s)
			}
			b.packets, b.before = append(b.packets, part.Packets...), min(b.before, h.Priority)
		}
	}
	for _, s := range order {
		list, u := p.draftAt(n, s, at[s])
		if u != nil {
			return nil, u
		}
		w.drafts = append(w.drafts, list...)
	}
	return w, nil
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
		if priority := rule.Priority.Or(maxPriority); priority < b.before {
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
		// The routes to a destination of the pattern are for the pattern to plan;
		// what stops it behind them is not made good by leading past the firewall.
		if n.SingleIP != nil {
			break
		}
		if problem = ""; p.leadsToDestination(h) {
			break
		}
		var more []*detour
		var changes []Change
		more, changes, problem = p.detours(n, h, packets)
		w.paths = append(w.paths, more...)
		for _, c := range changes {
			w.changes = append(w.changes, Edit{Action: Modify, Change: c, Why: []string{n.ID()}})
		}
	case fabric.KindFirewallRule, fabric.KindFirewallDefaultDeny:
		a, u := p.blockedByFirewall(n, h, packets)
		if u == nil {
			w.allowances = append(w.allowances, a)
		}
		return u
	case fabric.KindNAT:
		if h.Decision != fabric.Drop {
			problem = wrongAddress(n)
			break
		}
		c, problem = p.translated(h, packets)
	case fabric.KindPeering:
		c, problem = p.forwarded(h)
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
	text := fmt.Sprintf("%s %s blocks it, and there is no change for that", h.Kind, name)
	if h.Note != "" {
		text += ": " + h.Note
	}
	return text
}

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
	row := &n.Row
	var drafts []*draft
	for _, family := range []flow.Family{flow.IPv4, flow.IPv6} {
		for _, name := range []azure.Protocol{azure.TCP, azure.UDP, azure.ICMP, azure.ESP, azure.AH} {
			protocol := flow.Protocols(numbers[name])
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
			if !flow.HasPorts(numbers[name]) {
				d.sourcePorts, d.ports = flow.AllPorts(), flow.AllPorts()
			}
			var problem string
			if d.source, d.tagSource, problem = p.side(row.Source.Tag, from, s, s.direction == azure.Outbound); problem != "" {
				return nil, problem
			}
			if d.destination, d.tagDestine, problem = p.side(cmp.Or(row.Destination.Tag, platformTag(to, row.DestinationPorts)), to, s, s.direction == azure.Inbound); problem != "" {
				return nil, problem
			}
			for _, c := range b.packets {
				if c.Protocols = c.Protocols.Intersect(protocol); !c.Normal().IsEmpty() {
					d.packets = append(d.packets, c.Normal())
				}
			}
			d.cover = flow.Cube{
				Source: p.certain(row.Source.Tag, from, s), Destination: p.certain(row.Destination.Tag, to, s), Protocols: protocol,
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

var numbers = map[azure.Protocol]uint8{
	azure.TCP: flow.TCP, azure.UDP: flow.UDP, azure.ICMP: flow.ICMP, azure.ESP: flow.ESP, azure.AH: flow.AH,
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
