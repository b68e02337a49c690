package repair

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

// usualGap is the distance of priorities where the rules of a group show none.
const usualGap = 10

// place gives every drafted rule a name and a priority before what blocks its
// packets.
func (p *planner) place(drafts []*draft) []Edit {
	byStage := map[stage][]*draft{}
	var order []stage
	for _, d := range drafts {
		if byStage[d.stage] == nil {
			order = append(order, d.stage)
		}
		byStage[d.stage] = append(byStage[d.stage], d)
	}
	slices.SortFunc(order, func(a, b stage) int {
		return cmp.Or(cmp.Compare(a.group, b.group), cmp.Compare(a.direction, b.direction))
	})
	names := map[azure.ID]map[string]bool{}
	var edits []Edit
	for _, s := range order {
		group, _ := p.fabric.Network().NetworkSecurityGroup(s.group)
		if names[s.group] == nil {
			names[s.group] = usedNames(group)
		}
		edits = append(edits, placeStage(group, s.direction, byStage[s], names[s.group])...)
	}
	return edits
}

func usedNames(g *azure.NetworkSecurityGroup) map[string]bool {
	used := map[string]bool{}
	for _, r := range g.Rules {
		used[strings.ToLower(r.Name)] = true
	}
	return used
}

// slots are the priorities of one stage.
type slots struct {
	// rules by priority; a rule of unknown priority is in none. New rules have
	// an entry that is nil.
	rules map[int]*azure.SecurityRule
	// moved are the rules that had to make room, with their new priority.
	moved map[*azure.SecurityRule]int
	gap   int
}

// placeStage places the rules of one stage, those that must come first first.
func placeStage(group *azure.NetworkSecurityGroup, direction azure.Direction, drafts []*draft, names map[string]bool) []Edit {
	s := &slots{rules: map[int]*azure.SecurityRule{}, moved: map[*azure.SecurityRule]int{}}
	for _, r := range group.Rules {
		if priority, ok := r.Priority.Known(); ok && r.Direction.Or(direction) == direction {
			s.rules[priority] = r
		}
	}
	s.gap = s.usualGap()
	slices.SortStableFunc(drafts, func(a, b *draft) int { return cmp.Compare(a.before, b.before) })
	var edits []Edit
	for i, d := range drafts {
		before := min(s.now(d.before), azure.MaxPriority+1)
		r := Rule{
			Direction: direction, Access: azure.Allow, Protocol: d.protocol, Source: d.source, Destination: d.destination,
			SourcePorts: portTexts(d.sourcePorts), DestinationPorts: portTexts(d.ports), Priority: s.free(before, s.now(d.after), len(drafts)-i),
			Complete: true,
		}
		s.rules[r.Priority] = nil
		r.Name = name(d, drafts, names)
		r.Description = describe(d)
		edits = append(edits, Edit{Action: Add, Group: group, Rule: r, Why: d.why})
	}
	var why []string
	for _, d := range drafts {
		why = union(why, d.why)
	}
	for r, priority := range s.moved {
		edits = append(edits, Edit{Action: Modify, Group: group, Rule: moved(r, priority), Was: r, Why: why})
	}
	slices.SortFunc(edits, func(a, b Edit) int { return cmp.Compare(a.Rule.Priority, b.Rule.Priority) })
	return edits
}

// now is the priority that what had the given one has by now.
func (s *slots) now(was int) int {
	for r, priority := range s.moved {
		if r.Priority.V == was {
			return priority
		}
	}
	return was
}

