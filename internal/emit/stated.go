package emit

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/repair"
)

// A resource of Azure is stated whole in a template: what a template leaves out
// is taken away. So an existing one is stated with all that the input tells of
// it, or not at all.

// statement is a resource as a template states it.
type statement struct {
	typ string
	// names from the outermost resource to this one.
	names      []string
	located    bool
	sku        tree
	zones      []any
	properties tree
	// beside is what else stands beside the properties.
	beside tree
}

// writer turns resources of the model into statements.
type writer struct {
	// made are the resources that the change adds, by id, with their symbolic
	// names in Bicep.
	made map[azure.ID]string
	// firewalls that have no private address yet, by the name of the unknown.
	firewalls map[string]*azure.AzureFirewall
	// target is what the statement is of: a template is deployed to its resource
	// group.
	target azure.ID
	// missing says what the input does not tell of what is written; empty if it
	// tells all.
	missing string
}

// NewBody is a new resource of a change with all that belongs to it, as a template
// states it; reason says why it cannot be.
func NewBody(e *repair.Edit) (typ, name string, properties any, reason string) {
	w := &writer{made: map[azure.ID]string{}, firewalls: map[string]*azure.AzureFirewall{}, target: e.Target().ID}
	s, ok := w.state(e.After)
	if !ok {
		return "", "", nil, "what is new is known once the change is made"
	}
	return s.typ, strings.Join(s.names, "/"), s.properties, w.missing
}

// lack notes that something cannot be written.
func (w *writer) lack(format string, args ...any) {
	if w.missing == "" {
		w.missing = fmt.Sprintf(format, args...)
	}
}

// state is a resource after a change; ok is false for a type of which no input
// tells enough.
func (w *writer) state(after any) (s statement, ok bool) {
	switch r := after.(type) {
	case *azure.Subnet:
		return w.subnet(r), true
	case *azure.PublicIPAddress:
		return statement{
			typ: azure.TypePublicIPAddress, names: []string{r.Name}, located: true, sku: tree{{"name", "Standard"}},
			properties: tree{{"publicIPAllocationMethod", "Static"}, {"publicIPAddressVersion", "IPv4"}},
		}, true
	case *azure.NetworkSecurityGroup:
		return w.securityGroup(r), true
	case *azure.RouteTable:
		return w.table(r), true
	case *azure.AzureFirewall:
		return w.firewall(r), true
	case *azure.RuleCollectionGroup:
		return w.group(r), true
	case *azure.Peering:
		return w.peering(r), true
	}
	return statement{}, false
}

func (w *writer) subnet(s *azure.Subnet) statement {
	p := tree{}
	prefixes := known(w, s.Prefixes, s.Name+" addressPrefixes", netip.Prefix.String)
	if len(prefixes) == 1 {
		p = p.with("addressPrefix", prefixes[0])
	} else {
		p = p.with("addressPrefixes", prefixes)
	}
	p = p.with("networkSecurityGroup", w.link(s.NetworkSecurityGroup)).with("routeTable", w.link(s.RouteTable)).with("natGateway", w.link(s.NATGateway))
	var endpoints []any
	for _, e := range s.ServiceEndpoints {
		locations := known(w, e.Locations, s.Name+" serviceEndpoints locations", func(s string) string { return s })
		endpoints = append(endpoints, tree{}.with("service", w.text(e.Service, s.Name+" serviceEndpoints")).with("locations", locations))
	}
	p = p.with("serviceEndpoints", endpoints).with("delegations", w.delegations(s))
	p = p.with("privateEndpointNetworkPolicies", w.text(s.PrivateEndpointNetworkPolicies, s.Name+" privateEndpointNetworkPolicies"))
	if v := s.DefaultOutboundAccess; v.IsSet() {
		p = append(p, member{"defaultOutboundAccess", v.V})
	}
	more, _ := w.settings(&s.Resource)
	return statement{typ: azure.TypeSubnet, names: []string{s.VirtualNetwork.Name, s.Name}, properties: append(p, more...)}
}

// delegations of a subnet, by the names they have; one that the input does not
// name gets one that is free.
func (w *writer) delegations(s *azure.Subnet) []any {
	var list []any
	taken := map[string]bool{}
	for _, n := range s.DelegationNames {
		taken[n.Or("")] = true
	}
	for i, d := range s.Delegations {
		name := ""
		if i < len(s.DelegationNames) {
			name = w.text(s.DelegationNames[i], s.Name+" delegations")
		}
		for n := i + 1; name == ""; n++ {
			if free := fmt.Sprintf("delegation%d", n); !taken[free] {
				name, taken[free] = free, true
			}
		}
		list = append(list, tree{{"name", name}, {"properties", tree{{"serviceName", w.text(d, s.Name+" delegations")}}}})
	}
	return list
}

