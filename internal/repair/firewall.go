package repair

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/reach"
)

// allowance is a network rule without a name and a place.
type allowance struct {
	firewall *azure.AzureFirewall
	// before is the collection whose rule denies; nil where none matched.
	before              *azure.RuleCollection
	protocols           []string
	source, destination []string
	ports               flow.PortSet
	why, services       []string
}

// blockedByFirewall drafts the network rule for what a firewall denies of a need.
func (p *planner) blockedByFirewall(n *Need, h reach.Hop, packets []flow.Cube) (*allowance, *Unfixable) {
	a := &allowance{why: []string{n.ID()}, services: []string{n.Service}, ports: n.Row.DestinationPorts}
	if a.firewall, a.before = p.denier(h); a.firewall == nil {
		return nil, &Unfixable{Reason: otherBlocker(h)}
	}
	if u := p.deliberate(n, a, packets); u != nil {
		return nil, u
	}
	var from, to flow.AddressSet
	var protocols flow.ProtocolSet
	for _, c := range packets {
		from, to, protocols = from.Union(c.Source.Only(flow.IPv4)), to.Union(c.Destination.Only(flow.IPv4)), protocols.Union(c.Protocols)
	}
	if from.IsEmpty() || to.IsEmpty() {
		return nil, &Unfixable{Reason: otherBlocker(h)}
	}
	if own := p.ownAddress(a.firewall, to); own != "" {
		return nil, &Unfixable{Reason: fmt.Sprintf("%s is the address of firewall %s itself, which passes on what a NAT rule names and nothing else (P-23)", own, a.firewall.Name)}
	}
	if n.SingleIP != nil { // the page asks for both, and both passed before the route
		protocols = n.SingleIP.Destination.Protocols()
	}
	if both := flow.Protocols(flow.TCP, flow.UDP); both.SubsetOf(protocols) {
		switch p.way {
		case TCPAlone:
			protocols = protocols.Minus(flow.Protocols(flow.UDP))
		case AnyProtocol:
			protocols, a.protocols = flow.ProtocolSet{}, []string{string(azure.FirewallAny)}
		}
	}
	for _, x := range []struct {
		name  azure.FirewallProtocol
		value uint8
	}{{azure.FirewallTCP, flow.TCP}, {azure.FirewallUDP, flow.UDP}, {azure.FirewallICMP, flow.ICMP}} {
		if protocols.Contains(x.value) {
			a.protocols = append(a.protocols, string(x.name))
		}
	}
	if len(a.protocols) == 0 {
		return nil, &Unfixable{Reason: "the blocked packets are of a protocol that no network rule can name"}
	}
	var problem string
	if a.source, problem = p.firewallSide(n.Row.Source.Tag, from); problem == "" {
		a.destination, problem = p.firewallSide(n.Row.Destination.Tag, to)
	}
	if problem == "" {
		_, problem = p.findPlace(&NetworkRule{Firewall: a.firewall}, a, &shelves{})
	}
	if problem != "" {
		return nil, &Unfixable{Reason: problem}
	}
	return a, nil
}

// ownAddress is an address among others that is the firewall's own; empty where
// none is.
func (p *planner) ownAddress(f *azure.AzureFirewall, among flow.AddressSet) string {
	for _, c := range f.IPConfigurations {
		values := []azure.Value[netip.Addr]{c.PrivateIPAddress}
		if ip, ok := p.fabric.Network().PublicIPAddress(c.PublicIPAddress.ID); ok {
			values = append(values, ip.IPAddress)
		}
		for _, v := range values {
			if a, known := v.Known(); known && among.Overlaps(flow.Host(a)) {
				return a.String()
			}
		}
	}
	return ""
}

// denier finds the firewall that a hop is of, and the collection whose rule
// denies.
func (p *planner) denier(h reach.Hop) (*azure.AzureFirewall, *azure.RuleCollection) {
	n := p.fabric.Network()
	if h.Resource == "" { // of a collection that nothing tells from others
		return nil, nil
	}
	if f, ok := n.AzureFirewall(h.Resource); ok {
		return f, nil
	}
	for _, f := range n.AzureFirewalls {
		for _, k := range collectionsOf(n, f) {
			if k.ID == h.Resource {
				return f, k
			}
		}
	}
	return nil, nil
}

