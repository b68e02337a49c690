package lint

import (
	"fmt"
	"slices"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
)

var redundant = Check{
	Code:   "redundant",
	Title:  "a rule without which the same packets would pass",
	Text:   "The rule decides, but where it does the rules behind it, the default rules among them (NSG-19), decide alike. It can be removed, alone, and nothing changes. Several redundant rules need not be redundant together: remove one and look again.",
	Avoid:  "100 Allow Tcp from 10.0.1.0/24 to * 443; 110 Allow Tcp from 10.0.0.0/16 to * 443",
	Prefer: "110 Allow Tcp from 10.0.0.0/16 to * 443",
}

func runRedundant(r *run) {
	for _, l := range r.lists {
		for _, rule := range l.rules() {
			if f, ok := redundancy(l, rule); ok && !l.demanded(rule) {
				r.add(f)
			}
		}
	}
}

// redundancy is the finding about a rule that is redundant, and not shadowed,
// wherever its group decides.
func redundancy(l *list, rule *azure.SecurityRule) (Finding, bool) {
	var found Finding
	for n, v := range l.views {
		i := v.position(rule)
		if v.empty(i) || !v.certain() {
			return Finding{}, false
		}
		own, heirs, ok := v.heirs(i)
		if !ok {
			return Finding{}, false
		}
		if n > 0 {
			continue
		}
		found = about(&redundant, l.group, rule, fmt.Sprintf("%s changes nothing: without it the rules behind it decide alike", title(rule)), "remove it")
		for _, j := range heirs {
			found.Related = append(found.Related, blame(l.group, v.rules[j].Rule, "would decide in its place"))
		}
		found.Witness = l.example(own)
	}
	return found, true
}

// heirs are the packets that rule i of a certain view decides, and the rules
// that would decide them without it; ok is false if it decides none, or one of
// them would fare differently.
func (v *view) heirs(i int) (own []flow.Cube, heirs []int, ok bool) {
	if v.sure == nil {
		return nil, nil, false
	}
	for _, c := range v.rules[i].May {
		regions, err := v.sure.Regions(c)
		if err != nil {
			return nil, nil, false
		}
		for _, r := range regions {
			if r.Rule != flow.NoRule && v.owner[r.Rule] == i {
				own = slices.AppendSeq(own, r.Cubes())
			}
		}
	}
	var behind []flow.Rule
	var owner []int
	for j := i + 1; j < len(v.rules); j++ {
		if !overlaps(v.rules[j].Must, v.rules[i].May) {
			continue
		}
		for _, c := range v.rules[j].Must {
			behind = append(behind, flow.Rule{Match: c, Permit: v.rules[j].Rule.Access.V == azure.Allow})
			owner = append(owner, j)
		}
	}
	rest, err := flow.NewPolicy(behind)
	if err != nil || len(own) == 0 {
		return nil, nil, false
	}
	after := &view{policy: v.policy, rules: v.rules, sure: rest, owner: owner}
	heirs, ok = after.deciders(own)
	for _, j := range heirs {
		ok = ok && v.rules[j].Rule.Access.V == v.rules[i].Rule.Access.V
	}
	return own, heirs, ok
}
