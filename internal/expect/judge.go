package expect

import (
	"errors"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/check"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/result"
)

// Judgement is an expectation compared with the network.
type Judgement struct {
	Result result.TestResult
	// Touched are the hops that decide about the packets.
	Touched     []reach.Hop
	Assumptions []fabric.Assumption
}

// Judge compares an expectation about packets with the network. The queries
// are those of its ends, each with ByRule. The error is a
// diagnostic.Diagnostic: the expectation is about no packet, or about none of
// this network.
func Judge(f *fabric.Fabric, e *Expectation, queries []reach.Query) (Judgement, error) {
	var j Judgement
	var all reach.Answer
	for _, q := range queries {
		got, err := reach.Explore(f, q)
		if errors.Is(err, reach.ErrNoPackets) {
			continue // an end without addresses beside others that have some
		}
		if err != nil {
			return j, e.errorf("%v", err).WithHint("one of from and to is a place of the network")
		}
		all.Parts = append(all.Parts, got.Counted()...)
		j.Assumptions = append(j.Assumptions, got.Assumptions...)
	}
	if len(all.Parts) == 0 {
		return j, e.errorf("there is no packet from %s to %s with these protocols and ports", texts(e.From), texts(e.To)).
			WithHint("compare the ends with: wayleave explain --from %s --to %s", e.From[0].Value, e.To[0].Value)
	}
	for _, p := range all.Parts {
		j.Touched = append(j.Touched, p.Trace...)
		j.Assumptions = append(j.Assumptions, p.TurnsOn...)
	}
	j.Result = e.result(result.Verdict(all.Verdict()))
	j.Result.Packets = e.packets()
	shown := j.decide(e.Expect, all.Parts)
	j.Result.Witness, j.Result.Trace = check.Packet(shown.Witness), check.Hops(shown.Trace)
	return j, nil
}

// decide fills in the outcome and chooses the part that shows it. One packet
// that certainly fares otherwise is enough for a failure; one of which it is
// not known leaves the expectation undecided.
func (j *Judgement) decide(want Expect, parts []reach.Part) reach.Part {
	wrong := reach.Blocked
	if want == Deny {
		wrong = reach.Allowed
	}
	against, open := having(parts, wrong), having(parts, reach.Undecided)
	switch {
	case len(against) > 0:
		j.Result.Outcome = result.Fail
		for _, p := range against {
			for _, h := range check.Hops(deciding(p)) {
				j.decidedBy(h)
			}
		}
		return against[0]
	case len(open) > 0:
		j.Result.Outcome = result.UndecidedOutcome
		for _, p := range open {
			j.Result.Reasons = append(j.Result.Reasons, p.Reasons...)
		}
		slices.Sort(j.Result.Reasons)
		j.Result.Reasons = slices.Compact(j.Result.Reasons)
		return open[0]
	}
	return parts[0]
}

func having(parts []reach.Part, v reach.Verdict) []reach.Part {
	var list []reach.Part
	for _, p := range parts {
		if p.Verdict == v {
			list = append(list, p)
		}
	}
	return list
}

// deciding are the hops that make a part what it is: its blockers, or the
// rules that let it pass.
func deciding(p reach.Part) []reach.Hop {
	if p.Verdict == reach.Blocked {
		return p.Blockers
	}
	var list []reach.Hop
	for _, h := range p.Trace {
		if h.Decision == fabric.Allow {
			list = append(list, h)
		}
	}
	return list
}

func same(a, b result.Hop) bool {
	return a.Kind == b.Kind && a.Resource == b.Resource && a.Name == b.Name && a.Note == b.Note && a.Leg == b.Leg && a.Decision == b.Decision
}

func (e *Expectation) result(v result.Verdict) result.TestResult {
	return result.TestResult{
		Name: e.Name, Expected: string(e.Expect), Verdict: v, Outcome: result.Pass, Reason: e.Reason, At: e.At,
		Decided: []result.Hop{}, Reasons: []string{}, Trace: []result.Hop{},
	}
}

// packets says which packets an expectation means.
func (e *Expectation) packets() string {
	named := *e
	named.Expect = "" // what is expected is told apart
	return strings.TrimSpace(named.title())
}

func (e *Expectation) errorf(format string, args ...any) diagnostic.Diagnostic {
	return diagnostic.Errorf("invalid-expectation", e.At, format, args...)
}

func texts(list []Text) string {
	var names []string
	for _, t := range list {
		names = append(names, t.Value)
	}
	return strings.Join(names, ", ")
}

