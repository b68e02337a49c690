package plain

import "github.com/wayleave/wayleave/internal/azure"

// Kinds of hops at a firewall.
const (
	// FirewallBox is the firewall itself.
	FirewallBox         Kind = "firewall"
	FirewallRule        Kind = "firewallRule"
	FirewallDefaultDeny Kind = "firewallDefaultDeny"
)

// ruling is what the network and application rules of a firewall say about a
// packet.
type ruling struct {
	verdict Verdict
	// application tells that an application rule admits the packet, or may.
	application bool
	hop         Hop
	// either tells that it is not even known which kind of rule may admit it.
	either bool
}

// AskFirewall tells what the network and application rules of a firewall say
// about the first packet of a flow: allow, deny, or undecided where that needs
// what an address does not tell or what the input leaves open. Translation and
// the way of the packet are not looked at; threat intelligence is taken to know
// nothing of the addresses (P-20).
func AskFirewall(network *azure.Network, firewall *azure.AzureFirewall, tags Tags, p Packet) Answer {
	rules, open := rulesOf(network, tags, firewall)
	r := rule(rules, open, firewall, p, "", false, nil)
	return Answer{Verdict: r.verdict, Decider: r.hop, Hops: []Hop{r.hop}}
}

// rule asks rules, unless something leaves all of them open.
func rule(rules *ruleset, open string, firewall *azure.AzureFirewall, p Packet, host string, resolves bool, on func(Option) bool) ruling {
	if open == "" && p.Source.Is6() {
		open = "IPv6 through a firewall is not modelled (U-10)"
	}
	if open != "" {
		hop := Hop{Kind: FirewallBox, Name: firewall.Name, Resource: firewall.ID, Decision: Unknowable, Why: open}
		return ruling{verdict: Undecided, hop: hop, either: true}
	}
	rules.host, rules.resolves, rules.on = host, resolves, on
	return rules.decide(p)
}

// decide takes network rules, then application rules, then nothing is allowed
// (P-01, P-02). All that is not known is read once in favour of the packet and
// once against it.
func (r *ruleset) decide(p Packet) ruling {
	if against := r.first(azure.NetworkRule, p, false); allows(against) {
		return ruling{verdict: Allow, hop: firewallHop(against)}
	}
	favoured := r.first(azure.NetworkRule, p, true)
	if favoured != nil && !allows(favoured) {
		return ruling{verdict: Deny, hop: firewallHop(favoured)}
	}
	application := r.first(azure.ApplicationRule, p, true)
	reached := !r.matchesForCertain(azure.NetworkRule, p) && allows(application)
	switch {
	case favoured != nil:
		hop := doubtOf(favoured, "whether this rule decides is not known (P-12, P-36)")
		return ruling{verdict: Undecided, hop: hop, either: reached}
	case r.host != "" && r.first(azure.NetworkRule, p, false) == nil && allows(r.first(azure.ApplicationRule, p, false)):
		return ruling{verdict: Allow, application: true, hop: firewallHop(r.first(azure.ApplicationRule, p, false))}
	case application == nil && mayBeInfrastructure(r.host, p):
		hop := Hop{Kind: FirewallBox, Name: r.firewall.Name, Resource: r.firewall.ID, Decision: Unknowable, Why: "the firewall may let this name through by itself (P-29c)"}
		return ruling{verdict: Undecided, application: true, hop: hop}
	case reached:
		return ruling{verdict: Undecided, application: true, hop: doubtOf(application, "an application rule looks at names (P-24, P-25)")}
	case application != nil && !allows(application):
		return ruling{verdict: Deny, hop: firewallHop(application)}
	}
	return ruling{verdict: Deny, hop: Hop{Kind: FirewallDefaultDeny, Resource: r.firewall.ID, Decision: Denies, Why: "no rule allows it"}}
}

// first is the rule of a kind that decides if what is not known is read in
// favour of the packet, or against it; nil for none. Of collections whose order
// is not known, the one that decides in that way comes first.
func (r *ruleset) first(kind azure.FirewallRuleKind, p Packet, favour bool) *azure.FirewallRule {
	var hit []ranked
	var rules []*azure.FirewallRule
	for _, c := range r.collections {
		for _, rule := range c.Rules {
			m := r.matches(rule, p)
			if c.Kind == kind && (m == yes || m == maybe && (c.Action.V == azure.FirewallAllow) == favour) {
				hit, rules = append(hit, c), append(rules, rule)
				break
			}
		}
	}
	var chosen *azure.FirewallRule
	for i, c := range hit {
		behind := false
		for _, other := range hit {
			behind = behind || other.before(c)
		}
		if !behind && (chosen == nil || allows(rules[i]) == favour && allows(chosen) != favour) {
			chosen = rules[i]
		}
	}
	return chosen
}

// matchesForCertain reports whether some rule of a kind does.
func (r *ruleset) matchesForCertain(kind azure.FirewallRuleKind, p Packet) bool {
	for _, c := range r.collections {
		for _, rule := range c.Rules {
			if c.Kind == kind && r.matches(rule, p) == yes {
				return true
			}
		}
	}
	return false
}

func allows(rule *azure.FirewallRule) bool {
	return rule != nil && rule.Collection.Action.V == azure.FirewallAllow
}

func firewallHop(rule *azure.FirewallRule) Hop {
	hop := Hop{Kind: FirewallRule, Name: rule.Name, Resource: rule.Collection.ID, Decision: Denies}
	if allows(rule) {
		hop.Decision = Allows
	}
	return hop
}

func doubtOf(rule *azure.FirewallRule, why string) Hop {
	return Hop{Kind: FirewallRule, Name: rule.Name, Resource: rule.Collection.ID, Decision: Unknowable, Why: why}
}