// collectionsOf are the collections of a firewall, its own or of its policy and
// the policies that stand above that.
func collectionsOf(n *azure.Network, f *azure.AzureFirewall) []*azure.RuleCollection {
	list := slices.Clone(f.RuleCollections)
	seen := map[azure.ID]bool{}
	for ref := f.Policy; ref.IsSet() && !seen[ref.ID]; {
		seen[ref.ID] = true
		policy, ok := n.FirewallPolicy(ref.ID)
		if !ok {
			break
		}
		for _, g := range policy.Groups {
			list = append(list, g.Collections...)
		}
		ref = policy.Base
	}
	return list
}

// firewallSide writes addresses as a network rule does; Internet and the like
// mean nothing there (P-34).
func (p *planner) firewallSide(tag string, s flow.AddressSet) ([]string, string) {
	switch {
	case strings.EqualFold(tag, "Internet"):
		return []string{"*"}, ""
	case tag != "":
		return []string{tag}, ""
	}
	texts, _, problem := p.side("", s, stage{}, false)
	for i := range texts { // as people write one address there
		texts[i] = strings.TrimSuffix(texts[i], "/32")
	}
	return texts, problem
}

// joinAllowances joins rules of one firewall that agree in all but one of their
// fields: the union of the products is then a product. It comes before the first
// of what denies them.
func (p *planner) joinAllowances(list []*allowance) []*allowance {
	for changed := true; changed; {
		changed = false
		for i := 0; i < len(list); i++ {
			for j := i + 1; j < len(list); j++ {
				if p.join(list[i], list[j]) {
					list = slices.Delete(list, j, j+1)
					changed = true
					j--
				}
			}
		}
	}
	return list
}

func (p *planner) join(a, o *allowance) bool {
	if a.firewall != o.firewall {
		return false
	}
	protocols, ports := slices.Equal(a.protocols, o.protocols), a.ports.Equal(o.ports)
	source, destination := slices.Equal(a.source, o.source), slices.Equal(a.destination, o.destination)
	switch {
	case source && destination && protocols:
		a.ports = a.ports.Union(o.ports)
	case source && destination && ports:
		a.protocols = union(a.protocols, o.protocols)
	case source && protocols && ports:
		a.destination = sortPrefixes(slices.Concat(a.destination, o.destination))
	case destination && protocols && ports:
		a.source = sortPrefixes(slices.Concat(a.source, o.source))
	default:
		return false
	}
	if p.compareDeniers(a.firewall, o.before, a.before) < 0 {
		a.before = o.before
	}
	a.why, a.services = union(a.why, o.why), union(a.services, o.services)
	return true
}

// allow makes the edits of rules of firewalls, first those that must come first: a
// later one may stand beside them. For each there was a place when it was drafted.
func (p *planner) allow(list []*allowance) []Edit {
	slices.SortStableFunc(list, func(a, b *allowance) int {
		return cmp.Or(cmp.Compare(a.firewall.ID, b.firewall.ID), p.compareDeniers(a.firewall, a.before, b.before))
	})
	var edits []Edit
	planned := &shelves{}
	for _, a := range list {
		change := &NetworkRule{Firewall: a.firewall}
		moves, _ := p.findPlace(change, a, planned)
		edits = withMoves(edits, moves, a.why)
		change.Rule = a.rule(edits, change.Collection)
		edits = append(edits, Edit{Action: Add, Change: change, Why: a.why})
	}
	return edits
}

// withMoves adds moves of collections; one that moves again goes there at once.
func withMoves(edits []Edit, moves []*CollectionMove, why []string) []Edit {
	for _, m := range moves {
		at := slices.IndexFunc(edits, func(e Edit) bool { return e.Change != nil && e.Change.key() == m.key() })
		if at >= 0 {
			edits[at].Change, edits[at].Why = m, union(edits[at].Why, why)
			continue
		}
		edits = append(edits, Edit{Action: Modify, Change: m, Why: why})
	}
	return edits
}

