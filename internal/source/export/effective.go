package export

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
)

// What is in force at a network interface has no ids of its own (NW-4, NW-5).
const (
	effectiveGroup = "effective security rules"
	effectiveRoute = "an effective route"
)

// effectiveKind tells a row of an answer about what is in force.
func effectiveKind(row document.Value) string {
	switch {
	case row.GetFold("effectiveSecurityRules").Kind() == document.Array && row.GetFold("networkSecurityGroup").Kind() == document.Object:
		return effectiveGroup
	case !row.GetFold("id").IsZero() || row.GetFold("nextHopType").IsZero():
		return ""
	case hasAll(row, row, []string{"source", "state"}), row.GetFold("addressPrefix").Kind() == document.Array:
		return effectiveRoute
	}
	return ""
}

// effective reads such a row.
func (r *reader) effective(kind string, o *object) {
	r.inventory.Rank = azure.RankEffective
	if kind == effectiveGroup {
		r.effectiveGroup(o)
		return
	}
	r.effectiveRoute(o)
}

// effectiveGroup reads the rules of one group and to what it is attached. The
// default rules are left out: they are known.
func (r *reader) effectiveGroup(o *object) {
	if manager := r.reference(o.get("association", "networkManager")); manager.IsSet() {
		r.effectiveAdminRules(manager, o)
		return
	}
	group := r.reference(o.get("networkSecurityGroup"))
	if group.ID == "" {
		r.report(diagnostic.Errorf("missing-property", o.at, "the effective rules do not say of which security group they are").
			WithHint("give them as az network nic list-effective-nsg prints them"))
		return
	}
	g := &azure.NetworkSecurityGroup{
		Resource: azure.Resource{ID: group.ID, Type: azure.TypeNetworkSecurityGroup, Name: lastSegment(group.Text), Address: group.Text, At: o.at, Rank: azure.RankEffective},
		Rules:    []*azure.SecurityRule{},
	}
	for _, rule := range o.elements(o.get("effectiveSecurityRules")) {
		kind, name, _ := strings.Cut(r.text(rule.get("name")).V, "/")
		if strings.EqualFold(kind, "securityRules") && name != "" {
			g.Rules = append(g.Rules, r.effectiveRule(g, name, &rule))
		}
	}
	r.inventory.NetworkSecurityGroups = append(r.inventory.NetworkSecurityGroups, g)
	for _, end := range []struct {
		name string
		kind azure.AssociationKind
	}{{"subnet", azure.SubnetToNetworkSecurityGroup}, {"networkInterface", azure.InterfaceToNetworkSecurityGroup}} {
		if from := r.reference(o.get("association", end.name)); from.IsSet() {
			r.inventory.Associations = append(r.inventory.Associations, azure.Association{Kind: end.kind, From: from, To: group, At: from.At})
		}
	}
}

func (r *reader) effectiveRule(g *azure.NetworkSecurityGroup, name string, o *object) *azure.SecurityRule {
	address := string(g.Address) + "/securityRules/" + name
	rule, list := azure.MakeRule(azure.RuleFields{
		Resource:         azure.Resource{ID: azure.MakeID(address), Type: azure.TypeSecurityRule, Name: name, Address: address, At: o.at, Rank: azure.RankEffective},
		Direction:        r.text(o.get("direction")),
		Access:           r.text(o.get("access")),
		Priority:         r.text(o.get("priority")),
		Protocol:         r.text(o.get("protocol")),
		Source:           r.effectiveSide(o, "source"),
		Destination:      r.effectiveSide(o, "destination"),
		SourcePorts:      r.effectivePorts(o, "source"),
		DestinationPorts: r.effectivePorts(o, "destination"),
	})
	r.reportAll(list)
	return rule
}

// effectiveSide reads one side. Azure prints "*" as 0.0.0.0/0 here, so that it
// is not known whether such a rule is for IPv6 as well.
func (r *reader) effectiveSide(o *object, end string) azure.SideFields {
	f := azure.SideFields{At: o.at}
	f.Singular, f.Plural = r.oneOrMore(o, end+"AddressPrefix", end+"AddressPrefixes")
	all := f.Plural
	if f.Singular.IsSet() {
		all = []azure.Value[string]{f.Singular}
	}
	for _, v := range all {
		if v.V == "0.0.0.0/0" {
			u := &azure.Unknown{Name: o.row.Path() + " " + end + " IPv6", Why: "effective rules print * and 0.0.0.0/0 alike", At: v.At}
			f.Singular, f.Plural = azure.Value[string]{}, append(slices.Clip(all), azure.NotKnown[string](u))
			break
		}
	}
	return f
}

func (r *reader) effectivePorts(o *object, end string) azure.PortFields {
	f := azure.PortFields{At: o.at}
	f.Singular, f.Plural = r.oneOrMore(o, end+"PortRange", end+"PortRanges")
	return f
}

// oneOrMore reads a list, or where there is none the scalar: both say the same,
// and the list may say it twice, once a family.
func (r *reader) oneOrMore(o *object, singular, plural string) (one azure.Value[string], list []azure.Value[string]) {
	for _, v := range r.texts(o.get(plural)) {
		if !slices.ContainsFunc(list, func(have azure.Value[string]) bool { return v.Unknown == nil && have.V == v.V }) {
			list = append(list, v)
		}
	}
	switch len(list) {
	case 0:
		return r.text(o.get(singular)), nil
	case 1:
		return list[0], nil
	}
	return azure.Value[string]{}, list
}

// effectiveRoute adds a row to the effective routes of the file, which are of
// one interface.
func (r *reader) effectiveRoute(o *object) {
	if len(r.inventory.EffectiveRoutes) == 0 {
		r.inventory.EffectiveRoutes = []*azure.EffectiveRoutes{{At: o.at}}
	}
	all := r.inventory.EffectiveRoutes[0]
	var prefixes []netip.Prefix
	for _, v := range allParsed(o, azure.ParsePrefix, "addressPrefix") {
		if p, ok := v.Known(); ok {
			prefixes = append(prefixes, p)
		}
	}
	source, hop := r.text(o.get("source")).V, r.text(o.get("nextHopType")).V
	switch {
	case strings.EqualFold(source, "VirtualNetworkGateway"):
		all.Learned = append(all.Learned, prefixes...)
	case strings.EqualFold(hop, "VNetPeering"):
		all.Peered = append(all.Peered, prefixes...)
	case strings.EqualFold(source, "Default") && (strings.EqualFold(hop, "VnetLocal") || strings.EqualFold(hop, "VirtualNetwork")):
		all.Space = append(all.Space, prefixes...)
	}
}
