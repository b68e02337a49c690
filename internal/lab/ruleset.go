package lab

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/plain"
)

// ruleset writes the security groups of one host in the language of nft: the
// sets first, each once.
type ruleset struct {
	c     *compiler
	place *place
	// admin tells that security admin rules come before the groups.
	admin  bool
	sets   []string
	named  map[string]string
	chains strings.Builder
}

// hostRuleset is the stateful filter of a host. What a packet meets on its way
// in and out stands in the order of NSG-24; a chain is one group in one
// direction, in which an allow returns and a deny drops.
func (c *compiler) hostRuleset(h *host) string {
	subnet, own := h.place.group, h.group
	r := &ruleset{c: c, place: h.place, named: map[string]string{}, admin: len(h.place.AdminRules) > 0 && h.endpoint == nil} // PE-7
	if h.endpoint != nil && !h.place.hasPolicy("NetworkSecurityGroupEnabled") {                                              // PE-2
		subnet, own = nil, nil
	}
	r.base("inward", "prerouting", "iifname", []hook{{"in_subnet", subnet}, {"in_nic", own}})
	r.base("outward", "postrouting", "oifname", []hook{{"out_nic", own}, {"out_subnet", subnet}})
	if r.admin {
		r.adminRules("admin_inward", azure.Inbound)
		r.adminRules("admin_outward", azure.Outbound)
	}
	for _, g := range []struct {
		suffix string
		group  *azure.NetworkSecurityGroup
	}{{"subnet", subnet}, {"nic", own}} {
		if g.group != nil {
			r.group("in_"+g.suffix, g.group, azure.Inbound)
			r.group("out_"+g.suffix, g.group, azure.Outbound)
			r.platform("platform_"+g.suffix, g.group)
		}
	}
	return "table ip nsg {\n" + strings.Join(r.sets, "") + r.chains.String() + "}\n"
}

// hook is a chain that asks a group, if there is one.
type hook struct {
	chain string
	group *azure.NetworkSecurityGroup
}

// base writes a chain at a hook of the network stack. A flow record lets
// everything of its flow pass (NSG-33). What the platform's addresses receive
// is asked nothing but the rules that name them (PLAT-1, TWIN-5), and what the
// fabric never carries is dropped (FAB-3).
func (r *ruleset) base(name, at, device string, hooks []hook) {
	w := &r.chains
	fmt.Fprintf(w, "\tchain %s {\n\t\ttype filter hook %s priority 0; policy accept;\n", name, at)
	fmt.Fprintf(w, "\t\t%s != \"eth0\" accept\n\t\tct state established,related accept\n", device)
	if device == "oifname" {
		platform := fmt.Sprintf("ip daddr { %s, %s }", hostAddress, metadataAddress)
		for _, h := range hooks {
			if h.group != nil {
				fmt.Fprintf(w, "\t\t%s jump platform_%s\n", platform, strings.TrimPrefix(h.chain, "out_"))
			}
		}
		fmt.Fprintf(w, "\t\t%s accept\n", platform)
	}
	w.WriteString("\t\tudp sport 68 udp dport 67 drop comment \"FAB-3\"\n\t\tudp sport 65330 drop comment \"FAB-3\"\n")
	if r.admin {
		fmt.Fprintf(w, "\t\tjump admin_%s\n", name)
	}
	for _, h := range hooks {
		if h.group != nil {
			fmt.Fprintf(w, "\t\tjump %s\n", h.chain)
		}
	}
	w.WriteString("\t}\n")
}

// adminRules writes the security admin rules of the place in one direction: a
// packet that is always allowed meets no group, one that is allowed does (ADM-1,
// ADM-2). Which of several of one priority comes first the model does not decide
// (ADM-3).
func (r *ruleset) adminRules(chain string, d azure.Direction) {
	fmt.Fprintf(&r.chains, "\tchain %s {\n", chain)
	for _, applied := range r.place.AdminRules { // by priority
		rule := applied.Rule
		if rule.Direction.V == d {
			action := map[azure.AdminAccess]string{azure.AdminAllow: "return", azure.AdminDeny: "drop", azure.AdminAlwaysAllow: "accept"}[rule.Access.V]
			r.rule("admin", rule.Match, action)
		}
	}
	r.chains.WriteString("\t}\n")
}

// rulesOf lists the rules of a group in one direction in the order of
// evaluation, the default rules last (NSG-4, NSG-19).
func rulesOf(g *azure.NetworkSecurityGroup, d azure.Direction) []*azure.SecurityRule {
	var rules []*azure.SecurityRule
	for _, rule := range g.Rules {
		if rule.Direction.V == d {
			rules = append(rules, rule)
		}
	}
	rules = append(rules, azure.DefaultRules(d)...)
	slices.SortStableFunc(rules, func(a, b *azure.SecurityRule) int { return cmp.Compare(a.Priority.V, b.Priority.V) })
	return rules
}

func (r *ruleset) group(chain string, g *azure.NetworkSecurityGroup, d azure.Direction) {
	fmt.Fprintf(&r.chains, "\tchain %s {\n", chain)
	for _, rule := range rulesOf(g, d) {
		r.rule(g.Name, rule, actionOf(rule))
	}
	r.chains.WriteString("\t}\n")
}

// actionOf is what a rule of a group does with what it matches.
func actionOf(rule *azure.SecurityRule) string {
	if rule.Access.V == azure.Deny {
		return "drop"
	}
	return "return"
}

