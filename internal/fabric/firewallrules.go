package fabric

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// firewallRules is what a firewall's rules decide, compiled once.
type firewallRules struct {
	once sync.Once
	// open says why nothing is known of them; empty if they are compiled.
	open string
	// nat is what NAT rules match, or may: packets in transit are not for them
	//
	nat []flow.Cube
	// translations are the NAT rules in order.
	translations []natRule
	// network holds the network rules alone, and what none denies is allowed.
	network *Policy
	// policy holds network rules, then application rules, then nothing is
	// allowed (P-01, P-02).
	policy *Policy
	// detection follows the rules.
	detection detection
	// named holds the policies for clients that tell the name they ask for.
	mu    sync.Mutex
	named map[Named]*Policy
}

// FirewallRules is the decision of a firewall's network and application rules
// about the first packet of a flow. What threat intelligence knows of the
// addresses is taken to be nothing (P-20).
func (f *Fabric) FirewallRules(g Gate, n Named) Stage {
	return firewallStage{f, g, f.compiled(g.Firewall), n}
}

type firewallStage struct {
	fabric *Fabric
	gate   Gate
	rules  *firewallRules
	named  Named
}

func (d firewallStage) Split(packets []flow.Cube, byRule bool) (all []Outcome) {
	doubt := func(packets []flow.Cube, why string) Outcome {
		return Outcome{Packets: packets, Effect: Doubtful, Reasons: []string{why}, Hops: []Hop{firewallHop(d.gate, KindFirewall, Unknown, why)}}
	}
	if d.rules.open != "" {
		return nonEmpty([]Outcome{doubt(packets, d.rules.open)})
	}
	v4, v6 := BySource(packets, d.fabric.ipv4())
	out := []Outcome{doubt(v6, "IPv6 through a firewall is not modelled (U-10)")}
	for _, c := range d.rules.nat {
		var hit []flow.Cube
		hit, v4 = match(v4, c)
		out = append(out, doubt(hit, fmt.Sprintf("a NAT rule of firewall %s matches packets that are not for the firewall, and what it does then is not known (R-18)", d.gate.Firewall.Name)))
	}
	listed, v4, touches := d.fabric.onList(d.gate, v4)
	out = append(out, listed)
	defer func() {
		for i := range all {
			all[i].Touches = all[i].Touches.Union(touches)
		}
	}()
	if d.named.Host == "" {
		for _, o := range d.rules.policy.Split(v4, byRule) {
			out = append(out, d.fabric.detected(d.gate, d.rules.detection, o)...)
		}
		return nonEmpty(out)
	}
	policy := d.fabric.namedPolicy(d.gate.Firewall, d.named)
	for _, o := range policy.Split(v4, true) {
		for _, part := range byApplication(policy, o) {
			out = append(out, d.fabric.detected(d.gate, d.rules.detection, part)...)
		}
	}
	return nonEmpty(out)
}

// compiled finds or compiles the rules of a firewall.
func (f *Fabric) compiled(firewall *azure.AzureFirewall) *firewallRules {
	f.mu.Lock()
	rules, ok := f.firewalls[firewall.ID]
	if !ok {
		rules = &firewallRules{}
		f.firewalls[firewall.ID] = rules
	}
	f.mu.Unlock()
	rules.once.Do(func() { f.compileFirewall(firewall, rules) })
	return rules
}

func (f *Fabric) compileFirewall(firewall *azure.AzureFirewall, rules *firewallRules) {
	set, open := f.rulesOf(firewall)
	if rules.open = open; open != "" {
		return
	}
	rules.detection = f.compileDetection(firewall, set)
	for slot, c := range set.placed() {
		for _, r := range c.Rules {
			if c.Kind == azure.NATRule {
				e := f.compileFirewallRule(r, set, Named{})
				rules.nat = append(rules.nat, e.may...)
				rules.translations = append(rules.translations, natRule{r, slot, c.generation != set.own, e.must, e.may})
			}
		}
	}
	entries, slot := f.filterEntries(set, Named{})
	rules.policy = f.newPolicy(nil, "", entries)
	rules.policy.firewall = firewall
	every := f.everyPacket()
	network := []*entry{{must: []flow.Cube{every}, may: []flow.Cube{every}, access: azure.Allow, priority: slot + 1}}
	for _, e := range entries {
		if e.firewallRule.Kind == azure.NetworkRule {
			network = append(network, e)
		}
	}
	rules.network = f.newPolicy(nil, "", network)
	rules.network.firewall = firewall
}

