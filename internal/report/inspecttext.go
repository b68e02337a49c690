package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/wayleave/wayleave/internal/result"
)

// InspectText prints the inventory for people: a tree of the networks, the
// counts, what is not known and what is left out.
func InspectText(w io.Writer, i *result.Inspect, style Style) error {
	b := textWriter(w, style.Color)
	p := inspectPrinter{b, style}
	p.nodes(i.Tree, 0)
	if len(i.Tree) > 0 {
		fmt.Fprintln(b)
	}
	var inputs []string
	for _, in := range i.Inputs {
		inputs = append(inputs, in.File+" ("+in.Kind+")")
	}
	fmt.Fprintf(b, "inputs: %s\n", style.fold(inputs, 6))
	fmt.Fprintf(b, "read: %s\n", countsText(&i.Counts))
	if len(i.Unknowns) > 0 {
		fmt.Fprintf(b, "not known: %s\n", plural(len(i.Unknowns), "value"))
	}
	for k, u := range i.Unknowns {
		if k == mostUnknowns && !style.Verbose {
			fmt.Fprintf(b, "  and %d more; --verbose shows them\n", len(i.Unknowns)-k)
			break
		}
		at := ""
		if u.At != nil {
			at = "  " + style.paint(faint, u.At.String())
		}
		fmt.Fprintf(b, "  %s: %s%s\n      used by %s\n", style.cut(shortIDs(u.Name)), style.cut(shortIDs(u.Why)), at, style.fold(style.cutAll(u.UsedBy), 4))
	}
	for _, n := range i.NotModelled {
		fmt.Fprintf(b, "not modelled: %d x %s: %s\n", n.Count, n.Type, n.Effect)
	}
	return b.Flush()
}

// Of long lists a person reads the beginning.
const (
	mostUnknowns = 20
	mostOfAKind  = 6
)

type inspectPrinter struct {
	io.Writer
	style Style
}

// nodes prints a level of the tree; many neighbours of one kind are folded.
func (p inspectPrinter) nodes(list []result.InspectNode, depth int) {
	of := map[string]int{}
	for _, n := range list {
		of[n.Kind]++
	}
	shown := map[string]int{}
	indent := strings.Repeat("  ", depth)
	for _, n := range list {
		if !p.style.Verbose && (n.Kind == "security rule" || n.Kind == "route") {
			continue
		}
		shown[n.Kind]++
		switch many := of[n.Kind]; {
		case p.style.Verbose || depth == 0 && len(n.Children) > 0 || n.Kind == "subnet" || many <= mostOfAKind || shown[n.Kind] < mostOfAKind:
			p.node(n, depth)
		case shown[n.Kind] == mostOfAKind:
			fmt.Fprintf(p, "%sand %d more of kind %s; --verbose shows them\n", indent, many-mostOfAKind+1, n.Kind)
		}
	}
}

func (p inspectPrinter) node(n result.InspectNode, depth int) {
	name := n.Name
	if !strings.Contains(n.Resource, "/") && n.Resource != n.Name && n.Resource != "" {
		name = n.Resource
	}
	line := strings.Repeat("  ", depth) + n.Kind + " " + p.style.paint(bold, p.style.cut(name))
	if len(n.Facts) > 0 {
		line += ": " + strings.Join(p.style.cutAll(n.Facts), ", ")
	}
	if n.At != nil {
		line += "  " + p.style.paint(faint, n.At.String())
	}
	fmt.Fprintln(p, line)
	p.nodes(n.Children, depth+1)
}

// cut takes the middle out of a long text: names that a template puts together
// from values it does not have.
func (s Style) cut(text string) string {
	const most, head, tail = 120, 50, 50
	letters := []rune(text)
	if s.Verbose || len(letters) <= most {
		return text
	}
	return string(letters[:head]) + " ... " + string(letters[len(letters)-tail:])
}

func (s Style) cutAll(texts []string) []string {
	list := make([]string, len(texts))
	for i, text := range texts {
		list[i] = s.cut(shortIDs(text))
	}
	return list
}

// countsText lists what there is; kinds without a resource are left out.
func countsText(c *result.InspectCounts) string {
	var list []string
	for _, x := range []struct {
		n         int
		one, many string
	}{
		{c.VirtualNetworks, "virtual network", "virtual networks"},
		{c.Subnets, "subnet", "subnets"},
		{c.Peerings, "peering", "peerings"},
		{c.NetworkSecurityGroups, "network security group", "network security groups"},
		{c.SecurityRules, "security rule", "security rules"},
		{c.RouteTables, "route table", "route tables"},
		{c.Routes, "route", "routes"},
		{c.NetworkInterfaces, "network interface", "network interfaces"},
		{c.ApplicationSecurityGroups, "application security group", "application security groups"},
		{c.PublicIPAddresses, "public IP address", "public IP addresses"},
		{c.PublicIPPrefixes, "public IP prefix", "public IP prefixes"},
		{c.NATGateways, "NAT gateway", "NAT gateways"},
		{c.Firewalls, "firewall", "firewalls"},
		{c.FirewallPolicies, "firewall policy", "firewall policies"},
		{c.RuleCollectionGroups, "rule collection group", "rule collection groups"},
		{c.RuleCollections, "rule collection", "rule collections"},
		{c.FirewallRules, "firewall rule", "firewall rules"},
		{c.IPGroups, "IP group", "IP groups"},
		{c.PrivateEndpoints, "private endpoint", "private endpoints"},
		{c.LoadBalancers, "load balancer", "load balancers"},
		{c.VirtualNetworkGateways, "virtual network gateway", "virtual network gateways"},
		{c.LocalNetworkGateways, "local network gateway", "local network gateways"},
		{c.Connections, "connection", "connections"},
		{c.SecurityAdminRules, "security admin rule", "security admin rules"},
		{c.Services, "managed service", "managed services"},
	} {
		switch x.n {
		case 0:
		case 1:
			list = append(list, "1 "+x.one)
		default:
			list = append(list, fmt.Sprintf("%d %s", x.n, x.many))
		}
	}
	if len(list) == 0 {
		return "nothing of a network"
	}
	return strings.Join(list, ", ")
}
