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
	b := textWriter(w, style.Color)
	fixChanges(b, f.Changes, style)
	if len(f.Changes) > 0 {
		fixSpace(b, "opens", green, &f.Opens, style)
		fixSpace(b, "beyond what is needed", yellow, &f.ExtraOpened, style)
		fixSpace(b, "closes", red, &f.Closes, style)
		fixDoubts(b, f.Undecided, style)
	}
	fixUnfixable(b, "cannot fix", red, f.Unfixable, style)
	fixUnfixable(b, "not known after the change:", yellow, f.Unproved, style)
	fixFiles(b, f, style)
	for _, line := range fixFoot(f) {
		fmt.Fprintln(b, line)
	}
	fixAlternatives(b, f, style)
	return b.Flush()
}

// fixUnfixable says what is not fixed, once for the subnets of one reason.
func fixUnfixable(b *bufio.Writer, title, color string, list []result.FixUnfixable, style Style) {
	done := map[[2]string]bool{}
	for i := range list {
		u := &list[i]
		key := [2]string{u.Requirement, u.Reason}
		if done[key] {
			continue
		}
		done[key] = true
		fmt.Fprintf(b, "%s %s", style.paint(color, title), u.Requirement)
		var subnets []string
		for _, o := range list {
			if o.Requirement == u.Requirement && o.Reason == u.Reason && o.Subnet != "" {
				subnets = append(subnets, shortName(o.Subnet))
			}
		}
		if len(subnets) > 0 {
			fmt.Fprintf(b, " on %s", strings.Join(subnets, ", "))
		}
		fmt.Fprintf(b, ": %s\n", shortIDs(u.Reason))
		for j := range u.Conflicts {
			if at := u.Conflicts[j].At; at != nil {
				fmt.Fprintf(b, "  %s\n", at)
			}
		}
	}
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
		if now := changePlace(c); now != title {
			title = now
			fmt.Fprintln(b, style.paint(bold, title))
		}
		priority := ""
		if c.Priority > 0 {
			priority = fmt.Sprintf("%4d ", c.Priority)
		}
		if c.Was > 0 {
			fmt.Fprintf(b, "  %s %s%s: moves here from %d to make room\n", style.paint(yellow, "~"), priority, c.Body.Name, c.Was)
			continue
		}
		sign := style.paint(green, "+")
		switch c.Action {
		case "modify":
			sign = style.paint(yellow, "~")
		case "remove":
			sign = style.paint(red, "-")
		}
		fmt.Fprintf(b, "  %s %s%s: %s\n", sign, priority, c.Body.Name, style.foldLists(c.Summary))
		why := strings.Join(c.Why, ", ")
		if i+1 < len(list) && c.Direction == "" && changePlace(&list[i+1]) == title && strings.Join(list[i+1].Why, ", ") == why {
			continue // said of all of them at the last
		}
		fmt.Fprintf(b, "         for %s\n", why)
	}
	if len(list) > 0 {
		fmt.Fprintln(b)
	}
}

// longList is a list in a sentence that is longer than people read.
var longList = regexp.MustCompile(`[^\s,]+(?:, [^\s,]+){12,}`)

// foldLists shortens the long lists of a sentence; Verbose shows all.
func (s Style) foldLists(text string) string {
	return longList.ReplaceAllStringFunc(text, func(list string) string { return s.fold(strings.Split(list, ", "), 4) })
}

// changePlace is where a change is made: a group, a table, a firewall, or the
// network.
func changePlace(c *result.FixChange) string {
	switch {
	case c.Direction != "":
		return "in " + shortName(c.Resource) + ", " + strings.ToLower(c.Direction)
	case strings.HasSuffix(c.Type, "/routes"), strings.HasPrefix(c.Summary, "route ") && c.Action == "modify", strings.Contains(c.Summary, "(collection "):
		return "in " + shortName(c.Resource)
	}
	return "in the network"
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
	why, takenOver, tagData, wereAllowed := "", 0, 0, 0
	for _, d := range list {
		if d.TakenOver {
			takenOver++
			continue
		}
		found := unknownTags(d.Reasons, &why)
		switch {
		case len(found) > 0 && d.Was == string(result.Blocked):
			tags = append(tags, found...)
		case slices.ContainsFunc(d.Reasons, needsTagData):
			if tagData++; d.Was == string(result.Allowed) {
				wereAllowed++
			}
		default:
			rest = append(rest, d)
		}
	}
	var lines []string
	if slices.Sort(tags); len(tags) > 0 {
		lines = append(lines, fmt.Sprintf("which addresses %s, and so which of them the change opens: %s", hold(slices.Compact(tags)), why))
	}
	if takenOver > 0 {
		lines = append(lines, fmt.Sprintf("%s about what else goes to and comes from the destinations behind the firewall, and its own address; --verbose shows them", plural(takenOver, "point")))
	}
	if tagData > 0 {
		line := fmt.Sprintf("%s that turn on the addresses of service tags, %d of them about what passes today: no service-tag data is loaded; --verbose shows them", plural(tagData, "point"), wereAllowed)
		lines = append(lines, line)
	}
	if len(lines)+len(rest) == 0 {
		return
	}
	fmt.Fprintln(b, style.paint(yellow, "not decided"))
	for _, line := range lines {
		fmt.Fprintf(b, "  %s\n", line)
	}
	doubtLines(b, rest, style)
	fmt.Fprintln(b)
}

// needsTagData reports whether only service-tag data settles a reason.
func needsTagData(reason string) bool {
	return strings.HasSuffix(reason, "no service-tag data is loaded") || strings.HasPrefix(reason, "whether ") && strings.Contains(reason, " lies in ")
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
		warned := ""
		if n := f.Proof.Warned; n > 0 {
			warned = fmt.Sprintf(" and %d worth a look", n)
		}
		list = append(list, fmt.Sprintf("checked again, subnet by subnet: %d of %s met%s, %d before", met, plural(total, "required row"), warned, f.Proof.Before[result.Allowed]))
		if len(f.Added) > 0 {
			list = append(list, "new, and not in these sets: what "+shortIDs(strings.Join(f.Added, ", "))+" sends and receives")
		}
		if !f.Proof.Smallest {
			list = append(list, "the number of rules is not proved to be the smallest: there are too many to try every choice")
		}
		switch {
		case f.Proof.NothingElseChanged && len(f.Closes.Space) > 0:
			list = append(list, "closed is only what goes through the firewall now and its rules do not name; every packet outside these sets fares as before")
		case f.Proof.NothingElseChanged:
			list = append(list, "nothing is closed, and every packet outside these sets fares as before")
		}
		if f.MovesOpenConnections {
			list = append(list, "open connections that the routes lead another way break at once (ASY-12)")
		}
	}
	if len(f.Restated) > 0 {
		list = append(list, fmt.Sprintf("the code states %s whole, as the input tells it; what the input does not tell would be taken away; hint: az deployment group what-if, or --as az, which changes one setting alone", strings.Join(f.Restated, ", ")))
	}
	if f.Undetermined {
		list = append(list, "some required rows are undecided; wayleave check says why")
	}
	return append(list, tagsLine(f.Tags))
}
