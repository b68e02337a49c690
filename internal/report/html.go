package report

import (
	"crypto/sha256"
	_ "embed" // the page and its style
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"

	"github.com/wayleave/wayleave/internal/result"
)

var (
	//go:embed page/page.gohtml
	pageText string
	//go:embed page/style.css
	pageStyle string

	page = template.Must(template.New("page").Funcs(template.FuncMap{
		"add":  func(a, b int) int { return a + b },
		"clip": clip, "clipName": clipName,
	}).Parse(pageText))
)

// HTML prints the answer of check as one page that needs nothing else: the
// network as nested boxes, an edge for the rows between a subnet and a far end,
// and behind each edge the way of a packet. The page runs no script and loads
// nothing; its own policy forbids both. The tree is that of inspect.
func HTML(w io.Writer, c *result.Check, tree []result.InspectNode) error {
	d := draw(c, tree)
	v := view{head: headOf(pageStyle + highlights(d.Edges)), Drawing: d, Foot: footNotes(c)}
	for i := range c.Services {
		v.Services = append(v.Services, serviceView{
			Name: serviceName(&c.Services[i]), Title: c.Services[i].Title, Verdict: string(c.Services[i].Verdict), State: stateOf[c.Services[i].Outcome],
			Facts: fmt.Sprintf("table of %s, %s", c.Services[i].Edition, parameterList(c.Services[i].Parameters)),
			Count: countRows(&c.Services[i]), Reasons: short(c.Services[i].Reasons),
		})
	}
	for _, e := range d.Edges {
		v.Panels = append(v.Panels, panelOf(e))
	}
	for _, state := range []string{"fail", "undecided"} {
		for _, p := range v.Panels {
			if p.State == state && len(v.First) < mostFirst {
				v.First = append(v.First, p)
			}
		}
	}
	v.Rows = allRows(c, d)
	for _, x := range c.Diagnostics {
		v.Problems = append(v.Problems, x.Error())
	}
	return page.Execute(w, v)
}

// mostFirst bounds the list of what to look at first.
const mostFirst = 12

// head is what every page begins with: its style, and the policy that allows
// that style and nothing else.
type head struct {
	Style  template.CSS
	Policy string
}

// headOf makes the head for a style that holds our own text and numbers, and
// nothing of the inputs.
func headOf(style string) head {
	sum := sha256.Sum256([]byte(style))
	return head{template.CSS(style), "default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"}
}

// view is what the page shows.
type view struct {
	head
	Services []serviceView
	Drawing  *drawing
	Panels   []panel
	// First are the panels to look at first.
	First    []panel
	Rows     []tableRow
	Foot     []string
	Problems []string
}

type serviceView struct {
	Name, Title, Verdict, State, Facts string
	Count                              []countView
	Reasons                            []string
}

type countView struct {
	State, Text string
}

// panel is what stands behind an edge.
type panel struct {
	ID, Title, State, Word string
	Rows                   []panelRow
}

type panelRow struct {
	Purpose, Needs, Verdict, State, Severity, Consequence, Fix, Note string
	// Meaning is the outcome in a word.
	Meaning       string
	By            []placed
	Packets       []namedLine
	Reasons       []string
	Forward, Back []hopView
}

type placed struct{ Text, At string }

type hopView struct{ Decision, Class, Text, At string }

type tableRow struct {
	State, Word, Purpose, Needs, Severity, Subnets, Edge string
	// Meaning is the outcome in a word, and Service is named where there are
	// several.
	Meaning, Service string
	By               []placed
	// Why stands where no line is to blame.
	Why string
}

// Name and Text let the page read a line of a packet.
func (l namedLine) Name() string { return l.name }

// Text is the other half.
func (l namedLine) Text() string { return l.text }

var stateOf = map[result.Outcome]string{
	result.Pass: "pass", result.Warning: "warning", result.UndecidedOutcome: "undecided", result.Fail: "fail",
}

// clip shortens a text to what fits in so many units of the picture; the whole
// text is the title beside it.
func clip(text string, width int) string {
	runes := []rune(text)
	if most := (width - 30) / 7; len(runes) > most {
		return string(runes[:max(most-1, 1)]) + "…"
	}
	return text
}

// clipName is clip for the larger letters of the name of a network or subnet.
func clipName(text string, width int) string { return clip(text, width*3/4) }

// highlights are the rules that mark the edge whose panel is open.
func highlights(edges []*edge) string {
	var b strings.Builder
	for _, e := range edges {
		fmt.Fprintf(&b, ":root:has(#%s:target) a[href=\"#%s\"] .wire{stroke-width:4.5;opacity:1}\n", e.ID, e.ID)
	}
	return b.String()
}

