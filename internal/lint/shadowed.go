package lint

import (
	"fmt"

	"github.com/wayleave/wayleave/internal/azure"
)

var shadowed = Check{
	Code:   "shadowed",
	Title:  "a rule that never decides, because earlier rules match all its packets",
	Text:   "Rules are evaluated by priority, smaller first, and the first match decides (NSG-4). Whoever reads the rule believes that it allows or denies something. If the earlier rules decide otherwise, the rule's purpose is not met.",
	Avoid:  "100 Deny Tcp from * to * 0-65535; 200 Allow Tcp from 10.0.0.0/8 to * 443",
	Prefer: "100 Allow Tcp from 10.0.0.0/8 to * 443; 110 Deny Tcp from * to * 0-65535",
}

func runShadowed(r *run) {
	for _, l := range r.lists {
		for _, rule := range l.rules() {
			if f, ok := shadowing(l, rule); ok {
				r.add(f)
			}
		}
	}
}

// shadowing is the finding about a rule that is shadowed wherever its group
// decides; the rules to blame are those of the first place.
func shadowing(l *list, rule *azure.SecurityRule) (Finding, bool) {
	var found Finding
	for n, v := range l.views {
		i := v.position(rule)
		first, by, ok := v.shadows(i)
		if !ok {
			return Finding{}, false
		}
		if n > 0 {
			continue
		}
		opposite := false
		for _, j := range first {
			opposite = opposite || v.rules[j].Rule.Access.V != rule.Access.V
		}
		hint := "remove it"
		switch {
		case !opposite && l.demanded(rule):
			return Finding{}, false
		case opposite:
			hint = "move it before them if it is meant to hold, else remove it"
		}
		found = about(&shadowed, l.group, rule, fmt.Sprintf("%s never decides: earlier rules match all its packets", title(rule)), hint)
		for _, j := range by {
			found.Related = append(found.Related, blame(l.group, v.rules[j].Rule, "comes before it and matches its packets"))
		}
		found.Witness = l.example(v.rules[i].May)
	}
	return found, true
}

// shadows lists the rules before rule i that decide its packets for certain,
// and fewest of those before it that match them all; ok is false if some packet
// is left to it, or it matches nothing anyway.
func (v *view) shadows(i int) (first, by []int, ok bool) {
	if v.empty(i) {
		return nil, nil, false
	}
	first, ok = v.deciders(v.rules[i].May)
	if !ok || first[len(first)-1] >= i {
		return nil, nil, false
	}
	return first, v.cover(v.rules[i].May, i, first), true
}