func (w *writer) securityGroup(g *azure.NetworkSecurityGroup) statement {
	rules := []any{}
	for _, r := range g.Rules {
		stated := repair.RuleOf(r)
		if !stated.Complete {
			w.lack("the rule %s of %s holds values that the input does not tell", r.Name, g.Name)
		}
		rules = append(rules, tree{{"name", r.Name}, {"properties", w.securityRule(&stated)}})
	}
	return statement{typ: azure.TypeNetworkSecurityGroup, names: []string{g.Name}, located: true, properties: tree{{"securityRules", rules}}}
}

func (w *writer) table(t *azure.RouteTable) statement {
	routes := []any{}
	for _, r := range t.Routes {
		routes = append(routes, tree{{"name", r.Name}, {"properties", w.route(r)}})
	}
	more, beside := w.settings(&t.Resource)
	p := tree{{"disableBgpRoutePropagation", t.DisableBGPRoutePropagation.Or(false)}, {"routes", routes}}
	return statement{typ: azure.TypeRouteTable, names: []string{t.Name}, located: true, properties: append(p, more...), beside: beside}
}

func (w *writer) route(r *azure.Route) tree {
	p := tree{{"addressPrefix", r.Destination.Text}, {"nextHopType", string(r.NextHopType.V)}}
	if r.NextHopIPAddress.IsSet() {
		p = p.with("nextHopIpAddress", w.nextHop(r.NextHopIPAddress))
	}
	return p
}

// nextHop is an address, or the one that a firewall will have.
func (w *writer) nextHop(v azure.Value[netip.Addr]) any {
	if a, ok := v.Known(); ok {
		return a.String()
	}
	f := w.firewalls[v.Unknown.Name]
	if f == nil {
		w.lack("the next hop %s is not known", v.Unknown.Name)
		return ""
	}
	const address = ".ipConfigurations[0].properties.privateIPAddress"
	symbol := w.made[f.ID]
	id := resourceID(nil, azure.TypeAzureFirewall, f.Name)
	if symbol == "" {
		id = w.resourceID(whole(f.ID, f.Address), azure.TypeAzureFirewall, f.Name)
	}
	x := expression{"reference(" + id.arm + ", '" + apiNetwork + "')" + address, "reference(" + id.bicep + ", '" + apiNetwork + "')" + address}
	if symbol != "" {
		x.bicep = symbol + ".properties" + address
	}
	return x
}

func (w *writer) peering(p *azure.Peering) statement {
	flag := func(v azure.Value[bool], otherwise bool, name string) bool {
		if v.Unknown != nil {
			w.lack("%s of %s is not known", name, p.Name)
		}
		return v.Or(otherwise)
	}
	t := tree{}.with("remoteVirtualNetwork", w.link(p.Remote))
	t = append(t, member{"allowVirtualNetworkAccess", flag(p.AllowVirtualNetworkAccess, true, "allowVirtualNetworkAccess")},
		member{"allowForwardedTraffic", flag(p.AllowForwardedTraffic, false, "allowForwardedTraffic")},
		member{"allowGatewayTransit", flag(p.AllowGatewayTransit, false, "allowGatewayTransit")},
		member{"useRemoteGateways", flag(p.UseRemoteGateways, false, "useRemoteGateways")})
	if !p.PeerCompleteVnets.Or(true) || p.OnlyIPv6.Or(false) {
		w.lack("%s is a peering of subnets", p.Name)
	}
	more, _ := w.settings(&p.Resource)
	return statement{typ: azure.TypePeering, names: []string{p.VirtualNetwork.Name, p.Name}, properties: append(t, more...)}
}

// text is a value that is known, empty where it is not set.
func (w *writer) text(v azure.Value[string], what string) string {
	if v.Unknown != nil {
		w.lack("%s is not known", what)
	}
	return v.Or("")
}

func known[T any](w *writer, list []azure.Value[T], what string, text func(T) string) []any {
	var out []any
	for _, v := range list {
		k, ok := v.Known()
		if !ok {
			w.lack("%s is not known", what)
			continue
		}
		out = append(out, text(k))
	}
	return out
}

func texts(list []string) []any {
	var out []any
	for _, t := range list {
		out = append(out, t)
	}
	return out
}
