package azure

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// dump is the canonical form of a network: every resource with its facts.
func dump(n *Network) string {
	var lines []string
	add := func(t thing, more ...string) {
		line := string(t.base().ID)
		for _, f := range t.facts() {
			line += "\n  " + f.name + ": " + f.text
		}
		lines = append(lines, line+"\n  "+strings.Join(more, ", "))
	}
	for _, v := range n.VirtualNetworks {
		add(v, fmt.Sprint(v.Stub))
		for _, s := range v.Subnets {
			add(s, fmt.Sprint(s.Stub))
		}
	}
	for _, g := range n.NetworkSecurityGroups {
		add(g, fmt.Sprint(g.Stub, len(g.UnknownRules)))
		for _, r := range g.Rules {
			add(r)
		}
	}
	for _, rt := range n.RouteTables {
		add(rt, fmt.Sprint(rt.Stub, len(rt.UnknownRoutes)))
		for _, r := range rt.Routes {
			add(r)
		}
	}
	return strings.Join(lines, "\n")
}

// drawInput makes one small inventory; few names, so that inputs meet.
func drawInput(t *rapid.T, i int) *writer {
	ranks := []Rank{RankPlan, RankTemplate, RankState, RankExport}
	w := input(rapid.SampledFrom(ranks).Draw(t, "rank"), fmt.Sprintf("%d.json", i))
	name := rapid.SampledFrom([]string{"a", "b"})
	some := func(what string) bool { return rapid.Bool().Draw(t, what) }
	port := rapid.SampledFrom([]string{"443", "80"})
	prefix := map[string]string{"a": "10.1.1.0/24", "b": "10.1.2.0/24"}
	if some("vnet") {
		v := w.vnet("v 10.1.0.0/16")
		if some("inline subnet") {
			n := name.Draw(t, "inline")
			s := w.inline(v, n+" "+prefix[n])
			if some("attached") {
				s.NetworkSecurityGroup = Ref(nsg("g"), w.at())
			}
		}
	}
	if some("separate subnet") {
		n := name.Draw(t, "separate")
		w.separate("v", n+" "+prefix[n])
	}
	if some("group") {
		g := w.group("g")
		if some("unknown rules") {
			g.UnknownRules = []*Unknown{{Name: "var.rules"}}
		}
		if some("rule") {
			g.Rules = append(g.Rules, w.rule("g", "r 100 Inbound Allow Tcp * * * "+port.Draw(t, "port")))
		}
		if some("back-reference") {
			g.Subnets = []Reference{Ref(sub("v", name.Draw(t, "back")), w.at())}
		}
	}
	if some("separate rule") {
		w.separateRule("g", "s 200 Outbound Deny Tcp * * * "+port.Draw(t, "port"))
	}
	if some("association") {
		w.associate(SubnetToNetworkSecurityGroup, sub("v", name.Draw(t, "from")), nsg(rapid.SampledFrom([]string{"g", "h"}).Draw(t, "to")))
	}
	if some("table") {
		w.table("t", "r 0.0.0.0/0 "+rapid.SampledFrom([]string{"None", "Internet"}).Draw(t, "hop"))
	}
	return w
}

// The order in which inputs are named changes nothing.
func TestBuildDoesNotDependOnTheOrderOfInputs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var inputs []*writer
		for i := range rapid.IntRange(2, 4).Draw(t, "inputs") {
			inputs = append(inputs, drawInput(t, i))
		}
		n, list := build(inputs...)
		if (n == nil) != list.HasErrors() {
			t.Fatalf("a network and an error, or neither: %v", list)
		}
		shuffled := rapid.Permutation(slices.Clone(inputs)).Draw(t, "order")
		m, other := build(shuffled...)
		if (n == nil) != (m == nil) {
			t.Fatalf("one order fails:\n%v\n---\n%v", list, other)
		}
		if n != nil && dump(n) != dump(m) {
			t.Fatalf("the networks differ:\n%s\n---\n%s", dump(n), dump(m))
		}
	})
}

// Naming an input twice changes nothing.
func TestBuildOfTheSameInputTwiceIsThatInput(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawInput(t, 0)
		n, list := build(w)
		m, twice := build(w, w)
		if (n == nil) != (m == nil) {
			t.Fatalf("got %v, twice %v", list, twice)
		}
		if n != nil && dump(n) != dump(m) {
			t.Fatalf("the networks differ:\n%s\n---\n%s", dump(n), dump(m))
		}
	})
}

// nowhere is a text whose places are not asked for.
type nowhere struct{}

func (nowhere) Position(int) Position { return Position{} }

func FuzzParseAddressTerm(f *testing.F) {
	for _, seed := range []string{"*", "10.0.0.0/8", "10.0.0.1", "fd00::/8", "Storage.WestUS", "10.0.0.1-10.0.0.9", "::ffff:1.2.3.4", "[x]", "", "0.0.0.0/0", "10.0.0.0/08", "010.0.0.0", "10.0.0.256", "10.0.0.1/24", "255.255.255.255/32", "1.2.3.4/", "10.0.0.0/33", "80-443", "65535"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, plural := range []bool{false, true} {
			term, list := ParseAddressTerm(text, here, plural)
			if (term.Kind == UnknownAddress) != list.HasErrors() || (term.Unknown != nil) != list.HasErrors() || len(list) > 1 {
				t.Errorf("%q: %+v with %v", text, term, list)
			}
			if term.Kind == PrefixAddress && (!term.Prefix.IsValid() || term.Prefix != term.Prefix.Masked() || term.Prefix.Addr().Is4In6()) {
				t.Errorf("%q gives the prefix %v", text, term.Prefix)
			}
			if plural && !list.HasErrors() && term.Kind != PrefixAddress {
				t.Errorf("%q stands in a list as %+v", text, term)
			}
		}
		want, err := netip.ParsePrefix(text)
		addr, isAddr := netip.ParseAddr(text)
		if isAddr == nil {
			want, err = netip.PrefixFrom(addr, addr.BitLen()), nil
		}
		plain := err == nil && want.Addr().Is4() && want == want.Masked()
		p, ok := plainIPv4(text)
		if ok != plain || ok && (p.prefix() != want || p.bare != (isAddr == nil)) {
			t.Errorf("%q: the quick reading gives %v %v, netip %v %v", text, p, ok, want, err)
		}
		if written := (plainPrefixes{list: []plainPrefix{p}, places: nowhere{}}).term(0); ok && written.Text != text {
			t.Errorf("%q is written out as %q", text, written.Text)
		}
		if ports, list := ParsePortTerm(text, here); (ports.Unknown != nil) != list.HasErrors() || ports.First > ports.Last {
			t.Errorf("%q: %+v with %v", text, ports, list)
		}
		if route, list := ParseRouteDestination(text, here); (route.Kind == UnknownAddress) != list.HasErrors() || route.Kind == AnyAddress {
			t.Errorf("%q: %+v with %v", text, route, list)
		}
	})
}
