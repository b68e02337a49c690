package inspect

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/result"
)

// Tree shows how the resources hang together: first the virtual networks with
// their subnets and what is attached to them, then what hangs on none. All
// lists are by id.
func Tree(n *azure.Network) []result.InspectNode {
	t := &tree{network: n, shown: map[azure.ID]bool{}, inSubnet: map[azure.ID][]result.InspectNode{}}
	t.placeInSubnets()
	var nodes []result.InspectNode
	for _, v := range n.VirtualNetworks {
		nodes = append(nodes, t.virtualNetwork(v))
	}
	return append(nodes, t.rest()...)
}

type tree struct {
	network *azure.Network
	// shown are the resources that hang on a subnet or an interface.
	shown map[azure.ID]bool
	// inSubnet are the things with an address in a subnet, by its id.
	inSubnet map[azure.ID][]result.InspectNode
}

// node is a resource without children.
func node(kind string, r *azure.Resource, facts ...string) result.InspectNode {
	n := result.InspectNode{
		Kind: kind, Name: cmp.Or(r.Name, r.ID.Name()), Resource: cmp.Or(r.Address, string(r.ID)),
		Facts: given(facts...), Children: []result.InspectNode{},
	}
	switch {
	case r.Type == azure.TypeInstanceInterface:
		n.Facts = append(n.Facts, "of each instance of a scale set")
	case r.Stub:
		n.Facts = append(n.Facts, "no input states it")
	}
	if !r.At.IsZero() {
		at := r.At
		n.At = &at
	}
	return n
}

// given leaves out the facts that are empty.
func given(facts ...string) []string {
	list := []string{}
	for _, f := range facts {
		if f != "" {
			list = append(list, f)
		}
	}
	return list
}

// placeInSubnets sorts what has an address in a subnet by that.
func (t *tree) placeInSubnets() {
	put := func(subnet azure.Reference, n result.InspectNode) {
		t.inSubnet[subnet.ID] = append(t.inSubnet[subnet.ID], n)
	}
	for _, m := range t.network.ManagedServices {
		for _, s := range m.Subnets {
			put(s, node("service", &m.Resource, m.Type))
		}
	}
	for _, f := range t.network.AzureFirewalls {
		for _, c := range f.IPConfigurations {
			if c.Subnet.IsSet() {
				put(c.Subnet, node("firewall", &f.Resource, value("", c.PrivateIPAddress)))
				t.shown[f.ID] = true
			}
		}
	}
	for _, e := range t.network.PrivateEndpoints {
		if e.Subnet.IsSet() {
			put(e.Subnet, endpointNode(e))
			t.shown[e.ID] = true
		}
	}
	for _, g := range t.network.Gateways {
		for _, s := range g.Subnets {
			put(s, gatewayNode(g))
			t.shown[g.ID] = true
		}
	}
	for _, l := range t.network.LoadBalancers {
		for _, f := range l.Frontends {
			if f.Subnet.IsSet() {
				put(f.Subnet, node("load balancer", &l.Resource, f.Name, value("", f.PrivateIPAddress)))
			}
		}
	}
	for _, i := range t.network.NetworkInterfaces {
		for _, s := range t.interfaceSubnets(i) {
			put(azure.Reference{ID: s}, t.networkInterface(i))
			t.shown[i.ID] = true
		}
	}
}

func (t *tree) interfaceSubnets(i *azure.NetworkInterface) []azure.ID {
	var ids []azure.ID
	for _, c := range i.IPConfigurations {
		if c.Subnet.ID != "" && !slices.Contains(ids, c.Subnet.ID) {
			ids = append(ids, c.Subnet.ID)
		}
	}
	return ids
}

func (t *tree) networkInterface(i *azure.NetworkInterface) result.InspectNode {
	var facts []string
	for _, c := range i.IPConfigurations {
		facts = append(facts, value("", c.PrivateIPAddress))
		if c.PublicIPAddress.IsSet() {
			facts = append(facts, "public address "+refName(c.PublicIPAddress))
		}
	}
	if i.EnableIPForwarding.Or(false) {
		facts = append(facts, "forwards")
	}
	n := node("network interface", &i.Resource, facts...)
	if i.NetworkSecurityGroup.IsSet() {
		n.Children = append(n.Children, t.attached(i.NetworkSecurityGroup, "network security group"))
	}
	return n
}

func (t *tree) virtualNetwork(v *azure.VirtualNetwork) result.InspectNode {
	learned := ""
	if v.LearnedRoutes != nil {
		learned = "its gateway has learnt " + count(len(v.LearnedRoutes.Prefixes), "prefix")
	}
	n := node("virtual network", &v.Resource, values(v.AddressSpace), learned)
	if v.Stub {
		n.Facts = []string{"no input states it"}
	}
	for _, s := range v.Subnets {
		n.Children = append(n.Children, t.subnet(s))
	}
	for _, p := range v.Peerings {
		if !p.Stub {
			n.Children = append(n.Children, peeringNode(p))
		}
	}
	return n
}

