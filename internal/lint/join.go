package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
)

// joins tells in which field two rules differ, if in all others they agree and
// that one can hold both.
func joins(a, b *azure.SecurityRule) (field string, ok bool) {
	if a.Access.V != b.Access.V || a.Protocol.V != b.Protocol.V || !slices.Equal(sorted(portTexts(a.SourcePorts)), sorted(portTexts(b.SourcePorts))) {
		return "", false
	}
	source := slices.Equal(sorted(sideTexts(a.Source)), sorted(sideTexts(b.Source)))
	destination := slices.Equal(sorted(sideTexts(a.Destination)), sorted(sideTexts(b.Destination)))
	ports := slices.Equal(sorted(portTexts(a.DestinationPorts)), sorted(portTexts(b.DestinationPorts)))
	switch {
	case source && destination && !everyPort(a) && !everyPort(b):
		return "destination ports", true
	case source && ports && listable(a.Destination, b.Destination):
		return "destination", true
	case destination && ports && listable(a.Source, b.Source):
		return "source", true
	}
	return "", false
}

// listable reports whether one plural property can hold both sides: prefixes of
// one family alone.
func listable(a, b azure.Side) bool {
	four := map[bool]bool{}
	for _, s := range []azure.Side{a, b} {
		for _, t := range s.Terms() {
			if t.Kind != azure.PrefixAddress || t.Text == "*" {
				return false
			}
			four[t.Prefix.Addr().Is4()] = true
		}
	}
	return len(four) == 1
}

func everyPort(r *azure.SecurityRule) bool {
	return slices.Contains(portTexts(r.DestinationPorts), "*")
}

// joinedSide are the prefixes of both, without those that another holds: Azure
// refuses a list with both.
func joinedSide(a, b azure.Side) azure.Side {
	var all, terms []azure.AddressTerm
	for _, s := range []azure.Side{a, b} {
		for _, t := range s.Terms() {
			all = append(all, t)
		}
	}
	for i, t := range all {
		held := func(o azure.AddressTerm) bool {
			return o.Prefix.Bits() < t.Prefix.Bits() && o.Prefix.Overlaps(t.Prefix)
		}
		same := func(o azure.AddressTerm) bool { return o.Prefix == t.Prefix }
		if !slices.ContainsFunc(all, held) && !slices.ContainsFunc(all[:i], same) {
			terms = append(terms, t)
		}
	}
	return azure.NewSide(terms...)
}

// joinedPorts are the ports of both as ranges that do not overlap.
func joinedPorts(a, b azure.Ports) azure.Ports {
	var set flow.PortSet
	for _, t := range slices.Concat(a.Terms, b.Terms) {
		set = set.Union(flow.PortRange(t.First, t.Last))
	}
	joined := azure.Ports{At: a.At}
	for first, last := range set.Ranges() {
		joined.Terms = append(joined.Terms, azure.PortTerm{First: first, Last: last, Text: flow.PortRange(first, last).String(), At: a.At})
	}
	return joined
}

func sideTexts(s azure.Side) []string {
	var list []string
	for _, t := range s.Terms() {
		list = append(list, t.Text)
	}
	return list
}

func portTexts(p azure.Ports) []string {
	var list []string
	for _, t := range p.Terms {
		list = append(list, t.Text)
	}
	return list
}

func sorted(list []string) []string {
	list = slices.Clone(list)
	for i := range list {
		list[i] = strings.ToLower(list[i])
	}
	slices.Sort(list)
	return list
}

// Text is a rule in one line: "Allow Tcp 10.0.0.0/27 -> Sql port 1433".
func Text(r *azure.SecurityRule) string {
	text := fmt.Sprintf("%s %s %s", r.Access.V, r.Protocol.V, strings.Join(sideTexts(r.Source), ", "))
	if p := portTexts(r.SourcePorts); !slices.Equal(p, []string{"*"}) {
		text += " port " + strings.Join(p, ", ")
	}
	text += " -> " + strings.Join(sideTexts(r.Destination), ", ")
	if p := portTexts(r.DestinationPorts); !slices.Equal(p, []string{"*"}) {
		text += " port " + strings.Join(p, ", ")
	}
	return text
}
