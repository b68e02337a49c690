package expect

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/result"
)

// rule is a rule or route that a person wrote.
type rule struct {
	result.Untouched
	id       ruleID
	security *azure.SecurityRule
	route    *azure.Route
	firewall *azure.FirewallRule
}

// ruleID tells rules apart: one line of a template can stand for many.
type ruleID struct {
	resource azure.ID
	name     string
	at       diagnostic.Position
}

// Coverage collects which rules decide about something.
type Coverage struct {
	network *azure.Network
	rules   []*rule
	touched map[ruleID]bool
}

// NewCoverage lists the rules and routes of a network; none is touched yet.
func NewCoverage(n *azure.Network) *Coverage {
	c := &Coverage{network: n, touched: map[ruleID]bool{}}
	for _, g := range n.NetworkSecurityGroups {
		for _, r := range g.Rules {
			c.add(&rule{security: r}, "nsgRule", &g.Resource, &r.Resource, r.Priority.Or(0))
		}
	}
	for _, t := range n.RouteTables {
		for _, r := range t.Routes {
			c.add(&rule{route: r}, "route", &t.Resource, &r.Resource, 0)
		}
	}
	for _, f := range n.AzureFirewalls {
		c.collections(f.RuleCollections)
	}
	for _, p := range n.FirewallPolicies {
		for _, g := range p.Groups {
			c.collections(g.Collections)
		}
	}
	slices.SortStableFunc(c.rules, func(a, b *rule) int {
		return cmp.Or(cmp.Compare(order[a.Kind], order[b.Kind]), a.id.at.Compare(b.id.at))
	})
	return c
}

var order = map[string]int{"nsgRule": 0, "route": 1, "firewallRule": 2}

func (c *Coverage) collections(list []*azure.RuleCollection) {
	for _, k := range list {
		for _, r := range k.Rules {
			c.add(&rule{firewall: r}, "firewallRule", &k.Resource, &r.Resource, k.Priority.Or(0))
		}
	}
}

func (c *Coverage) add(r *rule, kind string, holder, own *azure.Resource, priority int) {
	at := own.At
	r.Untouched = result.Untouched{Kind: kind, Resource: holder.Label(), Name: own.Name, Priority: priority, At: &at}
	r.id = ruleID{holder.ID, own.Name, own.At}
	c.rules = append(c.rules, r)
}

// Touch notes the hops that decided about packets.
func (c *Coverage) Touch(hops []reach.Hop) {
	for _, h := range hops {
		c.touched[ruleID{h.Resource, h.Name, h.At}] = true
	}
}

// Count is the coverage so far. With proposals for at most so many rules it
// looks for expectations that would meet what is untouched.
func (c *Coverage) Count(p *Proposer, proposals int) result.Coverage {
	out := result.Coverage{Untouched: []result.Untouched{}}
	counts := map[string]*result.CoverageCount{"nsgRule": &out.SecurityRules, "route": &out.Routes, "firewallRule": &out.FirewallRules}
	for _, r := range c.rules {
		count := counts[r.Kind]
		count.Total++
		if c.touched[r.id] {
			count.Touched++
			continue
		}
		u := r.Untouched
		if u.Note = c.unused(r); u.Note == "" && proposals > 0 {
			var found *Proposed
			if found, u.Note = p.propose(r); found != nil {
				proposals--
				u.Proposal = found.data()
			}
		}
		out.Untouched = append(out.Untouched, u)
	}
	return out
}

// Propose finds expectations that hold today for the untouched rules, one
// after the other: a rule that an earlier one meets needs none of its own.
func (c *Coverage) Propose(p *Proposer) []Expectation {
	var list []Expectation
	seen := map[string]bool{}
	for _, r := range c.rules {
		if c.touched[r.id] || c.unused(r) != "" {
			continue
		}
		found, _ := p.propose(r)
		if found == nil || seen[found.expectation.Name] {
			continue
		}
		seen[found.expectation.Name] = true
		c.Touch(found.touched)
		list = append(list, found.expectation)
	}
	return list
}

// unused says why no packet of the input can meet a rule.
func (c *Coverage) unused(r *rule) string {
	switch {
	case r.security != nil && len(c.places(r.security.Group)) == 0:
		return "no subnet and no network interface of the input uses the group"
	case r.route != nil && len(c.routed(r.route.Table)) == 0:
		return "no subnet of the input uses the route table"
	}
	return ""
}

// place is a subnet or interface with what a user calls it.
type place struct {
	name string
	end  reach.Endpoint
	vnet *azure.VirtualNetwork
}

// places are where the rules of a group stand.
func (c *Coverage) places(g *azure.NetworkSecurityGroup) []place {
	var list []place
	for _, s := range c.network.Subnets() {
		if g != nil && s.NetworkSecurityGroup.ID == g.ID {
			list = append(list, c.subnet(s))
		}
	}
	for _, nic := range c.network.NetworkInterfaces {
		if g != nil && nic.NetworkSecurityGroup.ID == g.ID {
			list = append(list, place{name: "nic:" + nic.Name, end: reach.Interface(nic.ID)})
		}
	}
	return list
}

// routed are the subnets of a route table.
func (c *Coverage) routed(t *azure.RouteTable) []place {
	var list []place
	for _, s := range c.network.Subnets() {
		if t != nil && s.RouteTable.ID == t.ID {
			list = append(list, c.subnet(s))
		}
	}
	return list
}

// subnet is a subnet by the shortest name that is its own.
func (c *Coverage) subnet(s *azure.Subnet) place {
	name := s.Name
	for _, other := range c.network.Subnets() {
		if other != s && strings.EqualFold(other.Name, s.Name) {
			name = fmt.Sprintf("%s/%s", s.VirtualNetwork.Name, s.Name)
		}
	}
	return place{name: name, end: reach.Subnet(s.ID), vnet: s.VirtualNetwork}
}