func peeringNode(p *azure.Peering) result.InspectNode {
	facts := []string{"to " + refName(p.Remote), value("", p.State)}
	if !p.AllowVirtualNetworkAccess.Or(true) {
		facts = append(facts, "no access")
	}
	if p.AllowForwardedTraffic.Or(false) {
		facts = append(facts, "forwarded traffic")
	}
	if p.AllowGatewayTransit.Or(false) {
		facts = append(facts, "gateway transit")
	}
	if p.UseRemoteGateways.Or(false) {
		facts = append(facts, "uses the remote gateway")
	}
	return node("peering", &p.Resource, facts...)
}

func (t *tree) subnet(s *azure.Subnet) result.InspectNode {
	facts := []string{values(s.Prefixes)}
	if s.Stub {
		facts = nil
	}
	for _, d := range s.Delegations {
		facts = append(facts, value("delegated to ", d))
	}
	for _, e := range s.ServiceEndpoints {
		facts = append(facts, value("service endpoint ", e.Service))
	}
	if s.Stub {
		facts = nil
	}
	n := node("subnet", &s.Resource, facts...)
	for _, a := range []struct {
		ref  azure.Reference
		kind string
	}{
		{s.NetworkSecurityGroup, "network security group"}, {s.RouteTable, "route table"}, {s.NATGateway, "NAT gateway"},
	} {
		if a.ref.IsSet() && (!s.Stub || a.ref.Unknown == nil) {
			n.Children = append(n.Children, t.attached(a.ref, a.kind))
		}
	}
	n.Children = append(n.Children, t.inSubnet[s.ID]...)
	return n
}

// attached is what a subnet or an interface refers to.
func (t *tree) attached(ref azure.Reference, kind string) result.InspectNode {
	again := t.shown[ref.ID]
	t.shown[ref.ID] = true
	if g, ok := t.network.NetworkSecurityGroup(ref.ID); ok {
		return groupNode(g, again)
	}
	if r, ok := t.network.RouteTable(ref.ID); ok {
		return tableNode(r, again)
	}
	if g, ok := t.network.NATGateway(ref.ID); ok {
		return natNode(g)
	}
	n := node(kind, &azure.Resource{ID: ref.ID, Name: refName(ref), Address: ref.Text, At: ref.At})
	n.Facts = append(n.Facts, missingFact(ref))
	return n
}

func missingFact(ref azure.Reference) string {
	if ref.Unknown != nil {
		return "not known: " + ref.Unknown.Why
	}
	return "no input states it"
}

// groupNode is a group with its rules, unless they stand in the tree already.
func groupNode(g *azure.NetworkSecurityGroup, again bool) result.InspectNode {
	in, out := 0, 0
	for _, r := range g.Rules {
		switch d, _ := r.Direction.Known(); d {
		case azure.Inbound:
			in++
		case azure.Outbound:
			out++
		}
	}
	rules := fmt.Sprintf("%d inbound and %d outbound rules", in, out)
	switch {
	case len(g.Rules) == 0 && len(g.UnknownRules) == 0:
		rules = "only the default rules"
	case len(g.Rules) != in+out:
		rules = count(len(g.Rules), "rule")
	}
	n := node("network security group", &g.Resource, rules, more(g.UnknownRules, "rules"))
	if !again {
		n.Children = ruleNodes(g)
	}
	return n
}

// tableNode is a table with its routes, unless they stand in the tree already.
func tableNode(r *azure.RouteTable, again bool) result.InspectNode {
	propagation := ""
	if r.DisableBGPRoutePropagation.Or(false) {
		propagation = "no gateway routes"
	}
	n := node("route table", &r.Resource, count(len(r.Routes), "route"), more(r.UnknownRoutes, "routes"), propagation)
	if !again {
		n.Children = routeNodes(r)
	}
	return n
}

func natNode(g *azure.NATGateway) result.InspectNode {
	return node("NAT gateway", &g.Resource,
		some(len(g.PublicIPAddresses), "public address"), some(len(g.PublicIPPrefixes), "public prefix"))
}

// more tells of children of which nothing is known.
func more(unknowns []*azure.Unknown, what string) string {
	if len(unknowns) == 0 {
		return ""
	}
	return "and " + what + " that are not known"
}

// some is the count of things, empty for none.
func some(n int, one string) string {
	if n == 0 {
		return ""
	}
	return count(n, one)
}

// count is "1 route", "2 routes" or "2 addresses".
func count(n int, one string) string {
	switch {
	case n == 1:
		return "1 " + one
	case strings.HasSuffix(one, "s") || strings.HasSuffix(one, "x"):
		return fmt.Sprintf("%d %ses", n, one)
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// value is a property in words, empty where it is not set.
func value[T any](prefix string, v azure.Value[T]) string {
	switch {
	case !v.IsSet():
		return ""
	case v.Unknown != nil:
		return prefix + "(" + v.Unknown.Why + ")"
	}
	return prefix + fmt.Sprint(v.V)
}

func values[T any](list []azure.Value[T]) string {
	var texts []string
	for _, v := range list {
		texts = append(texts, value("", v))
	}
	return strings.Join(texts, ", ")
}

func refName(r azure.Reference) string {
	if r.Unknown != nil {
		return r.Unknown.Name
	}
	return cmp.Or(azure.ID(strings.TrimRight(r.Text, "/")).Name(), r.ID.Name())
}
