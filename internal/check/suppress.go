package check

import (
	"strings"
	"time"

	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/result"
	"github.com/wayleave/wayleave/internal/service"
)

// Suppression accepts that a requirement is not met, until a day.
type Suppression struct {
	// Requirement is the id of a requirement, or "service/id".
	Requirement string
	// Subnet is a subnet's label; empty is every subnet.
	Subnet string
	// Name is how the user calls the subnet.
	Name string
	// Note says why nothing can be matched, such as a subnet nobody has; the
	// suppression is then unused.
	Note   string
	Reason string
	// Until is the last day on which it counts, at its beginning in UTC.
	Until time.Time
	At    diagnostic.Position
}

// Suppress turns the outcomes of accepted requirements into warnings that say
// so. Verdicts stay what they are, those of the services too. Where several
// suppressions fit, the first counts. now is the time of the run.
func Suppress(services []result.Service, list []Suppression, now time.Time) []result.Suppression {
	var states []result.Suppression
	for i := range list {
		s := &list[i]
		out := result.Suppression{
			State: result.SuppressionUnused, Requirement: s.Requirement, Subnet: s.Name,
			Reason: s.Reason, Until: s.Until.Format(time.DateOnly), At: place(s.At), Note: s.Note,
		}
		switch {
		case s.void(now):
			out.State = result.SuppressionVoid
		case s.Note == "" && s.apply(services):
			out.State = result.SuppressionUsed
		}
		states = append(states, out)
	}
	for i := range services {
		services[i].Outcome = worst(&services[i])
	}
	return states
}

// void reports whether the day after the last one has begun.
func (s *Suppression) void(now time.Time) bool {
	return !now.Before(s.Until.AddDate(0, 0, 1))
}

// apply reports whether a requirement or a subnet rule needed the suppression.
func (s *Suppression) apply(services []result.Service) bool {
	used := false
	for i := range services {
		of := &services[i]
		for j := range of.Requirements {
			r := &of.Requirements[j]
			if s.fits(of, r.ID, r.Severity, r.Subnet) && r.Outcome != result.Pass {
				used = true
				s.accept(&r.Outcome, &r.OutcomeReason, &r.Suppressed)
			}
		}
		for j := range of.SubnetRules {
			r := &of.SubnetRules[j]
			if s.fits(of, r.ID, r.Severity, r.Subnet) && r.Outcome != result.Pass {
				used = true
				s.accept(&r.Outcome, &r.OutcomeReason, &r.Suppressed)
			}
		}
	}
	return used
}

// accept turns an outcome into a warning, once.
func (s *Suppression) accept(outcome *result.Outcome, reason *string, accepted **result.Suppressed) {
	if *accepted != nil {
		return
	}
	until := s.Until.Format(time.DateOnly)
	*accepted = &result.Suppressed{Outcome: *outcome, Reason: s.Reason, Until: until, At: place(s.At)}
	*outcome, *reason = result.Warning, "suppressed until "+until+": "+s.Reason
}

func (s *Suppression) fits(of *result.Service, id, severity, subnet string) bool {
	if severity == service.Advice || s.Subnet != "" && s.Subnet != subnet {
		return false
	}
	return strings.EqualFold(s.Requirement, id) || strings.EqualFold(s.Requirement, of.Service+"/"+id)
}

func place(p diagnostic.Position) *diagnostic.Position {
	if p.IsZero() {
		return nil
	}
	return &p
}
