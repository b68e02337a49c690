package servicetag

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

const maxSuggestions = 3

// suggest returns the tags that an absent name may mean: near are those it is
// a misspelling of, similar those that only look alike.
//
// A near tag makes the name an input error, so what can well be another tag,
// newer than the data, is not near: WestUS3 beside WestUS2, or a region the
// tag is not in yet.
func (c *Catalogue) suggest(name string) (near, similar []string) {
	if alias := c.otherRegionName(name); alias != "" {
		return []string{alias}, nil
	}
	var names []string
	key := fold(name)
	for i := range c.entries {
		t := &c.entries[i].tag
		names = append(names, t.Name)
		other := fold(t.Name)
		for _, vendor := range []string{"azure", "microsoft"} {
			if vendor+key == other || vendor+other == key {
				similar = append(similar, t.Name)
			}
		}
	}
	near = meant(name, names)
	if base, ok := globalByName(name); ok {
		if i, ok := c.byName[fold(base)]; ok {
			similar = append(similar, c.entries[i].tag.Name)
		}
	}
	return near[:min(len(near), maxSuggestions)], similar[:min(len(similar), maxSuggestions)]
}

// meant lists the names of which name is a slip of the pen, the nearest first.
func meant(name string, names []string) []string {
	type candidate struct {
		name     string
		distance int
	}
	var found []candidate
	for _, n := range names {
		if d, ok := misspelling(fold(name), fold(n)); ok {
			found = append(found, candidate{n, d})
		}
	}
	slices.SortStableFunc(found, func(a, b candidate) int { return cmp.Compare(a.distance, b.distance) })
	var near []string
	for _, f := range found {
		near = append(near, f.name)
	}
	return near
}

// Suggest lists what a name that no tag has may mean, at most three, the best first:
// tags of the data, without data those that are documented, and others.
func (c *Catalogue) Suggest(name string, others ...string) []string {
	near, similar := c.suggest(name)
	if c.symbolic {
		base, region := name, ""
		if global, ok := globalByName(name); ok {
			base, region = global, name[len(global):]
		}
		for _, n := range meant(base, slices.Sorted(maps.Values(spelling))) {
			near = append(near, n+region)
		}
	}
	all := slices.Concat(near, meant(name, others), similar)
	return all[:min(len(all), maxSuggestions)]
}

// otherRegionName returns the tag that name means if it uses the other name of
// a region, or "": AzureCloud ends in the slug (AzureCloud.centralfrance), all
// other tags in the region's own name (Storage.FranceCentral) (TAG-46). Which
// belong together is read from the data.
func (c *Catalogue) otherRegionName(name string) string {
	base, last, dotted := split(fold(name))
	if !dotted {
		return ""
	}
	own := c.regionNames()
	for i := range c.entries {
		t := &c.entries[i].tag
		if t.Region == "" || fold(t.Global) != base {
			continue
		}
		if names := own[t.Region]; len(names) == 1 && (last == fold(t.Region) || last == names[0]) {
			return t.Name
		}
	}
	return ""
}

// regionNames lists, by slug, the folded names that tags other than AzureCloud
// end in. Two names of one slug (EastUS2 and EastUS2Stage) are two places.
func (c *Catalogue) regionNames() map[string][]string {
	names := map[string][]string{}
	for i := range c.entries {
		t := &c.entries[i].tag
		if t.Region == "" || t.Global == azureCloud {
			continue
		}
		_, last, _ := split(fold(t.Name))
		if !slices.Contains(names[t.Region], last) {
			names[t.Region] = append(names[t.Region], last)
		}
	}
	return names
}

// misspelling reports whether name is a slip of the pen for the tag other, and
// by how many letters. Both are folded.
func misspelling(name, other string) (distance int, ok bool) {
	if len(name)-len(other) > 2*maxSlips || len(other)-len(name) > 2*maxSlips || digitsOf(name) != digitsOf(other) {
		return 0, false
	}
	nameBase, nameLast, nameDot := split(name)
	otherBase, otherLast, otherDot := split(other)
	if nameDot && otherDot {
		if nameLast != otherLast && anotherRegion(nameLast, otherLast) {
			return 0, false
		}
		a, okBase := within(nameBase, otherBase)
		b, okLast := within(nameLast, otherLast)
		return a + b, okBase && okLast
	}
	return within(name, other)
}

// anotherRegion reports whether last, which ends a name, is no misspelling of
// the different region: it is a known region itself, or the two differ only in
// the points of the compass, as regions do.
func anotherRegion(last, region string) bool {
	if _, known := regions[last]; known {
		return true
	}
	return compass.Replace(last) == compass.Replace(region)
}

var compass = strings.NewReplacer("north", "", "south", "", "east", "", "west", "", "central", "")

// maxSlips is how many letters of a long word a slip of the pen may change.
const maxSlips = 2

// within returns the distance of two words if it is small for their length.
func within(a, b string) (distance int, ok bool) {
	limit := maxSlips
	switch n := min(len(a), len(b)); {
	case n <= 3 && len(a) == len(b):
		limit = 0
	case n <= 6:
		limit = 1
	}
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return 0, false
	}
	distance = editDistance(a, b)
	return distance, distance <= limit
}

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// editDistance counts the letters to insert, delete, replace or swap with
// their neighbour to make b of a (optimal string alignment).
func editDistance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
