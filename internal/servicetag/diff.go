package servicetag

import (
	"slices"

	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/flow"
)

// Difference is what changed between two editions of one cloud's data
// (TAG-45). All lists are sorted by name.
type Difference struct {
	// Added and Removed are tags that only the new or only the old data has.
	Added, Removed []Tag
	// Changed are tags of both in which anything differs.
	Changed []Change
}

// Change is a tag that differs between two editions.
type Change struct {
	Old, New Tag
	// Opened are the addresses that joined the tag, Closed those that left it.
	// Both are empty if only the change number, the region or the features
	// differ.
	Opened, Closed flow.AddressSet
}

// IsEmpty reports whether nothing differs.
func (d Difference) IsEmpty() bool { return len(d.Added)+len(d.Removed)+len(d.Changed) == 0 }

// Diff compares two editions of the data of one cloud, tag by tag, by the
// addresses and not by how they are cut into prefixes. Data of two clouds is an
// error, and so is a catalogue without data or with one page of several, which
// would show tags as removed that are not.
func Diff(old, now *Catalogue) (Difference, error) {
	for _, c := range []*Catalogue{old, now} {
		if c.symbolic {
			return Difference{}, noData()
		}
		if c.partial {
			return Difference{}, diagnostic.Errorf("incomplete-service-tags", diagnostic.Position{File: c.file},
				"cannot compare one page of several, expected the whole data")
		}
	}
	if err := now.CheckCloud(old.cloud); err != nil {
		return Difference{}, err
	}
	var d Difference
	for i := range now.entries {
		after := now.entries[i]
		j, ok := old.byName[fold(after.tag.Name)]
		if !ok {
			d.Added = append(d.Added, after.tag)
			continue
		}
		before := old.entries[j]
		c := Change{before.tag, after.tag, after.set.Minus(before.set), before.set.Minus(after.set)}
		if !sameTag(before.tag, after.tag) || !c.Opened.IsEmpty() || !c.Closed.IsEmpty() {
			d.Changed = append(d.Changed, c)
		}
	}
	for i := range old.entries {
		if t := old.entries[i].tag; !now.has(t.Name) {
			d.Removed = append(d.Removed, t)
		}
	}
	return d, nil
}

func (c *Catalogue) has(name string) bool {
	_, ok := c.byName[fold(name)]
	return ok
}

func sameTag(a, b Tag) bool {
	return a.Name == b.Name && a.Region == b.Region && a.SystemService == b.SystemService &&
		a.ChangeNumber == b.ChangeNumber && a.Usage == b.Usage && slices.Equal(a.Features, b.Features)
}
