package check

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/result"
	"github.com/wayleave/wayleave/internal/service"
)

// Run checks one bound service. The requirements come in the order of the
// profile, then of the subnets; the assumptions are those the answers rest on.
func Run(f *fabric.Fabric, b *service.Binding) (result.Service, []result.Assumption) {
	a := &asker{fabric: f, binding: b}
	s := result.Service{
		Service: b.Profile.Service, Edition: b.Profile.Edition, Title: b.Profile.Title,
		Parameters: parameters(b), Source: sourceText(b.Profile), Page: b.Profile.Page(), Advice: subnetAdvice(b),
	}
	if b.Resource != nil {
		label := b.Resource.Label()
		s.Resource = &label
	}
	for _, subnet := range b.Subnets {
		s.Subnets = append(s.Subnets, subnet.Label())
		s.SubnetNames = append(s.SubnetNames, cmp.Or(subnet.Name, subnet.Label()))
		if subnet.Stub {
			s.Reasons = append(s.Reasons, fmt.Sprintf("no input states the subnet %s, its address and its routes; add the file that holds its virtual network (az network vnet list -o json)", subnet.Name))
		}
	}
	for _, ref := range b.Missing {
		s.Reasons = append(s.Reasons, missingSubnet(ref))
	}
	if len(b.Subnets) == 0 && len(b.Missing) == 0 {
		s.Reasons = append(s.Reasons, "the input does not tell which subnets the service runs in")
	}
	if b.Doubt != "" {
		s.Reasons = append(s.Reasons, b.Doubt)
	}
	for _, rule := range b.Rules() {
		s.SubnetRules = append(s.SubnetRules, a.subnetRule(&rule))
	}
	var assumed []result.Assumption
	seen := map[string]bool{}
	for _, row := range b.Rows() {
		r, used := a.requirement(&row)
		s.Requirements = append(s.Requirements, r)
		for _, x := range used {
			if !seen[x.Name] {
				seen[x.Name] = true
				assumed = append(assumed, result.Assumption{Name: x.Name, Value: x.Value, Label: string(x.Label), Reason: x.Reason})
			}
		}
	}
	rows, used, err := a.singleIP()
	if err != nil {
		s.Reasons = append(s.Reasons, err.Error())
	}
	s.Requirements = append(s.Requirements, rows...)
	for _, x := range used {
		if !seen[x.Name] {
			seen[x.Name] = true
			assumed = append(assumed, result.Assumption{Name: x.Name, Value: x.Value, Label: string(x.Label), Reason: x.Reason})
		}
	}
	settle(&s)
	return s, assumed
}

func missingSubnet(ref azure.Reference) string {
	if ref.Unknown != nil {
		return fmt.Sprintf("which subnet the service runs in is not known: %s (%s)", ref.Unknown.Name, ref.Unknown.Why)
	}
	return fmt.Sprintf("no input states the subnet %s; add the file that holds its virtual network", cmp.Or(ref.Text, string(ref.ID)))
}

// settle adds the rows up (decisions 2).
func settle(s *result.Service) {
	s.Verdict, s.Outcome = result.Allowed, worst(s)
	if len(s.Reasons) > 0 {
		s.Verdict = result.Undecided
	}
	add := func(severity string, outcome result.Outcome) {
		switch {
		case severity != service.Required:
		case outcome == result.Fail:
			s.Verdict = result.Blocked
		case outcome == result.UndecidedOutcome && s.Verdict == result.Allowed:
			s.Verdict = result.Undecided
		}
	}
	for i := range s.SubnetRules {
		add(s.SubnetRules[i].Severity, s.SubnetRules[i].Outcome)
	}
	for i := range s.Requirements {
		add(s.Requirements[i].Severity, s.Requirements[i].Outcome)
	}
}

// worst is the worst outcome of the rows and of the service as a whole.
func worst(s *result.Service) result.Outcome {
	outcome := result.Pass
	if len(s.Reasons) > 0 {
		outcome = result.UndecidedOutcome
	}
	for i := range s.SubnetRules {
		if o := s.SubnetRules[i].Outcome; o.Worse(outcome) {
			outcome = o
		}
	}
	for i := range s.Requirements {
		if o := s.Requirements[i].Outcome; o.Worse(outcome) {
			outcome = o
		}
	}
	return outcome
}

// Strict turns warnings into failures.
func Strict(s *result.Service) {
	for i := range s.SubnetRules {
		if r := &s.SubnetRules[i]; r.Outcome == result.Warning {
			r.Outcome, r.OutcomeReason = result.Fail, "a warning, and --strict: "+r.OutcomeReason
		}
	}
	for i := range s.Requirements {
		if r := &s.Requirements[i]; r.Outcome == result.Warning {
			r.Outcome = result.Fail
			r.OutcomeReason = "a warning, and --strict: " + r.OutcomeReason
		}
	}
	settle(s)
}

