package report

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/wayleave/wayleave/internal/result"
)

// ServiceTableText prints a table as people know it from the documentation.
// Optional rows, advice and notes are folded unless the style is verbose.
func ServiceTableText(w io.Writer, s *result.ServiceTable, style Style) error {
	b := textWriter(w, style.Color)
	tableHead(b, s, style)
	shown, folded := split(s, style.Verbose)
	if len(shown) > 0 {
		fmt.Fprintln(b)
		tableRows(b, shown)
	}
	if folded > 0 {
		fmt.Fprintf(b, "and %s that %s optional, of a connector or advice; --verbose shows them\n", plural(folded, "row"), choose(folded == 1, "is", "are"))
	}
	if style.Verbose {
		section(b, "notes on rows", notesOn(shown))
	}
	tableRules(b, s, style)
	if style.Verbose {
		section(b, "the address with which it leaves to the internet", outboundLines(s))
	}
	section(b, "what the service writes itself", additionLines(s))
	tableNames(b, s)
	tableContradictions(b, s)
	tableParameters(b, s)
	section(b, "found by", s.FoundBy)
	tableSources(b, s)
	return b.Flush()
}

func tableHead(w io.Writer, s *result.ServiceTable, style Style) {
	fmt.Fprintf(w, "%s  %s@%s%s\n", style.paint(bold, s.Title), s.Service, s.Edition, choose(s.Default, " (default)", ""))
	state := s.State
	if s.RetiredOn != "" {
		state += " on " + s.RetiredOn
	}
	if s.StateNote != "" {
		state += ": " + s.StateNote
	}
	if state != "" {
		fmt.Fprintln(w, state)
	}
	if s.Confidence.Note != "" {
		fmt.Fprintf(w, "facts %s: %s\n", s.Confidence.Level, s.Confidence.Note)
	}
}

// section prints a list under a title; an empty one not at all.
func section(w io.Writer, title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s\n", title)
	for _, line := range lines {
		fmt.Fprintf(w, "  %s\n", line)
	}
}

// split takes out what is not part of the table itself: what is not required,
// and what holds only for one value of a list parameter, such as a connector.
func split(s *result.ServiceTable, all bool) (shown []result.TableRequirement, folded int) {
	for _, r := range s.Rows {
		onDemand := slices.ContainsFunc(s.Parameters, func(p result.TableParameter) bool {
			_, ok := r.When[p.Name]
			return ok && p.List
		})
		if all || r.Severity == "required" && !onDemand {
			shown = append(shown, r)
		} else {
			folded++
		}
	}
	return shown, folded
}

func tableRows(w io.Writer, rows []result.TableRequirement) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "ROW\tPURPOSE\tDIRECTION\tPORTS\tPROTOCOLS\tSOURCE\tDESTINATION\tID")
	for _, r := range rows {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s%s\n", r.Row, r.Purpose, r.Direction,
			strings.Join(r.DestinationPorts, ", "), strings.Join(r.Protocols, ", "), r.Source, r.Destination, r.ID, rowCondition(&r))
	}
	t.Flush()
}

func rowCondition(r *result.TableRequirement) string {
	parts := rowConditions(r)
	if r.Severity != "required" {
		parts = append(parts, r.Severity)
	}
	return brackets(parts)
}

// rowConditions say where and with which parameters a row counts.
func rowConditions(r *result.TableRequirement) []string {
	var parts []string
	if r.Subnet != "" {
		parts = append(parts, "on "+r.Subnet)
	}
	parts = append(parts, conditions(r.When)...)
	for _, c := range conditions(r.RequiredWhen) {
		parts = append(parts, "required with "+c)
	}
	return parts
}

func conditions(when map[string]string) []string {
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(when)) {
		parts = append(parts, k+"="+when[k])
	}
	return parts
}

func brackets(parts []string) string {
	if len(parts) == 0 {
		return ""
	}
	return " [" + strings.Join(parts, ", ") + "]"
}

// notesOn say of rows what has no column.
func notesOn(rows []result.TableRequirement) []string {
	var lines []string
	for _, r := range rows {
		var parts []string
		if r.Consequence != notStated {
			parts = append(parts, "blocked: "+r.Consequence)
		}
		if r.Narrower != "" {
			parts = append(parts, "only a part: "+r.Narrower)
		}
		if r.Uncertain != "" {
			parts = append(parts, "not certain: "+r.Uncertain)
		}
		if r.Note != "" {
			parts = append(parts, r.Note)
		}
		if len(parts) > 0 {
			lines = append(lines, r.ID+": "+strings.Join(parts, "; "))
		}
	}
	return lines
}

