package terraform

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
)

// facts is what a plan or state says, one fact a line, for tests that name
// single ones.
type facts struct {
	t     *testing.T
	file  string
	lines []string
	// inventory that the facts are from.
	inventory *azure.Inventory
}

// factsOf reads a file of the corpus.
func factsOf(t *testing.T, file string, o Options) *facts {
	t.Helper()
	doc, _ := load(t, corpus(t, file)[0])
	inventory := Read(doc, o)
	n, problems := azure.Build(inventory)
	if n == nil {
		t.Fatalf("%s: %v", file, problems)
	}
	f := &facts{t: t, file: file, inventory: inventory}
	f.describe(n)
	for _, d := range problems {
		f.add("says %s", d.Code)
	}
	return f
}

// has fails the test for every fact that is missing.
func (f *facts) has(lines ...string) {
	f.t.Helper()
	for _, line := range lines {
		if !slices.Contains(f.lines, line) {
			words := strings.Fields(line)
			f.t.Errorf("%s: no %q, only\n\t%s", f.file, line, strings.Join(f.beginning(strings.Join(words[:min(2, len(words))], " ")), "\n\t"))
		}
	}
}

// lacks fails the test for every fact that begins like this.
func (f *facts) lacks(beginnings ...string) {
	f.t.Helper()
	for _, b := range beginnings {
		if list := f.beginning(b); len(list) > 0 {
			f.t.Errorf("%s: %s", f.file, strings.Join(list, "; "))
		}
	}
}

// counts fails the test unless so many facts begin like this.
func (f *facts) counts(beginning string, want int) {
	f.t.Helper()
	if list := f.beginning(beginning); len(list) != want {
		f.t.Errorf("%s: %d times %q, want %d:\n\t%s", f.file, len(list), beginning, want, strings.Join(list, "\n\t"))
	}
}

func (f *facts) beginning(with string) []string {
	var list []string
	for _, line := range f.lines {
		if strings.HasPrefix(line, with) {
			list = append(list, line)
		}
	}
	return list
}

func (f *facts) add(format string, args ...any) {
	f.lines = append(f.lines, fmt.Sprintf(format, args...))
}

func (f *facts) describe(n *azure.Network) {
	for _, v := range n.VirtualNetworks {
		if v.Stub {
			f.add("elsewhere %s", v.ID.Name())
			continue
		}
		f.add("network %s %s", v.Name, prefixesOf(v.AddressSpace))
		for _, s := range v.Subnets {
			f.add("subnet %s %s group=%s table=%s nat=%s", s.Name, prefixesOf(s.Prefixes), to(s.NetworkSecurityGroup), to(s.RouteTable), to(s.NATGateway))
		}
		for _, p := range v.Peerings {
			f.add("peering %s to %s forwarded=%s", p.Name, to(p.Remote), word(p.AllowForwardedTraffic))
		}
	}
	for _, g := range n.NetworkSecurityGroups {
		f.add("group %s rules=%d unknown=%d", g.Name, len(g.Rules), len(g.UnknownRules))
		for _, r := range g.Rules {
			f.add("rule %s/%s %s %s %s %s %s:%s > %s:%s", g.Name, r.Name, word(r.Priority), word(r.Direction), word(r.Access), word(r.Protocol),
				side(r.Source), ports(r.SourcePorts), side(r.Destination), ports(r.DestinationPorts))
		}
	}
	for _, table := range n.RouteTables {
		f.add("table %s routes=%d unknown=%d", table.Name, len(table.Routes), len(table.UnknownRoutes))
		for _, r := range table.Routes {
			f.add("route %s/%s %s %s %s", table.Name, r.Name, side(azure.NewSide(r.Destination)), word(r.NextHopType), word(r.NextHopIPAddress))
		}
	}
	for _, c := range n.NetworkInterfaces {
		f.add("card %s group=%s", c.Name, to(c.NetworkSecurityGroup))
		for _, ip := range c.IPConfigurations {
			var groups []string
			for _, g := range ip.ApplicationSecurityGroups {
				groups = append(groups, to(g))
			}
			f.add("address %s %s in %s asg=%s", c.Name, word(ip.PrivateIPAddress), to(ip.Subnet), strings.Join(groups, ","))
		}
	}
	for _, p := range n.PublicIPAddresses {
		f.add("public %s %s", p.Name, word(p.IPAddress))
	}
	f.describeFirewalls(n)
	for _, m := range n.NotModelled {
		f.add("left %s", m.Address)
	}
}

// word is a value in one word; an unknown one is "?".
func word[T any](v azure.Value[T]) string {
	known, ok := v.Known()
	switch {
	case ok:
		return fmt.Sprint(known)
	case v.IsSet():
		return "?"
	}
	return "-"
}

// to is the last part of a reference, what is unknown "?".
func to(r azure.Reference) string {
	switch {
	case r.Unknown != nil:
		return "?"
	case strings.HasPrefix(string(r.ID), "/"):
		return r.ID.Name()
	}
	return string(r.ID)
}

func side(s azure.Side) string {
	var words []string
	for _, term := range s.Terms() {
		switch {
		case term.Unknown != nil:
			words = append(words, "?")
		case term.Kind == azure.GroupAddress:
			words = append(words, to(term.Group))
		default:
			words = append(words, term.Text)
		}
	}
	return strings.Join(words, ",")
}

func ports(p azure.Ports) string {
	var words []string
	for _, term := range p.Terms {
		if term.Unknown != nil {
			words = append(words, "?")
			continue
		}
		words = append(words, term.Text)
	}
	return strings.Join(words, ",")
}
