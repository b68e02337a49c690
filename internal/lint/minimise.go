package lint

import (
	"maps"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
)

// Smaller is a security group with fewer rules that decides every packet as it
// does.
type Smaller struct {
	Group *azure.NetworkSecurityGroup
	// Rules are those that are left, by direction and priority, with what they
	// get from others in their sides and ports.
	Rules []*azure.SecurityRule
	// Steps lead there; after each of them every packet fares as before.
	Steps []Step
}

// Step removes a rule, or gives one the addresses or ports of another.
type Step struct {
	Rule *azure.SecurityRule
	// Extends is "source", "destination" or "destination ports", and Texts what
	// that holds afterwards; empty where the rule is removed.
	Extends string
	Texts   []string
}

// keepMark in the description of a rule marks it as deliberate.
const keepMark = "wayleave:keep"

// mostMerged bounds the rules of a list of which pairs are tried.
const mostMerged = 200

// Minimise finds smaller groups. A rule is removed where the list without it
// decides alike at every place, and two rules become one that agree in two of
// source, destination and ports. Rules whose description holds "wayleave:keep", and those
// that Azure asks for on AzureBastionSubnet, stay. Groups of which not everything is known are left alone, with the reason.
func Minimise(f *fabric.Fabric) (smaller []Smaller, notChecked []string) {
	r := newRun(f)
	r.underEveryReading()
	groups := map[*azure.NetworkSecurityGroup]*Smaller{}
	for _, l := range r.lists {
		if reason := l.unfit(); reason != "" {
			r.skip("%s: its %s rules are not made fewer: %s", l.group.Label(), lower(l.direction), reason)
			continue
		}
		s := l.smallest()
		if len(s.steps) == 0 {
			continue
		}
		g := groups[l.group]
		if g == nil {
			g = &Smaller{Group: l.group, Rules: slices.Clone(l.group.Rules)}
			groups[l.group] = g
		}
		g.Steps = append(g.Steps, s.steps...)
		g.Rules = s.left(g.Rules)
	}
	for _, group := range f.Network().NetworkSecurityGroups {
		if g := groups[group]; g != nil {
			smaller = append(smaller, *g)
		}
	}
	slices.Sort(r.answer.NotChecked)
	return smaller, slices.Compact(r.answer.NotChecked)
}

// underEveryReading adds the places as they are under the other readings of open
// points: a smaller list must decide alike under all.
func (r *run) underEveryReading() {
	for _, other := range r.readings() {
		for _, o := range newRun(r.fabric.Reading(other)).lists {
			for _, l := range r.lists {
				if l.group == o.group && l.direction == o.direction {
					for _, v := range o.views {
						v.other = true
						l.views = append(l.views, v)
					}
				}
			}
		}
	}
}

// unfit says why a list is left alone.
func (l *list) unfit() string {
	for _, v := range l.views {
		switch {
		case v.sure == nil:
			return "they are too fragmented to compare"
		case !v.certain() && v.other:
			return "under another reading of an open point not all of them are known in full; settle it with --assume, as wayleave explain --assumptions lists"
		case !v.certain():
			return "not all of them are known in full"
		}
	}
	return ""
}

// compression is a list on its way to fewer rules.
type compression struct {
	list  *list
	gone  map[*azure.SecurityRule]bool
	now   map[*azure.SecurityRule]*azure.SecurityRule   // rules that were extended
	taken map[*azure.SecurityRule][]*azure.SecurityRule // whose packets they match too
	steps []Step
}

// smallest takes rules away and joins them until neither is possible.
func (l *list) smallest() *compression {
	s := &compression{list: l, gone: map[*azure.SecurityRule]bool{}, now: map[*azure.SecurityRule]*azure.SecurityRule{}, taken: map[*azure.SecurityRule][]*azure.SecurityRule{}}
	s.removeAll()
	if len(l.rules()) > mostMerged {
		return s
	}
	for s.joinOne() {
		s.removeAll()
	}
	return s
}

func (s *compression) clone() *compression {
	return &compression{s.list, maps.Clone(s.gone), maps.Clone(s.now), maps.Clone(s.taken), slices.Clone(s.steps)}
}

// rules are those that are left, in order.
func (s *compression) rules() []*azure.SecurityRule {
	return slices.DeleteFunc(s.list.rules(), func(r *azure.SecurityRule) bool { return s.gone[r] })
}

// as is a rule with what it got.
func (s *compression) as(r *azure.SecurityRule) *azure.SecurityRule {
	if now := s.now[r]; now != nil {
		return now
	}
	return r
}

// left are the rules of a group that are left.
func (s *compression) left(rules []*azure.SecurityRule) []*azure.SecurityRule {
	var list []*azure.SecurityRule
	for _, r := range rules {
		if !s.gone[r] {
			list = append(list, s.as(r))
		}
	}
	return list
}