// rule gives a rule its name, unique in its collection.
func (a *allowance) rule(edits []Edit, k *azure.RuleCollection) FirewallRule {
	used := map[string]bool{}
	for _, r := range k.Rules {
		used[strings.ToLower(r.Name)] = true
	}
	for _, e := range edits {
		if c, ok := e.Change.(*NetworkRule); ok && c.Collection == k {
			used[strings.ToLower(c.Rule.Name)] = true
		}
	}
	base := "allow-" + strings.Join(a.why, "-")
	if len(base) > azure.MaxName-20 {
		base = fmt.Sprintf("allow-%s-and-%d", a.why[0], len(a.why)-1)
	}
	d := &draft{services: a.services, why: a.why}
	return FirewallRule{
		Name: unique(valid(base), used), Description: describe(d), Protocols: a.protocols,
		Source: a.source, Destination: a.destination, Ports: portTexts(a.ports),
	}
}

// deliberate is the conflict with a rule of the firewall that is kept and denies
// what the need needs.
func (p *planner) deliberate(n *Need, a *allowance, packets []flow.Cube) *Unfixable {
	if a.before == nil {
		return nil
	}
	for _, r := range a.before.Rules {
		if p.keep.hasFirewallRule(r) && p.fabric.MayMeet(r, packets) {
			return &Unfixable{Reason: fmt.Sprintf("%s and the rule %s (collection %s %d) of %s, which is kept, cannot both hold: the rule denies what the requirement needs",
				n.ID(), r.Name, a.before.Name, a.before.Priority.V, a.firewall.Label()), ConflictAt: &r.Resource}
		}
	}
	return nil
}

// translated drafts the private ranges with which a firewall translates what it
// leaves as it is today (C-15, C-16).
func (p *planner) translated(h reach.Hop, packets []flow.Cube) (Change, string) {
	network := p.fabric.Network()
	f, ok := network.AzureFirewall(h.Resource)
	if !ok {
		return nil, otherBlocker(h)
	}
	c := &PrivateRanges{Firewall: f}
	terms := f.PrivateRanges
	if f.Policy.IsSet() {
		if c.Policy, ok = network.FirewallPolicy(f.Policy.ID); !ok || c.Policy.Stub {
			return nil, otherBlocker(h)
		}
		terms = c.Policy.PrivateRanges
	}
	to := fabric.Destinations(packets)
	touched := false
	for _, t := range terms {
		if t.Kind != azure.FirewallRange {
			if t.Kind == azure.FirewallUnknown {
				return nil, otherBlocker(h)
			}
			c.Ranges = append(c.Ranges, t.Text)
			continue
		}
		all := flow.Range(t.First, t.Last)
		if !all.Overlaps(to) {
			c.Ranges = append(c.Ranges, t.Text)
			continue
		}
		touched = true
		for prefix := range all.Minus(to).Prefixes() {
			c.Ranges = append(c.Ranges, prefix.String())
		}
	}
	switch {
	case !touched:
		return nil, otherBlocker(h)
	case len(c.Ranges) == 0:
		c.Ranges = []string{"IANAPrivateRanges"}
	}
	return c, ""
}

// compareEdits orders what is added or changed as it can be done one by one: what
// others refer to first, what sends packets another way last.
func compareEdits(a, b *Edit) int { return cmp.Compare(a.Phase(), b.Phase()) }

// Phases of a change in the order in which Azure takes them without an outage.
const (
	phaseNew = iota
	phaseFirewallRules
	phaseRules
	phaseRoutes
	phaseAssociations
)

// Phase is the place of an edit in the order of a change: edits of a smaller one
// come first. What is new comes before what refers to it, rules before the
// routes that make packets meet them, and those before the associations that put
// them into force.
func (e *Edit) Phase() int {
	switch e.Change.(type) {
	case *NewSubnet, *NewPublicIPAddress, *NewFirewall, *NewFirewallAddress, *NewRouteTable, *NewSecurityGroup:
		return phaseNew
	case *Forwarding, *NetworkRule, *CollectionMove, *PrivateRanges, *PeeringChange:
		return phaseFirewallRules
	case *RouteChange, *RouteRemoval:
		return phaseRoutes
	case *Association, *Detachment, *AddressRemoval, *Delegation:
		return phaseAssociations
	}
	if e.Route != nil {
		return phaseRoutes
	}
	return phaseRules
}