// tableRules prints what is asked of subnets, by kind.
func tableRules(w io.Writer, s *result.ServiceTable, style Style) {
	for _, kind := range []struct{ name, title string }{
		{"subnet", "subnets"}, {"routing", "routes"}, {"forbidden", "not allowed on the subnets"},
	} {
		var lines []string
		for i := range s.SubnetRules {
			if r := &s.SubnetRules[i]; r.Kind == kind.name {
				lines = append(lines, ruleLine(r, style.Verbose))
			}
		}
		if kind.name == "subnet" {
			if len(s.SubnetAdvice) > 0 {
				lines = append(lines, "advised: "+strings.Join(s.SubnetAdvice, ", "))
			}
			if s.SubnetNote != "" {
				lines = append(lines, "also: "+s.SubnetNote)
			}
		}
		section(w, kind.title, lines)
	}
}

func ruleLine(r *result.TableRule, verbose bool) string {
	var parts []string
	if r.Subnet != "" {
		parts = append(parts, "on "+r.Subnet)
	}
	parts = append(parts, conditions(r.When)...)
	if r.Severity != "required" {
		parts = append(parts, r.Severity)
	}
	line := r.Asks + brackets(parts) + "  (" + r.ID + ")"
	if !verbose {
		return line
	}
	if r.Consequence != notStated {
		line += "; else " + r.Consequence
	}
	if r.Uncertain != "" {
		line += "; not certain: " + r.Uncertain
	}
	if r.Note != "" {
		line += "; " + r.Note
	}
	return line
}

func outboundLines(s *result.ServiceTable) []string {
	words := map[string]string{
		"own": "a public address of its own", "none": "none of its own, only what the subnet gives", "unknown": "not known whether one of its own",
	}
	var lines []string
	for _, c := range s.Outbound {
		line := words[c.Address] + brackets(conditions(c.When))
		if c.Note != "" {
			line += ": " + c.Note
		}
		lines = append(lines, line)
	}
	return lines
}

func additionLines(s *result.ServiceTable) []string {
	var lines []string
	for _, a := range s.Adds {
		line := a.Names + " in its " + map[string]string{"securityGroup": "security group", "routeTable": "route table"}[a.Where]
		if a.Priority > 0 {
			line += fmt.Sprintf(", up to priority %d", a.Priority)
		}
		line += brackets(conditions(a.When)) + ": " + strings.Join(a.Covers, ", ")
		if a.Note != "" {
			line += "; " + a.Note
		}
		lines = append(lines, line)
	}
	return lines
}

func tableNames(w io.Writer, s *result.ServiceTable) {
	var lines []string
	for _, g := range s.FQDNs {
		line := g.Purpose + brackets(conditions(g.When))
		if len(g.Ports) > 0 {
			line += ", port " + strings.Join(g.Ports, ", ")
		}
		if len(g.Tags) > 0 {
			line += ", FQDN tag " + strings.Join(g.Tags, ", ")
		}
		lines = append(lines, line)
		for _, name := range g.Names {
			lines = append(lines, "  "+name)
		}
		if g.Note != "" {
			lines = append(lines, "  "+g.Note)
		}
	}
	section(w, "names that a firewall must let through", lines)
}

func tableContradictions(w io.Writer, s *result.ServiceTable) {
	var lines []string
	for _, c := range s.Contradictions {
		lines = append(lines, fmt.Sprintf("%s: %s; used here: %s", c.About, c.Says, c.Used))
	}
	section(w, "where the sources contradict each other", lines)
}

func tableParameters(w io.Writer, s *result.ServiceTable) {
	if len(s.Parameters) == 0 {
		return
	}
	fmt.Fprintln(w, "\nparameters (--set name=value)")
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, p := range s.Parameters {
		meaning := p.Meaning
		if p.Property != "" {
			meaning += "; the resource tells it: " + p.Property
		}
		fmt.Fprintf(t, "  %s\t%s\t%s\n", p.Name, parameterValues(p), meaning)
	}
	t.Flush()
}

func parameterValues(p result.TableParameter) string {
	values := strings.Join(p.Values, choose(p.List, ",", "|"))
	if values == "" {
		values = choose(p.List, "list of ", "") + cmp.Or(p.Format, "text")
	}
	if p.Default != "" {
		values += " (default " + p.Default + ")"
	}
	return values
}

func tableSources(w io.Writer, s *result.ServiceTable) {
	fmt.Fprintln(w, "\nsources")
	for _, source := range s.Sources {
		fmt.Fprintf(w, "  %s: %s, %s\n    %s\n", source.ID, source.Title, source.Date, source.Path)
		if source.Note != "" {
			fmt.Fprintf(w, "    %s\n", source.Note)
		}
	}
}
