package repair

import (
	"fmt"
	"slices"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/service"
)

// NewSecurityGroup adds a security group.
type NewSecurityGroup struct {
	Group *azure.NetworkSecurityGroup
	// Rules that it has from the start.
	Rules []Rule
}

// Delegation delegates a subnet to a service.
type Delegation struct {
	Subnet  *azure.Subnet
	Service string
}

// Target is the subnet.
func (c *Delegation) Target() *azure.Resource { return &c.Subnet.Resource }

// Text names the service.
func (c *Delegation) Text() string { return "delegated to " + c.Service }

func (c *Delegation) key() string { return "delegation " + string(c.Subnet.ID) }

func (c *Delegation) apply(list []*azure.Inventory) bool {
	return eachSubnet(list, c.Subnet, func(s *azure.Subnet) {
		s.Delegations = append(slices.Clone(s.Delegations), azure.Of(c.Service, s.At))
	})
}

// Changes reports whether a change of the network meets a rule about a subnet.
func Changes(r *service.SubnetRule) bool {
	return r.SecurityGroup == "required" || r.RouteTable == "required" || r.Delegation != "" && r.Delegation != "none"
}

// equip plans what a subnet has to have.
func (p *planner) equip(s *azure.Subnet, r *service.SubnetRule) ([]Edit, string) {
	switch {
	case r.SecurityGroup == "required":
		return p.guard(s, true)
	case r.RouteTable == "required":
		table, edits, problem := p.ownTable(s, "rt-"+s.Name)
		if problem != "" {
			return nil, problem
		}
		return append(edits, Edit{Action: Modify, Change: &Association{Subnet: s, Kind: azure.SubnetToRouteTable, To: &table.Resource}}), ""
	case len(s.Delegations) > 0:
		return nil, fmt.Sprintf("subnet %s is delegated to another service already, and a subnet has one delegation: it takes another subnet", s.Name)
	}
	return []Edit{{Action: Modify, Change: &Delegation{s, r.Delegation}}}, ""
}

// Forwarding lets an interface pass on what is not its own (RT-40).
type Forwarding struct{ Interface *azure.NetworkInterface }

// Target is the new group.
func (c *NewSecurityGroup) Target() *azure.Resource { return &c.Group.Resource }

// Text says what it is.
func (c *NewSecurityGroup) Text() string {
	if len(c.Rules) > 0 {
		return "network security group that allows what passes today; narrow it when the service runs"
	}
	return "network security group"
}

func (c *NewSecurityGroup) key() string { return "group " + string(c.Group.ID) }

func (c *NewSecurityGroup) apply(list []*azure.Inventory) bool {
	into := inventoryOf(list, c.Group.Rank)
	into.NetworkSecurityGroups = append(into.NetworkSecurityGroups, c.Group)
	for i := range c.Rules {
		rule, problems := c.Rules[i].security(c.Group)
		if problems.HasErrors() || !add(list, c.Group, rule) {
			return false
		}
	}
	return true
}

// Target is the interface.
func (c *Forwarding) Target() *azure.Resource { return &c.Interface.Resource }

// Text names the flag.
func (c *Forwarding) Text() string { return "IP forwarding on, was off" }

func (c *Forwarding) key() string { return "forwarding " + string(c.Interface.ID) }

func (c *Forwarding) apply(list []*azure.Inventory) bool {
	done := false
	for _, inv := range list {
		for i, nic := range inv.NetworkInterfaces {
			if same(&nic.Resource, &c.Interface.Resource) {
				copied := *nic
				copied.EnableIPForwarding = azure.Of(true, nic.At)
				inv.NetworkInterfaces[i] = &copied
				done = true
			}
		}
	}
	return done
}

// asBefore is the rule behind all others that keeps what passes without a group: from
// outside nothing does, for the frontends of a service that asks for one are closed
// until then (decisions 14, PIP-1).
func asBefore(d azure.Direction, from []string) Rule {
	return Rule{
		Name: "as-before-" + lower(d), Direction: d, Access: azure.Allow, Priority: azure.MaxPriority, Protocol: azure.AnyProtocol,
		Source: from, Destination: []string{"*"}, SourcePorts: []string{"*"}, DestinationPorts: []string{"*"},
		Description: "what passed before the group was attached; narrow it", Complete: true,
	}
}

// guard plans a security group for a subnet that has none. With open, two rules
// behind all others keep what passes today; without, the default rules hold.
func (p *planner) guard(s *azure.Subnet, open bool) ([]Edit, string) {
	if s.Stub || s.VirtualNetwork == nil || s.VirtualNetwork.Stub {
		return nil, "no input states the subnet " + s.Name + " and its virtual network"
	}
	made := p.guards[s.ID]
	if made == nil {
		made = p.newGroup(s, open)
		p.guards[s.ID] = made
	}
	return []Edit{
		{Action: Add, Change: made},
		{Action: Modify, Change: &Association{Subnet: s, Kind: azure.SubnetToNetworkSecurityGroup, To: &made.Group.Resource}},
	}, ""
}

