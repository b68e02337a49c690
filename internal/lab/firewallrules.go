package lab

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/plain"
)

// Marks of connections: the verdict in the bits of markVerdict, the number of
// the rule below (L-11).
const (
	markVerdict = 0xf00000
	markAllow   = 0x100000
	markDeny    = 0x200000
	markDNAT    = 0x300000
)

// collection is a rule collection with the generation of its policy: 0 for the
// parent of all, or for classic rules.
type collection struct {
	*azure.RuleCollection
	generation int
}

// collect finds the rule collections of a firewall in the order of evaluation
// (P-04, P-13).
func (c *compiler) collect(w *firewall) {
	var line []*azure.FirewallPolicy
	for at := w.Policy; at.IsSet() && len(line) < 10; {
		policy, ok := c.network.FirewallPolicy(at.ID)
		if !ok || policy.Stub || len(policy.UnknownGroups) > 0 {
			w.limit("the rules of a policy of the firewall %s are not known", w.Name)
			return
		}
		line = append(line, policy)
		at = policy.Base
	}
	switch {
	case w.Stub || w.VirtualHub.IsSet():
		w.limit("the firewall %s is not stated, or stands in a hub", w.Name)
	case len(line) == 0 && len(w.UnknownCollections) > 0:
		w.limit("not all rules of the firewall %s are known", w.Name)
	case len(line) == 0:
		for _, r := range w.RuleCollections {
			c.rules[w] = append(c.rules[w], collection{r, 0})
		}
	}
	w.generation = max(len(line)-1, 0)
	for i, policy := range line {
		for _, g := range policy.Groups {
			if len(g.UnknownCollections) > 0 {
				w.limit("not all rules of the firewall %s are known", w.Name)
			}
			for _, r := range g.Collections {
				c.rules[w] = append(c.rules[w], collection{r, len(line) - 1 - i})
			}
		}
	}
	for _, r := range c.rules[w] {
		if len(r.UnknownRules) > 0 || r.Action.V == azure.FirewallSNAT {
			w.limit("not all rules of the firewall %s are known", w.Name)
		}
	}
	slices.SortStableFunc(c.rules[w], func(a, b collection) int {
		group := func(c collection) int {
			if c.Group == nil {
				return 0
			}
			return c.Group.Priority.V
		}
		return cmp.Or(cmp.Compare(a.generation, b.generation), cmp.Compare(group(a), group(b)), cmp.Compare(a.Priority.V, b.Priority.V))
	})
}

// firewallRuleset classifies once, on the packet as it comes, and acts on the
// mark (L-11): translation and filter cannot disagree.
func (c *compiler) firewallRuleset(w *firewall) string {
	r := &ruleset{c: c, place: w.host.place, named: map[string]string{}}
	private := r.set(ipv4Ranges(c.privateRanges(w)))
	var translate []string
	b := &r.chains
	b.WriteString("\tchain classify {\n")
	number := 0
	for _, kind := range []azure.FirewallRuleKind{azure.NATRule, azure.NetworkRule} {
		for _, collection := range c.rules[w] {
			for _, rule := range collection.Rules {
				if number++; collection.Kind == kind && !c.ignored(w, collection) {
					translate = append(translate, r.firewallRule(w, collection, rule, number)...)
				}
			}
		}
	}
	b.WriteString("\t}\n\tchain arriving {\n\t\ttype filter hook prerouting priority mangle; policy accept;\n")
	b.WriteString("\t\tct state invalid drop comment \"S-43\"\n")
	fmt.Fprintf(b, "\t\tiifname %q ip daddr %s drop comment \"F-24\"\n", balancerDevice, w.instance)
	b.WriteString("\t\tct state new jump classify\n\t}\n")
	b.WriteString("\tchain dnat_pass {\n\t\ttype nat hook prerouting priority dstnat; policy accept;\n" + strings.Join(translate, "") + "\t}\n")
	c.firewallForward(w, b, private)
	c.firewallTranslation(w, b, private)
	return "table ip firewall {\n" + strings.Join(r.sets, "") + r.chains.String() + "}\n"
}