// JudgeRequirement compares an expectation about a requirement with checked
// services. The subnets are the labels of those the expectation names; none
// means all. The error is a diagnostic.Diagnostic: nothing checked has the
// requirement, or not on each of them.
func JudgeRequirement(services []result.Service, e *Expectation, subnets []string) (Judgement, error) {
	var rows []*result.Requirement
	var known []string
	missing := slices.Clone(subnets)
	for i := range services {
		s := &services[i]
		known = append(known, s.Service)
		for k := range s.Requirements {
			r := &s.Requirements[k]
			named := strings.EqualFold(e.Requirement.Value, r.ID) || strings.EqualFold(e.Requirement.Value, s.Service+"/"+r.ID)
			if named && (len(subnets) == 0 || slices.Contains(subnets, r.Subnet)) {
				rows = append(rows, r)
				missing = slices.DeleteFunc(missing, func(label string) bool { return label == r.Subnet })
			}
		}
	}
	if len(rows) == 0 || len(missing) > 0 {
		d := diagnostic.Errorf("invalid-expectation", e.Requirement.At, "no managed service of the input has the requirement %q%s", e.Requirement.Value, on(missing))
		if len(known) == 0 {
			return Judgement{}, d.WithHint("the input has no managed service; name a planned one in wayleave.yaml")
		}
		return Judgement{}, d.WithHint("the input has %s; wayleave check --format json lists the ids and their subnets", strings.Join(slices.Compact(known), ", "))
	}
	j := Judgement{Result: e.result(together(rows))}
	j.Result.Packets = e.packets()
	j.decideRows(e.Expect, rows)
	return j, nil
}

// on says where something is not.
func on(subnets []string) string {
	if len(subnets) == 0 {
		return ""
	}
	return " on " + strings.Join(subnets, ", ")
}

// together is the verdict of several rows (decisions 1).
func together(rows []*result.Requirement) result.Verdict {
	verdict, blocked := rows[0].Verdict, false
	for _, r := range rows {
		blocked = blocked || r.Verdict == result.Blocked || r.Verdict == result.Partial
		if r.Verdict != verdict {
			verdict = result.Undecided
		}
	}
	if verdict == result.Undecided && blocked {
		return result.Partial
	}
	return verdict
}

// outcomeOf is how a row fares against what is expected; the verdict alone tells.
func outcomeOf(want Expect, r *result.Requirement) result.Outcome {
	against, open := r.Verdict == result.Blocked || r.Verdict == result.Partial, r.Verdict == result.Undecided
	if want == Deny {
		// A partial row of which nothing passes for certain is open in the rest.
		against, open = r.Verdict == result.Allowed || r.AllowedWitness != nil, r.Verdict == result.Undecided || r.Verdict == result.Partial
	}
	switch {
	case against:
		return result.Fail
	case open:
		return result.UndecidedOutcome
	}
	return result.Pass
}

// decideRows is decide for rows of a service's table.
func (j *Judgement) decideRows(want Expect, rows []*result.Requirement) {
	shown := rows[0]
	for _, outcome := range []result.Outcome{result.Fail, result.UndecidedOutcome} {
		if i := slices.IndexFunc(rows, func(r *result.Requirement) bool { return outcomeOf(want, r) == outcome }); i >= 0 {
			shown, j.Result.Outcome = rows[i], outcome
			break
		}
	}
	j.Result.Witness, j.Result.Trace = shown.Witness, shown.Trace
	fails := j.Result.Outcome == result.Fail
	if fails && want == Deny && shown.AllowedWitness != nil {
		j.Result.Witness, j.Result.Trace = shown.AllowedWitness, shown.AllowedTrace
	}
	for _, r := range rows {
		switch {
		case j.Result.Outcome == result.UndecidedOutcome:
			j.Result.Reasons = append(j.Result.Reasons, r.Reasons...)
		case fails && want == Allow:
			for _, b := range r.BlockedBy {
				j.decidedBy(result.Hop{Blocker: b, Decision: string(fabric.Deny)})
			}
		}
	}
	if fails && want == Deny {
		for _, h := range j.Result.Trace {
			if h.Decision == string(fabric.Allow) {
				j.decidedBy(h)
			}
		}
	}
	slices.Sort(j.Result.Reasons)
	j.Result.Reasons = slices.Compact(j.Result.Reasons)
}

// decidedBy notes a hop, once.
func (j *Judgement) decidedBy(h result.Hop) {
	if !slices.ContainsFunc(j.Result.Decided, func(have result.Hop) bool { return same(have, h) }) {
		j.Result.Decided = append(j.Result.Decided, h)
	}
}
