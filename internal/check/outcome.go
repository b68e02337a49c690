package check

import (
	"fmt"
	"strings"

	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/result"
	"github.com/wayleave/wayleave/internal/service"
)

// judgement is what a verdict means for the service.
type judgement struct {
	outcome result.Outcome
	reason  string
}

// judge applies decisions 2, 9, 10 and 12 to the parts of one row.
func judge(p *service.Profile, row *service.Row, all parts) judgement {
	verdict := all.verdict()
	switch {
	case row.Severity == service.Advice:
		return judgement{result.Pass, adviceReason(verdict)}
	case verdict == result.Allowed:
		return judgement{result.Pass, ""}
	case verdict == result.Undecided && row.Severity == service.Optional:
		return judgement{result.Warning, "optional, and not decided"}
	case verdict == result.Undecided:
		return judgement{result.UndecidedOutcome, "not decided"}
	case row.Severity == service.Optional:
		return judgement{result.Warning, optionalReason(row)}
	}
	return judgeRequired(p, row, all)
}

func adviceReason(v result.Verdict) string {
	if v == result.Allowed {
		return ""
	}
	return "advice never counts"
}

func optionalReason(row *service.Row) string {
	if row.Requirement.Note != "" {
		return "optional; the page says " + row.Requirement.Note
	}
	return "optional"
}

// judgeRequired decides whether a required row that is blocked at least in
// part fails, or is excused.
func judgeRequired(p *service.Profile, row *service.Row, all parts) judgement {
	var excuses []string
	counted := all
	if row.Requirement.TakenOver {
		var routes []string
		counted, routes = withoutTakenOver(all)
		if len(routes) > 0 {
			excuses = append(excuses, "destinations of "+strings.Join(routes, ", ")+" are left to the appliance the route names")
		}
	}
	essential, udp := counted, parts(nil)
	if udpIsExtra(p, row) {
		essential = counted.protocols(row.Protocols.Minus(flow.Protocols(flow.UDP)))
		udp = counted.protocols(flow.Protocols(flow.UDP))
	}
	switch essential.verdict() {
	case result.Blocked, result.Partial:
		reason, ok := narrowed(row, essential)
		if !ok {
			return judgement{result.Fail, failReason(row)}
		}
		excuses = append(excuses, reason)
	case result.Undecided:
		return judgement{result.UndecidedOutcome, "not decided"}
	}
	if udp.verdict() != result.Allowed {
		if _, ok := narrowed(row, udp); !ok {
			excuses = append(excuses, p.Defaults.OnlyUDPMissing)
		}
	}
	return judgement{result.Warning, strings.Join(excuses, "; ")}
}

func failReason(row *service.Row) string {
	if row.Requirement.Consequence == "" {
		return "a required row is blocked; what stops is " + service.NotStated
	}
	return row.Requirement.Consequence
}

// withoutTakenOver leaves out what a user route longer than /0 sends to an
// appliance (decisions 12), and names those routes.
func withoutTakenOver(all parts) (rest parts, routes []string) {
	for _, part := range all {
		if route := part.TakenOverBy; route != "" && part.Verdict != reach.Allowed {
			routes = append(routes, route)
			continue
		}
		rest = append(rest, part)
	}
	return rest, compact(routes)
}

// udpIsExtra reports whether a missing UDP is a warning where TCP passes
// (decisions 10): the row takes both from the prose of the page.
func udpIsExtra(p *service.Profile, row *service.Row) bool {
	return p.Defaults.OnlyUDPMissing != "" && len(row.Requirement.Protocols) == 0 &&
		row.Protocols.Contains(flow.TCP) && row.Protocols.Contains(flow.UDP)
}

// narrowed reports whether the row is met for a part of the far side that a
// security group chose, where the row says that this is enough (decisions 9).
func narrowed(row *service.Row, all parts) (reason string, ok bool) {
	n := row.Requirement.Narrower
	if n == nil {
		return "", false
	}
	side := source
	if n.Side == "destination" {
		side = destination
	}
	missing := append(all.of(reach.Blocked), all.of(reach.Undecided)...)
	for _, part := range missing {
		if !part.ChosenBySecurityGroup() {
			return "", false
		}
	}
	met := all.side(side).Minus(missing.side(side))
	if met.IsEmpty() {
		return "", false
	}
	return fmt.Sprintf("only part of the %s passes; the page means %s", n.Side, n.Quote), true
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