// requirement answers one row.
func (a *asker) requirement(row *service.Row) (result.Requirement, []fabric.Assumption) {
	r := result.Requirement{
		ID: row.Requirement.ID, Row: row.Requirement.Row, Purpose: row.Requirement.Purpose,
		Direction: row.Requirement.Direction, Needs: needs(row), Severity: row.Severity,
		Consequence: row.Requirement.ConsequenceText(), Capability: row.Requirement.Capability, Note: row.Requirement.Note,
	}
	if why := row.Requirement.Uncertain; why != "" {
		r.Note = strings.TrimPrefix(r.Note+"; not certain: "+why, "; ")
	}
	if row.Subnet != nil {
		r.Subnet = row.Subnet.Label()
	}
	open := row.Open
	var got answer
	if len(open) == 0 {
		var err error
		if got, err = a.ask(row); err != nil {
			open = append(open, err.Error())
		} else if len(got.parts) == 0 {
			open = append(open, got.empty...)
			if row.Source.Is == service.Elsewhere || row.Destination.Is == service.Elsewhere {
				// Nobody is there yet whom the row could be about.
				r.Severity, open = service.Advice, []string{"the input states nothing beside the service"}
			}
		}
	}
	if len(open) > 0 {
		undecided(&r, open)
		return r, nil
	}
	if v := got.parts.verdict(); row.Wider != "" && v != result.Allowed && v != result.Blocked {
		// What is true of the whole tag is true of its region; a part may be
		// either.
		undecided(&r, []string{row.Wider})
		return r, got.assumptions
	}
	q := &question{a.binding.Profile, row, a.takenOver(row.Subnet), a.binding.Adds(row.Requirement.ID), a.fabric.Network()}
	j := q.judge(got.parts)
	r.Verdict, r.Outcome, r.OutcomeReason = got.parts.verdict(), j.outcome, j.reason
	describe(&r, got.parts)
	r.Fix = a.fix(row, got.parts)
	used := got.assumptions
	for _, p := range got.parts {
		used = append(used, p.TurnsOn...)
	}
	r.Assumptions = assumptionNames(used)
	return r, used
}

// undecided fills a requirement that cannot be asked.
func undecided(r *result.Requirement, reasons []string) {
	r.Verdict, r.Reasons = result.Undecided, reasons
	switch r.Severity {
	case service.Advice:
		r.Outcome, r.OutcomeReason = result.Pass, "advice never counts"
	case service.Optional:
		r.Outcome, r.OutcomeReason = result.Warning, "optional, and not decided"
	default:
		r.Outcome, r.OutcomeReason = result.UndecidedOutcome, reasons[0]
	}
}

func assumptionNames(list []fabric.Assumption) []string {
	var names []string
	for _, a := range list {
		names = append(names, a.Name+"="+a.Value)
	}
	return compact(names)
}

func compact(list []string) []string {
	seen := map[string]bool{}
	var out []string
	for _, s := range list {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}

// describe fills in who blocks, example packets and, where packets fare
// differently, the spaces (decisions 6).
func describe(r *result.Requirement, all parts) {
	blocked, undecided, allowed := all.of(reach.Blocked), all.of(reach.Undecided), all.of(reach.Allowed)
	r.BlockedBy = blockers(blocked)
	for _, p := range undecided {
		r.Reasons = append(r.Reasons, p.Reasons...)
	}
	r.Reasons = compact(r.Reasons)
	for _, list := range []parts{blocked, undecided, allowed} {
		if len(list) > 0 {
			p := list.example()
			r.Witness, r.Trace = Packet(p.Witness), Hops(p.Trace)
			break
		}
	}
	if len(undecided) > 0 {
		r.UndecidedWitness = Packet(undecided.example().Witness)
	}
	if r.Verdict == result.Allowed || r.Verdict == result.Blocked {
		return
	}
	r.BlockedSpace, r.UndecidedSpace, r.AllowedSpace = Cubes(blocked.packets()), Cubes(undecided.packets()), Cubes(allowed.packets())
	if len(allowed) > 0 {
		p := allowed.example()
		r.AllowedWitness, r.AllowedTrace = Packet(p.Witness), Hops(p.Trace)
	}
}

func blockers(blocked parts) []result.Blocker {
	var list []result.Blocker
	seen := map[reach.Hop]bool{}
	for _, p := range blocked {
		for _, h := range p.Blockers {
			if !seen[h] {
				seen[h] = true
				list = append(list, Blocker(h))
			}
		}
	}
	return list
}