// ignored reports whether a firewall does not have the NAT rules of a parent's
// collection (P-15).
func (c *compiler) ignored(w *firewall, r collection) bool {
	return r.Kind == azure.NATRule && r.generation != w.generation && c.switches.On[plain.ParentNATIgnored]
}

// firewallForward is what the firewall lets through: replies, and what the mark
// says, where it can carry it.
func (c *compiler) firewallForward(w *firewall, b *strings.Builder, private string) {
	b.WriteString("\tchain own {\n\t\ttype filter hook input priority filter; policy drop;\n\t}\n")
	b.WriteString("\tchain forward_pass {\n\t\ttype filter hook forward priority filter; policy drop;\n")
	if w.unfit() {
		b.WriteString("\t\tdrop comment \"F-13\"\n")
	}
	b.WriteString("\t\tct direction reply accept\n")
	if len(w.public) > 0 {
		fmt.Fprintf(b, "\t\tip daddr { %s } drop comment \"P-21, P-23c\"\n", texts(w.public))
	}
	if own := w.host.place.prefixes; len(own) > 0 {
		fmt.Fprintf(b, "\t\tip saddr { %s } drop comment \"F-14\"\n", texts(own))
	}
	fmt.Fprintf(b, "\t\toifname %q meta l4proto != { tcp, udp } drop comment \"P-32\"\n", outsideDevice)
	if c.gateway(w.host.place) == nil {
		fmt.Fprintf(b, "\t\toifname %q ip daddr @%s drop comment \"C-15\"\n", outsideDevice, private)
		if len(w.public) == 0 {
			fmt.Fprintf(b, "\t\toifname %q drop comment \"no public address\"\n", outsideDevice)
		}
	}
	fmt.Fprintf(b, "\t\tct mark & 0x%x == 0x%x accept\n\t\tct mark & 0x%x == 0x%x accept\n\t}\n", markVerdict, markAllow, markVerdict, markDNAT)
}

// firewallTranslation is the decision table of S-01.
func (c *compiler) firewallTranslation(w *firewall, b *strings.Builder, private string) {
	b.WriteString("\tchain snat_pass {\n\t\ttype nat hook postrouting priority srcnat; policy accept;\n")
	fmt.Fprintf(b, "\t\tct status dnat snat to %s comment \"L-14\"\n", w.instance)
	fmt.Fprintf(b, "\t\tmeta l4proto != { tcp, udp } return\n\t\tip daddr @%s return comment \"S-03\"\n", private)
	switch {
	case c.gateway(w.host.place) != nil: // its edge translates (L-19)
		fmt.Fprintf(b, "\t\toifname %q snat to %s\n", outsideDevice, w.instance)
	case len(w.public) > 0:
		fmt.Fprintf(b, "\t\toifname %q snat to %s\n", outsideDevice, oneOf(w.public))
	}
	fmt.Fprintf(b, "\t\toifname %q snat to %s\n\t}\n", insideDevice, w.instance)
}

// oneOf is an address of several, by chance (L-18, S-20).
func oneOf(list []netip.Addr) string {
	if len(list) == 1 {
		return list[0].String()
	}
	var elements []string
	for i, a := range list {
		elements = append(elements, fmt.Sprintf("%d : %s", i, a))
	}
	return fmt.Sprintf("numgen random mod %d map { %s }", len(list), strings.Join(elements, ", "))
}

