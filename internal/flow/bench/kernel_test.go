package bench

import (
	"math/big"
	"slices"
	"testing"

	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/flow/workload"
	"github.com/wayleave/wayleave/internal/flow/workload/interval"
)

// kernel is the packet-space kernel at work on a gate case; whatever it says
// about single packets is checked at once against the plain interpreter.
type kernel struct {
	t     *testing.T
	index *workload.Index
	flow  *workload.Flow
	plain *plain
}

func must[T any](value T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// way is one way in which the kernel can be made to answer.
type way struct {
	name    string
	options func(*workload.Flow) []flow.Option
}

// ways are the kernel's own choice of method, with the queries known when the
// policy is compiled and without, each method alone, and a race of both from
// the start.
var ways = []way{
	{"kernel", func(f *workload.Flow) []flow.Option { return []flow.Option{flow.WithQueries(f.Requirements...)} }},
	{"kernel without known queries", func(*workload.Flow) []flow.Option { return nil }},
	{"kernel, sliced", func(*workload.Flow) []flow.Option { return []flow.Option{flow.WithMethod(flow.Sliced)} }},
	{"kernel, canonical", func(*workload.Flow) []flow.Option { return []flow.Option{flow.WithMethod(flow.Canonical)} }},
	{"kernel, raced", func(*workload.Flow) []flow.Option {
		return []flow.Option{flow.WithLimits(flow.Limits{HeadStart: 1})}
	}},
}

// byKernel answers by the kernel.
func byKernel(t *testing.T, c gateCase, p *plain, way way) answers {
	k := &kernel{t: t, index: c.workload.Index(c.realm), plain: p}
	k.flow = c.workload.Flow(k.index)
	policy := must(flow.NewPolicy(k.flow.Rules, way.options(k.flow)...))(t)
	var out answers
	for i, q := range k.flow.Requirements {
		verdict := must(policy.Check(q))(t)
		out.met = append(out.met, verdict.Permitted)
		k.checkParts(policy, q, i, verdict, &out)
	}
	out.differ = k.difference(policy)
	out.beyond = k.beyond(policy)
	shadowed, redundant, err := policy.Dead()
	if err != nil {
		t.Fatal(err)
	}
	out.shadowed, out.redundant = shadowed, redundant
	for i := range k.flow.Rules {
		out.decided = append(out.decided, k.fired(policy, i))
	}
	for i := range k.flow.Edits {
		out.after = append(out.after, k.edit(policy, i, out.met))
	}
	return out
}

// fired counts what a rule decides, and checks a packet of it.
func (k *kernel) fired(policy *flow.Policy, rule int) *big.Int {
	k.t.Helper()
	region := must(policy.Fired(rule))(k.t)
	if packet, ok := region.Witness(flow.Preference{}); ok {
		k.checkPacket("fired", policy, packet, &k.plain.rules[rule].Box, rule, k.plain.rules[rule].Allow)
	}
	return region.Count().Big()
}

// difference counts what the edited policy decides otherwise, and checks a
// packet of every change.
func (k *kernel) difference(policy *flow.Policy) *big.Int {
	k.t.Helper()
	edited := must(flow.NewPolicy(k.flow.Edited))(k.t)
	total := new(big.Int)
	for _, change := range must(flow.Difference(policy, edited))(k.t) {
		total.Add(total, change.Region.Count().Big())
		packet, ok := change.Region.Witness(flow.Preference{})
		if !ok {
			k.t.Errorf("the change from rule %d to rule %d has no packet", change.From, change.To)
			continue
		}
		k.checkPacket("change", policy, packet, nil, change.From, !change.Permit)
		if p, ok := k.index.Packet(packet); ok {
			if rule, allow := k.plain.edited.Decide(p), k.plain.edited.Allows(p); rule != change.To || allow != change.Permit {
				k.t.Errorf("the edited policy decides %v by rule %d (permit: %v), want rule %d (%v)", packet, rule, allow, change.To, change.Permit)
			}
		}
	}
	return total
}

// beyond counts what is permitted without being required, and checks a packet
// of every region.
func (k *kernel) beyond(policy *flow.Policy) *big.Int {
	k.t.Helper()
	total := new(big.Int)
	for _, region := range must(policy.Beyond(k.flow.Requirements, 1))(k.t) {
		total.Add(total, region.Count().Big())
		packet, ok := region.Witness(flow.Preference{})
		if !ok {
			k.t.Errorf("the region of rule %d has no packet", region.Rule)
			continue
		}
		k.checkPacket("beyond", policy, packet, nil, region.Rule, true)
		for i, q := range k.flow.Requirements {
			if q.Contains(packet) {
				k.t.Errorf("%v is beyond the requirements, but requirement %d holds it", packet, i)
			}
		}
	}
	return total
}

// edit makes edit number i and re-checks the requirements that the old or the
// new rule meets; the others keep their answers.
func (k *kernel) edit(policy *flow.Policy, i int, met []bool) []bool {
	k.t.Helper()
	e := k.flow.Edits[i]
	changed := must(policy.Replace(e.Index, e.Rule))(k.t)
	plain := slices.Clone(k.plain.rules)
	plain[e.Index] = k.plain.edits[i].rule
	met = slices.Clone(met)
	for j, q := range k.flow.Requirements {
		if !policy.Meets(e.Index, q) && !changed.Meets(e.Index, q) {
			continue
		}
		verdict := must(changed.Check(q))(k.t)
		met[j] = verdict.Permitted
		if verdict.Permitted {
			continue
		}
		if p, ok := k.index.Packet(verdict.Witness); !ok || !k.plain.wanted[j].Has(p) || plain.Allows(p) {
			k.t.Errorf("after edit %d, %v is no witness against requirement %d", i, verdict.Witness, j)
		}
	}
	return met
}

// checkParts asks for the partition of a requirement and compares it with the
// verdict, the counts and the interpreter.
func (k *kernel) checkParts(policy *flow.Policy, q flow.Cube, i int, verdict flow.Verdict, out *answers) {
	k.t.Helper()
	box := &k.plain.wanted[i]
	all, denied := new(big.Int), new(big.Int)
	var blockers []int
	for _, part := range must(policy.Split(q))(k.t) {
		n := part.Space().Count().Big()
		all.Add(all, n)
		if !part.Permit {
			denied.Add(denied, n)
			blockers = append(blockers, part.Rule)
		}
		k.checkPacket("part of a requirement", policy, part.Witness(q.Preference()), box, part.Rule, part.Permit)
	}
	if want := q.Count().Big(); all.Cmp(want) != 0 {
		k.t.Errorf("the parts of requirement %d have %v packets, want %v", i, all, want)
	}
	var blocked []int
	for _, part := range must(policy.Blocked(q))(k.t) {
		blocked = append(blocked, part.Rule)
	}
	if !slices.Equal(blocked, blockers) {
		k.t.Errorf("requirement %d is blocked by %v, but its denied parts are those of %v", i, blocked, blockers)
	}
	if !verdict.Permitted {
		k.checkPacket("witness", policy, verdict.Witness, box, verdict.Rule, false)
		if len(blockers) == 0 || blockers[0] != verdict.Rule {
			k.t.Errorf("requirement %d: the verdict names rule %d, want the first of %v", i, verdict.Rule, blockers)
		}
	}
	out.denied = append(out.denied, denied)
	out.blockers = append(out.blockers, blockers)
}

// checkPacket compares what the kernel says about one packet with the plain
// interpreter: it is in the box, and that rule decides it, that way.
func (k *kernel) checkPacket(what string, policy *flow.Policy, packet flow.Packet, box *interval.Box, rule int, permit bool) {
	k.t.Helper()
	if err := packet.Validate(); err != nil {
		k.t.Errorf("%s: %v", what, err)
		return
	}
	p, ok := k.index.Packet(packet)
	if !ok || box != nil && !box.Has(p) {
		k.t.Errorf("%s: %v is outside the set it should be from", what, packet)
		return
	}
	if want := k.plain.rules.Decide(p); rule != want || permit != k.plain.rules.Allows(p) {
		k.t.Errorf("%s: %v is decided by rule %d (permit: %v), want rule %d", what, packet, rule, permit, want)
	}
	if got, allow := policy.Decide(packet); got != rule || allow != permit {
		k.t.Errorf("%s: Decide says rule %d (permit: %v) of %v, want rule %d", what, got, allow, packet, rule)
	}
}
