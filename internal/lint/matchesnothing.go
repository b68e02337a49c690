package lint

import (
	"fmt"
	"slices"

	"github.com/wayleave/wayleave/internal/azure"
)

var matchesNothing = Check{
	Code:   "matches-nothing",
	Title:  "a rule that matches no packet at all",
	Text:   "One of its sides holds no address: an application security group without members (ASG-4), or a tag that holds nothing where the rule decides.",
	Avoid:  "100 Allow Tcp from asg-web to * 443, and no interface is a member of asg-web",
	Prefer: "make the interfaces members of asg-web, or remove the rule",
}

func runMatchesNothing(r *run) {
	for _, l := range r.lists {
		for _, rule := range l.rules() {
			if !l.idle(rule) || namesICMPPorts(rule) { // for another reason
				continue
			}
			message, hint := title(rule)+" matches no packet: one of its sides holds no address", "remove it, or name addresses that exist"
			if name, ok := memberless(r.fabric.Network(), rule); ok {
				message = fmt.Sprintf("%s matches no packet: the application security group %s has no members", title(rule), name)
				hint = "make network interfaces members of it, or remove the rule"
			}
			r.add(about(&matchesNothing, l.group, rule, message, hint))
		}
	}
}

// idle reports whether a rule matches nothing at any place of its group.
func (l *list) idle(rule *azure.SecurityRule) bool {
	return !slices.ContainsFunc(l.views, func(v *view) bool { return !v.empty(v.position(rule)) })
}

// memberless finds an application security group without members in a rule.
func memberless(n *azure.Network, rule *azure.SecurityRule) (string, bool) {
	for _, side := range []azure.Side{rule.Source, rule.Destination} {
		for _, t := range side.Terms() {
			if t.Kind == azure.GroupAddress && len(n.Members(t.Group.ID)) == 0 {
				return t.Group.ID.Name(), true
			}
		}
	}
	return "", false
}