// platform writes the outbound rules that name a tag of the platform, which
// alone filter what is sent to its addresses (PLAT-3, PLAT-4).
func (r *ruleset) platform(chain string, g *azure.NetworkSecurityGroup) {
	fmt.Fprintf(&r.chains, "\tchain %s {\n", chain)
	for _, rule := range rulesOf(g, azure.Outbound) {
		service := ""
		switch {
		case names(rule.Destination, tagPlatformDNS):
			service = fmt.Sprintf("ip daddr %s meta l4proto { tcp, udp } th dport 53 ", hostAddress)
		case names(rule.Destination, tagPlatformIMDS):
			service = fmt.Sprintf("ip daddr %s ", metadataAddress)
		default:
			continue
		}
		source, ok := r.address("saddr", rule.Source)
		r.match(g.Name, rule, actionOf(rule), service+source, ok)
	}
	r.chains.WriteString("\t}\n")
}

func names(side azure.Side, tag string) bool {
	for _, t := range side.OtherThanPrefixes() {
		if t.Kind == azure.TagAddress && plain.FoldTag(t.Tag) == tag {
			return true
		}
	}
	return false
}

// rule writes one rule of a list with that name.
func (r *ruleset) rule(list string, rule *azure.SecurityRule, action string) {
	source, ok := r.address("saddr", rule.Source)
	destination, too := r.address("daddr", rule.Destination)
	r.match(list, rule, action, source+destination, ok && too)
}

// match writes one rule whose addresses are written already; possible is false if
// no address can match it.
func (r *ruleset) match(list string, rule *azure.SecurityRule, action, addresses string, possible bool) {
	transport, ok := transport(rule)
	comment := printable(fmt.Sprintf("%d %s/%s", rule.Priority.V, list, rule.Name))
	if !possible || !ok {
		fmt.Fprintf(&r.chains, "\t\t# %s matches no IPv4 packet\n", comment)
		return
	}
	fmt.Fprintf(&r.chains, "\t\t%s%scounter %s comment \"%s\"\n", addresses, transport, action, comment)
}

// printable keeps what a comment of nft can hold: 128 bytes, no quotes.
func printable(text string) string {
	text = strings.Map(func(c rune) rune {
		if c < ' ' || c > '~' || c == '"' || c == '\\' {
			return '?'
		}
		return c
	}, text)
	return text[:min(len(text), 120)]
}

// address matches a side of a rule, through a set where it has several
// prefixes; ok is false if nothing can match.
func (r *ruleset) address(field string, side azure.Side) (match string, ok bool) {
	s := r.c.side(side, r.place)
	not := ""
	if s.inverse {
		not = "!= "
	}
	switch {
	case s.all():
		return "", true
	case s.none():
		return "", false
	case len(s.prefixes) == 1:
		return fmt.Sprintf("ip %s %s%s ", field, not, s.prefixes[0]), true
	}
	return fmt.Sprintf("ip %s %s@%s ", field, not, r.set(strings.Split(texts(s.prefixes), ", "))), true
}

// set is the name of the set with these prefixes and ranges.
func (r *ruleset) set(list []string) string {
	elements := strings.Join(list, ", ")
	name, ok := r.named[elements]
	if !ok {
		name = fmt.Sprintf("s%d", len(r.named)+1)
		r.named[elements] = name
		r.sets = append(r.sets, fmt.Sprintf("\tset %s {\n\t\ttype ipv4_addr\n\t\tflags interval\n\t\tauto-merge\n\t\telements = { %s }\n\t}\n", name, elements))
	}
	return name
}

// transport matches protocol and ports of a rule; ok is false if no packet has
// both: a packet without ports never meets a rule with ports (NSG-17, NSG-18).
func transport(rule *azure.SecurityRule) (match string, ok bool) {
	source, destination := ports(rule.SourcePorts), ports(rule.DestinationPorts)
	any := source == "" && destination == ""
	protocol := map[azure.Protocol]string{azure.TCP: "tcp", azure.UDP: "udp", azure.ICMP: "icmp", azure.ESP: "esp", azure.AH: "ah"}[rule.Protocol.V]
	switch {
	case rule.Protocol.V == azure.AnyProtocol && any:
		return "", true
	case rule.Protocol.V == azure.AnyProtocol:
		match = "meta l4proto { tcp, udp, dccp, sctp, udplite } "
	case protocol == "" || !any && protocol != "tcp" && protocol != "udp":
		return "", false
	default:
		match = "meta l4proto " + protocol + " "
	}
	if source != "" {
		match += "th sport " + source + " "
	}
	if destination != "" {
		match += "th dport " + destination + " "
	}
	return match, true
}

// ports are the ports of a rule, merged; "" is every port (NSG-7).
func ports(p azure.Ports) string {
	terms := slices.Clone(p.Terms)
	slices.SortFunc(terms, func(a, b azure.PortTerm) int { return cmp.Compare(a.First, b.First) })
	var merged []azure.PortTerm
	for _, t := range terms {
		if n := len(merged); n > 0 && int(t.First) <= int(merged[n-1].Last)+1 {
			merged[n-1].Last = max(merged[n-1].Last, t.Last)
			continue
		}
		merged = append(merged, t)
	}
	var list []string
	for _, t := range merged {
		switch {
		case t.First == 0 && t.Last == 65535:
			return ""
		case t.First == t.Last:
			list = append(list, fmt.Sprint(t.First))
		default:
			list = append(list, fmt.Sprintf("%d-%d", t.First, t.Last))
		}
	}
	return "{ " + strings.Join(list, ", ") + " }"
}
