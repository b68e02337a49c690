package repair

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

// wish is what would satisfy one need.
type wish struct {
	drafts     []*draft
	paths      []*detour
	changes    []Edit
	allowances []*allowance
}

// edits is the change for wishes.
func (p *planner) edits(wishes []*wish) []Edit {
	var drafts []*draft
	var paths []*detour
	var changes []Edit
	var allowances []*allowance
	for _, w := range wishes {
		for _, d := range w.drafts {
			own := *d // drafts are joined in place
			drafts = append(drafts, &own)
		}
		paths = append(paths, w.paths...)
		changes = append(changes, w.changes...)
		for _, a := range w.allowances {
			own := *a
			allowances = append(allowances, &own)
		}
	}
	changes = append(once(changes), p.allow(p.joinAllowances(allowances))...)
	slices.SortStableFunc(changes, func(a, b Edit) int { return compareEdits(&a, &b) })
	rules, proved := p.fewest(p.needed(drafts))
	p.smallest = proved
	return slices.Concat(p.place(rules), p.routes(paths), p.named(changes))
}

// once keeps the first of changes that are one, with the reasons of all.
func once(changes []Edit) []Edit {
	var list []Edit
	at := map[string]int{}
	for _, e := range changes {
		key := ""
		switch {
		case e.Change != nil:
			key = e.Change.key()
		case e.Route != nil:
			key = "route " + string(e.Table.ID) + " " + e.Route.AddressPrefix
		case e.Was != nil:
			key = "removal " + string(e.Was.ID)
		default:
			key = "rule " + string(e.Group.ID) + "/" + e.Rule.Name
		}
		if i, ok := at[key]; ok {
			list[i].Why = union(list[i].Why, e.Why)
			continue
		}
		at[key] = len(list)
		list = append(list, e)
	}
	return list
}

// named gives the routes among changes their names.
func (p *planner) named(changes []Edit) []Edit {
	used := map[azure.ID]map[string]bool{}
	for i := range changes {
		e := &changes[i]
		if e.Route == nil || e.Route.Name != "" {
			continue
		}
		if used[e.Table.ID] == nil {
			used[e.Table.ID] = map[string]bool{}
			for _, r := range e.Table.Routes {
				used[e.Table.ID][strings.ToLower(r.Name)] = true
			}
		}
		route := *e.Route
		route.Name = unique(valid("egress-"+route.AddressPrefix), used[e.Table.ID])
		e.Route = &route
	}
	return changes
}

// fit makes the change for all wishes if Azure takes it. Else each wish in turn
// is left out with which those before it would exceed a limit; it is tried
// again at the end, for a wide rule can make room for narrow ones. refused tells
// of every wish that is left out which limit is in its way.
func (p *planner) fit(wishes []*wish) (edits []Edit, refused map[*wish]string) {
	edits = p.edits(wishes)
	if exceeded(edits) == "" {
		return edits, nil
	}
	edits, refused = nil, map[*wish]string{}
	in := map[*wish]bool{}
	for again := true; again; {
		again = false
		for _, w := range wishes {
			if in[w] {
				continue
			}
			in[w] = true
			got := p.edits(only(wishes, in))
			if problem := exceeded(got); problem != "" {
				in[w], refused[w] = false, problem
				continue
			}
			delete(refused, w)
			edits, again = got, true
		}
	}
	return edits, refused
}

// only are the wishes that are in, in order.
func only(wishes []*wish, in map[*wish]bool) []*wish {
	var list []*wish
	for _, w := range wishes {
		if in[w] {
			list = append(list, w)
		}
	}
	return list
}

// exceeded says which limit a change exceeds first; empty if Azure takes it.
func exceeded(edits []Edit) string {
	groups, tables := map[*azure.NetworkSecurityGroup]*groupSize{}, map[*azure.RouteTable]*tableSize{}
	for i := range edits {
		e := &edits[i]
		var problem string
		switch {
		case e.Change != nil:
		case e.Route != nil:
			if tables[e.Table] == nil {
				tables[e.Table] = tableSizeOf(e.Table)
			}
			problem = tables[e.Table].add(e)
		default:
			if groups[e.Group] == nil {
				groups[e.Group] = groupSizeOf(e.Group)
			}
			problem = groups[e.Group].add(e)
		}
		if problem != "" {
			return problem
		}
	}
	return ""
}

// groupSize is what a security group holds.
type groupSize struct{ rules, sources, destinations int }

func groupSizeOf(g *azure.NetworkSecurityGroup) *groupSize {
	s := &groupSize{rules: len(g.Rules)}
	for _, r := range g.Rules {
		s.sources += r.Source.PrefixCount()
		s.destinations += r.Destination.PrefixCount()
	}
	return s
}

// add counts an edit, and says which limit it exceeds.
func (s *groupSize) add(e *Edit) string {
	name := e.Group.Label()
	if e.Rule.Priority > azure.MaxPriority {
		return fmt.Sprintf("%s has no %s priority left for a rule, up to %d", name, lower(e.Rule.Direction), azure.MaxPriority)
	}
	if e.Action != Add {
		return ""
	}
	s.rules++
	s.sources += prefixesIn(e.Rule.Source)
	s.destinations += prefixesIn(e.Rule.Destination)
	const remedy = "; take out rules that are not needed (wayleave lint names those without effect)"
	switch {
	case s.rules > azure.MaxRulesPerGroup:
		return fmt.Sprintf("%s would have more than %d security rules, which is the limit of a group%s", name, azure.MaxRulesPerGroup, remedy)
	case s.sources > azure.MaxPrefixesPerGroup:
		return fmt.Sprintf("the rules of %s would name more than %d source prefixes, which is the limit of a group%s", name, azure.MaxPrefixesPerGroup, remedy)
	case s.destinations > azure.MaxPrefixesPerGroup:
		return fmt.Sprintf("the rules of %s would name more than %d destination prefixes, which is the limit of a group%s", name, azure.MaxPrefixesPerGroup, remedy)
	}
	return ""
}

// tableSize is what a route table holds.
type tableSize struct{ routes, tags int }

func tableSizeOf(t *azure.RouteTable) *tableSize {
	s := &tableSize{routes: len(t.Routes)}
	for _, r := range t.Routes {
		if r.Destination.Kind == azure.TagAddress {
			s.tags++
		}
	}
	return s
}

// add counts an edit, and says which limit it exceeds.
func (s *tableSize) add(e *Edit) string {
	s.routes++
	s.tags += 1 - prefixesIn([]string{e.Route.AddressPrefix})
	switch {
	case s.routes > azure.MaxRoutesPerTable:
		return fmt.Sprintf("%s would have more than %d routes, which is the limit of a table", e.Table.Label(), azure.MaxRoutesPerTable)
	case s.tags > azure.MaxTagRoutesPerTable:
		return fmt.Sprintf("%s would have more than %d routes for service tags, which is the limit of a table", e.Table.Label(), azure.MaxTagRoutesPerTable)
	}
	return ""
}

func prefixesIn(texts []string) int {
	n := 0
	for _, t := range texts {
		if _, err := netip.ParsePrefix(t); err == nil {
			n++
		}
	}
	return n
}
