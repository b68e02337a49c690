package report

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/wayleave/wayleave/internal/result"
)

func tagsLine(t *result.Tags) string {
	if t == nil {
		return "service tags: by name only, no data loaded; hint: wayleave tags import ServiceTags_Public_<date>.json"
	}
	return fmt.Sprintf("service tags: %s %s (%s)", t.Cloud, t.ChangeNumber, t.Source)
}

// TagListText prints imported data and tags for people. Regional tags are
// folded unless the style is verbose.
func TagListText(w io.Writer, l *result.TagList, style Style) error {
	b := textWriter(w, style.Color)
	fmt.Fprintln(b, tagsLine(l.Tags))
	for _, s := range l.Stored {
		fmt.Fprintf(b, "imported: %s %s %s %s\n", s.Cloud, s.ChangeNumber, s.Date, s.Source)
	}
	if len(l.List) == 0 {
		return b.Flush()
	}
	t := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "\nTAG\tIPV4 PREFIXES\tRANGES\tIPV6 PREFIXES\tRANGES\tUSABLE IN")
	folded := 0
	for _, s := range l.List {
		if s.Region != "" && !style.Verbose {
			folded++
			continue
		}
		fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%d\t%s\n", s.Name, s.IPv4Prefixes, s.IPv4Ranges, s.IPv6Prefixes, s.IPv6Ranges, strings.Join(s.Usable, ", "))
	}
	t.Flush()
	if folded > 0 {
		fmt.Fprintf(b, "and %s; --verbose shows them\n", plural(folded, "regional tag"))
	}
	return b.Flush()
}

// TagText prints one tag for people.
func TagText(w io.Writer, t *result.Tag, style Style) error {
	b := textWriter(w, style.Color)
	fmt.Fprintf(b, "%s  %s\n", style.paint(bold, t.Name), tagsLine(t.Tags))
	if t.Region != "" {
		fmt.Fprintf(b, "region     %s\n", t.Region)
	}
	fmt.Fprintf(b, "addresses  IPv4 %s, IPv6 %s\n", t.IPv4Addresses, t.IPv6Addresses)
	fmt.Fprintf(b, "prefixes   IPv4 %d, IPv6 %d\n", t.IPv4Prefixes, t.IPv6Prefixes)
	if len(t.Usable) > 0 {
		fmt.Fprintf(b, "usable in  %s\n", strings.Join(t.Usable, ", "))
	}
	if len(t.Regions) > 0 {
		fmt.Fprintf(b, "regions    %s\n", style.fold(t.Regions, 4))
	}
	for i, o := range t.Overlaps {
		if i == 8 && !style.Verbose {
			fmt.Fprintf(b, "           and %d more; --verbose shows them\n", len(t.Overlaps)-i)
			break
		}
		fmt.Fprintf(b, "%-10s %s (IPv4 %s)\n", o.Relation, o.Name, o.IPv4Addresses)
	}
	fmt.Fprintln(b, "ranges")
	for i, r := range t.Ranges {
		if i == 20 && !style.Verbose {
			fmt.Fprintf(b, "  and %d more; --verbose shows them\n", len(t.Ranges)-i)
			break
		}
		fmt.Fprintf(b, "  %s\n", r)
	}
	return b.Flush()
}

// TagImportText says what was imported.
func TagImportText(w io.Writer, i *result.TagImport, style Style) error {
	b := textWriter(w, style.Color)
	verb := "imported"
	if i.Known {
		verb = "already imported:"
	}
	fmt.Fprintf(b, "%s service tags %s %s (%s)\n", verb, i.Stored.Cloud, i.Stored.ChangeNumber, i.Stored.Source)
	return b.Flush()
}