// firewallRule writes the classification by one rule, and returns its
// translations.
func (r *ruleset) firewallRule(w *firewall, c collection, rule *azure.FirewallRule, number int) (translate []string) {
	comment := fmt.Sprintf("%d %s/%s", c.Priority.V, c.Name, rule.Name)
	source, ok := r.firewallSide("saddr", rule.Source)
	destination, too := r.firewallSide("daddr", rule.Destination)
	verdict := markAllow
	switch {
	case !ok || !too:
		fmt.Fprintf(&r.chains, "\t\t# %s matches no packet\n", printable(comment))
		return nil
	case c.Kind == azure.NATRule:
		verdict = markDNAT
	case c.Action.V == azure.FirewallDeny:
		verdict = markDeny
	}
	for _, service := range firewallServices(rule) {
		fmt.Fprintf(&r.chains, "\t\t%s%s%scounter ct mark set 0x%x return comment \"%s\"\n", source, destination, service.match, verdict|number, printable(comment))
		to, known := rule.TranslatedAddress.Known()
		if c.Kind != azure.NATRule || !known || service.protocol == "" {
			continue
		}
		port := ""
		if n, known := rule.TranslatedPort.Known(); known && n > 0 {
			port = fmt.Sprintf(":%d", n)
		}
		translate = append(translate, fmt.Sprintf("\t\tmeta l4proto %s ct mark 0x%x dnat to %s%s\n", service.protocol, verdict|number, to, port))
	}
	return translate
}

// service is a protocol with ports, as a rule names it.
type service struct{ protocol, match string }

// firewallServices are the protocols of a rule with its ports (P-31, P-32).
func firewallServices(rule *azure.FirewallRule) []service {
	match := ""
	if ports := ports(rule.DestinationPorts); ports != "" {
		match = "th dport " + ports + " "
	}
	var list []service
	for _, value := range rule.Protocols {
		switch value.V {
		case azure.FirewallTCP:
			list = append(list, service{"tcp", "meta l4proto tcp " + match})
		case azure.FirewallUDP:
			list = append(list, service{"udp", "meta l4proto udp " + match})
		case azure.FirewallICMP:
			list = append(list, service{"", "meta l4proto icmp "})
		case azure.FirewallAny:
			if match == "" {
				return []service{{"", ""}}
			}
			list = append(list, service{"", "meta l4proto { tcp, udp } " + match})
		}
	}
	return list
}

// firewallSide matches a side of a rule; ok is false if nothing can match it.
// Names match nothing: what they resolve to is not in the input.
func (r *ruleset) firewallSide(field string, side azure.FirewallSide) (match string, ok bool) {
	var ranges []string
	for _, t := range side.Terms {
		switch t.Kind {
		case azure.FirewallAnyAddress:
			return "", true
		case azure.FirewallRange:
			ranges = appendRange(ranges, t)
		case azure.FirewallTag:
			for _, p := range ipv4(r.c.tags[plain.FoldTag(t.Name)].Prefixes) {
				ranges = append(ranges, p.String())
			}
		case azure.FirewallIPGroup:
			group, found := r.c.network.IPGroup(t.Group.ID)
			if !found || len(group.Addresses) == 0 {
				return "", false
			}
			for _, t := range group.Addresses {
				ranges = appendRange(ranges, t)
			}
		}
	}
	if len(ranges) == 0 {
		return "", false
	}
	return fmt.Sprintf("ip %s @%s ", field, r.set(ranges)), true
}

func appendRange(list []string, t azure.FirewallTerm) []string {
	switch {
	case t.Kind != azure.FirewallRange || !t.First.Is4():
		return list
	case t.First == t.Last:
		return append(list, t.First.String())
	}
	return append(list, fmt.Sprintf("%s-%s", t.First, t.Last))
}

// privateRanges are the destinations whose packets keep their source (S-03 to
// S-07).
func (c *compiler) privateRanges(w *firewall) []string {
	terms := w.PrivateRanges
	if policy, ok := c.network.FirewallPolicy(w.Policy.ID); ok {
		terms = policy.PrivateRanges
	}
	iana := []string{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"}
	if !c.switches.On[plain.SharedSpaceIsPublic] { // S-04
		iana = append(iana, "100.64.0.0/10")
	}
	if len(terms) == 0 {
		return iana
	}
	var list []string
	for _, t := range terms {
		if t.Kind == azure.FirewallTag && plain.FoldTag(t.Name) == "ianaprivateranges" {
			list = append(list, iana...)
			continue
		}
		list = appendRange(list, t)
	}
	return list
}

// ipv4Ranges is a list for a set: one that is never reached for none.
func ipv4Ranges(list []string) []string {
	if len(list) == 0 {
		return []string{"255.255.255.255"}
	}
	return list
}
