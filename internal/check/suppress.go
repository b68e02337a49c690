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

// apply reports whether a requirement needed the suppression.
func (s *Suppression) apply(services []result.Service) bool {
	used := false
	for i := range services {
		for j := range services[i].Requirements {
			r := &services[i].Requirements[j]
			if !s.fits(&services[i], r) || r.Outcome == result.Pass {
				continue
			}
			used = true
			if r.Suppressed != nil {
				continue
			}
			r.Suppressed = &result.Suppressed{Outcome: r.Outcome, Reason: s.Reason, Until: s.Until.Format(time.DateOnly), At: place(s.At)}
			r.Outcome, r.OutcomeReason = result.Warning, "suppressed until "+r.Suppressed.Until+": "+s.Reason
		}
	}
	return used
}

func (s *Suppression) fits(of *result.Service, r *result.Requirement) bool {
	if r.Severity == service.Advice || s.Subnet != "" && s.Subnet != r.Subnet {
		return false
	}
	return strings.EqualFold(s.Requirement, r.ID) || strings.EqualFold(s.Requirement, of.Service+"/"+r.ID)
}

func place(p diagnostic.Position) *diagnostic.Position {
	if p.IsZero() {
		return nil
	}
	return &p
}