func (p *planner) newGroup(s *azure.Subnet, open bool) *NewSecurityGroup {
	g := &azure.NetworkSecurityGroup{Resource: beside(&s.VirtualNetwork.Resource, azure.TypeNetworkSecurityGroup, p.newName("nsg-"+s.Name, azure.MaxName))}
	if s.Rank != azure.RankPlan && s.Rank != azure.RankState { // there, rules are resources of their own
		g.Rules = []*azure.SecurityRule{}
	}
	made := &NewSecurityGroup{Group: g}
	if open {
		made.Rules = []Rule{asBefore(azure.Inbound, fabric.PrivateIPv4()), asBefore(azure.Outbound, []string{"*"})}
	}
	return made
}

// closed plans the security group without which a public address lets nothing
// in (PIP-1). Where the service asks for it too, it is that one.
func (p *planner) closed(h reach.Hop, packets []flow.Cube) ([]Edit, string) {
	to := fabric.Destinations(packets)
	for _, s := range p.fabric.Network().Subnets() {
		if p.fabric.Addresses(s).Overlaps(to) && !s.NetworkSecurityGroup.IsSet() {
			return p.guard(s, p.asked[s.ID])
		}
	}
	return nil, otherBlocker(h)
}

// deaf plans IP forwarding for an interface that drops what is not its own.
func (p *planner) deaf(h reach.Hop) (Change, string) {
	for _, nic := range p.fabric.Network().NetworkInterfaces {
		if on, known := nic.EnableIPForwarding.Known(); nic.ID == h.Resource && !nic.Stub && (known && !on || !nic.EnableIPForwarding.IsSet()) {
			return &Forwarding{nic}, ""
		}
	}
	return nil, otherBlocker(h)
}

// systemRoute plans for what a route of Azure's own drops: one to the internet
// beside it, where the destination is there.
func (p *planner) systemRoute(h reach.Hop, packets []flow.Cube) ([]Edit, string) {
	to := fabric.Destinations(packets)
	if !p.onInternet(to, packets) {
		return nil, fmt.Sprintf("nothing that the input states leads to %s: Azure's own route %s drops it; connect what has it with a peering or a gateway, or lead it to an appliance that does", to.Folded(2), h.Name)
	}
	var edits []Edit
	for _, s := range p.fabric.Network().Subnets() {
		if !p.fabric.Addresses(s).Overlaps(fabric.Sources(packets)) {
			continue
		}
		table, more, problem := p.ownTable(s, "rt-"+s.Name)
		if problem != "" {
			return nil, problem
		}
		edits = append(edits, more...)
		for prefix := range to.Prefixes() {
			edits = append(edits, Edit{Action: Add, Table: table, Route: &Route{AddressPrefix: prefix.String(), NextHopType: azure.InternetNextHop}})
		}
		if !s.RouteTable.IsSet() {
			edits = append(edits, Edit{Action: Modify, Change: &Association{Subnet: s, Kind: azure.SubnetToRouteTable, To: &table.Resource}})
		}
	}
	if len(edits) == 0 {
		return nil, otherBlocker(h)
	}
	return edits, ""
}

// onInternet reports whether addresses are of the internet for all who send to
// them: some that Azure's own routes drop are.
func (p *planner) onInternet(to flow.AddressSet, packets []flow.Cube) bool {
	found := false
	for _, s := range p.fabric.Network().Subnets() {
		if p.fabric.Addresses(s).Overlaps(fabric.Sources(packets)) {
			if !to.SubsetOf(p.fabric.InternetTag(s).Must) {
				return false
			}
			found = true
		}
	}
	return found
}

// ownTable is the route table of a subnet, or a new one of the name, which the
// subnets of its virtual network share.
func (p *planner) ownTable(s *azure.Subnet, name string) (*azure.RouteTable, []Edit, string) {
	if s.Stub || s.VirtualNetwork == nil || s.VirtualNetwork.Stub {
		return nil, nil, "no input states the subnet " + s.Name + " and its virtual network"
	}
	if s.RouteTable.IsSet() {
		table, ok := p.fabric.Network().RouteTable(s.RouteTable.ID)
		if s.RouteTable.Unknown != nil || !ok || table.Stub || len(table.UnknownRoutes) > 0 {
			return nil, nil, fmt.Sprintf("the routes of subnet %s are not known: no input states its route table", s.Name)
		}
		return table, nil, ""
	}
	v := s.VirtualNetwork
	table := p.tables[v.ID]
	if table == nil {
		table = &azure.RouteTable{Resource: beside(&v.Resource, azure.TypeRouteTable, p.newName(name, azure.MaxName))}
		if v.Rank != azure.RankPlan && v.Rank != azure.RankState {
			table.Routes = []*azure.Route{}
		}
		p.tables[v.ID] = table
	}
	return table, []Edit{{Action: Add, Change: &NewRouteTable{table}}}, ""
}
