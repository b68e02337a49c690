package repair

import (
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/reach"
)

// Way is how a change lets failing requirements pass. All but Exact have a price:
// they open more than is missing, leave something blocked, or do not follow when
// the addresses of a tag change.
type Way string

// Ways, Exact first, which is the one that is proposed.
const (
	// Exact adds rules for the missing packets, a tag where the requirement names
	// one.
	Exact Way = "exact"
	// TCPAlone leaves UDP blocked where TCP is missing too, of which check warns
	// (decisions 10).
	TCPAlone Way = "tcp-alone"
	// AnyProtocol adds one rule for every protocol in place of one for TCP and one
	// for UDP.
	AnyProtocol Way = "any-protocol"
	// Prefixes names the prefixes that the tags hold today.
	Prefixes Way = "prefixes"
	// WithoutBlockers removes the rules and routes that block.
	WithoutBlockers Way = "without-blockers"
)

// Others are the ways beside Exact, in order of display.
var Others = []Way{TCPAlone, AnyProtocol, Prefixes, WithoutBlockers}

// Text says in a few words what the way does.
func (w Way) Text() string {
	return map[Way]string{
		Exact:           "rules for exactly the missing packets",
		TCPAlone:        "rules for TCP alone; UDP stays blocked, of which check warns",
		AnyProtocol:     "one rule for every protocol in place of one for TCP and one for UDP",
		Prefixes:        "prefixes as of today in place of service tags; they do not follow Azure's changes",
		WithoutBlockers: "the rules and routes that block are removed",
	}[w]
}

// Make plans the change of one way that lets the needs pass, as [Make] does.
func (w Way) Make(f *fabric.Fabric, needs []Need, keep Keep) *Plan {
	p := &planner{fabric: f, keep: keep, way: w, gates: map[azure.ID]*gate{}, tables: map[azure.ID]*azure.RouteTable{}, guards: map[azure.ID]*NewSecurityGroup{}}
	return p.make(needs)
}

// protocols are those for which rules are drafted of what is blocked, each list
// with one rule.
func (p *planner) protocols(b *blocked) [][]azure.Protocol {
	var list [][]azure.Protocol
	for _, name := range []azure.Protocol{azure.TCP, azure.UDP, azure.ICMP, azure.ESP, azure.AH} {
		names := []azure.Protocol{name}
		if slices.ContainsFunc(b.packets, func(c flow.Cube) bool { return c.Protocols.Overlaps(protocolSet(names)) }) {
			list = append(list, names)
		}
	}
	both := len(list) >= 2 && list[0][0] == azure.TCP && list[1][0] == azure.UDP
	switch {
	case p.way == TCPAlone && both:
		return slices.Delete(list, 1, 2)
	case p.way == AnyProtocol && both:
		return [][]azure.Protocol{{azure.TCP, azure.UDP}}
	}
	return list
}

// tagFor is the tag that a rule of the way names for a far end: none where it
// lists the prefixes.
func (p *planner) tagFor(tag string) string {
	if p.way != Prefixes {
		return tag
	}
	for _, derived := range []string{"Internet", "VirtualNetwork", "AzureLoadBalancer"} {
		if strings.EqualFold(tag, derived) {
			return tag
		}
	}
	return ""
}

// removed is the removal of a rule or route that blocks, where the way is that;
// nil for a default rule and for what is kept.
func (p *planner) removed(h reach.Hop) *Edit {
	if p.way != WithoutBlockers {
		return nil
	}
	n := p.fabric.Network()
	switch h.Kind {
	case fabric.KindNSGRule:
		group, ok := n.NetworkSecurityGroup(h.Resource)
		if !ok || group.Stub {
			return nil
		}
		for _, r := range group.Rules {
			if r.Name == h.Name && string(r.Direction.V) == h.Note && !p.keep.has(r) {
				return &Edit{Action: Remove, Group: group, Rule: RuleOf(r), Was: r}
			}
		}
	case fabric.KindRoute, fabric.KindReturnPath:
		table, ok := n.RouteTable(h.Resource)
		if !ok || table.Stub {
			return nil
		}
		for _, r := range table.Routes {
			if r.Name == h.Name {
				return &Edit{Action: Remove, Change: &RouteRemoval{table, r}}
			}
		}
	}
	return nil
}
