package report

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/result"
)

// CheckText prints the answer of check for people: for each service first what
// breaks, grouped by capability, then warnings and open points, then what
// passes.
func CheckText(w io.Writer, c *result.Check, style Style) error {
	p := &checkPrinter{w: textWriter(w, style.Color), style: style}
	for i := range c.Services {
		if i > 0 {
			p.line("")
		}
		p.service(&c.Services[i])
	}
	p.drift(c.Drift)
	p.foot(c)
	return p.w.Flush()
}

// notStated is the consequence of a row whose source states none; the
// capability it stands under says what is at stake.
const notStated = "not stated by the source"

type checkPrinter struct {
	w     *bufio.Writer
	style Style
	// said are the blockers, reasons and fixes of a service that were printed in
	// full: they are not repeated.
	said map[string]bool
}

func (p *checkPrinter) line(format string, args ...any) {
	fmt.Fprintf(p.w, format+"\n", args...)
}

var outcomeColor = map[result.Outcome]string{
	result.Fail: red, result.UndecidedOutcome: yellow, result.Warning: yellow, result.Pass: green,
}

func (p *checkPrinter) service(s *result.Service) {
	p.line("%s  %s", p.style.paint(bold, serviceName(s)), p.style.paint(outcomeColor[s.Outcome], strings.ToUpper(string(s.Verdict))))
	p.line("  %s", s.Title)
	p.line("  table of %s, %s; subnets %s", s.Edition, parameterList(s.Parameters), p.style.fold(names(s), 6))
	for _, reason := range s.Reasons {
		p.line("  %s %s", p.style.paint(yellow, "undecided:"), shortIDs(reason))
	}
	p.said = map[string]bool{}
	rows := gather(s)
	p.section(rows, result.Fail, false, "what breaks")
	p.section(rows, result.UndecidedOutcome, false, "cannot be decided")
	p.section(rows, result.Warning, true, "suppressed by the project")
	p.section(rows, result.Warning, false, "worth a look")
	p.passing(rows)
	p.advice(s, rows)
}

// section prints the rows of one outcome, suppressed or not, grouped by
// capability.
func (p *checkPrinter) section(rows []*row, outcome result.Outcome, suppressed bool, title string) {
	var chosen []*row
	for _, r := range rows {
		if r.first.Outcome == outcome && r.first.Severity != "advice" && (r.first.Suppressed != nil) == suppressed {
			chosen = append(chosen, r)
		}
	}
	if len(chosen) == 0 {
		return
	}
	p.line("")
	p.line("  %s", p.style.paint(outcomeColor[outcome], title))
	for _, group := range byCapability(chosen) {
		p.line("    %s", p.style.paint(bold, capabilityTitle(group[0].first.Capability)))
		var brief []*row
		for _, r := range group {
			if r.first.Severity == "optional" && !suppressed && !p.style.Verbose {
				brief = append(brief, r)
			} else {
				p.row(r)
			}
		}
		p.brief(brief)
	}
}

// brief prints optional rows, those that fare alike together.
func (p *checkPrinter) brief(rows []*row) {
	var order []string
	alike := map[string][]string{}
	for _, r := range rows {
		fate := fate(r.first) + p.where(r)
		if len(r.first.BlockedBy) > 0 {
			fate += ", by " + p.blocker(&r.first.BlockedBy[0])
		}
		if alike[fate] == nil {
			order = append(order, fate)
		}
		alike[fate] = append(alike[fate], r.first.Purpose)
	}
	for _, fate := range order {
		p.line("      %s %s: %s", p.style.paint(yellow, mark(result.Warning)), plural(len(alike[fate]), "optional row"), fate)
		for _, purpose := range alike[fate] {
			p.line("          - %s", purpose)
		}
	}
}

