package report

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/wayleave/wayleave/internal/result"
)

// ServicesText prints the services and editions for people.
func ServicesText(w io.Writer, s *result.Services, _ Style) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "SERVICE\tEDITION\tROWS\tSTATE\tTITLE")
	for _, e := range s.Services {
		edition := e.Edition
		if e.Default {
			edition += " (default)"
		}
		fmt.Fprintf(t, "%s\t%s\t%d\t%s\t%s\n", e.Service, edition, e.Requirements, e.State, e.Title)
	}
	return t.Flush()
}

// ServiceTableText prints a table as people know it from the documentation.
// Optional rows and advice are folded unless the style is verbose.
func ServiceTableText(w io.Writer, s *result.ServiceTable, style Style) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "%s  %s@%s\n", style.paint(bold, s.Title), s.Service, s.Edition)
	if s.State != "" {
		fmt.Fprintf(b, "%s: %s\n", s.State, s.StateNote)
	}
	fmt.Fprintln(b)
	shown, folded := split(s, style.Verbose)
	tableRows(b, shown)
	if folded > 0 {
		fmt.Fprintf(b, "and %s that %s optional, of a connector or advice; --verbose shows them\n", plural(folded, "row"), choose(folded == 1, "is", "are"))
	}
	if len(s.Parameters) > 0 {
		fmt.Fprintln(b, "\nparameters (--set name=value)")
		t := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
		for _, p := range s.Parameters {
			fmt.Fprintf(t, "  %s\t%s\t%s\n", p.Name, parameterValues(p), p.Meaning)
		}
		t.Flush()
	}
	fmt.Fprintln(b, "\nsources")
	for _, source := range s.Sources {
		fmt.Fprintf(b, "  %s: %s, %s\n    %s\n", source.ID, source.Title, source.Date, source.Path)
		if source.Note != "" {
			fmt.Fprintf(b, "    %s\n", source.Note)
		}
	}
	return b.Flush()
}

func parameterValues(p result.TableParameter) string {
	values := strings.Join(p.Values, "|")
	if p.List {
		values = strings.Join(p.Values, ",")
		if values == "" {
			values = "list of addresses"
		}
	}
	if p.Default != "" {
		values += " (default " + p.Default + ")"
	}
	return values
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
		fmt.Fprintf(t, "%s\t%s%s\t%s\t%s\t%s\t%s\t%s\t%s\n", r.Row, r.Purpose, conditionText(r), r.Direction,
			strings.Join(r.DestinationPorts, ", "), strings.Join(r.Protocols, ", "), r.Source, r.Destination, r.ID)
	}
	t.Flush()
}

func conditionText(r result.TableRequirement) string {
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(r.When)) {
		parts = append(parts, k+"="+r.When[k])
	}
	if r.Severity != "required" {
		parts = append(parts, r.Severity)
	}
	if len(parts) == 0 {
		return ""
	}
	return " [" + strings.Join(parts, ", ") + "]"
}
