package repair

import (
	"cmp"
	"slices"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/flow"
)

// fewest joins rules to the fewest that match the same: the greedy joining is
// the bound to beat, and kept where no fewer are enough. proved is false where
// the search gave up.
func (p *planner) fewest(drafts []*draft) (list []*draft, proved bool) {
	proved = true
	for _, group := range alike(drafts) {
		joined := mergeDrafts(copies(group))
		better, sure := joinExactly(group, len(joined), exact{})
		proved = proved && sure
		if better != nil {
			joined = better
		}
		list = append(list, joined...)
	}
	return list, proved
}

func copies(drafts []*draft) []*draft {
	var list []*draft
	for _, d := range drafts {
		own := *d
		list = append(list, &own)
	}
	return list
}

// alike gathers the rules that could be one: of one stage, protocol and family,
// with the same source ports, in order of appearance.
func alike(drafts []*draft) [][]*draft {
	var groups [][]*draft
	for _, d := range drafts {
		i := slices.IndexFunc(groups, func(g []*draft) bool {
			return g[0].stage == d.stage && g[0].protocol == d.protocol && g[0].sourcePorts.Equal(d.sourcePorts) && familyOf(g[0]) == familyOf(d)
		})
		if i < 0 {
			groups = append(groups, nil)
			i = len(groups) - 1
		}
		groups[i] = append(groups[i], d)
	}
	return groups
}

func familyOf(d *draft) flow.Family {
	if len(d.packets) > 0 {
		if f := d.packets[0].Source.Families(); len(f) > 0 {
			return f[0]
		}
	}
	return flow.IPv4
}

// joinExactly covers rules with fewer than so many, nil where that many are
// needed or nothing is proved.
func joinExactly(drafts []*draft, most int, by coverer) (list []*draft, proved bool) {
	if most <= 1 {
		return nil, true
	}
	after, before := 0, azure.MaxPriority+1
	for _, d := range drafts {
		after, before = max(after, d.after), min(before, d.before)
	}
	if after >= before { // they cannot all stand at one place
		return nil, false
	}
	axes, ok := axesOf(drafts)
	if !ok {
		return nil, false
	}
	boxes, proved := by.cover(axes.grid(drafts))
	if !proved || len(boxes) >= most {
		return nil, proved
	}
	for _, b := range boxes {
		d := &draft{stage: drafts[0].stage, protocol: drafts[0].protocol, sourcePorts: drafts[0].sourcePorts, after: after, before: before}
		d.source, d.tagSource = axes.texts(axes.sources, b.sources)
		d.destination, d.tagDestine = axes.texts(axes.destinations, b.destinations)
		for i := range ones(b.ports) {
			d.ports = d.ports.Union(axes.ports[i])
		}
		for _, o := range drafts {
			if axes.shares(b, o) {
				d.why, d.services, d.packets = union(d.why, o.why), union(d.services, o.services), append(d.packets, o.packets...)
			}
		}
		list = append(list, d)
	}
	return list, true
}

// token is a text of an address field with the addresses that it holds for
// certain.
type token struct {
	text string
	tag  bool
}

// axes are the sources, destinations and atoms of ports that rules name.
type axes struct {
	sources, destinations []token
	ports                 []flow.PortSet
}

const mostTokens = 60

func axesOf(drafts []*draft) (*axes, bool) {
	a := &axes{}
	add := func(list *[]token, texts []string, tag bool) {
		for _, t := range texts {
			if x := (token{t, tag}); !slices.Contains(*list, x) {
				*list = append(*list, x)
			}
		}
	}
	var cuts []int
	for _, d := range drafts {
		add(&a.sources, d.source, d.tagSource)
		add(&a.destinations, d.destination, d.tagDestine)
		for first, last := range d.ports.Ranges() {
			cuts = append(cuts, int(first), int(last)+1)
		}
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	var all flow.PortSet
	for _, d := range drafts {
		all = all.Union(d.ports)
	}
	for i := 0; i+1 < len(cuts); i++ {
		if atom := flow.PortRange(uint16(cuts[i]), uint16(cuts[i+1]-1)); atom.Overlaps(all) {
			a.ports = append(a.ports, atom)
		}
	}
	a.ports = joinAtoms(a.ports, drafts)
	slices.SortFunc(a.sources, func(x, y token) int { return cmp.Compare(x.text, y.text) })
	slices.SortFunc(a.destinations, func(x, y token) int { return cmp.Compare(x.text, y.text) })
	return a, len(a.sources) <= mostTokens && len(a.destinations) <= mostTokens && len(a.ports) <= mostTokens
}

// joinAtoms joins the atoms of ports that the same rules hold.
func joinAtoms(atoms []flow.PortSet, drafts []*draft) []flow.PortSet {
	key := func(atom flow.PortSet) string {
		k := make([]byte, len(drafts))
		for i, d := range drafts {
			if atom.Overlaps(d.ports) {
				k[i] = 1
			}
		}
		return string(k)
	}
	at := map[string]int{}
	var list []flow.PortSet
	for _, atom := range atoms {
		if i, ok := at[key(atom)]; ok {
			list[i] = list[i].Union(atom)
			continue
		}
		at[key(atom)] = len(list)
		list = append(list, atom)
	}
	return list
}

// grid is the question in numbers: what the rules match together may be allowed,
// and must be.
func (a *axes) grid(drafts []*draft) *grid {
	g := &grid{sources: len(a.sources), destinations: len(a.destinations), ports: len(a.ports)}
	for i, t := range a.sources {
		if t.tag {
			g.sourceTags |= 1 << i
		}
	}
	for i, t := range a.destinations {
		if t.tag {
			g.destinationTags |= 1 << i
		}
	}
	g.may = make([][]uint64, g.sources)
	for s := range g.may {
		g.may[s] = make([]uint64, g.ports)
	}
	for _, d := range drafts {
		for s, x := range a.sources {
			if x.tag != d.tagSource || !slices.Contains(d.source, x.text) {
				continue
			}
			for t, y := range a.destinations {
				if y.tag != d.tagDestine || !slices.Contains(d.destination, y.text) {
					continue
				}
				for p, atom := range a.ports {
					if atom.Overlaps(d.ports) {
						g.may[s][p] |= 1 << t
					}
				}
			}
		}
	}
	for s := range a.sources {
		for p := range a.ports {
			for t := range ones(g.may[s][p]) {
				g.must = append(g.must, cell{1 << s, 1 << t, p})
			}
		}
	}
	return g
}

func (a *axes) texts(list []token, mask uint64) (texts []string, tag bool) {
	for i := range ones(mask) {
		texts, tag = append(texts, list[i].text), list[i].tag
	}
	if tag {
		return texts, true
	}
	return sortPrefixes(texts), false
}

// shares reports whether a box holds something of a rule.
func (a *axes) shares(b box, d *draft) bool {
	in := func(list []token, mask uint64, texts []string, tag bool) bool {
		for i := range ones(mask) {
			if list[i].tag == tag && slices.Contains(texts, list[i].text) {
				return true
			}
		}
		return false
	}
	ports := false
	for i := range ones(b.ports) {
		ports = ports || a.ports[i].Overlaps(d.ports)
	}
	return ports && in(a.sources, b.sources, d.source, d.tagSource) && in(a.destinations, b.destinations, d.destination, d.tagDestine)
}
