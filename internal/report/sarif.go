package report

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/result"
)

// LineOf returns a line of an input, counted from 1, without its line end; false
// where the text is not at hand, as for standard input.
type LineOf func(file string, line int) (string, bool)

// SARIF prints the answer of check in the Static Analysis Results Interchange
// Format 2.1.0: a result for each requirement that is not met, where it is
// blocked; a rule for each requirement that has a result. Rows that pass and
// advice are left out.
//
// SARIF counts columns in UTF-16 code units, we in bytes: lines converts them.
// A column whose line is not at hand is left out, so that the region is the line.
func SARIF(w io.Writer, c *result.Check, lines LineOf) error {
	p := newSARIF(lines)
	for i := range c.Services {
		p.service(&c.Services[i], firstFile(c))
	}
	p.settleSuppressions()
	return p.write(w, p.notifications(c.Diagnostics, footNotes(c)))
}

type sarifPrinter struct {
	lines   LineOf
	rules   []sarifRule
	index   map[string]int
	results []sarifResult
	// codes describe those of the notifications.
	codes []sarifRule
}

func newSARIF(lines LineOf) *sarifPrinter {
	return &sarifPrinter{lines: lines, index: map[string]int{}, results: []sarifResult{}}
}

// write prints the log of one run.
func (p *sarifPrinter) write(w io.Writer, notifications []sarifNotification) error {
	run := sarifRun{
		Tool: sarifTool{sarifDriver{
			Name: "wayleave", InformationURI: repository, Rules: p.rules, Notifications: p.codes,
		}},
		ColumnKind:  "utf16CodeUnits",
		Results:     p.results,
		Invocations: []sarifInvocation{{ExecutionSuccessful: true, Notifications: notifications}},
	}
	return JSON(w, sarifLog{
		Schema:  "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
		Version: "2.1.0", Runs: []sarifRun{run},
	})
}

const repository = "https://github.com/wayleave/wayleave"

// manual is the address of a page of our documentation, empty for none.
func manual(page string) string {
	if page == "" {
		return ""
	}
	return repository + "/blob/main/" + page
}

var sarifLevel = map[result.Outcome]string{
	result.Fail: "error", result.UndecidedOutcome: "warning", result.Warning: "warning",
}

func (p *sarifPrinter) service(s *result.Service, anyFile string) {
	for _, r := range gather(s) {
		if r.first.Severity != "advice" && r.first.Outcome != result.Pass {
			p.row(s, r, anyFile)
		}
	}
	if len(s.Reasons) == 0 {
		return
	}
	id := s.Service + "/whole"
	rule := p.rule(id, sarifRule{
		ID: id, ShortDescription: sarifMessage{"the service as a whole can be judged"},
		FullDescription: sarifMessage{s.Title + " can be judged only where an input describes it."}, HelpURI: manual(s.Page),
		Help: sarifHelp{Text: "An input that describes the service is missing. Add it to the paths."},
	})
	p.results = append(p.results, sarifResult{
		RuleID: id, RuleIndex: rule, Level: "warning",
		Message:   sarifMessage{serviceName(s) + " is undecided: " + shortIDs(strings.Join(s.Reasons, "; "))},
		Locations: []sarifLocation{p.somewhere(anyFile, names(s))},
	})
}

// rule returns the place of a rule in the list, added where it is new.
func (p *sarifPrinter) rule(id string, rule sarifRule) int {
	if _, ok := p.index[id]; !ok {
		p.index[id] = len(p.rules)
		p.rules = append(p.rules, rule)
	}
	return p.index[id]
}

