package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/wayleave/wayleave/internal/result"
)

// ServicesText prints the services and editions for people.
func ServicesText(w io.Writer, s *result.Services, style Style) error {
	b := textWriter(w, style.Color)
	t := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "SERVICE\tEDITION\tROWS\tSTATE\tTITLE")
	for _, e := range s.Services {
		edition := e.Edition
		if e.Default {
			edition += " (default)"
		}
		fmt.Fprintf(t, "%s\t%s\t%d\t%s\t%s\n", e.Service, edition, e.Requirements, e.State, e.Title)
	}
	t.Flush()
	return b.Flush()
}

// ServiceValidateText prints the profiles that were read.
func ServiceValidateText(w io.Writer, v *result.ServiceValidate, style Style) error {
	b := textWriter(w, style.Color)
	for _, p := range v.Profiles {
		fmt.Fprintf(b, "ok  %s: %s@%s, %s and %s about subnets\n", p.File, p.Service, p.Edition,
			plural(p.Requirements, "row"), plural(p.SubnetRules, "rule"))
		if p.Replaces {
			fmt.Fprintf(b, "    stands in place of the profile of that name that comes with the program\n")
		}
	}
	return b.Flush()
}

// ServiceDiffText prints how two editions differ.
func ServiceDiffText(w io.Writer, d *result.ServiceDiff, style Style) error {
	b := textWriter(w, style.Color)
	fmt.Fprintf(b, "%s -> %s\n", style.paint(bold, d.Old), style.paint(bold, d.New))
	changed, moved := moves(d.Changed)
	for _, s := range []struct {
		title, sign string
		list        []result.TableDifference
	}{{"only in " + d.Old, "-", d.Removed}, {"only in " + d.New, "+", d.Added}, {"changed", "~", changed}} {
		if len(s.list) == 0 {
			continue
		}
		fmt.Fprintf(b, "\n%s\n", s.title)
		for i := range s.list {
			differenceText(b, s.sign, &s.list[i])
		}
	}
	section(b, "the same under another number or name", moved)
	if d.Equal {
		fmt.Fprintln(b, "\nno row and no rule differs")
	}
	fmt.Fprintf(b, "\nalike in all but notes and sources: %d\n", d.Same)
	return b.Flush()
}

// moves takes out what differs in nothing but its number, its name and its
// words for the same thing, a line each.
func moves(all []result.TableDifference) (changed []result.TableDifference, moved []string) {
	for _, d := range all {
		row := ""
		substance := slices.ContainsFunc(d.Fields, func(f result.FieldDifference) bool {
			if f.Name == "row" {
				row = fmt.Sprintf(", row %s -> %s", f.Old, f.New)
			}
			return f.Name != "row" && f.Name != "purpose"
		})
		if substance {
			changed = append(changed, d)
			continue
		}
		moved = append(moved, "~ "+renamed(&d)+row)
	}
	return changed, moved
}

func renamed(d *result.TableDifference) string {
	if d.OldID != "" {
		return d.OldID + " -> " + d.ID
	}
	return d.ID
}

// differenceText prints one row: what is gone or new in one line, what changed
// word for word.
func differenceText(w io.Writer, sign string, d *result.TableDifference) {
	fmt.Fprintf(w, "  %s %s  %s\n", sign, renamed(d), d.Purpose)
	if sign == "~" {
		for _, f := range d.Fields {
			fmt.Fprintf(w, "      %s: %s -> %s\n", f.Name, cmp.Or(f.Old, "none"), cmp.Or(f.New, "none"))
		}
		return
	}
	if line := rowLine(d.Fields); line != "" {
		fmt.Fprintf(w, "      %s\n", line)
	}
}

// rowLine is a row in one line: "outbound tcp 443 to Sql; optional".
func rowLine(fields []result.FieldDifference) string {
	value := map[string]string{}
	for _, f := range fields {
		value[f.Name] = cmp.Or(f.New, f.Old)
	}
	var parts []string
	if value["direction"] != "" {
		far, word := value["destination"], "to"
		if value["direction"] == "inbound" {
			far, word = value["source"], "from"
		}
		parts = append(parts, fmt.Sprintf("%s %s %s %s %s", value["direction"], value["protocols"], value["destination ports"], word, far))
	}
	if severity := value["severity"]; severity != "" && severity != "required" {
		parts = append(parts, severity)
	}
	if when := value["when"]; when != "" {
		parts = append(parts, "with "+when)
	}
	return strings.Join(parts, "; ")
}
