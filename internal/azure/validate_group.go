package azure

import (
	"strings"
	"unicode/utf8"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// isRuleName tells the form of a rule's name (NSG-1).
func isRuleName(name string) bool { return isName(name, MaxName) }

// isName tells the form of the names of rules, firewalls and groups of firewall
// policies, which differ in how many characters they have at most.
func isName(name string, most int) bool {
	last := len(name) - 1
	if last < 0 || last >= most {
		return false
	}
	for i := range len(name) {
		switch c := name[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case c == '_' && i > 0:
		case (c == '.' || c == '-') && i > 0 && i < last:
		default:
			return false
		}
	}
	return true
}

func (b *builder) validateGroup(g *NetworkSecurityGroup) {
	type slot struct {
		direction Direction
		priority  int
	}
	first := make(map[slot]*SecurityRule, len(g.Rules))
	for _, r := range g.Rules {
		b.validateRule(r)
		direction, ok := r.Direction.Known()
		priority, known := r.Priority.Known()
		if !ok || !known {
			continue
		}
		at := slot{direction, priority}
		if other := first[at]; other != nil {
			b.reportSamePriority(other, r)
			continue
		}
		first[at] = r
	}
	b.validateDefaults(g)
	b.validateLimits(g)
}

// reportSamePriority refuses two rules of one direction with one priority
// (NSG-3); which of the two Azure would take is not defined.
func (b *builder) reportSamePriority(x, y *SecurityRule) {
	if y.Priority.At.Compare(x.Priority.At) < 0 {
		x, y = y, x
	}
	b.report(diagnostic.Errorf("duplicate-priority", y.Priority.At, "the %s rule %q has the priority %d, which %q has already",
		strings.ToLower(string(y.Direction.V)), y.title(), y.Priority.V, x.title()).
		WithRelated(x.Priority.At, "the first rule with this priority").
		WithHint("give each rule of one direction its own priority"))
}

func (b *builder) validateRule(r *SecurityRule) {
	for _, p := range []struct {
		name string
		set  bool
	}{
		{"direction", r.Direction.IsSet()}, {"access", r.Access.IsSet()}, {"priority", r.Priority.IsSet()}, {"protocol", r.Protocol.IsSet()},
		{"source", r.Source.Len() > 0}, {"source port", len(r.SourcePorts.Terms) > 0},
		{"destination", r.Destination.Len() > 0}, {"destination port", len(r.DestinationPorts.Terms) > 0},
	} {
		if !p.set {
			b.report(diagnostic.Errorf("missing-property", r.At, "the rule %q gives no %s", r.title(), p.name).
				WithHint(`an empty value is not "*"; state the %s`, p.name))
		}
	}
	if n, ok := r.Priority.Known(); ok && (n < MinPriority || n > MaxPriority) {
		b.report(diagnostic.Errorf("priority-range", r.Priority.At, "the rule %q has the priority %d, expected %d to %d", r.title(), n, MinPriority, MaxPriority))
	}
	if r.Name != "" && !isRuleName(r.Name) {
		b.topology(r.Rank, diagnostic.Errorf("rule-name", r.At, "the rule name %q is not valid", shown(r.Name)).
			WithHint("use 1 to 80 letters, digits, '_', '.' and '-', first a letter or digit, last a letter, digit or '_'"))
	}
	if utf8.RuneCountInString(r.Description) > MaxDescription {
		b.topology(r.Rank, diagnostic.Errorf("description-length", r.At, "the description of the rule %q is longer than %d characters", r.title(), MaxDescription).
			WithHint("shorten it"))
	}
	b.validateSide(r, "source", r.Source)
	b.validateSide(r, "destination", r.Destination)
}

// validateSide checks one side of a rule: one address family (NSG-13), one
// service tag, alone (NSG-15), and "*" alone.
func (b *builder) validateSide(r *SecurityRule, what string, s Side) {
	var v4, v6, single *AddressTerm
	groups := 0
	for i := range s.terms { // there is nothing to say about plain prefixes
		t := &s.terms[i]
		switch {
		case t.Kind == PrefixAddress && t.Prefix.Addr().Is4() && v4 == nil:
			v4 = t
		case t.Kind == PrefixAddress && t.Prefix.Addr().Is6() && v6 == nil:
			v6 = t
		case t.Kind == GroupAddress:
			groups++
		case (t.Kind == TagAddress || t.Kind == AnyAddress) && single == nil:
			single = t
		case t.Kind == TagAddress || t.Kind == AnyAddress:
			b.report(diagnostic.Errorf("several-tags", t.At, "the %s of the rule %q names %q and %q, expected at most one tag", what, r.title(), single.Text, t.Text).
				WithRelated(single.At, "the first one").
				WithHint("write a rule for each"))
		}
	}
	if v4 != nil && v6 != nil {
		later, earlier := v6, v4
		if v6.At.Compare(v4.At) < 0 {
			later, earlier = v4, v6
		}
		b.report(diagnostic.Errorf("mixed-families", later.At, "the %s of the rule %q mixes IPv4 and IPv6: %s and %s", what, r.title(), earlier.Prefix, later.Prefix).
			WithRelated(earlier.At, "%s", earlier.Prefix).
			WithHint("write a rule for each family"))
	}
	if groups > maxGroupsPerSide {
		b.report(diagnostic.Warningf("limit", s.At, "the %s of the rule %q names %d application security groups, more than %d", what, r.title(), groups, maxGroupsPerSide))
	}
}

// validateDefaults compares the default rules that an input states with the
// six (NSG-19 to NSG-21): they cannot be changed, so the six are used.
func (b *builder) validateDefaults(g *NetworkSecurityGroup) {
	six := map[string]*SecurityRule{}
	for _, direction := range []Direction{Inbound, Outbound} {
		for _, r := range DefaultRules(direction) {
			six[strings.ToLower(r.Name)] = r
		}
	}
	for _, r := range g.EchoedDefaults {
		name := strings.ToLower(r.Name)
		name = strings.TrimPrefix(strings.TrimPrefix(name, "defaultsecurityrules/"), "defaultrule_")
		want, ok := six[name]
		if !ok {
			b.report(diagnostic.Warningf("default-rules", r.At, "%q is not one of the six default rules; it is not used", r.title()).
				WithHint("default rules are read-only: a rule of your own belongs to securityRules"))
			continue
		}
		if have, expected, differ := difference(r, want); differ {
			at := placeOf(have, &r.Resource)
			b.report(diagnostic.Warningf("default-rules", at, "the default rule %q has the %s %s, expected %s; Azure's own is used", r.title(), have.name, shown(have.text), expected.text).
				WithHint("default rules cannot be changed"))
		}
	}
}

func (b *builder) validateLimits(g *NetworkSecurityGroup) {
	if len(g.Rules) > MaxRulesPerGroup {
		b.report(diagnostic.Warningf("limit", g.At, "the network security group %q has %d rules, more than %d", g.title(), len(g.Rules), MaxRulesPerGroup))
	}
	sources, destinations := 0, 0
	for _, r := range g.Rules {
		sources += r.Source.PrefixCount()
		destinations += r.Destination.PrefixCount()
	}
	for _, side := range []struct {
		what  string
		count int
	}{{"source", sources}, {"destination", destinations}} {
		if side.count > MaxPrefixesPerGroup {
			b.report(diagnostic.Warningf("limit", g.At, "the rules of %q name %d %s prefixes, more than %d", g.title(), side.count, side.what, MaxPrefixesPerGroup))
		}
	}
}
