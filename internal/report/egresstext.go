package report

import (
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/result"
)

// EgressText prints the answer of egress for people: what each set of
// destinations sees, the smallest first, and at the end in a line each what stays
// inside and what goes nowhere.
func EgressText(w io.Writer, e *result.Egress, style Style) error {
	b := textWriter(w, style.Color)
	to := ""
	if e.To != "" {
		to = " to " + e.To
	}
	if e.Port != "" && e.Port != "*" {
		to += " port " + e.Port
	}
	if e.Host != "" {
		to += " as " + e.Host
	}
	called := endNames(e.From)
	fmt.Fprintf(b, "%s from %s%s\n", e.Protocol, style.fold(named(e.From, called), 8), to)
	folded := map[string][]*result.EgressPart{}
	for i := range e.Parts {
		p := &e.Parts[i]
		if kind := foldable(p); kind != "" && e.To == "" && !style.Verbose {
			folded[kind] = append(folded[kind], p)
		} else {
			egressPart(b, p, called, style)
		}
	}
	foldedText(b, folded, style)
	if e.Blockers == "first" && slices.ContainsFunc(e.Parts, func(p result.EgressPart) bool { return foldable(&p) == "" && len(p.BlockedBy) > 0 }) {
		fmt.Fprintf(b, "\neach blocked part names what blocks it first, and what else blocks one of its packets; --to ADDRESS names all that does\n")
	}
	patternChecks(b, e.Checks, style)
	fmt.Fprintln(b)
	switch {
	case e.Outcome == result.Pass:
		fmt.Fprintf(b, "all that leaves is seen as %s\n", e.Expect)
	case e.Outcome != "":
		fmt.Fprintf(b, "%s: not all that leaves is known to be seen as %s\n", style.paint(red, string(e.Outcome)), e.Expect)
	case e.Predictable != "":
		fmt.Fprintf(b, "predictable: every packet is seen as %s\n", e.Predictable)
	}
	fmt.Fprintln(b, tagsLine(e.Tags))
	for _, a := range e.Assumptions {
		fmt.Fprintf(b, "assumed: %s=%s (%s)\n", a.Name, a.Value, a.Reason)
	}
	notModelled(b, e.NotModelled)
	return b.Flush()
}

// endNames are short names of subnets: those that several have come with the name
// of the network.
func endNames(labels []string) map[string]string {
	called, count := map[string]string{}, map[string]int{}
	for _, label := range labels {
		called[label] = shortName(label)
		count[shortName(label)]++
	}
	for label, name := range called {
		if parts := strings.Split(label, "/"); count[name] > 1 && len(parts) > 2 {
			called[label] = parts[len(parts)-3] + "/" + name
		}
	}
	return called
}

func named(labels []string, called map[string]string) []string {
	var names []string
	for _, label := range labels {
		names = append(names, called[label])
	}
	return names
}

func egressPart(w io.Writer, p *result.EgressPart, called map[string]string, style Style) {
	fmt.Fprintf(w, "\nto %s%s  %s%s\n", style.foldPrefixes(p.Destinations, 4), portsText(p, style), style.paint(verdictColor[p.Verdict], string(p.Verdict)), seenText(p))
	if len(p.From) < len(called) {
		fmt.Fprintf(w, "   from %s\n", style.fold(named(p.From, called), 8))
	}
	if len(p.Sources) > 0 {
		fmt.Fprintf(w, "   from the addresses %s\n", style.fold(p.Sources, 4))
	}
	for _, hop := range p.Via {
		fmt.Fprintf(w, "   via %s\n", shortIDs(hop))
	}
	for i := range p.BlockedBy {
		fmt.Fprintf(w, "   by %s\n", blockerText(&p.BlockedBy[i]))
		for _, line := range remedyTexts(&p.BlockedBy[i]) {
			fmt.Fprintf(w, "   %s\n", line)
		}
	}
	for i := range p.WitnessBlockedBy {
		fmt.Fprintf(w, "   also by %s\n", blockerText(&p.WitnessBlockedBy[i]))
	}
	if len(p.WitnessBlockedBy) > 0 {
		fmt.Fprintf(w, "   at least for %s\n", packetText(p.Witness))
	}
	if len(p.BlockedBy) == 0 && (p.Verdict != result.Allowed || len(p.SeenAs.Addresses) == 0) {
		for i, reason := range p.Reasons {
			if i == 2 && len(p.Reasons) > 3 && !style.Verbose {
				fmt.Fprintf(w, "   and %s; --verbose shows all\n", plural(len(p.Reasons)-i, "more reason"))
				break
			}
			fmt.Fprintf(w, "   because %s\n", shortIDs(reason))
		}
	}
}

