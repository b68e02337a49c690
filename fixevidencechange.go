package wayleave

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/repair"
	"github.com/wayleave/wayleave/internal/result"
)

// examples stand in evidence for addresses that Azure chooses when a resource is made.
type examples struct {
	// of are those of firewalls and public addresses, by their id.
	of map[azure.ID]netip.Addr
	// named are those of public addresses, by what answers call them.
	named map[string]netip.Addr
}

// examplesFor gives every firewall that a change allocates the first address of its
// subnet that anybody can have, and every new public address one of the range for
// documentation.
func examplesFor(edits []repair.Edit, after *azure.Network) examples {
	ex := examples{map[azure.ID]netip.Addr{}, map[string]netip.Addr{}}
	private := func(f *azure.AzureFirewall, c *azure.FirewallIPConfiguration) {
		s, ok := after.Subnet(c.Subnet.ID)
		if !ok || len(s.Prefixes) == 0 {
			return
		}
		if prefix, known := s.Prefixes[0].Known(); known {
			a := prefix.Masked().Addr()
			for range 4 { // FAB-4
				a = a.Next()
			}
			ex.of[f.ID] = a
		}
	}
	public := netip.MustParseAddr("203.0.113.200")
	for _, e := range edits {
		switch c := e.Change.(type) {
		case *repair.NewFirewall:
			private(c.Firewall, c.Firewall.IPConfigurations[0])
		case *repair.NewFirewallAddress:
			private(c.Firewall, c.Address)
		case *repair.NewPublicIPAddress:
			ex.of[c.Address.ID], ex.named["<"+c.Address.Label()+">"] = public, public
			public = public.Next()
		}
	}
	return ex
}

// seen are addresses with the examples in place of those that are not known.
func (ex examples) seen(addresses []string) []string {
	var list []string
	for _, text := range addresses {
		if a, made := ex.named[text]; made {
			text = a.String()
		}
		list = append(list, text)
	}
	return list
}

// evidenceChanges are edits with what another program needs to make them; the error
// names one that it cannot follow.
func evidenceChanges(edits []repair.Edit, changes []result.FixChange, ex examples) ([]result.EvidenceChange, error) {
	list := []result.EvidenceChange{}
	for i := range edits {
		c := result.EvidenceChange{FixChange: changes[i], ID: string(edits[i].Target().ID), Refers: map[string]string{}, Set: map[string][]string{}}
		if why := ex.describe(&edits[i], &c); why != "" {
			return nil, &UsageError{
				Message: fmt.Sprintf("there is no evidence of the change of %s: %s", edits[i].Target().Name, why),
				Hints:   []string{"without --evidence the change is proved as always"},
			}
		}
		list = append(list, c)
	}
	return list, nil
}

// subnetUses are the roles of what a subnet is associated with.
var subnetUses = map[azure.AssociationKind]string{
	azure.SubnetToRouteTable: "routeTable", azure.SubnetToNetworkSecurityGroup: "securityGroup", azure.SubnetToNATGateway: "natGateway",
}

// describe states what an edit sets, or says why it cannot be followed.
func (ex examples) describe(e *repair.Edit, c *result.EvidenceChange) (why string) {
	refer := func(role string, id azure.ID) { c.Refers[role] = string(id) }
	switch x := e.Change.(type) {
	case nil:
		c.Kind = "securityRule"
		if e.Route != nil {
			c.Kind = "route"
			ex.nextHop(e.Route, c)
		}
	case *repair.NewSubnet:
		c.Kind, c.Set["prefix"] = "subnet", []string{x.Subnet.Prefixes[0].V.String()}
		refer("network", x.Network.ID)
	case *repair.NewPublicIPAddress:
		c.Kind, c.Set["address"] = "publicAddress", []string{ex.of[x.Address.ID].String()}
	case *repair.NewFirewall:
		c.Kind = "firewall"
		return ex.allocation(x.Firewall, x.Firewall.IPConfigurations[0], c)
	case *repair.NewFirewallAddress:
		c.Kind = "allocation"
		return ex.allocation(x.Firewall, x.Address, c)
	case *repair.NewRouteTable:
		c.Kind = "routeTable"
	case *repair.NewSecurityGroup:
		c.Kind = "securityGroup"
	case *repair.Association:
		c.Kind = "association"
		refer(subnetUses[x.Kind], x.To.ID)
	case *repair.Detachment:
		c.Kind = "detachment"
		refer(subnetUses[x.Kind], x.From.ID)
	case *repair.AddressRemoval:
		c.Kind, c.Set["configuration"] = "addressRemoval", []string{x.Address.Name}
	case *repair.Forwarding:
		c.Kind = "forwarding"
	case *repair.PeeringChange:
		c.Kind = "peering"
	case *repair.PrivateRanges:
		c.Kind, c.Set["ranges"] = "privateRanges", slices.Clone(x.Ranges)
	case *repair.RouteChange:
		c.Kind = "routeChange"
		ex.nextHop(&x.Route, c)
	case *repair.RouteRemoval:
		c.Kind = "routeRemoval"
	case *repair.NetworkRule:
		describeRule(x, c)
	case *repair.CollectionMove:
		c.Kind, c.Set["collection"], c.Set["priority"] = "collectionMove", []string{x.Collection.Name}, []string{fmt.Sprint(x.Priority)}
	case *repair.Delegation:
		return "the program that checks it does not follow packets of a subnet that is delegated"
	default:
		return "the program that checks it does not know this kind of change"
	}
	return ""
}

// nextHop names the firewall that a route leads to, where its address is an example.
func (ex examples) nextHop(r *repair.Route, c *result.EvidenceChange) {
	c.Set["addressPrefix"], c.Set["nextHopType"] = []string{r.AddressPrefix}, []string{string(r.NextHopType)}
	switch {
	case r.NextHopIPAddress != "":
		c.Set["nextHopIpAddress"] = []string{r.NextHopIPAddress}
	case r.Firewall != nil:
		c.Set["nextHopIpAddress"] = []string{ex.of[r.Firewall.ID].String()}
	}
}

// allocation states the address of a firewall, or says why there is no example of it.
func (ex examples) allocation(f *azure.AzureFirewall, address *azure.FirewallIPConfiguration, c *result.EvidenceChange) (why string) {
	private, ok := ex.of[f.ID]
	if !ok {
		return "the prefix of the subnet that it stands in is not known"
	}
	c.Refers["subnet"], c.Refers["publicAddress"] = string(address.Subnet.ID), string(address.PublicIPAddress.ID)
	c.Set["privateAddress"] = []string{private.String()}
	return ""
}

// describeRule states a rule of a firewall with its collection and group, where
// these are new.
func describeRule(x *repair.NetworkRule, c *result.EvidenceChange) {
	c.Kind = "networkRule"
	c.Set["collection"], c.Set["protocols"], c.Set["sources"], c.Set["destinations"], c.Set["ports"] = []string{x.Collection.Name}, x.Rule.Protocols, x.Rule.Source, x.Rule.Destination, x.Rule.Ports
	if x.NewCollection {
		c.Set["priority"] = []string{fmt.Sprint(x.Collection.Priority.V)}
	}
	if x.NewGroup {
		c.Refers["policy"] = string(x.Group.Policy.ID)
		c.Set["group"], c.Set["groupPriority"] = []string{x.Group.Name}, []string{fmt.Sprint(x.Group.Priority.V)}
	}
}
