package wayleave

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/egress"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/result"
	"github.com/wayleave/wayleave/internal/service"
)

// degraded tells what a route of 0.0.0.0/0 to an appliance does to the managed
// services in the subnets that send: which requirements lose their replies (C-26)
// or end at the firewall (C-27).
func (n *Network) degraded(f *fabric.Fabric, q egress.Query) []result.PatternCheck {
	var senders []string
	var at result.PatternCheck
	for _, s := range q.From {
		r, ok := f.DefaultRoute(s)
		if !ok || !f.IsManaged(s) {
			continue
		}
		if senders = append(senders, s.Label()); at.At == nil && !r.At.IsZero() {
			place := r.At
			at.At = &place
		}
	}
	if len(senders) == 0 {
		return nil
	}
	answer, err := n.Check(CheckOptions{AllowNone: true})
	if err != nil { // check itself tells what is wrong with the question
		return nil
	}
	var list []result.PatternCheck
	for _, k := range []struct {
		id, direction, found, observed string
		kinds                          []fabric.Kind
	}{
		{"C-26", "inbound", "replies do not come back", "the service's management fails, deployments fail, connectors are not updated; an environment that stays unhealthy is suspended", []fabric.Kind{fabric.KindReturnPath}},
		{"C-27", "outbound", "requests end at the firewall", "the designer stays blank, the history of runs is missing, the service stops", []fabric.Kind{fabric.KindFirewallRule, fabric.KindFirewallDefaultDeny}},
	} {
		var broken []string
		for i := range answer.Services {
			for j := range answer.Services[i].Requirements {
				r := &answer.Services[i].Requirements[j]
				stopped := slices.ContainsFunc(r.BlockedBy, func(b result.Blocker) bool { return slices.Contains(k.kinds, fabric.Kind(b.Kind)) })
				if stopped && r.Direction == k.direction && r.Severity == service.Required && r.Outcome == result.Fail && slices.Contains(senders, r.Subnet) {
					broken = append(broken, r.ID)
				}
			}
		}
		if slices.Sort(broken); len(broken) > 0 {
			c := at
			c.ID, c.Severity, c.Observed = k.id, string(egress.Broken), k.observed
			c.Message = fmt.Sprintf("under the route of 0.0.0.0/0 %s: %s; wayleave check tells more", k.found, strings.Join(slices.Compact(broken), ", "))
			list = append(list, c)
		}
	}
	return list
}