// patternChecks prints what breaks the pattern of one address or leaves it
// without guarantee, and in verbose style what is worth knowing.
func patternChecks(w io.Writer, checks []result.PatternCheck, style Style) {
	const most = 4
	first, shown := true, map[string]int{}
	for _, c := range checks {
		if c.Severity == "info" && !style.Verbose {
			continue
		}
		if shown[c.ID]++; shown[c.ID] > most && !style.Verbose {
			continue
		}
		if first {
			fmt.Fprintln(w)
			first = false
		}
		place := ""
		if c.At != nil {
			place = "  " + c.At.String()
		}
		fmt.Fprintf(w, "%s %s: %s%s\n   seen: %s\n", c.Severity, c.ID, c.Message, place, c.Observed)
	}
	for _, id := range slices.Sorted(maps.Keys(shown)) {
		if n := shown[id] - most; n > 0 && !style.Verbose {
			fmt.Fprintf(w, "and %d more of %s; --verbose shows them\n", n, id)
		}
	}
}

// foldPrefixes is fold for a list of which the rest is not made.
func (s Style) foldPrefixes(list result.Prefixes, most int) string {
	if s.Verbose {
		return s.fold(hosts(list.First(math.MaxInt)), most)
	}
	text := strings.Join(hosts(list.First(most)), ", ")
	if rest := list.Len() - most; rest > 0 {
		text += fmt.Sprintf(" and %d more", rest)
	}
	return text
}

// hosts are prefixes with single addresses as such.
func hosts(prefixes []string) []string {
	var list []string
	for _, p := range prefixes {
		list = append(list, strings.TrimSuffix(strings.TrimSuffix(p, "/32"), "/128"))
	}
	return list
}

func portsText(p *result.EgressPart, style Style) string {
	if p.Port == "" || p.Port == "*" {
		return ""
	}
	return " port " + foldList(p.Port, style)
}

// seenText says what the destinations see.
func seenText(p *result.EgressPart) string {
	list := strings.Join(p.SeenAs.Addresses, ", ")
	switch {
	case p.Verdict != result.Allowed:
		return ""
	case p.SeenAs.Kind == "unpredictable" && list == "":
		return "  seen as an address that is not known"
	case p.SeenAs.Kind == "unpredictable":
		return "  seen as any of " + list
	case list == "":
		return "  seen as a public address that is not told"
	case p.SeenAs.Kind == "private":
		return "  seen as the private " + list
	}
	return "  seen as " + list
}

// The parts that people seldom ask about, by the sentence that stands for them.
const (
	inside   = "inside the network, seen as the sender's own private address"
	filtered = "blocked by security groups"
	nowhere  = "nowhere in every network: the platform's own addresses, private blocks, multicast"
)

// foldable is the sentence under which a part is folded, empty for one that is
// shown.
func foldable(p *result.EgressPart) string {
	if p.Verdict == result.Allowed && p.SeenAs.Kind == "private" && len(p.Reasons) == 0 {
		return inside
	}
	if p.Verdict != result.Blocked {
		return ""
	}
	switch b := p.BlockedBy[0]; b.Kind {
	case "nsgRule", "nsgDefaultRule":
		return filtered
	case "platform", "subnet":
		return nowhere
	case "route":
		if b.Resource == "" {
			return nowhere
		}
	}
	return ""
}

func foldedText(w io.Writer, folded map[string][]*result.EgressPart, style Style) {
	shown := false
	for _, kind := range []string{inside, filtered, nowhere} {
		if len(folded[kind]) == 0 {
			continue
		}
		if !shown {
			fmt.Fprintln(w)
		}
		shown = true
		fmt.Fprintf(w, "%s%s: %s\n", plural(len(folded[kind]), "part"), toAll(folded[kind], style), kind)
	}
	if shown {
		fmt.Fprintln(w, "--verbose shows these parts too")
	}
}

// toAll names the destinations of folded parts together, as long as they are few
// enough to be counted.
func toAll(parts []*result.EgressPart, style Style) string {
	const many = 1 << 16
	var all []string
	for _, p := range parts {
		if all = append(all, p.Destinations.First(many+1-len(all))...); len(all) > many {
			return ""
		}
	}
	slices.Sort(all)
	return " to " + style.fold(hosts(slices.Compact(all)), 3)
}
