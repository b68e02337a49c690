package servicetag

import (
	"iter"
	"net/netip"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/flow"
)

// Catalogue is the service tags of one cloud as one file or API answer states
// them, or the symbolic catalogue without data. It is frozen: safe for
// concurrent use.
type Catalogue struct {
	file         string // for positions
	source       string
	cloud        string
	changeNumber string
	date         time.Time
	partial      bool // one page of several
	symbolic     bool

	entries []*entry // sorted by name, byte by byte
	byName  map[string]int

	index    *flow.TagIndex
	warnings diagnostic.List
	once     struct{ index, warnings sync.Once }
}

// entry is one tag of the data.
type entry struct {
	tag      Tag
	set      flow.AddressSet
	listed   []netip.Prefix // as the file lists them, which set does not keep
	prefixes [2]int         // how many of them, IPv4 and IPv6
	offset   int            // where the tag stands in the file
}

var symbolic = &Catalogue{symbolic: true}

// Symbolic returns the catalogue without data: every well-formed name is a
// tag, and no address of any is known.
func Symbolic() *Catalogue { return symbolic }

// IsSymbolic reports whether c holds no data.
func (c *Catalogue) IsSymbolic() bool { return c.symbolic }

// Cloud returns the cloud the data is about, such as "Public"; empty for the
// symbolic catalogue (TAG-4).
func (c *Catalogue) Cloud() string { return c.cloud }

// ChangeNumber returns the number of the data, in decimal, such as "375";
// empty for the symbolic catalogue. Numbers grow within a cloud.
func (c *Catalogue) ChangeNumber() string { return c.changeNumber }

// Source returns the name of the file without its folder, such as
// "ServiceTags_Public_20251028.json"; empty for the symbolic catalogue.
func (c *Catalogue) Source() string { return c.source }

// Date returns the day of the data, at midnight UTC, and false where it is not
// known: files say it only in their name.
func (c *Catalogue) Date() (day time.Time, ok bool) { return c.date, !c.date.IsZero() }

// Version says in words which data this is: "2025-10-28, change number 375".
func (c *Catalogue) Version() string {
	switch {
	case c.symbolic:
		return "no service-tag data"
	case c.date.IsZero():
		return "change number " + c.changeNumber
	}
	return c.date.Format(time.DateOnly) + ", change number " + c.changeNumber
}

// Complete reports whether the data names every tag: it is not symbolic and
// not one page of several.
func (c *Catalogue) Complete() bool { return !c.symbolic && !c.partial }

// Len returns the number of tags in the data.
func (c *Catalogue) Len() int { return len(c.entries) }

// Tags returns the tags of the data, sorted by name byte by byte.
func (c *Catalogue) Tags() []Tag {
	tags := make([]Tag, len(c.entries))
	for i := range c.entries {
		tags[i] = c.entries[i].tag
	}
	return tags
}

// Lookup returns the tag of that name, in any case.
//
// In the symbolic catalogue every well-formed name is a tag. Otherwise an
// absent name is an *UnknownError, which says whether the name is misspelt or
// may be newer than the data. A contextual name is a *ContextualError, and one
// that no tag can have a *MalformedError.
func (c *Catalogue) Lookup(name string) (Tag, error) {
	if i, ok := find(c.byName, name); ok {
		return c.entries[i].tag, nil
	}
	if err := checkForm(name); err != nil {
		return Tag{}, err
	}
	if c.symbolic {
		return symbolicTag(name), nil
	}
	return Tag{}, c.unknown(name)
}

// symbolicTag is a tag of which only the name is known.
func symbolicTag(name string) Tag {
	t := Tag{Name: canonicalByName(name), Symbolic: true}
	t.Global, _ = globalByName(t.Name)
	return t
}

// Addresses returns the addresses of a tag of the data, its name in any case;
// ok is false if the data has no such tag, whose addresses are then unknown,
// not none (TAG-8). All sets of a catalogue belong to one shared index.
func (c *Catalogue) Addresses(name string) (set flow.AddressSet, ok bool) {
	i, ok := find(c.byName, name)
	if !ok {
		return flow.AddressSet{}, false
	}
	return c.Index().Set(i), true
}

// Listed returns the prefixes of a tag of the data, its name in any case, as
// the file lists them and in its order: neighbours are not joined, and one may
// lie within another. A route to a tag is a route to each of them (RT-26).
// There are none if the data has no such tag.
func (c *Catalogue) Listed(name string) iter.Seq[netip.Prefix] {
	i, ok := find(c.byName, name)
	if !ok {
		return func(func(netip.Prefix) bool) {}
	}
	return slices.Values(c.entries[i].listed)
}

// Index returns the index of all tags, in the order of Tags. It is built at
// the first call.
func (c *Catalogue) Index() *flow.TagIndex {
	c.once.index.Do(func() {
		names := make([]string, len(c.entries))
		sets := make([]flow.AddressSet, len(c.entries))
		for i := range c.entries {
			names[i], sets[i] = c.entries[i].tag.Name, c.entries[i].set
		}
		c.index = flow.NewTagIndex(names, sets)
	})
	return c.index
}

// dateOf reads the day out of a name such as
// "ServiceTags_Public_20251028.json": the last eight digits in a row that are
// a day of this century. It returns the zero time if there are none.
func dateOf(name string) time.Time {
	end := len(name)
	for end > 0 {
		if !isDigit(name[end-1]) {
			end--
			continue
		}
		start := end
		for start > 0 && isDigit(name[start-1]) {
			start--
		}
		if day, err := time.Parse("20060102", name[start:end]); err == nil && day.Year() >= 2000 && day.Year() < 2100 {
			return day
		}
		end = start
	}
	return time.Time{}
}

// baseName is the last part of a path in the notation of any system.
func baseName(file string) string {
	return path.Base(strings.ReplaceAll(file, `\`, "/"))
}
