package repair

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/reach"
)

// Route is a route to be written, in the texts of the API.
type Route struct {
	Name string
	// AddressPrefix is a prefix or a service tag.
	AddressPrefix string
	NextHopType   azure.NextHopType
	// NextHopIPAddress of VirtualAppliance, where it is known; else Firewall is
	// the one whose private address it will be.
	NextHopIPAddress string
	Firewall         *azure.AzureFirewall
}

// Text is the route in one line.
func (r *Route) Text() string {
	to := string(r.NextHopType)
	switch {
	case r.NextHopIPAddress != "":
		to += " " + r.NextHopIPAddress
	case r.Firewall != nil:
		to += ", the private address of " + r.Firewall.Name
	}
	return fmt.Sprintf("route %s to %s", r.AddressPrefix, to)
}

// detour is a route that leads packets, or the replies to them, past what stops
// them: to the internet or into the virtual network, where the far end is.
type detour struct {
	table    azure.ID
	prefix   string
	hop      azure.NextHopType
	why      []string
	services []string
}

// detours drafts routes for what a user's route blocks, forward or back, for the
// tag or the prefixes that the requirement names: to the internet, or where the
// far end is in the virtual network, there. A route for the same gets another
// next hop.
func (p *planner) detours(n *Need, h reach.Hop, packets []flow.Cube) (list []*detour, changes []Change, problem string) {
	table, ok := p.fabric.Network().RouteTable(h.Resource)
	if !ok || table.Stub {
		return nil, nil, otherBlocker(h)
	}
	far, addresses := n.Row.Destination, fabric.Destinations(packets)
	if h.Kind == fabric.KindReturnPath {
		far, addresses = n.Row.Source, fabric.Sources(packets)
	}
	hop, prefixes := azure.InternetNextHop, []string{far.Tag}
	if h.Kind == fabric.KindReturnPath && !p.straightFromOutside(packets) {
		if subnet := p.translating(table, h.Name); subnet != nil {
			addresses = p.fabric.Addresses(subnet)
		}
	}
	switch {
	case strings.EqualFold(far.Tag, "Internet"):
		for _, r := range table.Routes {
			if r.Name == h.Name && r.NextHopType.Or("") == azure.NoneNextHop {
				return nil, []Change{leadTo(table, r, hop)}, ""
			}
		}
		return nil, nil, takesOfInternet(table, h)
	case p.isHome(table, addresses):
		hop = azure.VnetLocal
		if prefixes, _, problem = p.side("", addresses, stage{}, false); problem != "" {
			return nil, nil, problem
		}
	case p.isPeer(table, h.Name, addresses):
		for _, r := range table.Routes {
			if r.Name == h.Name {
				return nil, []Change{&RouteRemoval{table, r}}, ""
			}
		}
	case !addresses.SubsetOf(p.fabric.PublicInternet()):
		return nil, nil, otherBlocker(h)
	case far.Tag == "":
		prefixes = nil
		for prefix := range addresses.Prefixes() {
			prefixes = append(prefixes, prefix.String())
		}
	}
	for _, prefix := range prefixes {
		if i := slices.IndexFunc(table.Routes, func(r *azure.Route) bool { return strings.EqualFold(r.Destination.Text, prefix) }); i >= 0 {
			if table.Routes[i].NextHopType.Or("") == hop {
				return nil, nil, otherBlocker(h)
			}
			changes = append(changes, leadTo(table, table.Routes[i], hop))
			continue
		}
		list = append(list, &detour{table: table.ID, prefix: prefix, hop: hop, why: []string{n.ID()}, services: []string{n.Service}})
	}
	return list, changes, ""
}

// takesOfInternet says what a user's route takes of the internet as a whole, which
// no other route can lead past it.
func takesOfInternet(table *azure.RouteTable, h reach.Hop) string {
	what := "takes what the requirement needs of the internet as a whole"
	for _, r := range table.Routes {
		if r.Name == h.Name && r.Destination.Kind == azure.PrefixAddress && r.Destination.Prefix.Bits() > 0 {
			what = fmt.Sprintf("takes %s, which the requirement needs with the rest of the internet", r.Destination.Text)
		}
	}
	return fmt.Sprintf("route %s of %s %s; it has to go, or its subnet another table", h.Name, table.Label(), what)
}

// straightFromOutside reports whether packets come from the internet to private
// addresses: no firewall has seen them, let alone translated them (ASY-2).
func (p *planner) straightFromOutside(packets []flow.Cube) bool {
	internet := p.fabric.PublicInternet()
	return !slices.ContainsFunc(p.seenBehind(packets), func(v behind) bool {
		return !fabric.Sources(v.packets).SubsetOf(internet) || fabric.Destinations(v.packets).Overlaps(internet)
	})
}

// translating is the subnet of the firewall that a route of replies leads to with
// an address of that subnet in it: the reply to one instance goes to any (F-24).
// It is nil where the route leads elsewhere or does not hold the subnet.
func (p *planner) translating(table *azure.RouteTable, name string) *azure.Subnet {
	for _, r := range table.Routes {
		if r.Name != name || r.Destination.Kind != azure.PrefixAddress {
			continue
		}
		for _, f := range p.fabric.Network().AzureFirewalls {
			for _, c := range f.IPConfigurations {
				s, ok := p.fabric.Network().Subnet(c.Subnet.ID)
				if ok && leads(r, c.PrivateIPAddress) && p.fabric.Addresses(s).SubsetOf(flow.Prefix(r.Destination.Prefix)) {
					return s
				}
			}
		}
	}
	return nil
}