// filterEntries compiles the network and application rules of a firewall, and
// tells the last place in their order.
func (f *Fabric) filterEntries(set ruleset, n Named) (entries []*entry, last int) {
	for slot, c := range set.placed() {
		last = slot
		if c.Kind == azure.NATRule {
			continue
		}
		for _, r := range c.Rules {
			e := f.compileFirewallRule(r, set, n)
			f.noteNames(e, set, n)
			e.priority, e.access = slot, azure.Deny
			if c.Action.V == azure.FirewallAllow {
				e.access = azure.Allow
			}
			entries = append(entries, e)
		}
	}
	doubtTies(entries)
	return entries, last
}

// doubtTies notes which rules come in an order nobody knows (P-12).
func doubtTies(entries []*entry) {
	for _, e := range entries {
		for _, o := range entries {
			if e.priority == o.priority && e.access != o.access && e.firewallRule.Collection != o.firewallRule.Collection {
				e.doubt(fmt.Sprintf("the rule collections %s and %s have the same priority, and nobody says which comes first (P-12)",
					min(e.firewallRule.Collection.Name, o.firewallRule.Collection.Name), max(e.firewallRule.Collection.Name, o.firewallRule.Collection.Name)))
				for _, c := range e.may {
					e.stakes.add(EqualPriority, EqualPriority.allValues(), c)
				}
				break
			}
		}
	}
}

// transport is a protocol set with its destination ports.
type transport struct {
	protocols flow.ProtocolSet
	ports     flow.PortSet
}

// compileFirewallRule intersects the fields of a rule (R-20, P-30). Source ports
// are always any.
func (f *Fabric) compileFirewallRule(r *azure.FirewallRule, set ruleset, n Named) *entry {
	e := &entry{firewallRule: r}
	source := f.firewallSide(r.Source, set.proxy, n)
	destination := f.firewallSide(r.Destination, set.proxy, n)
	var must, may []transport
	if r.Kind == azure.ApplicationRule {
		must, may = applicationPorts(r)
		if len(r.Destination.Terms) == 0 {
			destination = exactly(f.points.everything)
		}
	} else {
		must, may = f.networkServices(r)
	}
	product := func(s, d flow.AddressSet, list []transport) (all []flow.Cube) {
		for _, t := range list {
			all = append(all, cubes(flow.Cube{Source: s, Destination: d, Protocols: t.protocols, SourcePorts: flow.AllPorts(), DestinationPorts: t.ports})...)
		}
		return all
	}
	e.must, e.may = product(source.Must, destination.Must, must), product(source.May, destination.May, may)
	for _, d := range source.open() {
		e.doubtWhere(func(c *flow.Cube) { c.Source = c.Source.Intersect(d.Where) }, d.Why)
	}
	for _, d := range destination.open() {
		e.doubtWhere(func(c *flow.Cube) { c.Destination = c.Destination.Intersect(d.Where) }, d.Why)
	}
	switch hit := n.hit(r); {
	case r.Kind == azure.ApplicationRule && hit == no:
		e.must, e.may, e.doubts = nil, nil, nil
	case r.Kind == azure.ApplicationRule && n.Host != "" && hit == maybe:
		e.must = nil
		e.doubt(fmt.Sprintf("whether application rule %s of %s is for %s is not known: what its tags, categories or URLs hold is not in the input (P-29a)", r.Name, r.Collection.Name, n.Host))
	case r.Kind == azure.ApplicationRule && n.Host == "" && (r.Collection.Action.V == azure.FirewallAllow || hit != yes):
		e.must = nil
		e.doubt(fmt.Sprintf("application rule %s of %s looks at names, which a flow stated by addresses does not tell (P-24, P-25)", r.Name, r.Collection.Name))
	case !slices.EqualFunc(must, may, func(a, b transport) bool { return a.protocols.Equal(b.protocols) && a.ports.Equal(b.ports) }):
		e.doubt(fmt.Sprintf("the protocols or ports of rule %s of %s are not known", r.Name, r.Collection.Name))
	}
	return e
}

