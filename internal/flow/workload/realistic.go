package workload

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/wayleave/wayleave/internal/flow/workload/interval"
)

// Params says how large a realistic workload is.
type Params struct {
	// Rules is the number of rules before the default ones, at least 1.
	Rules int
	// Tag is the number of prefixes of the cloud-wide tag; 0 for no tags.
	Tag int
	// Seed chooses one of the workloads of this size.
	Seed uint64
}

// String is the size as "100r/5k", with the seed unless it is 1.
func (p Params) String() string {
	tag := fmt.Sprint(p.Tag)
	if p.Tag >= 1000 && p.Tag%1000 == 0 {
		tag = fmt.Sprintf("%dk", p.Tag/1000)
	}
	if p.Seed == 1 {
		return fmt.Sprintf("%dr/%s", p.Rules, tag)
	}
	return fmt.Sprintf("%dr/%s#%d", p.Rules, tag, p.Seed)
}

// Realistic makes a workload of the given size.
func Realistic(p Params) *Workload {
	g := newGenerator(p)
	w := &Workload{Name: p.String(), Tags: g.tags}
	w.Rules = g.policy()
	w.Edited = slices.Clone(w.Rules)
	for range max(1, p.Rules/50) {
		i := g.rand.IntN(p.Rules)
		w.Edited[i] = g.edit(w.Edited[i])
	}
	for range 10 {
		i := g.rand.IntN(p.Rules)
		w.Edits = append(w.Edits, Edit{i, g.edit(w.Rules[i])})
	}
	for range max(5, p.Rules/10) {
		w.Requirements = append(w.Requirements, g.requirement(w.Rules[:p.Rules]))
	}
	return w
}

// policy is the rules from narrow to broad, with noise, then the default ones.
func (g *generator) policy() []Rule {
	rules := make([]Rule, 0, g.Rules+3)
	for i := range g.Rules {
		x := g.rule()
		if g.tags != nil && i == 1 { // a large tag in the far field, always
			x.Destination = g.named(g.tags.Cloud)
		}
		if g.tags != nil && i == 2 { // and one in the near field
			x.Source = g.named(g.tags.firstRegion())
		}
		if i > 3 && g.chance(0.06) {
			x = g.shadowOf(rules[g.rand.IntN(i)])
		}
		rules = append(rules, x)
	}
	type ranked struct {
		Rule
		breadth float64
	}
	order := make([]ranked, len(rules))
	for i, x := range rules {
		order[i] = ranked{x, breadth(&x.Match) + g.rand.NormFloat64()*0.35}
		if !x.Allow {
			order[i].breadth += 0.15
		}
	}
	slices.SortStableFunc(order, func(a, b ranked) int { return cmp.Compare(a.breadth, b.breadth) })
	for i, x := range order {
		rules[i] = x.Rule
	}
	return append(rules, g.defaults()...)
}

// defaults are the rules that end every network security group (NSG-19).
func (g *generator) defaults() []Rule {
	anyPort, anyProtocol := interval.SourcePort.Any(), interval.Protocol.Any()
	rule := func(source, destination *Address, allow bool) Rule {
		return Rule{Match{source, destination, anyProtocol, anyPort, anyPort}, allow}
	}
	return []Rule{
		rule(g.network, g.network, true),
		rule(g.balancer, g.any, true),
		rule(g.any, g.any, false),
	}
}

// shadowOf is a rule that an earlier one, broader or equal, makes useless
// unless the order by breadth turns the two round.
func (g *generator) shadowOf(earlier Rule) Rule {
	x := earlier
	if g.chance(0.5) {
		common := x.DestinationPorts.Intersect(interval.Of(interval.Interval{Lo: 443, Hi: 443}, interval.Interval{Lo: 8000, Hi: 8100}))
		if len(common) > 0 && hasPorts(x.Protocols) {
			x.DestinationPorts = common
		}
	}
	x.Allow = g.chance(0.7)
	return x
}

// edit is the rule with one field changed, or its action.
func (g *generator) edit(x Rule) Rule {
	switch g.rand.IntN(4) {
	case 0:
		x.Allow = !x.Allow
	case 1:
		if hasPorts(x.Protocols) {
			x.DestinationPorts = g.ports()
		}
	case 2:
		x.Destination = g.far()
	default:
		x.Source = g.near()
	}
	return x
}

// requirement is mostly a part of what an allow rule speaks of.
func (g *generator) requirement(rules []Rule) Match {
	m := g.rule().Match
	if !g.chance(0.75) {
		return m
	}
	for range 50 {
		if x := rules[g.rand.IntN(len(rules))]; x.Allow {
			m = x.Match
			break
		}
	}
	if m.Source == g.any || g.chance(0.3) {
		if part := m.Source.Ranges.Intersect(g.someSubnets(1)); len(part) > 0 {
			m.Source = g.book.list(part)
		}
	}
	if !hasPorts(m.Protocols) {
		return m
	}
	if m.DestinationPorts.Equal(interval.DestinationPort.Any()) || g.chance(0.3) {
		if part := m.DestinationPorts.Intersect(interval.Values(443)); len(part) > 0 {
			m.DestinationPorts = part
		}
	}
	if m.Protocols.Equal(interval.Protocol.Any()) {
		m.Protocols = tcp
	}
	return m
}

// breadth grows with the share of the space that a match takes: 0 for one
// packet, 3.3 for every packet.
func breadth(m *Match) float64 {
	share := func(s interval.Set, f interval.Field) float64 {
		return math.Log2(float64(s.Size())) / math.Log2(float64(f.Top())+1)
	}
	return share(m.Source.Ranges, interval.Source) + share(m.Destination.Ranges, interval.Destination) +
		share(m.DestinationPorts, interval.DestinationPort) + 0.3*share(m.Protocols, interval.Protocol)
}

func hasPorts(protocols interval.Set) bool { return protocols.Has(6) || protocols.Has(17) }