// leadTo gives a route another next hop.
func leadTo(table *azure.RouteTable, r *azure.Route, hop azure.NextHopType) Change {
	return &RouteChange{Table: table, Was: r, Route: Route{Name: r.Name, AddressPrefix: r.Destination.Text, NextHopType: hop}}
}

// isHome reports whether addresses are those of the virtual network of all
// subnets that use a table.
func (p *planner) isHome(table *azure.RouteTable, addresses flow.AddressSet) bool {
	found := false
	for _, s := range p.fabric.Network().Subnets() {
		if s.RouteTable.ID == table.ID {
			if !addresses.SubsetOf(p.fabric.Holds(s.VirtualNetwork)) {
				return false
			}
			found = true
		}
	}
	return found
}

// isPeer reports whether addresses are those of a peer of the virtual network of
// all subnets that use a table, and the named route takes them nowhere. No next
// hop of a user's route is a peering, so that the peering's own route decides when
// that one is gone (RT-21).
func (p *planner) isPeer(table *azure.RouteTable, route string, addresses flow.AddressSet) bool {
	if !slices.ContainsFunc(table.Routes, func(r *azure.Route) bool { return r.Name == route && r.NextHopType.Or("") == azure.NoneNextHop }) {
		return false
	}
	network := p.fabric.Network()
	found := false
	for _, s := range network.Subnets() {
		if s.RouteTable.ID != table.ID {
			continue
		}
		if !slices.ContainsFunc(s.VirtualNetwork.Peerings, func(link *azure.Peering) bool {
			peer, ok := network.VirtualNetwork(link.Remote.ID)
			return ok && addresses.SubsetOf(p.fabric.Holds(peer))
		}) {
			return false
		}
		found = true
	}
	return found
}

// routes makes the edits of detours, each route once.
func (p *planner) routes(paths []*detour) []Edit {
	slices.SortStableFunc(paths, func(a, b *detour) int {
		return cmp.Or(cmp.Compare(a.table, b.table), cmp.Compare(strings.ToLower(a.prefix), strings.ToLower(b.prefix)))
	})
	var edits []Edit
	used := map[azure.ID]map[string]bool{}
	for _, d := range paths {
		if last := len(edits) - 1; last >= 0 && edits[last].Table.ID == d.table && strings.EqualFold(edits[last].Route.AddressPrefix, d.prefix) {
			edits[last].Why = union(edits[last].Why, d.why)
			continue
		}
		table, _ := p.fabric.Network().RouteTable(d.table)
		if used[d.table] == nil {
			used[d.table] = map[string]bool{}
			for _, r := range table.Routes {
				used[d.table][strings.ToLower(r.Name)] = true
			}
		}
		edits = append(edits, Edit{Action: Add, Table: table, Why: d.why, Route: &Route{
			Name: unique(valid(detourName(d)), used[d.table]), AddressPrefix: d.prefix, NextHopType: d.hop,
		}})
	}
	return edits
}

func detourName(d *detour) string {
	if d.hop == azure.VnetLocal {
		return "local-" + d.prefix
	}
	return "internet-" + d.prefix
}

// unique is a text that is not used yet, whatever its case.
func unique(base string, used map[string]bool) string {
	text := base
	for i := 2; used[strings.ToLower(text)]; i++ {
		text = fmt.Sprintf("%s-%d", base, i)
	}
	used[strings.ToLower(text)] = true
	return text
}

// resource is the route as a resource of a table.
func (r *Route) resource(table *azure.RouteTable) (*azure.Route, diagnostic.List) {
	text := func(s string) azure.Value[string] { return azure.Given(s, table.At) }
	return azure.MakeRoute(azure.RouteFields{
		Resource: azure.Resource{
			ID: azure.MakeID(string(table.ID) + "/routes/" + r.Name), Type: azure.TypeRoute, Name: r.Name,
			Address: table.Label() + "/" + r.Name, At: table.At, Rank: table.Rank,
		},
		AddressPrefix: text(r.AddressPrefix), NextHopType: text(string(r.NextHopType)), NextHopIPAddress: r.nextHop(table.At),
	})
}

// nextHop is the address of the next hop; of a firewall that does not exist yet
// it is the same unknown.
func (r *Route) nextHop(at azure.Position) azure.Value[string] {
	if r.NextHopIPAddress != "" {
		return azure.Given(r.NextHopIPAddress, at)
	}
	if r.Firewall != nil {
		for _, c := range r.Firewall.IPConfigurations {
			if u := c.PrivateIPAddress.Unknown; u != nil {
				return azure.NotKnown[string](u)
			}
		}
	}
	return azure.Value[string]{}
}

// addRoute adds a route where the table is stated.
func addRoute(inventories []*azure.Inventory, table *azure.RouteTable, route *azure.Route) bool {
	for _, inv := range inventories {
		for i, t := range inv.RouteTables {
			if t.Rank != table.Rank || !same(&t.Resource, &table.Resource) {
				continue
			}
			if t.Routes == nil {
				inv.Routes = append(inv.Routes, azure.Child[*azure.Route]{Parent: azure.Reference{ID: t.ID, Text: string(t.ID), At: t.At}, Resource: route})
				return true
			}
			copied := *t
			copied.Routes = append(slices.Clone(t.Routes), route)
			inv.RouteTables[i] = &copied
			return true
		}
	}
	return false
}
