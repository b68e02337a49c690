package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/service"
)

// added reports whether rules and routes that the service writes itself open
// what is blocked: its rules come before the default rules of a security group
// and before rules of the user with larger numbers, its routes are longer than a
// default route. Before other rules and routes of the user they need not come.
func added(adds []service.Addition, all parts, network *azure.Network) (reason string, ok bool) {
	blocked := all.of(reach.Blocked)
	if len(adds) == 0 || len(blocked) == 0 || len(all.of(reach.Undecided)) > 0 {
		return "", false
	}
	rules, routes := addedTo(adds, "securityGroup"), addedTo(adds, "routeTable")
	last := 0
	for _, a := range adds {
		last = max(last, a.Priority)
	}
	for _, p := range blocked {
		for _, h := range p.Blockers {
			switch {
			case h.Kind == fabric.KindNSGDefaultRule && rules != "":
			case h.Kind == fabric.KindNSGRule && last > 0 && h.Priority > last:
			case h.Kind == fabric.KindRoute && routes != "" && isWholeRoute(network, h):
			default:
				return "", false
			}
		}
	}
	return addedText(rules, routes), true
}

func addedText(texts ...string) string {
	texts = slices.DeleteFunc(texts, func(s string) bool { return s == "" })
	return "the service adds what is missing itself: " + strings.Join(texts, ", ")
}

// isWholeRoute reports whether a hop is a user's route that takes every
// address, or half of them.
func isWholeRoute(network *azure.Network, h reach.Hop) bool {
	table, ok := network.RouteTable(h.Resource)
	if !ok {
		return false
	}
	for _, r := range table.Routes {
		if r.Name == h.Name {
			return takesAll(&fabric.Route{User: r})
		}
	}
	return false
}

func addedTo(adds []service.Addition, where string) string {
	var names []string
	for _, a := range adds {
		if a.Where == where {
			names = append(names, a.Names)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return fmt.Sprintf("%s in the %s", strings.Join(names, ", "), map[string]string{"securityGroup": "security group", "routeTable": "route table"}[where])
}
