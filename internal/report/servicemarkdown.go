package report

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/wayleave/wayleave/internal/result"
)

// ServiceMarkdown prints a table as a page of Markdown, all rows and notes.
func ServiceMarkdown(w io.Writer, s *result.ServiceTable) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "# %s\n\n", s.Title)
	fmt.Fprintf(b, "`%s`, edition %s%s", s.Service, s.Edition, choose(s.Default, ", the default", ""))
	if len(s.Aliases) > 0 {
		fmt.Fprintf(b, "; also called %s", codes(s.Aliases))
	}
	fmt.Fprintln(b, ".")
	if s.State != "" && s.State != "active" || s.StateNote != "" {
		state := strings.TrimSpace(s.State + choose(s.RetiredOn != "", " on "+s.RetiredOn, ""))
		fmt.Fprintf(b, "\nThe service is %s%s.\n", state, choose(s.StateNote != "", ": "+s.StateNote, ""))
	}
	if s.Confidence.Note != "" {
		fmt.Fprintf(b, "\nHow well the facts are founded: %s; %s.\n", s.Confidence.Level, s.Confidence.Note)
	}
	fmt.Fprintf(b, "\n    wayleave check plan.json\n    wayleave check vnets.json nsgs.json --service %s --subnet SUBNET\n", s.Service)
	markdownRows(b, s)
	markdownSection(b, "Notes on rows", notesOn(s.Rows))
	markdownRules(b, s)
	markdownSection(b, "The address with which it leaves to the internet", outboundLines(s))
	markdownSection(b, "What the service writes itself", additionLines(s))
	markdownNames(b, s)
	var contradictions []string
	for _, c := range s.Contradictions {
		contradictions = append(contradictions, fmt.Sprintf("%s: %s. Used here: %s.", c.About, c.Says, c.Used))
	}
	markdownSection(b, "Where the sources contradict each other", contradictions)
	markdownParameters(b, s)
	markdownSection(b, "Found by", s.FoundBy)
	var sources []string
	for _, source := range s.Sources {
		line := fmt.Sprintf("`%s`: %s, %s. %s", source.ID, source.Title, source.Date, source.Path)
		if source.Note != "" {
			line += " (" + source.Note + ")"
		}
		sources = append(sources, line)
	}
	markdownSection(b, "Sources", sources)
	return b.Flush()
}

func codes(list []string) string {
	var out []string
	for _, text := range list {
		out = append(out, "`"+text+"`")
	}
	return strings.Join(out, ", ")
}

func markdownSection(w io.Writer, title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(w, "\n## %s\n\n", title)
	for _, line := range lines {
		fmt.Fprintf(w, "* %s\n", text(line))
	}
}

// text keeps a word of a profile from being taken for markup.
func text(s string) string {
	return strings.NewReplacer("*", "\\*", "_", "\\_", "<", "&lt;", "|", "\\|").Replace(s)
}

func markdownRows(w io.Writer, s *result.ServiceTable) {
	if len(s.Rows) == 0 {
		return
	}
	fmt.Fprintln(w, "\n## Requirements")
	fmt.Fprintln(w, "\n| row | purpose | direction | protocols | ports | from | to | needed | id |")
	fmt.Fprintln(w, "|---|---|---|---|---|---|---|---|---|")
	for i := range s.Rows {
		r := &s.Rows[i]
		needed := r.Severity
		if c := rowConditions(r); len(c) > 0 {
			needed += "; " + strings.Join(c, ", ")
		}
		cells := []string{r.Row, r.Purpose, r.Direction, strings.Join(r.Protocols, ", "), strings.Join(r.DestinationPorts, ", "), r.Source, r.Destination, needed}
		for i := range cells {
			cells[i] = text(cells[i])
		}
		fmt.Fprintf(w, "| %s | `%s` |\n", strings.Join(cells, " | "), r.ID)
	}
}

func markdownRules(w io.Writer, s *result.ServiceTable) {
	if len(s.SubnetRules)+len(s.SubnetAdvice) == 0 && s.SubnetNote == "" {
		return
	}
	fmt.Fprintln(w, "\n## The subnets themselves")
	if len(s.SubnetRules) > 0 {
		fmt.Fprintln(w, "\n| asked | needed | otherwise | id |\n|---|---|---|---|")
	}
	for i := range s.SubnetRules {
		r := &s.SubnetRules[i]
		needed := r.Severity
		if r.Subnet != "" {
			needed += "; on " + r.Subnet
		}
		if c := conditions(r.When); len(c) > 0 {
			needed += "; " + strings.Join(c, ", ")
		}
		var otherwise []string
		if r.Consequence != notStated {
			otherwise = append(otherwise, r.Consequence)
		}
		if r.Uncertain != "" {
			otherwise = append(otherwise, "not certain: "+r.Uncertain)
		}
		if r.Note != "" {
			otherwise = append(otherwise, r.Note)
		}
		fmt.Fprintf(w, "| %s | %s | %s | `%s` |\n", text(r.Asks), text(needed), text(strings.Join(otherwise, "; ")), r.ID)
	}
	if len(s.SubnetAdvice) > 0 {
		fmt.Fprintf(w, "\nAdvised: %s.\n", strings.Join(s.SubnetAdvice, ", "))
	}
	if s.SubnetNote != "" {
		fmt.Fprintf(w, "\nAlso: %s.\n", text(s.SubnetNote))
	}
}

func markdownNames(w io.Writer, s *result.ServiceTable) {
	if len(s.FQDNs) == 0 {
		return
	}
	fmt.Fprintln(w, "\n## Names that a firewall must let through")
	fmt.Fprintln(w, "\n| for | ports | names |\n|---|---|---|")
	for _, g := range s.FQDNs {
		purpose := g.Purpose + brackets(conditions(g.When))
		if g.Note != "" {
			purpose += "; " + g.Note
		}
		names := codes(g.Names)
		if len(g.Tags) > 0 {
			names = strings.TrimPrefix(names+", FQDN tag "+codes(g.Tags), ", ")
		}
		fmt.Fprintf(w, "| %s | %s | %s |\n", text(purpose), strings.Join(g.Ports, ", "), names)
	}
}

func markdownParameters(w io.Writer, s *result.ServiceTable) {
	if len(s.Parameters) == 0 {
		return
	}
	fmt.Fprintln(w, "\n## Parameters")
	fmt.Fprintln(w, "\nSet with `--set NAME=VALUE`; what the resource tells is read from it.")
	fmt.Fprintln(w, "\n| name | values | meaning | told by |\n|---|---|---|---|")
	for _, p := range s.Parameters {
		values := codes(p.Values)
		if values == "" {
			values = choose(p.List, "list of ", "") + cmp.Or(p.Format, "text")
		}
		if p.Default != "" {
			values += ", default `" + p.Default + "`"
		}
		told := ""
		if p.Property != "" {
			told = "`" + p.Property + "`"
		}
		fmt.Fprintf(w, "| `%s` | %s | %s | %s |\n", p.Name, values, text(p.Meaning), told)
	}
}
