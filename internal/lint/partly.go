package lint

import (
	"fmt"
	"slices"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
)

var partlyShadowed = Check{
	Code:   "partly-shadowed",
	Title:  "a rule that an earlier one of the other kind crosses",
	Text:   "Each of the two rules matches packets that the other does not, and where both match the earlier one decides (NSG-4). Which of the two was meant there cannot be told from the rules. A narrow exception before a wider rule is not reported.",
	Avoid:  "100 Deny * from 10.0.1.0/24 to *; 200 Allow Tcp from * to * 443",
	Prefer: "100 Deny Tcp from 10.0.1.0/24 to * 443; 200 Allow Tcp from * to * 443",
}

func runPartlyShadowed(r *run) {
	for _, l := range r.lists {
		for _, rule := range l.rules() {
			if f, ok := crossing(l, rule); ok {
				r.add(f)
			}
		}
	}
}

// crossing is the finding about the rules that cross a rule which is not
// shadowed; it must have one wherever the group decides.
func crossing(l *list, rule *azure.SecurityRule) (Finding, bool) {
	var found Finding
	for n, v := range l.views {
		i := v.position(rule)
		if _, _, dead := v.shadows(i); dead {
			return Finding{}, false
		}
		taken := v.crossedBy(i)
		if len(taken) == 0 {
			return Finding{}, false
		}
		if n > 0 {
			continue
		}
		found = about(&partlyShadowed, l.group, rule, fmt.Sprintf("%s does not decide all its packets: an earlier rule of the other kind crosses it", title(rule)), "narrow one of them to what is meant where both match")
		for _, t := range taken {
			found.Related = append(found.Related, blame(l.group, v.rules[t.by].Rule, "decides where both match"))
		}
		found.Witness = l.example(taken[0].packets)
	}
	return found, true
}

// taking is packets of a rule that an earlier one decides.
type taking struct {
	by      int
	packets []flow.Cube
}

// crossedBy lists the earlier user's rules of the other access that decide
// packets of rule i for certain, and do not lie within it.
func (v *view) crossedBy(i int) []taking {
	if v.sure == nil || len(v.rules[i].Doubts) > 0 {
		return nil
	}
	access, ok := v.rules[i].Rule.Access.Known()
	if !ok {
		return nil
	}
	var list []taking
	for _, c := range v.rules[i].May {
		regions, err := v.sure.Regions(c)
		if err != nil {
			return nil
		}
		for _, r := range regions {
			if r.Rule == flow.NoRule {
				continue
			}
			j := v.owner[r.Rule]
			other := v.rules[j]
			known, ok := other.Rule.Access.Known()
			if j < i && ok && known != access && !within(other.Must, v.rules[i].May) {
				list = append(list, taking{j, slices.Collect(r.Cubes())})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b taking) int { return a.by - b.by })
	return slices.CompactFunc(list, func(a, b taking) bool { return a.by == b.by })
}

func within(a, b []flow.Cube) bool {
	for _, c := range a {
		if !slices.ContainsFunc(b, c.SubsetOf) {
			return false
		}
	}
	return true
}