// noteNames notes what turns on whether a policy has its parent's DNS proxy: the
// names in the rule.
func (f *Fabric) noteNames(e *entry, set ruleset, n Named) {
	isName := func(t azure.FirewallTerm) bool { return t.Kind == azure.FirewallName }
	if set.inherited == no || !slices.ContainsFunc(e.firewallRule.Destination.Terms, isName) {
		return
	}
	for _, c := range f.compileFirewallRule(e.firewallRule, set.opened(), n).may {
		e.stakes.add(ChildInheritsDNS, ChildInheritsDNS.allValues(), c)
	}
}

// everyName reports whether an application rule takes every name.
func everyName(r *azure.FirewallRule) bool {
	return slices.ContainsFunc(r.TargetFQDNs, func(v azure.Value[string]) bool { name, ok := v.Known(); return ok && name == "*" })
}

// networkServices are the protocols and ports of a network or NAT rule. Any with
// ports is TCP and UDP only (P-31); the ports of ICMP mean nothing (P-32).
func (f *Fabric) networkServices(r *azure.FirewallRule) (must, may []transport) {
	certain, possible := ports(r.DestinationPorts)
	rest := flow.AllProtocols().Minus(flow.Protocols(flow.TCP, flow.UDP))
	if f.assumptions.Value(AnyProtocol) == "tcpUdpIcmp" {
		rest = flow.Protocols(flow.ICMP)
	}
	for _, v := range r.Protocols {
		p, ok := v.Known()
		ported := flow.Protocols(flow.TCP, flow.UDP)
		switch p {
		case azure.FirewallTCP:
			ported = flow.Protocols(flow.TCP)
		case azure.FirewallUDP:
			ported = flow.Protocols(flow.UDP)
		case azure.FirewallICMP:
			must = append(must, transport{flow.Protocols(flow.ICMP), flow.AllPorts()})
			may = append(may, transport{flow.Protocols(flow.ICMP), flow.AllPorts()})
			continue
		}
		if !ok {
			may = append(may, transport{flow.AllProtocols(), flow.AllPorts()})
			continue
		}
		must, may = append(must, transport{ported, certain}), append(may, transport{ported, possible})
		if p == azure.FirewallAny && certain.IsAll() {
			must = append(must, transport{rest, flow.AllPorts()})
		}
		if p == azure.FirewallAny && possible.IsAll() {
			may = append(may, transport{rest, flow.AllPorts()})
		}
	}
	return must, may
}

// usualPorts of application protocols (P-28).
var usualPorts = map[string]uint16{"http": 80, "https": 443, "mssql": 1433}

// applicationPorts are the ports that an application rule looks at: what it
// looks into is TCP alone (P-28).
func applicationPorts(r *azure.FirewallRule) (must, may []transport) {
	tcp := flow.Protocols(flow.TCP)
	usual := transport{tcp, applicationDefaults}
	for _, p := range r.ApplicationProtocols {
		port, known := p.Port.Known()
		name, named := p.Type.Known()
		switch its, ok := usualPorts[strings.ToLower(name)]; {
		case known && p.Port.IsSet():
			must = append(must, transport{tcp, flow.Ports(uint16(port))})
			may = append(may, transport{tcp, flow.Ports(uint16(port))})
		case !p.Port.IsSet() && ok:
			must = append(must, transport{tcp, flow.Ports(its)})
			may = append(may, transport{tcp, flow.Ports(its)})
		case !p.Port.IsSet() && !named:
			may = append(may, usual)
		default:
			may = append(may, transport{tcp, flow.AllPorts()})
		}
	}
	if len(r.FQDNTags) > 0 && len(r.ApplicationProtocols) == 0 { // the rule states no port, and the tag's own are published nowhere (P-29a)
		may = append(may, usual)
	}
	return must, may
}

