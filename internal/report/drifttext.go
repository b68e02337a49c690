package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/wayleave/wayleave/internal/result"
)

// A text shows so many prefixes of a list, and regional tags up to so many tags.
const shownPrefixes, shownTags = 4, 40

// drift prints what flips under other service tags.
func (p *checkPrinter) drift(d *result.Drift) {
	if d == nil {
		return
	}
	p.line("")
	p.line("%s", p.style.paint(bold, fmt.Sprintf("against %s %s (%s): %s", d.Against.Cloud, d.Against.ChangeNumber, d.Against.Source, flipped(d))))
	for i := range d.Flips {
		p.flip(&d.Flips[i])
	}
	if len(d.Tags) > 0 && (len(d.Flips) == 0 || p.style.Verbose) {
		p.line("  the tags in use changed:")
		for _, t := range d.Tags {
			p.line("      %s", tagDriftText(t, p.style))
		}
	}
}

func flipped(d *result.Drift) string {
	switch len(d.Flips) {
	case 0:
		return "no verdict flips"
	case 1:
		return "1 verdict flips"
	}
	return fmt.Sprintf("%d verdicts flip", len(d.Flips))
}

func (p *checkPrinter) flip(f *result.Flip) {
	name := f.Service
	if f.Resource != nil {
		name = shortName(*f.Resource)
	}
	change := fmt.Sprintf("%s -> %s", f.Before, f.After)
	if f.Before == f.After {
		change = fmt.Sprintf("%s, %s -> %s", f.After, f.OutcomeBefore, f.OutcomeAfter)
	}
	p.line("  %s %s %s on %s: %s", p.style.paint(outcomeColor[f.OutcomeAfter], mark(f.OutcomeAfter)), name, f.Requirement, shortName(f.Subnet), change)
	for _, c := range f.Causes {
		p.detail("since", tagDriftText(c, p.style))
	}
	for i := range f.BlockedBy {
		p.detail(choose(i == 0, choose(f.OutcomeBefore.Worse(f.OutcomeAfter), "was by", "by"), ""), blockerText(&f.BlockedBy[i]))
	}
	if f.Witness != nil {
		p.detail("packet", packetText(f.Witness))
	}
}

// tagDriftText says what joined and left a tag.
func tagDriftText(t result.TagDrift, style Style) string {
	text := ""
	if len(t.Joined) > 0 {
		text = fmt.Sprintf("%s joined %s", style.fold(t.Joined, shownPrefixes), t.Name)
	}
	if len(t.Left) > 0 {
		if text != "" {
			text += "; "
		}
		text += fmt.Sprintf("%s left %s", style.fold(t.Left, shownPrefixes), t.Name)
	}
	return text
}

// TagsDiffText prints what changed between two editions of service tags.
func TagsDiffText(w io.Writer, d *result.TagsDiff, style Style) error {
	b := textWriter(w, style.Color)
	fmt.Fprintf(b, "%s %s (%s) -> %s (%s)\n", d.New.Cloud, d.Old.ChangeNumber, d.Old.Source, d.New.ChangeNumber, d.New.Source)
	folded := 0
	fold := func(name string) bool {
		regional := strings.Contains(name, ".") && !style.Verbose && len(d.Added)+len(d.Removed)+len(d.Changed) > shownTags
		if regional {
			folded++
		}
		return regional
	}
	for _, name := range d.Added {
		if !fold(name) {
			fmt.Fprintf(b, "%s %s\n", style.paint(green, "new "), name)
		}
	}
	for _, name := range d.Removed {
		if !fold(name) {
			fmt.Fprintf(b, "%s %s\n", style.paint(red, "gone"), name)
		}
	}
	for _, t := range d.Changed {
		if fold(t.Name) {
			continue
		}
		fmt.Fprintf(b, "%s %s\n", style.paint(yellow, "now "), t.Name)
		if len(t.Joined) > 0 {
			fmt.Fprintf(b, "     + %s\n", style.fold(t.Joined, shownPrefixes))
		}
		if len(t.Left) > 0 {
			fmt.Fprintf(b, "     - %s\n", style.fold(t.Left, shownPrefixes))
		}
	}
	if folded > 0 {
		fmt.Fprintf(b, "and %s; --verbose shows them\n", plural(folded, "regional tag"))
	}
	fmt.Fprintf(b, "%s new, %d gone, %d with other addresses", plural(len(d.Added), "tag"), len(d.Removed), len(d.Changed))
	if d.Renumbered > 0 {
		fmt.Fprintf(b, ", %d renumbered with the same addresses", d.Renumbered)
	}
	fmt.Fprintln(b)
	return b.Flush()
}