// row prints one requirement: a line for people who know the table, then who
// blocks it, a packet, and what to do.
func (p *checkPrinter) row(r *row) {
	q := r.first
	p.line("      %s %s: %s  %s%s", p.style.paint(outcomeColor[q.Outcome], mark(q.Outcome)), q.Purpose, needs(q), fate(q), p.where(r))
	if q.Consequence != "" && q.Consequence != notStated && q.Outcome == result.Fail {
		p.detail("then", q.Consequence)
	}
	for i, b := range q.BlockedBy {
		if i == 5 && !p.style.Verbose {
			p.detail("", fmt.Sprintf("and %d more; --verbose shows all", len(q.BlockedBy)-i))
			break
		}
		p.detail(choose(i == 0, "by", ""), p.blocker(&b))
	}
	p.asymmetry(q)
	switch {
	case q.Verdict == result.Undecided:
		p.packet("packet", q.UndecidedWitness, q.Witness)
	case q.Verdict != result.Allowed:
		p.packet("packet", q.Witness, nil)
	}
	if q.Verdict == result.Partial && q.AllowedWitness != nil {
		p.packet("passes", q.AllowedWitness, nil)
	}
	for i, reason := range q.Reasons {
		if i == 1 && !p.style.Verbose {
			if p.first(strings.Join(q.Reasons, "\n")) {
				p.detail("", fmt.Sprintf("and %s; --verbose shows all", plural(len(q.Reasons)-i, "more reason")))
			}
			break
		}
		p.detail(choose(i == 0, "because", ""), shortIDs(reason))
	}
	switch {
	case q.Suppressed != nil:
		p.detail("accepted", suppressedText(q))
	case q.OutcomeReason != "" && q.Outcome == result.Warning:
		p.detail("note", q.OutcomeReason)
	}
	if q.Fix != "" && p.first("fix "+q.Fix) {
		p.detail("fix", q.Fix)
	}
}

// asymmetry prints both ways of a packet whose replies a firewall loses, and what
// the documentation says to do.
func (p *checkPrinter) asymmetry(q *result.Requirement) {
	for i := range q.BlockedBy {
		list := q.BlockedBy[i].Remedies
		if len(list) == 0 || !p.first(strings.Join(list, "\n")) {
			continue
		}
		p.detail("there", wayText(q.Trace, "forward"))
		p.detail("back", wayText(q.Trace, "return"))
		for j, remedy := range list {
			p.detail(choose(j == 0, "remedy", "or"), shortIDs(remedy))
		}
	}
}

// first tells whether a text is to be printed: in verbose style always, else
// once a service.
func (p *checkPrinter) first(text string) bool {
	if p.said[text] && !p.style.Verbose {
		return false
	}
	p.said[text] = true
	return true
}

// blocker names a blocker, in full the first time.
func (p *checkPrinter) blocker(b *result.Blocker) string {
	full := blockerText(b)
	if p.first(full) {
		return full
	}
	return blockerName(b) + ", as above"
}

// where names the subnets a row is about.
func (p *checkPrinter) where(r *row) string {
	if r.everywhere && len(r.subnets) > 2 {
		return fmt.Sprintf(" on all %d subnets", len(r.subnets))
	}
	return " on " + p.style.fold(r.subnets, 4)
}

func (p *checkPrinter) packet(label string, witness, otherwise *result.Packet) {
	if witness == nil {
		witness = otherwise
	}
	if witness != nil {
		p.detail(label, packetText(witness))
	}
}

func (p *checkPrinter) detail(label, text string) {
	p.line("          %s %s", p.style.paint(faint, fmt.Sprintf("%-8s", label)), text)
}

// passing prints what is allowed, one line a requirement.
func (p *checkPrinter) passing(rows []*row) {
	var chosen []*row
	for _, r := range rows {
		if r.first.Outcome == result.Pass && r.first.Severity != "advice" {
			chosen = append(chosen, r)
		}
	}
	if len(chosen) == 0 {
		return
	}
	p.line("")
	p.line("  %s", p.style.paint(green, "allowed"))
	optional := 0
	for _, r := range chosen {
		if r.first.Severity == "optional" && !p.style.Verbose {
			optional++
			continue
		}
		p.line("      %s %s: %s", p.style.paint(green, mark(result.Pass)), r.first.Purpose, needs(r.first)+p.onSubnets(r))
	}
	if optional > 0 {
		p.line("      %s", p.style.paint(faint, fmt.Sprintf("and %s; --verbose shows them", plural(optional, "optional row"))))
	}
}