func (p *sarifPrinter) row(s *result.Service, r *row, anyFile string) {
	q := r.first
	id := s.Service + "/" + q.ID
	out := sarifResult{
		RuleID: id, RuleIndex: p.rule(id, ruleOf(id, s, q)), Level: sarifLevel[q.Outcome],
		Message:      sarifMessage{rowMessage(s, r)},
		Fingerprints: map[string]string{"wayleave/v1": fingerprint(s, r)},
		Properties:   map[string]string{"outcome": string(q.Outcome), "verdict": string(q.Verdict), "capability": q.Capability},
	}
	for i := range q.BlockedBy {
		b := &q.BlockedBy[i]
		if len(out.Locations) > 0 || !inFile(b.At) {
			p.relate(&out, b.At, "also blocked by "+unplaced(b))
			continue
		}
		at := p.location(*b.At)
		at.Logical = logical(r.subnets)
		out.Locations = append(out.Locations, at)
	}
	if len(out.Locations) == 0 {
		out.Locations = append(out.Locations, p.somewhere(traceFile(q, anyFile), r.subnets))
	}
	if q.Suppressed != nil {
		out.Level = sarifLevel[q.Suppressed.Outcome]
		out.Suppressions = []sarifSuppression{{Kind: "external", Status: "accepted", Justification: suppressedText(q)}}
	}
	p.results = append(p.results, out)
}

// inFile reports whether a place is in a file, which standard input is not.
func inFile(at *diagnostic.Position) bool { return at != nil && at.File != "" && at.File != "-" }

// relate puts a place in a file beside a result, with what stands there.
func (p *sarifPrinter) relate(out *sarifResult, at *diagnostic.Position, text string) {
	if inFile(at) {
		l := p.location(*at)
		l.ID, l.Message = len(out.Related)+1, &sarifMessage{text}
		out.Related = append(out.Related, l)
	}
}

// settleSuppressions says of all results that they are suppressed or not, as
// soon as one is.
func (p *sarifPrinter) settleSuppressions() {
	isSuppressed := func(r sarifResult) bool { return r.Suppressions != nil }
	if !slices.ContainsFunc(p.results, isSuppressed) {
		return
	}
	for i := range p.results {
		if !isSuppressed(p.results[i]) {
			p.results[i].Suppressions = []sarifSuppression{}
		}
	}
}

// ruleOf describes a requirement for people who read no profile.
func ruleOf(id string, s *result.Service, q *result.Requirement) sarifRule {
	what := fmt.Sprintf("%s needs: %s.", s.Title, needs(q))
	if isSubnetRule(q) {
		what = fmt.Sprintf("%s asks: %s.", s.Title, q.Purpose)
	}
	var text strings.Builder
	text.WriteString(what + "\n")
	if q.Consequence != "" && q.Consequence != notStated {
		fmt.Fprintf(&text, "Without it: %s.\n", strings.TrimSuffix(q.Consequence, "."))
	}
	fmt.Fprintf(&text, "At stake: %s.\n", capabilityTitle(q.Capability))
	if q.Note != "" {
		fmt.Fprintf(&text, "Note: %s\n", q.Note)
	}
	fmt.Fprintf(&text, "Source: %s", s.Source)
	return sarifRule{
		ID: id, ShortDescription: sarifMessage{q.Purpose}, FullDescription: sarifMessage{what}, HelpURI: manual(s.Page),
		Help: sarifHelp{Text: text.String()},
	}
}

// rowMessage is the finding in sentences, complete without the place.
func rowMessage(s *result.Service, r *row) string {
	q := r.first
	var parts []string
	parts = append(parts, fmt.Sprintf("%s: %s: %s is %s on %s", serviceName(s), q.Purpose, needs(q), fate(q), strings.Join(r.subnets, ", ")))
	for i := range q.BlockedBy {
		parts = append(parts, "blocked by "+unplaced(&q.BlockedBy[i]))
	}
	if w := shownPacket(q); w != nil {
		parts = append(parts, "for example "+packetText(w))
	}
	for _, reason := range q.Reasons {
		parts = append(parts, "because "+shortIDs(reason))
	}
	if q.Outcome == result.Warning && q.OutcomeReason != "" {
		parts = append(parts, "note: "+q.OutcomeReason)
	}
	if q.Fix != "" {
		parts = append(parts, "fix: "+q.Fix)
	}
	return strings.Join(parts, "; ")
}