func deliberate(r *azure.SecurityRule) bool {
	return strings.Contains(strings.ToLower(r.Description), keepMark)
}

// stays reports whether a rule is to be left as it is.
func (s *compression) stays(r *azure.SecurityRule) bool { return deliberate(r) || s.list.demanded(r) }

// removeAll removes every rule that is not missed, the last first: what stands
// before a wider rule goes with its own purpose. One that matches nothing stays: it
// is there for members that an application security group does not have yet.
func (s *compression) removeAll() {
	rules := s.rules()
	for _, r := range slices.Backward(rules) {
		if s.stays(r) || s.list.idle(r) {
			continue
		}
		if next, ok := s.without(r); ok {
			*s = *next
		}
	}
}

// without is the list without a rule; false where that decides otherwise.
func (s *compression) without(r *azure.SecurityRule) (*compression, bool) {
	next := s.clone()
	next.gone[r] = true
	next.steps = append(next.steps, Step{Rule: r})
	return next, next.alike()
}

// joinOne joins one pair of rules.
func (s *compression) joinOne() bool {
	rules := s.rules()
	for i, a := range rules {
		for _, b := range rules[i+1:] {
			field, ok := joins(s.as(a), s.as(b))
			if !ok {
				continue
			}
			for _, pair := range [][2]*azure.SecurityRule{{a, b}, {b, a}} {
				if s.stays(a) || s.stays(b) {
					continue
				}
				next, ok := s.extended(pair[0], pair[1], field)
				if !ok {
					continue
				}
				if next, ok = next.without(pair[1]); ok {
					*s = *next
					return true
				}
			}
		}
	}
	return false
}

// extended is the list in which one rule matches what another does besides its
// own; false where that decides otherwise.
func (s *compression) extended(r, by *azure.SecurityRule, field string) (*compression, bool) {
	next := s.clone()
	now := *s.as(r)
	other := s.as(by)
	var texts []string
	switch field {
	case "source":
		now.Source = joinedSide(now.Source, other.Source)
		texts = sideTexts(now.Source)
	case "destination":
		now.Destination = joinedSide(now.Destination, other.Destination)
		texts = sideTexts(now.Destination)
	default:
		now.DestinationPorts = joinedPorts(now.DestinationPorts, other.DestinationPorts)
		texts = portTexts(now.DestinationPorts)
	}
	next.now[r] = &now
	next.taken[r] = slices.Concat(s.taken[r], []*azure.SecurityRule{by}, s.taken[by])
	next.steps = append(next.steps, Step{r, field, texts})
	return next, next.alike()
}

// alike reports whether the list decides every packet as it did at every place.
func (s *compression) alike() bool {
	for _, v := range s.list.views {
		of := map[*azure.SecurityRule][]flow.Cube{}
		for _, e := range v.rules {
			of[e.Rule] = e.Must
		}
		var rules []flow.Rule
		for _, e := range v.rules {
			if s.gone[e.Rule] {
				continue
			}
			for _, r := range append([]*azure.SecurityRule{e.Rule}, s.taken[e.Rule]...) {
				for _, c := range of[r] {
					rules = append(rules, flow.Rule{Match: c, Permit: e.Rule.Access.V == azure.Allow})
				}
			}
		}
		p, err := flow.NewPolicy(rules)
		if err != nil {
			return false
		}
		if changes, err := flow.Difference(v.sure, p); err != nil || len(changes) > 0 {
			return false
		}
	}
	return true
}

// Apply states the inventories with smaller groups. What is not touched is
// shared with the originals, which are not changed.
func Apply(inventories []*azure.Inventory, smaller []Smaller) []*azure.Inventory {
	left, gone := map[azure.ID]*azure.SecurityRule{}, map[azure.ID]bool{}
	for _, g := range smaller {
		for _, r := range g.Group.Rules {
			gone[r.ID] = true
		}
		for _, r := range g.Rules {
			delete(gone, r.ID)
			left[r.ID] = r
		}
	}
	out := slices.Clone(inventories)
	for i, inv := range out {
		copied := *inv
		copied.NetworkSecurityGroups = slices.Clone(inv.NetworkSecurityGroups)
		for j, g := range copied.NetworkSecurityGroups {
			if g.Rules == nil {
				continue
			}
			own := *g
			own.Rules = []*azure.SecurityRule{}
			for _, r := range g.Rules {
				if now := left[r.ID]; now != nil {
					r = now
				}
				if !gone[r.ID] {
					own.Rules = append(own.Rules, r)
				}
			}
			copied.NetworkSecurityGroups[j] = &own
		}
		copied.SecurityRules = nil
		for _, c := range inv.SecurityRules {
			if now := left[c.Resource.ID]; now != nil {
				c.Resource = now
			}
			if !gone[c.Resource.ID] {
				copied.SecurityRules = append(copied.SecurityRules, c)
			}
		}
		out[i] = &copied
	}
	return out
}
