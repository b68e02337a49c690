package lint

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
)

var tagWidened = Check{
	Code:   "tag-widened",
	Title:  "a default route makes VirtualNetwork hold the internet",
	Text:   "Where a user route sends 0.0.0.0/0 to an appliance or gateway, the tag VirtualNetwork holds every address (TAG-12). A rule that allows the tag then allows the internet, the default rule AllowVnetInBound among them; one that denies it denies everything.",
	Avoid:  "a route 0.0.0.0/0 to 10.0.9.4, and only the default rules inbound",
	Prefer: "allow the network's own prefixes, then 4096 Deny * from * to *",
}

func runTagWidened(r *run) {
	for _, l := range r.lists {
		seen := map[*azure.SecurityRule]bool{}
		for _, s := range l.subnets {
			route := r.widening(s)
			if route == nil {
				continue
			}
			p := r.fabric.SubnetRules(s, l.direction)
			if p == nil || p.Group != l.group {
				continue
			}
			for _, o := range p.Split([]flow.Cube{r.strangers(s, l.direction)}, true) {
				for _, h := range o.Hops {
					rule := ruleOf(l, h.Name)
					if rule == nil || seen[rule] || !namesNetwork(rule, l.direction) || rule.Default && l.direction == azure.Outbound {
						continue
					}
					seen[rule] = true
					r.add(widened(l, s, rule, route, o.Packets))
				}
			}
		}
	}
}

func widened(l *list, s *azure.Subnet, rule *azure.SecurityRule, route *azure.Route, packets []flow.Cube) Finding {
	does := "allows"
	if rule.Access.V == azure.Deny {
		does = "denies"
	}
	f := about(&tagWidened, l.group, rule,
		fmt.Sprintf("%s %s the internet at subnet %s: the route %s widens VirtualNetwork to every address", title(rule), does, s.Name, route.Name),
		"name the network's own prefixes in place of the tag")
	if rule.Default {
		f.At = l.group.At
		f.Hint = "deny inbound what is not meant before the default rules, by prefix rather than by tag"
	}
	f.Related = []Related{{Resource: route.Table.Label(), Name: route.Name, At: route.At, Note: "widens the tag"}}
	f.Witness = example(packets)
	return f
}

// widening is the default route that makes the tag hold the internet at a
// subnet, nil if it certainly does not or it is not known.
func (r *run) widening(s *azure.Subnet) *azure.Route {
	table, ok := r.fabric.Network().RouteTable(s.RouteTable.ID)
	if !ok || !r.fabric.PublicInternet().Only(flow.IPv4).Overlaps(r.fabric.VirtualNetworkTag(s).Must.Minus(r.fabric.ClientSpace(s.VirtualNetwork))) {
		return nil
	}
	for _, route := range table.Routes {
		if route.Destination.Kind == azure.PrefixAddress && route.Destination.Prefix == netip.PrefixFrom(netip.IPv4Unspecified(), 0) {
			return route
		}
	}
	return nil
}

// strangers are TCP packets between a subnet and those addresses of the
// internet that the tag holds without belonging to the network.
func (r *run) strangers(s *azure.Subnet, d azure.Direction) flow.Cube {
	far := r.fabric.PublicInternet().Only(flow.IPv4).Minus(r.fabric.ClientSpace(s.VirtualNetwork)).Intersect(r.fabric.VirtualNetworkTag(s).Must)
	c := flow.AnyCube()
	c.Protocols = flow.Protocols(flow.TCP)
	c.Source, c.Destination = far, r.fabric.Addresses(s)
	if d == azure.Outbound {
		c.Source, c.Destination = c.Destination, c.Source
	}
	return c.Normal()
}

// ruleOf finds a rule of a list by name, default rules included.
func ruleOf(l *list, name string) *azure.SecurityRule {
	for _, e := range l.views[0].rules {
		if e.Rule.Name == name {
			return e.Rule
		}
	}
	return nil
}

// namesNetwork reports whether the far side of a rule is by the tag.
func namesNetwork(r *azure.SecurityRule, d azure.Direction) bool {
	far := r.Source
	if d == azure.Outbound {
		far = r.Destination
	}
	for _, t := range far.Terms() {
		if t.Kind == azure.TagAddress && strings.EqualFold(t.Tag, "VirtualNetwork") {
			return true
		}
	}
	return false
}
