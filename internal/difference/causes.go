package difference

import (
	"cmp"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/reach"
)

// causes are what stops packets in one network and the hops that let them pass
// in the other and are not on their way in the first. stopsNow tells that the
// new network is the one that stops them.
func causes(stopped, passing reach.Part, stopsNow bool) []Cause {
	var list []Cause
	for _, h := range stopped.Blockers {
		list = append(list, Cause{stopsNow, h})
	}
	if stopped.Verdict == noSubnet {
		list = append(list, Cause{stopsNow, fabric.Hop{Kind: fabric.KindSubnet, Decision: fabric.Drop, Note: "the network has no such addresses"}})
	}
	for _, h := range passing.Trace {
		carries := h.Decision == fabric.Allow || h.Decision == fabric.Forward
		if carries && !slices.ContainsFunc(stopped.Trace, func(o fabric.Hop) bool { return sameHop(h, o) }) {
			list = append(list, Cause{!stopsNow, h})
		}
	}
	slices.SortStableFunc(list, func(a, b Cause) int {
		switch {
		case a.New == b.New:
			return 0
		case b.New:
			return -1
		}
		return 1
	})
	return list
}

// sameHop compares hops of two networks, whatever their files and ids.
func sameHop(a, b fabric.Hop) bool {
	return a.Kind == b.Kind && a.Decision == b.Decision && a.Name == b.Name && a.Priority == b.Priority &&
		a.Return == b.Return && a.Resource.Name() == b.Resource.Name()
}

// join unites changes of one cause: first those between the same endpoints,
// then those that differ in one end only.
func join(list []Change) []Change {
	list = group(list, func(c Change) string { return ends(c.From, c.To) + causeText(c.Because) }, mergeChanges)
	list = group(list, func(c Change) string { return "from" + text(c.To) + shape(c.Space, true) + causeText(c.Because) }, mergeChanges)
	list = group(list, func(c Change) string { return "to" + text(c.From) + shape(c.Space, false) + causeText(c.Because) }, mergeChanges)
	slices.SortStableFunc(list, func(a, b Change) int {
		return cmp.Or(cmp.Compare(ends(a.From, a.To), ends(b.From, b.To)), cmp.Compare(a.Space.String(), b.Space.String()), cmp.Compare(causeText(a.Because), causeText(b.Because)))
	})
	return list
}

// ByEndpoints unites changes between the same endpoints whatever their causes.
func ByEndpoints(list []Change) []Change {
	return group(list, func(c Change) string { return ends(c.From, c.To) }, func(a, b Change) Change {
		return Change{a.From, a.To, a.Space.Union(b.Space), append(slices.Clone(a.Because), b.Because...)}
	})
}

func mergeChanges(a, b Change) Change {
	return Change{unique(append(a.From, b.From...)), unique(append(a.To, b.To...)), a.Space.Union(b.Space), a.Because}
}

func joinDoubts(list []Doubt) []Doubt {
	why := func(d Doubt) string { return d.Was + "\n" + d.Is + "\n" + text(d.Reasons) }
	merge := func(a, b Doubt) Doubt {
		return Doubt{unique(append(a.From, b.From...)), unique(append(a.To, b.To...)), a.Space.Union(b.Space), a.Was, a.Is, a.Reasons}
	}
	list = group(list, func(d Doubt) string { return ends(d.From, d.To) + why(d) }, merge)
	list = group(list, func(d Doubt) string { return "from" + text(d.To) + shape(d.Space, true) + why(d) }, merge)
	list = group(list, func(d Doubt) string { return "to" + text(d.From) + shape(d.Space, false) + why(d) }, merge)
	slices.SortStableFunc(list, func(a, b Doubt) int {
		return cmp.Or(cmp.Compare(ends(a.From, a.To), ends(b.From, b.To)), cmp.Compare(a.Space.String(), b.Space.String()), cmp.Compare(why(a), why(b)))
	})
	return list
}

// group merges the elements with one key, in the order in which the keys come.
func group[T any](list []T, key func(T) string, merge func(a, b T) T) []T {
	at := map[string]int{}
	var out []T
	for _, x := range list {
		k := key(x)
		if i, ok := at[k]; ok {
			out[i] = merge(out[i], x)
			continue
		}
		at[k] = len(out)
		out = append(out, x)
	}
	return out
}

// shape is equal for spaces that are one set of sources times the same rest, or
// with source false one set of destinations. Another space is like none but
// itself.
func shape(s flow.Space, source bool) string {
	cubes := s.Cubes()
	end := func(c *flow.Cube) *flow.AddressSet {
		if source {
			return &c.Source
		}
		return &c.Destination
	}
	first := *end(&cubes[0])
	var b strings.Builder
	for _, c := range cubes {
		if !end(&c).Equal(first) || len(first.Families()) > 1 {
			return "\n" + s.String() + "\n"
		}
		*end(&c) = flow.AllAddresses().Only(first.Families()[0])
		b.WriteString("\n" + c.String())
	}
	return b.String() + "\n"
}

func ends(from, to []string) string { return text(from) + " -> " + text(to) + "\n" }

func text(list []string) string { return strings.Join(list, ", ") }

func causeText(list []Cause) string {
	var b strings.Builder
	for _, c := range list {
		b.WriteString(strings.Join([]string{map[bool]string{false: "old", true: "new"}[c.New], string(c.Hop.Kind), string(c.Hop.Decision), string(c.Hop.Resource), c.Hop.Name, c.Hop.Note}, "\t"))
		b.WriteByte('\n')
	}
	return b.String()
}

// unique is the list sorted, each text once.
func unique(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.Compact(list)
}
