package report

import (
	"bufio"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/result"
)

// FixText prints a change for people: the rules, what they open, the proof.
func FixText(w io.Writer, f *result.Fix, style Style) error {
	b := bufio.NewWriter(w)
	fixChanges(b, f.Changes, style)
	if len(f.Changes) > 0 {
		fixSpace(b, "opens", green, &f.Opens, style)
		fixSpace(b, "beyond what is needed", yellow, &f.ExtraOpened, style)
		fixSpace(b, "closes", red, &f.Closes, style)
		fixDoubts(b, f.Undecided, style)
	}
	for i := range f.Unfixable {
		u := &f.Unfixable[i]
		fmt.Fprintf(b, "%s %s", style.paint(red, "cannot fix"), u.Requirement)
		if u.Subnet != "" {
			fmt.Fprintf(b, " on %s", shortName(u.Subnet))
		}
		fmt.Fprintf(b, ": %s\n", shortIDs(u.Reason))
		if u.Conflict != nil && u.Conflict.At != nil {
			fmt.Fprintf(b, "  %s\n", u.Conflict.At)
		}
	}
	fixFiles(b, f, style)
	for _, line := range fixFoot(f) {
		fmt.Fprintln(b, line)
	}
	return b.Flush()
}

// FixCode prints the change in the form that was asked for: as code, or as a
// diff of files.
func FixCode(w io.Writer, f *result.Fix) {
	io.WriteString(w, f.Code)
	for _, file := range f.Files {
		io.WriteString(w, file.Diff)
	}
}

// fixFiles says which files have the change, and what has to be written by hand.
func fixFiles(b *bufio.Writer, f *result.Fix, style Style) {
	for _, x := range f.Files {
		if f.Written {
			fmt.Fprintf(b, "written to %s\n", x.Path)
		}
	}
	for _, x := range f.NotWritten {
		fmt.Fprintf(b, "%s %s of %s: %s; hint: wayleave fix --as writes it apart\n", style.paint(yellow, "not written:"), strings.Join(x.Changes, ", "), shortName(x.Resource), shortIDs(x.Reason))
	}
}

func fixChanges(b *bufio.Writer, list []result.FixChange, style Style) {
	title := ""
	for i := range list {
		c := &list[i]
		now := "in " + shortName(c.Resource)
		if c.Direction != "" {
			now += ", " + strings.ToLower(c.Direction)
		}
		if now != title {
			title = now
			fmt.Fprintln(b, style.paint(bold, title))
		}
		priority := ""
		if c.Priority > 0 {
			priority = fmt.Sprintf("%4d ", c.Priority)
		}
		if c.Action == "modify" {
			fmt.Fprintf(b, "  %s %s%s: moves here from %d to make room\n", style.paint(yellow, "~"), priority, c.Body.Name, c.Was)
			continue
		}
		fmt.Fprintf(b, "  %s %s%s: %s\n", style.paint(green, "+"), priority, c.Body.Name, c.Summary)
		fmt.Fprintf(b, "         for %s\n", strings.Join(c.Why, ", "))
	}
	if len(list) > 0 {
		fmt.Fprintln(b)
	}
}

func fixSpace(b *bufio.Writer, title, color string, s *result.FixSpace, style Style) {
	if len(s.Space) == 0 {
		return
	}
	fmt.Fprintln(b, style.paint(color, title))
	for _, line := range folded(s.Summary, 2*mostLines, style) {
		fmt.Fprintf(b, "  %s\n", line)
	}
	fmt.Fprintln(b)
}

// unknownTag is the reason of a doubt that only tag data would settle.
var unknownTag = regexp.MustCompile(`^the addresses of (\S+) are not known: (no service-tag data is loaded)$`)

// fixDoubts prints what a change may open besides. Of the addresses that a tag
// named in the change may hold, one line says all that is known.
func fixDoubts(b *bufio.Writer, list []result.DiffDoubt, style Style) {
	if style.Verbose {
		diffDoubts(b, list, style)
		return
	}
	var rest []result.DiffDoubt
	var tags []string
	why := ""
	for _, d := range list {
		found := unknownTags(d.Reasons, &why)
		if len(found) == 0 || d.Was != string(result.Blocked) {
			rest = append(rest, d)
			continue
		}
		tags = append(tags, found...)
	}
	if slices.Sort(tags); len(tags) > 0 {
		tags = slices.Compact(tags)
		fmt.Fprintln(b, style.paint(yellow, "not decided"))
		fmt.Fprintf(b, "  which addresses %s, and so which of them the change opens: %s\n\n", hold(tags), why)
	}
	diffDoubts(b, rest, style)
}

// unknownTags are the tags that all of the reasons are about; none if one is
// about something else.
func unknownTags(reasons []string, why *string) []string {
	var tags []string
	for _, r := range reasons {
		m := unknownTag.FindStringSubmatch(r)
		if m == nil {
			return nil
		}
		tags, *why = append(tags, m[1]), m[2]
	}
	return tags
}

func hold(tags []string) string {
	if len(tags) == 1 {
		return tags[0] + " holds"
	}
	last := len(tags) - 1
	return strings.Join(tags[:last], ", ") + " and " + tags[last] + " hold"
}

// fixFoot is the proof in words.
func fixFoot(f *result.Fix) []string {
	total, met := 0, f.Proof.After[result.Allowed]
	for _, n := range f.Proof.After {
		total += n
	}
	var list []string
	switch {
	case len(f.Changes) == 0 && len(f.Unfixable) == 0:
		list = append(list, "nothing to fix")
	case len(f.Changes) > 0:
		list = append(list, fmt.Sprintf("checked again, subnet by subnet: %d of %s met, %d before", met, plural(total, "required row"), f.Proof.Before[result.Allowed]))
		if f.Proof.NothingElseChanged {
			list = append(list, "nothing is closed, and every packet outside these sets fares as before")
		}
	}
	if f.Undetermined {
		list = append(list, "some required rows are undecided; wayleave check says why")
	}
	return append(list, tagsLine(f.Tags))
}
