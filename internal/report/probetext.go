package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/result"
)

// ProbeText prints probes for people: every difference, how each requirement
// fared, and why packets were not compared.
func ProbeText(w io.Writer, r *result.Probes, style Style) error {
	b := textWriter(w, style.Color)
	for _, group := range probeGroups(r.Probes) {
		probeGroup(b, group, style)
	}
	total, apart := map[string]int{}, map[string]int{}
	for i := range r.Probes {
		p := &r.Probes[i]
		word := agreement(p)
		total[word]++
		if word == "ok" {
			total[string(p.Model)]++
		}
		if p.Agree == nil && len(p.Reasons) > 0 {
			apart[p.Reasons[0]]++
		}
	}
	fmt.Fprintf(b, "%s compared: %d as the model says (%d allowed, %d blocked), %d otherwise\n",
		plural(total["ok"]+total["DIFF"], "packet"), total["ok"], total["allowed"], total["blocked"], total["DIFF"])
	for _, why := range slices.SortedFunc(keysOf(apart), func(a, b string) int { return cmp.Or(apart[b]-apart[a], strings.Compare(a, b)) }) {
		fmt.Fprintf(b, "not compared: %s: %s\n", plural(apart[why], "packet"), why)
	}
	if r.Left > 0 {
		fmt.Fprintf(b, "not tried: %s beyond the first %d\n", plural(r.Left, "packet"), len(r.Probes))
	}
	fmt.Fprintln(b, tagsLine(r.Tags))
	return b.Flush()
}

func keysOf(m map[string]int) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// probeGroups joins the probes of one requirement in one subnet, or of a query.
func probeGroups(list []result.Probe) [][]result.Probe {
	key := func(p *result.Probe) string {
		return p.Query.Service + "\n" + p.Query.Requirement + "\n" + p.Query.Subnet
	}
	var groups [][]result.Probe
	for start := 0; start < len(list); {
		end := start + 1
		for end < len(list) && key(&list[end]) == key(&list[start]) {
			end++
		}
		groups = append(groups, list[start:end])
		start = end
	}
	return groups
}

func probeGroup(w io.Writer, list []result.Probe, style Style) {
	q := &list[0].Query
	name := q.Requirement
	if name == "" {
		name = q.From + " -> " + q.To
	}
	words := map[string]int{}
	for i := range list {
		words[agreement(&list[i])]++
	}
	word, color := "--", yellow
	switch {
	case words["DIFF"] > 0:
		word, color = "DIFF", red
	case words["ok"] > 0:
		word, color = "ok", green
	}
	fmt.Fprintf(w, "%s  %s", style.paint(color, fmt.Sprintf("%4s", word)), name)
	if q.Subnet != "" {
		fmt.Fprintf(w, "  %s", shortName(q.Subnet))
	}
	fmt.Fprintf(w, "  %d of %s compared\n", words["ok"]+words["DIFF"], plural(len(list), "packet"))
	for i := range list {
		p := &list[i]
		if agreement(p) == "DIFF" || style.Verbose || q.Requirement == "" {
			fmt.Fprintf(w, "        %s\n", probeLine(p, style.Verbose || agreement(p) == "DIFF"))
		}
	}
}

// agreement is ok, DIFF or "--" for what is not compared.
func agreement(p *result.Probe) string {
	switch {
	case p.Agree == nil:
		return "--"
	case *p.Agree:
		return "ok"
	}
	return "DIFF"
}

// probeLine tells what became of one packet, with every reason or the first alone.
func probeLine(p *result.Probe, every bool) string {
	text := fmt.Sprintf("%s  model %s", packetText(&p.Query.Packet), p.Model)
	for i, b := range p.BlockedBy {
		if i == 0 {
			text += " by " + b.Name
		}
	}
	switch p.Packet {
	case result.NotSent:
		text += ", not sent"
	default:
		text += ", packet " + string(p.Packet)
	}
	if len(p.SeenAs.Addresses) > 0 {
		text += " at " + p.Arrived + ", seen as " + strings.Join(p.SeenAs.Addresses, ", ")
	}
	switch n := len(p.Reasons); {
	case n > 1 && !every:
		text += fmt.Sprintf(": %s; and %s (--verbose)", p.Reasons[0], plural(n-1, "more reason"))
	case n > 0:
		text += ": " + strings.Join(p.Reasons, "; ")
	}
	return text
}
