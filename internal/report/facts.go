package report

import (
	"fmt"

	"github.com/wayleave/wayleave/internal/result"
)

// serviceName is the name of the instance, else of the service.
func serviceName(s *result.Service) string {
	if s.Resource != nil {
		return shortName(*s.Resource) + " (" + s.Service + ")"
	}
	return s.Service
}

// facts are the lines that explain a row that is not met: consequence,
// blockers, a packet, reasons, the change that helps.
func facts(q *result.Requirement) []string {
	var list []string
	if q.Consequence != "" && q.Consequence != notStated && q.Outcome == result.Fail {
		list = append(list, "then: "+q.Consequence)
	}
	for i := range q.BlockedBy {
		list = append(list, "by: "+blockerText(&q.BlockedBy[i]))
	}
	if w := shownPacket(q); w != nil {
		list = append(list, "packet: "+packetText(w))
	}
	for _, reason := range q.Reasons {
		list = append(list, "because: "+shortIDs(reason))
	}
	switch {
	case q.Suppressed != nil:
		list = append(list, "suppressed: "+suppressedText(q))
	case q.Outcome == result.Warning && q.OutcomeReason != "":
		list = append(list, "note: "+q.OutcomeReason)
	}
	if q.Fix != "" {
		list = append(list, "fix: "+q.Fix)
	}
	return list
}

// shownPacket is the packet that shows why a row is not met; nil where none does.
func shownPacket(q *result.Requirement) *result.Packet {
	if q.Verdict == result.Undecided && q.UndecidedWitness != nil {
		return q.UndecidedWitness
	}
	if q.Verdict == result.Allowed {
		return nil
	}
	return q.Witness
}

// unplaced names a blocker without its place.
func unplaced(b *result.Blocker) string {
	copied := *b
	copied.At = nil
	return blockerText(&copied)
}

// footNotes say what an answer rests on and what it leaves out.
func footNotes(c *result.Check) []string {
	list := []string{tagsLine(c.Tags)}
	for _, a := range c.Assumptions {
		list = append(list, fmt.Sprintf("assumed: %s=%s (%s)", a.Name, a.Value, a.Reason))
	}
	list = append(list, idleSuppressions(c)...)
	if d := c.Drift; d != nil {
		list = append(list, fmt.Sprintf("against %s %s: %s", d.Against.Cloud, d.Against.ChangeNumber, flipped(d)))
		for _, f := range d.Flips {
			text := fmt.Sprintf("%s %s on %s: %s -> %s", f.Service, f.Requirement, shortName(f.Subnet), f.Before, f.After)
			for _, cause := range f.Causes {
				text += "; " + tagDriftText(cause, Style{})
			}
			list = append(list, text)
		}
	}
	for _, n := range c.NotModelled {
		list = append(list, fmt.Sprintf("not modelled: %d x %s: %s", n.Count, n.Type, n.Effect))
	}
	return list
}

// idleSuppressions tells of suppressions without effect; those with one are
// told where they apply.
func idleSuppressions(c *result.Check) []string {
	var list []string
	for _, s := range c.Suppressions {
		what := s.Requirement
		if s.Subnet != "" {
			what += " on " + s.Subnet
		}
		var text string
		switch s.State {
		case result.SuppressionVoid:
			text = fmt.Sprintf("suppression of %s ended on %s and is void: %s", what, s.Until, s.Reason)
		case result.SuppressionUnused:
			text = fmt.Sprintf("suppression of %s is not needed here, remove it: %s", what, s.Reason)
			if s.Note != "" {
				text = fmt.Sprintf("suppression of %s applies to nothing: %s", what, s.Note)
			}
		default:
			continue
		}
		if s.At != nil {
			text += "  " + s.At.String()
		}
		list = append(list, text)
	}
	return list
}
