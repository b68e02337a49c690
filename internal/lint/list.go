package lint

import (
	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
)

// list is the rules of one group in one direction, at every place where the
// group decides. What is said of a rule must hold at all of them.
type list struct {
	group     *azure.NetworkSecurityGroup
	direction azure.Direction
	views     []*view
	subnets   []*azure.Subnet
	// near are the addresses of the subnets.
	near flow.AddressSet
}

// view is a list as it decides at a place.
type view struct {
	policy *fabric.Policy
	rules  []fabric.EffectiveRule
	// other says that it is so under another reading of an open point.
	other bool
	// sure is the first-match list of what the rules match for certain, with
	// the number of the rule behind each of its cubes; nil if it could not be
	// compiled. Rules of unknown priority are not in it.
	sure  *flow.Policy
	owner []int
}

// collect finds the groups and the places where they decide.
func (r *run) collect() {
	network := r.fabric.Network()
	for _, group := range network.NetworkSecurityGroups {
		if group.Stub {
			continue
		}
		attached := false
		for _, d := range []azure.Direction{azure.Inbound, azure.Outbound} {
			l := &list{group: group, direction: d}
			r.views(l)
			for _, s := range l.subnets {
				l.near = l.near.Union(r.fabric.Addresses(s))
			}
			if len(l.views) > 0 {
				attached = true
				r.lists = append(r.lists, l)
				r.unknowns(l)
			}
		}
		if !attached {
			r.skip("%s: no subnet or interface of the input applies it, so what its rules match is not known", group.Label())
		}
	}
}

// unknowns notes the rules of a list of which it is not known what they match
// or do, by the first reason for each.
func (r *run) unknowns(l *list) {
	rules := map[string]map[*azure.SecurityRule]bool{}
	for _, v := range l.views {
		if v.sure == nil {
			r.skip("%s: its %s rules are too fragmented to compare", l.group.Label(), lower(l.direction))
		}
		for _, e := range v.rules {
			if len(e.Doubts) == 0 {
				continue
			}
			if rules[e.Doubts[0]] == nil {
				rules[e.Doubts[0]] = map[*azure.SecurityRule]bool{}
			}
			rules[e.Doubts[0]][e.Rule] = true
		}
	}
	for why, of := range rules {
		r.skip("%s: %d of its %s rules, not known in full: %s", l.group.Label(), len(of), lower(l.direction), why)
	}
	for _, u := range l.group.UnknownRules {
		r.skip("%s: not all its rules are known: %s", l.group.Label(), u.Why)
	}
}

// views adds the places of a group.
func (r *run) views(l *list) {
	for _, s := range r.fabric.Network().Subnets() {
		if s.NetworkSecurityGroup.ID == l.group.ID && !ignoresGroups(s) {
			l.add(s, r.fabric.SubnetRules(s, l.direction))
		}
	}
	for _, nic := range r.fabric.Network().NetworkInterfaces {
		if nic.NetworkSecurityGroup.ID != l.group.ID {
			continue
		}
		for _, c := range nic.IPConfigurations {
			if s, ok := r.fabric.Network().Subnet(c.Subnet.ID); ok {
				l.add(s, r.fabric.InterfaceRules(nic, s, l.direction))
			}
		}
	}
}

// add adds a place, once for all subnets where the group means the same.
func (l *list) add(s *azure.Subnet, p *fabric.Policy) {
	if p == nil {
		return
	}
	l.subnets = append(l.subnets, s)
	for _, v := range l.views {
		if v.policy == p {
			return
		}
	}
	v := &view{policy: p, rules: p.Rules()}
	var rules []flow.Rule
	for i, e := range v.rules {
		if _, ok := e.Rule.Priority.Known(); !ok {
			continue
		}
		for _, c := range e.Must {
			rules = append(rules, flow.Rule{Match: c, Permit: e.Rule.Access.V == azure.Allow})
			v.owner = append(v.owner, i)
		}
	}
	if compiled, err := flow.NewPolicy(rules); err == nil {
		v.sure = compiled
	}
	l.views = append(l.views, v)
}

// certain reports whether everything about the list is known.
func (v *view) certain() bool {
	for _, e := range v.rules {
		if len(e.Doubts) > 0 {
			return false
		}
	}
	return len(v.policy.Group.UnknownRules) == 0
}

// deciders lists in order the rules that decide packets first, for certain;
// ok is false if some packet has none or it could not be computed.
func (v *view) deciders(packets []flow.Cube) (rules []int, ok bool) {
	if v.sure == nil {
		return nil, false
	}
	seen := make([]bool, len(v.rules))
	for _, c := range packets {
		regions, err := v.sure.Regions(c)
		if err != nil {
			return nil, false
		}
		for _, r := range regions {
			if r.Rule == flow.NoRule {
				return nil, false
			}
			seen[v.owner[r.Rule]] = true
		}
	}
	for i, yes := range seen {
		if yes {
			rules = append(rules, i)
		}
	}
	return rules, true
}

// position finds a rule in a view.
func (v *view) position(rule *azure.SecurityRule) int {
	for i, e := range v.rules {
		if e.Rule == rule {
			return i
		}
	}
	return -1
}

// rules lists the user's rules of a list whose place in it is known.
func (l *list) rules() []*azure.SecurityRule {
	var rules []*azure.SecurityRule
	for _, e := range l.views[0].rules {
		_, order := e.Rule.Priority.Known()
		_, side := e.Rule.Direction.Known()
		if !e.Rule.Default && order && side {
			rules = append(rules, e.Rule)
		}
	}
	return rules
}

// empty reports whether a rule matches nothing at a view.
func (v *view) empty(i int) bool { return len(v.rules[i].May) == 0 }