// free finds the priority for a rule that must come before another and after a
// third, and makes room if there is none: rules in a row with the next hole
// behind them each go one further, which changes no order. more is how many
// rules are still to be placed, this one included.
func (s *slots) free(before, after, more int) int {
	first := max(azure.MinPriority, after+1)
	last := first - 1
	for p := before - 1; p >= first; p-- {
		if _, used := s.rules[p]; used {
			last = p
			break
		}
	}
	room := before - 1 - last
	switch {
	case last < azure.MinPriority && room > 0:
		return max(first, min(before-more*s.gap, before-more))
	case room >= more*s.gap:
		return last + s.gap
	case room > 0:
		return last + (room+more)/(more+1)
	}
	for p := before - 1; p >= first; p-- {
		if _, used := s.rules[p]; !used {
			return p
		}
	}
	hole := before
	for _, used := s.rules[hole]; used; _, used = s.rules[hole] {
		hole++
	}
	for p := hole; p > before; p-- {
		r := s.rules[p-1]
		s.rules[p] = r
		if r != nil {
			s.moved[r] = p
		}
	}
	delete(s.rules, before)
	return before
}

// usualGap is the distance that the rules of the group mostly keep.
func (s *slots) usualGap() int {
	var used []int
	for p := range s.rules {
		used = append(used, p)
	}
	slices.Sort(used)
	count := map[int]int{}
	best := usualGap
	for i := 1; i < len(used); i++ {
		gap := used[i] - used[i-1]
		if count[gap]++; gap <= 100 && (count[gap] > count[best] || count[gap] == count[best] && gap < best) {
			best = gap
		}
	}
	return best
}

// RuleOf is a rule in the texts of the API.
func RuleOf(r *azure.SecurityRule) Rule { return moved(r, r.Priority.V) }

// moved is a rule at another priority, in the texts of the API.
func moved(r *azure.SecurityRule, priority int) Rule {
	out := Rule{
		Name: r.Name, Direction: r.Direction.V, Access: r.Access.V, Priority: priority, Protocol: r.Protocol.V, Description: r.Description,
	}
	out.Complete = r.Access.Unknown == nil && r.Protocol.Unknown == nil && r.Direction.Unknown == nil
	for _, x := range []struct {
		from       azure.Side
		to, groups *[]string
	}{{r.Source, &out.Source, &out.SourceGroups}, {r.Destination, &out.Destination, &out.DestinationGroups}} {
		for _, t := range x.from.Terms() {
			switch t.Kind {
			case azure.UnknownAddress:
				out.Complete = false
			case azure.GroupAddress:
				*x.groups = append(*x.groups, t.Group.Text)
			default:
				*x.to = append(*x.to, t.Text)
			}
		}
	}
	for _, x := range []struct {
		from azure.Ports
		to   *[]string
	}{{r.SourcePorts, &out.SourcePorts}, {r.DestinationPorts, &out.DestinationPorts}} {
		for _, t := range x.from.Terms {
			out.Complete = out.Complete && t.Unknown == nil
			*x.to = append(*x.to, t.Text)
		}
	}
	return out
}

// name makes a name that the group does not have yet: of the requirements, and
// of the protocol where the same needs another.
func name(d *draft, all []*draft, used map[string]bool) string {
	base := "allow-" + strings.Join(d.why, "-")
	if len(base) > azure.MaxName-20 {
		base = fmt.Sprintf("allow-%s-and-%d", d.why[0], len(d.why)-1)
	}
	if slices.ContainsFunc(all, func(o *draft) bool { return o.protocol != d.protocol && slices.Equal(o.why, d.why) }) {
		base += "-" + strings.ToLower(string(d.protocol))
	}
	return unique(valid(base), used)
}

// valid replaces what a name cannot hold (NSG-1).
func valid(text string) string {
	text = strings.Map(func(c rune) rune {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '.', c == '_':
			return c
		}
		return '-'
	}, text)
	return strings.TrimRight(text[:min(len(text), azure.MaxName-4)], "-.")
}

func describe(d *draft) string {
	text := "needed by " + strings.Join(d.services, ", ") + ": " + strings.Join(d.why, ", ")
	if len(text) > azure.MaxDescription {
		text = fmt.Sprintf("needed by %s: %s and %d more requirements", d.services[0], d.why[0], len(d.why)-1)
	}
	return text[:min(len(text), azure.MaxDescription)]
}