func countRows(s *result.Service) []countView {
	count := map[string]int{}
	for _, r := range gather(s) {
		if r.first.Severity != "advice" {
			count[stateOf[r.first.Outcome]]++
		}
	}
	var list []countView
	for _, of := range []struct{ state, word string }{{"fail", "failed"}, {"undecided", "undecided"}, {"warning", "worth a look"}, {"pass", "met"}} {
		if n := count[of.state]; n > 0 {
			list = append(list, countView{of.state, fmt.Sprintf("%d %s", n, of.word)})
		}
	}
	return list
}

func panelOf(e *edge) panel {
	p := panel{ID: e.ID, Title: e.title(), State: e.State, Word: stateWord[e.State]}
	for _, want := range []string{"fail", "undecided", "warning", "pass"} {
		for _, r := range e.rows {
			if stateOf[r.Outcome] == want {
				p.Rows = append(p.Rows, panelRowOf(r))
			}
		}
	}
	return p
}

func panelRowOf(q *result.Requirement) panelRow {
	row := panelRow{
		Purpose: q.Purpose, Needs: needs(q), Verdict: string(q.Verdict), State: stateOf[q.Outcome], Meaning: stateWord[stateOf[q.Outcome]], Severity: q.Severity,
		Fix: q.Fix, Reasons: short(q.Reasons), By: placedBy(q.BlockedBy),
	}
	if q.Consequence != notStated && q.Outcome == result.Fail {
		row.Consequence = q.Consequence
	}
	switch {
	case q.Suppressed != nil:
		row.Note = "suppressed: " + suppressedText(q)
	case q.Outcome == result.Warning:
		row.Note = q.OutcomeReason
	}
	if w := shownPacket(q); w != nil {
		row.Packets = append(row.Packets, namedLine{"packet", packetText(w)})
	} else if q.Witness != nil {
		row.Packets = append(row.Packets, namedLine{"packet", packetText(q.Witness)})
	}
	if q.Verdict == result.Partial && q.AllowedWitness != nil {
		row.Packets = append(row.Packets, namedLine{"passes", packetText(q.AllowedWitness)})
	}
	row.Forward, row.Back = hopViews(q.Trace)
	return row
}

// hopViews are the hops there, and those of the reply.
func hopViews(trace []result.Hop) (forward, back []hopView) {
	for i := range trace {
		h := &trace[i]
		v := hopView{Decision: h.Decision, Class: decisionClass[h.Decision], Text: hopText(h)}
		if h.At != nil {
			v.At = h.At.String()
		}
		if h.Leg == "return" {
			back = append(back, v)
		} else {
			forward = append(forward, v)
		}
	}
	return forward, back
}

var decisionClass = map[string]string{
	"allow": "pass", "deliver": "pass", "deny": "fail", "drop": "fail", "unknown": "undecided",
	"forward": "neutral", "translate": "neutral",
}

func placedBy(list []result.Blocker) []placed {
	var out []placed
	for i := range list {
		p := placed{Text: unplaced(&list[i])}
		if at := list[i].At; at != nil && !at.IsZero() {
			p.At = at.String()
		}
		out = append(out, p)
	}
	return out
}

// allRows are the rows that count, the worst first, each with an edge.
func allRows(c *result.Check, d *drawing) []tableRow {
	edges := map[*result.Requirement]string{}
	for _, e := range d.Edges {
		for _, r := range e.rows {
			edges[r] = e.ID
		}
	}
	var list []tableRow
	for _, want := range []string{"fail", "undecided", "warning", "pass"} {
		for i := range c.Services {
			for _, r := range gather(&c.Services[i]) {
				q := r.first
				if q.Severity == "advice" || stateOf[q.Outcome] != want {
					continue
				}
				several := ""
				if len(c.Services) > 1 {
					several = serviceName(&c.Services[i])
				}
				why := ""
				if len(q.BlockedBy) == 0 && len(q.Reasons) > 0 {
					why = short(q.Reasons)[0]
				}
				list = append(list, tableRow{
					Why:   why,
					State: want, Meaning: stateWord[want], Service: several, Word: string(q.Verdict), Purpose: q.Purpose, Needs: needs(q), Severity: q.Severity,
					Subnets: Style{}.fold(r.subnets, 6), Edge: edges[q], By: placedBy(q.BlockedBy),
				})
			}
		}
	}
	return list
}

// short are texts with names in place of resource ids.
func short(texts []string) []string {
	var list []string
	for _, t := range texts {
		list = append(list, shortIDs(t))
	}
	return list
}
