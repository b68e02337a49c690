package report

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/wayleave/wayleave/internal/result"
)

var verdictColor = map[result.Verdict]string{
	result.Allowed: green, result.Blocked: red, result.Partial: red, result.Undecided: yellow,
}

// ExplainText prints the answer of explain for people: the question, the
// verdict, and for each part of the packets one of them on its way.
func ExplainText(w io.Writer, e *result.Explain, style Style) error {
	b := textWriter(w, style.Color)
	fmt.Fprintf(b, "%s  %s\n", questionText(&e.Query), style.paint(verdictColor[e.Verdict], strings.ToUpper(string(e.Verdict))))
	shown := counted(e.Parts, style)
	for i, part := range shown {
		explainPart(b, part, i+1, len(shown), style)
	}
	if n := len(e.Parts) - len(shown); n > 0 {
		fmt.Fprintf(b, "\nand %s of packets that no guest can send; --verbose shows them\n", plural(n, "part"))
	}
	fmt.Fprintf(b, "\n%s\n", tagsLine(e.Tags))
	for _, a := range e.Assumptions {
		fmt.Fprintf(b, "assumed: %s=%s (%s)\n", a.Name, a.Value, a.Reason)
	}
	notModelled(b, e.NotModelled)
	return b.Flush()
}

// notModelled prints what was read and left alone.
func notModelled(w io.Writer, list []result.NotModelled) {
	for _, n := range list {
		fmt.Fprintln(w, notModelledLine(n))
	}
}

func notModelledLine(n result.NotModelled) string {
	return fmt.Sprintf("not modelled: %d x %s: %s", n.Count, n.Type, n.Effect)
}

// counted leaves out the parts that do not count in the verdict, unless there
// is nothing else or the style is verbose.
func counted(parts []result.Part, style Style) []*result.Part {
	var all, shown []*result.Part
	for i := range parts {
		all = append(all, &parts[i])
		if !parts[i].Reserved {
			shown = append(shown, &parts[i])
		}
	}
	if style.Verbose || len(shown) == 0 {
		return all
	}
	return shown
}

func questionText(q *result.Query) string {
	text := fmt.Sprintf("%s from %s to %s", q.Space.Protocol, q.From, q.To)
	if q.Space.DestinationPort != "" && q.Space.DestinationPort != "*" {
		text += " port " + q.Space.DestinationPort
	}
	if q.Host != "" {
		text += " as " + q.Host
	}
	return text
}

func explainPart(w io.Writer, p *result.Part, number, of int, style Style) {
	fmt.Fprintln(w)
	if of > 1 {
		fmt.Fprintf(w, "part %d of %d  ", number, of)
	}
	note := ""
	if p.Reserved {
		note = "  (no guest can send these packets; they do not count)"
	}
	fmt.Fprintf(w, "%s%s\n", style.paint(verdictColor[p.Verdict], string(p.Verdict)), note)
	most := 3
	if style.Verbose {
		most = len(p.Space)
	}
	for i, c := range p.Space {
		if i == most {
			fmt.Fprintf(w, "  and %d more; --verbose shows them\n", len(p.Space)-i)
			break
		}
		fmt.Fprintf(w, "  %s\n", cubeText(c, style))
	}
	if p.Witness != nil {
		fmt.Fprintf(w, "  for example %s\n", packetText(p.Witness))
	}
	if p.SeenAs != nil && p.Verdict == result.Allowed && len(p.SeenAs.Addresses) > 0 {
		fmt.Fprintf(w, "  seen as %s\n", strings.Join(p.SeenAs.Addresses, " or "))
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	stopped := false
	for i, h := range p.Trace {
		at := ""
		if h.At != nil && !h.At.IsZero() {
			at = h.At.String()
		}
		arrow := "->"
		if h.Leg == "return" {
			arrow = "<-"
		}
		fmt.Fprintf(t, "    %d %s\t%s\t%s\t%s\n", i+1, arrow, style.paint(decisionColor[h.Decision], h.Decision), hopText(&h), at)
		if blocks := h.Decision == "deny" || h.Decision == "drop"; blocks && !stopped && i+1 < len(p.Trace) {
			stopped = true
			fmt.Fprintf(t, "\t\tthe packet ends here; what follows is the way as if it had passed\t\n")
		}
	}
	t.Flush()
	whyText(w, p.Trace, style)
	for i := range p.Trace {
		for _, line := range remedyTexts(&p.Trace[i].Blocker) {
			fmt.Fprintf(w, "  %s\n", line)
		}
	}
	for _, reason := range p.Reasons {
		fmt.Fprintf(w, "  because %s\n", shortIDs(reason))
	}
}

// whyText tells for each rule on the way why those before it do not match.
func whyText(w io.Writer, trace []result.Hop, style Style) {
	const most = 12
	for i, h := range trace {
		for j, s := range h.Why {
			if j == 0 {
				fmt.Fprintf(w, "    before %d, %s:\n", i+1, h.Name)
			}
			if j == most && !style.Verbose {
				fmt.Fprintf(w, "      and %d more; --verbose shows them\n", len(h.Why)-j)
				break
			}
			misses := "whether it matches is not known"
			if len(s.Misses) > 0 {
				misses = "not for this " + strings.Join(s.Misses, ", ")
			}
			fmt.Fprintf(w, "      %s (%d): %s\n", s.Name, s.Priority, misses)
		}
	}
}

var decisionColor = map[string]string{
	"allow": green, "deliver": green, "deny": red, "drop": red, "unknown": yellow,
}

// hopText names a decision on the way without its place.
func hopText(h *result.Hop) string {
	b := h.Blocker
	b.At = nil
	return blockerText(&b)
}

func cubeText(c result.Cube, style Style) string {
	source, destination := foldList(c.Source, style), foldList(c.Destination, style)
	if c.SourcePort != "" && c.SourcePort != "*" {
		source += " port " + foldList(c.SourcePort, style)
	}
	if c.DestinationPort != "" && c.DestinationPort != "*" {
		destination += " port " + foldList(c.DestinationPort, style)
	}
	return fmt.Sprintf("%s  %s -> %s", c.Protocol, source, destination)
}

// foldList shortens a printed list of ranges.
func foldList(text string, style Style) string {
	for _, separator := range []string{", ", ","} {
		if items := strings.Split(text, separator); len(items) > 1 {
			return style.fold(items, 4)
		}
	}
	return text
}

// AssumptionsText prints the open points for people.
func AssumptionsText(w io.Writer, a *result.Assumptions, style Style) error {
	b := textWriter(w, style.Color)
	fmt.Fprintln(b, "Open points of Azure's behaviour; --assume NAME=VALUE settles one, --assume defaults all.")
	fmt.Fprintln(b, "A verdict that turns on an UNCERTAIN one is undecided until it is settled.")
	for _, d := range a.Assumptions {
		fmt.Fprintf(b, "\n%s = %s  %s\n", style.paint(bold, d.Name), d.Default, style.paint(faint, d.Label+", "+d.Source))
		fmt.Fprintf(b, "    %s\n", d.Reason)
		if len(d.Values) > 1 {
			fmt.Fprintf(b, "    values: %s\n", strings.Join(d.Values, ", "))
		}
	}
	return b.Flush()
}