// onSubnets names the subnets where the others fare otherwise.
func (p *checkPrinter) onSubnets(r *row) string {
	if r.everywhere {
		return ""
	}
	return "  on " + p.style.fold(r.subnets, 4)
}

// advice prints what other editions ask; it never counts.
func (p *checkPrinter) advice(s *result.Service, rows []*row) {
	var open []*row
	met := 0
	for _, r := range rows {
		switch {
		case r.first.Severity != "advice":
		case r.first.Verdict == result.Allowed:
			met++
		default:
			open = append(open, r)
		}
	}
	if met+len(open)+len(s.Advice) == 0 {
		return
	}
	p.line("")
	p.line("  %s %s", p.style.paint(cyan, "advice"), p.style.paint(faint, "(what is asked elsewhere, or is not certain; it never counts)"))
	for _, text := range s.Advice {
		p.line("      - %s", text)
	}
	for _, r := range open {
		p.line("      - %s: %s  %s%s", r.first.Purpose, needs(r.first), fate(r.first), p.onSubnets(r))
	}
	if met > 0 {
		p.line("      - %s met already", plural(met, "row"))
	}
}

func (p *checkPrinter) foot(c *result.Check) {
	p.line("")
	p.line("%s", tagsLine(c.Tags))
	for _, a := range c.Assumptions {
		p.line("assumed: %s=%s (%s)", a.Name, a.Value, a.Reason)
	}
	for _, text := range idleSuppressions(c) {
		p.line("%s", text)
	}
	for _, n := range c.NotModelled {
		p.line("not modelled: %d x %s: %s", n.Count, n.Type, n.Effect)
	}
	for _, severity := range []string{"required", "optional"} {
		if text := tally(c, severity); text != "" {
			p.line("%s", text)
		}
	}
}

// tally counts the rows of one severity, each by its worst standing on any
// subnet.
func tally(c *result.Check, severity string) string {
	count := make([]int, len(standings))
	total := 0
	for i := range c.Services {
		worst := map[string]int{}
		all := entries(&c.Services[i])
		for j := range all {
			r := &all[j]
			if r.Severity != severity {
				continue
			}
			if have, ok := worst[r.ID]; !ok || standing(r) < have {
				worst[r.ID] = standing(r)
			}
		}
		for _, s := range worst {
			count[s]++
			total++
		}
	}
	if total == 0 {
		return ""
	}
	var parts []string
	for s, word := range standings {
		if count[s] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", count[s], word))
		}
	}
	return fmt.Sprintf("%s: %s", plural(total, severity+" row"), strings.Join(parts, ", "))
}

// standings are what a row can be in the count, the worst first.
var standings = []string{"failed", "undecided", "suppressed", "worth a look", "met"}

// standing is the index of a row in standings.
func standing(r *result.Requirement) int {
	switch {
	case r.Outcome == result.Fail:
		return 0
	case r.Outcome == result.UndecidedOutcome:
		return 1
	case r.Suppressed != nil:
		return 2
	case r.Outcome == result.Warning:
		return 3
	}
	return 4
}

// byCapability groups rows in order of appearance of their capability.
func byCapability(rows []*row) [][]*row {
	order := map[string]int{}
	for _, r := range rows {
		if _, ok := order[r.first.Capability]; !ok {
			order[r.first.Capability] = len(order)
		}
	}
	sorted := slices.Clone(rows)
	slices.SortStableFunc(sorted, func(a, b *row) int {
		return cmp.Compare(order[a.first.Capability], order[b.first.Capability])
	})
	var groups [][]*row
	for i, r := range sorted {
		if i == 0 || r.first.Capability != sorted[i-1].first.Capability {
			groups = append(groups, nil)
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], r)
	}
	return groups
}
