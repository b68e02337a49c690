package repair

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/flow"
)

// Rule is a security rule to be written, in the texts of the API.
type Rule struct {
	Name      string
	Direction azure.Direction
	Access    azure.Access
	Priority  int
	Protocol  azure.Protocol
	// Source and Destination are one text of the singular property ("*", a tag,
	// a prefix) or several prefixes of the plural one, in order.
	Source, Destination []string
	// SourcePorts and DestinationPorts likewise: "*", "443", "454-455".
	SourcePorts, DestinationPorts []string
	// SourceGroups and DestinationGroups are the ids of application security
	// groups, in place of Source and Destination.
	SourceGroups, DestinationGroups []string
	Description                     string
	// Complete says that every field is known; a rule that only moves may hold
	// values that the input does not tell.
	Complete bool
}

// Text is the rule in one line: "Allow Tcp 10.0.0.0/27 -> Sql port 1433".
func (r *Rule) Text() string {
	text := fmt.Sprintf("%s %s %s", r.Access, r.Protocol, strings.Join(r.Source, ", "))
	if !isAny(r.SourcePorts) {
		text += " port " + strings.Join(r.SourcePorts, ", ")
	}
	text += " -> " + strings.Join(r.Destination, ", ")
	if !isAny(r.DestinationPorts) {
		text += " port " + strings.Join(r.DestinationPorts, ", ")
	}
	return text
}

func isAny(list []string) bool { return len(list) == 1 && list[0] == "*" }

// security is the rule as a resource of a group.
func (r *Rule) security(group *azure.NetworkSecurityGroup) (*azure.SecurityRule, diagnostic.List) {
	at := group.At
	text := func(s string) azure.Value[string] { return azure.Given(s, at) }
	fields := azure.RuleFields{
		Resource:  azure.Resource{ID: azure.MakeID(string(group.ID) + "/securityRules/" + r.Name), Type: azure.TypeSecurityRule, Name: r.Name, Address: ruleAddress(group, r.Name), At: at, Rank: group.Rank},
		Direction: text(string(r.Direction)), Access: text(string(r.Access)), Priority: text(strconv.Itoa(r.Priority)), Protocol: text(string(r.Protocol)),
		Source: side(r.Source, at), Destination: side(r.Destination, at), SourcePorts: ports(r.SourcePorts, at), DestinationPorts: ports(r.DestinationPorts, at),
		Description: r.Description,
	}
	return azure.MakeRule(fields)
}

func ruleAddress(group *azure.NetworkSecurityGroup, name string) string {
	return group.Label() + "/" + name
}

func side(texts []string, at azure.Position) azure.SideFields {
	if len(texts) == 1 {
		return azure.SideFields{Singular: azure.Given(texts[0], at), At: at}
	}
	f := azure.SideFields{At: at}
	for _, t := range texts {
		f.Add(azure.Given(t, at))
	}
	return f
}

func ports(texts []string, at azure.Position) azure.PortFields {
	if len(texts) == 1 {
		return azure.PortFields{Singular: azure.Given(texts[0], at), At: at}
	}
	f := azure.PortFields{At: at}
	for _, t := range texts {
		f.Plural = append(f.Plural, azure.Given(t, at))
	}
	return f
}

// portTexts are ports as rules write them.
func portTexts(set flow.PortSet) []string {
	if set.IsAll() {
		return []string{"*"}
	}
	var list []string
	for first, last := range set.Ranges() {
		if first == last {
			list = append(list, strconv.Itoa(int(first)))
			continue
		}
		list = append(list, fmt.Sprintf("%d-%d", first, last))
	}
	return list
}

// sortPrefixes orders prefixes as addresses, and tags behind them, without those that
// another holds: Azure refuses a list with both
// (OverlappingSubnetsNotPermittedInSecurityRule).
func sortPrefixes(texts []string) []string {
	if slices.Contains(texts, "*") {
		return []string{"*"}
	}
	slices.SortFunc(texts, func(a, b string) int {
		x, y := prefixIn(a), prefixIn(b)
		switch {
		case !x.IsValid() && !y.IsValid():
			return cmp.Compare(a, b)
		case !x.IsValid():
			return 1
		case !y.IsValid():
			return -1
		}
		return cmp.Or(x.Addr().Compare(y.Addr()), cmp.Compare(x.Bits(), y.Bits()))
	})
	var last netip.Prefix
	return slices.DeleteFunc(slices.Compact(texts), func(text string) bool {
		p := prefixIn(text)
		if !p.IsValid() {
			return false
		}
		held := last.IsValid() && last.Overlaps(p)
		if !held {
			last = p
		}
		return held
	})
}

// prefixIn is the prefix that a text is, or the address as one; invalid for others.
func prefixIn(text string) netip.Prefix {
	if a, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(a, a.BitLen())
	}
	p, _ := netip.ParsePrefix(text)
	return p
}
