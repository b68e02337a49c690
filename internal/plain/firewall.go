package plain

import "github.com/wayleave/wayleave/internal/azure"

// FirewallRule is the kind of a hop that a rule of a firewall decides.
const FirewallRule Kind = "firewallRule"

// match is how a rule fares with a packet; maybe is neither yes nor no.
type match uint8

const (
	no match = iota
	maybe
	yes
)

// firewallPass asks one firewall about one packet.
type firewallPass struct {
	network *azure.Network
	packet  Packet
}

// AskFirewall tells what the rules of a firewall say about the first packet of
// a flow: allow, deny, or undecided where that needs what an address does not
// tell (names, tags, threat intelligence, translation) or what the input
// leaves open. Neither addresses nor the way of the packet are looked at.
func AskFirewall(network *azure.Network, firewall *azure.AzureFirewall, p Packet) Answer {
	f := &firewallPass{network: network, packet: p}
	collections, mode, open := f.collections(firewall)
	if p.Source.Is6() {
		open = "IPv6 through a firewall is not modelled (U-10)"
	}
	if open == "" {
		open = unknownIn(collections)
	}
	if open != "" {
		return undecidedBy(firewall.Name, firewall.ID, open)
	}
	answer := f.decide(firewall, collections)
	if answer.Verdict == Allow && mode != azure.InspectionOff && mode != azure.InspectionAlert {
		return undecidedBy(firewall.Name, firewall.ID, "threat intelligence may deny it (P-17)")
	}
	return answer
}

func undecidedBy(name string, of azure.ID, why string) Answer {
	return Answer{Verdict: Undecided, Decider: Hop{Kind: FirewallRule, Name: name, Resource: of, Decision: Unknowable, Why: why}}
}

// decide takes the kinds in their order: translation, network, application,
// then nothing is allowed (P-01, P-02).
func (f *firewallPass) decide(firewall *azure.AzureFirewall, all []*azure.RuleCollection) Answer {
	if rule, _ := f.first(all, azure.NATRule); rule != nil {
		return undecidedBy(rule.Name, firewall.ID, "the rule may translate the packet (P-21)")
	}
	if rule, answer := f.first(all, azure.NetworkRule); rule != nil {
		return answer
	}
	if rule, _ := f.first(all, azure.ApplicationRule); rule != nil {
		return undecidedBy(rule.Name, firewall.ID, "an application rule looks at names (P-24)")
	}
	port := f.packet.DestinationPort
	if f.packet.Protocol == protoTCP && (port == 80 || port == 443) {
		return undecidedBy(firewall.Name, firewall.ID, "names that Azure's own infrastructure uses are allowed (P-01)")
	}
	return Answer{Verdict: Deny, Decider: Hop{Kind: FirewallRule, Resource: firewall.ID, Decision: Denies, Why: "no rule matches (P-01)"}}
}

// first is the first rule of a kind that matches or may, and what follows from
// it. A rule that decides otherwise and that may come first or may match
// leaves the packet undecided.
func (f *firewallPass) first(all []*azure.RuleCollection, kind azure.FirewallRuleKind) (*azure.FirewallRule, Answer) {
	var rule *azure.FirewallRule
	var answer Answer
	certain := false
	for _, c := range all {
		if c.Kind != kind || certain && !sameRank(c, rule.Collection) {
			continue
		}
		for _, r := range c.Rules {
			m := f.matches(r)
			if m == no {
				continue
			}
			if rule == nil {
				rule, answer = r, ruleAnswer(c, r)
			} else if c.Action.V != rule.Collection.Action.V {
				return rule, undecidedBy(rule.Name, c.ID, "whether rule "+rule.Name+" or "+r.Name+" decides is not known (P-12, P-30)")
			}
			if m == yes && !certain {
				rule, answer, certain = r, ruleAnswer(c, r), true
			}
		}
	}
	if rule != nil && !certain {
		return rule, undecidedBy(rule.Name, rule.Collection.ID, "whether the rule matches is not known")
	}
	return rule, answer
}

func ruleAnswer(c *azure.RuleCollection, r *azure.FirewallRule) Answer {
	hop := Hop{Kind: FirewallRule, Name: r.Name, Resource: c.ID}
	switch c.Action.V {
	case azure.FirewallAllow:
		hop.Decision = Allows
		return Answer{Verdict: Allow, Decider: hop}
	case azure.FirewallDeny:
		hop.Decision = Denies
		return Answer{Verdict: Deny, Decider: hop}
	}
	return undecidedBy(r.Name, c.ID, "what the action does is not known (R-15)")
}

// matches intersects the fields of a rule (R-20, P-30).
func (f *firewallPass) matches(r *azure.FirewallRule) match {
	source := f.side(r.Source, f.packet.Source)
	if r.Kind == azure.ApplicationRule {
		if f.packet.Protocol != protoTCP {
			return no
		}
		return min(source, maybe)
	}
	return min(source, f.side(r.Destination, f.packet.Destination), f.service(r))
}