// firewallSide is what is known of the union of the terms of a rule's side. An
// empty group skips the rule; what that does to other terms beside it is
// not known.
func (f *Fabric) firewallSide(side azure.FirewallSide, proxy ternary, n Named) Bounds {
	var b Bounds
	skipped := ""
	for _, term := range side.Terms {
		switch term.Kind {
		case azure.FirewallName:
			if proxy == yes && n.Resolves && n.Host != "" && strings.EqualFold(term.Name, n.Host) {
				b = b.union(exactly(f.points.everything)) // both know the same addresses of the name (C-13)
			} else if proxy != no {
				b = b.union(doubtful(f.points.everything, fmt.Sprintf("which addresses the firewall resolves %s to is not known (P-36)", term.Name)))
			}
		case azure.FirewallIPGroup:
			group, ok := f.network.IPGroup(term.Group.ID)
			if !ok || group.Stub {
				b = b.union(doubtful(f.points.everything, "no input states the IP group "+term.Group.ID.Name()))
				continue
			}
			for _, address := range group.Addresses {
				b = b.union(f.firewallTerm(address))
			}
			if len(group.Addresses) == 0 {
				skipped = fmt.Sprintf("the IP group %s is empty, and a rule with an empty group is skipped (R-38)", group.Name)
			}
		default:
			b = b.union(f.firewallTerm(term))
		}
	}
	if skipped != "" {
		return doubtful(b.May, skipped)
	}
	return b
}

// firewallTerm is what is known of addresses as a firewall's rule writes them.
func (f *Fabric) firewallTerm(term azure.FirewallTerm) Bounds {
	switch term.Kind {
	case azure.FirewallAnyAddress:
		return exactly(f.points.everything)
	case azure.FirewallRange:
		return f.points.numeric(flow.Range(term.First, term.Last))
	case azure.FirewallTag:
		if _, contextual := servicetag.Contextual(term.Name); !contextual {
			return f.serviceTag(term.Name).Bounds // P-33, P-35
		}
		return doubtful(f.points.everything, fmt.Sprintf("%s means nothing in a firewall's rule (P-34)", term.Name))
	}
	if term.Unknown == nil {
		return doubtful(f.points.everything, term.Text+" is not known")
	}
	return f.points.value(term.Unknown, f.points.everything)
}

// collections are the rules of all firewalls and policies of firewalls.
func collections(network *azure.Network) []*azure.RuleCollection {
	var all []*azure.RuleCollection
	for _, f := range network.AzureFirewalls {
		all = append(all, f.RuleCollections...)
	}
	for _, p := range network.FirewallPolicies {
		for _, g := range p.Groups {
			all = append(all, g.Collections...)
		}
	}
	return all
}

// firewallTags visits the service tags that rules of firewalls name.
func firewallTags(network *azure.Network) iter.Seq[azure.FirewallTerm] {
	return func(yield func(azure.FirewallTerm) bool) {
		for _, c := range collections(network) {
			for _, r := range c.Rules {
				for _, term := range slices.Concat(r.Source.Terms, r.Destination.Terms) {
					if term.Kind == azure.FirewallTag && !yield(term) {
						return
					}
				}
			}
		}
	}
}

// applicationNote says of a hop that an application rule decided.
const applicationNote = "application rule"

// IsApplication reports whether an application rule of a firewall decided.
func IsApplication(h Hop) bool { return h.Kind == KindFirewallRule && h.Note == applicationNote }

// firewallRuleHop is the record of a firewall's rule that decided.
func (p *Policy) firewallRuleHop(owner int, d Decision) Hop {
	if owner == none {
		return Hop{Kind: KindFirewallDefaultDeny, Decision: d, Resource: p.firewall.ID, Address: p.firewall.Label(), Name: p.firewall.Name,
			At: p.firewall.At, Note: "no rule of the firewall allows it"}
	}
	r := p.entries[owner].firewallRule
	note := "network rule"
	if r.Kind == azure.ApplicationRule {
		note = applicationNote
	}
	return Hop{Kind: KindFirewallRule, Decision: d, Resource: r.Collection.ID, Address: r.Collection.Label(), Name: r.Name,
		Priority: r.Collection.Priority.Or(0), At: r.At, Note: note}
}
