package check

import (
	"fmt"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/fabric"
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

// question is a row with what is needed to judge its answer.
type question struct {
	profile *service.Profile
	row     *service.Row
	// takenOver are the addresses that user routes longer than /0 send to
	// appliances (decisions 12), by route.
	takenOver []takenOver
	// adds are what the service writes itself that satisfies the row.
	adds    []service.Addition
	network *azure.Network
}

// takenOver is a user route longer than /0 to an appliance.
type takenOver struct {
	route     string
	addresses flow.AddressSet
}

// judge applies decisions 2, 9, 10 and 12 to the parts of one row.
func (q *question) judge(all parts) judgement {
	verdict := all.verdict()
	switch {
	case verdict == result.Allowed:
		return judgement{result.Pass, ""}
	case q.row.Severity == service.Advice:
		return judgement{result.Pass, "advice never counts"}
	case q.row.Severity == service.Optional:
		if reason, ok := added(q.adds, all, q.network); ok {
			return judgement{result.Warning, reason}
		}
		return judgement{result.Warning, optionalReason(q.row)}
	}
	return q.judgeRequired(all)
}

func optionalReason(row *service.Row) string {
	if row.Requirement.Note != "" {
		return "optional: " + row.Requirement.Note
	}
	return "optional"
}

// judgeRequired decides whether a required row that does not pass in whole
// fails, is undecided, or is excused.
func (q *question) judgeRequired(all parts) judgement {
	counted, excuses := all, []string(nil)
	if q.row.Requirement.TakenOver {
		counted, excuses = q.withoutTakenOver(all)
	}
	counted, open := q.withoutOpenReturns(counted)
	excuses = append(excuses, open...)
	essential, udp := counted, parts(nil)
	if q.udpIsExtra() {
		udp, essential = counted.protocols(flow.Protocols(flow.UDP))
	}
	switch essential.verdict() {
	case result.Blocked, result.Partial:
		reason, ok := q.excused(essential)
		if !ok {
			decided := append(essential.of(reach.Blocked), essential.of(reach.Allowed)...)
			if _, ok := q.excused(decided); ok {
				return judgement{result.UndecidedOutcome, "what is blocked is excused; it is not known whether the rest passes"}
			}
			return judgement{result.Fail, failReason(q.row)}
		}
		excuses = append(excuses, reason)
	case result.Undecided:
		return judgement{result.UndecidedOutcome, "it is not known whether these packets pass"}
	}
	switch udp.verdict() {
	case result.Blocked, result.Partial:
		if _, ok := q.narrowed(udp); !ok {
			excuses = append(excuses, q.profile.Defaults.OnlyUDPMissing)
		}
	case result.Undecided:
		return judgement{result.UndecidedOutcome, "it is not known whether UDP passes"}
	}
	return judgement{result.Warning, strings.Join(excuses, "; ")}
}

// excused reports whether what does not pass is acceptable: because the row may
// be narrower, or because the service adds it itself.
func (q *question) excused(all parts) (reason string, ok bool) {
	if reason, ok = q.narrowed(all); ok {
		return reason, true
	}
	return added(q.adds, all, q.network)
}

func failReason(row *service.Row) string {
	if row.Requirement.Consequence == "" {
		return "a required row is blocked; the consequence is " + service.NotStated
	}
	return row.Requirement.Consequence
}

// withoutTakenOver leaves out the destinations that specific user routes send
// to appliances (decisions 12), and names those routes.
func (q *question) withoutTakenOver(all parts) (rest parts, excuses []string) {
	rest = all
	for _, t := range q.takenOver {
		gone, left := rest.to(t.addresses)
		if len(gone) > 0 {
			excuses = append(excuses, fmt.Sprintf("route %s sends some destinations to an appliance; they are its to carry and are left out here", t.route))
		}
		rest = left
	}
	return rest, excuses
}

// withoutOpenReturns leaves out the callers of a row that may be narrower
// (decisions 9) to whom the replies go by such a route and of whom it is not
// known whether they get them (decisions 12), and names those routes.
func (q *question) withoutOpenReturns(all parts) (rest parts, excuses []string) {
	n := q.row.Requirement.Narrower
	if n == nil {
		return all, nil
	}
	divide := parts.from
	if n.Side == "destination" {
		divide = parts.to
	}
	rest = all
	for _, t := range q.takenOver {
		here, others := divide(rest, t.addresses)
		if len(here.of(reach.Undecided)) == 0 {
			continue
		}
		rest = append(others, here.of(reach.Blocked)...)
		rest = append(rest, here.of(reach.Allowed)...)
		excuses = append(excuses, fmt.Sprintf("route %s sends the replies to some callers to an appliance; whether they get through is left out here", t.route))
	}
	return rest, excuses
}

// udpIsExtra reports whether a missing UDP is a warning where TCP passes
// (decisions 10): the row takes both from the prose of the page.
func (q *question) udpIsExtra() bool {
	return q.profile.Defaults.OnlyUDPMissing != "" && len(q.row.Requirement.Protocols) == 0 &&
		q.row.Protocols.Contains(flow.TCP) && q.row.Protocols.Contains(flow.UDP)
}

// narrowed reports whether the row is met for the part of the far side that
// security groups chose, where the row says that this is enough (decisions 9).
// What replies to specific routes take away does not speak against it
// (decisions 12).
func (q *question) narrowed(all parts) (reason string, ok bool) {
	n := q.row.Requirement.Narrower
	if n == nil {
		return "", false
	}
	missing := append(all.of(reach.Blocked), all.of(reach.Undecided)...)
	divide, side := parts.from, fabric.Sources
	if n.Side == "destination" {
		divide, side = parts.to, fabric.Destinations
	}
	chosen := missing
	for _, t := range q.takenOver {
		_, chosen = divide(chosen, t.addresses)
	}
	met := side(all.packets()).Minus(side(missing.packets()))
	if !chosen.chosenBySecurityGroups() || met.IsEmpty() {
		return "", false
	}
	return fmt.Sprintf("only part of the %s passes; %s", n.Side, n.Words()), true
}