// fingerprint keeps a finding the same when lines move.
func fingerprint(s *result.Service, r *row) string {
	text := fmt.Sprintf("%q %q %q %q %q", serviceName(s), r.first.ID, r.first.Verdict, r.subnets, blockerKeys(r.first))
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:16])
}

// location converts a position.
func (p *sarifPrinter) location(at diagnostic.Position) sarifLocation {
	place := &sarifPhysical{Artifact: sarifArtifact{fileURI(at.File)}}
	if at.Line > 0 {
		place.Region = &sarifRegion{StartLine: at.Line, StartColumn: p.column(at)}
	}
	return sarifLocation{Physical: place}
}

// column is the column in UTF-16 code units, 0 where it is not known.
func (p *sarifPrinter) column(at diagnostic.Position) int {
	if at.Column == 0 || p.lines == nil {
		return 0
	}
	line, ok := p.lines(at.File, at.Line)
	if !ok || at.Column-1 > len(line) {
		return 0
	}
	return len(utf16.Encode([]rune(line[:at.Column-1]))) + 1
}

// somewhere is the location of what no line is to blame for: viewers want a
// file, so the result stands at one of the inputs as a whole.
func (p *sarifPrinter) somewhere(file string, subnets []string) sarifLocation {
	var at sarifLocation
	if file != "" {
		at = p.location(diagnostic.Position{File: file})
	}
	at.Logical = logical(subnets)
	return at
}

// notifications are the problems of the inputs, each with the page of its code,
// and what an answer rests on.
func (p *sarifPrinter) notifications(problems []diagnostic.Diagnostic, notes []string) []sarifNotification {
	var list []sarifNotification
	for i := range problems {
		d := &problems[i]
		n := sarifNotification{Level: d.Severity.String(), Message: sarifMessage{d.Summary}}
		if d.Severity == diagnostic.Info {
			n.Level = "note"
		}
		if d.Code != "" {
			n.Descriptor = &sarifDescriptor{d.Code}
			p.describe(d.Code)
		}
		if inFile(&d.At) {
			n.Locations = []sarifLocation{p.location(d.At)}
		}
		list = append(list, n)
	}
	for _, text := range notes {
		list = append(list, sarifNotification{Level: "note", Message: sarifMessage{text}})
	}
	return list
}

// describe leads from a code to its entry in the manual.
func (p *sarifPrinter) describe(code string) {
	if !slices.ContainsFunc(p.codes, func(c sarifRule) bool { return c.ID == code }) {
		p.codes = append(p.codes, sarifRule{ID: code, HelpURI: manual("docs/diagnostics.md#" + code)})
	}
}

// fileURI is a relative reference for a relative path, else a file URI.
func fileURI(file string) string {
	file = path.Clean(file)
	if len(file) > 1 && file[1] == ':' {
		file = "/" + file
	}
	u := url.URL{Path: file}
	if strings.HasPrefix(file, "/") {
		u.Scheme = "file"
	}
	return u.String()
}

// traceFile is the file of the last decision on the way that has a place.
func traceFile(q *result.Requirement, otherwise string) string {
	for i := len(q.Trace) - 1; i >= 0; i-- {
		if at := q.Trace[i].At; inFile(at) {
			return at.File
		}
	}
	return otherwise
}

// firstFile is the first file that the answer names.
func firstFile(c *result.Check) string {
	for i := range c.Services {
		all := entries(&c.Services[i])
		for j := range all {
			q := &all[j]
			for k := range q.BlockedBy {
				if at := q.BlockedBy[k].At; inFile(at) {
					return at.File
				}
			}
			if file := traceFile(q, ""); file != "" {
				return file
			}
		}
	}
	return ""
}

func logical(subnets []string) []sarifLogical {
	var list []sarifLogical
	for _, s := range subnets {
		list = append(list, sarifLogical{Name: s, Kind: "resource"})
	}
	return list
}
