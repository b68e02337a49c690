package lab

import (
	"fmt"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/plain"
)

// limitPlace notes what is attached to a subnet that the lab cannot reproduce.
func (c *compiler) limitPlace(p *place) {
	if strings.EqualFold(p.Name, "GatewaySubnet") || strings.EqualFold(p.Name, "RouteServerSubnet") || len(p.VirtualNetwork.HubConnections) > 0 {
		p.limit("what a gateway has learnt is not known")
	}
	if len(p.ServiceEndpoints) > 0 {
		p.limit("service endpoints of %s are not reproduced", p.Name)
	}
	if _, ok := c.network.NATGateway(p.NATGateway.ID); !ok && p.NATGateway.IsSet() {
		p.limit("the NAT gateway of %s is not stated", p.Name)
	}
	if p.DefaultOutboundAccess.Unknown != nil {
		p.limit("whether %s is private is not known", p.Name)
	}
	if p.group != nil {
		c.limitGroup(p.group, p.limit)
	}
	if p.table != nil && (p.table.Stub || len(p.table.UnknownRoutes) > 0) {
		p.limit("not all routes of %s are known", p.table.Name)
	}
	if p.table != nil {
		c.limitTable(p)
	}
	for _, applied := range p.AdminRules {
		if why := c.unknownAdmin(applied); why != "" {
			p.limit("security admin rule %s: %s", applied.Rule.Name, why)
		}
	}
}

func (c *compiler) unknownAdmin(applied azure.AppliedAdminRule) string {
	r := applied.Rule
	if applied.Doubt != nil {
		return applied.Doubt.Why
	}
	if _, known := r.Access.Known(); !known {
		return "what it does is not known"
	}
	return c.unknownMatch(r.Match)
}

// limitTable notes the routes of which not all is known. They touch every packet
// of the subnet, since tags depend on them (TAG-12).
func (c *compiler) limitTable(p *place) {
	for _, r := range p.table.Routes {
		_, hop := r.NextHopType.Known()
		if !hop || r.Destination.Kind == azure.UnknownAddress || c.unknownTerm(r.Destination) != "" {
			p.limit("not all of the route %s is known", r.Name)
		}
		if address := r.NextHopIPAddress.V; c.network.Appliance(address) != nil {
			p.limit("what is stated of appliance %v is not reproduced", address)
		}
	}
}

// limitGroup notes what is not known of a security group.
func (c *compiler) limitGroup(g *azure.NetworkSecurityGroup, limit func(string, ...any)) {
	if g.Stub || len(g.UnknownRules) > 0 {
		limit("not all rules of %s are known", g.Name)
		return
	}
	for _, r := range g.Rules {
		if why := c.unknownRule(r); why != "" {
			limit("rule %s of %s: %s", r.Name, g.Name, why)
		}
	}
}

func (c *compiler) unknownRule(r *azure.SecurityRule) string {
	if _, known := r.Access.Known(); !known {
		return "what it does is not known"
	}
	return c.unknownMatch(r)
}

// unknownMatch says what is not known of what a rule matches, "" if all is.
func (c *compiler) unknownMatch(r *azure.SecurityRule) string {
	_, direction := r.Direction.Known()
	_, priority := r.Priority.Known()
	_, protocol := r.Protocol.Known()
	if !direction || !priority || !protocol {
		return "direction, priority or protocol is not known"
	}
	for _, ports := range []azure.Ports{r.SourcePorts, r.DestinationPorts} {
		if len(ports.Terms) == 0 {
			return "a side has no port"
		}
		for _, t := range ports.Terms {
			if t.Unknown != nil {
				return "the port " + t.Unknown.Name + " is not known"
			}
		}
	}
	for _, side := range []azure.Side{r.Source, r.Destination} {
		if side.Len() == 0 {
			return "a side has no address"
		}
		for _, t := range side.Terms() {
			if why := c.unknownTerm(t); why != "" {
				return why
			}
		}
	}
	return ""
}

func (c *compiler) unknownTerm(t azure.AddressTerm) string {
	switch t.Kind {
	case azure.UnknownAddress:
		return "the address " + t.Unknown.Name + " is not known"
	case azure.GroupAddress:
		return c.unknownMembers(t.Group)
	case azure.TagAddress:
		folded := plain.FoldTag(t.Tag)
		if _, ok := c.tags[folded]; !ok && !contextual(folded) {
			return fmt.Sprintf("the prefixes of the tag %s are not known", t.Tag)
		}
	}
	return ""
}

func (c *compiler) unknownMembers(group azure.Reference) string {
	if group.Unknown != nil {
		return "an application security group is not known"
	}
	for _, m := range c.network.Members(group.ID) {
		if _, ok := m.PrivateIPAddress.Known(); !ok {
			return fmt.Sprintf("an address of %s is not known", m.Interface.Name)
		}
	}
	for _, e := range c.network.PrivateEndpoints {
		if _, complete := known(e.PrivateAddresses); memberOf(e, group.ID) && (!complete || len(e.PrivateAddresses) == 0) {
			return fmt.Sprintf("an address of %s is not known", e.Name)
		}
	}
	return ""
}
