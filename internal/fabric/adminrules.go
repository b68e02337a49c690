package fabric

import (
	"fmt"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
)

// KindAdminRule is a security admin rule of a network manager.
const KindAdminRule Kind = "adminRule"

// adminPolicies are the security admin rules before the groups of a subnet, in
// one direction.
type adminPolicies struct {
	// denies permits all that no rule denies, always permits what a rule always
	// allows and nothing else (ADM-2).
	denies, always *Policy
}

// behindAdmin puts the security admin rules of a subnet before stages of
// security groups (ADM-1): what they deny goes no further, and what they always
// allow no group is asked about.
func (f *Fabric) behindAdmin(s *azure.Subnet, d azure.Direction, groups []Stage) []Stage {
	if len(f.network.AdminRules) == 0 {
		return groups
	}
	stages := []Stage{taken{AdminRulesInForce}}
	admin := f.adminAt(s, d)
	if admin == nil {
		return append(stages, groups...)
	}
	stages = append(stages, admin.denies)
	for _, g := range groups {
		stages = append(stages, unlessAlways{admin.always, g})
	}
	return stages
}

// taken notes for all packets that a switch was used.
type taken struct{ change Switch }

func (d taken) Split(packets []flow.Cube, _ bool) []Outcome {
	var t Touches
	t.add(d.change, d.change.allValues())
	return nonEmpty([]Outcome{{Packets: packets, Touches: t}})
}

// adminAt finds or compiles the rules in force at a subnet; nil for none.
func (f *Fabric) adminAt(s *azure.Subnet, d azure.Direction) *adminPolicies {
	if f.assumptions.Value(AdminRulesInForce) == "false" {
		return nil
	}
	at := f.placeOf(s)
	var key strings.Builder
	var rules []azure.AppliedAdminRule
	for _, r := range s.AdminRules {
		if direction, ok := r.Rule.Direction.Known(); !ok || direction == d {
			rules = append(rules, r)
			fmt.Fprintf(&key, "%s %v\n", r.Rule.ID, r.Doubt != nil)
		}
	}
	if len(rules) == 0 {
		return nil
	}
	f.mu.Lock()
	k := adminKey{at, d, key.String()}
	have, ok := f.admin[k]
	f.mu.Unlock()
	if ok {
		return have
	}
	made := &adminPolicies{f.adminPolicy(rules, d, at, azure.AdminDeny), f.adminPolicy(rules, d, at, azure.AdminAlwaysAllow)}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.admin[k] = made
	return made
}

type adminKey struct {
	at        *place
	direction azure.Direction
	rules     string
}

// adminPolicy compiles rules to the list that tells apart what the rules of one
// access decide. Rules of one priority, which stand in different collections,
// come in an order nobody knows (ADM-3).
func (f *Fabric) adminPolicy(rules []azure.AppliedAdminRule, d azure.Direction, at *place, asked azure.AdminAccess) *Policy {
	hit, miss := azure.Allow, azure.Deny
	if asked == azure.AdminDeny {
		hit, miss = miss, hit
	}
	var entries []*entry
	for _, applied := range rules {
		r := applied.Rule
		match := *r.Match
		access, known := r.Access.Known()
		switch {
		case !known:
			match.Access = azure.NotKnown[azure.Access](r.Access.Unknown)
		case access == asked:
			match.Access = azure.Of(hit, r.At)
		default:
			match.Access = azure.Of(miss, r.At)
		}
		e := f.compileRule(&match, at)
		e.adminRule = r
		for _, o := range rules {
			if other := o.Rule; other.Priority.V == r.Priority.V && other.Access.V != access {
				e.doubt(fmt.Sprintf("whether security admin rule %s or %s of the same priority comes first is not documented (ADM-3)", min(r.Name, other.Name), max(r.Name, other.Name)))
			}
		}
		if u := applied.Doubt; u != nil {
			e.must = nil
			e.doubt(fmt.Sprintf("whether security admin rule %s applies is not known: %s", r.Name, u.Why))
		}
		entries = append(entries, e)
	}
	every := f.everyPacket()
	entries = append(entries, &entry{must: []flow.Cube{every}, may: []flow.Cube{every}, access: miss, priority: lastPriority})
	return f.newPolicyBetween(nil, d, entries, 0, lastPriority-1)
}

// lastPriority comes after every priority that a rule can have.
const lastPriority = 65536

// adminHop is the record of an admin rule that decided.
func (p *Policy) adminHop(r *azure.AdminRule, d Decision) Hop {
	return Hop{
		Kind: KindAdminRule, Decision: d, Resource: r.Collection.ID, Address: r.Collection.ID.Name(),
		Name: r.Name, Priority: r.Priority.Or(0), At: r.At, Note: string(p.Direction),
	}
}

// unlessAlways is a stage for what no admin rule always allows.
type unlessAlways struct {
	always *Policy
	stage  Stage
}

func (d unlessAlways) Split(packets []flow.Cube, byRule bool) []Outcome {
	var out []Outcome
	for _, o := range d.always.Split(packets, false) {
		if o.Effect == Pass {
			out = append(out, Outcome{Packets: o.Packets, Touches: o.Touches, Stakes: o.Stakes})
			continue
		}
		for _, next := range d.stage.Split(o.Packets, byRule) {
			next = next.after(o)
			if o.Effect == Doubtful && next.Effect == Stop {
				next.Effect, next.Reasons = Doubtful, o.Reasons
				next.Hops = o.Hops
			}
			out = append(out, next)
		}
	}
	return nonEmpty(out)
}
